//! Where a Data API lives: environments, endpoint URLs, API paths.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use url::Url;
use uuid::Uuid;

use crate::error::{ConfigError, ConfigErrorKind, Error, Result};
use crate::pasted::flaw;
use crate::shortened::shortened;

/// What kind of Data API is talked to. It decides the API path, whether there is a default
/// keyspace, and which endpoints make sense.
///
/// ```
/// use astra_db::Environment;
///
/// assert_eq!("hcd".parse::<Environment>()?, Environment::Hcd);
/// assert!(Environment::AstraDev.is_astra());
/// # Ok::<(), astra_db::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// Astra DB.
    Astra,
    /// Astra DB, DataStax's development stage.
    AstraDev,
    /// Astra DB, DataStax's test stage.
    AstraTest,
    /// Hyper-Converged Database.
    Hcd,
    /// DataStax Enterprise.
    Dse,
    /// Apache Cassandra.
    Cassandra,
    /// Anything else that speaks the Data API, such as the local one of this workspace.
    Other,
}

impl Environment {
    /// Whether it is one of the stages of Astra DB.
    pub fn is_astra(self) -> bool {
        matches!(self, Self::Astra | Self::AstraDev | Self::AstraTest)
    }

    /// The path of the API below the endpoint.
    pub(crate) fn api_path(self) -> &'static str {
        if self.is_astra() { "api/json/v1" } else { "v1" }
    }

    /// The keyspace every database has there from the start.
    pub(crate) fn default_keyspace(self) -> Option<&'static str> {
        self.is_astra().then_some("default_keyspace")
    }

    fn astra_domain(self) -> Option<&'static str> {
        match self {
            Self::Astra => Some(".apps.astra.datastax.com"),
            Self::AstraDev => Some(".apps.astra-dev.datastax.com"),
            Self::AstraTest => Some(".apps.astra-test.datastax.com"),
            _ => None,
        }
    }

    /// The stage of Astra a host belongs to.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        [Self::Astra, Self::AstraDev, Self::AstraTest]
            .into_iter()
            .find(|stage| {
                stage
                    .astra_domain()
                    .is_some_and(|domain| host.ends_with(domain))
            })
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Astra => "astra",
            Self::AstraDev => "astra-dev",
            Self::AstraTest => "astra-test",
            Self::Hcd => "hcd",
            Self::Dse => "dse",
            Self::Cassandra => "cassandra",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.to_ascii_lowercase().as_str() {
            "astra" | "prod" => Ok(Self::Astra),
            "astra-dev" | "dev" => Ok(Self::AstraDev),
            "astra-test" | "test" => Ok(Self::AstraTest),
            "hcd" => Ok(Self::Hcd),
            "dse" => Ok(Self::Dse),
            "cassandra" => Ok(Self::Cassandra),
            "other" => Ok(Self::Other),
            _ => Err(Error::config(format!(
                "\"{}\" is no environment: use one of astra, astra-dev, astra-test, hcd, dse, \
                 cassandra, other",
                shortened(text, 40)
            ))),
        }
    }
}

/// An endpoint that has been checked, and what follows from it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) environment: Environment,
    /// Scheme, host, port; no slash at the end.
    pub(crate) base: Arc<str>,
}

impl Endpoint {
    /// Checks an endpoint of the form `https://host[:port]`.
    pub(crate) fn parse(text: &str, environment: Option<Environment>) -> Result<Self> {
        let url = parse_url(text)?;
        bare(&url)?;
        let host = url.host_str().unwrap_or_default();
        let environment = environment_of(host, environment)?;
        if environment.is_astra() && url.scheme() != "https" {
            return Err(Error::advised(
                ConfigErrorKind::AstraNeedsHttps,
                format!("the endpoint {} is not https", shown(&url)),
                "Astra needs it, and for a self-hosted Data API set its environment, \
                 .environment(Environment::Hcd) for example",
            ));
        }
        Ok(Self {
            environment,
            base: url.as_str().trim_end_matches('/').into(),
        })
    }

