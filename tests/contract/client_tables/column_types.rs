//! Every type of column, written by the client and read back.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use astra_db::schema::{ColumnType, TableDefinition, TypeDefinition};
use astra_db::table::{Date, Double, Duration, Float, Time, Timestamp, Uuid};
use astra_db::{Binary, Database, Number, Row, Table, Value, Vector};
use bigdecimal::BigDecimal;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::everywhere;

/// A column of every type, and containers of many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Everything {
    pub(super) id: i32,
    pub(super) a_text: Option<String>,
    pub(super) an_ascii: Option<String>,
    pub(super) a_tinyint: Option<i8>,
    pub(super) a_smallint: Option<i16>,
    pub(super) a_bigint: Option<i64>,
    pub(super) a_varint: Option<Number>,
    pub(super) a_decimal: Option<Number>,
    pub(super) a_float: Option<Float>,
    pub(super) a_double: Option<Double>,
    pub(super) a_boolean: Option<bool>,
    pub(super) a_date: Option<Date>,
    pub(super) a_time: Option<Time>,
    pub(super) a_timestamp: Option<Timestamp>,
    pub(super) a_duration: Option<Duration>,
    pub(super) a_uuid: Option<Uuid>,
    pub(super) an_inet: Option<IpAddr>,
    pub(super) a_blob: Option<Binary>,
    pub(super) a_vector: Option<Vector>,
    pub(super) an_address: Option<Address>,
    pub(super) a_list: Vec<Double>,
    pub(super) a_set: BTreeSet<Date>,
    pub(super) a_text_map: BTreeMap<String, Time>,
    pub(super) an_inet_set: BTreeSet<IpAddr>,
    pub(super) a_varint_set: BTreeSet<Exact>,
    #[serde(with = "astra_db::table::map")]
    pub(super) an_int_map: BTreeMap<i32, Uuid>,
    #[serde(with = "astra_db::table::map")]
    pub(super) a_timestamp_map: BTreeMap<Timestamp, Binary>,
    pub(super) addresses: Vec<Address>,
    pub(super) points: BTreeSet<Point>,
    #[serde(with = "astra_db::table::map")]
    pub(super) a_boolean_map: BTreeMap<bool, Exact>,
    #[serde(with = "astra_db::table::map")]
    pub(super) a_decimal_map: BTreeMap<Exact, Duration>,
    #[serde(with = "astra_db::table::map")]
    pub(super) a_double_map: BTreeMap<Ordered, String>,
    #[serde(with = "astra_db::table::map")]
    pub(super) a_date_map: BTreeMap<Date, Point>,
    #[serde(with = "astra_db::table::map")]
    pub(super) an_inet_map: BTreeMap<IpAddr, i64>,
    #[serde(with = "astra_db::table::map")]
    pub(super) a_blob_map: BTreeMap<Binary, bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Address {
    pub(super) street: Option<String>,
    pub(super) since: Option<Date>,
    pub(super) geo: Option<Double>,
    pub(super) took: Option<Duration>,
    pub(super) amount: Option<Number>,
    pub(super) from: Option<IpAddr>,
    pub(super) photo: Option<Binary>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Point {
    pub(super) x: Option<i32>,
    pub(super) label: Option<String>,
}

/// A number in a set or as the key of a map, where Rust wants an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Exact(pub(super) Number);

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let value = |number: &Self| number.0.as_str().parse::<BigDecimal>().unwrap();
        value(self).cmp(&value(other))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A float as the key of a map.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ordered(pub(super) Double);

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.0.total_cmp(&other.0.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered {}

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
        .column("an_inet_set", T::set(T::Inet))
        .column("a_varint_set", T::set(T::VarInt))
        .column("a_text_map", T::map(T::Text, T::Time))
        .column("an_int_map", T::map(T::Int, T::Uuid))
        .column("a_timestamp_map", T::map(T::Timestamp, T::Blob))
        .column("addresses", T::list(T::user_defined("address")))
        .column("points", T::set(T::user_defined("point")))
        .column("a_boolean_map", T::map(T::Boolean, T::Decimal))
        .column("a_decimal_map", T::map(T::Decimal, T::Duration))
        .column("a_double_map", T::map(T::Double, T::Text))
        .column("a_date_map", T::map(T::Date, T::user_defined("point")))
        .column("an_inet_map", T::map(T::Inet, T::BigInt))
        .column("a_blob_map", T::map(T::Blob, T::Boolean))
        .partition_by(["id"])
}

pub(super) async fn new_table(db: &Database) -> Table<Everything> {
    let address = TypeDefinition::default()
        .field("street", ColumnType::Text)
        .field("since", ColumnType::Date)
        .field("geo", ColumnType::Double)
        .field("took", ColumnType::Duration)
        .field("amount", ColumnType::Decimal)
        .field("from", ColumnType::Inet)
        .field("photo", ColumnType::Blob);
    db.create_type("address", address).await.unwrap();
    let point = TypeDefinition::default()
        .field("x", ColumnType::Int)
        .field("label", ColumnType::Text);
    db.create_type("point", point).await.unwrap();
    let made = db.create_table("everything", definition()).await.unwrap();
    made.clone_with_type()
}

pub(super) fn empty(id: i32) -> Everything {
    serde_json::from_value(json!({
        "id": id, "a_list": [], "a_set": [], "an_inet_set": [], "a_varint_set": [], "points": [], "addresses": [],
        "a_text_map": {}, "an_int_map": {}, "a_timestamp_map": {}, "a_boolean_map": {}, "a_decimal_map": {},
        "a_double_map": {}, "a_date_map": {}, "an_inet_map": {}, "a_blob_map": {},
    }))
    .unwrap()
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
async fn a_struct_without_a_value_is_none_in_a_column_and_stays_in_a_list() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        let nobody: Address = serde_json::from_str("{}").unwrap();
        let nowhere = Point {
            x: None,
            label: None,
        };
        let somewhere = Point {
            x: Some(7),
            label: None,
        };
        let row = Everything {
            an_address: Some(nobody.clone()),
            addresses: vec![nobody],
            points: BTreeSet::from([nowhere, somewhere]),
            ..empty(1)
        };
        table.insert_one(&row).await.unwrap();
        let read = table.find_one(json!({"id": 1})).await.unwrap();
        let expected = Everything {
            an_address: None,
            ..row
        };
        assert_eq!(read, Some(expected));
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
