//! Documents that the shop did not write: each is skipped and named, and everything else works.

mod carts;
mod checkouts;
mod orders;
mod products;

use std::io::Write;
use std::sync::{Arc, Mutex};

use astra_db::Document;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::shop::TestShop;

/// What the shop logs in this thread.
#[derive(Debug, Default, Clone)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// What this thread logs. Every other thread gets a subscriber that writes nowhere: with none, what it logs first may
    /// be switched off for the whole process.
    fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let nowhere = tracing_subscriber::fmt()
            .with_writer(std::io::sink)
            .finish();
        tracing::subscriber::set_global_default(nowhere).ok();
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .with_ansi(false)
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines that skip a document.
    fn skipped(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter(|line| line.contains("skipped"));
        lines.map(str::to_owned).collect()
    }
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
