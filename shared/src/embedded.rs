//! The local Data API inside this process, seen as a transport of the client.

use std::path::PathBuf;

use anyhow::Context as _;
use astra_db::http::StatusCode;
use astra_db::{
    DataApiClient, Database, Environment, Transport, TransportError, TransportReply,
    TransportRequest,
};
use astra_local::{Engine, Overwrite, OwnedRequest, ProviderKeys};
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

    /// A transport to the engine of a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// When the folder cannot be opened, for one because another process uses it.
    pub async fn open(directory: PathBuf) -> anyhow::Result<Self> {
        let place = directory.display().to_string();
        let engine = tokio::task::spawn_blocking(move || Engine::open(directory)).await?;
        let engine = engine.with_context(|| format!("opening the embedded database in {place}"))?;
        Ok(Self::new(engine))
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
        Box::pin(async move {
            let (keyspace, name) = target(&request.path)?;
            let headers = request.headers;
            // The memory for large requests is shared with those that come over HTTP, if this engine is served, too.
            let response = match self.engine.reserve(&request.body).await {
                Err(busy) => busy,
                Ok(memory) => {
                    let request = OwnedRequest {
                        keyspace,
                        name,
                        body: request.body,
                        memory,
                    };
                    let keys = ProviderKeys::from_headers(&headers);
                    let response = self.engine.with_keys(keys).respond(request).await;
                    response.map_err(TransportError::interrupted)?
                }
            };
            let status =
                StatusCode::from_u16(response.status).map_err(TransportError::interrupted)?;
            Ok(TransportReply::new(status, response.body))
        })
    }
}

/// The keyspace and the collection or table that a path names.
fn target(path: &str) -> Result<(Option<String>, Option<String>), TransportError> {
    let mut names = path
        .split('/')
        .map(|name| percent_decode_str(name).decode_utf8());
    let mut name = || match names.next() {
        Some(Ok(name)) if name.is_empty() => Ok(None),
        Some(Ok(name)) => Ok(Some(name.into_owned())),
        Some(Err(error)) => Err(TransportError::not_sent(error)),
        None => Ok(None),
    };
    Ok((name()?, name()?))
}

/// The database in a folder, which is made if it is not there.
pub(crate) async fn open(directory: PathBuf) -> anyhow::Result<Database> {
    let endpoint = format!("embedded:{}", directory.display());
    database(EmbeddedTransport::open(directory).await?, &endpoint)
}

/// Copies the database in a folder into a file.
pub(crate) async fn backup(directory: PathBuf, file: PathBuf) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let written = move || astra_local::backup(&directory, &file, Overwrite::Never);
    let backup = tokio::task::spawn_blocking(written).await??;
    tracing::info!(file = name, bytes = backup.bytes, took = ?backup.took, "wrote and verified a backup");
    Ok(())
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
