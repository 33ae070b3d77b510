//! Values as JSON text, written when they are given.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::field_order;

/// A value, or why there is none. The failure is reported when the command is sent.
pub(super) type Written = Result<Box<RawValue>, String>;

pub(super) fn write(value: impl Serialize) -> Written {
    field_order::write(&value, field_order::of_document).map_err(|error| error.to_string())
}

pub(super) fn write_all<T: Serialize>(values: impl IntoIterator<Item = T>) -> Written {
    write(values.into_iter().collect::<Vec<_>>())
}

/// An object with one member, for operators of operators.
pub(super) fn wrapped(name: &str, operand: Written) -> Written {
    write(std::collections::BTreeMap::from([(name, operand?)]))
}

/// The value, or its failure as the serializer's own.
pub(super) fn read<E: serde::ser::Error>(written: &Written) -> Result<&RawValue, E> {
    written.as_deref().map_err(E::custom)
}

/// A part of a command as JSON text.
pub(super) fn text(part: &impl Serialize) -> Written {
    serde_json::value::to_raw_value(part).map_err(|error| error.to_string())
}

/// A failure in the place of a value.
pub(super) fn failed(message: impl std::fmt::Display) -> Written {
    Err(message.to_string())
}
