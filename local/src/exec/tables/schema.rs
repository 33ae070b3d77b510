//! createTable, dropTable, listTables.

use std::sync::Arc;

use super::drop::Dropped;
use super::refused::{Refused, changed, check_width, exists};
use crate::command::arguments::Arguments;
use crate::command::fields::{DEFINITION, IF_NOT_EXISTS, NEW_NAME};
use crate::command::shape::Shape;
use crate::command::{Command, NamedDefinition};
use crate::error::{ApiError, Kind, database, schema};
use crate::exec::call::{Call, OnKeyspace};
use crate::exec::keyspace::unknown;
use crate::exec::schema::list::Listed;
use crate::exec::schema::providers::complete_service;
use crate::exec::schema::{names, room};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::catalogue::Keyspace;
use crate::storage::{Table, Writer};
use crate::table::column_type::UserType;
use crate::table::definition::TableDefinition;
use crate::table::definition_request::{DefinitionRequest, refused_by_database};
use crate::table::type_request::find_user_type;

#[derive(Debug)]
pub(crate) struct CreateTable(NamedDefinition);

impl Command for CreateTable {
    const SHAPE: Shape = Shape::of(&[
        NEW_NAME,
        DEFINITION.checked(DefinitionRequest::check),
        IF_NOT_EXISTS,
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self(NamedDefinition::take(arguments)))
    }
}

impl OnKeyspace for CreateTable {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let Self(named) = self;
        let asked = DefinitionRequest::decode(&named.definition)?;
        let name = names::check(named.name, "table")?;
        let doubled = asked.doubled_key_column().map(|column| {
            format!("The column '{column}' is in both parts of the primary key. Name it once.")
        });
        let check_service = |service: &mut Object, dimension| {
            let features = &call.providers.features;
            complete_service(service, dimension, features)
        };
        let mut definition = asked.judge(&check_service)?;
        let (keyspace, limits) = (call.keyspace.to_owned(), call.limits.clone());
        changed(call.storage.write(move |writer| {
            let found = writer
                .catalogue()
                .keyspace(&keyspace)
                .ok_or_else(|| unknown(&keyspace))?;
            if found.table(&name).is_some() || found.collection(&name).is_some() {
                let what = format!("a table or collection '{name}'");
                return exists(
                    &schema::CANNOT_ADD_EXISTING_TABLE,
                    &what,
                    named.if_not_exists,
                );
            }
            find_user_types(&mut definition, |name| found.user_type(name).cloned())?;
            if let Some(problem) = doubled.or_else(|| refused_by_database(&definition)) {
                return Err(Refused::by_database(
                    &database::UNEXPECTED_DRIVER_ERROR,
                    problem,
                ));
            }
            check_width(&definition)?;
            room::for_table(writer, &limits).map_err(Refused::Database)?;
            writer.create_table(&keyspace, &name, definition)?;
            Ok(())
        }))
    }
}

fn find_user_types(
    definition: &mut TableDefinition,
    find: impl Fn(&str) -> Option<Arc<UserType>>,
) -> Result<(), Refused> {
    let names: Vec<_> = definition
        .columns()
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for name in names {
        let mut found = Ok(());
        definition.retype(&name, |column_type| {
            found = find_user_type(column_type, &find);
        });
        found.map_err(Refused::Database)?;
    }
    Ok(())
}

#[derive(Debug)]
pub(crate) struct Tables;

impl Dropped for Tables {
    const NOUN: &'static str = "table";
    const UNKNOWN: &'static Kind = &schema::CANNOT_DROP_UNKNOWN_TABLE;

    /// To the real server a collection is a kind of table, so that dropTable drops it.
    fn drop(writer: &mut Writer<'_>, keyspace: &str, name: &str) -> Result<bool, Refused> {
        Ok(writer.drop_table(keyspace, name)? || writer.drop_collection(keyspace, name)?)
    }
}

impl Listed for Tables {
    const NAME: &'static str = "tables";

    fn list(keyspace: &Keyspace, explain: bool) -> Result<Vec<Value>, ApiError> {
        let shown = |table: &Table| -> Value {
            let name = Value::from(table.name.as_str());
            if !explain {
                return name;
            }
            Object::from([
                ("name", name),
                ("definition", table.definition.describe().into()),
            ])
            .into()
        };
        Ok(keyspace.tables().map(|table| shown(table)).collect())
    }
}
