//! What is no struct with named fields that serde writes as such.

use astra_db::TableRow;

#[derive(serde::Serialize, TableRow)]
#[table(name = "t")]
enum Enum {
    A,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "t")]
struct Tuple(i32);

#[derive(serde::Serialize, TableRow)]
#[table(name = "t")]
struct Generic<T> {
    #[partition_key]
    id: T,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "t")]
#[serde(transparent)]
struct Transparent {
    #[partition_key]
    id: i32,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "t", keyspace = "ks")]
struct Unknown {
    #[partition_key]
    id: i32,
}

fn main() {}
