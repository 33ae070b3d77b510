//! The engine: requests in, answers out.

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::Level;
use crate::error::{server, warning};
use crate::exec::call::Call;
use crate::explain::explain;
use crate::features::Features;
use crate::in_flight::{InFlight, Reservation};
use crate::json;
use crate::limits::Limits;
use crate::provider_keys::ProviderKeys;
use crate::providers::Providers;
use crate::request::{Decoded, decode};
use crate::response::Answer;
use crate::storage::{Backup, DiskUsage, MaintenanceError, OpenError, Overwrite, Storage};

/// Levels of objects and arrays that a request may nest to be carried out on any stack. Documents nest 16.
const SHALLOW: usize = 32;

/// The stack for requests that nest deeper, as far as the reader of JSON allows: 1,000 levels take about a megabyte of it
/// in a debug build. What is not used of it is never more than an address.
const DEEP_STACK: usize = 16 * 1024 * 1024;

/// The most bytes that a database in memory can hold: what SQLite allows one.
pub const MEMORY_LIMIT: u64 = 1 << 30;

/// A Data API over one database. Clones are cheap and stand for the same database; any thread may use them.
///
/// # Example
///
/// ```
/// use astra_local::{Engine, Request};
///
/// # fn main() -> Result<(), astra_local::OpenError> {
/// let engine = Engine::in_memory()?;
/// let response = engine.execute(Request {
///     keyspace: None,
///     name: None,
///     body: br#"{"createKeyspace":{"name":"shop"}}"#,
/// });
/// assert_eq!(response.status, 200);
/// assert_eq!(response.body, br#"{"status":{"ok":1}}"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    storage: Arc<Storage>,
    limits: Arc<Limits>,
    in_flight: Arc<InFlight>,
    providers: Providers,
    /// Requests that take as long as this are logged.
    slow: Option<Duration>,
}

/// A request: what it is addressed to, and its body.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The keyspace it is for; none for the database as a whole.
    pub keyspace: Option<&'a str>,
    /// The collection or table it is for; none for the keyspace as a whole.
    pub name: Option<&'a str>,
    /// The command as JSON: `{"find":{"filter":{"price":{"$lt":400}}}}`.
    pub body: &'a [u8],
}

/// The answer to a request. Commands that fail are answered too: `errors` in the body says why.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status that goes with the body: 200 for nearly every failure of a command too.
    pub status: u16,
    /// JSON: an object with `data`, `status` and `errors`, each left out where it is empty.
    pub body: Vec<u8>,
    /// The command that was sent, for logs and metrics; none where it is not one of those there are.
    pub command: Option<&'static str>,
    /// The code of the first error in the body, for logs and metrics.
    pub error_code: Option<&'static str>,
    /// The memory of a large answer.
    pub(crate) memory: Reservation,
}

