//! createIndex, createVectorIndex, createTextIndex, dropIndex, listIndexes.

use std::sync::Arc;

use super::drop::Dropped;
use super::refused::{Refused, changed, exists};
use crate::command::arguments::Arguments;
use crate::command::fields::{DEFINITION, EXPLAIN, IF_NOT_EXISTS, NEW_NAME};
use crate::command::shape::{Field, Shape};
use crate::command::{Command, NamedDefinition};
use crate::error::{ApiError, Kind, database, schema};
use crate::exec::call::{Call, OnDefinition};
use crate::exec::keyspace::unknown;
use crate::exec::schema::{names, room};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::catalogue::Keyspace;
use crate::storage::{Table, Writer};
use crate::table::index::Index;
use crate::table::index_request::{IndexCommand, IndexRequest, refused_by_database};

/// `createIndex`, `createVectorIndex` and `createTextIndex`.
#[derive(Debug)]
pub(crate) struct CreateIndex {
    command: IndexCommand,
    named: NamedDefinition,
    index_type: Option<String>,
}

const INDEX_TYPE: Field = Field::text("indexType");

impl CreateIndex {
    pub(crate) const VECTOR: Shape = Shape::of(&[
        NEW_NAME,
        DEFINITION.checked(|definition| IndexRequest::check(IndexCommand::Vector, definition)),
        INDEX_TYPE,
        IF_NOT_EXISTS,
    ]);
    pub(crate) const TEXT: Shape = Shape::of(&[
        NEW_NAME,
        DEFINITION.checked(|definition| IndexRequest::check(IndexCommand::Text, definition)),
        INDEX_TYPE,
        IF_NOT_EXISTS,
    ]);
}

impl Command for CreateIndex {
    const SHAPE: Shape = Shape::of(&[
        NEW_NAME,
        DEFINITION.checked(|definition| IndexRequest::check(IndexCommand::Regular, definition)),
        INDEX_TYPE,
        IF_NOT_EXISTS,
    ]);

    fn read(name: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let command = match name {
            "createVectorIndex" => IndexCommand::Vector,
            "createTextIndex" => IndexCommand::Text,
            _ => IndexCommand::Regular,
        };
        Ok(Self {
            command,
            named: NamedDefinition::take(arguments),
            index_type: arguments.text("indexType"),
        })
    }
}

impl OnDefinition for CreateIndex {
    fn run(self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        let request = IndexRequest::decode(self.command, &self.named.definition)?;
        let name = names::check_index(self.named.name)?;
        self.command.check_type(self.index_type.as_deref())?;
        let index = match request.judge(name, &table.definition) {
            Ok(index) => index,
            Err(error) if error.kind == &database::INVALID_DATABASE_QUERY => {
                return changed(Err(Refused::Database(error)));
            }
            Err(error) => return Err(error),
        };
        let (table, limits) = (Arc::clone(table), call.limits.clone());
        changed(call.storage.write(move |writer| {
            writer.require_table(&table)?;
            let keyspace = writer
                .catalogue()
                .keyspace(&table.keyspace)
                .ok_or_else(|| unknown(&table.keyspace))?;
            if table_of(keyspace, &index.name).is_some() || is_of_collection(keyspace, &index.name)
            {
                let what = format!("an index '{}' in the keyspace", index.name);
                return exists(
                    &schema::CANNOT_ADD_EXISTING_INDEX,
                    &what,
                    self.named.if_not_exists,
                );
            }
            if self.named.if_not_exists && table.definition.has_like(&index) {
                return Ok(());
            }
            if let Some(problem) = refused_by_database(&index, &table.definition) {
                return Err(Refused::query(problem));
            }
            room::for_index(writer, &table, &limits).map_err(Refused::Database)?;
            let mut definition = table.definition.clone();
            definition.add_index(index);
            Ok(writer.alter_table(&table, definition)?)
        }))
    }
}

#[derive(Debug)]
pub(crate) struct ListIndexes {
    explain: bool,
}

impl Command for ListIndexes {
    const SHAPE: Shape = Shape::of(&[EXPLAIN]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            explain: arguments.options().is_on("explain"),
        })
    }
}

impl OnDefinition for ListIndexes {
    fn run(self, _: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        let shown = |index: &Index| -> Value {
            if self.explain {
                index.describe().into()
            } else {
                index.name.as_str().into()
            }
        };
        let indexes: Vec<_> = table.definition.indexes().iter().map(shown).collect();
        Ok(Answer::of_status(Object::from([("indexes", indexes)])))
    }
}

/// Whether a collection has an index of this name: on the real server, where collections have indexes.
fn is_of_collection(keyspace: &Keyspace, index: &str) -> bool {
    let mut names = keyspace
        .collections()
        .flat_map(|collection| collection.definition.index_names(&collection.name));
    names.any(|name| name == index)
}

/// The table that has an index of this name.
fn table_of<'k>(keyspace: &'k Keyspace, index: &str) -> Option<&'k Arc<Table>> {
    let has = |table: &&Arc<Table>| {
        table
            .definition
            .indexes()
            .iter()
            .any(|other| other.name == index)
    };
    keyspace.tables().find(has)
}

#[derive(Debug)]
pub(crate) struct Indexes;

impl Dropped for Indexes {
    const NOUN: &'static str = "index";
    const PLACE: &'static str = " in the keyspace";
    const UNKNOWN: &'static Kind = &schema::CANNOT_DROP_UNKNOWN_INDEX;

    fn drop(writer: &mut Writer<'_>, keyspace: &str, name: &str) -> Result<bool, Refused> {
        let found = writer
            .catalogue()
            .keyspace(keyspace)
            .ok_or_else(|| unknown(keyspace))?;
        let Some(table) = table_of(found, name).cloned() else {
            return Ok(false);
        };
        let mut definition = table.definition.clone();
        definition.drop_index(name);
        writer.alter_table(&table, definition)?;
        Ok(true)
    }
}
