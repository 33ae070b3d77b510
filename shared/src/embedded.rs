//! The local Data API inside this process, seen as a transport of the client.

use std::path::PathBuf;

use anyhow::Context as _;
use astra_db::http::StatusCode;
use astra_db::{
    DataApiClient, Database, Environment, Transport, TransportError, TransportReply,
    TransportRequest,
};
use astra_local::{Engine, Request};
use futures_util::future::BoxFuture;
use percent_encoding::percent_decode_str;

/// Carries requests to an engine in the same process.
///
/// The engine blocks while it reads and writes, so each request runs on tokio's threads for blocking work.
///
/// ```
/// use shared::EmbeddedTransport;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = EmbeddedTransport::new(astra_local::Engine::in_memory()?);
/// let database = astra_db::DataApiClient::builder().transport(transport).build()?.database("embedded")?;
/// database.create_keyspace("shop").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct EmbeddedTransport {
    engine: Engine,
}

impl EmbeddedTransport {
    /// A transport to this engine.
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// A transport to an empty engine that is gone with its last handle, for tests.
    ///
    /// # Errors
    ///
    /// When the engine cannot be made, for one because memory is short.
    pub fn in_memory() -> anyhow::Result<Self> {
        Ok(Self::new(Engine::in_memory()?))
    }
}

impl Transport for EmbeddedTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let engine = self.engine.clone();
        Box::pin(async move {
            // A request that nobody waits for any more still runs to its end: it may be a write.
            tokio::task::spawn_blocking(move || answer(&engine, &request))
                .await
                .map_err(TransportError::interrupted)?
        })
    }
}

fn answer(engine: &Engine, request: &TransportRequest) -> Result<TransportReply, TransportError> {
    let mut names = request
        .path
        .split('/')
        .map(|name| percent_decode_str(name).decode_utf8());
    let mut name = || match names.next() {
        Some(Ok(name)) if name.is_empty() => Ok(None),
        Some(name) => name.map(Some).map_err(TransportError::not_sent),
        None => Ok(None),
    };
    let (keyspace, name) = (name()?, name()?);
    let response = engine.execute(Request {
        keyspace: keyspace.as_deref(),
        name: name.as_deref(),
        body: &request.body,
    });
    let status = StatusCode::from_u16(response.status).map_err(TransportError::interrupted)?;
    Ok(TransportReply::new(status, response.body))
}

/// The database in a folder, which is made if it is not there.
pub(crate) async fn open(directory: PathBuf) -> anyhow::Result<Database> {
    let place = directory.display().to_string();
    let engine = tokio::task::spawn_blocking(move || Engine::open(directory)).await?;
    let engine = engine.with_context(|| format!("opening the embedded database in {place}"))?;
    database(EmbeddedTransport::new(engine), &format!("embedded:{place}"))
}

/// An empty database that is gone with its last handle.
pub(crate) fn open_in_memory() -> anyhow::Result<Database> {
    database(EmbeddedTransport::in_memory()?, "embedded:memory")
}

fn database(transport: EmbeddedTransport, endpoint: &str) -> anyhow::Result<Database> {
    Ok(DataApiClient::builder()
        .environment(Environment::Other)
        .transport(transport)
        .build()?
        .database(endpoint)?)
}
