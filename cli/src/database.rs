//! Which database a command is about: what the environment says, or a file of settings.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use astra_db::Database;
use shared::settings::{Backend, DataSettings};

use crate::output::hinted;
use shared::dotenv;

use crate::atomic_write;

/// The file of the embedded database, in its folder.
const EMBEDDED: &str = "astra.db";

/// The variables that name a database; the keyspace may be given beside them.
pub(crate) const NAMES: [&str; 9] = [
    "ASTRA_DB_API_ENDPOINT",
    "ASTRA_DB_ID",
    "ASTRA_DB_REGION",
    "ASTRA_DB_APPLICATION_TOKEN",
    "DATA_API_URL",
    "DATA_API_USERNAME",
    "DATA_API_PASSWORD",
    "DATA_API_URI",
    "DATA_DIR",
];

/// Looks up a variable of the environment, which only `main` reads.
pub(crate) type Environment = fn(&str) -> Option<OsString>;

/// The file of settings that is read beside the environment.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct EnvFile {
    /// File with settings, used where the environment names no database [default: .env, if it is there]
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

/// Which database.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Which database")]
pub(crate) struct DatabaseArgs {
    #[command(flatten)]
    env_file: EnvFile,

    /// Keyspace, instead of the one the settings name
    #[arg(long, value_name = "NAME")]
    keyspace: Option<String>,
}

/// What makes the embedded database, where a command itself does not.
pub(crate) const MADE_ELSEWHERE: &str = "an application makes it when it starts here, and so does `astra-dev seed`; \
     `astra-dev connect --write` sets up another";

/// Where the DevOps API of Astra is, if it is reached in another way.
pub(crate) const DEVOPS_URL: &str = "ASTRA_DEVOPS_URL";

/// The same database, its keyspaces made through the DevOps API at this URL.
pub(crate) fn devops_at(url: Option<OsString>, database: Database) -> Database {
    match url.and_then(|url| url.into_string().ok()) {
        Some(url) if !url.is_empty() => database.with_options(|options| options.devops_url(url)),
        _ => database,
    }
}

/// The settings and where they come from.
pub(crate) struct Chosen {
    pub(crate) settings: DataSettings,
    pub(crate) source: Source,
    devops_url: Option<OsString>,
}

/// Where the settings come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Environment,
    File(PathBuf),
    /// Nothing names a database: the embedded one is meant.
    Nothing,
}

impl DatabaseArgs {
    /// The keyspace that was named on the command line.
    pub(crate) fn keyspace(&self) -> Option<&str> {
        self.keyspace.as_deref()
    }

    /// Reads the environment, and beside it the file.
    pub(crate) fn choose(&self, environment: Environment) -> anyhow::Result<Chosen> {
        let (path, file) = self.env_file.read()?;
        let (lookup, source) = merge(path, file, environment);
        let devops_url = lookup(DEVOPS_URL);
        let mut settings = DataSettings::from_env(lookup)?;
        if let Some(keyspace) = &self.keyspace {
            settings.keyspace.clone_from(keyspace);
        }
        Ok(Chosen {
            settings,
            source,
            devops_url,
        })
    }
}

impl EnvFile {
    /// A variable of the environment or, if it is not there, of the file.
    pub(crate) fn variable(
        &self,
        name: &str,
        environment: Environment,
    ) -> anyhow::Result<Option<String>> {
        let own = environment(name).and_then(|value| value.into_string().ok());
        match own.filter(|value| !value.is_empty()) {
            Some(value) => Ok(Some(value)),
            None => Ok(self.read()?.1.remove(name)),
        }
    }

