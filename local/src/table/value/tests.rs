use std::net::IpAddr;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::{CqlValue, Duration, SentDecimal, container};
use crate::number::Decimal;
use crate::table::column_type::{ColumnType, Element, Field, Scalar, UserType, VectorType};

fn scalar_value(scalar: Scalar) -> BoxedStrategy<CqlValue> {
    match scalar {
        Scalar::Ascii => "[ -~]{0,5}".prop_map(CqlValue::Text).boxed(),
        Scalar::Text => "\\PC{0,5}|[\\x00\\x01a]{0,4}"
            .prop_map(CqlValue::Text)
            .boxed(),
        Scalar::Tinyint => any::<i8>().prop_map(|n| CqlValue::Int(n.into())).boxed(),
        Scalar::Smallint => any::<i16>().prop_map(|n| CqlValue::Int(n.into())).boxed(),
        Scalar::Int => any::<i32>().prop_map(|n| CqlValue::Int(n.into())).boxed(),
        Scalar::Bigint => any::<i64>().prop_map(CqlValue::Int).boxed(),
        Scalar::Varint => "-?[0-9]{1,40}"
            .prop_map(|n| CqlValue::Varint(Decimal::parse(&n)))
            .boxed(),
        Scalar::Decimal => "-?[0-9]{1,4}(\\.[0-9]{1,4})?(e-?[0-9]{1,6})?"
            .prop_map(|n| CqlValue::Decimal(SentDecimal::parse(&n)))
            .boxed(),
        Scalar::Float => any::<u32>()
            .prop_map(|n| CqlValue::Float(f32::from_bits(n)))
            .boxed(),
        Scalar::Double => any::<u64>()
            .prop_map(|n| CqlValue::Double(f64::from_bits(n)))
            .boxed(),
        Scalar::Boolean => any::<bool>().prop_map(CqlValue::Boolean).boxed(),
        Scalar::Date => any::<i32>().prop_map(CqlValue::Date).boxed(),
        Scalar::Time => (0..86_400_000_000_000_i64).prop_map(CqlValue::Time).boxed(),
        Scalar::Timestamp => any::<i64>().prop_map(CqlValue::Timestamp).boxed(),
        Scalar::Duration => (0..i32::MAX, 0..i32::MAX, 0..i64::MAX)
            .prop_map(|(months, days, nanoseconds)| {
                CqlValue::Duration(Duration {
                    months,
                    days,
                    nanoseconds,
                })
            })
            .boxed(),
        Scalar::Uuid => any::<u128>()
            .prop_map(|n| CqlValue::Uuid(Uuid::from_u128(n)))
            .boxed(),
        Scalar::Inet => prop_oneof![
            any::<u32>().prop_map(|n| IpAddr::from(std::net::Ipv4Addr::from(n))),
            any::<u128>().prop_map(|n| IpAddr::from(std::net::Ipv6Addr::from(n | 1 << 120))),
        ]
        .prop_map(CqlValue::Inet)
        .boxed(),
        Scalar::Blob => vec(prop_oneof![Just(0), Just(0xff), any::<u8>()], 0..4)
            .prop_map(CqlValue::Blob)
            .boxed(),
    }
}

fn user_type() -> Arc<UserType> {
    let field = |scalar: Scalar| Field {
        name: scalar.name().to_owned(),
        scalar,
    };
    Arc::new(UserType {
        keyspace: "ks".to_owned(),
        name: "everything".to_owned(),
        fields: Scalar::ALL.map(field).into(),
    })
}

fn user_value() -> BoxedStrategy<CqlValue> {
    let fields: Vec<_> = Scalar::ALL
        .iter()
        .map(|scalar| proptest::option::of(scalar_value(*scalar)))
        .collect();
    fields.prop_map(CqlValue::UserType).boxed()
}

fn any_scalar() -> impl Strategy<Value = Scalar> {
    prop::sample::select(Scalar::ALL.to_vec())
}

fn element_value(element: &Element) -> BoxedStrategy<CqlValue> {
    match element {
        Element::Scalar(scalar) => scalar_value(*scalar),
        Element::UserType(_) => user_value(),
    }
}

