//! The limits on the shape of documents.

use super::place::Place;
use super::special;
use crate::ejson::{self, Wrapper};
use crate::error::{ApiError, document};
use crate::json::{Object, Value};

/// Characters of a document's JSON.
const MAX_DOCUMENT_CHARACTERS: usize = 4_000_000;
/// Levels of objects and arrays, the document itself counting as one.
const MAX_DEPTH: usize = 16;
/// Characters of a dotted path.
const MAX_PATH_CHARACTERS: usize = 1000;
/// Fields of one object that is indexed.
const MAX_OBJECT_FIELDS: usize = 1000;
/// Fields of all that is indexed of a document.
const MAX_DOCUMENT_FIELDS: usize = 2000;
/// Elements of an array that is indexed.
const MAX_ARRAY_ELEMENTS: usize = 1000;
/// Components of a vector.
const MAX_VECTOR_COMPONENTS: usize = 4096;
/// Bytes of a string that is indexed.
const MAX_STRING_BYTES: usize = 8000;

/// Checks what holds for the whole document: depth, field names, lengths of paths, kinds of extended JSON.
pub(super) fn check_names_and_depth(document: &Object) -> Result<(), ApiError> {
    check_object(document, &Place::Document, 1, 0)
}

fn check_object(
    object: &Object,
    place: &Place<'_>,
    depth: usize,
    path_characters: usize,
) -> Result<(), ApiError> {
    check_depth(place, depth)?;
    if let Some((wrapper, content)) = ejson::wrapper(object) {
        return check_wrapper(wrapper, content);
    }
    for (name, value) in object {
        if depth == 1 && name == special::ID {
            continue;
        }
        check_name(name, depth)?;
        let place = place.field(name);
        let characters = path_characters + name.encode_utf16().count();
        if characters > MAX_PATH_CHARACTERS {
            return Err(limit(
                &format!(
                    "The path {place} has {characters} characters, more than the {MAX_PATH_CHARACTERS} allowed"
                ),
                "Use shorter names or fewer levels.",
            ));
        }
        check_value(value, &place, depth, characters + 1)?;
    }
    Ok(())
}

fn check_value(
    value: &Value,
    place: &Place<'_>,
    depth: usize,
    path_characters: usize,
) -> Result<(), ApiError> {
    match value {
        Value::Object(object) => check_object(object, place, depth + 1, path_characters),
        Value::Array(items) => {
            check_depth(place, depth + 1)?;
            items.iter().enumerate().try_for_each(|(index, item)| {
                check_value(item, &place.element(index), depth + 1, path_characters)
            })
        }
        _ => Ok(()),
    }
}

fn check_depth(place: &Place<'_>, depth: usize) -> Result<(), ApiError> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(limit(
        &format!(
            "The document nests deeper than {MAX_DEPTH} levels of objects and arrays at {place}"
        ),
        "Use fewer levels.",
    ))
}

fn check_wrapper(wrapper: Wrapper, content: &Value) -> Result<(), ApiError> {
    let plausible = match content {
        Value::String(_) => true,
        Value::Number(text) => crate::number::is_integer(text.as_str()),
        _ => false,
    };
    if plausible {
        Ok(())
    } else {
        Err(wrapper.malformed(content))
    }
}

fn check_name(name: &str, depth: usize) -> Result<(), ApiError> {
    let problem = if name.is_empty() {
        "must not be empty"
    } else if name.starts_with('$') && !(depth == 1 && special::is_special(name)) {
        "must not start with `$`"
    } else {
        return Ok(());
    };
    Err(document::SHRED_BAD_FIELD_NAME.because(format!(
        "The field name `{name}` {problem}. Rename the field; `$` is kept for the server's own fields and for extended JSON \
         such as `{{\"$date\": 0}}`."
    )))
}

/// Checks the size of the document as it is stored.
pub(super) fn check_size(document: &Object, json: &str) -> Result<(), ApiError> {
    if json.len() <= MAX_DOCUMENT_CHARACTERS {
        return Ok(());
    }
    // UTF-16 units, as the real server counts.
    let characters = json.encode_utf16().count();
    if characters <= MAX_DOCUMENT_CHARACTERS {
        return Ok(());
    }
    let sizes = document
        .iter()
        .map(|(name, value)| (value.to_json().encode_utf16().count(), name.as_str()));
    let (largest, name) = sizes.max().unwrap_or_default();
    Err(limit(
        &format!(
            "The document has {characters} characters of JSON, more than the {MAX_DOCUMENT_CHARACTERS} allowed; {largest} \
             are in the field {}",
            Place::Document.field(name)
        ),
        "Store less in one document.",
    ))
}

/// Checks what holds for the indexed part of a document.
pub(super) fn check_indexed(part: &Object) -> Result<(), ApiError> {
    let mut fields = 0;
    check_indexed_object(part, &Place::Document, &mut fields)?;
    if fields > MAX_DOCUMENT_FIELDS {
        return Err(indexed_limit(&format!(
            "The document has {fields} indexed fields, more than the {MAX_DOCUMENT_FIELDS} allowed"
        )));
    }
    Ok(())
}

fn check_indexed_object(
    object: &Object,
    place: &Place<'_>,
    fields: &mut usize,
) -> Result<(), ApiError> {
    if object.len() > MAX_OBJECT_FIELDS {
        let what = match place {
            Place::Document => "The document".to_owned(),
            place => format!("The object at {place}"),
        };
        return Err(indexed_limit(&format!(
            "{what} has {} fields, more than the {MAX_OBJECT_FIELDS} an indexed object may have",
            object.len()
        )));
    }
    *fields += object.len();
    object
        .iter()
        .try_for_each(|(name, value)| check_indexed_value(value, &place.field(name), fields))
}

fn check_indexed_value(
    value: &Value,
    place: &Place<'_>,
    fields: &mut usize,
) -> Result<(), ApiError> {
    match value {
        Value::Object(object) => check_indexed_object(object, place, fields),
        Value::Array(items) => {
            let most = if place.name() == Some(special::VECTOR) {
                MAX_VECTOR_COMPONENTS
            } else {
                MAX_ARRAY_ELEMENTS
            };
            if items.len() > most {
                return Err(indexed_limit(&format!(
                    "The array at {place} has {} elements, more than the {most} an indexed one may have",
                    items.len()
                )));
            }
            items.iter().enumerate().try_for_each(|(index, item)| {
                check_indexed_value(item, &place.element(index), fields)
            })
        }
        Value::String(text)
            if text.len() > MAX_STRING_BYTES && !place.name().is_some_and(is_unlimited) =>
        {
            Err(indexed_limit(&format!(
                "The string at {place} has {} bytes, more than the {MAX_STRING_BYTES} an indexed one may have",
                text.len()
            )))
        }
        _ => Ok(()),
    }
}

/// Fields whose text is not looked up by value.
fn is_unlimited(name: &str) -> bool {
    matches!(name, special::VECTORIZE | special::LEXICAL | "$binary")
}

/// The error about a limit that every document has.
fn limit(problem: &str, advice: &str) -> ApiError {
    document::SHRED_DOC_LIMIT_VIOLATION.because(format!("{problem}. {advice}"))
}

/// The error about a limit that only holds for what is indexed.
fn indexed_limit(problem: &str) -> ApiError {
    limit(
        problem,
        "Store less in one document, or leave large fields out of the collection's `indexing`.",
    )
}
