//! Receives what an application leaves of a request's body, so that the client can read the answer.
//!
//! A client that sends all of a body before it reads would otherwise find the connection reset: the kernel throws an
//! answer away when more arrives on a closed connection.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body as _, Incoming};
use tokio::runtime::Handle;

use crate::activity::Activity;

/// How much is received at most, in bytes, and for how long.
const MOST: usize = 64 * 1024 * 1024;
const LONGEST: Duration = Duration::from_secs(5);

/// Receives the rest of a body in the background, within bounds.
pub(super) fn discard(body: Incoming, activity: Arc<Activity>) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(async move {
            let received = tokio::time::timeout(LONGEST, receive(body));
            if matches!(received.await, Ok(true)) {
                activity.body_was_discarded();
            }
        });
    }
}

/// Returns whether the body ended within the bound.
async fn receive(mut body: Incoming) -> bool {
    let mut received = 0;
    while let Some(frame) =
        std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
    {
        let Ok(frame) = frame else { return false };
        received += frame.data_ref().map_or(0, Bytes::len);
        if received > MOST {
            return false;
        }
    }
    true
}
