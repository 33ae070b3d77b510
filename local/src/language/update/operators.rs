//! The operators of updates: one entry for each.

use super::operator::{Change, Operator};
use super::{arrays, fields, numbers};

/// Fields of one `$rename`. For each, all that come after it in an object move up.
const MAX_RENAMES: usize = 2000;

/// In the order of their execution, which is alphabetical.
pub(crate) static OPERATORS: &[Operator] = &[
    Operator::new("$addToSet", |_, name, argument| {
        arrays::parse_add_to_set(name, argument)
    }),
    Operator::new("$currentDate", |_, _, argument| {
        fields::parse_current_date(argument)
    }),
    Operator {
        numeric: true,
        ..Operator::new("$inc", |operator, _, argument| {
            numbers::parse(operator, argument).map(Change::Increment)
        })
    },
    Operator::new("$max", |_, _, argument| {
        Ok(Change::Maximum(argument.clone()))
    }),
    Operator::new("$min", |_, _, argument| {
        Ok(Change::Minimum(argument.clone()))
    }),
    Operator {
        numeric: true,
        ..Operator::new("$mul", |operator, _, argument| {
            numbers::parse(operator, argument).map(Change::Multiply)
        })
    },
    Operator::new("$pop", |_, _, argument| arrays::parse_pop(argument)),
    Operator::new("$push", |_, name, argument| {
        arrays::parse_push(name, argument)
    }),
    Operator {
        most_fields: MAX_RENAMES,
        ..Operator::new("$rename", fields::parse_rename)
    },
    Operator {
        sets_special_fields: true,
        ..Operator::new("$set", |_, _, argument| Ok(Change::Set(argument.clone())))
    },
    Operator {
        sets_special_fields: true,
        only_on_insert: true,
        ..Operator::new("$setOnInsert", |_, _, argument| {
            Ok(Change::Set(argument.clone()))
        })
    },
    Operator {
        sets_special_fields: true,
        ..Operator::new("$unset", |_, _, _| Ok(Change::Unset))
    },
];

pub(crate) fn named(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.name == name)
}

/// The names of all operators, for messages.
pub(super) fn names() -> String {
    let names: Vec<_> = OPERATORS.iter().map(|operator| operator.name).collect();
    names.join(", ")
}
