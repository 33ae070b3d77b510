//! Following the path of an update into a document.
//!
//! Unlike the paths of filters, these lead into extended JSON as into any object.

use std::collections::HashSet;

use thin_vec::ThinVec;

use crate::error::{ApiError, document, update};
use crate::json::{Object, Value};
use crate::path::{DocumentPath, index};

/// Nulls an update may fill arrays up with. With more of them no document could be stored, so that it is not worth
/// making them to find out.
const MAX_PADDING: usize = 800_000;

/// Levels that are made for a path. No document that is stored has as many, so what is deeper need not be made to be
/// refused: all of it is one name at the last of these levels.
const MADE_LEVELS: usize = 32;

/// A document that is being changed.
pub(super) struct Draft {
    pub(super) document: Value,
    /// Nulls that may still be put into its arrays.
    padding: usize,
    /// The text that its vector is to be made of.
    pub(super) text: Option<String>,
}

impl Draft {
    pub(super) fn new(document: Object) -> Self {
        Self {
            document: Value::Object(document),
            padding: MAX_PADDING,
            text: None,
        }
    }

    /// The fields of the document.
    pub(super) fn fields(&mut self) -> Option<&mut Object> {
        match &mut self.document {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn into_document(self) -> Object {
        match self.document {
            Value::Object(object) => object,
            // No path leads to the document itself, so it stays an object.
            _ => Object::new(),
        }
    }
}

/// The place a path leads to, in the object or array that holds it.
pub(super) enum Target<'a> {
    Field(&'a mut Object, &'a str),
    Element(&'a mut ThinVec<Value>, usize),
}

impl<'a> Target<'a> {
    /// The place of a path whose parents exist.
    pub(super) fn find(draft: &'a mut Draft, path: &'a DocumentPath) -> Option<Self> {
        let mut segments = path.segments();
        let last = segments.next_back()?;
        let mut value = &mut draft.document;
        for segment in segments {
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
        draft: &'a mut Draft,
        path: &'a DocumentPath,
    ) -> Result<Self, ApiError> {
        let Draft {
            document, padding, ..
        } = draft;
        let (parents, last) = path.at_most(MADE_LEVELS);
        let mut value = document;
        for segment in parents {
            let target = Self::in_container(value, segment, path, padding)?;
            value = target.get_or_insert(Object::new().into());
        }
        Self::in_container(value, last, path, padding)
    }

    fn in_container(
        value: &'a mut Value,
        segment: &'a str,
        path: &DocumentPath,
        padding: &mut usize,
    ) -> Result<Self, ApiError> {
        match value {
            Value::Object(object) => Ok(Self::Field(object, segment)),
            Value::Array(items) => {
                let at = index(segment).ok_or_else(|| not_an_index(path, segment))?;
                let missing = at.saturating_sub(items.len());
                *padding = padding.checked_sub(missing).ok_or_else(|| too_far(path))?;
                Ok(Self::Element(items, at))
            }
            other => Err(blocked(path, segment, other)),
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

    /// Takes away what has one of these names beside the target, and tells whether there was any.
    pub(super) fn remove_all(self, names: &HashSet<&str>) -> bool {
        match self {
            Self::Field(object, _) => object.remove_all(names),
            Self::Element(items, _) => {
                let mut removed = false;
                for at in names.iter().filter_map(|name| index(name)) {
                    if let Some(value) = items.get_mut(at) {
                        *value = Value::Null;
                        removed = true;
                    }
                }
                removed
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

fn too_far(path: &DocumentPath) -> ApiError {
    document::SHRED_DOC_LIMIT_VIOLATION.because(format!(
        "The update path `{path}` leads so far beyond the end of an array that the document could not be stored."
    ))
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
