//! As much of an event as the shop reads, from JSON of any shape.
//!
//! A message that is Stripe's and about something else must be acknowledged, or Stripe stops sending
//! any. So what is absent, repeated or of another kind is no error. Everything else is skipped
//! without a stack, however deep it is.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What an event is about.
#[derive(Debug)]
pub(super) struct Event {
    /// Its `type`; empty where there is none.
    pub(super) kind: String,
    /// The id of its object.
    pub(super) id: Option<String>,
    /// The payment that its object names, expanded or not.
    pub(super) payment_intent: Option<String>,
}

/// A part of an event that has been read as far as its end.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
struct Json<'a>(#[serde(borrow)] &'a RawValue);

impl Json<'_> {
    /// A field of an object, the last of this name.
    fn field(self, name: &str) -> Option<Self> {
        let fields: HashMap<String, Self> = serde_json::from_str(self.0.get()).ok()?;
        fields.get(name).copied()
    }

    fn text(self) -> Option<String> {
        serde_json::from_str(self.0.get()).ok()
    }
}

impl Event {
    pub(super) fn read(body: &[u8]) -> serde_json::Result<Self> {
        let event: Json<'_> = serde_json::from_slice(body)?;
        let object = event.field("data").and_then(|data| data.field("object"));
        let payment = object.and_then(|object| object.field("payment_intent"));
        let expanded = payment.and_then(|payment| payment.field("id"));
        let text = |field: Option<Json<'_>>| field.and_then(Json::text);
        Ok(Self {
            kind: text(event.field("type")).unwrap_or_default(),
            id: text(object.and_then(|object| object.field("id"))),
            payment_intent: text(payment).or_else(|| text(expanded)),
        })
    }
}
