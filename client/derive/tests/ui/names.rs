//! Names the API or serde refuse.

use astra_db::{CollectionDocument, TableRow, Udt};

#[derive(serde::Serialize, TableRow)]
struct Nameless {
    #[partition_key]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "with space")]
struct WithSpace {
    #[partition_key]
    id: i32,
}

#[derive(serde::Serialize, Udt)]
#[udt(name = "")]
struct Empty {
    street: String,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "twice", name = "twice")]
struct Twice {
    #[partition_key]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "same")]
struct SameColumn {
    #[partition_key]
    id: i32,
    #[serde(rename = "id")]
    other: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "two_ways")]
struct TwoWays {
    #[partition_key]
    #[serde(rename(serialize = "a", deserialize = "b"))]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "flat")]
struct Flat {
    #[partition_key]
    id: i32,
    #[serde(flatten)]
    rest: Vec<i32>,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "index_name")]
struct IndexName {
    #[partition_key]
    id: i32,
    #[index]
    #[serde(rename = "a b")]
    other: i32,
}

#[derive(serde::Serialize, CollectionDocument)]
#[collection(name = "dollar")]
struct Dollar {
    #[serde(rename = "$price")]
    price: i32,
}

fn main() {}
