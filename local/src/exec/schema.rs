//! Keyspaces, collections, and what a database offers beside them.

pub(crate) mod collections;
mod keyspaces;
pub(crate) mod names;
pub(crate) mod providers;

use crate::command::{GeneralCommand, KeyspaceCommand};
use crate::error::ApiError;
use crate::exec::{keyspace, tables};
use crate::limits::Limits;
use crate::response::Answer;
use crate::storage::Storage;

/// Runs a command on the database as a whole.
pub(crate) fn run_general(storage: &Storage, command: GeneralCommand) -> Result<Answer, ApiError> {
    match command {
        GeneralCommand::CreateKeyspace { name, replication } => {
            keyspaces::create(storage, name, replication)
        }
        GeneralCommand::DropKeyspace { name } => keyspaces::drop(storage, name),
        GeneralCommand::FindKeyspaces { listed_as } => Ok(keyspaces::list(storage, listed_as)),
        GeneralCommand::FindEmbeddingProviders => Ok(providers::embedding()),
        GeneralCommand::FindRerankingProviders(status) => Ok(providers::reranking(&status)),
    }
}

/// Runs a command on a keyspace.
pub(crate) fn run_keyspace(
    storage: &Storage,
    limits: &Limits,
    keyspace: &str,
    command: KeyspaceCommand,
) -> Result<Answer, ApiError> {
    if storage.catalogue().keyspace(keyspace).is_none() {
        return Err(keyspace::unknown(keyspace));
    }
    match command {
        KeyspaceCommand::CreateCollection { name, options } => {
            collections::create(storage, limits, keyspace, name, *options)
        }
        KeyspaceCommand::DeleteCollection { name } => collections::delete(storage, keyspace, name),
        KeyspaceCommand::FindCollections { explain } => {
            collections::list(storage, keyspace, explain)
        }
        other => tables::run_keyspace(storage, keyspace, other),
    }
}
