//! `deleteOne` and `deleteMany`. How many rows went is not known, as with the real server.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::select::{Selection, each_row};
use crate::command::{DeleteMany, DeleteOne};
use crate::error::{ApiError, sort};
use crate::json::Object;
use crate::response::Answer;
use crate::storage::rows::Reading;
use crate::storage::{Storage, Table};
use crate::table::filter::{DeletedKeys, Filter, check_delete_many, sole_key};
use crate::table::row::key_bytes;
use crate::table::sort::Sort;

pub(super) fn delete_one(
    storage: &Storage,
    table: &Arc<Table>,
    command: &DeleteOne,
) -> Result<Answer, ApiError> {
    let definition = &table.definition;
    if Sort::parse(command.sort.as_ref(), definition)? != Sort::None {
        return Err(sort::UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND
            .because("A row is deleted by its primary key. Leave the sort out."));
    }
    let filter = Filter::parse(Some(&command.filter), definition)?;
    let key = key_bytes(&sole_key(&filter, definition)?, definition);
    let table = Arc::clone(table);
    storage.write(move |writer| -> Result<(), ApiError> {
        writer.require_table(&table)?;
        Ok(writer.delete_row(&table, &key)?)
    })?;
    Ok(deleted())
}

pub(super) fn delete_many(
    storage: &Storage,
    table: &Arc<Table>,
    command: &DeleteMany,
) -> Result<Answer, ApiError> {
    let filter = Filter::parse(command.filter.as_ref(), &table.definition)?;
    let keys = check_delete_many(&filter, &table.definition)?;
    let table = Arc::clone(table);
    storage.write(move |writer| -> Result<(), ApiError> {
        writer.require_table(&table)?;
        let condition = match &keys {
            DeletedKeys::All => return Ok(writer.truncate_table(&table)?),
            DeletedKeys::Where(condition) => condition,
        };
        let mut found = Vec::new();
        each_row(
            writer,
            &table,
            Selection {
                condition,
                columns: &[],
            },
            Reading::Forwards,
            None,
            &mut |key, _| {
                found.push(key.to_vec());
                Ok(ControlFlow::Continue(()))
            },
        )?;
        found
            .iter()
            .try_for_each(|key| Ok(writer.delete_row(&table, key)?))
    })?;
    Ok(deleted())
}

fn deleted() -> Answer {
    Answer::of_status(Object::from([("deletedCount", -1)]))
}
