//! Values of columns, there and back.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::*;
use crate::call_info::{CallInfo, Target};
use crate::error::Result;
use crate::fill_columns;
use crate::schema::{ColumnType, Columns};
use crate::value::{Number, Value};

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("JSON")
}

/// Written and read again, and the same as a value in a [`Row`].
fn survives<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + Into<Value> + PartialEq + Clone + fmt::Debug,
{
    let json = written(value);
    prop_assert_eq!(&read::<T>(&json), value, "{}", json);
    let row = Row::new().with("column", value.clone());
    prop_assert_eq!(&row.read::<T>("column").expect("it fits"), value);
    Ok(())
}

fn any_duration() -> impl Strategy<Value = Duration> {
    let parts = (0..=i32::MAX, 0..=i32::MAX, 0..=i64::MAX, any::<bool>());
    parts.prop_map(|(months, days, nanoseconds, negative)| {
        let sign = if negative { -1 } else { 1 };
        Duration::new(sign * months, sign * days, i64::from(sign) * nanoseconds).expect("one sign")
    })
}

proptest! {
    #[test]
    fn every_date_survives(days in -2_147_483_648_i64..=2_147_483_647) {
        let date = Date::from_days(days).expect("a date of Cassandra");
        prop_assert_eq!(date.to_days(), days);
        survives(&date)?;
    }

    #[test]
    fn dates_follow_one_another(days in -1_000_000_000_i64..1_000_000_000) {
        let (today, tomorrow) = (Date::from_days(days).unwrap(), Date::from_days(days + 1).unwrap());
        prop_assert!(today < tomorrow);
        let first_of_month = tomorrow.day() == 1 && tomorrow.month() != today.month();
        prop_assert!(tomorrow.day() == today.day() + 1 || first_of_month);
    }

    #[test]
    fn every_time_survives(nanoseconds in 0_u64..86_400_000_000_000) {
        survives(&Time::from_nanoseconds(nanoseconds).expect("less than a day"))?;
    }

    #[test]
    fn every_timestamp_survives(millis: i64) {
        survives(&Timestamp::from_millis(millis))?;
    }

    #[test]
    fn every_duration_survives(duration in any_duration()) {
        survives(&duration)?;
    }

    #[test]
    fn every_uuid_survives(bits: u128) {
        survives(&Uuid::from(::uuid::Uuid::from_u128(bits)))?;
    }

    #[test]
    fn every_float_survives(bits: u32) {
        let number = Float(f32::from_bits(bits));
        if number.0.is_nan() {
            prop_assert!(read::<Float>(&written(&number)).0.is_nan());
        } else {
            survives(&number)?;
        }
    }

    #[test]
    fn every_double_survives(bits: u64) {
        let number = Double(f64::from_bits(bits));
        if number.0.is_nan() {
            prop_assert!(read::<Double>(&written(&number)).0.is_nan());
        } else {
            survives(&number)?;
        }
    }

    #[test]
    fn maps_of_any_keys_survive(entries: BTreeMap<(i32, bool), String>) {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Maps {
            #[serde(with = "super::map")]
            numbers: BTreeMap<i32, String>,
            #[serde(with = "super::map")]
            dates: BTreeMap<Date, bool>,
        }

        let date = |number: i32| Date::from_days(number.into()).expect("a date");
        let maps = Maps {
            numbers: entries.iter().map(|((key, _), value)| (*key, value.clone())).collect(),
            dates: entries.keys().map(|(key, value)| (date(*key), *value)).collect(),
        };
        prop_assert_eq!(read::<Maps>(&written(&maps)), maps);
    }
}

