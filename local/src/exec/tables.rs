//! Commands on tables: on their rows, on their definitions and indexes, and on the types of a keyspace.

pub(crate) mod alter;
mod delete;
pub(crate) mod drop;
mod find;
pub(crate) mod indexes;
mod insert;
mod lexical;
mod nearest;
mod page_state;
mod refused;
pub(crate) mod schema;
mod select;
mod sorted;
mod update;
pub(crate) mod user_types;
mod vectorize;

use std::sync::Arc;

use crate::command::Command;
use crate::error::{ApiError, database, request};
use crate::exec::call::{Call, OnTable};
use crate::response::Answer;
use crate::storage::{Storage, StorageError, Table};
use crate::table::filter::Filter;
use crate::table::sort::Sort;

/// How often a command starts at most: again each time its table was altered meanwhile.
const ATTEMPTS: usize = 100;

/// Runs a command on the rows of a table.
pub(crate) fn run<C: OnTable>(
    call: &Call<'_>,
    table: &Arc<Table>,
    command: &C,
) -> Result<Answer, ApiError> {
    let mut table = Arc::clone(table);
    for _ in 1..ATTEMPTS {
        let result = run_once(call, &table, command);
        if is_done::<C>(&result) {
            return result;
        }
        let current = current(call.storage, &table)?;
        if Arc::ptr_eq(&current, &table) {
            return result;
        }
        table = current;
    }
    run_once(call, &table, command)
}

/// Whether a command has come to its end: it did something, or it failed, but not for a table that was altered.
fn is_done<C: OnTable>(result: &Result<Answer, ApiError>) -> bool {
    match result {
        Ok(answer) => !C::READS || answer.errors.is_empty(),
        Err(error) => error.kind != &database::FAILED_CONCURRENT_OPERATIONS,
    }
}

/// The table as it is now, if it is still there.
fn current(storage: &Storage, table: &Table) -> Result<Arc<Table>, StorageError> {
    let catalogue = storage.catalogue();
    let keyspace = catalogue.keyspace(&table.keyspace);
    let found = keyspace.and_then(|keyspace| keyspace.table(&table.name));
    found
        .filter(|found| found.is(table))
        .cloned()
        .ok_or(StorageError::TableGone)
}

/// Runs a command; if it fails, a filter or sort that cannot be understood is told before anything else that is wrong,
/// as the real server does.
fn run_once(
    call: &Call<'_>,
    table: &Arc<Table>,
    command: &impl OnTable,
) -> Result<Answer, ApiError> {
    let result = command.run(call, table);
    if result.as_ref().is_ok_and(|answer| answer.errors.is_empty()) {
        return result;
    }
    check_clauses(command, table)?;
    result
}

fn check_clauses(command: &impl Command, table: &Table) -> Result<(), ApiError> {
    let Some(clauses) = command.clauses() else {
        return Ok(());
    };
    Filter::check(clauses.filter.as_ref(), &table.definition)?;
    Sort::parse(clauses.sort.as_ref(), &table.definition).map(drop)
}

/// What a command that only collections have is answered on a table.
pub(crate) fn collections_only(name: &str, command: &impl Command, table: &Table) -> ApiError {
    let unsupported = || {
        request::UNSUPPORTED_TABLE_COMMAND.because(format!(
            "'{name}' works on collections; '{}' is a table.",
            table.name
        ))
    };
    check_clauses(command, table)
        .err()
        .unwrap_or_else(unsupported)
}
