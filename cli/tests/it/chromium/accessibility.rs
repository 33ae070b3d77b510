//! axe-core on the pages, on a desktop and a phone, light and dark: no serious violation, and nothing wider than the screen.

use serde_json::{Value, json};
use test_support::browser::Screen;
use test_support::browser::accessibility::{axe, findings};

use super::{Chromium, site};
use crate::Server;

/// The pages that can be opened by their address alone.
pub(super) const PAGES: &[&str] = &[
    "/",
    "/console/keyspaces/shop",
    "/console/keyspaces/shop/drop",
    "/console/keyspaces/shop/new-collection",
    "/console/keyspaces/shop/collections/products",
    "/console/keyspaces/shop/collections/products?filter=%7B",
    "/console/keyspaces/shop/collections/products/insert",
    "/console/keyspaces/shop/collections/products/options",
    "/console/keyspaces/shop/collections/products/document?id=1",
    "/console/keyspaces/shop/collections/products/document/edit?id=1",
    "/console/keyspaces/shop/new-table",
    "/console/keyspaces/shop/new-table?as=json",
    "/console/keyspaces/shop/tables/reviews",
    "/console/keyspaces/shop/tables/reviews?sort=%5B",
    "/console/keyspaces/shop/tables/reviews?filter=%7B%22none%22%3A1%7D",
    "/console/keyspaces/shop/tables/reviews/columns",
    "/console/keyspaces/shop/tables/reviews/columns/drop?name=body",
    "/console/keyspaces/shop/tables/reviews/indexes/new",
    "/console/keyspaces/shop/tables/reviews/indexes/new?kind=vector",
    "/console/keyspaces/shop/tables/reviews/new-row",
    "/console/keyspaces/shop/tables/reviews/row?key=%7B%22id%22%3A1%7D",
    "/console/keyspaces/shop/tables/reviews/row?key=%7B%22id%22%3A1%7D&as=json",
    "/console/keyspaces/shop/tables/reviews/row/delete?key=%7B%22id%22%3A1%7D",
    "/console/keyspaces/shop/types",
    "/console/keyspaces/shop/types/address",
    "/console/commands",
    "/console/connect",
    "/console/connect?language=java",
    "/console/connect/another",
    "/console/nothing",
];

/// A server with something of everything.
pub(super) fn furnished() -> Server {
    let server = Server::start(&["--in-memory"]);
    let command = |path: &str, command: Value| {
        let answer = server.command(path, &command);
        assert_eq!(answer.get("errors"), None, "{answer}");
    };
    command("", json!({"createKeyspace": {"name": "shop"}}));
    command(
        "/shop",
        json!({"createCollection": {"name": "products", "options": {"vector": {"dimension": 8}}}}),
    );
    let long = "a long story ".repeat(100);
    let document = json!({
        "_id": 1, "name": "Teapot", "added": {"$date": 1_700_000_000_000_i64}, "story": long, "none": null, "tags": ["a", "b"],
        "maker": {"name": "Ann", "since": 1999, "open": true}, "$vector": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    });
    command(
        "/shop/products",
        json!({"insertOne": {"document": document}}),
    );
    command(
        "/shop",
        json!({"createType": {"name": "address", "definition": {"fields": {"street": "text", "zip": "int"}}}}),
    );
    let columns = json!({
        "id": "int", "body": "text", "approved": "boolean", "at": "timestamp", "picture": "blob",
        "tags": {"type": "set", "valueType": "text"}, "likeness": {"type": "vector", "dimension": 8},
        "keeper": {"type": "userDefined", "udtName": "address"},
    });
    command(
        "/shop",
        json!({"createTable": {"name": "reviews", "definition": {"columns": columns, "primaryKey": "id"}}}),
    );
    command(
        "/shop/reviews",
        json!({"createIndex": {"name": "by_body", "definition": {"column": "body"}}}),
    );
    let row = json!({
        "id": 1, "body": long, "approved": true, "at": "2024-01-31T12:30:00Z", "picture": {"$binary": "3q2+7w=="}, "tags": ["a"],
        "likeness": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], "keeper": {"street": "High", "zip": 1},
    });
    command(
        "/shop/reviews",
        json!({"insertMany": {"documents": [row, {"id": 2}]}}),
    );
    server
}

async fn every_page(screen: Screen) {
    let server = furnished();
    let Some(axe) = axe(&site(&server)) else {
        return;
    };
    let Some(browser) = Chromium::open(&server, screen).await else {
        return;
    };
    let mut all = Vec::new();
    for page in PAGES {
        browser.go(page).await;
        let found = findings(&browser, &axe).await;
        all.extend(
            found
                .into_iter()
                .map(|finding| format!("{page}: {finding}")),
        );
        browser
            .photograph(&format!(
                "console{}",
                page.replace(['/', '?', '=', '%'], "-")
            ))
            .await;
    }
    assert!(all.is_empty(), "{all:#?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_serious_violation_on_a_desktop() {
    every_page(Screen::Desktop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_serious_violation_on_a_phone() {
    every_page(Screen::Phone).await;
}
