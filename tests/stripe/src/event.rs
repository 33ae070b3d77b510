//! An event, as webhooks and the API show it.

use serde_json::Value;

/// Something that happened to an object, with the object as it was then.
#[derive(Debug, Clone)]
pub struct Event(pub(crate) Value);

impl Event {
    /// Such as `checkout.session.completed`.
    pub fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap()
    }

    pub fn body(&self) -> String {
        serde_json::to_string_pretty(&self.0).unwrap()
    }

    /// The same event with one thing changed: `/data/object/amount_total`.
    #[must_use]
    pub fn with(&self, pointer: &str, value: Value) -> Self {
        let mut event = self.0.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        Self(event)
    }
}
