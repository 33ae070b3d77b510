//! What is kept beside the text of a document and can be made anew from it.

use super::entries::{IndexEntry, index_entries};
use super::id::DocumentId;
use super::{CollectionRules, special, token};
use crate::json::parse_stored;
use crate::vector;

/// Under what a stored document is found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Derived {
    pub(crate) key: Vec<u8>,
    pub(crate) token: i64,
    pub(crate) vector: Option<Vec<f32>>,
    pub(crate) entries: Vec<IndexEntry>,
}

/// Reads a stored document; none where the text is not what a version of this crate has written.
pub(crate) fn derive(json: &str, rules: &CollectionRules) -> Option<Derived> {
    let value = parse_stored(json).ok()?;
    let document = value.as_object()?;
    let id = DocumentId::from_value(document.get(special::ID)?).ok()?;
    let vector = match (document.get(special::VECTOR), rules.vector) {
        (Some(value), Some(_)) => vector::of_document(value).ok()?,
        _ => None,
    };
    Some(Derived {
        key: id.key(),
        token: token::of(&id),
        vector,
        entries: index_entries(document, rules),
    })
}
