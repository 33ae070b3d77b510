//! Filters that say which rows to change: by primary key.

use super::comparison::{Relation, Test};
use super::matches::{Condition, TypedTest};
use super::query::{alternatives, conjunction, contradiction, impossible_key};
use super::typed::typed;
use super::{Filter, check};
use crate::error::{ApiError, database, filter};
use crate::table::definition::{TableDefinition, quoted};
use crate::table::row::check_key;
use crate::table::value::CqlValue;

/// The rows deleteMany deletes.
#[derive(Debug)]
pub(crate) enum DeletedKeys {
    All,
    Where(Condition),
}

/// The primary key of the one row that updateOne or deleteOne is about.
pub(crate) fn sole_key(
    filter: &Filter,
    table: &TableDefinition,
) -> Result<Vec<CqlValue>, ApiError> {
    check_any(filter, table)?;
    let exact = |test: &&Test| matches!(test, Test::Is(Relation::Equal, _));
    let last = filter.last_tests();
    let inexact = quoted(
        last.iter()
            .filter(|(_, test)| !exact(test))
            .map(|(column, _)| *column),
    );
    if !inexact.is_empty() {
        return Err(filter::UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE.because(format!(
            "A single row is selected by $eq on each column of its primary key; {inexact} are tested otherwise."
        )));
    }
    let columns = filter.columns();
    let missing = table
        .key_columns()
        .iter()
        .map(|column| column.name.as_str());
    let missing = quoted(missing.filter(|name| !columns.contains(name)));
    if !missing.is_empty() {
        return Err(
            filter::MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE.because(format!(
                "A single row is selected by its whole primary key; the filter lacks {missing}."
            )),
        );
    }
    let typed = typed(&filter.root, table)?;
    check_database(filter, typed.refusal)?;
    let key = values_of_key(typed.condition, table)?;
    check_key(&key, table)?;
    Ok(key)
}

fn values_of_key(condition: Condition, table: &TableDefinition) -> Result<Vec<CqlValue>, ApiError> {
    let mut tests = Vec::new();
    collect(condition, &mut tests);
    let columns = table.key_columns().iter().enumerate();
    let values = columns.map(|(position, column)| {
        let mut found = tests.iter().filter(|(tested, _)| *tested == position);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ok(value.clone()),
            _ => Err(database::INVALID_DATABASE_QUERY.because(format!(
                "The column '{}' is tested twice. Test each column of the primary key once.",
                column.name
            ))),
        }
    });
    values.collect()
}

/// The values a condition asks for by equality.
fn collect(condition: Condition, into: &mut Vec<(usize, CqlValue)>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                collect(part, into);
            }
        }
        Condition::Test(position, TypedTest::Is(Relation::Equal, value)) => {
            into.push((position, value));
        }
        Condition::Test(..) => {}
    }
}

/// The rows a filter of deleteMany means.
pub(crate) fn check_delete_many(
    filter: &Filter,
    table: &TableDefinition,
) -> Result<DeletedKeys, ApiError> {
    if filter.is_empty() {
        return Ok(DeletedKeys::All);
    }
    check_any(filter, table)?;
    let (missing, out_of_order) = check::gaps(filter, table);
    if !missing.is_empty() || !out_of_order.is_empty() {
        return Err(filter::INVALID_PRIMARY_KEY_FILTER.because(format!(
            "Rows are deleted by the whole partition key and leading clustering columns: {}",
            check::describe_gaps(&missing, &out_of_order)
        )));
    }
    let typed = typed(&filter.root, table)?;
    check_database(filter, typed.refusal)?;
    if let Some(problem) =
        contradiction(filter, &|_| false).or_else(|| impossible_key(filter, table))
    {
        return Err(database::INVALID_DATABASE_QUERY.because(problem));
    }
    check_slices(filter, table)?;
    Ok(DeletedKeys::Where(typed.condition))
}

fn check_any(filter: &Filter, table: &TableDefinition) -> Result<(), ApiError> {
    if filter.is_empty() {
        return Err(filter::MISSING_FILTER_FOR_UPDATE_DELETE
            .because("There is no filter. Select the row by its primary key."));
    }
    check::check_columns(filter, table)?;
    let columns = filter.columns().into_iter();
    let others = quoted(columns.filter(|column| !table.is_key_column(column)));
    if others.is_empty() {
        return Ok(());
    }
    let key = quoted(
        table
            .key_columns()
            .iter()
            .map(|column| column.name.as_str()),
    );
    Err(
        filter::UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE.because(format!(
            "Rows to change are selected by primary key only ({key}); the filter also has {others}."
        )),
    )
}

fn check_database(filter: &Filter, refusal: Option<ApiError>) -> Result<(), ApiError> {
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if alternatives(&filter.root, false).is_empty() {
        return Ok(());
    }
    Err(database::INVALID_DATABASE_QUERY.because(
        "Rows to change cannot be selected by alternatives ($or, or $not of several tests).",
    ))
}

fn check_slices(filter: &Filter, table: &TableDefinition) -> Result<(), ApiError> {
    let mut sliced: Option<&str> = None;
    for column in table.key_columns() {
        let mut tests = conjunction(&filter.root)
            .into_iter()
            .filter(|comparison| comparison.column == column.name);
        let refused = |problem: String| Err(database::INVALID_DATABASE_QUERY.because(problem));
        if let Some(sliced) = sliced.filter(|_| tests.clone().next().is_some()) {
            return refused(format!(
                "The column '{}' cannot be tested after '{sliced}' was left open to a range.",
                column.name
            ));
        }
        if tests.any(|comparison| {
            !matches!(comparison.test, Test::Is(Relation::Equal, _) | Test::In(_))
        }) {
            if table.is_partition_column(&column.name) {
                return refused(format!(
                    "The partition column '{}' needs $eq or $in.",
                    column.name
                ));
            }
            sliced = Some(&column.name);
        }
    }
    Ok(())
}
