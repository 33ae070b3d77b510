//! alterTable.

use std::sync::Arc;

use super::refused::{Refused, changed, check_width};
use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::shape::{Field, Shape};
use crate::error::ApiError;
use crate::exec::call::{Call, OnDefinition};
use crate::exec::keyspace::unknown;
use crate::exec::schema::providers::complete_service;
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::Table;
use crate::table::alter::{Problem, TableAlteration};

#[derive(Debug)]
pub(crate) struct AlterTable {
    operation: Value,
}

impl Command for AlterTable {
    const SHAPE: Shape = Shape::of(&[
        Field::json("operation").checked(TableAlteration::check),
        Field::no_options(),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            operation: arguments.clause("operation"),
        })
    }
}

impl OnDefinition for AlterTable {
    fn run(self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        let alteration = TableAlteration::decode(&self.operation)?;
        let table = Arc::clone(table);
        let features = Arc::clone(&call.providers.features);
        changed(call.storage.write(move |writer| {
            writer.require_table(&table)?;
            let check_service =
                |service: &mut Object, dimension| complete_service(service, dimension, &features);
            let keyspace = writer
                .catalogue()
                .keyspace(&table.keyspace)
                .ok_or_else(|| unknown(&table.keyspace))?;
            let mut definition = table.definition.clone();
            let user_type = |name: &str| keyspace.user_type(name).cloned();
            alteration.apply(&mut definition, &user_type, &check_service)?;
            check_width(&definition)?;
            Ok(writer.alter_table(&table, definition)?)
        }))
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Request(error) => Self::Request(error),
            Problem::Database(error) => Self::Database(error),
        }
    }
}
