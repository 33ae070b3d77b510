//! Documents are inserted, found, edited and deleted.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::json;

use test_support::pages::{Browser, Page};

use crate::Server;

const PRODUCTS: &str = "/console/keyspaces/shop/collections/products";

/// A server with an empty collection.
fn shop(options: &serde_json::Value) -> Server {
    let server = Server::start();
    server.command("", &json!({"createKeyspace": {"name": "shop"}}));
    server.command(
        "/shop",
        &json!({"createCollection": {"name": "products", "options": options}}),
    );
    server
}

fn insert(server: &Server, documents: &serde_json::Value) {
    let answer = server.command(
        "/shop/products",
        &json!({"insertMany": {"documents": documents}}),
    );
    assert_eq!(answer.get("errors"), None, "{answer}");
}

fn stored(server: &Server, id: &serde_json::Value) -> serde_json::Value {
    let answer = server.command(
        "/shop/products",
        &json!({"findOne": {"filter": {"_id": id}, "projection": {"*": 1}}}),
    );
    answer["data"]["document"].clone()
}

/// Opens the form of a document and gives what it holds.
fn edit(browser: &Browser, id: &str) -> (String, Page) {
    let path = format!("{PRODUCTS}/document/edit?id={id}");
    let page = browser.get(&path);
    assert_eq!(page.status, 200, "{}", page.html);
    (path, page)
}

fn save(browser: &Browser, form: &(String, Page), change: impl FnOnce(String) -> String) -> Page {
    let (path, page) = form;
    let after = change(page.field("after"));
    browser.post(
        path,
        &[("before", &page.field("before")), ("after", &after)],
    )
}

#[test]
fn a_document_goes_its_whole_way() {
    let server = shop(&json!({}));
    let browser = Browser::new(&server.address);
    assert!(browser.get(PRODUCTS).text().contains("No documents yet."));
    let form = browser.get(&format!("{PRODUCTS}/insert"));
    assert_eq!(form.field("documents"), "");
    let text = r#"{"_id": "tea/pot?&#", "name": "Teapot", "price": 12.12345678901234567890, "added": {"$date": 1700000000000}}"#;
    let page = browser.submit(&format!("{PRODUCTS}/insert"), &[("documents", text)]);
    for shown in [
        "Inserted.",
        "tea/pot?&#",
        "12.1234567890123456789",
        "2023-11-14 22:13:20 UTC",
    ] {
        assert!(page.text().contains(shown), "{shown}: {}", page.text());
    }

    let found = browser.get(&format!(
        "{PRODUCTS}?filter=%7B%22price%22%3A%7B%22%24lt%22%3A13%7D%7D"
    ));
    assert!(
        found.text().contains("1 document found"),
        "{}",
        found.text()
    );
    let page = browser.get(&found.link("tea/pot?&#"));
    let form = browser.get(&page.link("Edit"));
    let after = form.field("after").replace("\"Teapot\"", "\"Pot\\u0000\"");
    let saved = browser.submit(
        &page.link("Edit"),
        &[("before", &form.field("before")), ("after", &after)],
    );
    assert!(
        saved.text().contains("Saved.") && saved.text().contains("\"Pot\\u0000\""),
        "{}",
        saved.text()
    );
    assert_eq!(stored(&server, &json!("tea/pot?&#"))["name"], "Pot\0");

    let raw = browser.get(&saved.link("Download as JSON"));
    assert_eq!(raw.header("content-type"), Some("application/json"));
    assert!(raw.html.contains("12.1234567890123456789"), "{}", raw.html);

    let delete = saved.link("Delete");
    assert!(browser.get(&delete).text().contains("deleted for good"));
    assert!(browser.submit(&delete, &[]).text().contains("Deleted."));
    assert_eq!(browser.get(&found.link("tea/pot?&#")).status, 404);
    assert!(browser.get(PRODUCTS).text().contains("No documents yet."));
}

