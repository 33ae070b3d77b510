//! A line for each request: `POST /v1/shop/products find 200 1.2 ms`. No token is in it, no question and no document.

use std::time::Instant;

use astra_local::Executed;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// What events of requests are called, in the filter of logs too.
pub(super) const TARGET: &str = "request";

/// Characters of a path that are shown; names of keyspaces and collections have at most 48 each.
const PATH: usize = 160;

/// Logs the request once its answer is ready.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    // Without the query, where some put tokens. It is ASCII without white space: the server takes nothing else.
    let mut path = request.uri().path().to_owned();
    if path.len() > PATH {
        path.truncate(PATH);
        path.push('…');
    }
    let response = next.run(request).await;
    let executed = response.extensions().get::<Executed>();
    let command = executed.and_then(|executed| executed.command);
    let error_code = executed.and_then(|executed| executed.error_code);
    let [command, error_code] = [command, error_code].map(|word| match word {
        Some(word) => format!(" {word}"),
        None => String::new(),
    });
    let status = response.status().as_u16();
    let elapsed_ms = started.elapsed().as_secs_f64() * 1000.0;
    tracing::info!(target: TARGET, "{method} {path}{command} {status}{error_code} {elapsed_ms:.1} ms");
    response
}
