//! `updateOne`: it makes the row it does not find.

use std::sync::Arc;

use super::vectorize::vectors_of;
use crate::command::update::UpdateOne;
use crate::error::{ApiError, sort};
use crate::exec::call::{Call, OnTable};
use crate::json::Object;
use crate::response::Answer;
use crate::storage::Table;
use crate::storage::rows::StoredRow;
use crate::table::filter::{Filter, sole_key};
use crate::table::index_rules::check_indexed;
use crate::table::row::{Row, key_bytes};
use crate::table::sort::Sort;
use crate::table::update::Update;

impl OnTable for UpdateOne {
    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        let definition = &table.definition;
        if Sort::parse(self.clauses.sort.as_ref(), definition)? != Sort::None {
            return Err(sort::UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND
                .because("A row is updated by its primary key. Leave the sort out."));
        }
        let mut update = Update::parse(&self.update, definition)?;
        let filter = Filter::parse(self.clauses.filter.as_ref(), definition)?;
        let key = sole_key(&filter, definition)?;
        update.set_vectors(vectors_of(&update.texts(), definition, call.providers)?);
        let table = Arc::clone(table);
        call.storage.write(move |writer| -> Result<(), ApiError> {
            writer.require_table(&table)?;
            let bytes = key_bytes(&key, &table.definition);
            let mut stored = writer.row(&table, &bytes)?.unwrap_or_else(|| StoredRow {
                row: Row::of_key(key, &table.definition),
                marked: false,
            });
            update.apply(&mut stored.row);
            check_indexed(&stored.row, &table.definition)?;
            if stored.marked
                || stored
                    .row
                    .has_values_beside(table.definition.key_columns().len())
            {
                writer.put_row(&table, &bytes, &stored)?;
            } else {
                writer.delete_row(&table, &bytes)?;
            }
            Ok(())
        })?;
        Ok(Answer::of_status(Object::from([
            ("matchedCount", 1),
            ("modifiedCount", 1),
        ])))
    }
}
