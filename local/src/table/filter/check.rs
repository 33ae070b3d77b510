//! What a filter asks of a table's columns and indexes: what is impossible, and what is slow.
//!
//! The conditions are those of the real server, column by column in its order, because clients show its warnings.

use super::Filter;
use super::comparison::{Comparison, Relation, Test};
use crate::error::{ApiError, Kind, filter, warning};
use crate::table::column_type::{ColumnType, Scalar};
use crate::table::definition::{TableDefinition, quoted};
use crate::table::index::Part;

/// Columns that do not exist.
pub(super) fn check_columns(filter: &Filter, table: &TableDefinition) -> Result<(), ApiError> {
    let unknown = filter
        .columns()
        .into_iter()
        .filter(|column| table.column(column).is_none());
    let unknown = quoted(unknown);
    if unknown.is_empty() {
        return Ok(());
    }
    Err(filter::UNKNOWN_TABLE_COLUMNS.because(format!(
        "The filter uses columns the table does not have: {unknown}. It has: {}.",
        table.names()
    )))
}

/// What makes a find impossible.
pub(super) fn check_find(filter: &Filter, table: &TableDefinition) -> Result<(), ApiError> {
    check_columns(filter, table)?;
    let last = filter.last_tests();
    let unmatched = last.iter().filter(|(column, test)| {
        matches!(test, Test::Match(_)) && table.analyzer(column).is_none()
    });
    let unmatched = quoted(unmatched.map(|(column, _)| *column));
    if !unmatched.is_empty() {
        return Err(filter::CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS.because(format!(
            "'$match' is used on columns without a text index: {unmatched}. Make one with createTextIndex, or use $eq."
        )));
    }
    let ordered = last
        .iter()
        .filter(|(column, test)| is_slice(test) && scalar(table, column) == Some(Scalar::Duration));
    let ordered = quoted(ordered.map(|(column, _)| *column));
    if !ordered.is_empty() {
        return Err(filter::UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION.because(format!(
            "Durations have no order, so that {ordered} cannot be greater or less. Use $eq, $ne, $in or $nin."
        )));
    }
    Ok(())
}

/// Why a find reads more rows than it answers.
pub(super) fn warnings(filter: &Filter, table: &TableDefinition, by_vector: bool) -> Vec<ApiError> {
    let last = filter.last_tests();
    if last.is_empty() {
        let zero = warning::ZERO_FILTER_OPERATIONS
            .because("The filter is empty: the whole table is read. Filter by the primary key or an indexed column.");
        return if by_vector { Vec::new() } else { vec![zero] };
    }
    let only_keys = last.iter().all(|(column, _)| table.is_key_column(column));
    let tests = Tests { last, table };
    let mut warnings = Vec::new();
    if !only_keys {
        warnings.extend(tests.without_index());
    }
    warnings.extend(tests.without_index_of_part());
    warnings.extend(tests.slow());
    if only_keys {
        warnings.extend(incomplete_key(filter, table));
    }
    warnings
}

/// The last test of each column, and the table they are for.
struct Tests<'f> {
    last: Vec<(&'f str, &'f Test)>,
    table: &'f TableDefinition,
}

impl Tests<'_> {
    fn without_index(&self) -> Option<ApiError> {
        let missing = self.columns(|column, _| {
            scalar(self.table, column).is_some() && !self.table.seen_index(column)
        });
        slow_columns(&warning::MISSING_INDEX, &missing, "have no index")
    }

    fn without_index_of_part(&self) -> Option<ApiError> {
        let missing = self.columns(|column, test| match test {
            Test::Contains(part, ..) => self.table.regular_index(column, *part).is_none(),
            _ => false,
        });
        slow_columns(
            &warning::MISSING_INDEX,
            &missing,
            "have no index of the part the filter looks at",
        )
    }

    /// Columns with indexes that do not help their operators.
    fn slow(&self) -> impl Iterator<Item = ApiError> {
        let unequal = |test: &Test| matches!(test, Test::Is(Relation::NotEqual, _));
        let none_of = |test: &Test| matches!(test, Test::NotIn(_));
        let slow = [
            slow_columns(
                &warning::NOT_EQUALS_UNSUPPORTED_BY_INDEXING,
                &self.indexed(unequal, &UNEQUAL),
                "are of types whose indexes do not help '$ne'",
            ),
            slow_columns(
                &warning::COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING,
                &self.indexed(is_slice, &UNORDERED),
                "are of types whose indexes do not help $gt, $gte, $lt and $lte",
            ),
            slow_columns(
                &warning::NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING,
                &self.indexed(none_of, &UNORDERED),
                "are of types whose indexes do not help '$nin'",
            ),
        ];
        slow.into_iter().flatten()
    }

    /// Indexed columns of some types, with tests that fit.
    fn indexed(&self, fits: impl Fn(&Test) -> bool, types: &[Scalar]) -> String {
        self.columns(|column, test| {
            let of_type = scalar(self.table, column).is_some_and(|scalar| types.contains(&scalar));
            fits(test) && of_type && self.table.seen_index(column)
        })
    }

    /// The names of the columns whose tests fit, for a message.
    fn columns(&self, fits: impl Fn(&str, &Test) -> bool) -> String {
        let columns = self.last.iter().filter(|(column, test)| fits(column, test));
        quoted(columns.map(|(column, _)| *column))
    }
}

