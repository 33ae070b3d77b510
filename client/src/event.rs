//! What happens to each command, for logs, metrics and tests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::call_info::{CallInfo, Target};
use crate::error::{ApiError, Error, Executed};
use crate::value::Uuid;

/// Is told what happens to each command. All methods do nothing unless you write them.
///
/// They run on the task that waits for the command: be quick. No event holds a body or a secret.
/// Spans of the `tracing` crate are made without any listener.
///
/// ```
/// use astra_db::{CommandListener, CommandSucceeded, DataApiClient};
///
/// #[derive(Debug)]
/// struct SlowLog;
///
/// impl CommandListener for SlowLog {
///     fn succeeded(&self, event: &CommandSucceeded<'_>) {
///         if event.call.elapsed.as_millis() > 500 {
///             eprintln!("{} took {:?}", event.call, event.call.elapsed);
///         }
///     }
/// }
/// let client = DataApiClient::new("AstraCS:…").with_options(|options| options.listener(SlowLog));
/// ```
pub trait CommandListener: fmt::Debug + Send + Sync + 'static {
    /// A command is about to be sent for the first time.
    fn started(&self, event: &CommandStarted<'_>) {
        let _ = event;
    }

    /// A command failed and will be tried again after a wait.
    fn retried(&self, event: &CommandRetried<'_>) {
        let _ = event;
    }

    /// A command succeeded, maybe with warnings.
    fn succeeded(&self, event: &CommandSucceeded<'_>) {
        let _ = event;
    }

    /// A command failed for good.
    fn failed(&self, event: &CommandFailed<'_>) {
        let _ = event;
    }
}

/// So that a listener can be read elsewhere:
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use astra_db::{CommandListener, CommandStarted, DataApiClient};
///
/// #[derive(Debug, Default)]
/// struct Count(AtomicU64);
///
/// impl CommandListener for Count {
///     fn started(&self, _: &CommandStarted<'_>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
/// let count = Arc::new(Count::default());
/// let client = DataApiClient::new("AstraCS:…")
///     .with_options(|options| options.listener(Arc::clone(&count)));
/// println!("{} commands so far", count.0.load(Ordering::Relaxed));
/// ```
impl<L: CommandListener + ?Sized> CommandListener for Arc<L> {
    fn started(&self, event: &CommandStarted<'_>) {
        (**self).started(event);
    }

    fn retried(&self, event: &CommandRetried<'_>) {
        (**self).retried(event);
    }

    fn succeeded(&self, event: &CommandSucceeded<'_>) {
        (**self).succeeded(event);
    }

    fn failed(&self, event: &CommandFailed<'_>) {
        (**self).failed(event);
    }
}

/// See [`CommandListener::started`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CommandStarted<'a> {
    /// The command as it is named on the wire.
    pub command: &'a str,
    /// What it is about.
    pub target: &'a Target,
    /// The same in every event of this call.
    pub request_id: Uuid,
    /// How many bytes are sent.
    pub request_bytes: usize,
}

/// See [`CommandListener::retried`].
///
/// ```
/// use astra_db::{CommandListener, CommandRetried, Executed};
///
/// #[derive(Debug)]
/// struct RetryLog;
///
/// impl CommandListener for RetryLog {
///     fn retried(&self, event: &CommandRetried<'_>) {
///         let done = match event.executed {
///             Executed::No => "not executed",
///             _ => "executed or not",
///         };
///         eprintln!("{} ({done}), again in {:?}: {}", event.call, event.wait, event.error);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CommandRetried<'a> {
    /// Which call it is and what it took so far.
    pub call: &'a CallInfo,
    /// Why the attempt failed.
    pub error: &'a Error,
    /// Whether the command was executed, which decides what may be repeated.
    pub executed: Executed,
    /// How long is waited before the next one.
    pub wait: Duration,
}

/// See [`CommandListener::succeeded`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CommandSucceeded<'a> {
    /// Which call it was and what it took.
    pub call: &'a CallInfo,
    /// What the server wants to be known all the same.
    pub warnings: &'a [ApiError],
    /// How many bytes came back.
    pub response_bytes: usize,
}

/// See [`CommandListener::failed`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CommandFailed<'a> {
    /// Which call it was and what it took.
    pub call: &'a CallInfo,
    /// Why it failed; warnings of the answer are in its [`Error::api_errors`].
    pub error: &'a Error,
}
