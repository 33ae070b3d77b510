//! The keyspace a command is for.

use crate::error::{ApiError, schema};

/// What every command on a missing keyspace is answered.
pub(crate) fn unknown(name: &str) -> ApiError {
    schema::UNKNOWN_KEYSPACE.because(format!(
        "There is no keyspace '{name}'. Names are case-sensitive; findKeyspaces lists those that exist, createKeyspace makes one."
    ))
}
