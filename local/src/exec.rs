//! Commands carried out: each asks the storage and makes an answer.

pub(crate) mod call;
mod candidates;
pub(crate) mod collections;
pub(crate) mod keyspace;
pub(crate) mod schema;
mod smallest;
pub(crate) mod tables;

use crate::error::{ApiError, server};

/// Bytes of documents or rows that a command may still hold at once.
#[derive(Debug)]
struct Room(usize);

impl Room {
    /// # Errors
    ///
    /// Where there are not as many left. Nothing may have been written then, for the command is begun anew with more.
    fn take(&mut self, bytes: usize) -> Result<(), ApiError> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(|| {
            server::OVERLOADED_SERVER.because(
                "The answer is larger than the server has memory for. Ask for fewer documents or fields at once.",
            )
        })?;
        Ok(())
    }
}
