//! The index entries of a document: what a filter can be looked up by.
//!
//! An entry is a path and bytes that begin with a tag. In an index ordered by path and bytes every comparison of the
//! filter language is a few points or ranges:
//!
//! | tag | entry | for |
//! |---|---|---|
//! | `0x10`–`0x14` | the scalar at the path itself, by type | equality, ranges, existence |
//! | `0x15` | the fingerprint of the array or object at the path | exact content, ranges of text, existence |
//! | `0x16` | something that only exists (`$vector`, bytes) | existence |
//! | `0x20` | the length of the array at the path | `$size` |
//! | `0x30`–`0x35` | an element of the array at the path, as above | containment |
//! | `0x40`, `0x41` | a term of `$lexical`, and its length | lexical search |
//!
//! So a scalar has one entry, and an array two and one for each of its distinct elements, beside those of the
//! elements' own paths.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::CollectionRules;
use super::fingerprint;
use super::lexical;
use super::scalar::{Content, Scalar};
use super::special;
use crate::json::{Object, Value};
use crate::path::encode_segment;

#[cfg(test)]
mod tests;

/// Tags of what is at a path itself begin here.
pub(crate) const OWN: u8 = 0x10;
/// The tag that follows the tags of what is at a path itself.
pub(crate) const OWN_END: u8 = 0x17;
/// The tag of an array's length.
pub(crate) const SIZE: u8 = 0x20;
/// Tags of the elements of an array begin here.
pub(crate) const ELEMENT: u8 = 0x30;

/// Offsets from [`OWN`] and [`ELEMENT`].
const TEXT: u8 = 4;
pub(crate) const CONTAINER: u8 = 5;
const OPAQUE: u8 = 6;

/// Text is kept whole up to here; longer text is cut and a hash of the whole added.
pub(crate) const TEXT_PREFIX: usize = 96;
/// Bytes of hash after a text that was cut.
pub(crate) const TEXT_HASH: usize = 8;

/// One entry of the index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IndexEntry {
    /// The dotted path, with `&` escapes.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// All entries of a document, without duplicates, in no order that matters.
pub(crate) fn index_entries(document: &Object, rules: &CollectionRules) -> Vec<IndexEntry> {
    let part = rules.indexing.indexed_part(document);
    let mut walk = Walk {
        path: String::new(),
        entries: Vec::with_capacity(part.len() + 8),
    };
    for (name, value) in part.iter() {
        walk.path.push_str(&encode_segment(name));
        if special::is_special(name) {
            if !value.is_null() {
                walk.push(vec![OWN + OPAQUE]);
            }
            if let (special::LEXICAL, Value::String(text), Some(analyzer)) =
                (name.as_str(), value, &rules.lexical)
            {
                for bytes in lexical::entries(analyzer, text) {
                    walk.push(bytes);
                }
            }
        } else {
            walk.value(value);
        }
        walk.path.clear();
    }
    walk.entries
}

/// The bytes of a scalar: `base` is [`OWN`] or [`ELEMENT`].
pub(crate) fn scalar_bytes(base: u8, scalar: &Scalar<'_>) -> Vec<u8> {
    match scalar {
        Scalar::Text(text) if text.len() > TEXT_PREFIX => {
            let mut bytes = vec![base + TEXT];
            bytes.extend(&text.as_bytes()[..TEXT_PREFIX]);
            bytes.extend(&md5::compute(text.as_bytes())[..TEXT_HASH]);
            bytes
        }
        _ => {
            let mut bytes = vec![base + kind(scalar)];
            scalar.encode(&mut bytes);
            bytes
        }
    }
}

/// The bytes of a whole array or object.
pub(crate) fn container_bytes(base: u8, fingerprint: &str) -> Vec<u8> {
    let mut bytes = vec![base + CONTAINER];
    bytes.extend(fingerprint.as_bytes());
    bytes
}

/// The bytes of an array's length.
pub(crate) fn size_bytes(length: u64) -> Vec<u8> {
    let mut bytes = vec![SIZE];
    bytes.extend(length.to_be_bytes());
    bytes
}

/// The tag of a scalar's type, to be added to [`OWN`] or [`ELEMENT`].
pub(crate) fn kind(scalar: &Scalar<'_>) -> u8 {
    match scalar {
        Scalar::Null => 0,
        Scalar::Bool(_) => 1,
        Scalar::Number(_) => 2,
        Scalar::Date(_) => 3,
        Scalar::Text(_) => TEXT,
    }
}

struct Walk {
    path: String,
    entries: Vec<IndexEntry>,
}

impl Walk {
    fn push(&mut self, bytes: Vec<u8>) {
        self.entries.push(IndexEntry {
            path: self.path.clone(),
            bytes,
        });
    }

    fn value(&mut self, value: &Value) {
        match Content::at_path(value) {
            Content::Scalar(scalar) => self.push(scalar_bytes(OWN, &scalar)),
            Content::Opaque => self.push(vec![OWN + OPAQUE]),
            Content::Array(items) => self.array(items),
            Content::Object(object) => {
                self.push(container_bytes(OWN, &fingerprint::of_object(object)));
                for (name, value) in object {
                    self.below(&encode_segment(name), value);
                }
            }
        }
    }

    fn array(&mut self, items: &[Value]) {
        self.push(container_bytes(OWN, &fingerprint::of_array(items)));
        self.push(size_bytes(u64::try_from(items.len()).unwrap_or(u64::MAX)));
        let elements: HashSet<Vec<u8>> = items.iter().map(element_bytes).collect();
        for bytes in elements {
            self.push(bytes);
        }
        for (index, item) in items.iter().enumerate() {
            self.below(&index.to_string(), item);
        }
    }

    fn below(&mut self, segment: &str, value: &Value) {
        let length = self.path.len();
        // Writing to a string does not fail.
        let _ = write!(self.path, ".{segment}");
        self.value(value);
        self.path.truncate(length);
    }
}

fn element_bytes(value: &Value) -> Vec<u8> {
    match Content::in_array(value) {
        Content::Scalar(scalar) => scalar_bytes(ELEMENT, &scalar),
        Content::Array(items) => container_bytes(ELEMENT, &fingerprint::of_array(items)),
        Content::Object(object) => container_bytes(ELEMENT, &fingerprint::of_object(object)),
        Content::Opaque => vec![ELEMENT + OPAQUE],
    }
}
