//! What every page may use.

use std::path::PathBuf;
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
        })
    }
}
