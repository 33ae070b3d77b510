//! Types that no column, no field of a type and no list can have.

use astra_db::{TableRow, Timestamp, Udt, Vector};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Plain;

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "t")]
struct Column {
    #[partition_key]
    id: i32,
    no_udt: Plain,
    no_dimension: Vector,
    of_collections: Timestamp,
}

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "u")]
struct Element {
    #[partition_key]
    id: i32,
    nested: Vec<Vec<i32>>,
}

#[derive(Serialize, Deserialize, Udt)]
#[udt(name = "v")]
struct Field {
    list: Vec<i32>,
}

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "w")]
struct Set {
    #[partition_key]
    id: i32,
    #[column(type = "set")]
    no_list: String,
}

#[derive(Serialize, Deserialize, Udt)]
#[udt(name = "x")]
struct SetInType {
    #[column(type = "set")]
    list: Vec<i32>,
}

fn main() {}
