//! Documents that the shop did not write: each is skipped and named, and everything else works.

mod carts;
mod checkouts;
mod orders;
mod products;

use astra_db::Document;
use serde_json::{Value, json};
use test_support::Log;

use crate::shop::TestShop;

/// What it logs of documents that it skips.
fn skipped(log: &Log) -> Vec<String> {
    let text = |fields: &Value| {
        let fields = fields.as_object().unwrap().values();
        fields
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let lines = log.lines();
    let lines = lines.iter().map(|line| text(&line["fields"]));
    lines.filter(|line| line.contains("skipped")).collect()
}

/// Stores a document as anyone with access to the database can.
async fn store(shop: &TestShop, collection: &str, document: Value) {
    let documents = shop.store.database().collection::<Value>(collection);
    documents.insert_one(document).await.unwrap();
}

async fn delete(shop: &TestShop, collection: &str, id: &str) {
    let documents = shop.store.database().collection::<Document>(collection);
    documents.delete_one(json!({ "_id": id })).await.unwrap();
}
