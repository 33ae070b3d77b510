//! From settings to a database that answers: the one place that knows both the client and the embedded engine.

mod wait;

use std::path::Path;

use anyhow::Context as _;
use astra_db::{DataApiClient, Database, Environment, UsernamePassword};
use secrecy::ExposeSecret as _;

use self::wait::Wait;
#[cfg(feature = "embedded")]
use crate::settings::DEFAULT_KEYSPACE;
use crate::settings::{Backend, DataSettings};
use crate::startup::Startup;

/// Opens the database that the settings name, and prepares it: opens the application's collections, finishes what a crash
/// has left.
///
/// A database that is not there yet is waited for, as long as `DATABASE_WAIT_SECONDS` says: one that starts later than the
/// application, that has been idle and wakes up, or that has lost a node. `prepare` is repeated then, so it must be fit for
/// that. `startup` says meanwhile what is waited for. On Astra keyspaces are made in the portal or by the `DevOps` API;
/// everywhere else a keyspace that is missing is made, with the copies that `DATA_API_REPLICATION` names.
///
/// # Errors
///
/// When the endpoint is malformed, the embedded database is in use by another process, or the server does not let
/// `prepare` succeed: what was waited for, and what to do.
pub async fn connect<T>(
    settings: &DataSettings,
    startup: &Startup,
    prepare: impl AsyncFn(Database) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let database = open(settings).await?;
    wait_for(&database, settings, startup, prepare).await
}

/// [`connect`] for a database that is open already, with a transport of its own for one.
///
/// # Errors
///
/// As [`connect`].
pub async fn wait_for<T>(
    database: &Database,
    settings: &DataSettings,
    startup: &Startup,
    prepare: impl AsyncFn(Database) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let mut wait = Wait::new(settings, database, startup);
    loop {
        // Boxed, so that nothing that awaits a start is as large as a whole start.
        let prepared = Box::pin(prepare(database.clone()));
        let failed = match wait.attempt(prepared).await {
            Ok(prepared) => {
                let (endpoint, keyspace) = (database.endpoint(), settings.keyspace.as_str());
                tracing::info!(db.endpoint = endpoint, db.keyspace = keyspace, "connected");
                return Ok(prepared);
            }
            Err(failed) => failed,
        };
        wait.after(failed).await?;
    }
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
    database.create_keyspace(DEFAULT_KEYSPACE).await?;
    Ok(database)
}
