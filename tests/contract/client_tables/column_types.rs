//! Every type of column, written by the client and read back.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use astra_db::schema::{ColumnType, TableDefinition, TypeDefinition};
use astra_db::table::{Date, Double, Duration, Float, Time, Timestamp, Uuid};
use astra_db::{Binary, Database, Number, Row, Table, Value, Vector};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::everywhere;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    id: i32,
    a_text: Option<String>,
    an_ascii: Option<String>,
    a_tinyint: Option<i8>,
    a_smallint: Option<i16>,
    a_bigint: Option<i64>,
    a_varint: Option<Number>,
    a_decimal: Option<Number>,
    a_float: Option<Float>,
    a_double: Option<Double>,
    a_boolean: Option<bool>,
    a_date: Option<Date>,
    a_time: Option<Time>,
    a_timestamp: Option<Timestamp>,
    a_duration: Option<Duration>,
    a_uuid: Option<Uuid>,
    an_inet: Option<IpAddr>,
    a_blob: Option<Binary>,
    a_vector: Option<Vector>,
    an_address: Option<Address>,
    a_list: Vec<Double>,
    a_set: BTreeSet<Date>,
    a_text_map: BTreeMap<String, Time>,
    #[serde(with = "astra_db::table::map")]
    an_int_map: BTreeMap<i32, Uuid>,
    #[serde(with = "astra_db::table::map")]
    a_timestamp_map: BTreeMap<Timestamp, Binary>,
    addresses: Vec<Address>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Address {
    street: Option<String>,
    since: Option<Date>,
    geo: Option<Double>,
}

fn definition() -> TableDefinition {
    use ColumnType as T;
    TableDefinition::default()
        .column("id", T::Int)
        .column("a_text", T::Text)
        .column("an_ascii", T::Ascii)
        .column("a_tinyint", T::TinyInt)
        .column("a_smallint", T::SmallInt)
        .column("a_bigint", T::BigInt)
        .column("a_varint", T::VarInt)
        .column("a_decimal", T::Decimal)
        .column("a_float", T::Float)
        .column("a_double", T::Double)
        .column("a_boolean", T::Boolean)
        .column("a_date", T::Date)
        .column("a_time", T::Time)
        .column("a_timestamp", T::Timestamp)
        .column("a_duration", T::Duration)
        .column("a_uuid", T::Uuid)
        .column("an_inet", T::Inet)
        .column("a_blob", T::Blob)
        .column("a_vector", T::vector(3))
        .column("an_address", T::user_defined("address"))
        .column("a_list", T::list(T::Double))
        .column("a_set", T::set(T::Date))
        .column("a_text_map", T::map(T::Text, T::Time))
        .column("an_int_map", T::map(T::Int, T::Uuid))
        .column("a_timestamp_map", T::map(T::Timestamp, T::Blob))
        .column("addresses", T::list(T::user_defined("address")))
        .partition_by(["id"])
}

async fn new_table(db: &Database) -> Table<Everything> {
    let address = TypeDefinition::default()
        .field("street", ColumnType::Text)
        .field("since", ColumnType::Date)
        .field("geo", ColumnType::Double);
    db.create_type("address", address).await.unwrap();
    let made = db.create_table("everything", definition()).await.unwrap();
    made.clone_with_type()
}

fn empty(id: i32) -> Everything {
    serde_json::from_value(json!({
        "id": id, "a_list": [], "a_set": [], "a_text_map": {}, "an_int_map": {}, "a_timestamp_map": {}, "addresses": [],
    }))
    .unwrap()
}

/// Any finite number, or an infinity. That NaN survives is said on its own, as it is not equal to itself.
fn any_double() -> impl Strategy<Value = Double> {
    use proptest::num::f64::{INFINITE, NEGATIVE, NORMAL, POSITIVE};
    (NORMAL | INFINITE | POSITIVE | NEGATIVE).prop_map(Double)
}

fn any_float() -> impl Strategy<Value = Float> {
    use proptest::num::f32::{INFINITE, NEGATIVE, NORMAL, POSITIVE};
    (NORMAL | INFINITE | POSITIVE | NEGATIVE).prop_map(Float)
}

