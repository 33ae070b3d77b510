//! The button that downloads a backup.

use std::error::Error;
use std::io;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::stream;
use shared::http::Problem;
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::error::ConsoleError;
use super::state::{Console, Failure, WriteBackup};

/// Bytes sent at a time.
const CHUNK: usize = 64 * 1024;

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/console/backup", post(download))
}

async fn download(State(console): State<Console>) -> Result<Response, ConsoleError> {
    let Some(WriteBackup(write)) = console.backup.clone() else {
        return Err(ConsoleError::NotFound(
            "This server makes no backups.".to_owned(),
        ));
    };
    // Beside the data, where there is room if there is any; the system's folder may be in memory.
    let directory = console.server.directory.clone();
    let written = tokio::task::spawn_blocking(move || {
        let mut folder = tempfile::Builder::new();
        let folder = folder.prefix(".backup-");
        let folder = match directory {
            Some(directory) => folder.tempdir_in(directory)?,
            None => folder.tempdir()?,
        };
        write(&folder.path().join("astra.db"))?;
        Ok::<_, Failure>(folder)
    });
    match written.await.map_err(ConsoleError::Ended)? {
        Ok(folder) => Ok(send(folder).await.unwrap_or_else(|error| failed(&error))),
        Err(error) => Ok(failed(error.as_ref())),
    }
}

fn failed(error: &(dyn Error + 'static)) -> Response {
    tracing::error!(error, "a backup by the console failed");
    let detail = format!("There is no backup: {error}.");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
        .detail(detail)
        .into_response()
}

/// The file as a download. Its folder is removed after the last byte, or when the browser leaves.
async fn send(folder: TempDir) -> io::Result<Response> {
    let file = File::open(folder.path().join("astra.db")).await?;
    let bytes = file.metadata().await?.len();
    let chunks = stream::unfold((file, folder), |(mut file, folder)| async move {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await;
        match read {
            Ok(0) => None,
            Ok(_) => Some((Ok(Bytes::from(chunk)), (file, folder))),
            Err(error) => Some((Err(error), (file, folder))),
        }
    });
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ");
    let name = format!("attachment; filename=\"astra-{now}.db\"");
    let headers = [
        (CONTENT_TYPE, "application/vnd.sqlite3".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((headers, Body::from_stream(chunks)).into_response())
}