impl Engine {
    /// Opens the database in a directory, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// Where the directory cannot be used, is in use by another process, or holds something else.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, OpenError> {
        Storage::open(directory.as_ref()).map(Self::new)
    }

    /// Makes an empty database in memory, gone with the last clone of the engine. It holds up to [`MEMORY_LIMIT`] bytes.
    ///
    /// # Errors
    ///
    /// Where the system is out of resources.
    pub fn in_memory() -> Result<Self, OpenError> {
        Self::in_memory_up_to(MEMORY_LIMIT)
    }

    /// Makes an empty database in memory that holds up to this number of bytes, and no more than [`MEMORY_LIMIT`]. A write that
    /// would need more fails; deleting makes room.
    ///
    /// # Errors
    ///
    /// Where the system is out of resources.
    pub fn in_memory_up_to(bytes: u64) -> Result<Self, OpenError> {
        Storage::in_memory(bytes.min(MEMORY_LIMIT)).map(Self::new)
    }

    fn new(storage: Storage) -> Self {
        let limits = Limits::default();
        Self {
            storage: Arc::new(storage),
            in_flight: Arc::new(InFlight::new(limits.memory)),
            limits: Arc::new(limits),
            providers: Providers::default(),
            slow: None,
        }
    }

    /// The same database, with a warning in the log for each request that takes as long as this: its command, what it was
    /// about, its time, and how it found its documents or rows. No value of the request is in it.
    #[must_use]
    pub fn with_slow_log(self, threshold: Duration) -> Self {
        Self {
            slow: Some(threshold),
            ..self
        }
    }

    /// The same database with other limits for those who use this engine.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            in_flight: Arc::new(InFlight::new(limits.memory)),
            limits: Arc::new(limits),
            ..self
        }
    }

    /// The same database with other features.
    #[must_use]
    pub fn with_features(self, features: Features) -> Self {
        let keys = Arc::clone(&self.providers.keys);
        let features = Arc::new(features);
        Self {
            providers: Providers { features, keys },
            ..self
        }
    }

    /// The same engine for a caller who has these keys for embedding and reranking services.
    #[must_use]
    pub fn with_keys(&self, keys: ProviderKeys) -> Self {
        let features = Arc::clone(&self.providers.features);
        let keys = Arc::new(keys);
        Self {
            providers: Providers { features, keys },
            ..self.clone()
        }
    }

    pub(crate) fn features(&self) -> &Features {
        &self.providers.features
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// The same engine, the memory for requests under way included, with other limits for one of them.
    pub(crate) fn limited_to(&self, limits: Limits) -> Self {
        Self {
            limits: Arc::new(limits),
            ..self.clone()
        }
    }

    /// Carries out a request. What is answered as done is on disk.
    ///
    /// This blocks while it reads and writes; in async code, call it where blocking is allowed, such as in
    /// `tokio::task::spawn_blocking`.
    pub fn execute(&self, request: Request<'_>) -> Response {
        if json::nests_beyond(request.body, SHALLOW) {
            self.execute_deep(request)
        } else {
            self.execute_here(request)
        }
    }

    /// Values are read without recursion, but compared, copied, written and dropped with it.
    fn execute_deep(&self, request: Request<'_>) -> Response {
        thread::scope(|scope| {
            let deep = thread::Builder::new()
                .name("deep-request".to_owned())
                .stack_size(DEEP_STACK)
                .spawn_scoped(scope, || self.execute_here(request));
            match deep {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(error) => {
                    tracing::warn!(%error, "a deeply nested request got no thread");
                    let message = "The server is short of threads for requests that nest deeply. Send it again later.";
                    Answer::from(server::UNEXPECTED_SERVER_ERROR.because(message)).into()
                }
            }
        })
    }

    fn execute_here(&self, request: Request<'_>) -> Response {
        let level = match (request.keyspace, request.name) {
            (_, Some(_)) => Level::Target,
            (Some(_), None) => Level::Keyspace,
            (None, None) => Level::General,
        };
        match decode(level, request.body, &self.limits) {
            Ok(decoded) => {
                let name = decoded.command.name;
                let started = Instant::now();
                let answer = self.answer(request, decoded);
                self.log_if_slow(request, name, started.elapsed());
                Response {
                    command: Some(name),
                    ..answer.into()
                }
            }
            Err(error) => Answer::from(error).into(),
        }
    }

    fn log_if_slow(&self, request: Request<'_>, command: &str, elapsed: Duration) {
        if self.slow.is_none_or(|threshold| elapsed < threshold) {
            return;
        }
        let target = [request.keyspace, request.name]
            .map(Option::unwrap_or_default)
            .join("/");
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        let plan = self.explain(request).unwrap_or_default();
        tracing::warn!(target: "slow", "{command} {target} took {milliseconds:.1} ms; {plan}");
    }

    /// How a command would find the documents or rows it is about, in words; none where it looks for nothing, or cannot be
    /// understood. Nothing is carried out.
    pub fn explain(&self, request: Request<'_>) -> Option<String> {
        if json::nests_beyond(request.body, SHALLOW) {
            return None;
        }
        let body = json::parse(request.body).ok()?;
        let (_, arguments) = body.as_object()?.first()?;
        explain(&self.call(request), arguments.as_object()?).ok()?
    }

    fn call<'a>(&'a self, request: Request<'a>) -> Call<'a> {
        Call {
            storage: &self.storage,
            limits: &self.limits,
            providers: &self.providers,
            keyspace: request.keyspace.unwrap_or_default(),
            name: request.name.unwrap_or_default(),
        }
    }

    fn answer(&self, request: Request<'_>, decoded: Decoded) -> Answer {
        let command = decoded.command;
        let mut arguments = match decoded.arguments {
            Ok(arguments) => arguments,
            Err(errors) => return errors.into(),
        };
        let call = self.call(request);
        let run = (command.run)(&call, command.name, &mut arguments);
        let mut answer = run.unwrap_or_else(Answer::from);
        if let Some(successor) = command.successor {
            answer
                .warnings
                .push(warning::DEPRECATED_COMMAND.because(format!(
                    "'{}' is an old name. Use '{successor}' instead.",
                    command.name
                )));
        }
        answer
    }

    /// Copies the database into a file while it is in use, and verifies the copy. See [`backup`](crate::backup), which does
    /// this for a database that another process has open.
    ///
    /// # Errors
    ///
    /// As [`backup`](crate::backup).
    pub fn backup(
        &self,
        file: impl AsRef<Path>,
        overwrite: Overwrite,
    ) -> Result<Backup, MaintenanceError> {
        self.storage.backup(file.as_ref(), overwrite)
    }

    /// Bytes the database has on disk; none for one in memory.
    pub fn disk_usage(&self) -> Option<DiskUsage> {
        self.storage.disk_usage()
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let status = answer.http_status();
        let error_code = answer.errors.first().map(|error| error.kind.code);
        Self {
            status,
            body: answer.into_bytes(),
            command: None,
            error_code,
            memory: Reservation::default(),
        }
    }
}
