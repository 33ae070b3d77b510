//! Lambda's runtime API (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>): a function asks it for the
//! next invocation, and posts the answer or an error.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot};
use uuid::Uuid;

/// How an invocation ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Answered(Bytes),
    /// The function gave up on this invocation.
    Failed(Bytes),
}

#[derive(Debug, Clone)]
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    invocations: mpsc::UnboundedSender<Invocation>,
    state: Shared,
}

type Invocation = (Vec<u8>, oneshot::Sender<Ended>);

#[derive(Debug, Clone)]
struct Shared {
    /// Taken by the one function that asks.
    waiting: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>>,
    under_way: Arc<Mutex<HashMap<String, oneshot::Sender<Ended>>>>,
    /// The function has asked for its first invocation: its cold start is over.
    ready: Arc<Notify>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Self {
        let (invocations, waiting) = mpsc::unbounded_channel();
        let state = Shared {
            waiting: Arc::new(tokio::sync::Mutex::new(waiting)),
            under_way: Arc::default(),
            ready: Arc::default(),
        };
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(answered),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .with_state(state.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, routes).into_future());
        Self {
            address,
            invocations,
            state,
        }
    }

    /// Waits until the function asks for its first invocation.
    pub(crate) async fn ready(&self) {
        self.state.ready.notified().await;
    }

    pub(crate) async fn invoke(&self, event: Vec<u8>) -> Ended {
        let (done, ended) = oneshot::channel();
        self.invocations.send((event, done)).unwrap();
        ended.await.unwrap()
    }
}

async fn next(State(state): State<Shared>) -> Response {
    state.ready.notify_one();
    let Some((event, done)) = state.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = Uuid::new_v4().to_string();
    state.under_way.lock().unwrap().insert(id.clone(), done);
    let deadline = SystemTime::now() + Duration::from_secs(30);
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis();
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-2:123456789012:function:app".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-6739f0a5-3c2a1f4b5d6e7f8091a2b3c4".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn answered(state: State<Shared>, id: Path<String>, body: Bytes) -> StatusCode {
    end(&state, &id, Ended::Answered(body))
}

async fn failed(state: State<Shared>, id: Path<String>, body: Bytes) -> StatusCode {
    end(&state, &id, Ended::Failed(body))
}

fn end(state: &Shared, id: &str, ended: Ended) -> StatusCode {
    let Some(done) = state.under_way.lock().unwrap().remove(id) else {
        return StatusCode::BAD_REQUEST;
    };
    done.send(ended).unwrap();
    StatusCode::ACCEPTED
}
