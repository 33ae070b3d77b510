//! findAndRerank: a hybrid sort, its limits, and a choice of the reranking model.

use std::sync::Arc;

use super::scope::{OnCollection, Scope};
use crate::command::arguments::Arguments;
use crate::command::fields::{FILTER, LIMIT, PROJECTION, SORT};
use crate::command::service::{SERVICE, ServiceOptions};
use crate::command::shape::{Field, Shape, invalid, mismatch};
use crate::command::{Clauses, Command};
use crate::definition::CollectionDefinition;
use crate::error::{ApiError, request, schema, sort};
use crate::exec::schema::providers::rerank_problem;
use crate::json::{Object, Value, lenient};
use crate::limits::Limits;
use crate::response::Answer;
use crate::storage::Storage;
use crate::vector;

#[derive(Debug)]
pub(crate) struct FindAndRerank {
    clauses: Clauses,
    hybrid: Hybrid,
    limits: Option<HybridLimits>,
    /// The text to rerank by, where it is not the one to search by.
    rerank_query: Option<String>,
    /// A model in place of the collection's own.
    rerank: Option<ServiceOptions>,
}

/// Which searches a hybrid sort asks for. None of them can run here, so what they look for is not kept.
#[derive(Clone, Copy, Debug, Default)]
struct Hybrid {
    vectorize: bool,
    vector: bool,
    lexical: bool,
}

/// How many documents each of the two searches may find.
#[derive(Clone, Copy, Debug)]
struct HybridLimits {
    vector: i32,
    lexical: i32,
}

impl Command for FindAndRerank {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        PROJECTION,
        SORT,
        Field::shape(
            "options",
            &Shape::of(&[
                LIMIT,
                Field::clause("hybridLimits"),
                Field::text("rerankOn"),
                Field::text("rerankQuery"),
                Field::flag("includeScores"),
                Field::flag("includeSortVector"),
                Field::shape("rerank", &SERVICE),
            ]),
        ),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        let hybrid = Hybrid::read(arguments.json("sort").as_ref())?;
        let limits = options.json("hybridLimits").map(HybridLimits::read);
        Ok(Self {
            clauses: Clauses::take(arguments),
            hybrid,
            limits: limits.transpose()?,
            rerank_query: options.text("rerankQuery").filter(|text| is_text(text)),
            rerank: options.shape("rerank").map(ServiceOptions::from_arguments),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

impl OnCollection for FindAndRerank {
    fn run(self, scope: &Arc<Scope>, _: &Storage) -> Result<Answer, ApiError> {
        refuse(&scope.collection.definition, &self, &scope.limits)?;
        scope.filter(self.clauses.filter.as_ref())?;
        Err(unavailable())
    }
}

impl FindAndRerank {
    /// Holds the limits of the searches against what is possible, which the real server does only for a collection that
    /// could be searched.
    fn check_limits(&self, limits: &Limits) -> Result<(), ApiError> {
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

/// Holds findAndRerank against what the collection has, in the order in which the real server does.
fn refuse(
    collection: &CollectionDefinition,
    command: &FindAndRerank,
    limits: &Limits,
) -> Result<(), ApiError> {
    let hybrid = command.hybrid;
    if (hybrid.vectorize || hybrid.vector) && collection.vector.is_none() {
        return Err(sort::UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION.because(
            "The collection has no vectors. Create it with the option 'vector' to search by them.",
        ));
    }
    if hybrid.vectorize {
        return Err(sort::UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION
            .because("The collection has no embedding service to make a vector of the text. Sort by '$vector' instead."));
    }
    if hybrid.lexical {
        return Err(schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION
            .because("The collection has no lexical search; the local Data API has none."));
    }
    command.check_limits(limits)?;
    if let Some(problem) = command.rerank.as_ref().and_then(rerank_problem) {
        return Err(request::INVALID_RERANK_OVERRIDE.because(problem));
    }
    if collection.rerank.is_none() && command.rerank.is_none() {
        return Err(request::UNSUPPORTED_RERANKING_COMMAND.because(
            "The collection does not rerank. Create it with the option 'rerank' enabled.",
        ));
    }
    if command.rerank_query.is_none() {
        return Err(request::MISSING_RERANK_QUERY_TEXT
            .because("There is no text to rerank by. Give a text in the sort's '$hybrid', or in the option 'rerankQuery'."));
    }
    Ok(())
}

/// Why findAndRerank cannot be run at all.
fn unavailable() -> ApiError {
    schema::RERANKING_SERVICE_TYPE_UNAVAILABLE.because(
        "The local Data API calls no reranking service. Use find with a '$vector' sort instead.",
    )
}
