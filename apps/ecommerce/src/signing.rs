//! The keys the shop signs its cookies with.
//!
//! A cookie whose signature is wrong is dropped before anything looks at its value. Every instance
//! of a shop must have the same key, or a visitor loses the cart whenever another instance answers.

use std::fmt;

use axum_extra::extract::cookie::Key;
use secrecy::{ExposeSecret as _, SecretString};

use crate::store::{Store, StoreError};

/// How long a `SESSION_SECRET` has to be, in bytes.
pub const SHORTEST_SECRET: usize = 32;

/// What all keys of this shop are made of.
#[derive(Clone)]
pub struct Signing(Vec<u8>);

impl Signing {
    /// From the secret in the settings; without one, from a key that the first instance makes and
    /// keeps in the database all of them share.
    pub async fn load(store: &Store, secret: Option<&SecretString>) -> Result<Self, StoreError> {
        if let Some(secret) = secret {
            return Ok(Self(secret.expose_secret().as_bytes().to_vec()));
        }
        let proposed = hex(Key::generate().master());
        let agreed = store.secrets.keep_first("cookies", &proposed).await?;
        Ok(Self(agreed.into_bytes()))
    }

    /// Keys that no other process has: cookies are worth nothing after it ends.
    pub fn for_this_process() -> Self {
        Self(Key::generate().master().to_vec())
    }

    /// The key for the carts of visitors.
    pub(crate) fn carts(&self) -> Key {
        self.key(b"cart")
    }

    /// The key for people who know the admin password. It ends with the password, and the database
    /// alone does not give it away.
    pub(crate) fn admins(&self, password: &SecretString) -> Key {
        self.key(format!("admin {}", password.expose_secret()).as_bytes())
    }

    /// A signature covers a cookie's value and not its name, so cookies of different meaning must
    /// not share a key.
    fn key(&self, purpose: &[u8]) -> Key {
        // What derives the key wants 32 bytes and says so by a panic; blanks add nothing and
        // take nothing away.
        let mut material = [self.0.as_slice(), b" ", purpose].concat();
        material.resize(material.len().max(SHORTEST_SECRET), b' ');
        Key::derive_from(&material)
    }
}

/// Without the key.
impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signing")
    }
}

/// 122 bits that nobody can guess, as text.
pub(crate) fn token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_and_each_password_has_a_key_of_its_own() {
        let signing = Signing(b"short".to_vec());
        let admins = |password: &str| signing.admins(&password.to_owned().into());
        assert!(signing.carts() == signing.carts());
        assert!(signing.carts() != admins("one"));
        assert!(admins("one") != admins("two"));
        assert!(signing.carts() != Signing(b"other".to_vec()).carts());
        assert_eq!(format!("{signing:?}"), "Signing");
    }
}
