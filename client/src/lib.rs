//! Client for the Astra Data API.

mod field_path;
pub mod value;

pub use field_path::{InvalidFieldPath, field_path, split_field_path};
pub use value::{Binary, Document, DocumentId, Number, ObjectId, Timestamp, Uuid, Value, Vector};

/// What [`doc!`] expands to. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use serde_json::json;

    pub fn object(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
        match value {
            serde_json::Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        }
    }
}
