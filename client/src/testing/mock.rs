//! A database that answers what a test says.

mod expectation;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::Value;

pub use expectation::Expectation;

use self::expectation::{Expected, Outcome};
use super::wire;
use crate::transport::{Transport, TransportError, TransportReply, TransportRequest};

/// Answers the commands that a test expects, in the order in which it expects them.
///
/// A command is compared by its name, its collection or table, and the arguments that the test
/// names. One that is not expected is answered with an error that says so and is not repeated; and
/// [`verify`](Self::verify) fails for it, and for each expected command that did not come.
///
/// ```
/// use astra_db::testing::Mock;
/// use astra_db::{DataApiClient, ErrorCode};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), astra_db::Error> {
/// let mock = Mock::new();
/// mock.expect("findOne")
///     .on("orders")
///     .with(json!({"filter": {"_id": 7}}))
///     .document(json!({"_id": 7, "paid": false}));
/// mock.expect("updateOne").error(ErrorCode::TimeoutWritingData, "The write type was: CAS");
///
/// let client = DataApiClient::builder().transport(mock.clone()).build()?;
/// let orders = client.database("mock")?.keyspace("shop").collection::<astra_db::Document>("orders");
/// let order = orders.find_one(json!({"_id": 7})).await?;
/// assert!(order.is_some());
/// let paid = orders.update_one(json!({"_id": 7}), json!({"$set": {"paid": true}})).await;
/// assert!(paid.unwrap_err().is_outcome_unknown());
/// mock.verify();
/// # Ok(())
/// # }
/// ```
///
/// Clones share what is expected.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    expected: Vec<Expected>,
    unexpected: Vec<Call>,
}

/// A command that came.
#[derive(Debug)]
struct Call {
    name: String,
    path: String,
    arguments: Value,
}

impl Mock {
    /// A database that expects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects a command, named as on the wire: `findOne`, `insertMany`. Nothing is expected until
    /// its answer is given.
    pub fn expect(&self, command: impl Into<String>) -> Expectation<'_> {
        Expectation::new(self, command.into())
    }

    /// Checks that every expected command has come, and no other.
    ///
    /// # Panics
    /// When that is not so, with one line for each command.
    #[track_caller]
    pub fn verify(&self) {
        let state = self.state();
        let missing = state
            .expected
            .iter()
            .filter(|expected| expected.is_missing());
        let missing = missing.map(|expected| format!("did not come: {expected}"));
        let unexpected = state.unexpected.iter();
        let unexpected = unexpected.map(|call| format!("was not expected: {call}"));
        let problems: Vec<String> = missing.chain(unexpected).collect();
        drop(state);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, expected: Expected) {
        self.state().expected.push(expected);
    }

    /// The outcome of a command; `Err` says what was expected instead.
    fn next(&self, call: Call) -> Result<Outcome, String> {
        let mut state = self.state();
        let fitting = state.expected.iter_mut().find(|it| it.takes(&call));
        if let Some(expected) = fitting {
            return Ok(expected.take());
        }
        let open = state.expected.iter().filter(|expected| expected.is_open());
        let open: Vec<String> = open.map(ToString::to_string).collect();
        let instead = match open.as_slice() {
            [] => "nothing more is expected".to_owned(),
            open => format!("expected: {}", open.join("; ")),
        };
        let problem = format!("the mock did not expect {call}; {instead}");
        state.unexpected.push(call);
        Err(problem)
    }
}

impl Transport for Mock {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        let outcome = self.next(Call::of(&request));
        Box::pin(async move {
            match outcome {
                Ok(outcome) => outcome.play().await,
                Err(problem) => Ok(wire::refusal(&problem)),
            }
        })
    }
}

impl Call {
    fn of(request: &TransportRequest) -> Self {
        let command = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let (name, arguments) = match command {
            Value::Object(fields) => fields.into_iter().next().unwrap_or_default(),
            other => (String::new(), other),
        };
        Self {
            name,
            path: request.path.clone(),
            arguments,
        }
    }
}

/// `findOne on shop/orders with {"filter":{"_id":7}}`
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            path,
            arguments,
        } = self;
        write!(f, "{name}")?;
        if !path.is_empty() {
            write!(f, " on {path}")?;
        }
        write!(f, " with {arguments}")
    }
}
