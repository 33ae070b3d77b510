//! Credentials: the token of the database, the keys of embedding and reranking providers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{BoxError, Error, Result};
use crate::pasted::token_flaw;

pub(crate) const TOKEN: HeaderName = HeaderName::from_static("token");
const EMBEDDING_KEY: HeaderName = HeaderName::from_static("x-embedding-api-key");
const EMBEDDING_ACCESS_ID: HeaderName = HeaderName::from_static("x-embedding-access-id");
const EMBEDDING_SECRET_ID: HeaderName = HeaderName::from_static("x-embedding-secret-id");
/// Not `x-rerank-api-key`, which one official client sends: the server reads only this one.
const RERANKING_KEY: HeaderName = HeaderName::from_static("reranking-api-key");

/// Gives the token for each request, so that it can be rotated while the client runs.
///
/// It is asked for every attempt: keep the token and fetch a new one only when it is due.
///
/// ```
/// use astra_db::{BoxError, DataApiClient, SecretString, Token, TokenProvider};
/// use futures_util::future::BoxFuture;
///
/// #[derive(Debug)]
/// struct FromFile(std::path::PathBuf);
///
/// impl TokenProvider for FromFile {
///     fn token(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
///         Box::pin(async { Ok(std::fs::read_to_string(&self.0)?.trim().into()) })
///     }
/// }
/// let client = DataApiClient::new(Token::provided_by(FromFile("/run/secrets/token".into())));
/// ```
pub trait TokenProvider: fmt::Debug + Send + Sync + 'static {
    /// The token to send now. An error ends the call with [`Error::Credentials`].
    fn token(&self) -> BoxFuture<'_, Result<SecretString, BoxError>>;
}

/// A token, or something that gives one. Shows nothing of it when printed.
///
/// ```
/// use astra_db::{Token, UsernamePassword};
///
/// let astra = Token::from("AstraCS:…");
/// let self_hosted = Token::from(UsernamePassword::new("cassandra", "cassandra"));
/// assert!(!format!("{astra:?}").contains("AstraCS"));
/// ```
#[derive(Clone)]
pub struct Token(Source);

#[derive(Clone)]
enum Source {
    Fixed(SecretString),
    Provided(Arc<dyn TokenProvider>),
}

impl Token {
    /// A token asked for at every attempt.
    pub fn provided_by(provider: impl TokenProvider) -> Self {
        Self(Source::Provided(Arc::new(provider)))
    }

    /// The token to send now.
    pub(crate) async fn current(&self) -> Result<SecretString, BoxError> {
        match &self.0 {
            Source::Fixed(token) => Ok(token.clone()),
            Source::Provided(provider) => provider.token().await,
        }
    }
}

/// Checks what was typed or pasted: quotation marks, invisible characters, a `Bearer ` and white
/// space are refused, with what to do about them. A token made by `From` is checked when it is sent.
///
/// ```
/// use astra_db::Token;
///
/// assert!("AstraCS:abc:def".parse::<Token>().is_ok());
/// let error = "\"AstraCS:abc:def\"".parse::<Token>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the token has a quotation mark at its beginning or end: leave it out",
/// );
/// ```
impl FromStr for Token {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match token_flaw(text) {
            Some(flaw) => Err(Error::config(format!("the token {flaw}"))),
            None => Ok(Self::from(text)),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(_) => f.write_str("Token([REDACTED])"),
            Source::Provided(_) => f.write_str("Token([PROVIDED])"),
        }
    }
}

impl From<SecretString> for Token {
    fn from(token: SecretString) -> Self {
        Self(Source::Fixed(token))
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self::from(SecretString::from(token))
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self::from(SecretString::from(token))
    }
}

/// A user of a self-hosted Data API: Cassandra, HCD, DSE.
///
/// Sent as `Cassandra:` + base64 of the name + `:` + base64 of the password.
///
/// ```
/// use astra_db::{DataApiClient, Environment, UsernamePassword};
///
/// let db = DataApiClient::builder()
///     .environment(Environment::Hcd)
///     .token(UsernamePassword::new("cassandra", "cassandra"))
///     .build()?
///     .database("http://localhost:8181")?;
/// # Ok::<(), astra_db::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct UsernamePassword {
    username: String,
    password: SecretString,
}

impl UsernamePassword {
    /// A user and a password, as given to `cqlsh`.
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
        }
    }
}

impl From<UsernamePassword> for Token {
    fn from(user: UsernamePassword) -> Self {
        let name = STANDARD.encode(&user.username);
        let password = STANDARD.encode(user.password.expose_secret());
        Self::from(format!("Cassandra:{name}:{password}"))
    }
}

