//! Stored documents that are not what the shop writes: someone has edited or imported them.

/// A stored document that the shop cannot use, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document {id} is not valid: {reason}")]
pub struct InvalidDocument {
    /// Its `_id` as the database shows it; of an id that is a secret, the beginning.
    pub id: String,
    /// What is wrong with it, field by field.
    pub reason: String,
}
