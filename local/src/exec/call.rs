//! What a command runs on, and what each kind of command does there.

use std::sync::Arc;

use crate::command::Command;
use crate::error::{ApiError, schema};
use crate::exec::keyspace::{unknown, unusable};
use crate::limits::Limits;
use crate::providers::Providers;
use crate::response::Answer;
use crate::storage::{Collection, Storage, Table};

/// The database, and what of it a request is addressed to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) storage: &'a Storage,
    pub(crate) limits: &'a Limits,
    pub(crate) providers: &'a Providers,
    pub(crate) keyspace: &'a str,
    pub(crate) name: &'a str,
}

/// A collection or table.
pub(crate) enum Target {
    Collection(Arc<Collection>),
    Table(Arc<Table>),
}

/// A command on the database as a whole.
pub(crate) trait OnDatabase: Command {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError>;
}

/// A command on a keyspace, which exists.
pub(crate) trait OnKeyspace: Command {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError>;
}

/// A command on the rows of a table.
pub(crate) trait OnTable: Command {
    /// Whether it only reads. Then it may fail in any way on a table that is altered meanwhile.
    const READS: bool = false;

    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError>;
}

/// A command on the definition of a table.
pub(crate) trait OnDefinition: Command {
    fn run(self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError>;
}

impl Call<'_> {
    pub(crate) fn target(&self) -> Result<Target, ApiError> {
        let (keyspace, name) = (self.keyspace, self.name);
        let catalogue = self.storage.catalogue();
        let found = catalogue
            .keyspace(keyspace)
            .ok_or_else(|| unknown(keyspace))?;
        if let Some(table) = found.table(name) {
            return Ok(Target::Table(Arc::clone(table)));
        }
        let collection = found.collection(name).cloned().ok_or_else(|| {
            schema::UNKNOWN_COLLECTION_OR_TABLE.because(format!(
                "There is no collection or table '{name}' in the keyspace '{keyspace}'. Names are case-sensitive; \
                 findCollections and listTables list those that exist."
            ))
        })?;
        if collection.definition.is_unusable {
            return Err(unusable(name));
        }
        Ok(Target::Collection(collection))
    }
}
