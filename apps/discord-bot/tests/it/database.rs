//! A self-hosted Data API that is slow, broken, or loses its answers, when a test says so.

use astra_local::{Credentials, Engine, router};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::bot::Start;
use crate::discord::PATIENCE;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// It takes requests, and answers when it is well or broken again.
    Slow,
    Broken,
    /// It carries out everything, but the connection breaks before a write is answered.
    LosesWrites,
    /// The same for all that is asked.
    LosesEverything,
}

#[derive(Clone)]
pub(crate) struct Database {
    url: String,
    mood: watch::Sender<Mood>,
    waiting: watch::Sender<u32>,
}

impl Database {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let database = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            mood: watch::Sender::new(Mood::Well),
            waiting: watch::Sender::new(0),
        };
        let engine = Engine::in_memory().unwrap();
        let app = router(engine, Credentials::default())
            .layer(from_fn_with_state(database.clone(), in_this_mood));
        tokio::spawn(axum::serve(listener, app).into_future());
        database
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> astra_db::Database {
        let settings = discord_bot::Settings::from_env(shared::env::of(&[
            ("DATA_API_URL", &self.url),
            ("DATA_API_USERNAME", "cassandra"),
            ("DATA_API_PASSWORD", "cassandra"),
        ]));
        let settings = settings.unwrap().data;
        let database = shared::connect::open(&settings).await.unwrap();
        let keyspace = settings.keyspace.as_str();
        database.create_keyspace(keyspace).await.unwrap();
        database
    }

    /// A bot that is to use it.
    pub(crate) fn behind<'a>(&self, start: Start<'a>) -> Start<'a> {
        start
            .set("DATA_API_URL", &self.url)
            .set("DATA_API_USERNAME", "cassandra")
            .set("DATA_API_PASSWORD", "cassandra")
            .without("DATA_DIR")
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// Waits until this many requests wait for an answer.
    pub(crate) async fn waiting(&self, requests: u32) {
        let mut waiting = self.waiting.subscribe();
        let enough = waiting.wait_for(|waiting| *waiting >= requests);
        tokio::time::timeout(PATIENCE, enough)
            .await
            .expect("requests come")
            .unwrap();
    }
}

async fn in_this_mood(State(database): State<Database>, request: Request, next: Next) -> Response {
    let mut mood = database.mood.subscribe();
    if *mood.borrow() == Mood::Slow {
        database.waiting.send_modify(|waiting| *waiting += 1);
        mood.wait_for(|mood| *mood != Mood::Slow).await.unwrap();
        database.waiting.send_modify(|waiting| *waiting -= 1);
    }
    if *mood.borrow() == Mood::Broken {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let is_lost = match *mood.borrow() {
        Mood::LosesWrites => is_write(&body),
        Mood::LosesEverything => true,
        Mood::Well | Mood::Slow | Mood::Broken => false,
    };
    let answer = next.run(Request::from_parts(head, body.into())).await;
    if is_lost {
        return cut_off();
    }
    answer
}

fn is_write(command: &Bytes) -> bool {
    ["insert", "update", "delete", "findOneAnd"]
        .iter()
        .any(|write| command.starts_with(format!("{{\"{write}").as_bytes()))
}

/// An answer that begins and never ends.
fn cut_off() -> Response {
    let failure = std::io::Error::other("the connection breaks");
    let body = futures_util::stream::iter([Ok(Bytes::from_static(b"{")), Err(failure)]);
    Body::from_stream(body).into_response()
}