    fn read(&self) -> anyhow::Result<(&Path, BTreeMap<String, String>)> {
        let path = self.env_file.as_deref().unwrap_or(Path::new(".env"));
        match atomic_write::read(path) {
            Ok(text) => Ok((path, dotenv::parse(&text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.env_file.is_none() => {
                Ok((path, BTreeMap::new()))
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
}

impl Chosen {
    /// Opens it, and makes the embedded database if it is missing.
    pub(crate) async fn open_or_make(&self) -> anyhow::Result<Database> {
        let database = shared::connect::open(&self.settings).await?;
        Ok(devops_at(self.devops_url.clone(), database))
    }

    /// Opens it as it is, for commands that only read. `hint` says what to do where the embedded database is missing.
    pub(crate) async fn open(&self, hint: &str) -> anyhow::Result<Database> {
        match self.missing() {
            Some(directory) => Err(hinted(
                format!("there is no database in {} yet", directory.display()),
                hint,
            )),
            None => self.open_or_make().await,
        }
    }

    /// The folder that the embedded database is to be in, if it is meant and missing.
    pub(crate) fn missing(&self) -> Option<&Path> {
        missing(&self.settings.backend)
    }

    /// The folder of the embedded database, if it is meant.
    pub(crate) fn embedded(&self) -> Option<&Path> {
        match &self.settings.backend {
            Backend::Embedded { directory } => Some(directory),
            _ => None,
        }
    }

    /// What lets us in, in a word.
    pub(crate) fn credentials(&self) -> &'static str {
        credentials(&self.settings.backend)
    }

    /// One line for people.
    pub(crate) fn describe(&self) -> String {
        let place = describe(&self.settings.backend);
        match &self.source {
            Source::Environment => format!("{place} (from the environment)"),
            Source::File(path) => format!("{place} (from {})", path.display()),
            Source::Nothing => format!("{place} (nothing names another)"),
        }
    }
}

/// The folder that the embedded database is to be in, if it is meant and missing.
pub(crate) fn missing(backend: &Backend) -> Option<&Path> {
    match backend {
        Backend::Embedded { directory } if !directory.join(EMBEDDED).exists() => Some(directory),
        _ => None,
    }
}

/// What lets us in, in a word.
pub(crate) fn credentials(backend: &Backend) -> &'static str {
    match backend {
        Backend::Astra { .. } => "token",
        Backend::SelfHosted { .. } => "user or password",
        Backend::ConnectionString { .. } | Backend::Embedded { .. } => "token or password",
    }
}

/// Which database, for people.
pub(crate) fn describe(backend: &Backend) -> String {
    match backend {
        Backend::Astra { endpoint, .. } => format!("Astra DB at {endpoint}"),
        Backend::SelfHosted { url, username, .. } => {
            format!("the Data API at {url}, as {username}")
        }
        Backend::ConnectionString { uri } => format!("the Data API at {}", uri.endpoint()),
        Backend::Embedded { directory } => {
            format!("the embedded database in {}", directory.display())
        }
    }
}

/// A database that the environment names wins as a whole over one in the file: halves of two would be neither.
fn merge<E: Fn(&str) -> Option<OsString>>(
    path: &Path,
    file: BTreeMap<String, String>,
    environment: E,
) -> (impl Fn(&str) -> Option<OsString> + use<E>, Source) {
    let in_environment = NAMES
        .iter()
        .any(|name| environment(name).is_some_and(|value| !value.is_empty()));
    let in_file = NAMES.iter().any(|name| file.contains_key(*name));
    let source = match (in_environment, in_file) {
        (true, _) => Source::Environment,
        (false, true) => Source::File(path.to_owned()),
        (false, false) => Source::Nothing,
    };
    let lookup = move |name: &str| {
        let own = environment(name).filter(|value| !value.is_empty());
        let from_file = || file.get(name).map(OsString::from);
        if in_environment && NAMES.contains(&name) {
            own
        } else {
            own.or_else(from_file)
        }
    };
    (lookup, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[(&str, &str)], environment: &[(&str, &str)]) -> (DataSettings, Source) {
        let pairs = file
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let (lookup, source) = merge(
            Path::new(".env"),
            pairs.collect(),
            shared::env::of(environment),
        );
        (DataSettings::from_env(lookup).unwrap(), source)
    }

    #[test]
    fn a_database_in_the_environment_wins_as_a_whole() {
        let file = [
            ("DATA_API_URL", "http://a"),
            ("DATA_API_USERNAME", "u"),
            ("DATA_API_PASSWORD", "p"),
        ];
        let (settings, source) = read(
            &file,
            &[("DATA_DIR", "elsewhere"), ("ASTRA_DB_KEYSPACE", "ks")],
        );
        assert!(
            matches!(settings.backend, Backend::Embedded { directory } if directory.ends_with("elsewhere"))
        );
        assert_eq!(
            (settings.keyspace.as_str(), source),
            ("ks", Source::Environment)
        );
    }

    #[test]
    fn the_file_counts_where_the_environment_names_none() {
        let file = [("DATA_DIR", "mine"), ("ASTRA_DB_KEYSPACE", "filed")];
        let (settings, source) = read(&file, &[("ASTRA_DB_KEYSPACE", "ks"), ("DATA_API_URL", "")]);
        assert!(
            matches!(settings.backend, Backend::Embedded { directory } if directory.ends_with("mine"))
        );
        assert_eq!(
            (settings.keyspace.as_str(), source),
            ("ks", Source::File(".env".into()))
        );
        assert_eq!(read(&[], &[]).1, Source::Nothing);
    }
}
