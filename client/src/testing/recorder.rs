//! The answers of a server, kept in a file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use futures_util::future::BoxFuture;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::wire;
use crate::transport::{Transport, TransportError, TransportReply, TransportRequest};

/// Records what a server answers into a file, and answers from the file where there is no server:
/// record on a laptop, replay in CI.
///
/// Replayed, a command gets the answer that was recorded for the same command on the same path;
/// of several such commands, each gets its own, in order. A command that was not recorded is
/// answered with an error that says so and is not repeated.
///
/// The file holds commands and answers, with the data in them; it holds no token, key or header.
///
/// ```
/// use astra_db::DataApiClient;
/// use astra_db::testing::Recorder;
/// # use astra_db::testing::Mock;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let file = std::env::temp_dir().join(format!("recorder-{}.json", std::process::id()));
/// # let server = Mock::new();
/// # server.expect("findOne").document(serde_json::json!({"_id": 7}));
/// // Your HttpTransport while you record, `None` in CI.
/// for server in [Some(server), None] {
///     let recorder = Recorder::open(&file, server)?;
///     let client = DataApiClient::builder().transport(recorder.clone()).build()?;
///     let orders = client.database("recorded")?.keyspace("shop").collection::<astra_db::Document>("orders");
///     let order = orders.find_one(serde_json::json!({"_id": 7})).await?;
///     assert!(order.is_some());
///     recorder.save()?;
/// }
/// # std::fs::remove_file(&file)?;
/// # Ok(())
/// # }
/// ```
///
/// What differs in every run, such as ids that a program makes, is left out of the comparison with
/// [`ignoring`](Self::ignoring).
#[derive(Clone)]
pub struct Recorder {
    file: PathBuf,
    /// `None` replays.
    server: Option<Arc<dyn Transport>>,
    ignored: Vec<String>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    records: Vec<Record>,
    /// Which of them have been replayed.
    used: Vec<bool>,
}

/// One command and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    path: String,
    command: Value,
    status: u16,
    /// As the server wrote it, or the text of a body that is not JSON.
    answer: Box<RawValue>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("file", &self.file)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl Recorder {
    /// Records what the server answers, or replays the file if there is no server.
    ///
    /// # Errors
    /// When there is no server and the file cannot be read.
    pub fn open(file: impl AsRef<Path>, server: Option<impl Transport>) -> io::Result<Self> {
        let file = file.as_ref().to_owned();
        let server = server.map(|server| Arc::new(server) as Arc<dyn Transport>);
        let records: Vec<Record> = match server {
            Some(_) => Vec::new(),
            None => serde_json::from_slice(&std::fs::read(&file)?)?,
        };
        let used = vec![false; records.len()];
        Ok(Self {
            file,
            server,
            ignored: Vec::new(),
            state: Arc::new(Mutex::new(State { records, used })),
        })
    }

    /// Leaves this part of commands out of the comparison: a JSON pointer such as
    /// `/insertOne/document/_id`.
    #[must_use]
    pub fn ignoring(mut self, pointer: impl Into<String>) -> Self {
        self.ignored.push(pointer.into());
        self
    }

    /// Writes what was recorded; does nothing in a replay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> io::Result<()> {
        if self.server.is_none() {
            return Ok(());
        }
        let mut text = serde_json::to_vec_pretty(&self.state().records)?;
        text.push(b'\n');
        std::fs::write(&self.file, text)
    }

    async fn record(
        &self,
        server: &dyn Transport,
        request: TransportRequest,
    ) -> Result<TransportReply, TransportError> {
        let (path, command) = (request.path.clone(), command_of(&request));
        let reply = server.send(request).await?;
        let answer = serde_json::from_slice(&reply.body)
            .or_else(|_| to_raw_value(&String::from_utf8_lossy(&reply.body)))
            .map_err(TransportError::interrupted)?;
        self.state().records.push(Record {
            path,
            command,
            status: reply.status.as_u16(),
            answer,
        });
        Ok(reply)
    }

    fn replay(&self, request: &TransportRequest) -> TransportReply {
        let command = self.comparable(command_of(request));
        let mut state = self.state();
        let State { records, used } = &mut *state;
        let same = |(record, used): &(&Record, &mut bool)| {
            !**used
                && record.path == request.path
                && self.comparable(record.command.clone()) == command
        };
        let Some((record, used)) = records.iter().zip(used).find(same) else {
            let problem = format!(
                "{} has no further answer to {command} on {}: record it again with a server",
                self.file.display(),
                request.path
            );
            return wire::refusal(&problem);
        };
        *used = true;
        let status = StatusCode::from_u16(record.status).unwrap_or(StatusCode::OK);
        let json = record.answer.get();
        let body = serde_json::from_str(json).unwrap_or_else(|_| json.to_owned());
        TransportReply::new(status, body)
    }

    fn comparable(&self, mut command: Value) -> Value {
        for pointer in &self.ignored {
            if let Some(part) = command.pointer_mut(pointer) {
                *part = Value::Null;
            }
        }
        command
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Recorder {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportReply, TransportError>> {
        Box::pin(async move {
            match &self.server {
                Some(server) => self.record(&**server, request).await,
                None => Ok(self.replay(&request)),
            }
        })
    }
}

fn command_of(request: &TransportRequest) -> Value {
    serde_json::from_slice(&request.body)
        .unwrap_or_else(|_| String::from_utf8_lossy(&request.body).into())
}
