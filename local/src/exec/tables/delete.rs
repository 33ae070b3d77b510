//! `deleteOne` and `deleteMany`. How many rows went is not known, as with the real server.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::select::{Selection, each_row};
use crate::command::delete::{DeleteMany, DeleteOne};
use crate::error::{ApiError, sort};
use crate::exec::call::{Call, OnTable};
use crate::json::Object;
use crate::response::Answer;
use crate::storage::Table;
use crate::storage::rows::Reading;
use crate::table::filter::{DeletedKeys, Filter, check_delete_many, sole_key};
use crate::table::row::key_bytes;
use crate::table::sort::Sort;

impl OnTable for DeleteOne {
    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        let definition = &table.definition;
        if Sort::parse(self.clauses.sort.as_ref(), definition)? != Sort::None {
            return Err(sort::UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND
                .because("A row is deleted by its primary key. Leave the sort out."));
        }
        let filter = Filter::parse(self.clauses.filter.as_ref(), definition)?;
        let key = key_bytes(&sole_key(&filter, definition)?, definition);
        let table = Arc::clone(table);
        call.storage.free(move |writer| -> Result<(), ApiError> {
            writer.require_table(&table)?;
            Ok(writer.delete_row(&table, &key)?)
        })?;
        Ok(deleted())
    }
}

impl OnTable for DeleteMany {
    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        let filter = Filter::parse(self.clauses.filter.as_ref(), &table.definition)?;
        let keys = check_delete_many(&filter, &table.definition)?;
        let table = Arc::clone(table);
        call.storage.free(move |writer| -> Result<(), ApiError> {
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
}

fn deleted() -> Answer {
    Answer::of_status(Object::from([("deletedCount", -1)]))
}