fn any_date() -> impl Strategy<Value = Date> {
    (-9999..20_000_i32, 1..=12_u8, 1..=28_u8)
        .prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn any_time() -> impl Strategy<Value = Time> {
    (0..86_400_000_000_000_u64).prop_map(|nanoseconds| Time::from_nanoseconds(nanoseconds).unwrap())
}

fn any_timestamp() -> impl Strategy<Value = Timestamp> {
    (-300_000_000_000_000..300_000_000_000_000_i64).prop_map(Timestamp::from_millis)
}

fn any_duration() -> impl Strategy<Value = Duration> {
    let parts = (0..100_000_i32, 0..100_000_i32, 0..=i64::MAX, any::<bool>());
    parts.prop_map(|(months, days, nanoseconds, negative)| {
        let sign = if negative { -1 } else { 1 };
        Duration::new(sign * months, sign * days, i64::from(sign) * nanoseconds).unwrap()
    })
}

fn any_uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(|bits| uuid::Uuid::from_u128(bits).into())
}

/// The server takes an IPv4 address written as IPv6 for what it is.
fn any_inet() -> impl Strategy<Value = IpAddr> {
    any::<IpAddr>().prop_map(|address| address.to_canonical())
}

fn any_blob() -> impl Strategy<Value = Binary> {
    proptest::collection::vec(any::<u8>(), 0..20).prop_map(Binary::from)
}

fn any_number(form: &'static str) -> impl Strategy<Value = Number> {
    form.prop_map(|text| text.parse().unwrap())
}

fn any_address() -> impl Strategy<Value = Address> {
    let street = proptest::option::of("\\PC{0,9}");
    let others = (
        proptest::option::of(any_date()),
        any_double().prop_map(Some),
    );
    (street, others).prop_map(|(street, (since, geo))| Address { street, since, geo })
}

type Lists = (
    Vec<Double>,
    BTreeSet<Date>,
    BTreeMap<String, Time>,
    BTreeMap<i32, Uuid>,
    BTreeMap<Timestamp, Binary>,
    Vec<Address>,
);

fn any_lists() -> impl Strategy<Value = Lists> {
    use proptest::collection::{btree_map, btree_set, vec};

    (
        vec(any_double(), 0..4),
        btree_set(any_date(), 0..4),
        btree_map("\\PC{0,5}", any_time(), 0..4),
        btree_map(any::<i32>(), any_uuid(), 0..4),
        btree_map(any_timestamp(), any_blob(), 0..4),
        vec(any_address(), 0..3),
    )
}

fn any_row(id: i32) -> impl Strategy<Value = Everything> {
    use proptest::option::of;

    let texts = (of("\\PC{0,20}"), of("[ -~]{0,20}"), any::<Option<bool>>());
    let integers = any::<(Option<i8>, Option<i16>, Option<i64>)>();
    let numbers = (
        of(any_number("-?[1-9][0-9]{0,60}")),
        of(any_number("-?(0|[1-9][0-9]{0,30})\\.[0-9]{0,20}[1-9]")),
        of(any_float()),
        of(any_double()),
    );
    let times = (
        of(any_date()),
        of(any_time()),
        of(any_timestamp()),
        of(any_duration()),
    );
    let others = (
        of(any_uuid()),
        of(any_inet()),
        of(any_blob()),
        of(any_address()),
    );
    let vector = of(proptest::array::uniform3(proptest::num::f32::NORMAL));
    let lists = any_lists();
    (texts, integers, numbers, times, others, vector, lists).prop_map(
        move |(texts, integers, numbers, times, others, vector, lists)| Everything {
            id,
            a_text: texts.0,
            an_ascii: texts.1,
            a_boolean: texts.2,
            a_tinyint: integers.0,
            a_smallint: integers.1,
            a_bigint: integers.2,
            a_varint: numbers.0,
            a_decimal: numbers.1,
            a_float: numbers.2,
            a_double: numbers.3,
            a_date: times.0,
            a_time: times.1,
            a_timestamp: times.2,
            a_duration: times.3,
            a_uuid: others.0,
            an_inet: others.1,
            a_blob: others.2,
            an_address: others.3,
            a_vector: vector.map(Vector::from),
            a_list: lists.0,
            a_set: lists.1,
            a_text_map: lists.2,
            an_int_map: lists.3,
            a_timestamp_map: lists.4,
            addresses: lists.5,
        },
    )
}

