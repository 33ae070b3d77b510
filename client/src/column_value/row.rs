//! A row of any shape.

use std::fmt;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};

use crate::value::{Document, Value};

/// A row of any shape: its columns in their order, its numbers as they were written.
///
/// This is what a [`Table`](crate::Table) holds when it is given no type, and what the primary key
/// of an inserted row comes as. The order of the columns in a row of the server means nothing.
///
/// ```
/// use astra_db::Row;
/// use astra_db::table::{Date, Uuid};
///
/// let id: Uuid = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55".parse()?;
/// let row = Row::new().with("id", id).with("bought", Date::new(2024, 1, 31)).with("wheels", 4);
/// assert_eq!(
///     row.to_string(),
///     r#"{"id":"0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55","bought":"2024-01-31","wheels":4}"#,
/// );
/// assert_eq!(row.read::<Uuid>("id")?, id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Row(Document);

impl Row {
    /// A row without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same row with one more column, or another value in one it has.
    #[must_use]
    pub fn with(mut self, column: impl Into<String>, value: impl Into<Value>) -> Self {
        self.insert(column, value);
        self
    }

    /// Sets a column and returns what it held.
    pub fn insert(&mut self, column: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(column, value)
    }

    /// Takes a column out.
    pub fn remove(&mut self, column: &str) -> Option<Value> {
        self.0.remove(column)
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a column as it is on the wire; `None` if the row does not have the column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.0.get(column)
    }

    /// The value of a column as a type of yours or one of [`table`](crate::table); a column the row
    /// does not have reads as `null`.
    ///
    /// # Errors
    /// When the value does not fit the type.
    ///
    /// ```
    /// use astra_db::Row;
    /// use astra_db::table::Time;
    ///
    /// let row: Row = r#"{"opens": "09:30"}"#.parse()?;
    /// assert_eq!(row.read::<Option<Time>>("opens")?, Time::new(9, 30, 0, 0));
    /// assert_eq!(row.read::<Option<Time>>("closes")?, None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn read<T: DeserializeOwned>(&self, column: &str) -> Result<T, serde_json::Error> {
        let value = self.get(column).unwrap_or(&Value::Null);
        value.decode().map_err(|error| {
            serde_json::Error::custom(format_args!("column \"{column}\": {error}"))
        })
    }

    /// The columns in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter()
    }

    /// This row as a type of yours.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.0.decode()
    }

    /// Anything that serialises to a JSON object as a row; the inverse of
    /// [`decode`](Self::decode).
    pub fn encode<T: Serialize + ?Sized>(thing: &T) -> Result<Self, serde_json::Error> {
        Document::encode(thing).map(Self)
    }
}

/// Compact JSON.
impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

/// Parses the text of a JSON object, keeping its numbers.
impl FromStr for Row {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl From<Document> for Row {
    fn from(columns: Document) -> Self {
        Self(columns)
    }
}

impl From<Row> for Document {
    fn from(row: Row) -> Self {
        row.0
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Row {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(columns: I) -> Self {
        Self(columns.into_iter().collect())
    }
}

impl<N: Into<String>, V: Into<Value>, const COUNT: usize> From<[(N, V); COUNT]> for Row {
    fn from(columns: [(N, V); COUNT]) -> Self {
        columns.into_iter().collect()
    }
}

impl IntoIterator for Row {
    type Item = (String, Value);
    type IntoIter = indexmap::map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
