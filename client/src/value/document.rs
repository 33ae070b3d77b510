//! A document of any shape.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Serialize, Serializer};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use indexmap::IndexMap;

use super::{InvalidNumber, Value};
use crate::lost_order;

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
#[derive(Clone, Default)]
pub struct Document {
    fields: IndexMap<String, Value>,
    /// Whether it was made of an object of `serde_json` that has sorted its fields.
    order_lost: bool,
}

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
        self.fields.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of the field `name`; names are taken literally, dots included.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// The value of the field `name`, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.fields.get_mut(name)
    }

    /// Whether there is a field `name`, `null` or not.
    pub fn contains_key(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Sets the field `name` and returns what it held. A new field goes to the end, an old one
    /// keeps its place.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.fields.insert(name.into(), value.into())
    }

    /// Takes the field `name` out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.fields.shift_remove(name)
    }

    /// The fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value))
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
        crate::json::decode(&self.to_string())
    }

    /// Any thing that serialises to a JSON object as a document; the inverse of
    /// [`decode`](Self::decode).
    pub fn encode<T: Serialize + ?Sized>(thing: &T) -> Result<Self, serde_json::Error> {
        match Value::encode(thing)? {
            Value::Object(document) => Ok(document),
            other => Err(serde_json::Error::custom(NotAnObject(other.kind()))),
        }
    }

    pub(super) fn mark_order_lost(&mut self) {
        self.order_lost |= self.len() > 1;
        self.fields.values_mut().for_each(Value::mark_order_lost);
    }
}

/// Objects are equal whatever the order of their fields.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Document {}

/// Objects are equal whatever the order of their fields, so the order must not reach the hash.
impl Hash for Document {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let hash_field = |field| BuildHasherDefault::<DefaultHasher>::default().hash_one(field);
        let sum = self
            .fields
            .iter()
            .map(hash_field)
            .fold(0, u64::wrapping_add);
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

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(&self.fields).finish()
    }
}

/// Parses the text of a JSON object, keeping its numbers.
impl FromStr for Document {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value: Value = text.parse()?;
        value.try_into().map_err(serde_json::Error::custom)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.order_lost {
            lost_order::note_lost();
        }
        serializer.collect_map(&self.fields)
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Document {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        Self {
            fields: fields
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            order_lost: false,
        }
    }
}

impl<N: Into<String>, V: Into<Value>, const COUNT: usize> From<[(N, V); COUNT]> for Document {
    fn from(fields: [(N, V); COUNT]) -> Self {
        fields.into_iter().collect()
    }
}

impl From<serde_json::Map<String, serde_json::Value>> for Document {
    fn from(fields: serde_json::Map<String, serde_json::Value>) -> Self {
        let mut document: Self = fields.into_iter().collect();
        document.order_lost = !lost_order::is_kept() && document.len() > 1;
        document
    }
}

/// Fails where a number would be rounded: [`serde_json::Value`] holds `i64`, `u64` and `f64` only.
///
/// ```
/// let document = astra_db::doc!({"name": "Teapot", "stock": [3, 4]});
/// let map = serde_json::Map::try_from(document.clone())?;
/// assert_eq!(map["stock"][1], 4);
/// assert_eq!(astra_db::Document::from(map), document);
/// # Ok::<(), astra_db::value::InvalidNumber>(())
/// ```
impl TryFrom<Document> for serde_json::Map<String, serde_json::Value> {
    type Error = InvalidNumber;

    fn try_from(document: Document) -> Result<Self, InvalidNumber> {
        let fields = document.into_iter();
        fields
            .map(|(name, value)| Ok((name, value.try_into()?)))
            .collect()
    }
}

/// Fails where a number would be rounded, as its fields do.
impl TryFrom<Document> for serde_json::Value {
    type Error = InvalidNumber;

    fn try_from(document: Document) -> Result<Self, InvalidNumber> {
        serde_json::Map::try_from(document).map(Self::Object)
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
        self.fields.into_iter()
    }
}
