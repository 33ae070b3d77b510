//! A key always has a value.

use astra_db::Row;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Row)]
#[table(name = "optional")]
struct Optional {
    #[partition_key]
    id: Option<i32>,
}

fn main() {}
