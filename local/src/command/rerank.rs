//! findAndRerank: a hybrid sort, its limits, and a choice of the reranking model.

use super::arguments::Arguments;
use super::schema::ServiceOptions;
use super::shape::{invalid, mismatch};
use crate::error::{ApiError, request};
use crate::json::{Object, Value};
use crate::limits::Limits;

#[derive(Debug)]
pub(crate) struct FindAndRerank {
    pub(crate) filter: Option<Value>,
    pub(crate) projection: Option<Value>,
    pub(crate) hybrid: Hybrid,
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

impl FindAndRerank {
    pub(super) fn build(arguments: &mut Arguments, limits: &Limits) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        let hybrid = Hybrid::read(arguments.json("sort").as_ref())?;
        if let Some(hybrid) = options.json("hybridLimits") {
            check_limits(&hybrid, limits)?;
        }
        Ok(Self {
            filter: arguments.json("filter"),
            projection: arguments.json("projection"),
            hybrid,
            rerank_query: options.text("rerankQuery").filter(|text| !text.is_empty()),
            rerank: options.shape("rerank").map(ServiceOptions::from_arguments),
        })
    }
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
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::String(text)) => Ok(Self {
                vectorize: !text.is_empty(),
                vector: false,
                lexical: !text.is_empty(),
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
                ("$vectorize", Value::String(_)) => hybrid.vectorize = true,
                ("$lexical", Value::String(_)) => hybrid.lexical = true,
                ("$vector", Value::Array(_) | Value::Object(_)) => hybrid.vector = true,
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

/// One limit for both searches, or one for each.
fn check_limits(hybrid: &Value, limits: &Limits) -> Result<(), ApiError> {
    const PLACE: &str = "findAndRerank.options.hybridLimits";
    let parts: Vec<(&str, &Value)> = match hybrid {
        Value::Number(_) => vec![("$vector", hybrid), ("$lexical", hybrid)],
        Value::Object(object) if object.len() == 2 => object
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect(),
        other => {
            let expected = "an integer, or an object with $vector and $lexical";
            return Err(mismatch(
                "hybridLimits",
                "findAndRerank.options",
                expected,
                other,
            ));
        }
    };
    for (name, value) in parts {
        let Some(number) = value
            .as_number()
            .filter(|_| matches!(name, "$vector" | "$lexical"))
        else {
            return Err(mismatch(
                name,
                PLACE,
                "an integer for $vector or $lexical",
                value,
            ));
        };
        let in_range = number
            .as_str()
            .parse()
            .is_ok_and(|number| (1..=limits.hybrid_search).contains(&number));
        if !in_range {
            let problem = format!(
                "must be from 1 to {}; it is {}",
                limits.hybrid_search,
                number.as_str()
            );
            return Err(invalid(&format!("hybridLimits.{name}"), &problem));
        }
    }
    Ok(())
}
