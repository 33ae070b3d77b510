//! A whole database in one line.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::client::{DataApiClient, DataApiClientBuilder};
use crate::database::Database;
use crate::endpoint::{Environment, parse_url, shown, surplus};
use crate::error::{Error, Result};
use crate::pasted::flaw;
use crate::transport::{Token, UsernamePassword};

const TOKEN_PARAMETER: &str = "applicationToken";
const REDACTED: &str = "[REDACTED]";
/// What stays as it is inside a path segment, a user name or a parameter (RFC 3986, unreserved).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Endpoint, API path, keyspace and credentials in one line, as the official ODMs write it.
///
/// | For | Form |
/// |---|---|
/// | Astra | `https://ID-REGION.apps.astra.datastax.com/api/json/v1/KEYSPACE?applicationToken=TOKEN` |
/// | self-hosted | `http://USER:PASSWORD@host:8181/v1/KEYSPACE`, or without `USER:PASSWORD@` and [`ConnectionString::user`] |
///
/// What is special in a URL is percent-encoded, in user and password too. Printing it, also with
/// `{:?}`, leaves the secrets out; [`ConnectionString::expose`] has all of it.
///
/// ```
/// use astra_db::ConnectionString;
///
/// let text = "https://my-db.apps.astra.datastax.com/api/json/v1/shop?applicationToken=AstraCS%3A1";
/// let uri: ConnectionString = text.parse()?;
/// assert_eq!(uri.keyspace(), "shop");
/// assert_eq!(uri.expose(), text);
/// assert!(!uri.to_string().contains("AstraCS"));
///
/// let db = uri.connect()?;
/// assert_eq!(db.keyspace_name(), Some("shop"));
/// # Ok::<(), astra_db::Error>(())
/// ```
#[derive(Clone)]
pub struct ConnectionString {
    environment: Environment,
    /// Scheme, host and port.
    base: String,
    /// As it stands in the URL, without slashes at its ends; may be empty.
    api_path: String,
    keyspace: String,
    credentials: Credentials,
}

#[derive(Clone)]
enum Credentials {
    None,
    Token(SecretString),
    User(String, SecretString),
}

impl ConnectionString {
    /// A keyspace at an endpoint, with the API path usual there and no credentials yet.
    ///
    /// ```
    /// use astra_db::ConnectionString;
    ///
    /// let uri = ConnectionString::new("http://localhost:8181", "shop")?;
    /// assert_eq!(uri.to_string(), "http://localhost:8181/v1/shop");
    /// let uri = uri.user("cassandra", "s@cret");
    /// assert_eq!(uri.expose(), "http://cassandra:s%40cret@localhost:8181/v1/shop");
    /// # Ok::<(), astra_db::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] when the endpoint is no URL or goes on after its port, or the keyspace is
    /// empty.
    pub fn new(endpoint: &str, keyspace: &str) -> Result<Self> {
        let url = parse_url(endpoint)?;
        if let Some(surplus) = surplus(&url) {
            return Err(Error::config(format!(
                "the endpoint has {surplus}: write only {}, the keyspace and the credentials are \
                 given by themselves",
                shown(&url)
            )));
        }
        let environment = environment_of(&url)?;
        Ok(Self {
            environment,
            base: url.origin().ascii_serialization(),
            api_path: environment.api_path().into(),
            keyspace: checked_keyspace(keyspace.into())?,
            credentials: Credentials::None,
        })
    }

    /// The same with this token, instead of whatever credentials there were.
    #[must_use]
    pub fn token(self, token: impl Into<SecretString>) -> Self {
        Self {
            credentials: Credentials::Token(token.into()),
            ..self
        }
    }

