//! Keyspaces and collections are made, looked at and dropped.

use serde_json::json;

use test_support::pages::Browser;

use crate::Server;

#[test]
fn a_keyspace_is_made_shown_and_dropped_by_its_name() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    let page = browser.submit("/console/keyspaces", &[("name", " shop ")]);
    assert!(
        page.html.contains("<title>shop · astra-dev</title>"),
        "{}",
        page.html
    );
    assert!(
        page.text().contains("Created.") && page.text().contains("No collections yet."),
        "{}",
        page.html
    );

    let path = browser.get("/").link("shop");
    let drop = format!("{path}/drop");
    for typed in ["", "Shop", "shop2"] {
        let asked = browser.post(&drop, &[("name", typed)]);
        assert_eq!((asked.status, asked.field("name").as_str()), (422, typed));
    }
    assert_eq!(browser.get(&path).status, 200);
    let page = browser.submit(&drop, &[("name", "shop")]);
    assert!(page.text().contains("Dropped."), "{}", page.html);
    assert_eq!(browser.get(&path).status, 404);
}

#[test]
fn the_api_explains_why_a_keyspace_is_not_made_and_nothing_typed_is_lost() {
    let server = Server::start();
    let page = Browser::new(&server.address).post("/console/keyspaces", &[("name", "a<b>-c")]);
    assert_eq!((page.status, page.field("name").as_str()), (422, "a<b>-c"));
    assert!(!page.html.contains("<b>"), "{}", page.html);
    assert!(page.html.contains("role=\"alert\""), "{}", page.html);
}

#[test]
fn a_collection_is_made_with_options_and_shows_them() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    browser.submit("/console/keyspaces", &[("name", "shop")]);
    let form = [
        ("name", "products"),
        ("dimension", "3"),
        ("metric", "dot_product"),
        ("indexing", "deny"),
        ("paths", "story, address.notes"),
        ("default_id", "uuidv7"),
    ];
    browser.submit("/console/keyspaces/shop/new-collection", &form);
    let answer = server.command(
        "/shop",
        &json!({"findCollections": {"options": {"explain": true}}}),
    );
    let options = &answer["status"]["collections"][0]["options"];
    assert_eq!(options["vector"]["dimension"], 3);
    assert_eq!(options["vector"]["metric"], "dot_product");
    assert_eq!(
        options["indexing"],
        json!({"deny": ["address.notes", "story"]})
    );
    assert_eq!(options["defaultId"], json!({"type": "uuidv7"}));

    let text = browser
        .get("/console/keyspaces/shop/collections/products/options")
        .text();
    for fact in [
        "3 dimensions, compared by dot product",
        "All fields but address.notes, story",
        "uuidv7",
    ] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
    let text = browser.get("/console/keyspaces/shop").text();
    assert!(
        text.contains("vector 3") && text.contains("indexes most fields"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_with_a_new_collection_stands_beside_the_field() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    browser.submit("/console/keyspaces", &[("name", "shop")]);
    let form = [
        ("name", ""),
        ("dimension", "three"),
        ("indexing", "allow"),
        ("paths", ""),
    ];
    let page = browser.post("/console/keyspaces/shop/new-collection", &form);
    assert_eq!(
        (page.status, page.field("dimension").as_str()),
        (422, "three")
    );
    for problem in ["name-problem", "dimension-problem", "paths-problem"] {
        assert!(
            page.html.contains(&format!("id=\"{problem}\"")),
            "{problem}: {}",
            page.html
        );
    }
    let refused = browser.post("/console/keyspaces/shop/new-collection", &[("name", "a b")]);
    assert_eq!(
        (refused.status, refused.field("name").as_str()),
        (422, "a b")
    );
    assert_eq!(
        browser
            .get("/console/keyspaces/nothing/new-collection")
            .status,
        404
    );
}

#[test]
fn a_collection_may_have_any_name_the_api_allows() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    browser.submit("/console/keyspaces", &[("name", "drop")]);
    for name in ["new", "drop", "insert", "collections"] {
        let page = browser.submit("/console/keyspaces/drop/new-collection", &[("name", name)]);
        assert!(
            page.html.contains(&format!("<h1>{name}</h1>")),
            "{}",
            page.html
        );
    }
    let page = browser.get("/console/keyspaces/drop");
    assert_eq!(page.link("new"), "/console/keyspaces/drop/collections/new");
    browser.submit(
        "/console/keyspaces/drop/collections/new/drop",
        &[("name", "new")],
    );
    assert_eq!(
        browser
            .get("/console/keyspaces/drop/collections/new")
            .status,
        404
    );
}

#[test]
fn what_is_not_there_is_said_on_a_page_with_a_way_on() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    browser.submit("/console/keyspaces", &[("name", "shop")]);
    let nowhere = [
        "/console/keyspaces/nothing",
        "/console/keyspaces/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/console/keyspaces/%2E%2E",
        "/console/keyspaces/a%2Fb",
        "/console/keyspaces/nothing/drop",
        "/console/keyspaces/shop/collections/nothing",
        "/console/keyspaces/shop/collections/%3Cimg%20src=x%3E",
        "/console/keyspaces/shop/collections/nothing/insert",
        "/console/keyspaces/shop/collections/nothing/options",
        "/console/keyspaces/shop/collections/nothing/drop",
        "/console/keyspaces/shop/collections/nothing/document?id=1",
        "/console/nothing/at/all",
        "/console/static/nothing.css",
    ];
    for path in nowhere {
        let page = browser.get(path);
        assert_eq!(page.status, 404, "{path}");
        assert!(
            page.html.contains("<a class=\"button\" href=\"/\">"),
            "{path}: {}",
            page.html
        );
        assert!(
            !page.html.contains("<script>") && !page.html.contains("<img"),
            "{path}: {}",
            page.html
        );
    }
}
