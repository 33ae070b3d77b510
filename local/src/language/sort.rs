//! Sorts: the order documents are answered in.

use crate::document::id::DocumentId;
use crate::document::scalar::{BYTES, Content, Scalar};
use crate::document::special;
use crate::ejson::abbreviated;
use crate::error::{ApiError, schema, sort};
use crate::indexing::Indexing;
use crate::json::{Number, Object, Value};
use crate::number::{Decimal, ordered};
use crate::path::DocumentPath;
use crate::{utf16, vector};

#[cfg(test)]
mod tests;

/// Keys of one sort. All of them are looked up in every document.
const MAX_KEYS: usize = 1000;

/// The sort of a command.
#[derive(Clone, Debug)]
pub(crate) enum Sort {
    None,
    Fields(FieldSort),
    /// By similarity to this vector. Whether the collection can compare with it is for the command to check.
    Vector(Vec<f32>),
    /// By similarity to the vector of this text, which is still to be made.
    Vectorize(String),
    /// By how well `$lexical` fits this text.
    Lexical(String),
}

/// A sort by the values of fields.
#[derive(Clone, Debug)]
pub(crate) struct FieldSort {
    keys: Vec<Key>,
    indexing: Indexing,
}

#[derive(Clone, Debug)]
struct Key {
    path: DocumentPath,
    descending: bool,
}

impl Sort {
    /// Reads the `sort` of a command. None, null and `{}` ask for no order.
    ///
    /// # Errors
    ///
    /// `SORT_CLAUSE_…`, `SHRED_BAD_VECTOR_…`, and `LEXICAL_NOT_ENABLED_FOR_COLLECTION`.
    pub(crate) fn parse(
        sort: Option<&Value>,
        indexing: &Indexing,
        lexical: bool,
    ) -> Result<Self, ApiError> {
        let object = match sort {
            None | Some(Value::Null) => return Ok(Self::None),
            Some(Value::Object(object)) => object,
            Some(other) => {
                return Err(sort::SORT_CLAUSE_INVALID
                    .because(format!("A sort must be an object, not {}.", other.kind())));
            }
        };
        if object.is_empty() {
            return Ok(Self::None);
        }
        if let (Some(value), true) = (object.get(special::LEXICAL), lexical) {
            check_alone(object, special::LEXICAL)?;
            return by_words(value);
        }
        if object.contains_key(special::LEXICAL) {
            return Err(schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION.because(
                "Lexical search is not enabled for this collection, so it cannot be sorted by `$lexical`.",
            ));
        }
        if let Some(value) = object.get(special::VECTOR) {
            check_alone(object, special::VECTOR)?;
            let vector = vector::of_sort(value)?;
            return if indexing.covers_vectors() {
                Ok(Self::Vector(vector))
            } else {
                Err(unindexed(special::VECTOR))
            };
        }
        if let Some(value) = object.get(special::VECTORIZE) {
            check_alone(object, special::VECTORIZE)?;
            return vectorize(value);
        }
        FieldSort::parse(object, indexing).map(Self::Fields)
    }
}

impl FieldSort {
    fn parse(object: &Object, indexing: &Indexing) -> Result<Self, ApiError> {
        if object.len() > MAX_KEYS {
            return Err(sort::SORT_CLAUSE_INVALID.because(format!(
                "A sort has at most {MAX_KEYS} keys; this one has {}.",
                object.len()
            )));
        }
        let paths: Result<Vec<_>, _> = object.keys().map(|path| read_path(path)).collect();
        let mut keys = Vec::with_capacity(object.len());
        for (path, direction) in paths?.into_iter().zip(object.values()) {
            let descending = is_descending(&path, direction)?;
            keys.push(Key { path, descending });
        }
        for Key { path, .. } in &keys {
            indexing.check_parts(path)?;
            if !indexing.covers(path.segments()) {
                return Err(unindexed(path.as_str()));
            }
        }
        Ok(Self {
            keys,
            indexing: indexing.clone(),
        })
    }

    /// Bytes of a stored document that compare as its place in the order. Documents that are alike to the sort go by
    /// `_id`, always ascending.
    pub(crate) fn key(&self, document: &Object) -> Vec<u8> {
        let part = self.indexing.indexed_part(document);
        let mut bytes = Vec::new();
        for key in &self.keys {
            let start = bytes.len();
            let value = key.path.find(&part).map(Content::at_path);
            encode(value.and_then(place).as_ref(), &mut bytes);
            if key.descending {
                for byte in &mut bytes[start..] {
                    *byte = !*byte;
                }
            }
        }
        if let Some(id) = document.get(special::ID)
            && let Ok(id) = DocumentId::from_value(id)
        {
            encode_id(&id, &mut bytes);
        }
        bytes
    }
}