    /// An endpoint for a transport of the caller's own: a URL means the same to every transport, and
    /// what any other name means is up to this one.
    pub(crate) fn of_transport(text: &str, environment: Option<Environment>) -> Result<Self> {
        let text = text.trim();
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        let is_url = ["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
        if !is_url {
            return Ok(Self {
                environment: environment.unwrap_or(Environment::Other),
                base: text.trim_end_matches('/').into(),
            });
        }
        let host_is_known = |url: Url| url.host_str().and_then(Environment::of_host).is_some();
        let by_host = parse_url(text).is_ok_and(host_is_known);
        let fallback = (!by_host).then_some(Environment::Other);
        Self::parse(text, environment.or(fallback))
    }

    /// The id of the Astra database that an endpoint leads to.
    #[cfg(feature = "devops")]
    pub(crate) fn database_id(endpoint: &str) -> Result<Uuid> {
        let host = endpoint.strip_prefix("https://").unwrap_or(endpoint);
        let id = host.get(..36).and_then(|id| Uuid::try_parse(id).ok());
        id.ok_or_else(|| {
            Error::config(
                "the endpoint names no database id, so its keyspaces cannot be changed: use \
                 https://ID-REGION.apps.astra.datastax.com",
            )
        })
    }

    /// The endpoint of an Astra database.
    pub(crate) fn of_database(
        id: &str,
        region: &str,
        environment: Option<Environment>,
    ) -> Result<Self> {
        let environment = environment.unwrap_or(Environment::Astra);
        let Some(domain) = environment.astra_domain() else {
            return Err(Error::advised(
                ConfigErrorKind::IdOutsideAstra,
                format!(
                    "a database id and region belong to Astra, but the environment is {environment}"
                ),
                "use .database(endpoint)",
            ));
        };
        let id = Uuid::try_parse(id).map_err(|source| {
            let message = format!(
                "\"{}\" is no database id: expected a UUID, as the Astra portal shows it",
                shortened(id, 40)
            );
            Error::Config(Box::new(ConfigError::new(message).caused_by(source)))
        })?;
        let is_region = !region.is_empty()
            && region
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_region {
            return Err(Error::config(format!(
                "\"{}\" is no region: expected a name such as us-east1",
                shortened(region, 40)
            )));
        }
        Ok(Self {
            environment,
            base: format!("https://{id}-{region}{domain}").into(),
        })
    }
}

/// Scheme, host and port, as a message shows them.
pub(crate) fn shown(url: &Url) -> String {
    shortened(&url.origin().ascii_serialization(), 200)
}

/// The host's own stage of Astra, else what was asked for.
fn environment_of(host: &str, asked: Option<Environment>) -> Result<Environment> {
    let found = Environment::of_host(host);
    let host = shortened(host, 200);
    match (found, asked) {
        (Some(found), None) => Ok(found),
        (Some(found), Some(asked)) if found == asked => Ok(found),
        (Some(found), Some(asked)) => Err(Error::config(format!(
            "the endpoint {host} belongs to the environment {found}, but {asked} is set: leave the \
             environment out or make them agree"
        ))),
        (None, Some(asked)) => Ok(asked),
        (None, None) => Err(Error::advised(
            ConfigErrorKind::EnvironmentNeeded,
            format!("the endpoint {host} is not one of Astra's, and no environment is set"),
            "set the environment, .environment(Environment::Hcd) for example, or \
             Environment::Astra for a custom domain",
        )),
    }
}

/// An absolute http or https URL.
pub(crate) fn parse_url(text: &str) -> Result<Url> {
    let expected = "expected https://ID-REGION.apps.astra.datastax.com or http://host:8181";
    if text.trim().is_empty() {
        return Err(Error::config(format!("the endpoint is empty: {expected}")));
    }
    // The text itself is not repeated: what was pasted by mistake may be a token.
    if let Some(flaw) = flaw(text) {
        return Err(Error::config(format!("the endpoint {flaw}")));
    }
    if let Some((special, encoded)) = unescaped(text) {
        return Err(Error::config(format!(
            "the user or password in front of \"@\" has an unescaped \"{special}\": write \
             \"{special}\" as {encoded}"
        )));
    }
    let url = Url::parse(text.trim()).map_err(|source| {
        let message = format!("the endpoint is no URL: {expected}");
        Error::Config(Box::new(ConfigError::new(message).caused_by(source)))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::config(format!(
            "the endpoint is neither http nor https: {expected}"
        )));
    }
    Ok(url)
}

/// The character that ends the host too early, as it stands unescaped in a user or password, and
/// how to write it. Without this, a part of the password would be taken for a host or a path.
fn unescaped(text: &str) -> Option<(char, &'static str)> {
    let (_, rest) = text.split_once("://")?;
    // A token may have any of them.
    let rest = rest
        .split_once("?applicationToken=")
        .map_or(rest, |(rest, _)| rest);
    let end = rest.find(['/', '?', '#', '\\'])?;
    let (_, after) = rest.split_at_checked(end)?;
    let found = match after.chars().next()? {
        '?' => ('?', "%3F"),
        '#' => ('#', "%23"),
        '\\' => ('\\', "%5C"),
        _ => ('/', "%2F"),
    };
    // In what follows a "?" of its own, an "@" means nothing.
    let after = if found.0 == '?' {
        after
    } else {
        after.split('?').next()?
    };
    after.contains('@').then_some(found)
}

/// What an endpoint has that belongs elsewhere; it ends with its port.
pub(crate) fn surplus(url: &Url) -> Option<&'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        Some("a user")
    } else if url.query().is_some() {
        Some("a part after \"?\"")
    } else if url.fragment().is_some() {
        Some("a part after \"#\"")
    } else if !matches!(url.path(), "" | "/") {
        Some("a path")
    } else {
        None
    }
}

fn bare(url: &Url) -> Result<()> {
    let Some(surplus) = surplus(url) else {
        return Ok(());
    };
    Err(Error::config(format!(
        "the endpoint has {surplus}: write only {}. The keyspace and the credentials are given separately, or \
         all of it as one connection string",
        shown(url)
    )))
}
