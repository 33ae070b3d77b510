//! Users and their accounts.

use std::fmt;

use astra_db::table::Timestamp;
use secrecy::SecretString;
use shared::unicode;

use super::email::Email;
use super::id::UserId;

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

/// A first or last name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

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
