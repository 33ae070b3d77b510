//! Who may write: registering, and the values that takes.

use std::fmt;

use astra_db::table::Timestamp;
use secrecy::SecretString;

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

/// An e-mail address in lower case: whoever registers `Ada@Example.com` is `ada@example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    /// Catches slips of the finger. Whether an address exists, only a message to it can tell.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let is_odd = |letter: char| {
            letter.is_whitespace()
                || letter.is_control()
                || matches!(letter, '<' | '>' | ',' | ';' | '"')
        };
        let is_plausible = text.len() <= 254
            && !text.chars().any(is_odd)
            && text.rsplit_once('@').is_some_and(|(mailbox, host)| {
                !mailbox.is_empty()
                    && !mailbox.contains('@')
                    && host.contains('.')
                    && host.split('.').all(|label| !label.is_empty())
            });
        if is_plausible {
            Ok(Self(text.to_lowercase()))
        } else {
            Err("Give an e-mail address such as dom@fastandfurious.com")
        }
    }
}

/// A first or last name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let is_plain = !text.chars().any(char::is_control);
        if !text.is_empty() && text.chars().count() <= 100 && is_plain {
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