    /// The same with this user of a self-hosted Data API, instead of whatever credentials there
    /// were.
    #[must_use]
    pub fn user(self, name: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            credentials: Credentials::User(name.into(), password.into()),
            ..self
        }
    }

    /// The keyspace it names.
    pub fn keyspace(&self) -> &str {
        &self.keyspace
    }

    /// Scheme, host and port.
    pub fn endpoint(&self) -> &str {
        &self.base
    }

    /// The path of the API below the endpoint, `api/json/v1` for example.
    pub fn api_path(&self) -> &str {
        &self.api_path
    }

    /// A stage of Astra if the host belongs to one, else [`Environment::Other`].
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// All of it, secrets included: not for logs.
    pub fn expose(&self) -> String {
        self.render(true)
    }

    /// The database and keyspace it names, by a client with every other setting at its default.
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when there is no transport, that is without the feature `http`.
    pub fn connect(&self) -> Result<Database> {
        self.connect_with(DataApiClient::builder())
    }

    /// The database and keyspace it names, by a client with other settings. What the connection
    /// string says counts more than what the builder says.
    ///
    /// ```
    /// # fn run(uri: astra_db::ConnectionString) -> Result<(), astra_db::Error> {
    /// use std::time::Duration;
    /// use astra_db::DataApiClient;
    ///
    /// let builder = DataApiClient::builder().connect_timeout(Duration::from_secs(2));
    /// let db = uri.connect_with(builder)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] as [`DataApiClientBuilder::build`] and [`DataApiClient::database`].
    pub fn connect_with(&self, builder: DataApiClientBuilder) -> Result<Database> {
        let builder = builder
            .environment(self.environment)
            .api_path(&self.api_path);
        let builder = match &self.credentials {
            Credentials::None => builder,
            Credentials::Token(token) => builder.token(Token::from(token.clone())),
            Credentials::User(name, password) => {
                builder.token(UsernamePassword::new(name, password.clone()))
            }
        };
        Ok(builder
            .build()?
            .database(&self.base)?
            .keyspace(self.keyspace.as_str()))
    }

    fn render(&self, secrets: bool) -> String {
        let secret = |secret: &SecretString| {
            if secrets {
                encoded(secret.expose_secret())
            } else {
                REDACTED.to_owned()
            }
        };
        let mut text = match (&self.credentials, self.base.split_once("://")) {
            (Credentials::User(name, password), Some((scheme, host))) => {
                format!("{scheme}://{}:{}@{host}", encoded(name), secret(password))
            }
            _ => self.base.clone(),
        };
        for part in [self.api_path.as_str(), &encoded(&self.keyspace)] {
            if !part.is_empty() {
                text.push('/');
                text.push_str(part);
            }
        }
        if let Credentials::Token(token) = &self.credentials {
            text.extend(["?", TOKEN_PARAMETER, "=", &secret(token)]);
        }
        text
    }
}

impl DataApiClient {
    /// The database that a [`ConnectionString`] names, by a client with every other setting at its
    /// default. Nothing is sent yet.
    ///
    /// ```no_run
    /// # fn run() -> Result<(), astra_db::Error> {
    /// use astra_db::DataApiClient;
    ///
    /// let db = DataApiClient::connect("http://cassandra:cassandra@127.0.0.1:8181/v1/shop")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] when it is malformed, and as [`ConnectionString::connect`].
    pub fn connect(connection_string: &str) -> Result<Database> {
        connection_string.parse::<ConnectionString>()?.connect()
    }
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionString({self})")
    }
}

impl FromStr for ConnectionString {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(flaw) = flaw(text) {
            return Err(Error::config(format!("the connection string {flaw}")));
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(malformed(
                "there is a space, a line break or a backslash in it: remove it, or write it as \
                 %20, %0A or %5C",
            ));
        }
        let url = parse_url(text)?;
        if url.fragment().is_some() {
            return Err(malformed("it has a part after \"#\": write \"#\" as %23"));
        }
        let environment = environment_of(&url)?;
        let (api_path, keyspace) = split_path(url.path())?;
        Ok(Self {
            environment,
            base: url.origin().ascii_serialization(),
            api_path,
            keyspace,
            credentials: credentials_in(&url, environment)?,
        })
    }
}

