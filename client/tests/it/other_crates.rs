//! Dates, times, UUIDs and decimals of other crates in rows, containers and filters.
#![cfg(all(
    feature = "chrono",
    feature = "jiff",
    feature = "rust_decimal",
    feature = "uuid"
))]

use std::collections::{BTreeMap, BTreeSet};

use astra_db::schema::ColumnType;
use astra_db::{CollectionDocument, Number, TableRow, table};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;

const ID: &str = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TableRow)]
#[table(name = "readings")]
struct Reading {
    #[partition_key]
    id: uuid::Uuid,
    #[clustering]
    at: DateTime<Utc>,
    days: BTreeSet<NaiveDate>,
    alarm: Option<NaiveTime>,
    seen: jiff::Timestamp,
    holidays: Vec<jiff::civil::Date>,
    opens: jiff::civil::Time,
    by_id: BTreeMap<String, uuid::Uuid>,
    #[column(type = "decimal")]
    #[serde(with = "table::decimal")]
    price: Decimal,
    #[column(type = "decimal")]
    #[serde(with = "table::decimal::option")]
    tax: Option<Decimal>,
}

fn reading() -> Reading {
    Reading {
        id: ID.parse().unwrap(),
        at: DateTime::from_timestamp_millis(1500).unwrap(),
        days: BTreeSet::from(["2024-02-29".parse().unwrap()]),
        alarm: Some("07:30:00".parse().unwrap()),
        seen: jiff::Timestamp::from_millisecond(1500).unwrap(),
        holidays: vec!["2024-12-25".parse().unwrap()],
        opens: "09:00:00".parse().unwrap(),
        by_id: BTreeMap::from([("a".to_owned(), ID.parse().unwrap())]),
        price: "12.50".parse().unwrap(),
        tax: None,
    }
}

#[test]
fn their_columns_are_of_the_types_one_would_choose() {
    let definition = Reading::definition();
    let kind = |name| definition.columns.get(name).unwrap().kind.clone();
    for (name, expected) in [
        ("id", ColumnType::Uuid),
        ("at", ColumnType::Timestamp),
        ("days", ColumnType::set(ColumnType::Date)),
        ("alarm", ColumnType::Time),
        ("seen", ColumnType::Timestamp),
        ("holidays", ColumnType::list(ColumnType::Date)),
        ("opens", ColumnType::Time),
        ("by_id", ColumnType::map(ColumnType::Text, ColumnType::Uuid)),
        ("price", ColumnType::Decimal),
    ] {
        assert_eq!(kind(name), expected, "{name}");
    }
}

#[test]
fn they_are_written_as_columns_want_them_and_read_back() {
    let written = serde_json::to_string(&reading()).unwrap();
    let expected = format!(
        r#"{{"id":"{ID}","at":"1970-01-01T00:00:01.500Z","days":["2024-02-29"],"alarm":"07:30:00","seen":"1970-01-01T00:00:01.5Z","holidays":["2024-12-25"],"opens":"09:00:00","by_id":{{"a":"{ID}"}},"price":12.50,"tax":null}}"#
    );
    assert_eq!(written, expected);
    assert_eq!(
        serde_json::from_str::<Reading>(&written).unwrap(),
        reading()
    );
    // As a server writes them.
    let answered = written
        .replace("12.50", "1.25E+1")
        .replace("01.5Z", "01.500Z");
    assert_eq!(
        serde_json::from_str::<Reading>(&answered).unwrap(),
        reading()
    );
}

#[test]
fn they_go_into_filters() {
    let json = |filter| serde_json::to_value::<astra_db::Filter<Reading>>(filter).unwrap();
    let Reading {
        id,
        at,
        seen,
        price,
        ..
    } = reading();
    assert_eq!(json(Reading::id().eq(id)), json!({"id": ID}));
    assert_eq!(
        json(Reading::at().lt(at).and(Reading::seen().gte(seen))),
        json!({"at": {"$lt": "1970-01-01T00:00:01.500Z"}, "seen": {"$gte": "1970-01-01T00:00:01.5Z"}})
    );
    let day: NaiveDate = "2024-02-29".parse().unwrap();
    assert_eq!(
        json(Reading::days().contains(day)),
        json!({"days": {"$in": ["2024-02-29"]}})
    );
    assert_eq!(
        json(Reading::price().gt(Number::from(price))),
        json!({"price": {"$gt": 12.5}})
    );
}

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(name = "events")]
struct Event {
    at: astra_db::Timestamp,
}

#[test]
fn they_convert_where_a_collection_wants_its_own() {
    let at: DateTime<Utc> = DateTime::from_timestamp_millis(1500).unwrap();
    let own = astra_db::Timestamp::from(at);
    assert_eq!(own.as_millis(), 1500);
    assert_eq!(DateTime::<Utc>::try_from(own), Ok(at));
    assert_eq!(
        serde_json::to_value(Event::at().lt(own)).unwrap(),
        json!({"at": {"$lt": {"$date": 1500}}})
    );
    assert_eq!(
        table::Timestamp::from(at).to_string(),
        "1970-01-01T00:00:01.5Z"
    );
    let far = astra_db::Timestamp::from_millis(i64::MAX);
    assert!(DateTime::<Utc>::try_from(far).is_err());

    let exact: Decimal = "-0.10".parse().unwrap();
    assert_eq!(Number::from(exact).as_str(), "-0.10");
    assert_eq!(
        Decimal::try_from("1E+2".parse::<Number>().unwrap()).unwrap(),
        Decimal::from(100)
    );
    for too_long in ["0.12345678901234567890123456789012345", "1E+40"] {
        let number: Number = too_long.parse().unwrap();
        assert!(Decimal::try_from(number).is_err(), "{too_long}");
    }
}