#[tokio::test]
async fn random_rows_of_every_type_survive() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        let mut runner = TestRunner::deterministic();
        let mut any_row = |id| any_row(id).new_tree(&mut runner).unwrap().current();
        let rows: Vec<Everything> = (0..200).map(&mut any_row).collect();
        let stored = table.insert_many(&rows).await.unwrap();
        for (row, key) in rows.iter().zip(&stored.inserted_ids) {
            assert_eq!(key, &Row::from([("id", row.id)]));
        }
        let mut read = table.find(json!({})).await.unwrap().all().await.unwrap();
        read.sort_by_key(|row| row.id);
        assert_eq!(read.len(), rows.len());
        for (read, row) in read.iter().zip(&rows) {
            assert_eq!(read, row);
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_without_values_reads_as_none_and_empty() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        table.insert_one(empty(1)).await.unwrap();
        let found = table.find_one(json!({"id": 1})).await.unwrap();
        assert_eq!(found, Some(empty(1)));
        let row: Row = table
            .clone_with_type()
            .find_one(json!({"id": 1}))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.len(), definition().columns.len());
        assert_eq!(row.get("a_text"), Some(&Value::Null));
        assert_eq!(row.get("a_set").unwrap().to_string(), "[]");
        assert_eq!(row.get("an_int_map").unwrap().to_string(), "{}");
        let absent = table.find_one(json!({"id": 2})).await.unwrap();
        assert_eq!(absent, None);
    })
    .await;
}

#[tokio::test]
async fn numbers_that_are_none_and_the_ends_of_ranges_survive() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        let row = Everything {
            a_float: Some(Float(f32::NAN)),
            a_list: vec![
                Double(f64::NAN),
                Double(f64::INFINITY),
                Double(5e-324),
                Double(f64::MAX),
            ],
            a_bigint: Some(i64::MIN),
            a_date: Date::new(-9999, 12, 31),
            a_time: Time::new(23, 59, 59, 999_999_999),
            a_duration: Duration::new(-1, 0, -1),
            a_varint: Some("123456789".repeat(8).parse().unwrap()),
            a_decimal: Some("12.12312321312312312312312321".parse().unwrap()),
            a_uuid: Some(uuid::Uuid::nil().into()),
            an_inet: Some("::1".parse().unwrap()),
            ..empty(1)
        };
        table.insert_one(&row).await.unwrap();
        let mut read = table.find_one(json!({"id": 1})).await.unwrap().unwrap();
        assert!(read.a_float.unwrap().0.is_nan());
        assert!(read.a_list[0].0.is_nan());
        let mut row = row;
        (read.a_float, row.a_float) = (None, None);
        assert_eq!(read.a_list[1..], row.a_list[1..]);
        (read.a_list, row.a_list) = (vec![], vec![]);
        assert_eq!(read, row);
    })
    .await;
}

#[tokio::test]
async fn values_of_every_type_are_found_by_what_the_client_writes() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        let row = Everything {
            a_double: Some(Double(f64::INFINITY)),
            a_date: Date::new(2024, 2, 29),
            a_time: Time::new(12, 0, 0, 0),
            a_timestamp: Some(Timestamp::from_millis(1_706_704_496_789)),
            a_duration: Duration::new(14, 3, 500_000_000),
            a_uuid: Some(Uuid::now_v7()),
            an_inet: Some("::1".parse().unwrap()),
            a_blob: Some(Binary::from(vec![1, 2, 255])),
            a_decimal: Some("1.50".parse().unwrap()),
            ..empty(1)
        };
        table.insert_many([row.clone(), empty(2)]).await.unwrap();
        let written = Row::encode(&row).unwrap();
        for column in [
            "a_double",
            "a_date",
            "a_time",
            "a_timestamp",
            "a_duration",
            "a_uuid",
            "an_inet",
            "a_blob",
            "a_decimal",
        ] {
            let filter = Row::new().with(column, written.get(column).unwrap().clone());
            let found = table.find(&filter).await.unwrap().all().await.unwrap();
            assert_eq!(found.len(), 1, "{filter}");
            assert_eq!(found[0].id, 1);
        }
    })
    .await;
}
