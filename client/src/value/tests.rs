use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;
use crate::doc;

fn round_trip<T: Serialize + DeserializeOwned>(value: &T) -> T {
    crate::json::from_str(&serde_json::to_string(value).expect("JSON")).expect("the same type")
}

fn json(leaf: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec(("\\PC{0,4}", inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?";
    json(prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_map(|text| Value::Number(text.parse().expect("a number"))),
        any::<String>().prop_map(Value::from),
    ])
}

#[test]
fn a_vector_is_read_with_the_names_of_numbers_that_are_not_finite() {
    let read = |json| serde_json::from_str::<Vector>(json);
    let vector = read(r#"[1.5, "NaN", "Infinity", "-Infinity"]"#).unwrap();
    let numbers = vector.as_slice();
    assert!(numbers[1].is_nan());
    assert!(numbers[2..].iter().all(|number| number.is_infinite()));
    assert!(numbers[2] > numbers[3]);
    for json in [r#"["1.5"]"#, r#"["inf"]"#, "[1e99]", "[null]"] {
        assert!(read(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn any_value_is_written_and_read_back_character_for_character(value in any_value()) {
        let text = value.to_string();
        let read: Value = text.parse().expect("what was written");
        prop_assert_eq!(read.to_string(), text);
        prop_assert_eq!(read, value);
    }

    #[test]
    fn floats_in_a_vector_come_back_bit_for_bit(numbers in prop::collection::vec(any::<u32>().prop_map(f32::from_bits), 0..20)) {
        let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        let vector = Vector::from(numbers);
        prop_assert_eq!(bits(round_trip(&vector).as_slice()), bits(vector.as_slice()));
    }

    #[test]
    fn a_vector_written_as_numbers_is_read_exactly(numbers in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::ZERO, 0..20)) {
        let text = format!("[{}]", numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        let read: Vector = serde_json::from_str(&text).expect("a vector");
        prop_assert_eq!(read.as_slice(), &numbers);
        let value: Value = text.parse().expect("JSON");
        prop_assert_eq!(value.decode::<Vector>().expect("a vector"), read);
    }

    #[test]
    fn bytes_survive(bytes: Vec<u8>) {
        let binary = Binary::from(bytes);
        prop_assert_eq!(round_trip(&binary), binary);
    }

    #[test]
    fn ids_of_every_kind_survive(text: String, number: i64, bytes: [u8; 12], uuid: u128) {
        let ids = [
            DocumentId::from(text),
            DocumentId::from(number),
            DocumentId::from(number % 2 == 0),
            DocumentId::Null,
            DocumentId::from(Timestamp::from_millis(number)),
            DocumentId::from(ObjectId::from_bytes(bytes)),
            DocumentId::from(::uuid::Uuid::from_u128(uuid)),
        ];
        for id in ids {
            prop_assert_eq!(round_trip(&id), id.clone());
            prop_assert_eq!(DocumentId::from(Value::from(id.clone())), id);
        }
    }

    #[test]
    fn every_float_field_is_read_as_it_was_written(number in prop::num::f64::NORMAL) {
        prop_assert_eq!(round_trip(&number).to_bits(), number.to_bits());
        prop_assert_eq!(Number::try_from(number).expect("finite").to_f64(), Some(number));
    }

    #[test]
    fn system_time_converts_both_ways(millis in -8_000_000_000_000_i64..8_000_000_000_000) {
        let timestamp = Timestamp::from_millis(millis);
        let time = std::time::SystemTime::try_from(timestamp).expect("in range");
        prop_assert_eq!(Timestamp::try_from(time), Ok(timestamp));
    }
}

#[test]
fn numbers_are_read_as_the_server_writes_them() {
    let document: Document =
        r#"{"a":1E+2,"b":12.12312321312312312312312321,"c":9000000000000000123}"#
            .parse()
            .expect("JSON");
    assert_eq!(
        document.to_string(),
        r#"{"a":1E+2,"b":12.12312321312312312312312321,"c":9000000000000000123}"#
    );
    assert_eq!(document.get("a").and_then(Value::as_i64), Some(100));
}

#[test]
fn a_typed_struct_reads_exponents_into_floats_exact_numbers_and_marked_integers() {
    #[derive(Deserialize)]
    struct Line {
        price: f64,
        exact: Number,
        #[serde(with = "integer")]
        quantity: i64,
        #[serde(with = "integer", default)]
        missing: Option<u8>,
    }
    let line: Line =
        serde_json::from_str(r#"{"price":1E+2,"exact":1E+2,"quantity":1E+2}"#).expect("a line");
    assert_eq!(
        (line.price, line.exact.as_str(), line.quantity, line.missing),
        (100.0, "1E+2", 100, None)
    );
    for (text, complaint) in [
        ("1.5", "found 1.5"),
        ("1e30", "range of i64"),
        ("\"1\"", "found a string"),
    ] {
        let text = format!(r#"{{"price":1,"exact":1,"quantity":{text}}}"#);
        let error = serde_json::from_str::<Line>(&text)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(error.contains(complaint), "{error}");
    }
}

#[test]
fn values_work_inside_flatten_and_from_serde_json_values() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Order {
        #[serde(rename = "_id")]
        id: DocumentId,
        #[serde(flatten)]
        rest: Document,
    }
    let text = r#"{"_id":{"$date":5},"at":{"$date":7},"n":1.5,"list":[null,true,-3]}"#;
    let order: Order = serde_json::from_str(text).expect("an order");
    assert_eq!(order.id.as_timestamp(), Some(Timestamp::from_millis(5)));
    assert_eq!(
        order
            .rest
            .get("at")
            .map(Value::decode)
            .transpose()
            .ok()
            .flatten(),
        Some(Timestamp::from_millis(7))
    );
    assert_eq!(serde_json::to_string(&order).expect("JSON"), text);

    let by_value: Order =
        serde_json::from_value(serde_json::from_str(text).expect("JSON")).expect("an order");
    assert_eq!(by_value, order);
}

#[test]
fn wrong_forms_are_refused_with_the_expected_one() {
    let error = |error: serde_json::Error| error.to_string();
    assert!(
        error(serde_json::from_str::<Timestamp>("5").unwrap_err())
            .contains(r#"{"$date": <milliseconds>}"#)
    );
    assert!(
        error(serde_json::from_str::<Timestamp>(r#"{"$date":"x"}"#).unwrap_err()).contains("$date")
    );
    assert!(error(serde_json::from_str::<Uuid>(r#"{"$uuid":"x"}"#).unwrap_err()).contains("$uuid"));
    assert!(
        error(
            serde_json::from_str::<ObjectId>(r#"{"$objectId":"é5f1a7d0e4b0c9a1b2c3d4e"}"#)
                .unwrap_err()
        )
        .contains("$objectId")
    );
    assert!(
        error(serde_json::from_str::<Binary>(r#"{"$binary":"?"}"#).unwrap_err())
            .contains("$binary")
    );
    for text in [
        "[1,\"2\"]",
        "[1e40]",
        "[null]",
        "{\"$binary\":\"AAA=\"}",
        "5",
        "[true]",
        "[[1]]",
    ] {
        assert!(serde_json::from_str::<Vector>(text).is_err(), "{text}");
    }
    assert!(
        error(serde_json::from_str::<Document>("[]").unwrap_err())
            .contains("expected a JSON object, found an array")
    );
}

#[test]
fn an_id_of_an_unknown_kind_is_kept() {
    let id: DocumentId = serde_json::from_str(r#"{"$binary":"AAAA"}"#).expect("an id");
    assert!(matches!(id, DocumentId::Other(_)));
    assert_eq!(
        serde_json::to_string(&id).expect("JSON"),
        r#"{"$binary":"AAAA"}"#
    );
}

#[test]
fn object_ids_grow_and_tell_their_second() {
    let before = Timestamp::now().as_millis() / 1000;
    let (first, second) = (ObjectId::new(), ObjectId::new());
    assert_ne!(first, second);
    let second_made = first.timestamp().as_millis() / 1000;
    assert!((before..=before + 5).contains(&second_made));
    assert_eq!(first.to_string().parse(), Ok(first));
}

#[cfg(feature = "jiff")]
#[test]
fn a_time_of_jiff_is_cut_to_milliseconds_towards_the_past() {
    for (text, millis) in [
        ("2024-01-31T12:34:56.789999999Z", 1_706_704_496_789),
        ("1969-12-31T23:59:59.9999Z", -1),
    ] {
        let precise: jiff::Timestamp = text.parse().expect("a time");
        let timestamp = Timestamp::from(precise);
        assert_eq!(timestamp.as_millis(), millis);
        assert_eq!(
            jiff::Timestamp::try_from(timestamp).map(jiff::Timestamp::as_millisecond),
            Ok(millis)
        );
    }
    assert_eq!(
        jiff::Timestamp::try_from(Timestamp::from_millis(i64::MAX)),
        Err(OutOfRange)
    );
}

#[test]
fn documents_are_equal_and_hash_alike_whatever_the_order_of_fields() {
    let hash = |value: &Value| {
        use std::hash::BuildHasher as _;
        std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(value)
    };
    let left: Value = r#"{"a":1,"b":[1.0,{"x":null}]}"#.parse().expect("JSON");
    let right: Value = r#"{"b":[1,{"x":null}],"a":10e-1}"#.parse().expect("JSON");
    assert_eq!(left, right);
    assert_eq!(hash(&left), hash(&right));
    assert_ne!(left, r#"{"a":1,"b":[1.0,{}]}"#.parse().expect("JSON"));
}

#[test]
fn a_document_keeps_the_order_of_its_fields_through_changes() {
    let mut document = doc!({"b": 1, "a": 2, "c": 3});
    document.remove("b");
    document.insert("a", "new");
    document.insert("b", Value::Null);
    assert_eq!(document.to_string(), r#"{"a":"new","c":3,"b":null}"#);
}

#[test]
fn an_index_never_panics() {
    let document: Document = r#"{"a.b":1,"list":[{"x":null}]}"#.parse().expect("JSON");
    assert_eq!(document["a.b"].as_i64(), Some(1));
    assert_eq!(document["a"], Value::Null);
    assert_eq!(
        document["list"][0],
        Value::Object([("x", Value::Null)].into())
    );
    for missing in [
        &document["list"][1],
        &document["list"]["x"],
        &document["a.b"][0],
    ] {
        assert!(missing.is_null());
    }
}
