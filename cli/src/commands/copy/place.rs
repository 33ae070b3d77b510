//! The two ends of a copy: a folder, an address, or a file of settings.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use anyhow::Context as _;
use astra_db::{ConnectionString, Database, Error};
use shared::dotenv;
use shared::settings::{Backend, DEFAULT_KEYSPACE, DataSettings};

use crate::atomic_write;
use crate::database::{self, EnvFile, Environment};
use crate::diagnosis::diagnose;
use crate::output::hinted;

/// The variables that are read from the environment, or from `.env`, for a place that does not have them itself.
const CREDENTIALS: [&str; 4] = [
    "ASTRA_DB_APPLICATION_TOKEN",
    "DATA_API_USERNAME",
    "DATA_API_PASSWORD",
    "DATA_API_REPLICATION",
];

/// The variables that name a database; a file of settings has one of them.
const PLACES: [&str; 4] = [
    "ASTRA_DB_API_ENDPOINT",
    "DATA_API_URL",
    "DATA_API_URI",
    "DATA_DIR",
];

/// One end of a copy.
pub(super) struct Place {
    pub(super) settings: DataSettings,
    pub(super) database: Database,
}

impl Place {
    /// Opens what is to be read.
    pub(super) async fn source(settings: DataSettings) -> anyhow::Result<Self> {
        if let Some(directory) = database::missing(&settings.backend) {
            return Err(hinted(
                format!("there is no database in {} yet", directory.display()),
                "give the folder an application keeps its data in, DATA_DIR, or the one of `astra-dev serve --data`",
            ));
        }
        Self::open(settings).await
    }

    pub(super) async fn open(settings: DataSettings) -> anyhow::Result<Self> {
        let database = shared::connect::open(&settings).await?;
        Ok(Self { settings, database })
    }

    pub(super) fn keyspace(&self) -> &str {
        &self.settings.keyspace
    }

    /// Without the keyspace, which the job names too.
    pub(super) fn describe(&self) -> String {
        let place = database::describe(&self.settings.backend);
        format!("{place}, keyspace {}", self.keyspace())
    }

    /// An error of this end, with what to do about it.
    pub(super) async fn explain(&self, error: Error) -> anyhow::Error {
        let credentials = database::credentials(&self.settings.backend);
        let finding = diagnose(&self.database, error).await;
        finding.into_error(&self.database, credentials)
    }

    /// Whether both are the same keyspace of the same database.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.keyspace() == other.keyspace()
            && is_same(&self.settings.backend, &other.settings.backend)
    }
}

/// Whether both name the same database, as far as can be seen.
pub(super) fn is_same(one: &Backend, other: &Backend) -> bool {
    match (one, other) {
        (Backend::Embedded { directory: one }, Backend::Embedded { directory: other }) => {
            let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
            real(one) == real(other)
        }
        _ => database::describe(one) == database::describe(other),
    }
}

/// Reads what names a place: `http://…` and `https://…`, with the credentials in it or those of the environment; a file
/// of settings such as `.env`; anything else is a folder. `keyspace` wins over the one that the place names.
pub(super) fn settings(
    place: &str,
    keyspace: Option<&str>,
    env_file: &EnvFile,
    environment: Environment,
) -> anyhow::Result<DataSettings> {
    let is_address = place.starts_with("http://") || place.starts_with("https://");
    let mut variables = match (is_address, Path::new(place).is_file()) {
        (true, _) => address(place, env_file, environment)?,
        (false, true) => file_of_settings(place)?,
        (false, false) => BTreeMap::from([("DATA_DIR".to_owned(), place.to_owned())]),
    };
    // A keyspace in a connection string may not be contradicted; it is replaced below.
    if let Some(keyspace) = keyspace
        && !variables.contains_key("DATA_API_URI")
    {
        variables.insert("ASTRA_DB_KEYSPACE".to_owned(), keyspace.to_owned());
    }
    let mut settings =
        DataSettings::from_env(|name: &str| variables.get(name).map(OsString::from))?;
    if let Some(keyspace) = keyspace {
        keyspace.clone_into(&mut settings.keyspace);
    }
    Ok(settings)
}

