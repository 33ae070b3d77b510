//! Sessions of the MCP endpoint. No request needs one; they are there for clients that ask whether theirs is still known.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// Sessions that are known at most. The oldest of them is forgotten for a new one.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    sessions: HashMap<String, Session>,
    /// How many there were.
    count: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Session {
    number: u64,
    initialized: bool,
}

impl Sessions {
    /// Begins a session. Returns its id.
    pub(super) fn begin(&self) -> String {
        let mut known = self.known();
        if known.sessions.len() >= MOST {
            let oldest = known
                .sessions
                .iter()
                .min_by_key(|(_, session)| session.number);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                known.sessions.remove(&oldest);
            }
        }
        known.count += 1;
        let session = Session {
            number: known.count,
            initialized: false,
        };
        let id = Uuid::new_v4().to_string();
        known.sessions.insert(id.clone(), session);
        id
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        self.known().sessions.contains_key(id)
    }

    /// Notes that a client is ready. Returns whether that is news.
    pub(super) fn is_first_notice(&self, id: &str) -> bool {
        let mut known = self.known();
        let session = known.sessions.get_mut(id);
        session.is_some_and(|session| !std::mem::replace(&mut session.initialized, true))
    }

    /// Ends a session, if there is one.
    pub(super) fn end(&self, id: &str) -> bool {
        self.known().sessions.remove(id).is_some()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
