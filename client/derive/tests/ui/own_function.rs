//! A function of the same name as a field.

use astra_db::CollectionDocument;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(name = "phones")]
struct Phone {
    new: bool,
    price: u32,
    #[astra_db(function = brand_field)]
    brand: String,
    #[astra_db(name = "b")]
    wrong: bool,
}

#[derive(Serialize, Deserialize, CollectionDocument)]
#[collection(name = "phones")]
struct Clash {
    new: bool,
    #[astra_db(function = price_field)]
    price: u32,
}

impl Clash {
    fn new() -> Self {
        Self { new: true, price: 1 }
    }

    fn price(&self) -> u32 {
        self.price
    }
}

fn main() {
    Clash::price_field().gt(Clash::new().price());
}
