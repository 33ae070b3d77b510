//! The commands on tables, indexes and types: there are none here yet, and each command answers as one finds it then.

use super::unknown_keyspace;
use crate::command::KeyspaceCommand;
use crate::error::{ApiError, Kind, database, schema};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::Storage;

pub(super) fn run(
    storage: &Storage,
    keyspace: &str,
    command: KeyspaceCommand,
) -> Result<Answer, ApiError> {
    match command {
        KeyspaceCommand::ListTables { .. } => Ok(nothing("tables")),
        KeyspaceCommand::ListTypes { .. } => Ok(nothing("types")),
        KeyspaceCommand::DropTable { name, if_exists } => drop_table(storage, keyspace, name, if_exists),
        KeyspaceCommand::DropIndex { name, if_exists } => {
            Ok(dropped(if_exists, &schema::CANNOT_DROP_UNKNOWN_INDEX, "index", &name))
        }
        KeyspaceCommand::DropType { name, if_exists } => {
            Ok(dropped(if_exists, &schema::CANNOT_DROP_UNKNOWN_TYPE, "type", &name))
        }
        _ => Err(database::UNSUPPORTED_DATABASE_QUERY
            .because("The local Data API has no tables and types yet. Use a collection, or a Data API that has them.")),
    }
}

fn nothing(listed_as: &str) -> Answer {
    Answer::of_status(Object::from([(listed_as, Value::Array(Vec::new()))]))
}

/// To the real server a collection is a kind of table, so dropTable drops it.
fn drop_table(
    storage: &Storage,
    keyspace: &str,
    name: String,
    if_exists: bool,
) -> Result<Answer, ApiError> {
    let catalogue = storage.catalogue();
    let found = catalogue
        .keyspace(keyspace)
        .ok_or_else(|| unknown_keyspace(keyspace))?;
    if found.collection(&name).is_none() {
        return Ok(dropped(
            if_exists,
            &schema::CANNOT_DROP_UNKNOWN_TABLE,
            "table",
            &name,
        ));
    }
    super::collections::delete(storage, keyspace, name)
}

fn dropped(if_exists: bool, kind: &'static Kind, what: &str, name: &str) -> Answer {
    if if_exists {
        return Answer::ok();
    }
    Answer::not_ok(kind.because(format!(
        "There is no {what} '{name}'. Set the option 'ifExists' where it may be missing."
    )))
}
