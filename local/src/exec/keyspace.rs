//! A keyspace or collection that a command cannot run on.

use crate::error::{ApiError, schema, server};

/// What every command on a missing keyspace is answered.
pub(crate) fn unknown(name: &str) -> ApiError {
    schema::UNKNOWN_KEYSPACE.because(format!(
        "There is no keyspace '{name}'. Names are case-sensitive; findKeyspaces lists those that exist, createKeyspace makes one."
    ))
}

/// What every command to a collection is answered whose settings cannot be read.
pub(crate) fn unusable(name: &str) -> ApiError {
    server::INTERNAL_SERVER_ERROR.because(format!(
        "The collection '{name}' was created with a 'defaultId' that names no type, and cannot be used. Drop it, and \
         create it again with a type or without 'defaultId'."
    ))
}
