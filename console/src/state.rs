//! What every page may use.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use astra_db::{DataApiClient, Database, Environment, Transport};

use super::access::Access;
use super::history::History;

/// What every page may use: handles only, cheap to clone.
#[derive(Clone, Debug)]
pub struct Console {
    pub(super) database: Database,
    /// The way to the same data, for commands that are sent as they were typed.
    pub(super) transport: Arc<dyn Transport>,
    pub(super) history: History,
    pub(super) access: Arc<Access>,
    pub(super) server: Arc<Server>,
    /// Writes a backup, where that is possible.
    pub(super) backup: Option<WriteBackup>,
    /// Says how a command finds what it is about, where that is known.
    pub(super) explain: Option<Explain>,
}

/// What the pages tell about the server they are part of.
#[derive(Debug)]
pub struct Server {
    /// Where it listens, as an address to open: `http://127.0.0.1:8181`.
    pub url: String,
    /// Who may send commands.
    pub username: String,
    /// The password, if it is the one everybody knows.
    pub password: Option<String>,
    /// Where the data is, in words.
    pub data: String,
    /// The directory it is in; none where it is in memory.
    pub directory: Option<PathBuf>,
}

/// Writes a backup into a file that does not exist.
#[derive(Clone)]
pub(super) struct WriteBackup(pub(super) Arc<BackupInto>);

type BackupInto = dyn Fn(&Path) -> Result<(), Failure> + Send + Sync;

/// Says how a command finds what it is about: keyspace, collection or table, and the command as it was typed.
#[derive(Clone)]
pub(super) struct Explain(pub(super) Arc<ExplainCommand>);

type ExplainCommand = dyn Fn(Option<&str>, Option<&str>, &str) -> Option<String> + Send + Sync;

impl fmt::Debug for Explain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Explain")
    }
}

/// Why there is no backup.
pub(super) type Failure = Box<dyn Error + Send + Sync>;

impl fmt::Debug for WriteBackup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WriteBackup")
    }
}

impl Console {
    /// A console for the data that this transport leads to.
    pub fn new(
        transport: impl Transport,
        access: Access,
        server: Server,
    ) -> astra_db::Result<Self> {
        let transport: Arc<dyn Transport> = Arc::new(transport);
        let database = DataApiClient::builder()
            .environment(Environment::Other)
            .transport(Arc::clone(&transport))
            .build()?
            .database(&server.url)?;
        Ok(Self {
            database,
            transport,
            history: History::open(server.directory.as_deref()),
            access: Arc::new(access),
            server: Arc::new(server),
            backup: None,
            explain: None,
        })
    }

    /// The same console with a button that says how a command finds what it is about: `explain` is given keyspace,
    /// collection or table, and the command as it was typed.
    #[must_use]
    pub fn with_explain(
        self,
        explain: impl Fn(Option<&str>, Option<&str>, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let explain = Some(Explain(Arc::new(explain)));
        Self { explain, ..self }
    }

    /// The same console with a button for a backup, which `write` writes into a file that does not exist.
    #[must_use]
    pub fn with_backup(
        self,
        write: impl Fn(&Path) -> Result<(), Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
    ) -> Self {
        let backup = Some(WriteBackup(Arc::new(write)));
        Self { backup, ..self }
    }
}
