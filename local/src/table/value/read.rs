//! From JSON to CQL values, as documents and updates give them.

use crate::json::Value;
use crate::table::column_type::{ColumnType, Element, Scalar, UserType, VectorType};
use crate::table::value::{CqlValue, Mismatch, Unreadable, container, scalar};

impl ColumnType {
    /// Reads a value for a column of this type; null and blank texts to make vectors of are no value.
    pub(crate) fn read(&self, json: &Value) -> Result<Option<CqlValue>, Unreadable> {
        if json.is_null() {
            return Ok(None);
        }
        let value = match self {
            Self::Scalar(scalar) => scalar.read(json)?,
            Self::List(element) => CqlValue::List(container::items(json, element)?),
            Self::Set(element) => container::set(container::items(json, element)?),
            Self::Map(key, element) => container::map(json, *key, element)?,
            Self::Vector(vector) => return read_vector(vector, json),
            Self::UserType(user_type) => container::user_value(json, user_type)?,
        };
        Ok(Some(value).filter(|value| !value.is_nothing()))
    }
}

impl Element {
    /// Reads an element, which cannot be null.
    pub(crate) fn read(&self, json: &Value) -> Result<CqlValue, Mismatch> {
        match self {
            Self::Scalar(scalar) => scalar.read(json),
            Self::UserType(user_type) => container::user_value(json, user_type),
        }
    }
}

impl Scalar {
    /// Reads a value of this type, which cannot be null.
    pub(crate) fn read(self, json: &Value) -> Result<CqlValue, Mismatch> {
        scalar::read(self, json)
    }
}

impl UserType {
    /// Reads a value for a field.
    pub(super) fn read_field(
        &self,
        name: &str,
        json: &Value,
    ) -> Result<(usize, Option<CqlValue>), Mismatch> {
        let Some((position, field)) = self.field(name) else {
            return Err(Mismatch::new(format!(
                "type {:?} has no field {name:?}",
                self.name
            )));
        };
        let value = match json {
            Value::Null => None,
            json => Some(field.scalar.read(json).map_err(|mismatch| {
                Mismatch::new(format!("field {name:?}: {}", mismatch.phrase()))
            })?),
        };
        Ok((position, value))
    }
}

fn read_vector(column: &VectorType, json: &Value) -> Result<Option<CqlValue>, Unreadable> {
    if let Value::String(text) = json {
        return match &column.service {
            None => Err(Unreadable::NoService),
            Some(_) if text.trim().is_empty() => Ok(None),
            Some(_) => Err(Unreadable::Text(text.clone())),
        };
    }
    let numbers = match json {
        Value::Array(items) => items.iter().map(read_component).collect::<Result<_, _>>()?,
        Value::Object(object) => scalar::binary(object)
            .and_then(|bytes| floats_of(&bytes))
            .ok_or_else(|| Mismatch::new("expected {\"$binary\": …} of packed float32 numbers"))?,
        _ => return Err(Mismatch::expected("an array of numbers", json).into()),
    };
    let numbers: Vec<f32> = numbers;
    if numbers.len() == column.dimension {
        return Ok(Some(CqlValue::Vector(numbers)));
    }
    let phrase = format!(
        "expected a vector of {} numbers, found {}",
        column.dimension,
        numbers.len()
    );
    Err(Mismatch::new(phrase).into())
}

/// Numbers beyond float32 become infinite, as on the real server.
fn read_component(json: &Value) -> Result<f32, Mismatch> {
    let number = json
        .as_number()
        .ok_or_else(|| Mismatch::expected("a number in the vector", json))?;
    scalar::parse_float(number)
}

/// Big-endian float32, the packed form of vectors.
fn floats_of(bytes: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let floats = || {
        numbers
            .iter()
            .map(|four| f32::from_be_bytes(*four))
            .collect()
    };
    rest.is_empty().then(floats)
}
