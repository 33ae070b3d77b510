//! Gives requests up that take too long, and says whose fault that was.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::activity::Activity;
use crate::http::Problem;

/// Answers 503 where the application takes longer than `limit`, and 408 where it waits for the rest of the request.
pub(crate) async fn limit(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let activity = request.extensions().get::<Arc<Activity>>().cloned();
    let answer = pin!(next.run(request));
    tokio::select! {
        biased;
        answer = answer => answer,
        () = tokio::time::sleep(limit) => match activity {
            Some(activity) if activity.waits_for_body() => body_too_slow(),
            _ => Problem::new(StatusCode::SERVICE_UNAVAILABLE).into_response(),
        },
    }
}

/// The answer to a request whose body does not arrive.
pub(crate) fn body_too_slow() -> Response {
    let problem = Problem::new(StatusCode::REQUEST_TIMEOUT)
        .detail("The body of the request took too long to arrive. Send it again.");
    let mut response = problem.into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}
