//! Inserts that may have been carried out: a member who sends the same again means the same insert.
//!
//! This is in memory, for members who give their command again. *Try again*, which the answer to such
//! an insert offers, works the same in every process.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::document::Document;
use crate::domain::id::InteractionId;

/// How long the same document of the same member is the same insert.
const LIFETIME: Duration = Duration::from_mins(15);
/// Inserts that are remembered.
const MAX_INSERTS: usize = 10_000;

/// Inserts that may have been carried out.
#[derive(Debug, Default)]
pub struct Unsettled {
    hasher: RandomState,
    inserts: Mutex<HashMap<u64, (Instant, InteractionId)>>,
}

impl Unsettled {
    /// The document as it was sent before, if the same member sent the same.
    pub fn as_sent_before(&self, document: Document) -> Document {
        match self.inserts().get(&self.key(&document)) {
            Some((since, id)) if since.elapsed() < LIFETIME => document.made_by(*id),
            _ => document,
        }
    }

    /// Remembers a document that may be stored.
    pub fn remember(&self, document: &Document) {
        let key = self.key(document);
        let mut inserts = self.inserts();
        if inserts.len() >= MAX_INSERTS {
            inserts.retain(|_, (since, _)| since.elapsed() < LIFETIME);
        }
        if inserts.len() < MAX_INSERTS {
            inserts.insert(key, (Instant::now(), document.revision.made_by));
        }
    }

    /// Forgets a document of which it is known whether it is stored.
    pub fn forget(&self, document: &Document) {
        self.inserts().remove(&self.key(document));
    }

    fn key(&self, document: &Document) -> u64 {
        let name = document.name.as_str();
        let body = document.body.compact();
        self.hasher
            .hash_one((document.guild, document.author.id, name, body))
    }

    fn inserts(&self) -> MutexGuard<'_, HashMap<u64, (Instant, InteractionId)>> {
        // A panic elsewhere leaves whole values behind.
        self.inserts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
