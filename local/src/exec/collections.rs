//! Commands on collections.

pub(crate) mod count;
mod delete;
mod find;
mod insert;
mod lexical;
mod matches;
mod nearest;
mod project;
pub(crate) mod rerank;
pub(crate) mod scope;
mod select;
mod sorted;
mod update;
mod vectorize;
mod written;

use std::sync::Arc;

use self::scope::{OnCollection, Scope};
use crate::error::ApiError;
use crate::exec::call::Call;
use crate::response::Answer;
use crate::storage::{Collection, StorageError};

/// Runs a command on a collection. An `Err` is a failure of the whole command.
pub(crate) fn run(
    call: &Call<'_>,
    collection: &Arc<Collection>,
    command: impl OnCollection,
) -> Result<Answer, ApiError> {
    let scope = Arc::new(Scope {
        collection: Arc::clone(collection),
        limits: call.limits.clone(),
        providers: call.providers.clone(),
    });
    let result = command.run(&scope, call.storage);
    if result.is_err() && !call.storage.catalogue().has(collection) {
        return Err(StorageError::CollectionGone.into());
    }
    result
}

#[cfg(test)]
mod tests;
