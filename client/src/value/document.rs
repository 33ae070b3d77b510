//! A document of any shape.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use indexmap::IndexMap;

use super::Value;
use super::captured::Captured;

/// A JSON object: its fields in their order, its numbers as they were written.
///
/// This is what a [`Collection`](crate::Collection) holds when it is given no type.
/// [`doc!`](crate::doc) writes one like JSON.
///
/// ```
/// use astra_db::{Document, Number};
///
/// let mut product = Document::from([("name", "Teapot")]);
/// product.insert("price", "12.50".parse::<Number>()?);
/// assert_eq!(product.to_string(), r#"{"name":"Teapot","price":12.50}"#);
/// # Ok::<(), astra_db::value::InvalidNumber>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document(IndexMap<String, Value>);

/// A JSON value other than an object, where a document was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a JSON object, found {0}")]
pub struct NotAnObject(pub(super) &'static str);

impl Document {
    /// A document without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of the field `name`; names are taken literally, dots included.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value of the field `name`, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.get_mut(name)
    }

    /// Whether there is a field `name`, `null` or not.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Sets the field `name` and returns what it held. A new field goes to the end, an old one
    /// keeps its place.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(name.into(), value.into())
    }

    /// Takes the field `name` out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// The fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// This document as a type of yours.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Product { name: String }
    ///
    /// let document = astra_db::doc!({"name": "Teapot"});
    /// assert_eq!(document.decode::<Product>()?.name, "Teapot");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&serde_json::to_string(self)?)
    }

    /// Any thing that serialises to a JSON object as a document; the inverse of
    /// [`decode`](Self::decode).
    pub fn encode<T: Serialize + ?Sized>(thing: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(thing)?.parse()
    }
}

/// Objects are equal whatever the order of their fields, so the order must not reach the hash.
impl Hash for Document {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let hash_field = |field| BuildHasherDefault::<DefaultHasher>::default().hash_one(field);
        let sum = self.0.iter().map(hash_field).fold(0, u64::wrapping_add);
        state.write_u64(sum);
    }
}

/// Compact JSON.
impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        formatter.write_str(&text)
    }
}

/// Parses the text of a JSON object, keeping its numbers.
impl FromStr for Document {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(&self.0)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: Value = Captured::from_deserializer(deserializer)?.into_value()?;
        value.try_into().map_err(D::Error::custom)
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Document {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl<N: Into<String>, V: Into<Value>, const COUNT: usize> From<[(N, V); COUNT]> for Document {
    fn from(fields: [(N, V); COUNT]) -> Self {
        fields.into_iter().collect()
    }
}

impl From<serde_json::Map<String, serde_json::Value>> for Document {
    fn from(fields: serde_json::Map<String, serde_json::Value>) -> Self {
        fields.into_iter().collect()
    }
}

impl TryFrom<Value> for Document {
    type Error = NotAnObject;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::Object(document) => Ok(document),
            other => Err(NotAnObject(other.kind())),
        }
    }
}

impl TryFrom<serde_json::Value> for Document {
    type Error = NotAnObject;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        Value::from(value).try_into()
    }
}

impl IntoIterator for Document {
    type Item = (String, Value);
    type IntoIter = indexmap::map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Writes a [`Document`] like JSON, with Rust expressions as values.
///
/// ```
/// let name = "Teapot";
/// let product = astra_db::doc!({"name": name, "tags": ["kitchen", "tea"], "stock": 3});
/// assert_eq!(product.get("stock").and_then(|stock| stock.as_i64()), Some(3));
/// ```
///
/// The fields are those of [`serde_json::json!`], numbers beyond `u64` and `f64` included:
/// [`insert`](Document::insert) an exact [`Number`](crate::Number) afterwards.
#[macro_export]
macro_rules! doc {
    ({ $($fields:tt)* }) => {
        $crate::Document::from($crate::__private::object($crate::__private::json!({ $($fields)* })))
    };
}
