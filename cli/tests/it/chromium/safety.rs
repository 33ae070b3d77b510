//! What others have written stays text.

use serde_json::json;
use test_support::browser::Screen;

use super::Chromium;
use crate::Server;

/// Leaves a trace if anything of it is run.
const EVIL: &str = r#""><img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload=window.hit=1>'-->"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_in_names_and_values_do_nothing() {
    let server = Server::start(&["--in-memory"]);
    server.command("", &json!({"createKeyspace": {"name": "shop"}}));
    server.command("/shop", &json!({"createCollection": {"name": "products"}}));
    let document = json!({"_id": EVIL, EVIL: [EVIL, {"deep": EVIL}]});
    server.command(
        "/shop/products",
        &json!({"insertOne": {"document": document}}),
    );
    let definition = json!({"columns": {"id": "text", EVIL: "text"}, "primaryKey": "id"});
    server.command(
        "/shop",
        &json!({"createTable": {"name": "odd", "definition": definition}}),
    );
    server.command(
        "/shop/odd",
        &json!({"insertOne": {"document": {"id": EVIL, EVIL: EVIL}}}),
    );
    let Some(browser) = Chromium::open(&server, Screen::Desktop).await else {
        return;
    };
    let id =
        form_urlencoded::byte_serialize(json!(EVIL).to_string().as_bytes()).collect::<String>();
    let key = form_urlencoded::byte_serialize(json!({"id": EVIL}).to_string().as_bytes())
        .collect::<String>();
    let evil = form_urlencoded::byte_serialize(EVIL.as_bytes()).collect::<String>();
    let products = "/console/keyspaces/shop/collections/products";
    let odd = "/console/keyspaces/shop/tables/odd";
    for (path, shows) in [
        (products.to_owned(), true),
        (format!("{products}/document?id={id}"), true),
        (format!("{products}/document/edit?id={id}"), false),
        (format!("{products}?filter={evil}"), false),
        (odd.to_owned(), true),
        (format!("{odd}/row?key={key}"), true),
        (format!("{odd}/columns"), true),
        (format!("{odd}?sort={evil}"), false),
        (format!("/console/commands?command={evil}"), false),
        (format!("/console/connect?target={evil}"), false),
    ] {
        browser.go(&path).await;
        if shows {
            browser.sees("window.hit=1").await;
        }
        assert_eq!(
            browser.script("return window.hit ?? 'nothing'").await,
            "nothing",
            "{path}"
        );
        assert_eq!(browser.complaints().await, Vec::<String>::new(), "{path}");
    }
    browser.close().await;
}
