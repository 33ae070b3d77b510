//! Encodes values as JSON when they are given.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::field_order;

/// A value, or why there is none. The failure is reported when the command is sent.
pub(super) type Encoded = Result<Box<RawValue>, String>;

pub(super) fn encode(value: impl Serialize) -> Encoded {
    field_order::write(&value, field_order::of_document).map_err(|error| error.to_string())
}

pub(super) fn encode_all<T: Serialize>(values: impl IntoIterator<Item = T>) -> Encoded {
    encode(values.into_iter().collect::<Vec<_>>())
}

/// An object with one member, for operators of operators.
pub(super) fn wrapped(name: &str, operand: Encoded) -> Encoded {
    encode(std::collections::BTreeMap::from([(name, operand?)]))
}

/// The value, or its failure as the serializer's own.
pub(super) fn read<E: serde::ser::Error>(written: &Encoded) -> Result<&RawValue, E> {
    written.as_deref().map_err(E::custom)
}

/// A part of a command as JSON text.
pub(super) fn text(part: &impl Serialize) -> Encoded {
    serde_json::value::to_raw_value(part).map_err(|error| error.to_string())
}

/// A failure in the place of a value.
pub(super) fn failed(message: impl std::fmt::Display) -> Encoded {
    Err(message.to_string())
}
