//! The JSON envelope of the Data API: one command out; `data`, `status`, `errors` and warnings in.

mod nature;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub(crate) use nature::{Effect, Nature};

use crate::error::{ApiError, ApiErrors, DecodeError, EncodeError, Error, Result};
use crate::value::Uuid;

/// What a command is about: the database, a keyspace, or a collection or table in it.
///
/// It decides the URL, `/{keyspace}/{name}` below the API root.
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
        let mut body = Vec::with_capacity(256);
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
        let body =
            serde_json::to_vec(&command).map_err(|source| encode_error("command", source))?;
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

/// The answer to a command that succeeded.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// use serde::Deserialize;
/// use serde_json::json;
///
/// #[derive(Deserialize)]
/// struct Counted { count: u64 }
///
/// let reply = db.command(json!({"countDocuments": {}})).collection("products").await?;
/// let Counted { count } = reply.status()?;
/// println!("{count} products, {} warnings", reply.warnings.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Reply {
    /// Which call it was and what it took.
    pub call: CallInfo,
    /// What the server wants to be known although it succeeded, from `status.warnings`.
    pub warnings: Vec<ApiError>,
    body: Bytes,
    data: Option<Bytes>,
    status: Option<Bytes>,
}

impl Reply {
    /// The whole answer as it came, undecoded.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// `data` as a `T`; a missing `data` reads as `null`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the place in the answer that does not fit `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T> {
        decode_part(part_or_null(self.data.as_ref()), "data", &self.call)
    }

    /// `status` as a `T`; a missing `status` reads as `null`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the place in the answer that does not fit `T`.
    pub fn status<T: DeserializeOwned>(&self) -> Result<T> {
        decode_part(part_or_null(self.status.as_ref()), "status", &self.call)
    }

    /// The whole answer as a `T`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the place in the answer that does not fit `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        decode_part(&self.body, "", &self.call)
    }
}

fn part_or_null(part: Option<&Bytes>) -> &[u8] {
    part.map_or(b"null", |bytes| bytes)
}

/// Reads one part of an answer; on failure reads it again to find the place.
pub(crate) fn decode_part<T: DeserializeOwned>(
    json: &[u8],
    part: &str,
    call: &CallInfo,
) -> Result<T> {
    serde_json::from_slice(json).or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let inside = error.path().to_string();
            let path = match (part, inside.as_str()) {
                ("", path) => path.to_owned(),
                (part, "" | ".") => part.to_owned(),
                (part, path) => format!("{part}.{path}"),
            };
            decode_error(call, path, error.into_inner())
        })
    })
}

pub(crate) fn decode_error(call: &CallInfo, path: String, source: serde_json::Error) -> Error {
    Error::Decode(Box::new(DecodeError {
        call: call.clone(),
        path,
        source,
    }))
}

/// An answer whose parts do not fit together.
pub(crate) fn malformed(call: &CallInfo, path: &str, complaint: &str) -> Error {
    let source = serde::de::Error::custom(complaint);
    decode_error(call, path.to_owned(), source)
}

/// An answer cut into its parts, before anyone decides whether it is a success.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) errors: Vec<ApiError>,
    pub(crate) warnings: Vec<ApiError>,
    data: Option<Bytes>,
    status: Option<Bytes>,
    body: Bytes,
}

#[derive(Deserialize)]
struct WireEnvelope<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    errors: Option<Vec<ApiError>>,
}

#[derive(Default, Deserialize)]
struct StatusWarnings {
    #[serde(default)]
    warnings: Option<Vec<ApiError>>,
}

impl Envelope {
    /// Cuts an answer without copying `data` and `status`.
    pub(crate) fn parse(body: &Bytes) -> std::result::Result<Self, serde_json::Error> {
        let wire: WireEnvelope<'_> = serde_json::from_slice(body)?;
        let warnings = warnings_in(wire.status)?;
        let slice = |raw: &RawValue| body.slice_ref(raw.get().as_bytes());
        Ok(Self {
            data: wire.data.map(slice),
            status: wire.status.map(slice),
            errors: wire.errors.unwrap_or_default(),
            warnings,
            body: body.clone(),
        })
    }

    pub(crate) fn into_reply(self, call: CallInfo) -> Reply {
        let Self {
            warnings,
            data,
            status,
            body,
            ..
        } = self;
        Reply {
            call,
            warnings,
            body,
            data,
            status,
        }
    }

    /// The errors with all that came beside them. Only for an envelope that has errors.
    pub(crate) fn into_errors(self, call: CallInfo, http_status: u16) -> Error {
        let Self {
            errors,
            warnings,
            data,
            status,
            ..
        } = self;
        Error::Api(Box::new(ApiErrors {
            errors,
            warnings,
            http_status,
            call,
            data,
            status,
        }))
    }
}

fn warnings_in(status: Option<&RawValue>) -> std::result::Result<Vec<ApiError>, serde_json::Error> {
    match status {
        Some(status) if status.get().contains("\"warnings\"") => {
            let found: StatusWarnings = serde_json::from_str(status.get())?;
            Ok(found.warnings.unwrap_or_default())
        }
        _ => Ok(Vec::new()),
    }
}
