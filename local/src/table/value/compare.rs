//! The order of values: that of Cassandra in clustering columns, sets, map keys and range filters, and the bytes that
//! keep it.

use std::cmp::Ordering;

use uuid::Uuid;

use crate::number;
use crate::table::value::{CqlValue, inet};

impl CqlValue {
    /// Compares two values of one type. Every not-a-number equals every other and is greater than all numbers.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::Int(a), Self::Int(b))
            | (Self::Time(a), Self::Time(b))
            | (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(b),
            (Self::Varint(a), Self::Varint(b)) => a.cmp(b),
            (Self::Decimal(a), Self::Decimal(b)) => a.number().cmp(b.number()),
            (Self::Float(a), Self::Float(b)) => total_float(*a).cmp(&total_float(*b)),
            (Self::Double(a), Self::Double(b)) => total_double(*a).cmp(&total_double(*b)),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::Uuid(a), Self::Uuid(b)) => uuid_order(a).cmp(&uuid_order(b)),
            (Self::Inet(a), Self::Inet(b)) => inet::octets(*a).cmp(&inet::octets(*b)),
            (Self::Blob(a), Self::Blob(b)) => a.cmp(b),
            (Self::Vector(a), Self::Vector(b)) => {
                let (a, b) = (a.iter().copied(), b.iter().copied());
                a.map(total_float).cmp(b.map(total_float))
            }
            (Self::List(a), Self::List(b)) | (Self::Set(a), Self::Set(b)) => compare_all(a, b),
            (Self::Map(a), Self::Map(b)) => compare_entries(a, b),
            (Self::UserType(a), Self::UserType(b)) => compare_fields(a, b),
            _ => Ordering::Equal,
        }
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.compare(other).is_eq()
    }

    /// Appends bytes that compare as the values of one type do, or the other way round, and that no other value of the
    /// type begins with: what primary keys are stored as. Containers are never part of a key.
    pub(crate) fn encode_ordered(&self, descending: bool, out: &mut Vec<u8>) {
        let start = out.len();
        match self {
            Self::Text(text) => terminated(text.as_bytes(), out),
            Self::Int(number) | Self::Time(number) | Self::Timestamp(number) => {
                out.extend(number::ordered(*number));
            }
            Self::Varint(number) => number.encode(out),
            Self::Decimal(number) => number.number().encode(out),
            Self::Float(number) => out.extend(number::ordered(i64::from(total_float(*number)))),
            Self::Double(number) => out.extend(number::ordered(total_double(*number))),
            Self::Boolean(value) => out.push(u8::from(*value)),
            Self::Date(days) => out.extend(number::ordered(i64::from(*days))),
            Self::Uuid(uuid) => {
                let (version, high, low) = uuid_order(uuid);
                out.push(version);
                out.extend(high.to_be_bytes());
                out.extend(low.to_be_bytes());
            }
            Self::Inet(address) => terminated(&inet::octets(*address), out),
            Self::Blob(bytes) => terminated(bytes, out),
            Self::Vector(numbers) => {
                let ordered = |number: &f32| number::ordered(i64::from(total_float(*number)));
                out.extend(numbers.iter().flat_map(ordered));
            }
            Self::Duration(_) | Self::List(_) | Self::Set(_) | Self::Map(_) | Self::UserType(_) => {
            }
        }
        if descending {
            for byte in &mut out[start..] {
                *byte = !*byte;
            }
        }
    }
}

/// A zero byte is followed by 0xff, the end is two zeros: so no value is the beginning of another.
fn terminated(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        out.push(*byte);
        if *byte == 0 {
            out.push(0xff);
        }
    }
    out.extend([0, 0]);
}

/// An integer that orders as Java's `Float.compare` does: -0 before 0, NaN last.
fn total_float(value: f32) -> i32 {
    let value = if value.is_nan() { f32::NAN } else { value };
    let bits = value.to_bits().cast_signed();
    bits ^ (((bits >> 31).cast_unsigned()) >> 1).cast_signed()
}

fn total_double(value: f64) -> i64 {
    let value = if value.is_nan() { f64::NAN } else { value };
    let bits = value.to_bits().cast_signed();
    bits ^ (((bits >> 63).cast_unsigned()) >> 1).cast_signed()
}

/// UUIDs order by version, those of version 1 by their time, then by their bytes.
fn uuid_order(uuid: &Uuid) -> (u8, u64, u64) {
    let (high, low) = uuid.as_u64_pair();
    let version = u8::try_from(high >> 12 & 0xf).unwrap_or_default();
    let high = if version == 1 {
        (high & 0xfff) << 48 | (high >> 16 & 0xffff) << 32 | high >> 32
    } else {
        high
    };
    (version, high, low)
}

fn compare_all(a: &[CqlValue], b: &[CqlValue]) -> Ordering {
    let pairs = a.iter().zip(b);
    let first = pairs.map(|(a, b)| a.compare(b)).find(|order| order.is_ne());
    first.unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn compare_entries(a: &[(CqlValue, CqlValue)], b: &[(CqlValue, CqlValue)]) -> Ordering {
    let pairs = a.iter().zip(b);
    let mut orders = pairs.map(|(a, b)| a.0.compare(&b.0).then_with(|| a.1.compare(&b.1)));
    let first = orders.find(|order| order.is_ne());
    first.unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Null comes before every value.
fn compare_fields(a: &[Option<CqlValue>], b: &[Option<CqlValue>]) -> Ordering {
    let order = |(a, b): (&Option<CqlValue>, &Option<CqlValue>)| match (a, b) {
        (Some(a), Some(b)) => a.compare(b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let first = a.iter().zip(b).map(order).find(|order| order.is_ne());
    first.unwrap_or(Ordering::Equal)
}
