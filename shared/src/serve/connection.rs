//! One connection: HTTP/1.1 over TCP, closed where its client takes too long.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::header::EXPECT;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::unread_body;
use crate::activity::Activity;
use crate::http::body_too_slow;

/// The longest head of a request, in bytes; more is answered with 431.
const LONGEST_HEAD: usize = 64 * 1024;

/// Answers the requests of a connection until it ends, its client takes too long, or the server stops.
pub(super) async fn serve(
    stream: TcpStream,
    client: SocketAddr,
    app: Router,
    activity: Arc<Activity>,
    mut stop: watch::Receiver<()>,
) {
    // An answer is written in one piece: there is nothing to gain from holding it back for more.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection answers late");
    }
    let io = Watched {
        io: TokioIo::new(stream),
        activity: Arc::clone(&activity),
    };
    let service = service_fn(|request| answer(app.clone(), client, Arc::clone(&activity), request));
    let connection = http1::Builder::new()
        .max_header_size(LONGEST_HEAD)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    let mut overdue = pin!(activity.overdue());
    let mut is_stopping = false;
    loop {
        tokio::select! {
            // What has arrived is read first: a client is not late because this process is.
            biased;
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%client, %error, "a connection failed");
                }
                return;
            }
            () = overdue.as_mut() => {
                tracing::debug!(%client, "a connection was closed: its client took too long");
                return;
            }
            // An error means that the server has gone, which ends its connections too.
            _ = stop.changed(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
                // Half a head is no request under way.
                if activity.waits_for_head() {
                    return;
                }
            }
        }
    }
}

async fn answer(
    app: Router,
    client: SocketAddr,
    activity: Arc<Activity>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    activity.request_began();
    let has_body = !request.body().is_end_stream();
    let waits = request.headers().contains_key(EXPECT);
    let watched = Arc::clone(&activity);
    let mut request = request.map(|body| {
        Body::new(RequestBody {
            body: Some(body),
            // A client that sent `Expect: 100-continue` sends nothing before the body is asked for.
            is_sent: !waits,
            activity: watched,
        })
    });
    request.extensions_mut().insert(ConnectInfo(client));
    request.extensions_mut().insert(Arc::clone(&activity));
    let response = tokio::select! {
        biased;
        response = app.oneshot(request) => response?,
        () = activity.body_overdue(), if has_body => body_too_slow(),
    };
    let ended = Ended(activity);
    Ok(response.map(|body| Answer {
        body,
        _ended: ended,
    }))
}

/// The body of a request, whose arrival is watched.
struct RequestBody {
    /// `None` once it is over.
    body: Option<Incoming>,
    is_sent: bool,
    activity: Arc<Activity>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.is_sent = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        match &polled {
            Poll::Pending => self.activity.body_is_awaited(),
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.activity.body_arrived(bytes);
            }
            Poll::Ready(_) => {
                self.activity.body_arrived(0);
                self.body = None;
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

/// An application that drops a body waits for it no longer. What of it is still on its way is received, unless the
/// client is too slow.
impl Drop for RequestBody {
    fn drop(&mut self) {
        let is_late = self.activity.waits_for_body();
        self.activity.body_arrived(0);
        if let Some(body) = self.body.take()
            && self.is_sent
            && !is_late
            && !body.is_end_stream()
        {
            unread_body::discard(body, Arc::clone(&self.activity));
        }
    }
}

/// The body of an answer. Hyper drops it once it has all of it.
struct Answer {
    body: Body,
    _ended: Ended,
}

struct Ended(Arc<Activity>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.request_ended();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose reads and writes are watched.
struct Watched {
    io: TokioIo<TcpStream>,
    activity: Arc<Activity>,
}

impl Watched {
    fn wrote(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Pending => self.activity.answer_is_stuck(),
            Poll::Ready(written) => {
                let bytes = written.as_ref().copied().unwrap_or(0);
                self.activity.answer_was_read(bytes);
            }
        }
        written
    }
}

impl Read for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let result = ready!(Pin::new(&mut self.io).poll_read(context, buffer));
        self.activity.bytes_arrived();
        Poll::Ready(result)
    }
}

impl Write for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(context, buffers);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
