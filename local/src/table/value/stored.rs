//! Values as bytes in the file, for the types SQLite has none for. The type of the column says how to read them.

use std::net::IpAddr;

use uuid::Uuid;

use crate::number::Decimal;
use crate::table::column_type::{ColumnType, Element, Scalar, UserType};
use crate::table::value::{CqlValue, Duration, SentDecimal, inet};

impl CqlValue {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    /// Reads what [`Self::to_bytes`] wrote for a column of this type; none if the bytes are not that.
    pub(crate) fn from_bytes(column_type: &ColumnType, bytes: &[u8]) -> Option<Self> {
        let mut input = Input(bytes);
        let value = input.value(column_type)?;
        input.0.is_empty().then_some(value)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => sized(text.as_bytes(), out),
            Self::Int(number) | Self::Time(number) | Self::Timestamp(number) => {
                out.extend(number.to_be_bytes());
            }
            Self::Varint(number) => sized(number.to_text().as_bytes(), out),
            Self::Decimal(number) => sized(number.to_text().as_bytes(), out),
            Self::Float(number) => out.extend(number.to_be_bytes()),
            Self::Double(number) => out.extend(number.to_be_bytes()),
            Self::Boolean(value) => out.push(u8::from(*value)),
            Self::Date(days) => out.extend(days.to_be_bytes()),
            Self::Duration(duration) => {
                out.extend(duration.months.to_be_bytes());
                out.extend(duration.days.to_be_bytes());
                out.extend(duration.nanoseconds.to_be_bytes());
            }
            Self::Uuid(uuid) => out.extend(uuid.as_bytes()),
            Self::Inet(address) => sized(&inet::octets(*address), out),
            Self::Blob(bytes) => sized(bytes, out),
            Self::Vector(numbers) => {
                count(numbers.len(), out);
                out.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
            }
            Self::List(items) | Self::Set(items) => {
                count(items.len(), out);
                for item in items {
                    item.encode(out);
                }
            }
            Self::Map(entries) => {
                count(entries.len(), out);
                for (key, value) in entries {
                    key.encode(out);
                    value.encode(out);
                }
            }
            Self::UserType(fields) => encode_fields(fields, out),
        }
    }
}

fn encode_fields(fields: &[Option<CqlValue>], out: &mut Vec<u8>) {
    count(fields.len(), out);
    for field in fields {
        out.push(u8::from(field.is_some()));
        if let Some(value) = field {
            value.encode(out);
        }
    }
}

fn sized(bytes: &[u8], out: &mut Vec<u8>) {
    count(bytes.len(), out);
    out.extend(bytes);
}

/// Requests are far too small for a count beyond 32 bits.
fn count(items: usize, out: &mut Vec<u8>) {
    out.extend(u32::try_from(items).unwrap_or(u32::MAX).to_be_bytes());
}

/// Bytes that are read from the front.
struct Input<'b>(&'b [u8]);

impl<'b> Input<'b> {
    fn value(&mut self, column_type: &ColumnType) -> Option<CqlValue> {
        match column_type {
            ColumnType::Scalar(scalar) => self.scalar(*scalar),
            ColumnType::List(element) => self.items(element).map(CqlValue::List),
            ColumnType::Set(element) => self.items(element).map(CqlValue::Set),
            ColumnType::Map(key, element) => {
                let entries =
                    (0..self.count()?).map(|_| Some((self.scalar(*key)?, self.element(element)?)));
                entries.collect::<Option<_>>().map(CqlValue::Map)
            }
            ColumnType::Vector(_) => {
                let count = self.count()?;
                let (numbers, rest) = self.take(count.checked_mul(4)?)?.as_chunks::<4>();
                let floats = numbers.iter().map(|four| f32::from_be_bytes(*four));
                rest.is_empty().then(|| CqlValue::Vector(floats.collect()))
            }
            ColumnType::UserType(user_type) => self.user_value(user_type),
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Option<CqlValue> {
        Some(match scalar {
            Scalar::Ascii | Scalar::Text => CqlValue::Text(self.text()?),
            Scalar::Tinyint | Scalar::Smallint | Scalar::Int | Scalar::Bigint => {
                CqlValue::Int(i64::from_be_bytes(self.array()?))
            }
            Scalar::Varint => CqlValue::Varint(Decimal::parse(&self.text()?)),
            Scalar::Decimal => CqlValue::Decimal(SentDecimal::parse(&self.text()?)),
            Scalar::Float => CqlValue::Float(f32::from_be_bytes(self.array()?)),
            Scalar::Double => CqlValue::Double(f64::from_be_bytes(self.array()?)),
            Scalar::Boolean => CqlValue::Boolean(self.array::<1>()? == [1]),
            Scalar::Date => CqlValue::Date(i32::from_be_bytes(self.array()?)),
            Scalar::Time => CqlValue::Time(i64::from_be_bytes(self.array()?)),
            Scalar::Timestamp => CqlValue::Timestamp(i64::from_be_bytes(self.array()?)),
            Scalar::Duration => CqlValue::Duration(Duration {
                months: i32::from_be_bytes(self.array()?),
                days: i32::from_be_bytes(self.array()?),
                nanoseconds: i64::from_be_bytes(self.array()?),
            }),
            Scalar::Uuid => CqlValue::Uuid(Uuid::from_bytes(self.array()?)),
            Scalar::Inet => CqlValue::Inet(address(self.sized()?)?),
            Scalar::Blob => CqlValue::Blob(self.sized()?.to_vec()),
        })
    }

    fn items(&mut self, element: &Element) -> Option<Vec<CqlValue>> {
        (0..self.count()?).map(|_| self.element(element)).collect()
    }

    fn element(&mut self, element: &Element) -> Option<CqlValue> {
        match element {
            Element::Scalar(scalar) => self.scalar(*scalar),
            Element::UserType(user_type) => self.user_value(user_type),
        }
    }

    /// Fields the type got after the value was written are null.
    fn user_value(&mut self, user_type: &UserType) -> Option<CqlValue> {
        let mut fields = vec![None; user_type.fields.len()];
        let written = self.count()?;
        for (value, field) in fields.iter_mut().zip(&user_type.fields).take(written) {
            if self.array::<1>()? == [1] {
                *value = Some(self.scalar(field.scalar)?);
            }
        }
        Some(CqlValue::UserType(fields))
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.sized()?.to_vec()).ok()
    }

    fn sized(&mut self) -> Option<&'b [u8]> {
        let count = self.count()?;
        self.take(count)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_be_bytes(self.array()?)).ok()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}
