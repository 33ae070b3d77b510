//! Documents to insert: what fails the whole command, and what only one document.

use super::id::DocumentId;
use super::{CollectionRules, PreparedDocument, identify, prepare_identified, special};
use crate::ejson::abbreviated;
use crate::error::{ApiError, document, request, schema};
use crate::json::{Object, Value};
use crate::vector;

/// A document that cannot be inserted, though others of the command may be.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    /// Its id, if that much is known; it may be one made for it.
    pub(crate) id: Option<DocumentId>,
    /// Names the document, if its id is known.
    pub(crate) error: ApiError,
}

/// Prepares the documents of an insertOne or insertMany, in their order.
///
/// # Errors
///
/// What fails the command as a whole: `$hybrid` and `$vectorize` that cannot be used, vectors for a collection without
/// vectors, and what `embed` fails with. Everything else is in the results of the documents.
pub(crate) fn prepare_all(
    mut documents: Vec<Value>,
    rules: &CollectionRules,
    embed: impl FnOnce(&[String]) -> Result<Vec<Vec<f32>>, ApiError>,
) -> Result<Vec<Result<PreparedDocument, Rejected>>, ApiError> {
    for document in &mut documents {
        if let Value::Object(object) = document {
            expand_hybrid(object)?;
        }
    }
    let mut texts = Vec::new();
    for document in &mut documents {
        if let Value::Object(object) = document {
            texts.extend(settle_vectorize(object)?);
        }
    }
    if !texts.is_empty() {
        let with_text = documents.iter_mut().filter_map(|document| match document {
            Value::Object(object) if is_to_embed(object) => Some(object),
            _ => None,
        });
        for (document, vector) in with_text.zip(embed(&texts)?) {
            document.insert(special::VECTOR, vector::to_json(&vector));
        }
    }
    let prepared: Vec<_> = documents
        .into_iter()
        .map(|document| prepare_one(document, rules))
        .collect();
    let any_vector = prepared
        .iter()
        .flatten()
        .any(|document| document.vector.is_some());
    if any_vector && rules.vector.is_none() {
        return Err(no_vectors());
    }
    Ok(prepared)
}

/// The error about text to be turned into a vector.
pub(crate) fn no_embedding_service() -> ApiError {
    schema::EMBEDDING_SERVICE_NOT_CONFIGURED.because(
        "The collection has no embedding service, so `$vectorize` cannot turn text into a vector. \
         Compute the vector and send it as `$vector`.",
    )
}

/// The error about vectors where the collection holds none.
pub(crate) fn no_vectors() -> ApiError {
    schema::VECTOR_SEARCH_NOT_SUPPORTED.because(
        "The collection was created without vectors, so `$vector` cannot be used. \
         Create a collection with the option `vector` for documents with vectors.",
    )
}

/// The error about a vector beside the text to make one of.
pub(crate) fn vector_and_text() -> ApiError {
    schema::INVALID_USAGE_OF_VECTORIZE.because(
        "A document cannot have both `$vector` and `$vectorize`. Send the vector or the text it is made of.",
    )
}

/// The error about a `$vectorize` that is no text.
pub(crate) fn bad_vectorize(value: &Value) -> ApiError {
    document::INVALID_VECTORIZE_VALUE_TYPE.because(format!(
        "`$vectorize` must not be {}. It is a string or null.",
        abbreviated(value)
    ))
}

fn prepare_one(value: Value, rules: &CollectionRules) -> Result<PreparedDocument, Rejected> {
    let Value::Object(object) = value else {
        let error = document::SHRED_BAD_DOCUMENT_TYPE.because(format!(
            "A document must be an object, not {}.",
            abbreviated(&value)
        ));
        return Err(Rejected { id: None, error });
    };
    let (id, object) = identify(object, rules).map_err(|error| Rejected { id: None, error })?;
    prepare_identified(id.clone(), object, rules).map_err(|error| Rejected {
        error: error.of_document(id.to_value()),
        id: Some(id),
    })
}

/// Replaces `$hybrid` by the fields it stands for.
fn expand_hybrid(document: &mut Object) -> Result<(), ApiError> {
    let Some(hybrid) = document.remove(special::HYBRID) else {
        return Ok(());
    };
    let (lexical, vectorize) = match hybrid {
        Value::Null | Value::String(_) => (hybrid.clone(), hybrid),
        Value::Object(mut parts) => {
            let lexical = parts.remove(special::LEXICAL).unwrap_or(Value::Null);
            let vectorize = parts.remove(special::VECTORIZE).unwrap_or(Value::Null);
            check_hybrid_parts(&parts, [&lexical, &vectorize])?;
            (lexical, vectorize)
        }
        other => {
            return Err(request::HYBRID_FIELD_UNSUPPORTED_VALUE_TYPE.because(format!(
                "`$hybrid` must not be {}. It is a string, null, or an object of `$lexical` and `$vectorize`.",
                abbreviated(&other)
            )));
        }
    };
    let conflict = [special::LEXICAL, special::VECTOR, special::VECTORIZE]
        .into_iter()
        .find(|name| document.contains_key(name));
    if let Some(name) = conflict {
        return Err(request::HYBRID_FIELD_CONFLICT.because(format!(
            "A document cannot have both `$hybrid` and `{name}`. Use one of them."
        )));
    }
    document.insert(special::LEXICAL, lexical);
    document.insert(special::VECTORIZE, vectorize);
    Ok(())
}

fn check_hybrid_parts(unknown: &Object, known: [&Value; 2]) -> Result<(), ApiError> {
    if let Some((name, _)) = unknown.first() {
        return Err(request::HYBRID_FIELD_UNKNOWN_SUBFIELDS.because(format!(
            "`$hybrid` has no field `{name}`. Its fields are `$lexical` and `$vectorize`."
        )));
    }
    match known
        .into_iter()
        .find(|value| !matches!(value, Value::Null | Value::String(_)))
    {
        Some(value) => Err(
            request::HYBRID_FIELD_UNSUPPORTED_SUBFIELD_VALUE_TYPE.because(format!(
                "The fields of `$hybrid` must not be {}. They are strings or null.",
                abbreviated(value)
            )),
        ),
        None => Ok(()),
    }
}

/// Whether a document has text that a vector is to be made of.
fn is_to_embed(document: &Object) -> bool {
    let text = document.get(special::VECTORIZE).and_then(Value::as_str);
    text.is_some_and(|text| !text.trim().is_empty())
}

/// Checks `$vectorize`, and gives a document whose text is empty no vector. Returns the text to embed.
fn settle_vectorize(document: &mut Object) -> Result<Option<String>, ApiError> {
    let Some(value) = document.get(special::VECTORIZE) else {
        return Ok(None);
    };
    if document.contains_key(special::VECTOR) {
        return Err(vector_and_text());
    }
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(Some(text.clone())),
        Value::Null | Value::String(_) => {
            document.insert(special::VECTOR, Value::Null);
            Ok(None)
        }
        other => Err(bad_vectorize(other)),
    }
}
