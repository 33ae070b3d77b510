//! CQL values: what a column of a row holds.

mod calendar;
mod compare;
mod container;
mod decimal;
mod duration;
mod inet;
mod mismatch;
pub(crate) mod partition;
mod read;
mod scalar;
mod stored;
mod write;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use uuid::Uuid;

use crate::number::Decimal;

pub(crate) use self::decimal::SentDecimal;
pub(crate) use self::duration::Duration;
pub(crate) use self::mismatch::{Mismatch, Unreadable};

/// A value of a column, never null. Strings of both text types are [`CqlValue::Text`], integers of up to 64 bits
/// [`CqlValue::Int`]. Values of one column are always of one variant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CqlValue {
    Text(String),
    Int(i64),
    Varint(Decimal),
    Decimal(SentDecimal),
    Float(f32),
    Double(f64),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Milliseconds since 1970-01-01T00:00Z.
    Timestamp(i64),
    Duration(Duration),
    Uuid(Uuid),
    Inet(IpAddr),
    Blob(Vec<u8>),
    Vector(Vec<f32>),
    List(Vec<Self>),
    /// In ascending order, each value once.
    Set(Vec<Self>),
    /// In ascending order of the keys, each key once.
    Map(Vec<(Self, Self)>),
    /// A value for each field of the type, in the order of its fields.
    UserType(Vec<Option<Self>>),
}

impl CqlValue {
    /// About how many bytes the value takes in an answer.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len() * 4 / 3,
            Self::Vector(numbers) => numbers.len() * 12,
            Self::List(items) | Self::Set(items) => items.iter().map(Self::bytes).sum(),
            Self::Map(entries) => {
                let bytes = |(key, value): &(Self, Self)| key.bytes() + value.bytes();
                entries.iter().map(bytes).sum()
            }
            Self::UserType(fields) => fields.iter().flatten().map(Self::bytes).sum(),
            _ => 16,
        }
    }

    /// Whether a column treats this value as if there were none: containers without elements, and user-defined values
    /// all of whose fields are null.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::List(items) | Self::Set(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            Self::UserType(fields) => fields.iter().all(Option::is_none),
            _ => false,
        }
    }
}
