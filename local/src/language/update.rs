//! Updates: how a command changes the documents it is about.
//!
//! [`Update::parse`] checks everything that can be checked without a document. [`Update::apply`] changes one; the
//! result is still to be brought into the form of a stored document by [`crate::document::prepare`].

mod arrays;
mod fields;
mod numbers;
mod operator;
pub(crate) mod operators;
mod order;
mod replacement;
mod target;
mod upsert;

pub(crate) use replacement::Replacement;
pub(crate) use upsert::upsert_document;

use std::cmp::Ordering;

use crate::document::special;
use crate::error::{ApiError, schema, update};
use crate::json::{Object, Value};
use crate::utf16;
use operator::{Action, Change, Operator, read_path};
use operators::OPERATORS;
use target::Draft;

#[cfg(test)]
mod tests;

/// The update of a command: its operators in the order they are executed, which is alphabetical whatever the order
/// they were sent in.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    operations: Vec<Operation>,
}

/// What became of a document.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) document: Object,
    /// Whether the change counts as one. It may count though nothing looks different: `$push` of no values does, and
    /// so does `1.0` in place of `1`.
    pub(crate) modified: bool,
    /// The text that the vector of the document is to be made of.
    pub(crate) text: Option<String>,
}

/// One operator with its paths, in their order.
#[derive(Clone, Debug)]
struct Operation {
    operator: &'static Operator,
    actions: Vec<Action>,
}

/// The one operator that only tables have.
const PULL_ALL: &str = "$pullAll";

/// Tells an update that is none, whether it is for a collection or a table: its operators exist and have objects.
///
/// # Errors
///
/// `UNSUPPORTED_UPDATE_OPERATION`, `UNSUPPORTED_UPDATE_DATA_TYPE` and `INVALID_USAGE_OF_VECTORIZE`.
pub(crate) fn check(update: &Value) -> Result<(), ApiError> {
    let Value::Object(object) = update else {
        return Err(bad_argument("An update", update));
    };
    for (name, argument) in object {
        if name != PULL_ALL && operators::named(name).is_none() {
            return Err(unknown_operator(name));
        }
        if argument.as_object().is_none() {
            return Err(bad_argument(&format!("The argument of `{name}`"), argument));
        }
    }
    check_vectorize(object)
}

impl Update {
    /// Reads the `update` of a command.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_UPDATE_…`, and `INVALID_USAGE_OF_VECTORIZE`.
    pub(crate) fn parse(update: &Value) -> Result<Self, ApiError> {
        check(update)?;
        let arguments = |operator: &'static Operator| {
            let paths = update.as_object()?.get(operator.name)?.as_object()?;
            Some(Operation::parse(operator, paths))
        };
        let operations = OPERATORS
            .iter()
            .filter_map(arguments)
            .collect::<Result<Vec<_>, _>>()?;
        if update
            .as_object()
            .is_some_and(|object| object.contains_key(PULL_ALL))
        {
            return Err(unknown_operator(PULL_ALL));
        }
        check_conflicts(&operations)?;
        Ok(Self { operations })
    }

    /// Changes a document. `inserting` is whether it is new, made by an upsert; `now_ms` is the time, in milliseconds
    /// since 1970.
    ///
    /// # Errors
    ///
    /// If a path cannot be followed or what is there is of the wrong type.
    pub(crate) fn apply(
        &self,
        document: &Object,
        inserting: bool,
        now_ms: i64,
    ) -> Result<Applied, ApiError> {
        let mut draft = Draft::new(document.clone());
        let mut modified = false;
        for operation in &self.operations {
            if inserting || !operation.operator.only_on_insert {
                modified |= operation.apply(&mut draft, now_ms)?;
            }
        }
        Ok(Applied {
            text: draft.text.take(),
            document: draft.into_document(),
            modified,
        })
    }
}

