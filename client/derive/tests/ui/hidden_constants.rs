//! Fields whose constants would hide the name of the table, type or collection, or one another.

use astra_db::{Document, Row, Udt};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Row)]
#[table(name = "statistics")]
struct Statistic {
    #[partition_key]
    id: i32,
    table_name: String,
}

#[derive(Serialize, Deserialize, Udt)]
#[udt(name = "kind")]
struct Kind {
    #[serde(rename = "typeName")]
    type_name: String,
}

#[derive(Serialize, Deserialize, Document)]
#[collection(name = "settings")]
#[allow(non_snake_case)]
struct Setting {
    COLLECTION_NAME: String,
    max: i32,
    MAX: i32,
}

fn main() {}
