//! Random rows of every type of column come back as they went in.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use astra_db::table::{Date, Double, Duration, Float, Time, Timestamp, Uuid};
use astra_db::{Binary, Number, Row, Table, Vector};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::column_types::{Address, Everything, Exact, Ordered, Point, empty, new_table};
use super::everywhere;

/// `date` counts days from -2^31: <https://cassandra.apache.org/doc/latest/cassandra/developing/cql/types.html>.
const FIRST_DATE: (i32, u8, u8) = (-5_877_641, 6, 23);
const LAST_DATE: (i32, u8, u8) = (5_881_580, 7, 11);

/// Any number, also one that is none; of those there is one here, as on the wire.
fn any_double() -> impl Strategy<Value = Double> {
    let number = proptest::num::f64::ANY;
    number.prop_map(|number| Double(if number.is_nan() { f64::NAN } else { number }))
}

fn any_float() -> impl Strategy<Value = Float> {
    let number = proptest::num::f32::ANY;
    number.prop_map(|number| Float(if number.is_nan() { f32::NAN } else { number }))
}

fn any_date() -> impl Strategy<Value = Date> {
    let date = |(year, month, day)| Date::new(year, month, day).unwrap();
    prop_oneof![
        8 => (-9999..20_000_i32, 1..=12_u8, 1..=28_u8).prop_map(date),
        8 => (FIRST_DATE.0 + 1..LAST_DATE.0, 1..=12_u8, 1..=28_u8).prop_map(date),
        1 => Just(date(FIRST_DATE)),
        1 => Just(date(LAST_DATE)),
        1 => Just(date((2024, 2, 29))),
        1 => Just(date((0, 2, 29))),
    ]
}

fn any_time() -> impl Strategy<Value = Time> {
    const DAY: u64 = 86_400_000_000_000;
    let nanoseconds = prop_oneof![0..DAY, Just(0), Just(DAY - 1)];
    nanoseconds.prop_map(|nanoseconds| Time::from_nanoseconds(nanoseconds).unwrap())
}

fn any_timestamp() -> impl Strategy<Value = Timestamp> {
    let millis = prop_oneof![
        -300_000_000_000_000..300_000_000_000_000_i64,
        any::<i64>(),
        Just(i64::MIN),
        Just(i64::MAX),
    ];
    millis.prop_map(Timestamp::from_millis)
}

fn any_duration() -> impl Strategy<Value = Duration> {
    let part = || prop_oneof![0..100_000_i32, 0..=i32::MAX];
    let parts = (part(), part(), 0..=i64::MAX, any::<bool>());
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
    vec(any::<u8>(), 0..20).prop_map(Binary::from)
}

fn any_varint() -> impl Strategy<Value = Number> {
    any_number("-?[1-9][0-9]{0,80}|0|-?[1-9]\\.?0E[0-9]")
}

fn any_decimal() -> impl Strategy<Value = Number> {
    any_number("-?(0|[1-9][0-9]{0,60})(\\.[0-9]{1,40})?(E[+-]?[1-9][0-9]?)?")
}

fn any_number(form: &'static str) -> impl Strategy<Value = Number> {
    form.prop_map(|text| text.parse().unwrap())
}

fn any_vector() -> impl Strategy<Value = Vector> {
    let floats = proptest::array::uniform3(any_float());
    floats.prop_map(|floats| floats.map(|float| float.0).into())
}

fn any_address() -> impl Strategy<Value = Address> {
    let fields = (
        of(any::<String>()),
        of(any_date()),
        any_double().prop_map(Some),
        of(any_duration()),
        of(any_decimal()),
        of(any_inet()),
        of(any_blob()),
    );
    fields.prop_map(|(street, since, geo, took, amount, from, photo)| Address {
        street,
        since,
        geo,
        took,
        amount,
        from,
        photo,
    })
}

fn any_point() -> impl Strategy<Value = Point> {
    (any::<Option<i32>>(), of(any::<String>())).prop_map(|(x, label)| Point { x, label })
}

type Sequences = (
    Vec<Double>,
    BTreeSet<Date>,
    BTreeSet<IpAddr>,
    BTreeSet<Exact>,
    Vec<Address>,
    BTreeSet<Point>,
);

fn any_sequences() -> impl Strategy<Value = Sequences> {
    (
        vec(any_double(), 0..4),
        btree_set(any_date(), 0..4),
        btree_set(any_inet(), 0..4),
        btree_set(any_varint().prop_map(Exact), 0..4),
        vec(any_address(), 0..3),
        btree_set(any_point(), 0..3),
    )
}

