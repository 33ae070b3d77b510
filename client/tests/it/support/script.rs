//! A transport that answers by closure and takes no time but what the script says, so that waits
//! and deadlines can be tested on tokio's paused clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use astra_db::http::{HeaderMap, HeaderValue, StatusCode};
use astra_db::{Transport, TransportError, TransportReply, TransportRequest};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::Instant;

/// How one attempt ends.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// With this status and body.
    Reply(u16, &'static str),
    /// With this status and `Retry-After` in seconds.
    Later(u16, &'static str),
    /// The server is not reached.
    NotSent,
    /// The connection breaks after sending.
    Interrupted,
    /// With 200 and this body, after this long.
    After(Duration, &'static str),
}

impl Outcome {
    /// With 200 and this body.
    pub(crate) fn json(body: &Value) -> Self {
        // The answers of a test may live as long as the test.
        Self::Reply(200, body.to_string().leak())
    }
}

type Answers = dyn Fn(usize, &TransportRequest) -> Outcome + Send + Sync;

#[derive(Clone)]
pub(crate) struct Script {
    answers: Arc<Answers>,
    attempts: Arc<Mutex<Vec<(Instant, TransportRequest)>>>,
    dropped: Arc<Mutex<usize>>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    /// Ends the n-th attempt, counted from 0, with `answers(n)`.
    pub(crate) fn new(answers: impl Fn(usize) -> Outcome + Send + Sync + 'static) -> Self {
        Self::by_request(move |n, _| answers(n))
    }

    /// Ends the n-th attempt, counted from 0, by what it asks.
    pub(crate) fn by_command(
        answers: impl Fn(usize, &Value) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self::by_request(move |n, request| answers(n, &command_of(request)))
    }

    fn by_request(
        answers: impl Fn(usize, &TransportRequest) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self {
            answers: Arc::new(answers),
            attempts: Arc::default(),
            dropped: Arc::default(),
        }
    }

    /// Ends the attempts with these outcomes in turn, and all further ones with the last.
    pub(crate) fn of<const N: usize>(outcomes: [Outcome; N]) -> Self {
        Self::new(move |n| outcomes[n.min(N - 1)].clone())
    }

    /// How the n-th attempt ends that asks this.
    pub(crate) fn outcome(&self, n: usize, command: &Value) -> Outcome {
        let body = command.to_string();
        (self.answers)(n, &TransportRequest::new("", body))
    }

    /// When the attempts began.
    pub(crate) fn times(&self) -> Vec<Instant> {
        self.attempts
            .lock()
            .unwrap()
            .iter()
            .map(|(time, _)| *time)
            .collect()
    }

    pub(crate) fn requests(&self) -> Vec<TransportRequest> {
        self.attempts
            .lock()
            .unwrap()
            .iter()
            .map(|(_, request)| request.clone())
            .collect()
    }

    /// What the attempts asked.
    pub(crate) fn commands(&self) -> Vec<Value> {
        self.requests().iter().map(command_of).collect()
    }

    pub(crate) fn attempts(&self) -> usize {
        self.attempts.lock().unwrap().len()
    }

    /// How many attempts were given up before they had ended.
    pub(crate) fn dropped(&self) -> usize {
        *self.dropped.lock().unwrap()
    }
}

impl Transport for Script {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let outcome = {
            let mut attempts = self.attempts.lock().unwrap();
            let outcome = (self.answers)(attempts.len(), &request);
            attempts.push((Instant::now(), request));
            outcome
        };
        let unfinished = Unfinished(Some(Arc::clone(&self.dropped)));
        Box::pin(async move {
            let reply = play(outcome).await;
            unfinished.done();
            reply
        })
    }
}

fn command_of(request: &TransportRequest) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

async fn play(outcome: Outcome) -> Result<TransportReply, TransportError> {
    let reply = |status, body| TransportReply::new(StatusCode::from_u16(status).unwrap(), body);
    match outcome {
        Outcome::Reply(status, body) => Ok(reply(status, body)),
        Outcome::Later(status, seconds) => {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", HeaderValue::from_static(seconds));
            Ok(reply(status, "").with_headers(headers))
        }
        Outcome::NotSent => Err(TransportError::not_sent("no route")),
        Outcome::Interrupted => Err(TransportError::interrupted("connection reset")),
        Outcome::After(time, body) => {
            tokio::time::sleep(time).await;
            Ok(reply(200, body))
        }
    }
}

/// Counts itself when it is dropped before [`Unfinished::done`].
struct Unfinished(Option<Arc<Mutex<usize>>>);

impl Unfinished {
    fn done(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            *count.lock().unwrap() += 1;
        }
    }
}
