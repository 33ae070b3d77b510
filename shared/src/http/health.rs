//! Whether the process is up, and whether it can do its work.

use std::time::Duration;

use astra_db::Database;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::http::Problem;

/// How long the database may take to answer before the application counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Two routes for those who run the application: `/health/live` answers as long as the process does, `/health/ready`
/// only while the database answers too (else 503).
///
/// A supervisor restarts what is not live and sends no visitors to what is not ready: a database that is away for a
/// minute is no reason to restart.
pub fn routes<S: Clone + Send + Sync + 'static>(database: Database) -> Router<S> {
    Router::new()
        .route("/health/live", get(|| async { "live" }))
        .route("/health/ready", get(move || ready(database.clone())))
}

async fn ready(database: Database) -> Result<&'static str, Problem> {
    let names = database.list_collection_names().timeout(PATIENCE).await;
    names.map(|_| "ready").map_err(|error| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .detail("The database does not answer")
            .source(error)
    })
}
