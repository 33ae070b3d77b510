//! In which order documents come.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use crate::field_order;
use crate::value::{Document, Value, Vector};

/// The order of documents: by fields, or by likeness to a vector or a text.
///
/// Every `.sort(..)` takes this, pairs of a path and `1` or `-1`, or JSON. The order of the keys
/// counts.
///
/// ```
/// use astra_db::Sort;
///
/// let by_price = Sort::ascending("price").then_descending("rating");
/// assert_eq!(by_price, Sort::from([("price", 1), ("rating", -1)]));
/// assert_eq!(by_price, Sort::from(serde_json::json!({"price": 1, "rating": -1})));
/// let nearest = Sort::vector([0.1, 0.2, 0.3]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sort(Value);

/// Fails if it was made of an object of `serde_json` that has lost the order of its fields.
impl Serialize for Sort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = field_order::write(&self.0, field_order::of_sort);
        json.map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl Sort {
    /// By the field at `path`, smallest first. Documents without it come first of all.
    pub fn ascending(path: impl Into<String>) -> Self {
        Self::from([(path.into(), 1)])
    }

    /// By the field at `path`, greatest first.
    pub fn descending(path: impl Into<String>) -> Self {
        Self::from([(path.into(), -1)])
    }

    /// Where that leaves documents equal, by a further field, smallest first.
    #[must_use]
    pub fn then_ascending(self, path: impl Into<String>) -> Self {
        self.then(Self::ascending(path))
    }

    /// Where that leaves documents equal, by a further field, greatest first.
    #[must_use]
    pub fn then_descending(self, path: impl Into<String>) -> Self {
        self.then(Self::descending(path))
    }

    /// By likeness to a vector, the most similar first.
    pub fn vector(vector: impl Into<Vector>) -> Self {
        Self(Value::Object(Document::from([(
            "$vector",
            Value::from(vector.into()),
        )])))
    }

    /// By likeness to a text, which the collection's embedding service turns into a vector.
    pub fn vectorize(text: impl Into<String>) -> Self {
        Self(Value::Object(Document::from([("$vectorize", text.into())])))
    }

    /// By the likeness of a vector column of a table to a vector, the most similar first.
    ///
    /// ```
    /// let sort = astra_db::Sort::vector_column("embedding", [1.0, 0.0]);
    /// let json = serde_json::to_string(&sort)?;
    /// assert_eq!(json, r#"{"embedding":{"$binary":"P4AAAAAAAAA="}}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn vector_column(column: impl Into<String>, vector: impl Into<Vector>) -> Self {
        Self(Value::Object(Document::from([(
            column,
            Value::from(vector.into()),
        )])))
    }

    /// By the likeness of a column of a table to a text: of a text column with a text index by its
    /// words (BM25), of a vector column by what its embedding service makes of the text.
    pub fn text_column(column: impl Into<String>, text: impl Into<String>) -> Self {
        Self(Value::Object(Document::from([(column, text.into())])))
    }

    /// By how well `$lexical` matches a text (BM25), the best first.
    pub fn lexical(text: impl Into<String>) -> Self {
        Self(Value::Object(Document::from([("$lexical", text.into())])))
    }

    /// Where that leaves documents equal, in a further order.
    #[must_use]
    pub fn then(self, further: Self) -> Self {
        Self(match (self.0, further.0) {
            (Value::Object(mut sort), Value::Object(further)) => {
                for (path, direction) in further {
                    sort.insert(path, direction);
                }
                Value::Object(sort)
            }
            (sort, _) => sort,
        })
    }

    /// Whether it makes the server search by a vector.
    pub(crate) fn is_by_vector(&self) -> bool {
        self.0
            .get("$vector")
            .or_else(|| self.0.get("$vectorize"))
            .is_some()
    }

    /// Whether it makes the server search a table by a vector, or perhaps by words.
    pub(crate) fn is_by_column_content(&self) -> bool {
        let mut columns = self.0.as_object().into_iter().flat_map(Document::iter);
        columns.any(|(_, value)| value.as_number().is_none())
    }
}

impl<N: Into<String>, const COUNT: usize> From<[(N, i32); COUNT]> for Sort {
    fn from(pairs: [(N, i32); COUNT]) -> Self {
        Self(Value::Object(Document::from(pairs)))
    }
}

impl<N: Into<String>> From<Vec<(N, i32)>> for Sort {
    fn from(pairs: Vec<(N, i32)>) -> Self {
        Self(Value::Object(pairs.into_iter().collect()))
    }
}

impl<N: Into<String> + Clone> From<&[(N, i32)]> for Sort {
    fn from(pairs: &[(N, i32)]) -> Self {
        Self(Value::Object(pairs.iter().cloned().collect()))
    }
}

impl From<serde_json::Value> for Sort {
    fn from(sort: serde_json::Value) -> Self {
        Self(sort.into())
    }
}

impl From<Document> for Sort {
    fn from(sort: Document) -> Self {
        Self(Value::Object(sort))
    }
}
