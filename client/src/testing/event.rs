//! Events for tests of a [`CommandListener`](crate::CommandListener), and the errors in them.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use std::time::Duration;
//! use astra_db::testing::event;
//! use astra_db::{CommandListener, CommandRetried, ErrorCode, Executed};
//!
//! /// What is tested: it counts the retries of commands that may have been executed.
//! #[derive(Debug, Default)]
//! struct Doubtful(AtomicU64);
//!
//! impl CommandListener for Doubtful {
//!     fn retried(&self, event: &CommandRetried<'_>) {
//!         let doubtful = event.executed == Executed::Maybe;
//!         self.0.fetch_add(doubtful.into(), Ordering::Relaxed);
//!     }
//! }
//! let call = event::call("findOne", event::target("shop", "orders"));
//! let error = event::server_error(&call, ErrorCode::UnexpectedDriverError, "a node died");
//! let listener = Doubtful::default();
//! listener.retried(&event::retried(&call, &error, Duration::from_millis(80)));
//! assert_eq!(listener.0.into_inner(), 1);
//! ```

use std::borrow::Cow;
use std::time::Duration;

use super::wire;
use crate::call_info::{CallInfo, Target};
use crate::error::{ApiError, ApiErrors, ConnectionError, Error, ErrorCode, TimeoutError};
use crate::event::{CommandFailed, CommandRetried, CommandStarted, CommandSucceeded};
use crate::timeouts::TimeoutCategory;
use crate::transport::TransportError;
use crate::value::Uuid;

/// A collection or table.
pub fn target(keyspace: &str, name: &str) -> Target {
    Target {
        keyspace: Some(keyspace.into()),
        name: Some(name.into()),
    }
}

/// A call that took one attempt of a millisecond. Its fields can be set.
pub fn call(command: impl Into<Cow<'static, str>>, target: Target) -> CallInfo {
    CallInfo {
        command: command.into(),
        target,
        request_id: Uuid::from(uuid::Uuid::nil()),
        attempts: 1,
        elapsed: Duration::from_millis(1),
        earlier_attempt_unknown: false,
        credentials_worked: false,
    }
}

/// What the server answers with this code and this text, in HTTP 200.
pub fn server_error(call: &CallInfo, code: impl Into<ErrorCode>, message: &str) -> Error {
    Error::Api(Box::new(ApiErrors {
        errors: vec![api_error(code, message)],
        warnings: Vec::new(),
        http_status: 200,
        retry_after: None,
        call: call.clone(),
        data: None,
        status: None,
    }))
}

/// One error or warning of an answer.
pub fn api_error(code: impl Into<ErrorCode>, message: &str) -> ApiError {
    let object = wire::error_object(&code.into(), message);
    serde_json::from_value(object).unwrap_or_else(|error| panic!("an error object: {error}"))
}

/// What a call ends with when its transport fails.
///
/// ```
/// use astra_db::TransportError;
/// use astra_db::testing::event;
///
/// let call = event::call("insertOne", event::target("shop", "orders"));
/// let lost = event::connection_error(&call, TransportError::interrupted("reset by peer"));
/// assert!(lost.is_outcome_unknown());
/// ```
pub fn connection_error(call: &CallInfo, failure: TransportError) -> Error {
    let error = Box::new(ConnectionError {
        call: call.clone(),
        timed_out: failure.timed_out,
        sent: failure.sent,
        scheme_mismatch: failure.scheme_mismatch,
        source: failure.source,
    });
    if error.sent {
        Error::Transport(error)
    } else {
        Error::Connect(error)
    }
}

/// What a call ends with that met the limit of one attempt.
pub fn timeout(call: &CallInfo, limit: Duration) -> Error {
    Error::Timeout(Box::new(TimeoutError {
        call: call.clone(),
        category: TimeoutCategory::Attempt,
        limit,
        sent: true,
    }))
}

/// A call that begins.
pub fn started(call: &CallInfo, request_bytes: usize) -> CommandStarted<'_> {
    CommandStarted {
        command: &call.command,
        target: &call.target,
        request_id: call.request_id,
        request_bytes,
    }
}

/// A call that is repeated after this error.
pub fn retried<'a>(call: &'a CallInfo, error: &'a Error, wait: Duration) -> CommandRetried<'a> {
    CommandRetried {
        call,
        error,
        executed: error.executed(),
        wait,
    }
}

/// A call that succeeded, with warnings or none.
pub fn succeeded<'a>(
    call: &'a CallInfo,
    warnings: &'a [ApiError],
    response_bytes: usize,
) -> CommandSucceeded<'a> {
    CommandSucceeded {
        call,
        warnings,
        response_bytes,
    }
}

/// A call that failed for good.
pub fn failed<'a>(call: &'a CallInfo, error: &'a Error) -> CommandFailed<'a> {
    CommandFailed { call, error }
}