impl Operation {
    fn parse(operator: &'static Operator, paths: &Object) -> Result<Self, ApiError> {
        if paths.len() > operator.most_fields {
            return Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
                "`{}` has {} fields, more than the {} allowed. Send several updates.",
                operator.name,
                paths.len(),
                operator.most_fields
            )));
        }
        let mut actions = Vec::with_capacity(paths.len());
        for (name, argument) in paths {
            operator.check_field(name)?;
            let change = (operator.parse)(operator, name, argument)?;
            actions.push(Action {
                path: read_path(name)?,
                change,
            });
        }
        actions.sort_by(|left, right| utf16::compare(left.path.as_str(), right.path.as_str()));
        Ok(Self { operator, actions })
    }

    fn apply(&self, draft: &mut Draft, now_ms: i64) -> Result<bool, ApiError> {
        if let [
            Action {
                change: Change::Unset,
                ..
            },
            ..,
        ] = self.actions.as_slice()
        {
            return Ok(fields::unset(draft, &self.actions));
        }
        let mut modified = false;
        for action in &self.actions {
            modified |= action.apply(draft, now_ms)?;
        }
        Ok(modified)
    }
}

impl Action {
    /// Changes a document, and tells whether that counts as a modification.
    fn apply(&self, draft: &mut Draft, now_ms: i64) -> Result<bool, ApiError> {
        let path = &self.path;
        match &self.change {
            Change::AddToSet(values) => arrays::add_to_set(draft, path, values),
            Change::CurrentDate => fields::set(draft, path, &fields::date(now_ms)),
            Change::Increment(number) => numbers::increment(draft, path, number),
            Change::Maximum(value) => order::replace_if(draft, path, value, Ordering::is_lt),
            Change::Minimum(value) => order::replace_if(draft, path, value, Ordering::is_gt),
            Change::Multiply(number) => numbers::multiply(draft, path, number),
            Change::Pop { first } => arrays::pop(draft, path, *first),
            Change::Push { values, position } => arrays::push(draft, path, values, *position),
            Change::Rename(to) => fields::rename(draft, path, to),
            Change::Set(value) => fields::set_with_vectors(draft, path, value),
            // An operation of these takes them all out at once.
            Change::Unset => Ok(false),
        }
    }
}

/// A vector and the text to make one of cannot be given at once.
fn check_vectorize(update: &Object) -> Result<(), ApiError> {
    let both = ["$set", "$unset"].iter().any(|operator| {
        let paths = update.get(operator).and_then(Value::as_object);
        paths.is_some_and(|paths| {
            paths.contains_key(special::VECTOR) && paths.contains_key(special::VECTORIZE)
        })
    });
    if both {
        return Err(schema::INVALID_USAGE_OF_VECTORIZE.because(
            "An update cannot change both `$vector` and `$vectorize`. Change one of them; the other follows.",
        ));
    }
    Ok(())
}

/// No two changes may be of one path, and none of a path below the first one. The real server means to refuse any path
/// below another, but compares each with the first in their order only; where it lets such changes pass, they are made
/// one after the other.
fn check_conflicts(operations: &[Operation]) -> Result<(), ApiError> {
    let mut paths: Vec<_> = operations
        .iter()
        .flat_map(|operation| {
            operation
                .actions
                .iter()
                .map(|action| (&action.path, operation.operator))
        })
        .collect();
    paths.sort_by(|(left, _), (right, _)| left.segments().cmp(right.segments()));
    let same = paths
        .windows(2)
        .find(|pair| pair[0].0 == pair[1].0)
        .map(|pair| (pair[0], pair[1]));
    let below = || {
        let (first, rest) = paths.split_first()?;
        let below = rest.iter().find(|(path, _)| path.is_below(first.0))?;
        Some((*first, *below))
    };
    let Some(((one_path, one), (other_path, other))) = same.or_else(below) else {
        return Ok(());
    };
    Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
        "`{}` of `{one_path}` and `{}` of `{other_path}` change the same part of a document. Send two updates.",
        one.name,
        other.name
    )))
}

fn unknown_operator(name: &str) -> ApiError {
    update::UNSUPPORTED_UPDATE_OPERATION.because(format!(
        "`{name}` is not an update operator of collections. There are {}.",
        operators::names()
    ))
}

fn bad_argument(what: &str, value: &Value) -> ApiError {
    update::UNSUPPORTED_UPDATE_DATA_TYPE
        .because(format!("{what} must be an object, not {}.", value.kind()))
}