fn column_and_value() -> impl Strategy<Value = (ColumnType, CqlValue)> {
    let element = prop_oneof![
        any_scalar().prop_map(Element::Scalar),
        Just(Element::UserType(user_type()))
    ];
    (any_scalar(), element, 0..6_u8).prop_flat_map(|(scalar, element, kind)| {
        let items = vec(element_value(&element), 0..4);
        let (column, value) = match kind {
            0 => (ColumnType::Scalar(scalar), scalar_value(scalar)),
            1 => (
                ColumnType::List(element),
                items.prop_map(CqlValue::List).boxed(),
            ),
            2 => (
                ColumnType::Set(element),
                items.prop_map(container::set).boxed(),
            ),
            3 => {
                let entries = vec((scalar_value(scalar), element_value(&element)), 0..4);
                (
                    ColumnType::Map(scalar, element),
                    entries.prop_map(container::map_of).boxed(),
                )
            }
            4 => {
                let vector = VectorType {
                    dimension: 3,
                    service: None,
                };
                let numbers = vec(any::<u32>().prop_map(f32::from_bits), 3);
                (
                    ColumnType::Vector(vector),
                    numbers.prop_map(CqlValue::Vector).boxed(),
                )
            }
            _ => (ColumnType::UserType(user_type()), user_value()),
        };
        (Just(column), value)
    })
}

fn without_special_floats(value: &CqlValue) -> bool {
    !format!("{value:?}").contains("NaN") && !format!("{value:?}").contains("inf")
}

proptest! {
    #[test]
    fn what_is_answered_can_be_inserted_again((column, value) in column_and_value()) {
        // Elements of vectors have no words for what is not a number.
        prop_assume!(!matches!(column, ColumnType::Vector(_)) || without_special_floats(&value));
        let again = column.read(&value.to_json(&column)).expect("readable");
        let kept = Some(value).filter(|value| !value.is_nothing());
        let same = match (&again, &kept) {
            (Some(again), Some(kept)) => again.equals(kept),
            (again, kept) => again.is_none() && kept.is_none(),
        };
        prop_assert!(same);
    }

    #[test]
    fn stored_bytes_are_read_back((column, value) in column_and_value()) {
        let again = CqlValue::from_bytes(&column, &value.to_bytes()).expect("readable");
        prop_assert!(again.equals(&value));
        let cut = value.to_bytes();
        if let Some((_, cut)) = cut.split_last() {
            prop_assert!(CqlValue::from_bytes(&column, cut).is_none());
        }
    }

    #[test]
    fn ordered_bytes_compare_as_values_do(
        (a, b) in any_scalar()
            .prop_filter("no key", |scalar| *scalar != Scalar::Duration)
            .prop_flat_map(|scalar| (scalar_value(scalar), scalar_value(scalar))),
    ) {
        let encoded = |value: &CqlValue, descending| {
            let mut out = Vec::new();
            value.encode_ordered(descending, &mut out);
            out
        };
        let order = a.compare(&b);
        prop_assert_eq!(encoded(&a, false).cmp(&encoded(&b, false)), order);
        prop_assert_eq!(encoded(&a, true).cmp(&encoded(&b, true)), order.reverse());
        if order.is_ne() {
            prop_assert!(!encoded(&b, false).starts_with(&encoded(&a, false)));
        }
    }
}

#[test]
fn uuids_order_by_version_and_time() {
    let uuid = |text: &str| CqlValue::Uuid(text.parse().expect("a UUID"));
    let ordered = [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-0000-1000-8000-000000000000",
        "00000000-0001-1000-8000-000000000000",
        "00000000-0000-4000-8000-000000000000",
    ];
    assert!(ordered.map(uuid).is_sorted_by(|a, b| a.compare(b).is_lt()));
}

#[test]
fn nan_is_the_greatest_number() {
    let ordered = [
        f64::NEG_INFINITY,
        -1.0,
        -0.0,
        0.0,
        1.0,
        f64::INFINITY,
        -f64::NAN,
    ];
    let ordered = ordered.map(CqlValue::Double);
    assert!(ordered.is_sorted_by(|a, b| a.compare(b).is_lt()));
    assert!(CqlValue::Double(f64::NAN).equals(&CqlValue::Double(-f64::NAN)));
}
