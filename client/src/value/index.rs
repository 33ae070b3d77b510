//! `document["name"]`, `value["tags"][0]`

use std::ops::Index;

use super::{Document, Value};

static NULL: Value = Value::Null;

/// The field of this name, `null` if there is none; names are taken literally, dots included.
///
/// ```
/// use astra_db::doc;
///
/// let product = doc!({"name": "Teapot", "tags": ["kitchen", "blue"]});
/// assert_eq!(product["name"].as_str(), Some("Teapot"));
/// assert_eq!(product["tags"][1].as_str(), Some("blue"));
/// assert!(product["maker"]["country"].is_null());
/// ```
impl Index<&str> for Document {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&NULL)
    }
}

/// The field of this name, `null` if this is no object or has no such field.
impl Index<&str> for Value {
    type Output = Self;

    fn index(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&NULL)
    }
}

/// The element at this place, `null` if this is no array or shorter.
impl Index<usize> for Value {
    type Output = Self;

    fn index(&self, place: usize) -> &Self {
        let elements = self.as_array();
        elements
            .and_then(|elements| elements.get(place))
            .unwrap_or(&NULL)
    }
}
