//! What an operator of updates is, and what it does at a path.

use crate::document::special;
use crate::error::{ApiError, Kind, update};
use crate::json::{Number, Value};
use crate::path::DocumentPath;

/// An operator: what is asked of its paths, and what reads the argument of one.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    pub(super) parse: Parse,
    /// Whether it takes numbers, and fields only.
    pub(super) numeric: bool,
    /// Whether it works on the fields whose names begin with `$`.
    pub(super) sets_special_fields: bool,
    /// Whether it changes only documents made by an upsert.
    pub(super) only_on_insert: bool,
    /// Fields of one operator at most.
    pub(super) most_fields: usize,
}

/// Reads the argument of a path, given by name.
pub(super) type Parse = fn(&Operator, &str, &Value) -> Result<Change, ApiError>;

#[derive(Clone, Debug)]
pub(super) struct Action {
    pub(super) path: DocumentPath,
    pub(super) change: Change,
}

/// What to do at a path.
#[derive(Clone, Debug)]
pub(super) enum Change {
    AddToSet(Vec<Value>),
    CurrentDate,
    Increment(Number),
    Maximum(Value),
    Minimum(Value),
    Multiply(Number),
    Pop {
        first: bool,
    },
    Push {
        values: Vec<Value>,
        position: Option<i64>,
    },
    Rename(DocumentPath),
    Set(Value),
    Unset,
}

impl Operator {
    pub(super) const fn new(name: &'static str, parse: Parse) -> Self {
        Self {
            name,
            parse,
            numeric: false,
            sets_special_fields: false,
            only_on_insert: false,
            most_fields: usize::MAX,
        }
    }

    /// Refuses paths an operator does not work on.
    pub(super) fn check_field(&self, name: &str) -> Result<(), ApiError> {
        let refused = |kind: &'static Kind, hint: &str| {
            Err(kind.because(format!("`{}` cannot change `{name}`. {hint}", self.name)))
        };
        if self.numeric && name.starts_with('$') {
            return refused(
                &update::UNSUPPORTED_UPDATE_OPERATION_MODIFIER,
                "It takes fields, and no modifiers.",
            );
        }
        let set = "Use `$set` or `$unset`.";
        match name {
            special::ID if self.only_on_insert => Ok(()),
            special::ID => refused(
                &update::UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID,
                "The `_id` of a document never changes; only `$setOnInsert` can choose it for a new one.",
            ),
            _ if self.sets_special_fields => Ok(()),
            special::VECTOR => refused(&update::UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR, set),
            special::VECTORIZE => refused(&update::UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE, set),
            special::LEXICAL => refused(&update::UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL, set),
            _ => Ok(()),
        }
    }
}

pub(super) fn read_path(path: &str) -> Result<DocumentPath, ApiError> {
    DocumentPath::parse(path).map_err(|problem| {
        update::UNSUPPORTED_UPDATE_OPERATION_PATH
            .because(format!("The update path `{path}` is not valid: {problem}."))
    })
}