fn malformed(what: &str) -> Error {
    Error::config(format!(
        "the connection string cannot be used: {what}. Expected \
         https://ID-REGION.apps.astra.datastax.com/api/json/v1/KEYSPACE?applicationToken=TOKEN or \
         http://USER:PASSWORD@host:8181/v1/KEYSPACE"
    ))
}

fn environment_of(url: &Url) -> Result<Environment> {
    let found = Environment::of_host(url.host_str().unwrap_or_default());
    if found.is_some() && url.scheme() != "https" {
        return Err(malformed("Astra needs https"));
    }
    Ok(found.unwrap_or(Environment::Other))
}

/// The last segment is the keyspace, what is before it the path of the API.
fn split_path(path: &str) -> Result<(String, String)> {
    let path = path.trim_matches('/');
    let (api_path, keyspace) = path.rsplit_once('/').unwrap_or(("", path));
    if matches!(path, "" | "v1" | "api/json/v1") {
        return Err(malformed("the keyspace is missing at the end of its path"));
    }
    if api_path.split('/').skip(1).any(str::is_empty) {
        return Err(malformed("there are two slashes in a row in its path"));
    }
    Ok((
        api_path.into(),
        checked_keyspace(decoded(keyspace, "keyspace")?)?,
    ))
}

fn checked_keyspace(keyspace: String) -> Result<String> {
    if matches!(keyspace.as_str(), "" | "." | "..") {
        return Err(malformed("the keyspace is missing"));
    }
    Ok(keyspace)
}

fn credentials_in(url: &Url, environment: Environment) -> Result<Credentials> {
    match (token_in(url)?, has_user(url)) {
        (Some(_), true) => Err(malformed(
            "it has both a user and a token: keep one of them",
        )),
        (Some(token), false) => Ok(Credentials::Token(token)),
        (None, true) if environment.is_astra() => Err(malformed(
            "Astra takes no user and password but an applicationToken",
        )),
        (None, true) => {
            let name = decoded(url.username(), "user")?;
            let Some(password) = url.password().filter(|_| !name.is_empty()) else {
                return Err(malformed("it needs a user and a password, or neither"));
            };
            Ok(Credentials::User(name, secret(password, "password")?))
        }
        (None, false) => Ok(Credentials::None),
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn token_in(url: &Url) -> Result<Option<SecretString>> {
    let mut token = None;
    for parameter in url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|text| !text.is_empty())
    {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name != TOKEN_PARAMETER {
            // The name may be a token that lost its own: it is not repeated.
            return Err(malformed(
                "the only parameter after \"?\" is applicationToken=TOKEN, and \"&\" inside a token \
                 is written %26",
            ));
        }
        if token.replace(secret(value, TOKEN_PARAMETER)?).is_some() {
            return Err(malformed("it has more than one applicationToken"));
        }
    }
    Ok(token)
}

/// "+" stays what it is: it stands for a space in forms only, and tokens have none.
fn secret(text: &str, what: &str) -> Result<SecretString> {
    let text = decoded(text, what)?;
    if text.is_empty() {
        return Err(malformed(&format!("its {what} is empty")));
    }
    if text == REDACTED {
        return Err(malformed(&format!(
            "its {what} was left out when it was printed: use the original"
        )));
    }
    Ok(text.into())
}

fn decoded(text: &str, what: &str) -> Result<String> {
    let bytes = text.as_bytes();
    let broken = bytes.iter().enumerate().any(|(at, byte)| {
        let digits = bytes.get(at + 1..at + 3);
        *byte == b'%' && !digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    });
    let text = percent_decode_str(text).decode_utf8();
    match text {
        Ok(text) if !broken && !text.contains(char::is_control) => Ok(text.into_owned()),
        _ => Err(malformed(&format!(
            "its {what} is not properly encoded: write \"%\" as %25, \"@\" as %40, \":\" as %3A"
        ))),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}
