//! createKeyspace, dropKeyspace, findKeyspaces.

use super::names;
use crate::command::Replication;
use crate::error::{ApiError, database};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::Storage;

/// Makes a keyspace; one that exists already stays as it is. Replication has no effect on one machine, but what no
/// cluster could do is refused.
pub(super) fn create(
    storage: &Storage,
    name: Option<String>,
    replication: Option<Replication>,
) -> Result<Answer, ApiError> {
    let name = names::check(name, "keyspace")?;
    storage.write(move |writer| -> Result<(), ApiError> {
        if writer.catalogue().keyspace(&name).is_none() {
            if let Some(replication) = &replication {
                check(replication)?;
            }
            writer.create_keyspace(&name, "{}")?;
        }
        Ok(())
    })?;
    Ok(Answer::ok())
}

/// The real server leaves this to Cassandra, and has no error of its own for what that refuses.
fn check(replication: &Replication) -> Result<(), ApiError> {
    let by_datacenter = replication.class == "NetworkTopologyStrategy";
    if by_datacenter && replication.factors.is_empty() {
        return Err(database::UNEXPECTED_DRIVER_ERROR.because(
            "NetworkTopologyStrategy needs at least one datacenter. Give its name with the number of copies.",
        ));
    }
    let heeded = |name: &str| by_datacenter || name == "replication_factor";
    let negative = replication
        .factors
        .iter()
        .find(|(name, copies)| *copies < 0 && heeded(name));
    match negative {
        None => Ok(()),
        Some((name, copies)) => Err(database::UNEXPECTED_DRIVER_ERROR.because(format!(
            "The number of copies for '{name}' cannot be negative; it is {copies}."
        ))),
    }
}

/// Drops a keyspace; one that does not exist is fine, one that could not is not.
pub(super) fn drop(storage: &Storage, name: String) -> Result<Answer, ApiError> {
    if let Some(other) = name
        .chars()
        .find(|character| !names::is_allowed(*character))
    {
        let kind = if other == '"' {
            &database::UNSUPPORTED_DATABASE_QUERY
        } else {
            &database::INVALID_DATABASE_QUERY
        };
        return Err(kind.because(format!(
            "No keyspace can be named '{name}'. Names have letters, digits and underscores (A-Z, a-z, 0-9, _)."
        )));
    }
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
