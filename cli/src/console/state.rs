//! What every page may use.

use std::path::PathBuf;
use std::sync::Arc;

use astra_db::{DataApiClient, Database, Environment};
use astra_local::Engine;
use shared::EmbeddedTransport;

use super::access::Access;
use super::history::History;

/// What every page may use: handles only, cheap to clone.
#[derive(Clone)]
pub(crate) struct Console {
    pub(super) database: Database,
    /// The same data, for commands that are sent as they were typed.
    pub(super) engine: Engine,
    pub(super) history: History,
    pub(super) access: Arc<Access>,
    pub(super) server: Arc<Server>,
}

/// What the pages tell about the server they are part of.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it listens, as an address to open: `http://127.0.0.1:8181`.
    pub(crate) url: String,
    /// Who may send commands.
    pub(crate) username: String,
    /// The password, if it is the one everybody knows.
    pub(crate) password: Option<String>,
    /// Where the data is, in words.
    pub(crate) data: String,
    /// The directory it is in; none where it is in memory.
    pub(crate) directory: Option<PathBuf>,
}

impl Console {
    /// A console for the data of this engine.
    pub(crate) fn new(engine: Engine, access: Access, server: Server) -> anyhow::Result<Self> {
        let database = DataApiClient::builder()
            .environment(Environment::Other)
            .transport(EmbeddedTransport::new(engine.clone()))
            .build()?
            .database(&server.url)?;
        Ok(Self {
            database,
            engine,
            history: History::open(server.directory.as_deref()),
            access: Arc::new(access),
            server: Arc::new(server),
        })
    }
}
