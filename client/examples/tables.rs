//! Rows of a table: the latest first, in pages, with a map, a set and a field of a type of one's own.
//!
//! Run it like `quickstart`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::collections::{BTreeMap, BTreeSet};

use astra_db::schema::{ColumnType, Order, TypeDefinition};
use astra_db::table::{Date, Timestamp, Uuid};
use astra_db::{ConnectionString, Database, Table, TableDefinition};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize, Deserialize)]
struct Reading {
    station: Uuid,
    at: Timestamp,
    celsius: Option<f64>,
    remarks: BTreeSet<String>,
    /// By height in metres. JSON has no numbers for keys.
    #[serde(with = "astra_db::table::map")]
    wind: BTreeMap<i32, f64>,
    sensor: Option<Sensor>,
}

/// A user-defined type.
#[derive(Debug, Serialize, Deserialize)]
struct Sensor {
    maker: Option<String>,
    built: Option<Date>,
}

async fn new_table(db: &Database) -> astra_db::Result<Table<Reading>> {
    let sensor = TypeDefinition::default()
        .field("maker", ColumnType::Text)
        .field("built", ColumnType::Date);
    db.create_type("example_sensor", sensor)
        .if_not_exists()
        .await?;
    let definition = TableDefinition::default()
        .column("station", ColumnType::Uuid)
        .column("at", ColumnType::Timestamp)
        .column("celsius", ColumnType::Double)
        .column("remarks", ColumnType::set(ColumnType::Text))
        .column("wind", ColumnType::map(ColumnType::Int, ColumnType::Double))
        .column("sensor", ColumnType::user_defined("example_sensor"))
        .partition_by(["station"])
        .partition_sort("at", Order::Descending);
    let made = db.create_table("example_readings", definition);
    Ok(made.if_not_exists().await?.clone_with_type())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    let readings = new_table(&db).await?;
    readings.delete_all().await?;

    let station = Uuid::now_v7();
    let hourly = (0..48_i32).map(|hour| Reading {
        station,
        at: Timestamp::from_millis(1_700_000_000_000 + i64::from(hour) * 3_600_000),
        celsius: (hour % 7 != 0).then(|| f64::from(hour) / 2.0),
        remarks: BTreeSet::new(),
        wind: BTreeMap::from([(10, 3.5), (100, 8.25)]),
        sensor: Some(Sensor {
            maker: Some("Acme".to_owned()),
            built: Date::new(2023, 11, 14),
        }),
    });
    let stored = readings.insert_many(hourly).await?.inserted_ids;

    // A key is a filter.
    let remark = json!({"$push": {"remarks": "a storm came up"}});
    readings.update_one(&stored[47], remark).await?;

    let of_station = || readings.find(json!({"station": station})).limit(48);
    let latest = of_station().limit(3).page().await?;
    for reading in &latest.items {
        let Reading {
            at,
            celsius,
            remarks,
            ..
        } = reading;
        println!("{at}: {celsius:?} degrees {remarks:?}");
    }
    let oldest = of_station().sort([("at", 1)]).await?.try_next().await?;
    println!("{oldest:?}");

    readings.drop().await?;
    db.drop_type("example_sensor").await?;
    Ok(())
}
