//! From nothing to data and back, as a person goes.

use std::time::{Duration, Instant};

use test_support::browser::Screen;

use super::Chromium;
use crate::Server;

/// A collection with a document: made, found, changed and deleted.
async fn documents(browser: &Chromium) {
    browser.go("/").await;
    browser.sees("There is nothing here yet.").await;
    browser.fill("Name", "shop").await;
    browser.press("Create").await;
    browser.sees("No collections yet.").await;
    browser.press("New collection").await;
    browser.fill("Name", "products").await;
    browser.press("Create").await;
    browser.sees("No documents yet").await;
    browser.press("Insert").await;
    browser
        .fill(
            "One document",
            r#"[{"_id": "teapot", "price": 25}, {"_id": "kettle", "price": 35}]"#,
        )
        .await;
    browser.press("Insert").await;
    browser.sees("kettle").await;
    browser.fill("Filter", r#"{"price": {"$lt": 30}}"#).await;
    browser.press("Find").await;
    loses(browser, "kettle").await;
    browser.sees("teapot").await;
    browser.press("teapot").await;
    browser.press("Edit").await;
    browser
        .fill(
            "Document",
            r#"{"_id": "teapot", "price": 19, "sale": true}"#,
        )
        .await;
    browser.press("Save").await;
    browser.sees("Saved.").await;
    browser.sees("19").await;
    browser.press("Delete").await;
    browser.press("Delete").await;
    browser.sees("Deleted.").await;
    assert!(!browser.text().await.contains("teapot"));
}

/// Waits until the page no longer shows a text, which the page before it did.
async fn loses(browser: &Chromium, text: &str) {
    let start = Instant::now();
    while browser.text().await.contains(text) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "`{text}` is still on the page"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_go_their_way_in_a_browser() {
    let server = Server::start(&["--in-memory"]);
    let Some(browser) = Chromium::open(&server, Screen::Desktop).await else {
        return;
    };
    documents(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_go_their_way_on_a_phone_without_javascript() {
    let server = Server::start(&["--in-memory"]);
    let Some(browser) = Chromium::open(&server, Screen::Phone).await else {
        return;
    };
    browser.without_javascript().await;
    documents(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_go_their_way_in_a_browser() {
    let server = Server::start(&["--in-memory"]);
    server.command("", &serde_json::json!({"createKeyspace": {"name": "shop"}}));
    let Some(browser) = Chromium::open(&server, Screen::Desktop).await else {
        return;
    };
    browser.go("/console/keyspaces/shop").await;
    browser.press("New table").await;
    browser.fill("Name", "reviews").await;
    for (line, (name, kind, role)) in [
        ("vehicle", "text", "partition"),
        ("at", "date", "descending"),
        ("body", "text", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let number = line + 1;
        browser.fill_in(&format!("column{number}"), name).await;
        browser.fill_in(&format!("type{number}"), kind).await;
        browser.choose(&format!("role{number}"), role).await;
    }
    browser.press("Create table").await;
    browser.sees("No rows yet.").await;
    browser.press("Insert row").await;
    browser.fill("vehicle", "volvo").await;
    browser.fill("at", "2024-01-31").await;
    browser.fill("body", "fine\nindeed").await;
    browser.press("Insert").await;
    browser.sees("Inserted.").await;
    browser.sees("2024-01-31").await;
    browser.press("Open").await;
    browser.fill("body", "better").await;
    browser.press("Save").await;
    browser.sees("Saved.").await;
    browser.sees("better").await;
    browser.press("Open").await;
    browser.press("Delete").await;
    browser.press("Delete").await;
    browser.sees("Deleted.").await;
    browser.sees("No rows yet.").await;
    browser.press("Columns and indexes").await;
    browser.press("Drop table").await;
    browser.fill("To drop", "reviews").await;
    browser.press("Drop").await;
    browser.sees("No tables yet.").await;
    browser.close().await;
}
