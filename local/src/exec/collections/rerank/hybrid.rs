//! What findAndRerank searches for: its hybrid sort, and the limits of the two searches.

use crate::command::shape::mismatch;
use crate::error::{ApiError, request};
use crate::json::{Object, Value, lenient};
use crate::vector;

/// What a hybrid sort searches for.
#[derive(Clone, Debug, Default)]
pub(super) struct Hybrid {
    pub(super) vectorize: Option<String>,
    pub(super) vector: Option<Vec<f32>>,
    pub(super) lexical: Option<String>,
}

/// How many documents each of the two searches may find.
#[derive(Clone, Copy, Debug)]
pub(super) struct HybridLimits {
    pub(super) vector: i32,
    pub(super) lexical: i32,
}

/// Whether there is anything to search by: blanks are as good as nothing.
pub(super) fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

fn some_text(text: &str) -> Option<String> {
    is_text(text).then(|| text.to_owned())
}

impl Hybrid {
    pub(super) fn read(sort: Option<&Value>) -> Result<Self, ApiError> {
        let Some(sort) = sort else {
            return Ok(Self::default());
        };
        let Some(object) = sort.as_object() else {
            return Err(mismatch(
                "sort",
                "findAndRerank",
                "an object with the one field '$hybrid'",
                sort,
            ));
        };
        if let Some(other) = object.keys().find(|name| *name != "$hybrid") {
            let message = format!(
                "The sort of findAndRerank has the one field '$hybrid'; this one has '{other}'."
            );
            return Err(request::REQUEST_STRUCTURE_MISMATCH.because(message));
        }
        match object.get("$hybrid") {
            None => Ok(Self::default()),
            Some(Value::String(text)) => Ok(Self {
                vectorize: some_text(text),
                vector: None,
                lexical: some_text(text),
            }),
            Some(Value::Object(parts)) => Self::read_parts(parts),
            Some(other) => Err(mismatch(
                "$hybrid",
                "findAndRerank.sort",
                "a string or an object",
                other,
            )),
        }
    }

    fn read_parts(parts: &Object) -> Result<Self, ApiError> {
        const PLACE: &str = "findAndRerank.sort.$hybrid";
        let mut hybrid = Self::default();
        for (name, value) in parts {
            match (name.as_str(), value) {
                ("$vectorize" | "$lexical" | "$vector", Value::Null) => {}
                ("$vectorize", Value::String(text)) => hybrid.vectorize = some_text(text),
                ("$lexical", Value::String(text)) => hybrid.lexical = some_text(text),
                ("$vector", Value::Array(_)) => hybrid.vector = Some(vector::of_sort(value)?),
                ("$vector", Value::Object(_)) if vector::of_sort(value).is_ok() => {
                    hybrid.vector = vector::of_sort(value).ok();
                }
                ("$vectorize" | "$lexical", value) => {
                    return Err(mismatch(name, PLACE, "a string", value));
                }
                ("$vector", value) => return Err(mismatch(name, PLACE, "a vector", value)),
                _ => {
                    let message = format!(
                        "'$hybrid' has the fields $lexical, $vector and $vectorize, not '{name}'."
                    );
                    return Err(request::REQUEST_STRUCTURE_MISMATCH.because(message));
                }
            }
        }
        Ok(hybrid)
    }
}

impl HybridLimits {
    /// One limit for both searches, or one for each.
    pub(super) fn read(given: Value) -> Result<Self, ApiError> {
        match given {
            Value::Number(_) => {
                let both = limit("hybridLimits", Some(&given))?;
                Ok(Self {
                    vector: both,
                    lexical: both,
                })
            }
            Value::Object(object) if object.len() == 2 => Ok(Self {
                vector: limit("$vector", object.get("$vector"))?,
                lexical: limit("$lexical", object.get("$lexical"))?,
            }),
            other => Err(mismatch(
                "hybridLimits",
                "findAndRerank.options",
                "an integer, or an object with $vector and $lexical",
                &other,
            )),
        }
    }
}

/// A limit as a number without its fraction; one too large for that is out of every range.
fn limit(name: &str, value: Option<&Value>) -> Result<i32, ApiError> {
    match value {
        Some(number @ Value::Number(_)) => {
            let limit = lenient::integer(number.clone()).ok().flatten();
            Ok(limit.unwrap_or(i32::MAX))
        }
        other => Err(mismatch(
            name,
            "findAndRerank.options.hybridLimits",
            "an integer",
            other.unwrap_or(&Value::Null),
        )),
    }
}
