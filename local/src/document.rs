//! Documents: what can be stored, in which form, under which id, and what of it is indexed.

pub(crate) mod derived;
pub(crate) mod entries;
pub(crate) mod fingerprint;
pub(crate) mod id;
pub(crate) mod insert;
pub(crate) mod lexical;
mod place;
pub(crate) mod scalar;
mod shape;
pub(crate) mod special;
pub(crate) mod token;

use std::sync::Arc;

use crate::definition::{CollectionDefinition, DefaultId, Metric};
use crate::ejson::{self, abbreviated};
use crate::error::{ApiError, document, schema};
use crate::indexing::Indexing;
use crate::json::{Number, Object, Value};
use crate::number;
use crate::text::{Analyzer, MAX_TERM_BYTES};
use crate::vector;
use id::DocumentId;
use place::Place;

#[cfg(test)]
mod tests;

/// What a collection asks of its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CollectionRules {
    /// The vectors it holds, if it holds any.
    pub(crate) vector: Option<VectorRule>,
    pub(crate) indexing: Indexing,
    /// How `$lexical` is taken apart, where it can be searched.
    pub(crate) lexical: Option<Arc<Analyzer>>,
    /// Ids for documents that come without one; random UUIDs as plain strings if not said otherwise.
    pub(crate) default_id: Option<DefaultId>,
}

/// The vectors a collection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VectorRule {
    pub(crate) dimension: usize,
    pub(crate) metric: Metric,
}

impl CollectionRules {
    /// The rules of a collection.
    ///
    /// # Errors
    ///
    /// If a path of its indexing or its analyzer cannot be read, which no collection can be created with.
    pub(crate) fn of(definition: &CollectionDefinition) -> Option<Self> {
        let vector = definition.vector.as_ref().map(|vector| VectorRule {
            dimension: vector.dimension,
            metric: vector.metric,
        });
        let lexical = match &definition.lexical {
            Some(analyzer) => Some(Arc::new(Analyzer::from_value(analyzer).ok()?)),
            None => None,
        };
        Some(Self {
            vector,
            indexing: Indexing::of(definition.indexing.as_ref()).ok()?,
            lexical,
            default_id: definition.default_id,
        })
    }
}

/// A document that can be stored.
#[derive(Clone, Debug)]
pub(crate) struct PreparedDocument {
    pub(crate) id: DocumentId,
    /// With `_id` first and numbers as they are answered.
    pub(crate) document: Object,
    /// The same as text.
    pub(crate) json: String,
    /// Its `$vector`, if the collection holds vectors and the document has one.
    pub(crate) vector: Option<Vec<f32>>,
}

/// Checks a whole document and brings it into the form it is stored in. A missing `_id` is made.
///
/// # Errors
///
/// The first rule of section 8 of the documents' specification it breaks: a `SHRED_…` kind, or what is wrong with its
/// vector.
pub(crate) fn prepare(
    document: Object,
    rules: &CollectionRules,
) -> Result<PreparedDocument, ApiError> {
    let (id, document) = identify(document, rules)?;
    let mut prepared = prepare_identified(id, document, rules)?;
    if rules.vector.is_none() {
        // As on the real server, an update can leave a `$vector` here; it is a field like any other.
        prepared.vector = None;
    }
    Ok(prepared)
}

/// Finds or makes the id, and puts it first.
fn identify(document: Object, rules: &CollectionRules) -> Result<(DocumentId, Object), ApiError> {
    let (id, value) = if let Some(value) = document.get(special::ID) {
        (DocumentId::from_value(value)?, value.clone())
    } else {
        let id = id::generate(rules.default_id);
        let value = id.to_value();
        (id, value)
    };
    if document
        .first()
        .is_some_and(|(name, _)| name == special::ID)
    {
        return Ok((id, document));
    }
    let mut identified = Object::with_capacity(document.len() + 1);
    identified.insert(special::ID, value);
    for (name, value) in document {
        if name != special::ID {
            identified.insert(name, value);
        }
    }
    Ok((id, identified))
}

fn prepare_identified(
    id: DocumentId,
    mut document: Object,
    rules: &CollectionRules,
) -> Result<PreparedDocument, ApiError> {
    shape::check_names_and_depth(&document)?;
    for (name, value) in document.iter_mut() {
        normalise_numbers(value, &Place::Document.field(name))?;
    }
    let json = document.to_json();
    shape::check_size(&document, &json)?;
    shape::check_indexed(&rules.indexing.indexed_part(&document))?;
    let mut vector = None;
    for (name, value) in &document {
        match name.as_str() {
            special::VECTOR => vector = vector::of_document(value)?,
            special::LEXICAL => check_lexical(value, rules.lexical.as_deref())?,
            special::VECTORIZE | special::ID => {}
            _ => check_extended_json(value)?,
        }
    }
    if let (Some(vector), Some(rule)) = (&vector, rules.vector) {
        vector::check(vector, rule.dimension, rule.metric)?;
    }
    Ok(PreparedDocument {
        id,
        document,
        json,
        vector,
    })
}

/// Where lexical search is off, the field may only be null.
fn check_lexical(value: &Value, analyzer: Option<&Analyzer>) -> Result<(), ApiError> {
    match (value, analyzer) {
        (Value::Null, _) => Ok(()),
        (Value::String(text), Some(analyzer)) if analyzer.has_room_for(text) => Ok(()),
        (Value::String(_), Some(_)) => Err(document::LEXICAL_CONTENT_TOO_LONG.because(format!(
            "The words of `$lexical` have more than {MAX_TERM_BYTES} bytes together. Search a shorter text, such as a \
             title or a summary.",
        ))),
        (Value::String(_), None) => Err(schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION.because(
            "Lexical search is not enabled for this collection, so a document cannot have a `$lexical` text. \
             Leave the field out or set it to null.",
        )),
        _ => Err(document::SHRED_BAD_DOCUMENT_LEXICAL_TYPE.because(format!(
            "`$lexical` must not be {}. It is a string or null.",
            abbreviated(value)
        ))),
    }
}

fn check_extended_json(value: &Value) -> Result<(), ApiError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(check_extended_json),
        Value::Object(object) => match ejson::wrapper(object) {
            Some((wrapper, content)) => wrapper.read_or_explain(content).map(drop),
            None => object.values().try_for_each(check_extended_json),
        },
        _ => Ok(()),
    }
}

fn normalise_numbers(value: &mut Value, place: &Place<'_>) -> Result<(), ApiError> {
    match value {
        Value::Number(text) => match number::normalise(text.as_str()) {
            None => Err(document::SHRED_DOC_LIMIT_VIOLATION.because(format!(
                "The exponent of the number `{}` at {place} is too large to be stored. Use a smaller number, or a string.",
                text.as_str()
            ))),
            Some(normalised) => {
                if normalised != text.as_str() {
                    *text = Number::new(normalised);
                }
                Ok(())
            }
        },
        Value::Array(items) => items
            .iter_mut()
            .enumerate()
            .try_for_each(|(index, item)| normalise_numbers(item, &place.element(index))),
        Value::Object(object) => object
            .iter_mut()
            .try_for_each(|(name, value)| normalise_numbers(value, &place.field(name))),
        _ => Ok(()),
    }
}
