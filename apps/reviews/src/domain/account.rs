//! Who may write: registering, and the values that takes.

use std::collections::HashSet;
use std::fmt;

use astra_db::table::Timestamp;
use secrecy::SecretString;
use shared::{email, unicode};

use crate::domain::contest::{self, Other};
use crate::domain::id::UserId;
use crate::error::AppError;
use crate::passwords::Passwords;
use crate::store::{Store, StoreError};

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What they log in with.
    pub email: Email,
    /// Their first name.
    pub first_name: String,
    /// Their last name.
    pub last_name: String,
    /// When they registered.
    pub created_at: Timestamp,
}

impl User {
    /// The name shown with their reviews: `Dominic T.`
    pub fn display_name(&self) -> String {
        match self.last_name.chars().next() {
            Some(initial) => format!("{} {initial}.", self.first_name),
            None => self.first_name.clone(),
        }
    }
}

/// A user and what their password is checked against.
#[derive(Clone)]
pub struct Account {
    /// The user.
    pub user: User,
    /// A PHC string.
    pub password_hash: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// An email address in lower case and in composed form. All ways to write it have one [`key`](Self::key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address that was checked when it was stored.
    pub(crate) fn stored(address: String) -> Self {
        Self(address)
    }

    /// One that somebody logs in with, as typed but in lower case: earlier versions stored addresses
    /// in the form in which they came, and accepted characters that cannot be seen.
    pub fn entered(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if email::is_plausible(text) {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(EMAIL_EXPECTED)
        }
    }

    /// What an account is stored by and attempts are counted by: one text for all ways to write the address, whatever
    /// the case of its letters (`ς` is a small `Σ` as `σ` is) and the form of its host (`xn--bcher-kva.example` is
    /// `bücher.example`).
    pub(crate) fn key(&self) -> String {
        let address = with_host(&normalized(&self.0), |host| {
            let (host, valid) = idna::domain_to_unicode(host);
            valid.ok().map(|()| host)
        });
        unicode::composed(&address.chars().flat_map(fold).collect::<String>())
    }

    /// The texts that an account of this address may be stored by. Earlier versions stored it as it was typed, composed or
    /// decomposed, with its host in either form, and with the `ς` that the lower case of a word has at its end.
    pub(crate) fn spellings(&self) -> Vec<String> {
        let (key, normalized) = (self.key(), normalized(&self.0));
        let to_ascii = |address: &str| with_host(address, |host| idna::domain_to_ascii(host).ok());
        let mut spellings = vec![
            self.0.clone(),
            unicode::decomposed(&normalized),
            to_ascii(&normalized),
            key.replace('σ', "Σ").to_lowercase(),
            to_ascii(&key),
            normalized,
            key,
        ];
        let mut known = HashSet::new();
        spellings.retain(|spelling| known.insert(spelling.clone()));
        spellings
    }
}

const EMAIL_EXPECTED: &str = "Give an e-mail address such as dom@fastandfurious.com";

fn normalized(address: &str) -> String {
    // Lower case may take letters apart again.
    unicode::composed(&unicode::composed(address).to_lowercase())
}

/// The address with its host in another form, where it has one.
fn with_host(address: &str, change: impl FnOnce(&str) -> Option<String>) -> String {
    let changed = address.rsplit_once('@').and_then(|(mailbox, host)| {
        let host = change(host)?;
        Some(format!("{mailbox}@{host}"))
    });
    changed.unwrap_or_else(|| address.to_owned())
}

/// The small form of a letter's capital, so that all small forms become one: `ς` and `σ`, `ſ` and `s`. A letter whose
/// capital is several, such as `ß`, stays what it is.
fn fold(letter: char) -> impl Iterator<Item = char> {
    let mut capital = letter.to_uppercase();
    let capital = match (capital.next(), capital.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    };
    capital.to_lowercase()
}

