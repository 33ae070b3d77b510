//! The JSON envelope of the Data API: one command out, and one answer in ([`reply`]).

mod nature;
mod reply;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

pub(crate) use nature::{Effect, Nature};
pub use reply::Reply;
pub(crate) use reply::{
    Envelope, Fitted, decode_document, decode_documents, decode_error, decode_part, document_at,
    malformed,
};

use crate::error::{EncodeError, Error, Result};
use crate::field_order;
use crate::value::Uuid;

/// What a command is about: the database, a keyspace, or a collection or table in it.
///
/// It decides the URL, `/{keyspace}/{name}` below the API root.
///
/// ```
/// let target = astra_db::Target::default();
/// assert_eq!(target.to_string(), "the database");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Target {
    /// The keyspace, `None` for commands on the database as a whole.
    pub keyspace: Option<Arc<str>>,
    /// The collection or table, `None` for commands on the keyspace.
    pub name: Option<Arc<str>>,
}

impl Target {
    /// The database as a whole: keyspaces and providers.
    pub(crate) fn database() -> Self {
        Self::default()
    }

    /// A keyspace: its collections, tables, types and indexes.
    pub(crate) fn keyspace(keyspace: Arc<str>) -> Self {
        Self {
            keyspace: Some(keyspace),
            name: None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.keyspace, &self.name) {
            (Some(keyspace), Some(name)) => write!(f, "{keyspace}/{name}"),
            (Some(keyspace), None) => f.write_str(keyspace),
            _ => f.write_str("the database"),
        }
    }
}

/// Which call an answer or an error belongs to, and what it took.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// let reply = db.command(serde_json::json!({"findCollections": {}})).await?;
/// let call = &reply.call;
/// println!("{call} took {:?} and {} attempts ({})", call.elapsed, call.attempts, call.request_id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallInfo {
    /// The command as it is named on the wire, `insertOne` for example.
    pub command: Cow<'static, str>,
    /// What it was about.
    pub target: Target,
    /// Made by this client for every call; also in events and spans.
    pub request_id: Uuid,
    /// How often it was tried, 1 when the first try settled it.
    pub attempts: u32,
    /// From the start of the call to its end, waits included.
    pub elapsed: Duration,
    /// Whether an attempt before the last one ended without a proper answer, so that it may have
    /// been carried out. A `DOCUMENT_ALREADY_EXISTS` may then be about our own document.
    pub earlier_attempt_unknown: bool,
}

impl CallInfo {
    /// "2 attempts, 1.2s", for error texts.
    pub(crate) fn effort(&self) -> String {
        let plural = if self.attempts == 1 { "" } else { "s" };
        format!("{} attempt{plural}, {:.1?}", self.attempts, self.elapsed)
    }
}

impl fmt::Display for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.command, self.target)
    }
}

/// One command, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) command: Cow<'static, str>,
    pub(crate) target: Target,
    pub(crate) body: Bytes,
    pub(crate) effect: Effect,
}

impl Call {
    /// Writes `{"command": payload}`. What the command does is looked up by its name; say
    /// [`Call::idempotent`] of an insert whose documents all bring their `_id`.
    pub(crate) fn new(
        command: &'static str,
        target: Target,
        payload: &(impl Serialize + ?Sized),
    ) -> Result<Self> {
        let mut body = Vec::with_capacity(1024);
        body.extend_from_slice(b"{\"");
        body.extend_from_slice(command.as_bytes());
        body.extend_from_slice(b"\":");
        serde_json::to_writer(&mut body, payload)
            .map_err(|source| encode_error(command, source))?;
        body.push(b'}');
        let effect = Nature::of(command).effect;
        Ok(Self {
            command: Cow::Borrowed(command),
            target,
            body: body.into(),
            effect,
        })
    }

    /// A command its caller has written, name and all.
    pub(crate) fn raw(command: impl Serialize, target: Target) -> Result<Self> {
        let json = field_order::write(&command, field_order::of_command)
            .map_err(|source| encode_error("the command", source))?;
        let body = Box::<str>::from(json).into_string().into_bytes();
        let name = only_key(&body)?;
        let effect = Nature::of(&name).effect;
        Ok(Self {
            command: Cow::Owned(name),
            target,
            body: body.into(),
            effect,
        })
    }

    /// The same call, known to be repeatable.
    pub(crate) fn idempotent(self) -> Self {
        Self {
            effect: Effect::Idempotent,
            ..self
        }
    }
}

fn only_key(body: &[u8]) -> Result<String> {
    let fields: Option<BTreeMap<String, &RawValue>> = serde_json::from_slice(body).ok();
    let mut keys = fields.unwrap_or_default().into_keys();
    match (keys.next(), keys.next()) {
        (Some(name), None) => Ok(name),
        _ => Err(Error::config(
            "a command is an object with exactly one key, its name: {\"find\": {..}} for example",
        )),
    }
}

pub(crate) fn encode_error(command: &str, source: serde_json::Error) -> Error {
    Error::Encode(Box::new(EncodeError {
        command: command.into(),
        source,
    }))
}
