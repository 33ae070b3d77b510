//! A misspelled column, and a key that lacks one.

use astra_db::TableRow;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "vehicles")]
struct Vehicle {
    #[partition_key]
    id: i32,
    make: String,
}

fn main() {
    let filter = Vehicle::maker().eq("Volvo");
    let key = VehicleKey {};
}
