//! Updates: how a command changes the documents it is about.
//!
//! [`Update::parse`] checks everything that can be checked without a document. [`Update::apply`] changes one; the
//! result is still to be brought into the form of a stored document by [`crate::document::prepare`].

mod arrays;
mod fields;
mod numbers;
mod order;
mod replacement;
mod target;
mod upsert;

pub(crate) use replacement::Replacement;
pub(crate) use upsert::upsert_document;

use std::cmp::Ordering;

use crate::document::special;
use crate::error::{ApiError, Kind, schema, update};
use crate::json::{Number, Object, Value};
use crate::language::path::DocumentPath;
use crate::utf16;
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
}

/// One operator with its paths, in their order.
#[derive(Clone, Debug)]
struct Operation {
    operator: Operator,
    actions: Vec<Action>,
}

#[derive(Clone, Debug)]
struct Action {
    path: DocumentPath,
    change: Change,
}

/// What to do at a path.
#[derive(Clone, Debug)]
enum Change {
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

/// The operators, in the order of their execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Operator {
    AddToSet,
    CurrentDate,
    Inc,
    Max,
    Min,
    Mul,
    Pop,
    Push,
    Rename,
    Set,
    SetOnInsert,
    Unset,
}

/// Fields of one `$rename`. For each, all that come after it in an object move up.
const MAX_RENAMES: usize = 2000;

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
        if name != PULL_ALL && Operator::named(name).is_none() {
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
        let members = update.as_object().into_iter().flatten();
        let mut arguments: Vec<_> = members
            .filter_map(|(name, argument)| Some((Operator::named(name)?, argument.as_object()?)))
            .collect();
        arguments.sort_by_key(|(operator, _)| *operator);
        let operations = arguments
            .into_iter()
            .map(|(operator, paths)| Operation::parse(operator, paths))
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
            if inserting || operation.operator != Operator::SetOnInsert {
                modified |= operation.apply(&mut draft, now_ms)?;
            }
        }
        Ok(Applied {
            document: draft.into_document(),
            modified,
        })
    }
}

impl Operator {
    const ALL: [Self; 12] = [
        Self::AddToSet,
        Self::CurrentDate,
        Self::Inc,
        Self::Max,
        Self::Min,
        Self::Mul,
        Self::Pop,
        Self::Push,
        Self::Rename,
        Self::Set,
        Self::SetOnInsert,
        Self::Unset,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::AddToSet => "$addToSet",
            Self::CurrentDate => "$currentDate",
            Self::Inc => "$inc",
            Self::Max => "$max",
            Self::Min => "$min",
            Self::Mul => "$mul",
            Self::Pop => "$pop",
            Self::Push => "$push",
            Self::Rename => "$rename",
            Self::Set => "$set",
            Self::SetOnInsert => "$setOnInsert",
            Self::Unset => "$unset",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.name() == name)
    }

    /// Whether the operator works on the fields whose names begin with `$`.
    fn sets_special_fields(self) -> bool {
        matches!(self, Self::Set | Self::SetOnInsert | Self::Unset)
    }
}

impl Operation {
    fn parse(operator: Operator, paths: &Object) -> Result<Self, ApiError> {
        if operator == Operator::Rename && paths.len() > MAX_RENAMES {
            return Err(update::UNSUPPORTED_UPDATE_OPERATION_PARAM.because(format!(
                "`$rename` has {} fields, more than the {MAX_RENAMES} allowed. Send several updates.",
                paths.len()
            )));
        }
        let mut actions = Vec::with_capacity(paths.len());
        for (name, argument) in paths {
            check_field(operator, name)?;
            let change = Change::parse(operator, name, argument)?;
            actions.push(Action {
                path: read_path(name)?,
                change,
            });
        }
        actions.sort_by(|left, right| utf16::compare(left.path.as_str(), right.path.as_str()));
        Ok(Self { operator, actions })
    }

    fn apply(&self, draft: &mut Draft, now_ms: i64) -> Result<bool, ApiError> {
        if self.operator == Operator::Unset {
            return Ok(fields::unset(draft, &self.actions));
        }
        let mut modified = false;
        for action in &self.actions {
            modified |= action.apply(draft, now_ms)?;
        }
        Ok(modified)
    }
}

impl Change {
    fn parse(operator: Operator, name: &str, argument: &Value) -> Result<Self, ApiError> {
        match operator {
            Operator::AddToSet => arrays::parse_add_to_set(name, argument),
            Operator::CurrentDate => fields::parse_current_date(argument),
            Operator::Inc => numbers::parse(operator, argument).map(Self::Increment),
            Operator::Max => Ok(Self::Maximum(argument.clone())),
            Operator::Min => Ok(Self::Minimum(argument.clone())),
            Operator::Mul => numbers::parse(operator, argument).map(Self::Multiply),
            Operator::Pop => arrays::parse_pop(argument),
            Operator::Push => arrays::parse_push(name, argument),
            Operator::Rename => fields::parse_rename(name, argument),
            Operator::Set | Operator::SetOnInsert => Ok(Self::Set(argument.clone())),
            Operator::Unset => Ok(Self::Unset),
        }
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

fn read_path(path: &str) -> Result<DocumentPath, ApiError> {
    DocumentPath::parse(path).map_err(|problem| {
        update::UNSUPPORTED_UPDATE_OPERATION_PATH
            .because(format!("The update path `{path}` is not valid: {problem}."))
    })
}

/// Refuses paths an operator does not work on.
fn check_field(operator: Operator, name: &str) -> Result<(), ApiError> {
    let refused = |kind: &'static Kind, hint: &str| {
        Err(kind.because(format!(
            "`{}` cannot change `{name}`. {hint}",
            operator.name()
        )))
    };
    let numeric = matches!(operator, Operator::Inc | Operator::Mul);
    if numeric && name.starts_with('$') {
        return refused(
            &update::UNSUPPORTED_UPDATE_OPERATION_MODIFIER,
            "It takes fields, and no modifiers.",
        );
    }
    let set = "Use `$set` or `$unset`.";
    let unset = "Only `$unset` can, as no text is embedded or searched here.";
    match name {
        special::ID if operator == Operator::SetOnInsert => Ok(()),
        special::ID => refused(
            &update::UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID,
            "The `_id` of a document never changes; only `$setOnInsert` can choose it for a new one.",
        ),
        _ if operator.sets_special_fields() => Ok(()),
        special::VECTOR => refused(&update::UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR, set),
        special::VECTORIZE => refused(&update::UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE, unset),
        special::LEXICAL => refused(&update::UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL, unset),
        _ => Ok(()),
    }
}

/// A vector and the text to make one of cannot be given at once.
fn check_vectorize(update: &Object) -> Result<(), ApiError> {
    let both = [Operator::Set, Operator::Unset].iter().any(|operator| {
        let paths = update.get(operator.name()).and_then(Value::as_object);
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
        one.name(),
        other.name()
    )))
}

fn unknown_operator(name: &str) -> ApiError {
    let known: Vec<_> = Operator::ALL
        .iter()
        .map(|operator| operator.name())
        .collect();
    update::UNSUPPORTED_UPDATE_OPERATION.because(format!(
        "`{name}` is not an update operator of collections. There are {}.",
        known.join(", ")
    ))
}

fn bad_argument(what: &str, value: &Value) -> ApiError {
    update::UNSUPPORTED_UPDATE_DATA_TYPE
        .because(format!("{what} must be an object, not {}.", value.kind()))
}
