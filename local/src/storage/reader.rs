//! A connection that is read from.

use rusqlite::Connection;

/// Reads from one snapshot.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    pub(super) connection: &'c Connection,
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }
}
