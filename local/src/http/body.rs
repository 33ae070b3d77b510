//! Bodies of requests: read where there is memory for them, and heard to their end where they are not read.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::EXPECT;
use http_body::{Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time;

use crate::engine::{self, Engine};
use crate::in_flight::{Reservation, SMALL_BODY};

/// Bytes a request body may have.
const LIMIT: usize = 20 * 1024 * 1024;

/// How much of a body that nobody wanted is still received, and for how long: a sender that is cut off before it has sent
/// all would not see the answer.
const HEARD_OUT: usize = 64 * 1024 * 1024;
const HEARD_OUT_FOR: Duration = Duration::from_secs(5);

/// Why a body was not read.
pub(super) enum Refusal {
    TooLarge,
    /// It ended before its end.
    Broken,
    Busy(engine::Response),
}

/// Reads a body, once there is memory for it and for what becomes of it.
pub(super) async fn receive(
    mut body: Body,
    engine: &Engine,
) -> Result<(Bytes, Reservation), Refusal> {
    let announced = body
        .size_hint()
        .exact()
        .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    if announced.is_some_and(|bytes| bytes > LIMIT) {
        return Err(Refusal::TooLarge);
    }
    let mut expected = announced.unwrap_or(SMALL_BODY);
    let receive = |bytes| async move { engine.reserve_body(bytes).await.map_err(Refusal::Busy) };
    let mut receiving = receive(expected).await?;
    let mut received = Vec::with_capacity(expected);
    while let Some(data) = next_data(&mut body).await? {
        let bytes = received.len() + data.len();
        if bytes > LIMIT {
            return Err(Refusal::TooLarge);
        }
        if bytes > expected {
            expected = LIMIT;
            drop(receiving);
            receiving = receive(expected).await?;
        }
        received.extend_from_slice(&data);
    }
    let memory = engine.reserve(&received).await.map_err(Refusal::Busy)?;
    drop(receiving);
    Ok((received.into(), memory))
}

async fn next_data(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        if let Ok(data) = frame.map_err(|_| Refusal::Broken)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Makes the rest of a request's body be received where the request is answered before it was read.
pub(super) async fn linger(request: Request) -> Request {
    let waits = request.headers().contains_key(EXPECT);
    request.map(|body| {
        Body::new(Lingering {
            body,
            // Whoever waits to be told to go on sends nothing before that.
            is_sent: !waits,
            is_over: false,
        })
    })
}

struct Lingering {
    body: Body,
    is_sent: bool,
    is_over: bool,
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_sent = true;
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.is_over = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if !self.is_sent || self.is_over || self.body.is_end_stream() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let body = std::mem::take(&mut self.body);
            runtime.spawn(time::timeout(HEARD_OUT_FOR, hear_out(body)));
        }
    }
}

async fn hear_out(mut body: Body) {
    let mut heard = 0;
    while let Ok(Some(data)) = next_data(&mut body).await {
        heard += data.len();
        if heard > HEARD_OUT {
            return;
        }
    }
}
