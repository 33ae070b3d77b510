//! Who may send commands over HTTP.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::error::{ApiError, security};

/// The tokens a server accepts.
///
/// As with a self-hosted Data API there is one user; unless said otherwise its name and password are both
/// `cassandra`. Clients written for Astra can be given a whole token to send instead. `Debug` shows no secrets.
///
/// # Example
///
/// ```
/// use astra_local::Credentials;
///
/// assert_eq!(Credentials::default().token(), "Cassandra:Y2Fzc2FuZHJh:Y2Fzc2FuZHJh");
/// let credentials = Credentials::new("shop", "a secret").with_token("AstraCS:for:tests");
/// # let _ = credentials;
/// ```
#[derive(Clone)]
pub struct Credentials {
    username: String,
    password: String,
    token: Option<String>,
}

impl Default for Credentials {
    fn default() -> Self {
        Self::new("cassandra", "cassandra")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// Accepts the token of this user.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
            token: None,
        }
    }

    /// Accepts this token too, whatever its form.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    /// The token of the user: `Cassandra:`, then name and password, each in base64.
    pub fn token(&self) -> String {
        format!(
            "Cassandra:{}:{}",
            STANDARD.encode(&self.username),
            STANDARD.encode(&self.password)
        )
    }

    /// Checks the token of a request. An empty one is the same as none.
    pub(crate) fn check(&self, token: Option<&[u8]>) -> Result<(), ApiError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(security::MISSING_AUTHENTICATION_TOKEN.because(
                "The request has no token. Send one in the header 'Token', in the form \
                 'Cassandra:base64 of the username:base64 of the password'.",
            ));
        };
        if self.accepts(token) {
            return Ok(());
        }
        Err(security::UNAUTHENTICATED_REQUEST.because(
            "The token in the header 'Token' was not accepted. Check the username and the password, \
             or the token, against those the server was started with.",
        ))
    }

    /// Whether these are the user's name and password, compared in a time that tells nothing about how much was right. For
    /// who lets people in by other ways than a token.
    ///
    /// ```
    /// use astra_local::Credentials;
    ///
    /// let credentials = Credentials::new("shop", "a secret");
    /// assert!(credentials.is_user("shop", "a secret"));
    /// assert!(!credentials.is_user("shop", "another"));
    /// ```
    pub fn is_user(&self, username: &str, password: &str) -> bool {
        self.is_user_bytes(username.as_bytes(), password.as_bytes())
    }

    fn is_user_bytes(&self, username: &[u8], password: &[u8]) -> bool {
        let username = username.ct_eq(self.username.as_bytes());
        let password = password.ct_eq(self.password.as_bytes());
        (username & password).into()
    }

    /// Compares in a time that tells nothing about how much of a secret was right.
    fn accepts(&self, token: &[u8]) -> bool {
        let whole = self
            .token
            .as_ref()
            .is_some_and(|own| token.ct_eq(own.as_bytes()).into());
        let user = decoded(token)
            .is_some_and(|(username, password)| self.is_user_bytes(&username, &password));
        whole | user
    }
}

fn decoded(token: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut parts = token
        .strip_prefix(b"Cassandra:")?
        .split(|byte| *byte == b':');
    let (username, password, rest) = (parts.next()?, parts.next()?, parts.next());
    let decode = |part| STANDARD.decode(part).ok();
    if rest.is_some() {
        None
    } else {
        Some((decode(username)?, decode(password)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(credentials: &Credentials, token: Option<&str>) -> Option<&'static str> {
        credentials
            .check(token.map(str::as_bytes))
            .err()
            .map(|error| error.kind.code)
    }

    #[test]
    fn the_users_own_token_is_accepted_and_no_other() {
        let credentials = Credentials::new("ann", "s:3cret é");
        assert_eq!(code(&credentials, Some(&credentials.token())), None);
        let others = [
            Credentials::default().token(),
            Credentials::new("ann", "s:3cret").token(),
            Credentials::new("an", "s:3cret é").token(),
            "ann:s:3cret é".to_owned(),
            "Cassandra:YW5u".to_owned(),
            "Cassandra:!:?".to_owned(),
            format!("{}:", credentials.token()),
            "AstraCS:x".to_owned(),
        ];
        for token in others {
            assert_eq!(
                code(&credentials, Some(&token)),
                Some("UNAUTHENTICATED_REQUEST"),
                "{token}"
            );
        }
    }

    #[test]
    fn a_configured_token_is_accepted_beside_the_users() {
        let credentials = Credentials::default().with_token("AstraCS:abc");
        assert_eq!(code(&credentials, Some("AstraCS:abc")), None);
        assert_eq!(
            code(&credentials, Some(&Credentials::default().token())),
            None
        );
        assert_eq!(
            code(&credentials, Some("AstraCS:ab")),
            Some("UNAUTHENTICATED_REQUEST")
        );
    }

    #[test]
    fn an_empty_token_is_a_missing_one() {
        for token in [None, Some("")] {
            assert_eq!(
                code(&Credentials::default(), token),
                Some("MISSING_AUTHENTICATION_TOKEN")
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::new("ann", "s3cret").with_token("AstraCS:abc");
        assert_eq!(
            format!("{credentials:?}"),
            r#"Credentials { username: "ann", .. }"#
        );
    }
}
