//! One command that a test expects, and what comes of it.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Call, Mock};
use crate::error::ErrorCode;
use crate::testing::wire;
use crate::transport::{TransportError, TransportReply};

/// A command that a test expects. Made by [`Mock::expect`]; it counts once its answer is given.
#[derive(Debug)]
#[must_use = "nothing is expected until the answer is given"]
pub struct Expectation<'a> {
    mock: &'a Mock,
    expected: Expected,
}

#[derive(Debug)]
pub(super) struct Expected {
    command: String,
    /// The collection or table.
    name: Option<String>,
    arguments: Value,
    outcome: Outcome,
    /// How often it comes yet; `None` for any number of times.
    left: Option<u32>,
}

/// What comes of a command, and after which delay.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    end: End,
    delay: Duration,
}

#[derive(Clone, Debug)]
enum End {
    Reply(StatusCode, String),
    NotSent,
    Lost,
    Never,
}

impl<'a> Expectation<'a> {
    pub(super) fn new(mock: &'a Mock, command: String) -> Self {
        let outcome = Outcome {
            end: End::Never,
            delay: Duration::ZERO,
        };
        let expected = Expected {
            command,
            name: None,
            arguments: json!({}),
            outcome,
            left: Some(1),
        };
        Self { mock, expected }
    }

    /// Only on this collection or table.
    pub fn on(mut self, name: impl Into<String>) -> Self {
        self.expected.name = Some(name.into());
        self
    }

    /// Only with these arguments: the command has every field that is named here, with the same
    /// value, and can have others.
    pub fn with(mut self, arguments: Value) -> Self {
        self.expected.arguments = arguments;
        self
    }

    /// How often; once without it.
    pub fn times(mut self, times: u32) -> Self {
        self.expected.left = Some(times);
        self
    }

    /// As often as it comes, which can be never.
    pub fn any_times(mut self) -> Self {
        self.expected.left = None;
        self
    }

    /// Waits before the answer, by the clock of tokio.
    pub fn after(mut self, delay: Duration) -> Self {
        self.expected.outcome.delay = delay;
        self
    }

    /// Answers with this JSON, as the Data API does: `{"status": {"ok": 1}}`.
    pub fn answer(self, body: impl Serialize) {
        let body = serde_json::to_string(&body);
        let body = body.unwrap_or_else(|error| panic!("an answer has to be JSON: {error}"));
        self.end(End::Reply(StatusCode::OK, body));
    }

    /// Answers a command that finds one document: this one, or `Value::Null` for none.
    pub fn document(self, document: impl Serialize) {
        self.answer(json!({ "data": { "document": json!(document) } }));
    }

    /// Answers a `find` with these documents and no further page.
    pub fn documents<D: Serialize>(self, documents: impl IntoIterator<Item = D>) {
        let documents: Vec<Value> = documents.into_iter().map(|it| json!(it)).collect();
        self.answer(json!({ "data": { "documents": documents, "nextPageState": null } }));
    }

    /// Answers with an error of the Data API, in HTTP 200.
    pub fn error(self, code: impl Into<ErrorCode>, message: &str) {
        self.answer(wire::error(&code.into(), message));
    }

    /// Answers with an HTTP status and a body that is not the Data API's, as a gateway does.
    pub fn http_error(self, status: StatusCode) {
        self.end(End::Reply(status, String::new()));
    }

    /// The server is not reached.
    pub fn not_reached(self) {
        self.end(End::NotSent);
    }

    /// The connection breaks before the answer: the command may have been executed.
    pub fn answer_lost(self) {
        self.end(End::Lost);
    }

    /// Never answers.
    pub fn never_answered(self) {
        self.end(End::Never);
    }

    fn end(mut self, end: End) {
        self.expected.outcome.end = end;
        self.mock.add(self.expected);
    }
}

impl Expected {
    pub(super) fn is_open(&self) -> bool {
        self.left != Some(0)
    }

    pub(super) fn is_missing(&self) -> bool {
        self.left.is_some_and(|left| left > 0)
    }

    pub(super) fn takes(&self, call: &Call) -> bool {
        let on = call.path.rsplit('/').next();
        self.is_open()
            && self.command == call.name
            && self.name.as_deref().is_none_or(|name| on == Some(name))
            && contains(&call.arguments, &self.arguments)
    }

    pub(super) fn take(&mut self) -> Outcome {
        self.left = self.left.map(|left| left - 1);
        self.outcome.clone()
    }
}

/// `findOne on orders with {"filter":{"_id":7}}`, for messages.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.command)?;
        if let Some(name) = &self.name {
            write!(f, " on {name}")?;
        }
        if self.arguments != json!({}) {
            write!(f, " with {}", self.arguments)?;
        }
        match self.left {
            Some(left) if left > 1 => write!(f, " ({left} times)"),
            _ => Ok(()),
        }
    }
}

/// Whether a value has everything that another one has.
fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| value.get(name).is_some_and(|value| contains(value, part))),
        _ => value == part,
    }
}

impl Outcome {
    pub(super) async fn play(self) -> Result<TransportReply, TransportError> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        match self.end {
            End::Reply(status, body) => Ok(TransportReply::new(status, body)),
            End::NotSent => Err(TransportError::not_sent("connection refused")),
            End::Lost => Err(TransportError::interrupted("connection reset by peer")),
            End::Never => std::future::pending().await,
        }
    }
}