#[test]
fn ids_of_every_kind_lead_to_their_document() {
    let server = shop(&json!({}));
    let ids = [
        json!(7),
        json!(-1.5),
        json!(true),
        json!(null),
        json!(""),
        json!("\"<b>'"),
        json!({"$date": 5}),
        json!({"$uuid": "01890a5d-ac96-774b-bcce-b302099a8057"}),
        json!({"$objectId": "64a1f0c0e13b2f0001a2b3c4"}),
    ];
    let documents: Vec<_> = ids
        .iter()
        .map(|id| json!({"_id": id, "of": id.to_string()}))
        .collect();
    let inserted = server.command(
        "/shop/products",
        &json!({"insertMany": {"documents": documents, "options": {"ordered": false}}}),
    );
    let kept = inserted["status"]["insertedIds"]
        .as_array()
        .unwrap()
        .clone();
    assert!(kept.len() >= 8, "{inserted}");
    let browser = Browser::new(&server.address);
    let list = browser.get(PRODUCTS);
    let links: Vec<String> = list
        .html
        .split("href=\"")
        .filter_map(|part| Some(part.split_once('"')?.0))
        .filter(|href| href.contains("/document?id="))
        .map(str::to_owned)
        .collect();
    assert_eq!(links.len(), kept.len());
    for id in kept {
        let of = id.to_string().replace('"', "");
        let pages = links.iter().map(|link| browser.get(link));
        let of_it = pages.filter(|page| {
            page.status == 200 && page.text().replace('"', "").contains(&format!("of {of}"))
        });
        assert_eq!(of_it.count(), 1, "{id}");
    }
}

#[test]
fn markup_in_documents_stays_text() {
    let server = shop(&json!({}));
    let evil = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"'";
    insert(
        &server,
        &json!([{"_id": evil, evil.replace('.', ""): evil, "list": [evil], "deep": {"a": {evil: {"$date": 1}}}}]),
    );
    let browser = Browser::new(&server.address);
    let list = browser.get(PRODUCTS);
    let document = list
        .html
        .split("href=\"")
        .find(|part| part.contains("/document?id="))
        .unwrap();
    let document = browser.get(document.split_once('"').unwrap().0);
    let edit = browser.get(&document.link("Edit"));
    let delete = browser.get(&document.link("Delete"));
    let query = form_urlencoded::byte_serialize(evil.as_bytes()).collect::<String>();
    let search = browser.get(&format!(
        "{PRODUCTS}?filter={query}&sort={query}&projection={query}&page={query}"
    ));
    let insert = browser.post(&format!("{PRODUCTS}/insert"), &[("documents", evil)]);
    for page in [&list, &document, &edit, &delete, &search, &insert] {
        assert!(page.html.contains("&#60;script&#62;"), "{}", page.html);
        assert!(
            !page.html.contains("<script>") && !page.html.contains("<img"),
            "{}",
            page.html
        );
    }
    assert!(
        edit.field("after")
            .parse::<astra_db::Document>()
            .unwrap()
            .contains_key("_id")
    );
    assert_eq!(insert.field("documents"), evil);
}

#[test]
fn every_document_is_on_one_page_sorted_or_not() {
    let server = shop(&json!({}));
    let documents: Vec<_> = (0..120)
        .map(|number| json!({"_id": format!("n{number:03}"), "rank": number}))
        .collect();
    for chunk in documents.chunks(100) {
        insert(&server, &json!(chunk));
    }
    let browser = Browser::new(&server.address);
    for start in [
        PRODUCTS.to_owned(),
        format!("{PRODUCTS}?sort=%7B%22rank%22%3A-1%7D"),
    ] {
        let (mut seen, mut pages, mut next) = (Vec::new(), 0, Some(start));
        while let Some(path) = next {
            let page = browser.get(&path);
            assert_eq!(page.status, 200, "{}", page.html);
            let ids = page
                .html
                .split("%22n")
                .skip(1)
                .map(|part| part[..3].to_owned());
            seen.extend(ids);
            pages += 1;
            next = page.links("Next page").pop();
        }
        assert_eq!((pages, seen.len()), (3, 120));
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 120);
        if seen[0] == "119" {
            assert!(seen.is_sorted_by(|one, other| one > other));
        }
    }
}

