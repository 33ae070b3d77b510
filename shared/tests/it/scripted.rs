//! The local Data API over HTTP, some of whose answers a test replaces.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use shared::env;
use shared::settings::DataSettings;
use tokio::net::TcpListener;

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `createCollection`, for one.
    pub(crate) command: String,
    /// What it says.
    pub(crate) payload: Value,
    /// How many requests came before.
    pub(crate) earlier: usize,
}

/// What is answered in place of the local Data API.
pub(crate) enum Answer {
    /// A status and a body.
    Status(u16, &'static str),
    /// Nothing, and the connection stays open.
    Never,
    /// The connection is closed in the middle of the answer.
    Closed,
}

/// An answer of the Data API with one error.
pub(crate) fn refusal(code: &str) -> Answer {
    let status = if code.starts_with("UNAUTH") { 401 } else { 200 };
    let body = format!(
        r#"{{"errors": [{{"errorCode": "{code}", "family": "REQUEST", "message": "{code}"}}]}}"#
    );
    Answer::Status(status, body.leak())
}

type Script = dyn Fn(&Asked) -> Option<Answer> + Send + Sync;

#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Arc<Script>>>,
}

impl Scripted {
    pub(crate) async fn start(
        script: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start_on(listener, script)
    }

    pub(crate) fn start_on(
        listener: TcpListener,
        script: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let scripted = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            script: Arc::new(Mutex::new(Arc::new(script))),
        };
        let credentials = astra_local::Credentials::new("cassandra", "cassandra");
        let engine = astra_local::Engine::in_memory().unwrap();
        let router = astra_local::router(engine, credentials);
        let router = router.layer(from_fn_with_state(scripted.clone(), answer));
        tokio::spawn(axum::serve(listener, router).into_future());
        scripted
    }

    /// Goes on with another script.
    pub(crate) fn then(&self, script: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static) {
        self.asked.lock().unwrap().clear();
        *self.script.lock().unwrap() = Arc::new(script);
    }

    /// The settings of an application that uses it.
    pub(crate) fn settings(&self, more: &[(&str, &str)]) -> DataSettings {
        let mut pairs = vec![
            ("DATA_API_URL", self.url.as_str()),
            ("DATA_API_USERNAME", "cassandra"),
            ("DATA_API_PASSWORD", "cassandra"),
            ("DATABASE_WAIT_SECONDS", "20"),
        ];
        pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        pairs.extend(more);
        DataSettings::from_env(env::of(&pairs)).unwrap()
    }

    /// The commands so far.
    pub(crate) fn commands(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|asked| asked.command.clone()).collect()
    }

    /// What the commands of this name said.
    pub(crate) fn payloads(&self, command: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let of_name = asked.iter().filter(|asked| asked.command == command);
        of_name.map(|asked| asked.payload.clone()).collect()
    }
}

async fn answer(State(scripted): State<Scripted>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let Ok(Value::Object(command)) = serde_json::from_slice(&body) else {
        return next.run(Request::from_parts(head, body.into())).await;
    };
    let (command, payload) = command.into_iter().next().unwrap();
    let asked = {
        let mut all = scripted.asked.lock().unwrap();
        let earlier = all.len();
        let asked = Asked {
            command,
            payload,
            earlier,
        };
        all.push(asked.clone());
        asked
    };
    let script = Arc::clone(&scripted.script.lock().unwrap());
    match script(&asked) {
        None => next.run(Request::from_parts(head, body.into())).await,
        Some(Answer::Status(status, body)) => {
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        }
        Some(Answer::Never) => std::future::pending().await,
        Some(Answer::Closed) => {
            let failure = std::io::Error::other("the connection breaks");
            let body = futures_util::stream::iter([Ok(Bytes::from_static(b"{")), Err(failure)]);
            Body::from_stream(body).into_response()
        }
    }
}
