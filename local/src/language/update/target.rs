//! Following the path of an update into a document.
//!
//! Unlike the paths of filters, these lead into extended JSON as into any object.

use crate::error::{ApiError, document, update};
use crate::json::{Object, Value};
use crate::language::path::{DocumentPath, index};

/// No document can have an array this long, so that it is not worth making one to find out.
const MAX_INDEX: usize = 2_000_000;

/// The place a path leads to, in the object or array that holds it.
pub(super) enum Target<'a> {
    Field(&'a mut Object, &'a str),
    Element(&'a mut Vec<Value>, usize),
}

impl<'a> Target<'a> {
    /// The place of a path whose parents exist.
    pub(super) fn find(document: &'a mut Value, path: &'a DocumentPath) -> Option<Self> {
        let (last, parents) = path.segments().split_last()?;
        let mut value = document;
        for segment in parents {
            value = match value {
                Value::Object(object) => object.get_mut(segment)?,
                Value::Array(items) => items.get_mut(index(segment)?)?,
                _ => return None,
            };
        }
        match value {
            Value::Object(object) => Some(Self::Field(object, last)),
            Value::Array(items) => Some(Self::Element(items, index(last)?)),
            _ => None,
        }
    }

    /// The place of a path, with missing parents made as objects.
    pub(super) fn find_or_create(
        document: &'a mut Value,
        path: &'a DocumentPath,
    ) -> Result<Self, ApiError> {
        let Some((last, parents)) = path.segments().split_last() else {
            return Err(blocked(path, path.as_str(), document));
        };
        let mut value = document;
        for segment in parents {
            value = child_or_create(value, segment, path)?;
        }
        match value {
            Value::Object(object) => Ok(Self::Field(object, last)),
            Value::Array(items) => match index(last) {
                Some(at) => Ok(Self::Element(items, checked(at, path)?)),
                None => Err(not_an_index(path, last)),
            },
            other => Err(blocked(path, last, other)),
        }
    }

    pub(super) fn is_element(&self) -> bool {
        matches!(self, Self::Element(..))
    }

    pub(super) fn get(&self) -> Option<&Value> {
        match self {
            Self::Field(object, name) => object.get(name),
            Self::Element(items, at) => items.get(*at),
        }
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut Value> {
        match self {
            Self::Field(object, name) => object.get_mut(name),
            Self::Element(items, at) => items.get_mut(*at),
        }
    }

    /// The value there, after putting one there if there was none.
    pub(super) fn get_or_insert(self, value: Value) -> &'a mut Value {
        match self {
            Self::Field(object, name) => object.get_or_insert(name, value),
            Self::Element(items, at) => {
                if at >= items.len() {
                    items.resize(at, Value::Null);
                    items.push(value);
                }
                &mut items[at]
            }
        }
    }

    /// Puts a value there; an array that is too short is filled up with nulls.
    pub(super) fn set(self, value: Value) {
        match self {
            Self::Field(object, name) => {
                object.insert(name, value);
            }
            Self::Element(items, at) => {
                if at >= items.len() {
                    items.resize(at + 1, Value::Null);
                }
                items[at] = value;
            }
        }
    }

    /// Takes the value away. In an array null takes its place, so that the others keep theirs.
    pub(super) fn remove(self) -> Option<Value> {
        match self {
            Self::Field(object, name) => object.remove(name),
            Self::Element(items, at) => items
                .get_mut(at)
                .map(|value| std::mem::replace(value, Value::Null)),
        }
    }
}

fn child_or_create<'a>(
    value: &'a mut Value,
    segment: &'a str,
    path: &DocumentPath,
) -> Result<&'a mut Value, ApiError> {
    let target = match value {
        Value::Object(object) => Target::Field(object, segment),
        Value::Array(items) => {
            let at = index(segment).ok_or_else(|| not_an_index(path, segment))?;
            Target::Element(items, checked(at, path)?)
        }
        other => return Err(blocked(path, segment, other)),
    };
    Ok(target.get_or_insert(Object::new().into()))
}

fn checked(at: usize, path: &DocumentPath) -> Result<usize, ApiError> {
    if at > MAX_INDEX {
        return Err(document::SHRED_DOC_LIMIT_VIOLATION.because(format!(
            "The update path `{path}` leads to element {at} of an array, and no document can hold one that long."
        )));
    }
    Ok(at)
}

fn not_an_index(path: &DocumentPath, segment: &str) -> ApiError {
    update::UNSUPPORTED_UPDATE_OPERATION_PATH.because(format!(
        "The update path `{path}` cannot be followed: `{segment}` is not the index of an element, and it leads into an array."
    ))
}

fn blocked(path: &DocumentPath, segment: &str, value: &Value) -> ApiError {
    update::UNSUPPORTED_UPDATE_OPERATION_PATH.because(format!(
        "The update path `{path}` cannot be followed: there is {} where `{segment}` should be found or made. Only objects          have fields.",
        value.kind()
    ))
}
