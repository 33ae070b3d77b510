//! Commands on collections.

pub(super) mod best;
mod count;
mod delete;
mod find;
mod insert;
mod matches;
mod nearest;
mod project;
mod scope;
mod select;
mod sorted;
mod update;
mod written;

use std::sync::Arc;

use self::scope::Scope;
use crate::command::DataCommand;
use crate::error::ApiError;
use crate::exec::schema::providers::{refuse_rerank, reranking_unavailable};
use crate::limits::Limits;
use crate::response::Answer;
use crate::storage::{Collection, Storage, StorageError};

/// Runs a command on a collection. An `Err` is a failure of the whole command.
pub(crate) fn run(
    storage: &Storage,
    collection: &Arc<Collection>,
    command: DataCommand,
    limits: &Limits,
) -> Result<Answer, ApiError> {
    let scope = Arc::new(Scope {
        collection: Arc::clone(collection),
        limits: limits.clone(),
    });
    let result = carry_out(&scope, storage, command);
    if result.is_err() && !storage.catalogue().has(collection) {
        return Err(StorageError::CollectionGone.into());
    }
    result
}

fn carry_out(
    scope: &Arc<Scope>,
    storage: &Storage,
    command: DataCommand,
) -> Result<Answer, ApiError> {
    match command {
        DataCommand::InsertOne(command) => insert::insert_one(scope, storage, command),
        DataCommand::InsertMany(command) => insert::insert_many(scope, storage, command),
        DataCommand::Find(command) => find::find(scope, storage, &command),
        DataCommand::FindOne(command) => find::find_one(scope, storage, &command),
        DataCommand::UpdateOne(command) => update::update_one(scope, storage, &command),
        DataCommand::UpdateMany(command) => update::update_many(scope, storage, &command),
        DataCommand::FindOneAndUpdate(command) => {
            update::find_one_and_update(scope, storage, &command)
        }
        DataCommand::FindOneAndReplace(command) => {
            update::find_one_and_replace(scope, storage, command)
        }
        DataCommand::FindOneAndDelete(command) => {
            delete::find_one_and_delete(scope, storage, &command)
        }
        DataCommand::DeleteOne(command) => delete::delete_one(scope, storage, &command),
        DataCommand::DeleteMany(command) => delete::delete_many(scope, storage, &command),
        DataCommand::CountDocuments(command) => count::count(scope, storage, &command),
        DataCommand::EstimatedDocumentCount => count::estimate(scope, storage),
        DataCommand::FindAndRerank(command) => {
            refuse_rerank(&scope.collection.definition, &command, &scope.limits)?;
            scope.filter(command.filter.as_ref())?;
            Err(reranking_unavailable())
        }
    }
}

#[cfg(test)]
mod tests;
