//! A Data API over HTTP that counts what is written and can kill the shop before or after any
//! write.

use std::fs::File;
use std::sync::{Arc, Mutex};

use astra_db::{DataApiClient, Database, Environment, UsernamePassword};
use astra_local::{Credentials, Engine, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::crash;

/// The running shop, while there is one. Taking it out kills it.
pub(super) type Victim = Arc<Mutex<Option<test_support::Running>>>;

/// When the shop dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The write has not happened.
    BeforeWrite,
    /// The write has happened, and the shop never hears of it.
    AfterWrite,
}

pub(super) struct DataApi {
    pub(super) url: String,
    /// For the test itself: nothing asked through it is counted.
    pub(super) database: Database,
    executioner: Arc<Executioner>,
    servers: [JoinHandle<()>; 2],
}

struct Executioner {
    /// Writes still allowed, and when the one after them kills.
    plan: Mutex<Option<(usize, Moment)>>,
    victim: Victim,
}

impl DataApi {
    pub(super) async fn start(victim: Victim) -> Self {
        let engine = Engine::in_memory().unwrap();
        let executioner = Arc::new(Executioner {
            plan: Mutex::new(None),
            victim,
        });
        let plain = router(engine, Credentials::default());
        let watched = from_fn_with_state(Arc::clone(&executioner), watch);
        let (url, watched) = serve(plain.clone().layer(watched)).await;
        let (uncounted, plain) = serve(plain).await;
        let client = DataApiClient::builder()
            .environment(Environment::Other)
            .token(UsernamePassword::new("cassandra", "cassandra"))
            .build();
        let database = client.unwrap().database(&uncounted).unwrap();
        let database = database.keyspace(shared::settings::DEFAULT_KEYSPACE);
        Self {
            url,
            database,
            executioner,
            servers: [watched, plain],
        }
    }

    pub(super) fn kill_at(&self, write: usize, moment: Moment) {
        *self.executioner.plan.lock().unwrap() = Some((write - 1, moment));
    }

    pub(super) fn spare(&self) -> bool {
        self.executioner.plan.lock().unwrap().take().is_none()
    }
}

impl Drop for DataApi {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// Starts the shop where it can be killed while it starts; answers its address.
pub(super) fn start(victim: &Victim, settings: &[(&str, &str)], log: File) -> Option<String> {
    let (shop, address) = crash::launch(settings, log);
    *victim.lock().unwrap() = Some(shop);
    let url = address.read();
    url.filter(|_| victim.lock().unwrap().is_some())
}

async fn serve(router: Router) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, server)
}

async fn watch(
    State(executioner): State<Arc<Executioner>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let due = is_write(&body).then(|| executioner.due()).flatten();
    if due == Some(Moment::BeforeWrite) {
        executioner.kill();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    if due == Some(Moment::AfterWrite) {
        executioner.kill();
    }
    answer
}

/// Whether a command changes documents.
fn is_write(body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body);
    let command = body.split('"').nth(1).unwrap_or_default();
    ["insert", "update", "delete", "findOneAnd"]
        .iter()
        .any(|verb| command.starts_with(verb))
}

impl Executioner {
    /// Counts a write; answers when the shop is to die of it.
    fn due(&self) -> Option<Moment> {
        let mut plan = self.plan.lock().unwrap();
        let (left, moment) = plan.as_mut()?;
        if *left > 0 {
            *left -= 1;
            return None;
        }
        let moment = *moment;
        *plan = None;
        Some(moment)
    }

    fn kill(&self) {
        drop(self.victim.lock().unwrap().take());
    }
}
