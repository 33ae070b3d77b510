//! A Data API that writes down what it is asked, and can be made to go away.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::{
    DataApiClient, DefaultRetryPolicy, Environment, Transport, TransportError, TransportReply,
    TransportRequest,
};
use shared::EmbeddedTransport;

use crate::api::TestApi;

/// What the Data API was asked since the last time, and how long it is still there.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    commands: Arc<Mutex<Vec<String>>>,
    warnings: Arc<Mutex<Vec<String>>>,
    left: Arc<AtomicI64>,
    late: Arc<AtomicBool>,
    unreliable: Arc<AtomicBool>,
}

impl Heard {
    /// The commands since the last time: `findOne vehicles`.
    pub(crate) fn commands(&self) -> Vec<String> {
        std::mem::take(&mut *self.commands.lock().unwrap())
    }

    /// The same in alphabetical order, where some were sent at the same time.
    pub(crate) fn sorted(&self) -> Vec<String> {
        let mut commands = self.commands();
        commands.sort();
        commands
    }

    /// The answers that came with a warning.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap().clone()
    }

    /// After so many commands the Data API answers no more.
    pub(crate) fn stop_after(&self, commands: i64) {
        self.left.store(commands, Ordering::SeqCst);
    }

    /// Every update of a rating comes late from now on, each by another time: what was read before
    /// is old when it is written.
    pub(crate) fn write_late(&self) {
        self.late.store(true, Ordering::SeqCst);
    }

    /// Of twelve writes one is lost from now on, and of another one the answer.
    pub(crate) fn lose_some(&self, lose: bool) {
        self.unreliable.store(lose, Ordering::SeqCst);
    }

    /// It answers again.
    pub(crate) fn go_on(&self) {
        self.stop_after(i64::MAX);
    }
}

#[derive(Debug)]
struct Listening {
    database: EmbeddedTransport,
    heard: Heard,
}

impl Transport for Listening {
    fn send(
        &self,
        request: TransportRequest,
    ) -> Pin<Box<dyn Future<Output = Result<TransportReply, TransportError>> + Send + '_>> {
        let gone = || TransportError::interrupted(std::io::Error::other("gone"));
        if self.heard.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Box::pin(async move { Err(gone()) });
        }
        let body = String::from_utf8_lossy(&request.body);
        let command = body.split('"').nth(1).unwrap_or_default();
        let table = request.path.rsplit('/').next().unwrap_or_default();
        let command = format!("{command} {table}");
        self.heard.commands.lock().unwrap().push(command.clone());
        let is_late =
            self.heard.late.load(Ordering::SeqCst) && command == "updateOne reviews_and_ratings";
        let is_write = !command.starts_with("find");
        let is_unreliable = is_write && self.heard.unreliable.load(Ordering::SeqCst);
        let fate = is_unreliable.then(|| fastrand::u8(0..12));
        Box::pin(async move {
            if fate == Some(0) {
                return Err(gone());
            }
            if is_late {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(0..30))).await;
            }
            let reply = self.database.send(request).await?;
            if fate == Some(1) {
                return Err(gone());
            }
            let answer = String::from_utf8_lossy(&reply.body).into_owned();
            if answer.contains("\"warnings\"") {
                let mut warnings = self.heard.warnings.lock().unwrap();
                warnings.push(format!("{command}: {answer}"));
            }
            Ok(reply)
        })
    }
}

/// An API on an empty Data API, and what that is asked.
pub(crate) async fn listening_api() -> (TestApi, Heard) {
    listening_to(EmbeddedTransport::in_memory().unwrap(), "reviews").await
}

/// The same with a Data API that may have data.
pub(crate) async fn listening_to(database: EmbeddedTransport, keyspace: &str) -> (TestApi, Heard) {
    let heard = Heard {
        commands: Arc::default(),
        warnings: Arc::default(),
        left: Arc::new(AtomicI64::new(i64::MAX)),
        late: Arc::default(),
        unreliable: Arc::default(),
    };
    let transport = Listening {
        database,
        heard: heard.clone(),
    };
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(transport);
    let database = client
        .build()
        .unwrap()
        .database("listening")
        .unwrap()
        .keyspace(keyspace)
        .with_options(|options| options.retry(DefaultRetryPolicy::never()));
    database.create_keyspace(keyspace).await.unwrap();
    let api = TestApi::on(database, &[]).await;
    heard.commands();
    (api, heard)
}
