//! Documents that go in one request, and what became of each.

use serde_json::value::RawValue;

use super::rejected::RejectionReason;
use crate::action::insert_many::Written;
use crate::error::{EncodeError, Error};

/// Larger requests cost memory and bring nothing.
const MOST_BYTES: usize = 2_000_000;

/// Documents that go in one request.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The place of the first document in the stream.
    pub(super) first: u64,
    pub(super) items: Vec<Item>,
    pub(super) bytes: usize,
    /// Why some of them are still open although nothing more is tried, or which warnings were denied.
    pub(super) failure: Option<Error>,
}

/// One document.
#[derive(Debug)]
pub(super) struct Item {
    /// `None` for one that cannot be written as JSON.
    pub(super) document: Option<Box<RawValue>>,
    /// `None` while it is open.
    pub(super) fate: Option<Fate>,
}

/// What became of a document.
#[derive(Debug)]
pub(super) enum Fate {
    Inserted,
    AlreadyStored,
    Replaced,
    Rejected(RejectionReason),
}

impl Chunk {
    pub(super) fn starting_at(first: u64) -> Self {
        Self {
            first,
            ..Self::default()
        }
    }

    /// The place after its last document.
    pub(super) fn end(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    pub(super) fn push(&mut self, written: Written) {
        let place = self.end();
        let item = match written {
            Ok(document) => {
                self.bytes += document.get().len();
                Item {
                    document: Some(document),
                    fate: None,
                }
            }
            Err(source) => Item {
                document: None,
                fate: Some(Fate::Rejected(RejectionReason::Encode(EncodeError {
                    command: format!("document {place} of insert_many_stream"),
                    source,
                }))),
            },
        };
        self.items.push(item);
    }

    pub(super) fn is_full(&self, size: usize) -> bool {
        self.items.len() >= size || self.bytes >= MOST_BYTES
    }

    pub(super) fn is_open(&self) -> bool {
        self.items.iter().any(|item| item.fate.is_none())
    }

    /// The documents that are open, with their places in the chunk.
    pub(super) fn open(&self) -> (Vec<usize>, Vec<&RawValue>) {
        let open = |(index, item): (usize, &'_ Item)| match item.fate {
            None => Some(index),
            Some(_) => None,
        };
        let places: Vec<usize> = self.items.iter().enumerate().filter_map(open).collect();
        let documents = places.iter().filter_map(|place| self.document(*place));
        let documents = documents.collect();
        (places, documents)
    }

    pub(super) fn document(&self, place: usize) -> Option<&RawValue> {
        self.items.get(place)?.document.as_deref()
    }

    pub(super) fn settle(&mut self, place: usize, fate: Fate) {
        if let Some(item) = self.items.get_mut(place) {
            item.fate = Some(fate);
        }
    }
}