fn unindexed(path: &str) -> ApiError {
    sort::SORT_CLAUSE_PATH_UNINDEXED.because(format!(
        "The path `{path}` is not indexed in this collection. Sort by another path, or create the collection with other \
         `indexing` options."
    ))
}

/// Where a value stands in a sort. Bytes stand among the texts, and several of them together.
fn place(content: Content<'_>) -> Option<Scalar<'_>> {
    match content {
        Content::Opaque => Some(Scalar::Text(BYTES.into())),
        other => other.ordering_scalar(),
    }
}

/// Bytes that compare as sorts do, and of which none is the beginning of another: missing, null, numbers, text,
/// booleans, dates.
fn encode(scalar: Option<&Scalar<'_>>, out: &mut Vec<u8>) {
    out.push(match scalar {
        None => 1,
        Some(Scalar::Null) => 2,
        Some(Scalar::Number(_)) => 3,
        Some(Scalar::Text(_)) => 4,
        Some(Scalar::Bool(_)) => 5,
        Some(Scalar::Date(_)) => 6,
    });
    match scalar {
        Some(Scalar::Text(text)) => encode_text(text, out),
        Some(other) => other.encode(out),
        None => {}
    }
}

/// Text in the order of UTF-16, with an end that is less than any character.
fn encode_text(text: &str, out: &mut Vec<u8>) {
    for byte in utf16::ordered_bytes(text) {
        out.push(byte);
        if byte == 0 {
            out.push(u8::MAX);
        }
    }
    out.extend([0, 0]);
}

/// Ids in their order: null, numbers, text, dates, `ObjectId`s and UUIDs, booleans.
fn encode_id(id: &DocumentId, out: &mut Vec<u8>) {
    match id {
        DocumentId::Null => out.push(1),
        DocumentId::Number(text) => {
            out.push(2);
            Decimal::parse(text.as_str()).encode(out);
        }
        DocumentId::Text(text) => {
            out.push(3);
            encode_text(text, out);
        }
        DocumentId::Date(instant) => {
            out.push(4);
            out.extend(ordered(*instant));
        }
        DocumentId::ObjectId(text) => {
            out.push(5);
            encode_text(text, out);
        }
        DocumentId::Uuid(text) => {
            out.push(6);
            encode_text(text, out);
        }
        DocumentId::Bool(value) => out.extend([7, u8::from(*value)]),
    }
}

fn check_alone(object: &Object, name: &str) -> Result<(), ApiError> {
    if object.len() == 1 {
        return Ok(());
    }
    Err(sort::SORT_CLAUSE_INVALID.because(format!(
        "A sort by `{name}` cannot have other keys. Sort by `{name}` alone, or by fields alone."
    )))
}

fn by_words(value: &Value) -> Result<Sort, ApiError> {
    match value {
        Value::String(text) => Ok(Sort::Lexical(text.clone())),
        other => Err(sort::SORT_CLAUSE_INVALID.because(format!(
            "A sort by `$lexical` takes the text to search for, not {}.",
            abbreviated(other)
        ))),
    }
}

fn vectorize(value: &Value) -> Result<Sort, ApiError> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(Sort::Vectorize(text.clone())),
        other => Err(sort::SORT_CLAUSE_VALUE_INVALID.because(format!(
            "A sort by `$vectorize` takes text that is not blank, not {}.",
            abbreviated(other)
        ))),
    }
}

fn read_path(path: &str) -> Result<DocumentPath, ApiError> {
    let invalid = |problem: String| {
        sort::SORT_CLAUSE_PATH_INVALID
            .because(format!("The sort path `{path}` is not valid: {problem}."))
    };
    if path.is_empty() {
        return Err(invalid("it is empty".to_owned()));
    }
    if path.starts_with('$') {
        return Err(invalid(
            "only `$vector`, `$vectorize` and `$lexical` can be sorted by among names with `$`"
                .to_owned(),
        ));
    }
    DocumentPath::parse_lenient(path).map_err(|problem| invalid(problem.to_string()))
}

fn is_descending(path: &DocumentPath, direction: &Value) -> Result<bool, ApiError> {
    match direction.as_number().map(Number::as_str) {
        Some("1") => Ok(false),
        Some("-1") => Ok(true),
        _ => Err(sort::SORT_CLAUSE_VALUE_INVALID.because(format!(
            "The direction of `{path}` must be 1 for ascending or -1 for descending, not {}.",
            abbreviated(direction)
        ))),
    }
}
