//! A collection of products: store, find, change, delete.
//!
//! Start a Data API of your own, then this:
//!
//! ```sh
//! cargo run -p astra-dev -- serve --in-memory
//! DATA_API_URI=http://cassandra:cassandra@127.0.0.1:8181/v1/default_keyspace \
//!     cargo run -p astra-db --example quickstart
//! ```
//!
//! On Astra the address is
//! `https://ID-REGION.apps.astra.datastax.com/api/json/v1/default_keyspace?applicationToken=AstraCS…`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use astra_db::{ConnectionString, ReturnDocument};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize, Deserialize)]
struct Product {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    /// Money is counted in whole cents: 0.1 + 0.2 is not 0.3.
    price_cents: u64,
    stock: u32,
    tags: Vec<String>,
}

impl Product {
    fn new(id: &str, name: &str, price_cents: u64, tags: &[&str]) -> Self {
        let tags = tags.iter().map(ToString::to_string).collect();
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            price_cents,
            stock: 10,
            tags,
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    db.create_collection("example_products").await?;
    let products = db.collection::<Product>("example_products");
    products.delete_all().await?;

    let stored = products
        .insert_many([
            Product::new("teapot", "Teapot", 2450, &["kitchen", "tea"]),
            Product::new("mug", "Mug", 900, &["kitchen"]),
            Product::new("lamp", "Lamp", 5900, &["living room"]),
        ])
        .await?;
    println!("stored {:?}", stored.inserted_ids);

    let affordable = json!({"price_cents": {"$lt": 5000}});
    let mut cursor = products.find(affordable).sort([("price_cents", 1)]).await?;
    while let Some(product) = cursor.try_next().await? {
        println!("{} costs {} cents", product.name, product.price_cents);
    }

    // The condition and the change are one atomic step: nobody buys the last teapot twice.
    let bought = products
        .find_one_and_update(
            json!({"_id": "teapot", "stock": {"$gte": 1}}),
            json!({"$inc": {"stock": -1}}),
        )
        .return_document(ReturnDocument::After)
        .await?;
    match bought {
        Some(teapot) => println!("bought a teapot, {} are left", teapot.stock),
        None => println!("teapots are sold out"),
    }

    println!(
        "tags in use: {:?}",
        products.distinct("tags", json!({})).await?
    );
    let gone = products.delete_one(json!({"_id": "lamp"})).await?;
    println!("deleted {:?}", gone.deleted_count);

    products.drop().await?;
    Ok(())
}
