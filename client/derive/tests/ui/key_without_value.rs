//! A key always has a value.

use astra_db::TableRow;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "optional")]
struct Optional {
    #[partition_key]
    id: Option<i32>,
}

fn main() {}
