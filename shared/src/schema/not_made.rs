//! That a collection or table could not be made.

use std::fmt;

use astra_db::Error;

/// What of an application's collections and tables could not be made or looked at.
#[derive(Debug)]
pub struct NotMade {
    what: Vec<String>,
    source: Error,
}

impl NotMade {
    pub(super) fn new(what: Vec<String>, source: Error) -> Self {
        Self { what, source }
    }

    pub(super) fn one(what: String, source: Error) -> Self {
        Self::new(vec![what], source)
    }

    /// The record itself could not be read.
    pub(super) fn unread(source: Error) -> Self {
        Self::new(Vec::new(), source)
    }

    /// Why.
    pub fn error(&self) -> &Error {
        &self.source
    }
}

impl fmt::Display for NotMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what.as_slice() {
            [] => f.write_str("reading what has been made in the database"),
            what => write!(f, "making {}", what.join(", ")),
        }
    }
}

impl std::error::Error for NotMade {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
