//! The JSON envelope of the Data API: one command out, and one answer in ([`reply`]).

mod reply;

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

pub use reply::Reply;
pub(crate) use reply::{
    Envelope, decode_document, decode_documents, decode_error, document_at, malformed,
};

use crate::call_info::Target;
use crate::error::{EncodeError, Error, Result};
use crate::field_order;
use crate::retry_class::{Effect, RetryClass};

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
        let effect = RetryClass::of(command).effect;
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
        let effect = RetryClass::of(&name).effect;
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
