//! What every request has to pass: the right name of this machine, or a session.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::error::ConsoleError;
use super::sign_in;
use super::state::Console;
use crate::this_machine;

/// Lets nobody past who has to sign in first.
pub(super) async fn signed_in(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    match console.access.door() {
        Some(door) if !door.knows(request.headers()) => ask(&request),
        _ => next.run(request).await,
    }
}

fn ask(request: &Request) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let there = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        return Redirect::to(&sign_in::address(there)).into_response();
    }
    // A redirect would throw away what was typed.
    ConsoleError::Forbidden(
        "You are not signed in any more, so nothing was done. Sign in in another tab, then go back and send this again.",
    )
    .into_response()
}

/// Where nobody has to sign in, answers under names of this machine only.
pub(super) async fn host(State(console): State<Console>, request: Request, next: Next) -> Response {
    if console.access.asks() || this_machine::is_named_in(&request) {
        next.run(request).await
    } else {
        ConsoleError::Forbidden(
            "The console answers under localhost and 127.0.0.1 only. To use it under other names, give the server a \
             --password of your own: then it asks for it.",
        )
        .into_response()
    }
}