/// Whether the column has an index that finds what the test asks for.
pub(super) fn is_indexed(comparison: &Comparison, table: &TableDefinition) -> bool {
    let (column, test) = (comparison.column.as_str(), &comparison.test);
    let of = |types: &[Scalar]| scalar(table, column).is_some_and(|scalar| types.contains(&scalar));
    match test {
        Test::Contains(part, ..) => table.regular_index(column, *part).is_some(),
        Test::Is(Relation::NotEqual, _) if of(&UNEQUAL) => false,
        Test::NotIn(_) if of(&UNORDERED) => false,
        test if is_slice(test) && of(&UNORDERED) => false,
        _ => table.regular_index(column, Part::Whole).is_some() || table.analyzer(column).is_some(),
    }
}

/// Types whose indexes find equal values only.
const UNORDERED: [Scalar; 4] = [Scalar::Text, Scalar::Ascii, Scalar::Boolean, Scalar::Uuid];
/// Types whose indexes cannot find unequal values.
const UNEQUAL: [Scalar; 6] = [
    Scalar::Text,
    Scalar::Ascii,
    Scalar::Boolean,
    Scalar::Duration,
    Scalar::Blob,
    Scalar::Uuid,
];

fn slow_columns(kind: &'static Kind, columns: &str, problem: &str) -> Option<ApiError> {
    let warning = || {
        kind.because(format!(
            "The columns {columns} {problem}: rows are read that are not answered."
        ))
    };
    (!columns.is_empty()).then(warning)
}

fn incomplete_key(filter: &Filter, table: &TableDefinition) -> Option<ApiError> {
    let (missing, out_of_order) = gaps(filter, table);
    if missing.is_empty() && out_of_order.is_empty() {
        return None;
    }
    Some(warning::INCOMPLETE_PRIMARY_KEY_FILTER.because(format!(
        "The filter is on the primary key but cannot use it: {}",
        describe_gaps(&missing, &out_of_order)
    )))
}

/// Partition columns that are not in the filter, and clustering columns that come after one that is not.
pub(super) fn gaps<'t>(
    filter: &Filter,
    table: &'t TableDefinition,
) -> (Vec<&'t str>, Vec<&'t str>) {
    let columns = filter.columns();
    let has = |name: &str| columns.contains(&name);
    let partition = table
        .partition_columns()
        .iter()
        .map(|column| column.name.as_str());
    let missing = partition.filter(|name| !has(name)).collect();
    let clustering = table
        .clustering_columns()
        .iter()
        .map(|column| column.name.as_str());
    let out_of_order = clustering
        .skip_while(|name| has(name))
        .filter(|name| has(name))
        .collect();
    (missing, out_of_order)
}

pub(super) fn describe_gaps(missing: &[&str], out_of_order: &[&str]) -> String {
    let missing = match missing {
        [] => String::new(),
        columns => format!(
            "the partition columns {} are not in it. ",
            quoted(columns.iter().copied())
        ),
    };
    let out_of_order = match out_of_order {
        [] => String::new(),
        columns => format!(
            "the clustering columns {} come after one that is not in it. ",
            quoted(columns.iter().copied())
        ),
    };
    format!("{missing}{out_of_order}").trim_end().to_owned()
}

pub(super) fn is_slice(test: &Test) -> bool {
    matches!(test, Test::Is(relation, _) if relation.is_slice())
}

fn scalar(table: &TableDefinition, column: &str) -> Option<Scalar> {
    table
        .column(column)
        .and_then(|column| match column.column_type {
            ColumnType::Scalar(scalar) => Some(scalar),
            _ => None,
        })
}
