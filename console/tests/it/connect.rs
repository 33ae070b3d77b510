//! How to connect, as the console tells it.

use astra_db::ConnectionString;
use serde_json::json;

use test_support::pages::{Browser, Page};

use crate::Server;

const ANOTHER: &str = "/console/connect/another";
const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

/// What can be copied, from the top.
fn copies(page: &Page) -> Vec<String> {
    let parts = page.html.split("<pre class=\"copy\"").skip(1);
    let text = |part: &str| {
        let (_, rest) = part.split_once('>').unwrap();
        let text = rest.split_once("</pre>").unwrap().0;
        text.replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#38;", "&")
    };
    parts.map(text).collect()
}

fn session(port_of: &str) -> String {
    format!("http://{port_of}")
}

#[test]
fn programs_in_every_language_are_about_what_is_chosen() {
    let server = Server::start();
    server.command("", &json!({"createKeyspace": {"name": "shop"}}));
    server.command("/shop", &json!({"createCollection": {"name": "products"}}));
    let browser = Browser::new(&server.address);
    let url = session(&server.address);
    for language in ["python", "typescript", "java", "rust", "curl"] {
        let page = browser.get(&format!(
            "/console/connect?target=shop%2Fproducts&language={language}"
        ));
        let code = &copies(&page)[0];
        for part in [url.as_str(), "shop", "products"] {
            assert!(code.contains(part), "{language}: {part} is not in {code}");
        }
        assert_eq!(code.trim(), code);
    }
    let page = browser.get("/console/connect?target=shop%2Fproducts");
    let copies = copies(&page);
    let uri: ConnectionString = copies[2].parse().unwrap();
    assert_eq!((uri.endpoint(), uri.keyspace()), (url.as_str(), "shop"));
    assert!(
        copies[1].contains("DATA_API_PASSWORD=cassandra\nASTRA_DB_KEYSPACE=shop"),
        "{}",
        copies[1]
    );
}

#[test]
fn a_password_of_ones_own_is_on_no_page() {
    let server = Server::with_password("ann", "s3cret");
    let mut browser = Browser::new(&server.address);
    let signed_in = browser.post(
        "/console/sign-in",
        &[("username", "ann"), ("password", "s3cret")],
    );
    let cookie = signed_in.header("set-cookie").unwrap();
    browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    for language in ["python", "typescript", "java", "rust", "curl"] {
        let page = browser.get(&format!("/console/connect?language={language}"));
        assert_eq!(page.status, 200);
        assert!(
            !page.html.contains("s3cret") && !page.html.contains("czNjcmV0"),
            "{}",
            page.html
        );
        assert!(copies(&page)[0].contains("DATA_API_PASSWORD"), "{language}");
    }
}

#[test]
fn four_parts_become_a_connection_string_that_keeps_its_secret() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    let mut form = vec![
        ("kind", "astra"),
        ("database", ID),
        ("region", "us-east-2"),
        ("keyspace", "shop"),
        ("token", "AstraCS:a+b"),
    ];
    let page = browser.post(ANOTHER, &form);
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, Some("no-store"))
    );
    assert!(
        !page.html.contains("AstraCS:a") && !page.html.contains("a%2Bb"),
        "{}",
        page.html
    );
    assert!(
        page.html
            .contains("us-east-2.apps.astra.datastax.com/api/json/v1/shop"),
        "{}",
        page.html
    );
    assert_eq!(
        (
            page.field("database").as_str(),
            page.field("token").as_str()
        ),
        (ID, "")
    );

    form.push(("show", "on"));
    let page = browser.post(ANOTHER, &form);
    let made = copies(&page);
    let uri: ConnectionString = made[0].parse().unwrap();
    assert_eq!(uri.keyspace(), "shop");
    assert!(
        made[0].contains("applicationToken=AstraCS%3Aa%2Bb"),
        "{}",
        made[0]
    );
    assert!(
        made[1].contains("ASTRA_DB_APPLICATION_TOKEN=AstraCS:a+b\n"),
        "{}",
        made[1]
    );
}

#[test]
fn what_is_missing_is_named_and_what_was_typed_stays() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    let cases = [
        (
            vec![("kind", "astra"), ("database", ID), ("token", "AstraCS:x")],
            "the region is missing",
        ),
        (
            vec![
                ("kind", "astra"),
                ("database", "no-id"),
                ("region", "r"),
                ("token", "AstraCS:x"),
            ],
            "no-id",
        ),
        (
            vec![("kind", "astra"), ("database", "https://x.example")],
            "the token is missing",
        ),
        (
            vec![("kind", "own"), ("url", "http://x.example")],
            "user or password is missing",
        ),
    ];
    for (form, problem) in cases {
        let page = browser.post(ANOTHER, &form);
        assert_eq!(
            (page.status, page.field(form[1].0).as_str()),
            (422, form[1].1)
        );
        assert!(page.text().contains(problem), "{}", page.text());
    }
    let own = [
        ("kind", "own"),
        ("url", "http://db.example:8181"),
        ("username", "ann"),
        ("password", "s@cret"),
        ("show", "on"),
    ];
    let page = browser.post(ANOTHER, &own);
    assert_eq!(
        copies(&page)[0],
        "http://ann:s%40cret@db.example:8181/v1/default_keyspace"
    );
}
