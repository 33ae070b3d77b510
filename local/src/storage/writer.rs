//! What a job may do while it alone writes.

use std::any::Any;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::collection::Collection;
use super::error::StorageError;
use super::path_numbers::PathNumbers;
use super::reader::Reader;

/// What a job may do: read the newest state, and change it. Nobody else sees the changes before the commit.
pub(crate) struct Writer<'c> {
    pub(super) reader: Reader<'c>,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) paths: &'c mut PathNumbers,
}

impl<'c> Deref for Writer<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

impl Writer<'_> {
    /// The keyspaces and collections as this job sees them.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(super) fn catalogue_mut(&mut self) -> &mut Catalogue {
        Arc::make_mut(&mut self.catalogue)
    }

    /// Fails when `collection` was dropped since the caller looked it up.
    pub(crate) fn require(&self, collection: &Collection) -> Result<(), StorageError> {
        if self.catalogue.has(collection) {
            Ok(())
        } else {
            Err(StorageError::CollectionGone)
        }
    }

    pub(super) fn undo(&mut self) {
        self.paths.forget_new();
        if !self.connection.is_autocommit() {
            // Should even this fail, the next BEGIN fails too and tells its callers why.
            let _ = self.execute("ROLLBACK");
        }
    }

    pub(super) fn execute(&self, sql: &str) -> Result<(), StorageError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Runs `job` in a savepoint: an `Err` or a panic leaves no trace of it.
    pub(super) fn attempt<T, E: From<StorageError>>(
        &mut self,
        job: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.execute("SAVEPOINT job")?;
        let catalogue = Arc::clone(&self.catalogue);
        let vectors = self.uncommitted.borrow().len();
        let caught: Result<_, Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(|| job(self)));
        let result = caught.unwrap_or_else(|_| Err(StorageError::Panicked.into()));
        if result.is_err() {
            self.catalogue = catalogue;
            self.uncommitted.borrow_mut().truncate(vectors);
            self.paths.forget_new();
            if self.connection.is_autocommit() {
                // SQLite has undone the whole transaction already: why, is in the result.
                return result;
            }
            self.execute("ROLLBACK TO job")?;
        }
        self.execute("RELEASE job")?;
        result
    }
}
