//! A misspelt column.

use astra_db::Row;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Row)]
#[table(name = "vehicles")]
struct Vehicle {
    #[partition_key]
    id: i32,
    make: String,
}

fn main() {
    let filter = serde_json::json!({Vehicle::MAKER: "Volvo"});
    let key = VehicleKey {};
}
