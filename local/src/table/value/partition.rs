//! Values as the database writes them: what the place of a partition among others is reckoned from.
//!
//! The forms are those of Cassandra's native protocol
//! (<https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v5.spec>, section 6).

use std::str::FromStr;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;

use super::{CqlValue, inet};
use crate::number::Decimal;
use crate::table::column_type::Scalar;

/// The bytes of the key of one partition: of its only column, or of each with its length before it and a zero after it.
pub(crate) fn partition_key(values: &[(&CqlValue, Option<Scalar>)]) -> Vec<u8> {
    if let [(value, scalar)] = values {
        return value.serialized(*scalar);
    }
    let mut key = Vec::with_capacity(64);
    for (value, scalar) in values {
        let part = value.serialized(*scalar);
        // Longer parts are no keys.
        key.extend(u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
        key.extend(part);
        key.push(0);
    }
    key
}

impl CqlValue {
    /// `scalar` says how wide a whole number is. Types that cannot be in a key have no form here.
    pub(crate) fn serialized(&self, scalar: Option<Scalar>) -> Vec<u8> {
        match self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Int(number) => {
                let width = match scalar {
                    Some(Scalar::Tinyint) => 1,
                    Some(Scalar::Smallint) => 2,
                    Some(Scalar::Int) => 4,
                    _ => 8,
                };
                number.to_be_bytes()[8 - width..].to_vec()
            }
            Self::Varint(number) => big(number)
                .with_scale(0)
                .into_bigint_and_exponent()
                .0
                .to_signed_bytes_be(),
            Self::Decimal(number) => {
                let (digits, scale): (BigInt, i64) =
                    big(number.number()).into_bigint_and_exponent();
                let scale = i32::try_from(scale).unwrap_or(i32::MAX).to_be_bytes();
                [scale.as_slice(), &digits.to_signed_bytes_be()].concat()
            }
            Self::Float(number) => number.to_be_bytes().to_vec(),
            Self::Double(number) => number.to_be_bytes().to_vec(),
            Self::Boolean(value) => vec![u8::from(*value)],
            // Days are counted from the middle of the unsigned numbers.
            Self::Date(days) => (days.cast_unsigned() ^ (1 << 31)).to_be_bytes().to_vec(),
            Self::Time(number) | Self::Timestamp(number) => number.to_be_bytes().to_vec(),
            Self::Uuid(uuid) => uuid.as_bytes().to_vec(),
            Self::Inet(address) => inet::octets(*address),
            Self::Blob(bytes) => bytes.clone(),
            Self::Vector(numbers) => numbers
                .iter()
                .flat_map(|number| number.to_be_bytes())
                .collect(),
            Self::Duration(_) | Self::List(_) | Self::Set(_) | Self::Map(_) | Self::UserType(_) => {
                Vec::new()
            }
        }
    }
}

fn big(number: &Decimal) -> BigDecimal {
    BigDecimal::from_str(&number.to_text()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::value::SentDecimal;

    #[test]
    fn numbers_are_as_wide_as_their_type() {
        let number = CqlValue::Int(-2);
        for (scalar, bytes) in [
            (Scalar::Tinyint, vec![0xfe]),
            (Scalar::Smallint, vec![0xff, 0xfe]),
            (Scalar::Int, vec![0xff, 0xff, 0xff, 0xfe]),
        ] {
            assert_eq!(number.serialized(Some(scalar)), bytes);
        }
        let decimal = |text: &str| {
            CqlValue::Decimal(SentDecimal::parse(text)).serialized(Some(Scalar::Decimal))
        };
        assert_eq!(decimal("1.5"), [0, 0, 0, 1, 15]);
        let varint =
            |text: &str| CqlValue::Varint(Decimal::parse(text)).serialized(Some(Scalar::Varint));
        assert_eq!(varint("-129"), [0xff, 0x7f]);
        assert_eq!(varint("1000"), [3, 0xe8]);
        assert_eq!(
            CqlValue::Date(0).serialized(Some(Scalar::Date)),
            [0x80, 0, 0, 0]
        );
    }

    #[test]
    fn parts_of_a_key_stand_apart() {
        let text = |text: &str| CqlValue::Text(text.to_owned());
        let key = |one: &str, other: &str| {
            partition_key(&[
                (&text(one), Some(Scalar::Text)),
                (&text(other), Some(Scalar::Text)),
            ])
        };
        assert_eq!(key("a", "b"), [0, 1, b'a', 0, 0, 1, b'b', 0]);
        assert_ne!(key("ab", "c"), key("a", "bc"));
    }
}