/// The variables in a file. One that names no database would mean the folder the tool uses by itself, which nobody asked for.
fn file_of_settings(place: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let text = atomic_write::read(Path::new(place));
    let variables = dotenv::parse(&text.with_context(|| format!("reading {place}"))?);
    if PLACES.iter().any(|name| variables.contains_key(*name)) {
        return Ok(variables);
    }
    Err(hinted(
        format!("{place} names no database"),
        format!(
            "give a folder, an address, or a file with one of {}",
            PLACES.join(", ")
        ),
    ))
}

/// The variables that an address stands for.
fn address(
    place: &str,
    env_file: &EnvFile,
    environment: Environment,
) -> anyhow::Result<BTreeMap<String, String>> {
    let has_all = place.parse::<ConnectionString>().is_ok();
    let name = match ConnectionString::new(place, DEFAULT_KEYSPACE) {
        _ if has_all => "DATA_API_URI",
        Ok(uri) if uri.environment().is_astra() => "ASTRA_DB_API_ENDPOINT",
        _ => "DATA_API_URL",
    };
    let mut variables = BTreeMap::from([(name.to_owned(), place.to_owned())]);
    for name in CREDENTIALS {
        let is_of_astra = name.starts_with("ASTRA_DB_");
        let belongs = match variables.keys().next().map(String::as_str) {
            Some("ASTRA_DB_API_ENDPOINT") => is_of_astra,
            Some("DATA_API_URL") => !is_of_astra,
            _ => false,
        };
        if belongs && let Some(value) = env_file.variable(name, environment)? {
            variables.insert(name.to_owned(), value);
        }
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn nothing(_: &str) -> Option<OsString> {
        None
    }

    fn with_credentials(name: &str) -> Option<OsString> {
        let value = match name {
            "ASTRA_DB_APPLICATION_TOKEN" => "AstraCS:1",
            "DATA_API_USERNAME" => "me",
            "DATA_API_PASSWORD" => "secret",
            "ASTRA_DB_KEYSPACE" => "of_another",
            _ => return None,
        };
        Some(value.into())
    }

    fn read(place: &str, keyspace: Option<&str>, environment: Environment) -> DataSettings {
        settings(place, keyspace, &EnvFile::default(), environment).unwrap()
    }

    #[test]
    fn a_place_is_an_address_a_file_of_settings_or_a_folder() {
        let astra = "https://01234567-89ab-cdef-0123-456789abcdef-us-east1.apps.astra.datastax.com";
        let found = read(astra, None, with_credentials);
        assert!(matches!(&found.backend, Backend::Astra { endpoint, .. } if endpoint == astra));
        assert_eq!(found.keyspace, DEFAULT_KEYSPACE);

        let found = read("http://127.0.0.1:8181", Some("shop"), with_credentials);
        assert!(matches!(&found.backend, Backend::SelfHosted { username, .. } if username == "me"));
        assert_eq!(found.keyspace, "shop");

        let uri = "http://you:word@127.0.0.1:8181/v1/cars";
        assert_eq!(read(uri, None, with_credentials).keyspace, "cars");
        assert_eq!(read(uri, Some("shop"), nothing).keyspace, "shop");

        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("astra.env");
        fs::write(&file, format!("DATA_API_URI={uri}\n")).unwrap();
        let found = read(file.to_str().unwrap(), None, with_credentials);
        assert!(matches!(found.backend, Backend::ConnectionString { .. }));

        let folder = directory.path().to_str().unwrap();
        let found = read(folder, None, with_credentials);
        assert!(
            matches!(&found.backend, Backend::Embedded { directory } if directory.ends_with(folder))
        );
        assert!(is_same(
            &found.backend,
            &read(&format!("{folder}/."), None, nothing).backend
        ));
    }

    #[test]
    fn a_file_that_names_no_database_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("notes.txt");
        for text in ["", "hello\n", "ASTRA_DB_KEYSPACE=shop\n"] {
            fs::write(&file, text).unwrap();
            let place = file.to_str().unwrap();
            let error = settings(place, None, &EnvFile::default(), with_credentials);
            let said = format!("{:#}", error.unwrap_err());
            assert!(said.contains("names no database"), "{said}");
        }
    }

    #[test]
    fn an_address_without_credentials_says_which_are_missing() {
        let error = settings("http://127.0.0.1:8181", None, &EnvFile::default(), nothing);
        let said = format!("{:#}", error.unwrap_err());
        assert!(said.contains("DATA_API_USERNAME is missing"), "{said}");
    }
}
