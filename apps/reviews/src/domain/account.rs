//! Who may write: registering, and the values that takes.

use std::fmt;

use astra_db::table::Timestamp;
use secrecy::SecretString;

use crate::domain::contest::{self, Other};
use crate::domain::id::UserId;
use crate::domain::unicode;
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

/// An email address in lower case and in composed form: whoever registers `Ada@Example.com` is
/// `ada@example.com`, and both ways to write `é` are one.
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
        if is_plausible(text) {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(EMAIL_EXPECTED)
        }
    }

    /// The one form in which an address is stored and counted.
    pub(crate) fn normalized(&self) -> String {
        normalized(&self.0)
    }

    /// The forms in which an account of this address may be stored: as it was typed, composed, and
    /// decomposed. The last is how other systems send it, and how earlier versions stored it then.
    pub(crate) fn spellings(&self) -> Vec<String> {
        let normalized = self.normalized();
        let decomposed = unicode::decomposed(&normalized);
        let mut spellings = vec![self.0.clone(), normalized, decomposed];
        spellings.dedup();
        spellings
    }
}

const EMAIL_EXPECTED: &str = "Give an e-mail address such as dom@fastandfurious.com";

fn normalized(address: &str) -> String {
    // Lower case may take letters apart again.
    unicode::composed(&unicode::composed(address).to_lowercase())
}

/// Catches slips of the finger. Whether an address exists, only a message to it can tell.
fn is_plausible(address: &str) -> bool {
    let is_odd = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '<' | '>' | ',' | ';' | '"')
    };
    address.len() <= 254
        && !address.chars().any(is_odd)
        && address.rsplit_once('@').is_some_and(|(mailbox, host)| {
            !mailbox.is_empty()
                && !mailbox.contains('@')
                && host.contains('.')
                && host.split('.').all(|label| !label.is_empty())
        })
}

/// One that somebody registers with: what cannot be seen in it would make a second account that
/// looks like the first.
impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let address = normalized(text.trim());
        if is_plausible(&address) && !address.chars().any(unicode::is_invisible) {
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
        let is_plain = !text.chars().any(|letter| {
            letter.is_control()
                || unicode::is_bidi_control(letter)
                || matches!(letter, '\u{2028}' | '\u{2029}')
        });
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
