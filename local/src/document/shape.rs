//! The limits on the shape of documents.

use super::ejson::{self, Wrapper};
use super::special;
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
    check_object(document, 1, 0)
}

fn check_object(object: &Object, depth: usize, path_characters: usize) -> Result<(), ApiError> {
    if depth > MAX_DEPTH {
        return Err(limit(&format!(
            "A document nests deeper than {MAX_DEPTH} levels of objects and arrays"
        )));
    }
    if let Some((wrapper, content)) = ejson::wrapper(object) {
        return check_wrapper(wrapper, content);
    }
    for (name, value) in object {
        if depth == 1 && name == special::ID {
            continue;
        }
        check_name(name, depth)?;
        let characters = path_characters + name.encode_utf16().count();
        if characters > MAX_PATH_CHARACTERS {
            return Err(limit(&format!(
                "The path to a field is longer than {MAX_PATH_CHARACTERS} characters"
            )));
        }
        check_value(value, depth, characters + 1)?;
    }
    Ok(())
}

fn check_value(value: &Value, depth: usize, path_characters: usize) -> Result<(), ApiError> {
    match value {
        Value::Object(object) => check_object(object, depth + 1, path_characters),
        Value::Array(items) => {
            if depth + 1 > MAX_DEPTH {
                return Err(limit(&format!(
                    "A document nests deeper than {MAX_DEPTH} levels of objects and arrays"
                )));
            }
            items
                .iter()
                .try_for_each(|item| check_value(item, depth + 1, path_characters))
        }
        _ => Ok(()),
    }
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
pub(super) fn check_size(json: &str) -> Result<(), ApiError> {
    if json.len() <= MAX_DOCUMENT_CHARACTERS {
        return Ok(());
    }
    // UTF-16 units, as the real server counts.
    let characters = json.encode_utf16().count();
    if characters > MAX_DOCUMENT_CHARACTERS {
        return Err(limit(&format!(
            "The document has {characters} characters of JSON, more than the {MAX_DOCUMENT_CHARACTERS} allowed"
        )));
    }
    Ok(())
}

/// Checks what holds for the indexed part of a document.
pub(super) fn check_indexed(part: &Object) -> Result<(), ApiError> {
    let mut fields = 0;
    check_indexed_object(part, &mut fields)?;
    if fields > MAX_DOCUMENT_FIELDS {
        return Err(limit(&format!(
            "The document has {fields} indexed fields, more than the {MAX_DOCUMENT_FIELDS} allowed"
        )));
    }
    Ok(())
}

fn check_indexed_object(object: &Object, fields: &mut usize) -> Result<(), ApiError> {
    if object.len() > MAX_OBJECT_FIELDS {
        return Err(limit(&format!(
            "An indexed object has {} fields, more than the {MAX_OBJECT_FIELDS} allowed",
            object.len()
        )));
    }
    *fields += object.len();
    object
        .iter()
        .try_for_each(|(name, value)| check_indexed_value(name, value, fields))
}

fn check_indexed_value(name: &str, value: &Value, fields: &mut usize) -> Result<(), ApiError> {
    match value {
        Value::Object(object) => check_indexed_object(object, fields),
        Value::Array(items) => {
            let most = if name == special::VECTOR {
                MAX_VECTOR_COMPONENTS
            } else {
                MAX_ARRAY_ELEMENTS
            };
            if items.len() > most {
                return Err(limit(&format!(
                    "The array in field `{name}` has {} elements, more than the {most} an indexed one may have",
                    items.len()
                )));
            }
            items
                .iter()
                .try_for_each(|item| check_indexed_value(name, item, fields))
        }
        Value::String(text) if text.len() > MAX_STRING_BYTES && !is_unlimited(name) => {
            Err(limit(&format!(
                "The string in field `{name}` has {} bytes, more than the {MAX_STRING_BYTES} an indexed one may have",
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

fn limit(problem: &str) -> ApiError {
    document::SHRED_DOC_LIMIT_VIOLATION.because(format!(
        "{problem}. Store less in one document, or leave large fields out of the collection's indexing."
    ))
}
