//! Partition key and clustering columns.

use astra_db::TableRow;

#[derive(serde::Serialize, TableRow)]
#[table(name = "none")]
struct None {
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "both")]
struct Both {
    #[partition_key]
    #[clustering]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "one_way")]
struct OneWay {
    #[partition_key]
    #[serde(skip_serializing)]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "skipped")]
struct Skipped {
    #[partition_key]
    id: i32,
    #[clustering]
    #[serde(skip)]
    at: i64,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "order")]
struct Order {
    #[partition_key]
    id: i32,
    #[clustering(descending)]
    at: i64,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "indexed")]
struct Indexed {
    #[partition_key]
    #[index]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "partition", partition = Partition)]
struct NoClustering {
    #[partition_key]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "set")]
struct SetAsKey {
    #[partition_key]
    #[column(type = "set")]
    ids: Vec<i32>,
}

fn main() {}
