//! Which database an application talks to, decided by its environment.

mod replication;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use astra_db::{ConnectionString, Replication};
use axum::http::Uri;
use secrecy::{ExposeSecret as _, SecretString};

pub use self::replication::replication;
use crate::env::{Env, Noted, SettingsErrors};
use crate::serve::LAMBDA_RUNTIME_API;

/// The keyspace used where none is named: the one every Astra database starts with.
pub const DEFAULT_KEYSPACE: &str = "default_keyspace";

/// Which database to talk to. Nothing set means the embedded one, so that a first start needs no account.
///
/// ```
/// use shared::env;
/// use shared::settings::{Backend, DataSettings};
///
/// let settings = DataSettings::from_env(env::of(&[])).unwrap();
/// assert!(matches!(settings.backend, Backend::Embedded { directory } if directory.ends_with("data")));
/// ```
#[derive(Debug, Clone)]
pub struct DataSettings {
    /// Who answers.
    pub backend: Backend,
    /// `ASTRA_DB_KEYSPACE`: the keyspace on every backend. Default: the one in `DATA_API_URI`, else [`DEFAULT_KEYSPACE`].
    pub keyspace: String,
    /// `DATA_API_REPLICATION`: the copies of a keyspace that is made on a self-hosted server, such as `dc1:3`, or `3` for a
    /// single data center. Default: the server's, which is one copy.
    pub replication: Option<Replication>,
    /// `DATABASE_WAIT_SECONDS`: how long a start waits for a database that does not answer. Default: 180.
    pub wait: Duration,
}

/// How long a start waits where nothing else is set: an idle Astra database takes one to several minutes to wake up.
pub const DEFAULT_WAIT: Duration = Duration::from_mins(3);

/// The databases an application can talk to.
#[derive(Debug, Clone)]
pub enum Backend {
    /// A managed Astra database.
    Astra {
        /// `ASTRA_DB_API_ENDPOINT`, or built from `ASTRA_DB_ID` and `ASTRA_DB_REGION`.
        endpoint: String,
        /// `ASTRA_DB_APPLICATION_TOKEN`.
        token: SecretString,
    },
    /// A Data API of one's own: in front of HCD, DSE or Cassandra, or the local one over HTTP.
    SelfHosted {
        /// `DATA_API_URL`, without `/v1`.
        url: String,
        /// `DATA_API_USERNAME`.
        username: String,
        /// `DATA_API_PASSWORD`.
        password: SecretString,
    },
    /// Endpoint, keyspace and credentials in one string.
    ConnectionString {
        /// `DATA_API_URI`.
        uri: ConnectionString,
    },
    /// The local Data API inside this process, in one file. Needs the feature `embedded`.
    Embedded {
        /// `DATA_DIR`: the folder of the database file. Default `./data`.
        directory: PathBuf,
    },
}

impl DataSettings {
    /// Reads the settings of the database alone. An application with settings of its own calls [`DataSettings::read`].
    pub fn from_env(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, SettingsErrors> {
        let mut env = Env::new(&lookup);
        let settings = Self::read(&mut env);
        env.finish(|| settings)
    }

    /// Reads the settings of the database and notes every problem in `env`.
    pub fn read(env: &mut Env<'_>) -> Result<Self, Noted> {
        let variables = Variables::read(env);
        let named = variables.keyspace.clone();
        let default = DEFAULT_WAIT.as_secs();
        let wait = env.number_or("DATABASE_WAIT_SECONDS", default, 0..=3600);
        let copies = replication::read(env);
        let backend = match variables.databases()[..] {
            [] => variables.embedded(env)?,
            [Database::Astra] => variables.astra(env)?,
            [Database::SelfHosted] => variables.self_hosted(env)?,
            [Database::ConnectionString] => variables.connection_string(env)?,
            ref several => return Err(conflict(several, env)),
        };
        let keyspace = keyspace(&backend, named, env)?;
        Ok(Self {
            replication: replication::of(&backend, copies?, env)?,
            backend,
            keyspace,
            wait: Duration::from_secs(wait?),
        })
    }

    /// The embedded database in `directory`, with the default keyspace. Needs the feature `embedded`.
    pub fn embedded(directory: impl Into<PathBuf>) -> Self {
        Self {
            backend: Backend::Embedded {
                directory: directory.into(),
            },
            keyspace: DEFAULT_KEYSPACE.to_owned(),
            replication: None,
            wait: DEFAULT_WAIT,
        }
    }
}

/// The variables as they were found, before it is known which database they mean.
struct Variables {
    endpoint: Option<String>,
    id: Option<String>,
    region: Option<String>,
    token: Option<SecretString>,
    keyspace: Option<String>,
    url: Option<String>,
    username: Option<String>,
    password: Option<SecretString>,
    uri: Option<SecretString>,
    directory: Option<String>,
    on_lambda: bool,
}

/// A database that at least one variable asks for.
#[derive(Clone, Copy)]
enum Database {
    Astra,
    SelfHosted,
    ConnectionString,
}

impl Variables {
    fn read(env: &mut Env<'_>) -> Self {
        Self {
            endpoint: env.text("ASTRA_DB_API_ENDPOINT"),
            id: env.text("ASTRA_DB_ID"),
            region: env.text("ASTRA_DB_REGION"),
            token: env.secret("ASTRA_DB_APPLICATION_TOKEN"),
            keyspace: env.text("ASTRA_DB_KEYSPACE"),
            url: env.text("DATA_API_URL"),
            username: env.text("DATA_API_USERNAME"),
            password: env.secret("DATA_API_PASSWORD"),
            uri: env.secret("DATA_API_URI"),
            directory: env.text("DATA_DIR"),
            on_lambda: env.text(LAMBDA_RUNTIME_API).is_some(),
        }
    }

