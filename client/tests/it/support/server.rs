//! An HTTP server on a port of its own that answers by closure and remembers what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use astra_db::{DataApiClientBuilder, Database};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::net::TcpListener;

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    /// As it stands in the first line: with the host, if a proxy is asked.
    pub(crate) uri: String,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Status and body.
    Http(u16, &'static str),
    /// The same with one header.
    WithHeader(u16, &'static str, &'static str, &'static str),
    /// 200 and bytes that say how they are encoded.
    Encoded(&'static str, Vec<u8>),
    /// 200, then the connection breaks in the middle of the body.
    Broken,
    /// Never.
    Never,
    /// 200 and this body, after this long.
    Slow(Duration, &'static str),
}

/// 200 with this body.
impl From<&'static str> for Answer {
    fn from(body: &'static str) -> Self {
        Self::Http(200, body)
    }
}

#[derive(Clone)]
pub(crate) struct Server {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Answers the n-th request, counted from 0, by `answer(n)`.
    pub(crate) async fn start(
        answer: impl Fn(usize) -> Answer + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self {
            address,
            seen: Arc::default(),
            connections: Arc::default(),
        };
        let (seen, connections) = (Arc::clone(&server.seen), Arc::clone(&server.connections));
        let app = Router::new().fallback(move |request: Request| {
            let (answer, seen) = (answer.clone(), Arc::clone(&seen));
            async move {
                let n = remember(&seen, request).await;
                respond(answer(n)).await
            }
        });
        let listener = listener.tap_io(move |_| {
            connections.fetch_add(1, Ordering::Relaxed);
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        server
    }

    /// Answers every request with 200 and this body.
    pub(crate) async fn answering(body: &'static str) -> Self {
        Self::start(move |_| body.into()).await
    }

    /// The keyspace `ks` there.
    pub(crate) fn database(&self, builder: DataApiClientBuilder) -> Database {
        builder
            .build()
            .unwrap()
            .database(&self.address)
            .unwrap()
            .keyspace("ks")
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The one request there was.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn remember(seen: &Mutex<Vec<Seen>>, request: Request) -> usize {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut seen = seen.lock().unwrap();
    seen.push(Seen {
        path: parts.uri.path().to_owned(),
        uri: parts.uri.to_string(),
        version: parts.version,
        headers: parts.headers,
        body: if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap()
        },
    });
    seen.len() - 1
}

async fn respond(answer: Answer) -> Response {
    let mut response = Response::new(Body::empty());
    match answer {
        Answer::Http(status, body) => {
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            *response.body_mut() = Body::from(body);
        }
        Answer::WithHeader(status, name, value, body) => {
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            *response.body_mut() = Body::from(body);
            let name = HeaderName::from_static(name);
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        Answer::Encoded(encoding, body) => {
            *response.body_mut() = Body::from(body);
            let encoding = HeaderValue::from_static(encoding);
            response.headers_mut().insert("content-encoding", encoding);
        }
        Answer::Broken => *response.body_mut() = Body::from_stream(broken_off()),
        Answer::Never => std::future::pending().await,
        Answer::Slow(delay, body) => {
            tokio::time::sleep(delay).await;
            *response.body_mut() = Body::from(body);
        }
    }
    response
}

fn broken_off() -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    let start = Ok(Bytes::from_static(b"{\"status\": {"));
    futures_util::stream::iter([start, Err(std::io::Error::other("the cable was cut"))])
}