#[test]
fn text_is_read_in_every_form_the_server_writes() {
    for (json, days) in [
        ("\"1970-01-01\"", 0),
        ("\"2000-02-29\"", 11_016),
        ("\"1969-12-31\"", -1),
        ("\"0000-01-01\"", -719_528),
        ("\"+12345-01-01\"", 3_789_391),
    ] {
        assert_eq!(read::<Date>(json), Date::from_days(days).unwrap(), "{json}");
        assert_eq!(written(&Date::from_days(days)), json);
    }
    let noon = Time::new(12, 0, 0, 0).unwrap();
    assert_eq!(read::<Time>("\"12:00\""), noon);
    assert_eq!(read::<Time>("\"12:00:00\""), noon);
    assert_eq!(
        read::<Time>("\"12:00:00.5\"").nanoseconds() - noon.nanoseconds(),
        500_000_000
    );
    for (json, millis) in [
        ("\"2024-01-31T12:34:56.789Z\"", 1_706_704_496_789),
        ("\"2024-01-31T12:34Z\"", 1_706_704_440_000),
        ("\"2024-01-31T10:34:56.7899-02:00\"", 1_706_704_496_789),
        ("\"1969-12-31T23:59:59.9999Z\"", -1),
    ] {
        assert_eq!(read::<Timestamp>(json).as_millis(), millis, "{json}");
    }
    let parts = |json| {
        let duration = read::<Duration>(json);
        (duration.months(), duration.days(), duration.nanoseconds())
    };
    assert_eq!(parts("\"PT0S\""), (0, 0, 0));
    assert_eq!(parts("\"PT0.5S\""), (0, 0, 500_000_000));
    assert_eq!(parts("\"-PT1H\""), (0, 0, -3_600_000_000_000));
    assert_eq!(parts("\"PT-0.25S\""), (0, 0, -250_000_000));
    assert_eq!(parts("\"P1Y2M3DT4H5M6S\""), (14, 3, 14_706_000_000_000));
    assert_eq!(parts("\"P2W\""), (0, 14, 0));
    assert_eq!(parts("\"-1y2mo3w4d5h6m7s8ms9us10ns\"").0, -14);
    assert_eq!(written(&Duration::default()), "\"0s\"");
    assert_eq!(
        written(&Duration::new(-1, -2, -1_001).unwrap()),
        "\"-1mo2d1us1ns\""
    );
}

#[test]
fn text_of_another_form_is_refused_with_the_form_that_is_expected() {
    let refused = |complaint: Option<serde_json::Error>| {
        let complaint = complaint.expect("it is refused").to_string();
        assert!(complaint.contains(" is not a "), "{complaint}");
    };
    for text in [
        "2023-02-29",
        "2024-1-1",
        "24-01-01",
        "2024-01-01Z",
        "",
        "2024-01-01 ",
        "٢٠٢٤-01-01",
    ] {
        refused(serde_json::from_str::<Date>(&written(&text)).err());
    }
    for text in [
        "24:00",
        "12",
        "1:00:00",
        "12:00:00.1234567890",
        "12:00:60",
        "12:00Z",
    ] {
        refused(serde_json::from_str::<Time>(&written(&text)).err());
    }
    for text in [
        "2024-01-31",
        "2024-01-31T12:00",
        "2024-01-31T12:00:00+25:00",
        "2024-01-31T12:00:00+1",
    ] {
        refused(serde_json::from_str::<Timestamp>(&written(&text)).err());
    }
    for text in [
        "",
        "P",
        "PT",
        "1",
        "h",
        "P1S",
        "1x",
        "P1M-1D",
        "99999999999y",
        "--1h",
    ] {
        refused(serde_json::from_str::<Duration>(&written(&text)).err());
    }
    for json in ["\"nan\"", "\"1.5\"", "null", "true", "1e400"] {
        assert!(serde_json::from_str::<Double>(json).is_err(), "{json}");
    }
}

#[test]
fn a_long_number_takes_no_more_digits_than_it_needs() {
    for number in [1e300, 5e-324, f64::MIN_POSITIVE, 1.0 / 3.0] {
        let text = Value::from(Double(number)).to_string();
        assert!(text.len() < 30, "{text}");
    }
    assert_eq!(Value::from(Float(0.1)).to_string(), "0.1");
    assert_eq!(
        Value::from(Double(f64::NEG_INFINITY)).as_str(),
        Some("-Infinity")
    );
}