/// One that somebody registers with: what cannot be seen in it would make a second account that
/// looks like the first.
impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let address = normalized(text.trim());
        if email::is_plausible(&address) && email::is_readable(&address) {
            Ok(Self(address))
        } else {
            Err(EMAIL_EXPECTED)
        }
    }
}

/// A first or last name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    /// Some scripts need joiners, which cannot be seen, inside a name. At its ends they mean nothing.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim_matches(unicode::is_invisible);
        let is_plain = unicode::is_plain_line(text);
        if is_plain && unicode::is_visible(text) && text.chars().count() <= 100 {
            Ok(Self(text.to_owned()))
        } else {
            Err("Give a name of at most 100 characters, on one line")
        }
    }
}

/// A password as typed: every character counts, blanks at its ends too.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// One that somebody logs in with: whether it is good enough was asked when it was chosen.
    pub fn entered(text: String) -> Result<Self, &'static str> {
        match text.chars().count() {
            1..=200 => Ok(Self(text.into())),
            _ => Err("Give your password"),
        }
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// One that somebody chooses.
impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.chars().count() {
            8..=200 => Ok(Self(text.into())),
            ..8 => Err("Choose a password of at least 8 characters"),
            _ => Err("Choose a password of at most 200 characters"),
        }
    }
}

/// What somebody who registers says.
#[derive(Debug, Clone)]
pub struct Registration {
    /// What they will log in with.
    pub email: Email,
    /// Their first name.
    pub first_name: Name,
    /// Their last name.
    pub last_name: Name,
    /// The password they chose.
    pub password: Password,
}

/// Makes the one account an e-mail address may have.
///
/// The password is hashed before anything is stored, so no account is ever without one.
#[tracing::instrument(skip_all)]
pub async fn register(
    store: &Store,
    passwords: &Passwords,
    registration: Registration,
    now: Timestamp,
) -> Result<User, AppError> {
    let Registration {
        email,
        first_name,
        last_name,
        password,
    } = registration;
    if store.accounts.find(&email).await?.is_some() {
        return Err(AppError::EmailTaken);
    }
    let password_hash = passwords.hash(&password).await?;
    let user = User {
        id: UserId::new(),
        email,
        first_name: first_name.0,
        last_name: last_name.0,
        created_at: now,
    };
    let account = Account {
        user,
        password_hash,
    };
    store.accounts.insert(&account).await?;
    if contest::is_won(account.user.id, || others(store, &account)).await? {
        store.accounts.confirm(&account, now).await?;
        Ok(account.user)
    } else {
        store.accounts.withdraw(&account).await?;
        Err(AppError::EmailTaken)
    }
}

