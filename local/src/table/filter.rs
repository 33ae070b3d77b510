//! Filters on tables: read from JSON ([`parse`]), checked against the table ([`check`]), turned into conditions on
//! typed values ([`typed`], [`mod@matches`]), and into ranges of keys ([`ranges`]).

mod check;
mod comparison;
mod key;
mod matches;
mod operand;
mod operators;
mod parse;
mod query;
mod ranges;
#[cfg(test)]
mod tests;
mod tree;
mod typed;

use crate::error::ApiError;
use crate::json::Value;
use crate::table::definition::TableDefinition;

pub(crate) use self::comparison::Relation;
use self::comparison::Test;
pub(crate) use self::key::{DeletedKeys, check_delete_many, sole_key};
pub(crate) use self::matches::Condition;
pub(crate) use self::query::{Order, Query, Refusal};
pub(crate) use self::ranges::{KeyRange, Place, place};
use self::tree::Group;

/// A filter whose form is right. Whether it fits a table is for [`Query`] and the key checks to say.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    root: Group,
}

impl Filter {
    /// Reads a filter. Nothing, `null` and `{}` select everything.
    pub(crate) fn parse(filter: Option<&Value>, table: &TableDefinition) -> Result<Self, ApiError> {
        parse::parse(filter, table).map(|root| Self { root })
    }

    /// Whether a filter can be understood; what it asks for may still not be possible.
    pub(crate) fn check(filter: Option<&Value>, table: &TableDefinition) -> Result<(), ApiError> {
        parse::understand(filter, table).map(drop)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    /// The last test of each column, in the order in which the real server visits them: it judges filters by these.
    fn last_tests(&self) -> Vec<(&str, &Test)> {
        let mut last: Vec<(&str, &Test)> = Vec::new();
        self.root.visit(&mut |comparison| {
            last.retain(|(column, _)| *column != comparison.column);
            last.push((&comparison.column, &comparison.test));
        });
        last
    }

    fn columns(&self) -> Vec<&str> {
        self.last_tests()
            .into_iter()
            .map(|(column, _)| column)
            .collect()
    }

    /// Whether a column is fixed to one value.
    pub(crate) fn fixes(&self, column: &str) -> bool {
        self.last_tests().iter().any(|(tested, test)| {
            let exact = match test {
                Test::Is(relation, _) => *relation == Relation::Equal,
                Test::In(values) => values.len() == 1,
                _ => false,
            };
            *tested == column && exact
        })
    }
}