#[test]
fn an_empty_map_is_an_object_and_pairs_may_be_an_object_too() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Map(#[serde(with = "super::map")] BTreeMap<String, i32>);

    assert_eq!(written(&Map(BTreeMap::new())), "{}");
    assert_eq!(read::<Map>("{}"), Map(BTreeMap::new()));
    let one = Map(BTreeMap::from([("a".to_owned(), 1)]));
    assert_eq!(written(&one), r#"[["a",1]]"#);
    assert_eq!(read::<Map>(r#"{"a":1}"#), one);
    assert!(serde_json::from_str::<Map>(r#"[["a"]]"#).is_err());
}

fn whole<R: DeserializeOwned>(row: &str, schema: &Columns) -> Result<R> {
    let call = CallInfo {
        command: "find".into(),
        target: Target::default(),
        request_id: crate::Uuid::new_v4(),
        attempts: 1,
        elapsed: std::time::Duration::ZERO,
        earlier_attempt_unknown: false,
        credentials_worked: false,
    };
    let row = RawValue::from_string(row.to_owned()).expect("JSON");
    fill_columns::read(&row, schema, || "data.documents[3]".to_owned(), &call)
        .map_err(crate::Error::Decode)
}

#[derive(Debug, Deserialize, PartialEq)]
struct Sparse {
    list: Vec<i32>,
    #[serde(with = "super::map")]
    map: BTreeMap<i32, i32>,
    embedding: Option<crate::Vector>,
}

#[test]
fn a_row_gets_back_the_columns_the_server_left_out() {
    let schema = Columns::from_iter([
        ("id", ColumnType::Int),
        ("name \"x\"", ColumnType::Text),
        ("tags", ColumnType::set(ColumnType::Text)),
        ("list", ColumnType::list(ColumnType::Int)),
        ("map", ColumnType::map(ColumnType::Int, ColumnType::Int)),
        ("embedding", ColumnType::vector(3)),
    ]);
    let row: Row = whole(r#" {"id":1,"tags":["a"]} "#.trim(), &schema).expect("a row");
    let expected = r#"{"id":1,"tags":["a"],"name \"x\"":null,"list":[],"map":{},"embedding":null}"#;
    assert_eq!(row.to_string(), expected);
    let empty: Row = whole("{}", &schema).expect("a row");
    assert_eq!(empty.len(), 6);
    let full = r#"{"embedding":[1],"map":[[1,2]],"list":[1],"tags":[],"name \"x\"":"","id":1.50}"#;
    assert_eq!(
        whole::<Row>(full, &schema).expect("a row").to_string(),
        full
    );

    let read: Sparse = whole("{}", &schema).expect("a row");
    assert_eq!(
        read,
        Sparse {
            list: vec![],
            map: BTreeMap::new(),
            embedding: None
        }
    );
}

#[test]
fn a_column_that_does_not_fit_is_named() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never read successfully")]
    struct Strict {
        name: String,
    }
    let schema = Columns::from_iter([("name", ColumnType::Text)]);
    let error = whole::<Strict>("{}", &schema).expect_err("null is no text");
    assert!(
        error.to_string().contains("data.documents[3].name"),
        "{error}"
    );
    let error = Row::new()
        .read::<Date>("when")
        .expect_err("null is no date");
    assert!(error.to_string().contains("column \"when\""), "{error}");
}

#[test]
fn decimals_of_a_row_keep_every_digit() {
    let json =
        r#"{"d":12.12312321312312312312312321,"v":90000000000000000000000000000000000000001}"#;
    let row: Row = read(json);
    assert_eq!(written(&row), json);
    let digits: Number = row.read("d").expect("a number");
    assert_eq!(digits.as_str(), "12.12312321312312312312312321");
}

#[cfg(feature = "jiff")]
#[test]
fn dates_and_times_convert_from_and_to_jiff() {
    let date = Date::new(-44, 3, 15).unwrap();
    assert_eq!(jiff::civil::Date::try_from(date).map(Date::from), Ok(date));
    assert!(jiff::civil::Date::try_from(Date::new(12_345, 1, 1).unwrap()).is_err());
    let time = Time::new(23, 59, 59, 999_999_999).unwrap();
    assert_eq!(Time::from(jiff::civil::Time::from(time)), time);
}