    /// A single variable of a database is enough to ask for it: a token without an endpoint is a mistake to report, not
    /// a reason to write to a file nobody looks into.
    fn databases(&self) -> Vec<Database> {
        let astra = self.endpoint.is_some()
            || self.id.is_some()
            || self.region.is_some()
            || self.token.is_some();
        let self_hosted = self.url.is_some() || self.username.is_some() || self.password.is_some();
        [
            astra.then_some(Database::Astra),
            self_hosted.then_some(Database::SelfHosted),
            self.uri.is_some().then_some(Database::ConnectionString),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn astra(self, env: &mut Env<'_>) -> Result<Backend, Noted> {
        let endpoint = astra_endpoint(self.endpoint, self.id, self.region, env);
        let token = required(
            self.token,
            "ASTRA_DB_APPLICATION_TOKEN is missing, but an Astra database is named (a token looks like AstraCS:…)",
            env,
        );
        Ok(Backend::Astra {
            endpoint: endpoint?,
            token: token?,
        })
    }

    fn self_hosted(self, env: &mut Env<'_>) -> Result<Backend, Noted> {
        let url = required(
            self.url,
            "DATA_API_URL is missing, but a user or password is set (an address looks like http://127.0.0.1:8181)",
            env,
        )
        .and_then(|url| address("DATA_API_URL", url, "http://127.0.0.1:8181", env));
        let username = required(
            self.username,
            "DATA_API_USERNAME is missing, but a self-hosted Data API is named (a new Cassandra knows the user cassandra)",
            env,
        );
        let password = required(
            self.password,
            "DATA_API_PASSWORD is missing, but a self-hosted Data API is named",
            env,
        );
        Ok(Backend::SelfHosted {
            url: url?,
            username: username?,
            password: password?,
        })
    }

    fn connection_string(self, env: &mut Env<'_>) -> Result<Backend, Noted> {
        let text = required(self.uri, "DATA_API_URI is missing", env)?;
        let uri = text.expose_secret().parse::<ConnectionString>();
        let uri = uri.map_err(|error| env.problem(format!("DATA_API_URI: {error}")))?;
        Ok(Backend::ConnectionString { uri })
    }

    fn embedded(self, env: &mut Env<'_>) -> Result<Backend, Noted> {
        if cfg!(not(feature = "embedded")) {
            return Err(env.problem(
                "ASTRA_DB_API_ENDPOINT is missing, and this build has no database of its own: set it with \
                 ASTRA_DB_APPLICATION_TOKEN, or set DATA_API_URL or DATA_API_URI",
            ));
        }
        if self.on_lambda {
            return Err(env.problem(
                "ASTRA_DB_API_ENDPOINT is missing: AWS Lambda throws away what is written to its disk, so the embedded \
                 database would be lost; set it with ASTRA_DB_APPLICATION_TOKEN, or set DATA_API_URL or DATA_API_URI",
            ));
        }
        let directory = self.directory.unwrap_or_else(|| "./data".to_owned());
        Ok(Backend::Embedded {
            directory: directory.into(),
        })
    }
}

fn required<T>(value: Option<T>, problem: &str, env: &mut Env<'_>) -> Result<T, Noted> {
    value.ok_or_else(|| env.problem(problem))
}

fn conflict(several: &[Database], env: &mut Env<'_>) -> Noted {
    let names: Vec<_> = several
        .iter()
        .map(|database| match database {
            Database::Astra => "an Astra database (ASTRA_DB_…)",
            Database::SelfHosted => {
                "a self-hosted one (DATA_API_URL, DATA_API_USERNAME, DATA_API_PASSWORD)"
            }
            Database::ConnectionString => "a connection string (DATA_API_URI)",
        })
        .collect();
    env.problem(format!(
        "the variables name different databases, {}: keep those of one",
        names.join(" and ")
    ))
}

fn astra_endpoint(
    endpoint: Option<String>,
    id: Option<String>,
    region: Option<String>,
    env: &mut Env<'_>,
) -> Result<String, Noted> {
    match (endpoint, id, region) {
        // Astra's own tool writes all three into one file: fine as long as they agree.
        (Some(endpoint), id, region) => {
            for (name, value) in [("ASTRA_DB_ID", id), ("ASTRA_DB_REGION", region)] {
                if value.is_some_and(|value| !endpoint.contains(&value)) {
                    return Err(env.problem(format!(
                        "{name} names another database than ASTRA_DB_API_ENDPOINT: keep one of them"
                    )));
                }
            }
            let example = "https://ID-REGION.apps.astra.datastax.com";
            let endpoint = address("ASTRA_DB_API_ENDPOINT", endpoint, example, env)?;
            of_astra(endpoint, env)
        }
        (None, Some(id), Some(region)) => {
            Ok(format!("https://{id}-{region}.apps.astra.datastax.com"))
        }
        (None, Some(_), None) => Err(env.problem(
            "ASTRA_DB_REGION is missing, but ASTRA_DB_ID is set (a region looks like us-east-2)",
        )),
        (None, None, Some(_)) => Err(env.problem(
            "ASTRA_DB_ID is missing, but ASTRA_DB_REGION is set (an id is a UUID)",
        )),
        (None, None, None) => Err(env.problem(
            "ASTRA_DB_API_ENDPOINT is missing, but ASTRA_DB_APPLICATION_TOKEN is set (an endpoint looks like \
             https://ID-REGION.apps.astra.datastax.com)",
        )),
    }
}

/// An endpoint that names one of Astra's hosts: for others no environment follows from it.
fn of_astra(endpoint: String, env: &mut Env<'_>) -> Result<String, Noted> {
    let secure = endpoint.replacen("http://", "https://", 1);
    match ConnectionString::new(&secure, DEFAULT_KEYSPACE) {
        Err(error) => Err(env.problem(format!("ASTRA_DB_API_ENDPOINT: {error}"))),
        Ok(uri) if !uri.environment().is_astra() => Err(env.problem(format!(
            "ASTRA_DB_API_ENDPOINT is {endpoint:?}, which is not an address of Astra: for your own Data API set \
             DATA_API_URL, DATA_API_USERNAME and DATA_API_PASSWORD; for a custom domain of Astra set DATA_API_URI to \
             https://HOST/api/json/v1/KEYSPACE?applicationToken=TOKEN"
        ))),
        Ok(_) if secure != endpoint => Err(env.problem(format!(
            "ASTRA_DB_API_ENDPOINT is {endpoint:?}, but Astra needs https: write {secure}"
        ))),
        Ok(_) => Ok(endpoint),
    }
}

fn address(name: &str, text: String, example: &str, env: &mut Env<'_>) -> Result<String, Noted> {
    let is_address = text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    });
    if is_address {
        Ok(text)
    } else {
        Err(env.problem(format!(
            "{name} is {text:?}, expected an address such as {example}"
        )))
    }
}

/// The keyspace: the one in the connection string, which `ASTRA_DB_KEYSPACE` may not contradict, or the one it names.
fn keyspace(backend: &Backend, named: Option<String>, env: &mut Env<'_>) -> Result<String, Noted> {
    match (backend, named) {
        (Backend::ConnectionString { uri }, Some(named)) if uri.keyspace() != named => {
            let in_uri = uri.keyspace();
            Err(env.problem(format!(
                "ASTRA_DB_KEYSPACE is {named:?}, but DATA_API_URI names the keyspace {in_uri:?}: keep one of them"
            )))
        }
        (Backend::ConnectionString { uri }, _) => Ok(uri.keyspace().to_owned()),
        (_, named) => Ok(named.unwrap_or_else(|| DEFAULT_KEYSPACE.to_owned())),
    }
}
