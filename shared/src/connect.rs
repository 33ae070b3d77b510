//! From settings to a database: the one place that knows both the client and the embedded engine.

use std::path::Path;

use anyhow::Context as _;
use astra_db::{DataApiClient, Database, Environment, UsernamePassword};
use secrecy::ExposeSecret as _;

#[cfg(feature = "embedded")]
use crate::settings::DEFAULT_KEYSPACE;
use crate::settings::{Backend, DataSettings};

/// Opens the database that the settings name, with its keyspace.
///
/// On Astra keyspaces are made in the console or with its own tools; everywhere else the keyspace is created where it
/// does not exist yet, which also proves that the database answers and lets us in.
///
/// # Errors
///
/// When the endpoint is malformed, the server is not reached or refuses the credentials, or the embedded database is in
/// use by another process.
pub async fn connect(settings: &DataSettings) -> anyhow::Result<Database> {
    let keyspace = settings.keyspace.as_str();
    let database = open(settings).await?;
    let endpoint = database.endpoint();
    if !database.environment().is_astra() {
        make_keyspace(&database, keyspace)
            .await
            .with_context(|| format!("preparing the keyspace {keyspace} on {endpoint}"))?;
    }
    tracing::info!(db.endpoint = endpoint, db.keyspace = keyspace, "connected");
    Ok(database)
}

/// Creates the keyspace where it is missing. Asking first lets in a user who may use the keyspace but not create one.
async fn make_keyspace(database: &Database, keyspace: &str) -> astra_db::Result<()> {
    let known = database.list_keyspaces().await?;
    if known.iter().any(|name| name == keyspace) {
        return Ok(());
    }
    database.create_keyspace(keyspace).await
}

/// The database that the settings name, with its keyspace, as it is: no server has been asked for anything yet, and no
/// keyspace is made. For tools that look before they touch. The embedded database is opened, and made if it is missing.
///
/// # Errors
///
/// When the endpoint is malformed, or the embedded database is in use by another process.
pub async fn open(settings: &DataSettings) -> anyhow::Result<Database> {
    let database = open_backend(&settings.backend).await?;
    Ok(database.keyspace(settings.keyspace.as_str()))
}

async fn open_backend(backend: &Backend) -> anyhow::Result<Database> {
    match backend {
        Backend::Astra { endpoint, token } => DataApiClient::new(token.expose_secret())
            .database(endpoint)
            .context("opening the Astra database"),
        Backend::SelfHosted {
            url,
            username,
            password,
        } => DataApiClient::builder()
            .environment(Environment::Other)
            .token(UsernamePassword::new(username, password.expose_secret()))
            .build()?
            .database(url)
            .context("opening the self-hosted Data API"),
        Backend::ConnectionString { uri } => uri.connect().context("opening DATA_API_URI"),
        #[cfg(feature = "embedded")]
        Backend::Embedded { directory } => crate::embedded::open(directory.clone()).await,
        #[cfg(not(feature = "embedded"))]
        Backend::Embedded { .. } => {
            anyhow::bail!(
                "this build has no database of its own: name one, or build with the feature `embedded`"
            )
        }
    }
}

/// Copies the embedded database into a file that does not exist, also while another process has it open, and verifies
/// the copy.
///
/// # Errors
///
/// When the settings name another database, there is none yet, or the file cannot be written.
pub async fn backup(settings: &DataSettings, file: &Path) -> anyhow::Result<()> {
    match &settings.backend {
        #[cfg(feature = "embedded")]
        Backend::Embedded { directory } => {
            crate::embedded::backup(directory.clone(), file.to_owned()).await
        }
        _ => anyhow::bail!(
            "the settings name a database that this program does not keep, so it cannot copy {}; use the backups of that database",
            file.display()
        ),
    }
}

/// An empty database that lives as long as its handles, for tests.
#[cfg(feature = "embedded")]
pub async fn in_memory() -> anyhow::Result<Database> {
    let database = crate::embedded::open_in_memory()?.keyspace(DEFAULT_KEYSPACE);
    make_keyspace(&database, DEFAULT_KEYSPACE).await?;
    Ok(database)
}
