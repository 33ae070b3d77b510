//! What travels from the reader to the database: a few documents at a time, with their places in the file.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The server takes 100 documents in one request.
const MOST_DOCUMENTS: usize = 100;
/// Larger batches cost memory and bring nothing.
const MOST_BYTES: usize = 2_000_000;

/// The longest record that is read whole: the server takes requests of 20 MB, documents of 4 MB.
pub(super) const LONGEST: usize = 19_000_000;

/// How far into the input something reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) bytes: u64,
    /// Lines that end before it.
    pub(super) lines: u64,
    /// Documents or rows that end before it, good or not.
    pub(super) records: u64,
}

/// A document or row, by the line it begins on.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) line: u64,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// JSON to be stored.
    Good(Box<RawValue>),
    /// What is there cannot be stored, and why.
    Bad { text: String, reason: String },
}

/// Items that are sent together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) items: Vec<Item>,
    /// Where the input goes on after them.
    pub(super) end: Position,
    bytes: usize,
}

impl Batch {
    pub(super) fn push(&mut self, item: Item) {
        self.bytes += match &item.content {
            Content::Good(json) => json.get().len(),
            Content::Bad { text, .. } => text.len(),
        };
        self.items.push(item);
    }

    pub(super) fn is_full(&self) -> bool {
        self.items.len() >= MOST_DOCUMENTS || self.bytes >= MOST_BYTES
    }
}

impl Content {
    pub(super) fn bad(text: &[u8], reason: impl Into<String>) -> Self {
        Self::Bad {
            text: String::from_utf8_lossy(text).into_owned(),
            reason: reason.into(),
        }
    }
}
