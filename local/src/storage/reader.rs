//! A connection that is read from.

use std::cell::RefCell;

use rusqlite::Connection;

use super::uncommitted::Uncommitted;

/// Reads from one snapshot.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    pub(super) connection: &'c Connection,
    /// Changes to vectors that this reader sees and indexes do not: those of the transaction that a writer is in.
    pub(super) uncommitted: RefCell<Vec<Uncommitted>>,
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            uncommitted: RefCell::default(),
        }
    }
}
