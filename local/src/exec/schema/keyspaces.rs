//! createKeyspace, dropKeyspace, findKeyspaces.

use super::names;
use crate::error::ApiError;
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::{Storage, StorageError};

/// Makes a keyspace; one that exists already stays as it is. Replication has no meaning on one machine.
pub(super) fn create(storage: &Storage, name: Option<String>) -> Result<Answer, ApiError> {
    let name = names::check(name, "keyspace")?;
    storage.write(move |writer| -> Result<(), StorageError> {
        if writer.catalogue().keyspace(&name).is_none() {
            writer.create_keyspace(&name, "{}")?;
        }
        Ok(())
    })?;
    Ok(Answer::ok())
}

pub(super) fn drop(storage: &Storage, name: String) -> Result<Answer, ApiError> {
    storage.write(move |writer| writer.drop_keyspace(&name).map(std::mem::drop))?;
    Ok(Answer::ok())
}

pub(super) fn list(storage: &Storage, listed_as: &str) -> Answer {
    let catalogue = storage.catalogue();
    let names: Vec<Value> = catalogue
        .keyspaces()
        .map(|keyspace| keyspace.name.as_str().into())
        .collect();
    Answer::of_status(Object::from([(listed_as, names)]))
}