type Maps = (
    BTreeMap<String, Time>,
    BTreeMap<i32, Uuid>,
    BTreeMap<Timestamp, Binary>,
    BTreeMap<bool, Exact>,
    BTreeMap<Exact, Duration>,
    BTreeMap<Ordered, String>,
    BTreeMap<Date, Point>,
    BTreeMap<IpAddr, i64>,
    BTreeMap<Binary, bool>,
);

fn any_maps() -> impl Strategy<Value = Maps> {
    (
        btree_map(any::<String>(), any_time(), 0..4),
        btree_map(any::<i32>(), any_uuid(), 0..4),
        btree_map(any_timestamp(), any_blob(), 0..4),
        btree_map(any::<bool>(), any_decimal().prop_map(Exact), 0..3),
        btree_map(any_decimal().prop_map(Exact), any_duration(), 0..4),
        btree_map(any_double().prop_map(Ordered), any::<String>(), 0..4),
        btree_map(any_date(), any_point(), 0..4),
        btree_map(any_inet(), any::<i64>(), 0..4),
        btree_map(any_blob(), any::<bool>(), 0..4),
    )
}

fn any_row(id: i32) -> impl Strategy<Value = Everything> {
    (any_scalars(id), any_sequences(), any_maps()).prop_map(|(scalars, sequences, maps)| {
        Everything {
            a_list: sequences.0,
            a_set: sequences.1,
            an_inet_set: sequences.2,
            a_varint_set: sequences.3,
            addresses: sequences.4,
            points: sequences.5,
            a_text_map: maps.0,
            an_int_map: maps.1,
            a_timestamp_map: maps.2,
            a_boolean_map: maps.3,
            a_decimal_map: maps.4,
            a_double_map: maps.5,
            a_date_map: maps.6,
            an_inet_map: maps.7,
            a_blob_map: maps.8,
            ..scalars
        }
    })
}

fn any_scalars(id: i32) -> impl Strategy<Value = Everything> {
    let texts = (
        of(any::<String>()),
        of("[\0-\x7f]{0,20}"),
        any::<Option<bool>>(),
    );
    let integers = any::<(Option<i8>, Option<i16>, Option<i64>)>();
    let numbers = (
        of(any_varint()),
        of(any_decimal()),
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
        of(any_vector()),
    );
    (texts, integers, numbers, times, others).prop_map(
        move |(texts, integers, numbers, times, others)| Everything {
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
            a_vector: others.4,
            ..empty(id)
        },
    )
}

fn any_rows(count: i32) -> Vec<Everything> {
    let mut runner = TestRunner::deterministic();
    let mut any_row = |id| any_row(id).new_tree(&mut runner).unwrap().current();
    (0..count).map(&mut any_row).collect()
}

/// As values, of which those that are no number are equal too.
#[track_caller]
fn assert_same(read: &Everything, written: &Everything) {
    let values = |row| Row::encode(row).unwrap();
    let (read, written) = (values(read), values(written));
    for (column, value) in written.iter() {
        assert_eq!(read.get(column), Some(value), "{column}");
    }
}

async fn assert_stored(table: &Table<Everything>, rows: &[Everything]) {
    let mut read = table.find(json!({})).await.unwrap().all().await.unwrap();
    read.sort_by_key(|row| row.id);
    assert_eq!(read.len(), rows.len());
    for (read, written) in read.iter().zip(rows) {
        assert_same(read, written);
    }
}

#[tokio::test]
async fn random_rows_of_every_type_survive_inserting() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        let rows = any_rows(200);
        let stored = table.insert_many(&rows).await.unwrap();
        assert_eq!(stored.inserted_ids.len(), 200);
        assert_stored(&table, &rows).await;
        // What was read can be written again and is the same.
        let read = table.find(json!({})).await.unwrap().all().await.unwrap();
        table.delete_all().await.unwrap();
        table.insert_many(&read).await.unwrap();
        assert_stored(&table, &rows).await;
    })
    .await;
}

#[tokio::test]
async fn random_values_of_every_type_survive_updating() {
    everywhere(async |db| {
        let table = new_table(&db).await;
        let rows = any_rows(60);
        for (row, before) in rows.iter().zip(any_rows(60).into_iter().rev()) {
            let before = Everything {
                id: row.id,
                ..before
            };
            table.insert_one(&before).await.unwrap();
            let mut columns = Row::encode(row).unwrap();
            columns.remove("id");
            let update = BTreeMap::from([("$set", columns)]);
            table
                .update_one(json!({"id": row.id}), update)
                .await
                .unwrap();
        }
        assert_stored(&table, &rows).await;
    })
    .await;
}
