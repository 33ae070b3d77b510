//! What an application waits for while it starts, for those who ask whether it is ready.

use std::sync::{Arc, Mutex, PoisonError};

use crate::unavailable::Unavailable;

/// Why an application that is starting is not ready yet. Its clones are one.
#[derive(Clone, Debug, Default)]
pub struct Startup(Arc<Mutex<Option<Unavailable>>>);

impl Startup {
    /// What it waits for; `None` while it works.
    pub fn reason(&self) -> Option<Unavailable> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, reason: Option<Unavailable>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }
}
