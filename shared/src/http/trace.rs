//! One span and one closing line for every request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::http::RequestId;

/// Runs the request inside a span that every log line of it carries, and logs its outcome.
///
/// The span names the route (`/orders/{key}`), never the path that was asked for: a path may hold a secret link.
pub(crate) async fn request(id: RequestId, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("(no route)", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        http.method = %request.method(),
        http.route = path,
        request.id = %id,
    );
    let response = next.run(request).instrument(span.clone()).await;
    let _entered = span.enter();
    let status = response.status().as_u16();
    let elapsed_ms = started.elapsed().as_millis();
    // Probes ask every few seconds for as long as the process lives.
    if path.starts_with("/health/") {
        tracing::debug!(http.status = status, elapsed_ms, "answered {status}");
    } else {
        tracing::info!(http.status = status, elapsed_ms, "answered {status}");
    }
    response
}