async fn others(store: &Store, account: &Account) -> Result<Vec<Other<UserId>>, StoreError> {
    let others = store.accounts.others(account).await?.into_iter();
    Ok(others.map(|(id, has_won)| Other { id, has_won }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_however_it_is_typed() {
        let email = |text: &str| Email::try_from(text.to_owned());
        assert_eq!(
            email(" Dom@FastAndFurious.com\n"),
            email("dom@fastandfurious.com")
        );
        for bad in [
            "",
            "dom",
            "dom@",
            "@example.com",
            "dom@example",
            "a@b@example.com",
            "d om@example.com",
            "dom@example..com",
            "a\r\nBcc: x@y.z",
            "$ne",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_that_looks_like_another_is_the_other_or_refused() {
        let email = |text: &str| Email::try_from(text.to_owned());
        for same in [
            "jose\u{301}@example.com",
            "JOSÉ@example.com",
            "JOSE\u{301}@Example.com",
        ] {
            assert_eq!(email(same), email("josé@example.com"), "{same:?}");
        }
        // A capital whose small form has two characters.
        assert_eq!(email("İ@example.com"), email("I\u{307}@example.com"));
        for hidden in [
            '\u{0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fffb}',
            '\u{e0001}',
            '\u{e000}',
            '\u{f8ff}',
            '\u{10fffd}',
            '\u{fdd0}',
            '\u{fffc}',
            '\u{fffd}',
            '\u{fffe}',
            '\u{1ffff}',
        ] {
            for bad in [
                format!("a{hidden}b@example.com"),
                format!("{hidden}a@example.com"),
                format!("a@example{hidden}.com"),
                format!("a@example.com{hidden}"),
            ] {
                assert!(email(&bad).is_err(), "{bad:?}");
            }
        }
    }

    #[test]
    fn all_ways_to_write_an_address_have_one_key() {
        let key = |text: &str| Email::try_from(text.to_owned()).map(|email| email.key());
        for same in [
            &[
                "ΝΊΚΟΣ@example.com",
                "νίκος@example.com",
                "νίκοσ@example.com",
            ][..],
            &["jeſſe@example.com", "Jesse@example.com"],
            &["straße@example.com", "STRAẞE@example.com"],
            &[
                "ada@bücher.example",
                "ada@BÜCHER.example",
                "Ada@xn--bcher-kva.example",
                "ada@XN--BCHER-KVA.EXAMPLE",
                "ada@bu\u{308}cher.example",
            ],
            &[
                "ada@οδος.example",
                "ada@xn--pxavbm.example",
                "ada@ΟΔΟΣ.example",
                "ada@xn--pxavbq.example",
            ],
        ] {
            for other in same {
                assert_eq!(key(other), key(same[0]), "{other}");
            }
        }
        for (one, other) in [
            ("straße@example.com", "strasse@example.com"),
            ("jose@example.com", "josé@example.com"),
            ("ada@bucher.example", "ada@bücher.example"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        // A host that cannot be converted stays what it is.
        assert_eq!(key("ada@xn--a.example"), Ok("ada@xn--a.example".to_owned()));
    }

    #[test]
    fn most_addresses_are_looked_for_once() {
        let spellings = |text: &str| Email::entered(text).unwrap().spellings();
        assert_eq!(spellings("Dom@Example.com"), ["dom@example.com"]);
        assert_eq!(spellings("d+om_1@sub.example.com").len(), 1);
    }

    #[test]
    fn a_name_can_be_seen() {
        let name = |text: &str| Name::try_from(text.to_owned()).map(|name| name.0);
        for blank in [
            "",
            " ",
            "\u{200b}",
            "\u{200d}\u{200c}",
            "\u{2800}",
            "\u{3164}",
            "\u{301}",
            "\u{feff} \u{ad}",
            "\u{a0}",
            "Dom\u{202e}inic",
            "Dom\u{2066}inic",
            "Dom\ninic",
            "Dom\u{2028}inic",
            "Dom\u{85}inic",
            "Dom\u{e000}inic",
            "\u{fffe}Dominic",
            "Dom\u{fffc}inic",
        ] {
            assert!(name(blank).is_err(), "{blank:?}");
        }
        for good in [
            "Zoë",
            "Zoe\u{308}",
            "李",
            "O’Neill",
            "نرگس\u{200c}زاده",
            "X Æ A-12",
        ] {
            assert_eq!(name(good).as_deref(), Ok(good));
        }
        assert_eq!(name("\u{200b} Dominic\u{feff}").as_deref(), Ok("Dominic"));
    }

    #[test]
    fn a_password_has_at_least_eight_characters_and_shows_nowhere() {
        let password = |text: &str| Password::try_from(text.to_owned());
        assert!(password("dominic").is_err());
        assert!(password(&"x".repeat(201)).is_err());
        // Far longer than the 72 bytes at which other algorithms stop to look.
        let shown = format!("{:?}", password(&"pässwörd".repeat(20)).unwrap());
        assert!(!shown.contains("pässwörd"), "{shown}");
    }

    #[test]
    fn others_see_the_first_name_and_an_initial() {
        let user = User {
            id: UserId::new(),
            email: Email::stored("dom@fastandfurious.com".to_owned()),
            first_name: "Dominic".to_owned(),
            last_name: "Toretto".to_owned(),
            created_at: Timestamp::from_millis(0),
        };
        assert_eq!(user.display_name(), "Dominic T.");
    }
}