/// What a [`HeaderProvider`] gives.
pub type ProvidedHeaders = Vec<(HeaderName, SecretString)>;

/// Gives the headers by which an embedding or a reranking provider knows its customer.
///
/// [`EmbeddingKey`], [`AwsEmbeddingKeys`] and [`RerankingKey`] serve most; write your own to fetch
/// a key from a vault. It is asked for every attempt.
///
/// ```
/// use astra_db::{BoxError, HeaderProvider, ProvidedHeaders};
/// use futures_util::future::BoxFuture;
/// use http::HeaderName;
///
/// #[derive(Debug)]
/// struct FromEnvironment;
///
/// impl HeaderProvider for FromEnvironment {
///     fn headers(&self) -> BoxFuture<'_, Result<ProvidedHeaders, BoxError>> {
///         Box::pin(async {
///             let key = std::env::var("OPENAI_API_KEY")?;
///             Ok(vec![(HeaderName::from_static("x-embedding-api-key"), key.into())])
///         })
///     }
/// }
/// ```
pub trait HeaderProvider: fmt::Debug + Send + Sync + 'static {
    /// The headers to send now. An error ends the call with [`Error::Credentials`].
    fn headers(&self) -> BoxFuture<'_, Result<ProvidedHeaders, BoxError>>;
}

macro_rules! fixed_key {
    ($(#[$doc:meta])* $name:ident, $header:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(SecretString);

        impl $name {
            /// The key as the provider gave it.
            pub fn new(key: impl Into<SecretString>) -> Self {
                Self(key.into())
            }
        }

        impl HeaderProvider for $name {
            fn headers(&self) -> BoxFuture<'_, Result<ProvidedHeaders, BoxError>> {
                Box::pin(async { Ok(vec![($header, self.0.clone())]) })
            }
        }
    };
}

fixed_key! {
    /// The key of an embedding provider, sent as `x-embedding-api-key`.
    ///
    /// ```
    /// use astra_db::{EmbeddingKey, Options};
    ///
    /// let options = Options::default().embedding(EmbeddingKey::new("sk-…"));
    /// ```
    EmbeddingKey, EMBEDDING_KEY
}

fixed_key! {
    /// The key of a reranking provider, sent as `reranking-api-key`.
    ///
    /// Without one the server hands the provider the token of the database.
    ///
    /// ```
    /// use astra_db::{Options, RerankingKey};
    ///
    /// let options = Options::default().reranking(RerankingKey::new("nvapi-…"));
    /// ```
    RerankingKey, RERANKING_KEY
}

/// The pair of keys Amazon Bedrock wants.
///
/// ```
/// use astra_db::{AwsEmbeddingKeys, Options};
///
/// let options = Options::default().embedding(AwsEmbeddingKeys::new("AKIA…", "…"));
/// ```
#[derive(Clone, Debug)]
pub struct AwsEmbeddingKeys {
    access_id: SecretString,
    secret_id: SecretString,
}

impl AwsEmbeddingKeys {
    /// Access key id and secret access key.
    pub fn new(access_id: impl Into<SecretString>, secret_id: impl Into<SecretString>) -> Self {
        Self {
            access_id: access_id.into(),
            secret_id: secret_id.into(),
        }
    }
}

impl HeaderProvider for AwsEmbeddingKeys {
    fn headers(&self) -> BoxFuture<'_, Result<ProvidedHeaders, BoxError>> {
        Box::pin(async {
            Ok(vec![
                (EMBEDDING_ACCESS_ID, self.access_id.clone()),
                (EMBEDDING_SECRET_ID, self.secret_id.clone()),
            ])
        })
    }
}

/// Headers whose value is a token or a key and nothing else.
const KEYS: [HeaderName; 4] = [
    EMBEDDING_KEY,
    EMBEDDING_ACCESS_ID,
    EMBEDDING_SECRET_ID,
    RERANKING_KEY,
];

/// A secret as a header value that is never shown or indexed by HTTP/2.
pub(crate) fn secret_value(name: &HeaderName, secret: &SecretString) -> Result<HeaderValue> {
    let what = match name {
        _ if *name == TOKEN => Some("the token".to_owned()),
        _ if KEYS.contains(name) => Some(format!("the key for the header {name}")),
        _ => None,
    };
    if let Some(what) = what
        && let Some(flaw) = token_flaw(secret.expose_secret())
    {
        return Err(Error::config(format!("{what} {flaw}")));
    }
    let mut value = HeaderValue::from_str(secret.expose_secret()).map_err(|_| {
        Error::config(format!(
            "the value for the header {name} has characters no header may have, such as a line \
             break: check how the secret was read"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}
