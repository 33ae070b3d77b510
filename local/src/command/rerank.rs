//! findAndRerank: a hybrid sort, its limits, and a choice of the reranking model.

use super::arguments::Arguments;
use super::schema::ServiceOptions;
use super::shape::{invalid, mismatch};
use crate::error::{ApiError, request};
use crate::json::{Object, Value, lenient};
use crate::limits::Limits;
use crate::vector;

#[derive(Debug)]
pub(crate) struct FindAndRerank {
    pub(crate) filter: Option<Value>,
    pub(crate) hybrid: Hybrid,
    limits: Option<HybridLimits>,
    /// The text to rerank by, where it is not the one to search by.
    pub(crate) rerank_query: Option<String>,
    /// A model in place of the collection's own.
    pub(crate) rerank: Option<ServiceOptions>,
}

/// Which searches a hybrid sort asks for. None of them can run here, so what they look for is not kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hybrid {
    pub(crate) vectorize: bool,
    pub(crate) vector: bool,
    pub(crate) lexical: bool,
}

/// How many documents each of the two searches may find.
#[derive(Clone, Copy, Debug)]
struct HybridLimits {
    vector: i32,
    lexical: i32,
}

impl FindAndRerank {
    pub(super) fn build(arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        let hybrid = Hybrid::read(arguments.json("sort").as_ref())?;
        let limits = options.json("hybridLimits").map(HybridLimits::read);
        Ok(Self {
            filter: arguments.json("filter"),
            hybrid,
            limits: limits.transpose()?,
            rerank_query: options.text("rerankQuery").filter(|text| is_text(text)),
            rerank: options.shape("rerank").map(ServiceOptions::from_arguments),
        })
    }
}

impl FindAndRerank {
    /// Holds the limits of the searches against what is possible, which the real server does only for a collection that
    /// could be searched.
    pub(crate) fn check_limits(&self, limits: &Limits) -> Result<(), ApiError> {
        let Some(HybridLimits { vector, lexical }) = self.limits else {
            return Ok(());
        };
        let possible = 1..=i64::from(limits.hybrid_search);
        for (name, limit) in [("$vector", vector), ("$lexical", lexical)] {
            if !possible.contains(&i64::from(limit)) {
                let problem = format!("must be from 1 to {}; it is {limit}", possible.end());
                return Err(invalid(&format!("hybridLimits.{name}"), &problem));
            }
        }
        Ok(())
    }
}

/// Whether there is anything to search by: blanks are as good as nothing.
fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

impl Hybrid {
    fn read(sort: Option<&Value>) -> Result<Self, ApiError> {
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
                vectorize: is_text(text),
                vector: false,
                lexical: is_text(text),
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
                ("$vectorize", Value::String(text)) => hybrid.vectorize = is_text(text),
                ("$lexical", Value::String(text)) => hybrid.lexical = is_text(text),
                ("$vector", Value::Array(_)) => {
                    vector::of_sort(value)?;
                    hybrid.vector = true;
                }
                ("$vector", Value::Object(_)) if vector::of_sort(value).is_ok() => {
                    hybrid.vector = true;
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
    fn read(given: Value) -> Result<Self, ApiError> {
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
