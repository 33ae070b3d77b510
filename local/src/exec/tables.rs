//! Commands on tables: on their rows, on their definitions and indexes, and on the types of a keyspace.

mod alter;
mod delete;
mod find;
mod indexes;
mod insert;
mod page_state;
mod refused;
mod schema;
mod select;
mod sorted;
mod update;
mod user_types;

use std::sync::Arc;

use crate::command::{DataCommand, KeyspaceCommand, TableCommand};
use crate::error::{ApiError, database, request};
use crate::limits::Limits;
use crate::response::Answer;
use crate::storage::{Storage, StorageError, Table};
use crate::table::filter::Filter;
use crate::table::index_request::IndexCommand;
use crate::table::sort::Sort;

/// How often a command starts at most: again each time its table was altered meanwhile.
const ATTEMPTS: usize = 100;

/// Runs a command on the rows of a table.
pub(crate) fn run(
    storage: &Storage,
    table: &Arc<Table>,
    command: &DataCommand,
    limits: &Limits,
) -> Result<Answer, ApiError> {
    let mut table = Arc::clone(table);
    for _ in 1..ATTEMPTS {
        let result = run_once(storage, &table, command, limits);
        if is_done(&result, command) {
            return result;
        }
        let current = current(storage, &table)?;
        if Arc::ptr_eq(&current, &table) {
            return result;
        }
        table = current;
    }
    run_once(storage, &table, command, limits)
}

/// Whether a command has come to its end: it did something, or it failed, but not for a table that was altered. A read
/// may fail in any way on such a table.
fn is_done(result: &Result<Answer, ApiError>, command: &DataCommand) -> bool {
    match (result, command) {
        (Ok(answer), DataCommand::Find(_) | DataCommand::FindOne(_)) => answer.errors.is_empty(),
        (Ok(_), _) => true,
        (Err(error), _) => error.kind != &database::FAILED_CONCURRENT_OPERATIONS,
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
    storage: &Storage,
    table: &Arc<Table>,
    command: &DataCommand,
    limits: &Limits,
) -> Result<Answer, ApiError> {
    let result = execute(storage, table, command, limits);
    if result.as_ref().is_ok_and(|answer| answer.errors.is_empty()) {
        return result;
    }
    let (filter, sort) = command.clauses();
    Filter::check(filter, &table.definition)?;
    Sort::parse(sort, &table.definition)?;
    result
}

fn execute(
    storage: &Storage,
    table: &Arc<Table>,
    command: &DataCommand,
    limits: &Limits,
) -> Result<Answer, ApiError> {
    match command {
        DataCommand::InsertOne(command) => insert::insert_one(storage, table, &command.document),
        DataCommand::InsertMany(command) => insert::insert_many(storage, table, command),
        DataCommand::Find(command) => Ok(find::find(storage, table, command, limits)),
        DataCommand::FindOne(command) => Ok(find::find_one(storage, table, command, limits)),
        DataCommand::UpdateOne(command) => update::update_one(storage, table, command),
        DataCommand::DeleteOne(command) => delete::delete_one(storage, table, command),
        DataCommand::DeleteMany(command) => delete::delete_many(storage, table, command),
        DataCommand::UpdateMany(_) => Err(collections_only("updateMany", table)),
        DataCommand::FindOneAndUpdate(_) => Err(collections_only("findOneAndUpdate", table)),
        DataCommand::FindOneAndReplace(_) => Err(collections_only("findOneAndReplace", table)),
        DataCommand::FindOneAndDelete(_) => Err(collections_only("findOneAndDelete", table)),
        DataCommand::FindAndRerank(_) => Err(collections_only("findAndRerank", table)),
        DataCommand::CountDocuments(_) => Err(collections_only("countDocuments", table)),
        DataCommand::EstimatedDocumentCount => {
            Err(collections_only("estimatedDocumentCount", table))
        }
    }
}

/// Runs a command on the definition of a table.
pub(crate) fn run_definition(
    storage: &Storage,
    table: &Arc<Table>,
    command: TableCommand,
) -> Result<Answer, ApiError> {
    match command {
        TableCommand::AlterTable { operation } => alter::alter(storage, table, &operation),
        TableCommand::CreateIndex(command) => {
            indexes::create(storage, table, IndexCommand::Regular, command)
        }
        TableCommand::CreateVectorIndex(command) => {
            indexes::create(storage, table, IndexCommand::Vector, command)
        }
        TableCommand::CreateTextIndex(command) => {
            indexes::create(storage, table, IndexCommand::Text, command)
        }
        TableCommand::ListIndexes { explain } => Ok(indexes::list(table, explain)),
    }
}

/// Runs a command on a keyspace that is about its tables, indexes and types. The keyspace exists.
pub(crate) fn run_keyspace(
    storage: &Storage,
    keyspace: &str,
    command: KeyspaceCommand,
) -> Result<Answer, ApiError> {
    match command {
        KeyspaceCommand::CreateTable {
            name,
            definition,
            if_not_exists,
        } => schema::create(storage, keyspace, name, &definition, if_not_exists),
        KeyspaceCommand::DropTable { name, if_exists } => {
            schema::drop(storage, keyspace, name, if_exists)
        }
        KeyspaceCommand::ListTables { explain } => schema::list(storage, keyspace, explain),
        KeyspaceCommand::DropIndex { name, if_exists } => {
            indexes::drop(storage, keyspace, name, if_exists)
        }
        KeyspaceCommand::CreateType {
            name,
            definition,
            if_not_exists,
        } => user_types::create(storage, keyspace, name, &definition, if_not_exists),
        KeyspaceCommand::AlterType { name, add, rename } => {
            user_types::alter(storage, keyspace, name, add.as_ref(), rename.as_ref())
        }
        KeyspaceCommand::DropType { name, if_exists } => {
            user_types::drop(storage, keyspace, name, if_exists)
        }
        KeyspaceCommand::ListTypes { explain } => user_types::list(storage, keyspace, explain),
        KeyspaceCommand::CreateCollection { .. }
        | KeyspaceCommand::DeleteCollection { .. }
        | KeyspaceCommand::FindCollections { .. } => {
            Err(request::COMMAND_UNKNOWN.because("This command is about collections."))
        }
    }
}

fn collections_only(command: &str, table: &Table) -> ApiError {
    request::UNSUPPORTED_TABLE_COMMAND.because(format!(
        "'{command}' works on collections; '{}' is a table.",
        table.name
    ))
}