#[test]
fn what_is_wrong_with_a_search_stands_beside_the_field_and_nothing_is_lost() {
    let server = shop(&json!({"indexing": {"deny": ["story"]}, "vector": {"dimension": 2}}));
    let browser = Browser::new(&server.address);
    let search = |name: &str, text: &str| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, text)
            .finish();
        browser.get(&format!("{PRODUCTS}?{query}"))
    };
    let wrong = [
        ("filter", "{\"a\": }"),
        ("filter", "[1]"),
        ("filter", r#"{"a": {"$no": 1}}"#),
        ("filter", r#"{"story": "x"}"#),
        ("sort", r#"{"a": 3}"#),
        ("sort", r#"{"$vector": [1, 2, 3]}"#),
        ("projection", "{"),
    ];
    for (name, text) in wrong {
        let page = search(name, text);
        assert_eq!((page.status, page.field(name).as_str()), (422, text));
        let is_beside = page.html.contains(&format!("id=\"{name}-problem\""));
        assert!(
            is_beside || page.html.contains("class=\"errors\""),
            "{text}: {}",
            page.html
        );
    }
    insert(
        &server,
        &json!([{"_id": "a", "$vector": [1, 0]}, {"_id": "b", "$vector": [0, 1]}]),
    );
    let nearest = search("sort", r#"{"$vector": [0.1, 1]}"#).text();
    let place = |id: &str| nearest.find(&format!("\"{id}\"")).unwrap();
    assert!(
        place("b") < place("a") && nearest.contains("$similarity"),
        "{nearest}"
    );
    let command = search("filter", r#"{"_id": "a"}"#).link("As a command");
    let page = browser.get(&command);
    assert!(
        page.field("command").contains(r#""_id": "a""#),
        "{}",
        page.html
    );
}

#[test]
fn many_documents_are_inserted_and_those_refused_stay_in_the_form() {
    let server = shop(&json!({}));
    let browser = Browser::new(&server.address);
    let path = format!("{PRODUCTS}/insert");
    browser.submit(&path, &[("documents", "[{\"_id\": 1}, {\"_id\": 2}]")]);
    let page = browser.post(
        &path,
        &[(
            "documents",
            "{\"_id\": 2}\n{\"_id\": 3}\n{\"_id\": 1, \"again\": 1.10}",
        )],
    );
    assert_eq!(page.status, 422);
    assert_eq!(
        page.field("documents"),
        "{\"_id\":2}\n{\"_id\":1,\"again\":1.10}"
    );
    let text = page.text();
    assert!(
        text.contains("1 document inserted.") && text.contains("DOCUMENT_ALREADY_EXISTS"),
        "{text}"
    );
    assert_eq!(stored(&server, &json!(3)), json!({"_id": 3}));
    for (typed, problem) in [
        ("", "no document"),
        ("{\"a\":}", "line 1 column 6"),
        ("7", "Document 1"),
    ] {
        let page = browser.post(&path, &[("documents", typed)]);
        assert_eq!(
            (page.status, page.field("documents").as_str()),
            (422, typed)
        );
        assert!(page.text().contains(problem), "{}", page.text());
    }
}

#[test]
fn edits_of_different_fields_are_both_kept() {
    let server = shop(&json!({}));
    insert(
        &server,
        &json!([{"_id": 1, "name": "Teapot", "price": 25, "tags": ["a"], "x.y&z": 1}]),
    );
    let browser = Browser::new(&server.address);
    let (mine, theirs) = (edit(&browser, "1"), edit(&browser, "1"));
    assert_eq!(
        save(&browser, &theirs, |text| text.replace("25", "30")).status,
        303
    );
    let changed = |text: String| {
        text.replace("\"Teapot\"", "\"Pot\"")
            .replace("\"x.y&z\": 1", "\"x.y&z\": 2")
    };
    assert_eq!(save(&browser, &mine, changed).status, 303);
    assert_eq!(
        stored(&server, &json!(1)),
        json!({"_id": 1, "name": "Pot", "price": 30, "tags": ["a"], "x.y&z": 2})
    );
    let form = edit(&browser, "1");
    let without = |text: String| text.replace("  \"tags\": [\"a\"],\n", "");
    assert_eq!(save(&browser, &form, without).status, 303);
    assert_eq!(stored(&server, &json!(1)).get("tags"), None);
}

/// A field, what it holds, what somebody else puts there meanwhile, and what is typed.
fn disputes() -> [(
    &'static str,
    serde_json::Value,
    serde_json::Value,
    &'static str,
); 7] {
    [
        ("name", json!("one"), json!("two"), "\"three\""),
        ("tags", json!(["a"]), json!(["a", "b"]), "[\"c\"]"),
        (
            "stock",
            json!({"berlin": 1}),
            json!({"berlin": 2}),
            "{\"berlin\": 9}",
        ),
        (
            "at",
            json!({"$date": 1}),
            json!({"$date": 2}),
            "{\"$date\": 3}",
        ),
        ("secret_plan", json!("a"), json!("b"), "\"c\""),
        ("$vector", json!([0.5, 0.25]), json!([0.25, 0.5]), "[1, 1]"),
        ("x.y&z", json!(1.5), json!(2.5), "0.125"),
    ]
}

#[test]
fn an_edit_that_lost_a_race_shows_both_versions_and_changes_nothing() {
    let server = shop(&json!({"indexing": {"deny": ["secret_plan"]}, "vector": {"dimension": 2}}));
    let browser = Browser::new(&server.address);
    for (name, before, theirs, mine) in disputes() {
        let id = format!("of {name}");
        insert(&server, &json!([{"_id": id, name: before, "other": 1}]));
        let query: String =
            form_urlencoded::byte_serialize(json!(id).to_string().as_bytes()).collect();
        let form = edit(&browser, &query);
        let path = name.replace('&', "&&").replace('.', "&.");
        server.command(
            "/shop/products",
            &json!({"updateOne": {"filter": {"_id": id}, "update": {"$set": {path: theirs, "other": 2}}}}),
        );
        let mine: astra_db::Value = mine.parse().unwrap();
        let after = |text: String| {
            let mut document: astra_db::Document = text.parse().unwrap();
            document.insert(name, mine.clone());
            document.to_string()
        };
        let lost = save(&browser, &form, after);
        assert_eq!(lost.status, 409, "{name}: {}", lost.text());
        assert!(
            lost.text().contains(&format!("has changed {name}, too")),
            "{name}: {}",
            lost.text()
        );
        let merged: astra_db::Document = lost.field("after").parse().unwrap();
        assert_eq!(
            (merged.get(name), merged.get("other")),
            (Some(&mine), Some(&2.into())),
            "{name}"
        );
        assert_eq!(stored(&server, &json!(id))[name], theirs, "{name}");
        // Knowing theirs, mine may take its place, and what only they have changed stays.
        let again = (form.0.clone(), lost);
        assert_eq!(save(&browser, &again, |text| text).status, 303, "{name}");
        let now = stored(&server, &json!(id));
        assert_eq!(
            (astra_db::Value::from(now[name].clone()), &now["other"]),
            (mine, &json!(2)),
            "{name}"
        );
    }
}

#[test]
fn of_edits_at_the_same_moment_one_is_saved_and_the_others_are_told() {
    let server = shop(&json!({}));
    let (path, rounds, editors) = (format!("{PRODUCTS}/document/edit?id=1"), 5, 8);
    insert(&server, &json!([{"_id": 1, "by": "nobody"}]));
    for round in 0..rounds {
        let before = stored(&server, &json!(1)).to_string();
        let start = Barrier::new(editors);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let editors: Vec<_> = (0..editors)
                .map(|editor| {
                    let (server, path, before, start) = (&server, &path, &before, &start);
                    scope.spawn(move || {
                        let after =
                            json!({"_id": 1, "by": format!("{editor} in {round}")}).to_string();
                        start.wait();
                        let form = [("before", before.as_str()), ("after", &after)];
                        Browser::new(&server.address).post(path, &form).status
                    })
                })
                .collect();
            editors
                .into_iter()
                .map(|editor| editor.join().unwrap())
                .collect()
        });
        let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(303), count(409)), (1, editors - 1), "{statuses:?}");
    }
}

#[test]
fn an_edit_of_a_deleted_document_brings_nothing_back() {
    let server = shop(&json!({}));
    insert(&server, &json!([{"_id": 1, "a": 1}]));
    let browser = Browser::new(&server.address);
    let form = edit(&browser, "1");
    server.command(
        "/shop/products",
        &json!({"deleteOne": {"filter": {"_id": 1}}}),
    );
    let gone = save(&browser, &form, |text| text.replace("\"a\": 1", "\"a\": 2"));
    assert_eq!(gone.status, 422);
    assert!(
        gone.text().contains("deleted this document") && gone.field("after").contains("\"a\": 2"),
        "{}",
        gone.text()
    );
    assert_eq!(stored(&server, &json!(1)), json!(null));
}

#[test]
fn an_edit_that_makes_no_sense_says_why_and_keeps_the_text() {
    let server = shop(&json!({}));
    insert(&server, &json!([{"_id": 1, "a": 1}]));
    let browser = Browser::new(&server.address);
    let wrong = [
        ("{\"_id\": 1, \"a\": }", "line 1 column"),
        ("", "JSON object"),
        ("[]", "JSON object"),
        ("{\"_id\": 2, \"a\": 1}", "stays what it is"),
        ("{\"a\": 1}", "stays what it is"),
        ("{\"_id\": 1, \"$no\": 1}", "$no"),
    ];
    for (typed, problem) in wrong {
        let page = save(&browser, &edit(&browser, "1"), |_| typed.to_owned());
        assert_eq!((page.status, page.field("after").as_str()), (422, typed));
        assert!(page.text().contains(problem), "{typed}: {}", page.text());
    }
    let same = save(&browser, &edit(&browser, "1"), |text| text);
    assert_eq!(
        (same.status, same.location()),
        (
            303,
            "/console/keyspaces/shop/collections/products/document?id=1"
        )
    );
    assert_eq!(
        browser.get(&format!("{PRODUCTS}/document?id=%7B")).status,
        400
    );
}

#[test]
fn documents_as_large_and_deep_as_they_may_be_break_no_page() {
    let server = shop(&json!({"indexing": {"deny": ["*"]}}));
    let deep = (0..6).fold(
        json!("bottom"),
        |inside, level| json!({format!("level{level}"): [inside]}),
    );
    let large: Vec<String> = (0..400).map(|_| "wörter ".repeat(1_000)).collect();
    insert(
        &server,
        &json!([{"_id": 1, "deep": deep, "text": large, "n": 1}]),
    );
    let browser = Browser::new(&server.address);
    let list = browser.get(PRODUCTS);
    let page = browser.get(&format!("{PRODUCTS}/document?id=1"));
    for (page, most) in [(&list, 100_000), (&page, 1_500_000)] {
        assert_eq!(page.status, 200);
        assert!(
            page.html.len() < most && page.text().contains("more character"),
            "{}",
            page.html.len()
        );
    }
    let form = edit(&browser, "1");
    assert!(form.1.html.len() > 2_500_000);
    assert_eq!(
        save(&browser, &form, |text| text.replace("\"n\": 1", "\"n\": 2")).status,
        303
    );
    let stored = stored(&server, &json!(1));
    assert_eq!(
        (&stored["n"], &stored["text"][399], &stored["deep"]),
        (&json!(2), &json!(large[399]), &deep)
    );
    let raw = browser.get(&format!("{PRODUCTS}/document/json?id=1"));
    assert!(raw.html.len() > 2_500_000);
}
