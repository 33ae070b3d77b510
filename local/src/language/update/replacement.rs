//! Replacing whole documents.

use super::Applied;
use crate::document::id::DocumentId;
use crate::document::insert::{bad_vectorize, vector_and_text};
use crate::document::scalar::same_fields;
use crate::document::special;
use crate::ejson::abbreviated;
use crate::error::{ApiError, document};
use crate::json::{Object, Value};

/// The document that takes the place of another.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    /// Without `_id`.
    document: Object,
    id: Option<Value>,
}

impl Replacement {
    /// # Errors
    ///
    /// `INVALID_USAGE_OF_VECTORIZE`.
    pub(crate) fn new(mut document: Object) -> Result<Self, ApiError> {
        if document.contains_key(special::VECTOR) && document.contains_key(special::VECTORIZE) {
            return Err(vector_and_text());
        }
        let id = document.remove(special::ID);
        Ok(Self { document, id })
    }

    /// Replaces a stored document, or the one an upsert starts from. The `_id` stays.
    ///
    /// # Errors
    ///
    /// `DOCUMENT_REPLACE_DIFFERENT_DOCID`, and what is wrong with `$vectorize`.
    pub(crate) fn apply(&self, existing: &Object) -> Result<Applied, ApiError> {
        let old_id = existing.get(special::ID);
        if let (Some(new), Some(old)) = (&self.id, old_id)
            && DocumentId::from_value(new)? != DocumentId::from_value(old)?
        {
            return Err(document::DOCUMENT_REPLACE_DIFFERENT_DOCID.because(format!(
                "The document to replace has the `_id` {}, the replacement {}. Leave `_id` out of the replacement.",
                abbreviated(old),
                abbreviated(new)
            )));
        }
        let mut replaced = Object::with_capacity(self.document.len() + 2);
        if let Some(id) = old_id.or(self.id.as_ref()) {
            replaced.insert(special::ID, id.clone());
        }
        for (name, value) in &self.document {
            replaced.insert(name, value.clone());
        }
        let text = self.settle_vectorize(&mut replaced)?;
        let old_fields = existing.iter().filter(|(name, _)| *name != special::ID);
        let modified = !same_fields(
            old_fields,
            replaced.iter().filter(|(name, _)| *name != special::ID),
        );
        Ok(Applied {
            document: replaced,
            modified,
            text,
        })
    }

    /// Gives a replacement without text to embed no vector, and returns such text.
    fn settle_vectorize(&self, replaced: &mut Object) -> Result<Option<String>, ApiError> {
        match self.document.get(special::VECTORIZE) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.clone())),
            Some(Value::Null | Value::String(_)) => {
                replaced.insert(special::VECTOR, Value::Null);
                Ok(None)
            }
            Some(other) => Err(bad_vectorize(other)),
        }
    }
}
