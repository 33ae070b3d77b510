//! Why a change of the schema was not made, and what is answered then.

use crate::error::{ApiError, Kind, database};
use crate::response::Answer;
use crate::storage::{Failure, MAX_COLUMNS, StorageError, Trouble};
use crate::table::definition::TableDefinition;

/// Why a change of the schema was not made.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request is at fault.
    Request(ApiError),
    /// The request would do, but not on what is there: the answer says so in its status too.
    Database(ApiError),
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Request(error)
    }
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Self {
        Self::Request(error.into())
    }
}

impl Failure for Refused {
    fn trouble(&self) -> Option<Trouble> {
        let (Self::Request(error) | Self::Database(error)) = self;
        error.trouble()
    }

    fn message(&self) -> String {
        let (Self::Request(error) | Self::Database(error)) = self;
        error.message.clone()
    }
}

impl Refused {
    pub(super) fn by_database(kind: &'static Kind, message: impl Into<String>) -> Self {
        Self::Database(kind.because(message))
    }

    pub(super) fn query(message: impl Into<String>) -> Self {
        Self::by_database(&database::INVALID_DATABASE_QUERY, message)
    }
}

/// What making something is answered that is there already.
pub(super) fn exists(kind: &'static Kind, what: &str, if_not_exists: bool) -> Result<(), Refused> {
    if if_not_exists {
        return Ok(());
    }
    Err(Refused::by_database(
        kind,
        format!("There is {what} already. Choose another name, or set the option 'ifNotExists'."),
    ))
}

/// Checks that a table does not get more columns than its file can hold.
pub(super) fn check_width(definition: &TableDefinition) -> Result<(), Refused> {
    let columns = definition.columns().len();
    if columns <= MAX_COLUMNS {
        return Ok(());
    }
    Err(Refused::query(format!(
        "The table would have {columns} columns, but a table of the local Data API can have at most {MAX_COLUMNS}. Put columns of one type into a map, or use two tables."
    )))
}

/// The answer to a change of the schema.
pub(super) fn changed(result: Result<(), Refused>) -> Result<Answer, ApiError> {
    match result {
        Ok(()) => Ok(Answer::ok()),
        Err(Refused::Database(error)) => Ok(Answer::not_ok(error)),
        Err(Refused::Request(error)) => Err(error),
    }
}
