//! Tables are made, changed and dropped, and their rows written, found, changed and deleted.

use serde_json::{Value, json};

use test_support::pages::{Browser, Page};

use crate::Server;

const REVIEWS: &str = "/console/keyspaces/shop/tables/reviews";
const VEHICLE: &str = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55";

fn shop() -> Server {
    let server = Server::start();
    server.command("", &json!({"createKeyspace": {"name": "shop"}}));
    server
}

/// A server with a table of many types.
fn reviews() -> Server {
    let server = shop();
    let columns = json!({
        "vehicle": "uuid", "at": "timestamp", "rating": "int", "body": "text", "summary": "text", "approved": "boolean", "price": "decimal",
        "picture": "blob", "warranty": "duration",
        "tags": {"type": "set", "valueType": "text"},
        "mileage": {"type": "map", "keyType": "int", "valueType": "bigint"},
        "likeness": {"type": "vector", "dimension": 2},
    });
    let key = json!({"partitionBy": ["vehicle"], "partitionSort": {"at": -1}});
    let create = json!({"createTable": {"name": "reviews", "definition": {"columns": columns, "primaryKey": key}}});
    let answer = server.command("/shop", &create);
    assert_eq!(answer.get("errors"), None, "{answer}");
    server
}

fn insert(server: &Server, row: &Value) {
    let answer = server.command("/shop/reviews", &json!({"insertOne": {"document": row}}));
    assert_eq!(answer.get("errors"), None, "{answer}");
}

fn row(at: &str) -> Value {
    json!({"vehicle": VEHICLE, "at": at, "rating": 4, "body": "fine", "likeness": [0.25, 0.5]})
}

fn stored(server: &Server, at: &str) -> Value {
    let filter = json!({"vehicle": VEHICLE, "at": at});
    let answer = server.command("/shop/reviews", &json!({"findOne": {"filter": filter}}));
    answer["data"]["document"].clone()
}

const JANUARY: &str = "2024-01-31T12:30:00Z";

/// A server with one row, and the address of its page.
fn one_row() -> (Server, String) {
    let server = reviews();
    insert(&server, &row(JANUARY));
    let open = Browser::new(&server.address).get(REVIEWS).link("Open");
    (server, open)
}

#[test]
fn what_could_be_asked_is_shown_by_the_columns_of_the_table() {
    let server = reviews();
    let page = Browser::new(&server.address).get(REVIEWS);
    for example in [r#"{"vehicle": …}"#, r#"{"at": -1}"#, r#"{"vehicle": 1}"#] {
        assert_eq!(
            page.placeholders().filter(|shown| shown == example).count(),
            1
        );
    }
}

#[test]
fn a_table_is_made_by_a_form_with_its_key_in_the_order_of_the_lines() {
    let server = shop();
    let browser = Browser::new(&server.address);
    let form = [
        ("name", "reviews"),
        ("column", "vehicle"),
        ("type", "uuid"),
        ("role", "partition"),
        ("column", "at"),
        ("type", "Timestamp"),
        ("role", "descending"),
        ("column", "tags"),
        ("type", "set<text>"),
        ("role", ""),
        ("column", ""),
        ("type", ""),
        ("role", ""),
    ];
    let new = "/console/keyspaces/shop/new-table";
    let page = browser.submit(new, &form);
    assert!(
        page.text().contains("Created.") && page.text().contains("No rows yet."),
        "{}",
        page.html
    );
    let listed = server.command(
        "/shop",
        &json!({"listTables": {"options": {"explain": true}}}),
    );
    let definition = &listed["status"]["tables"][0]["definition"];
    assert_eq!(
        definition["primaryKey"],
        json!({"partitionBy": ["vehicle"], "partitionSort": {"at": -1}})
    );
    assert_eq!(
        definition["columns"]["tags"],
        json!({"type": "set", "valueType": "text"})
    );
}

#[test]
fn a_table_that_cannot_be_made_keeps_what_was_typed() {
    let server = shop();
    let browser = Browser::new(&server.address);
    let new = "/console/keyspaces/shop/new-table";
    let page = browser.post(
        new,
        &[
            ("name", "bad"),
            ("column", "a b"),
            ("type", "list<"),
            ("role", "partition"),
        ],
    );
    assert_eq!(
        (
            page.status,
            page.field("column").as_str(),
            page.field("type").as_str()
        ),
        (422, "a b", "list<")
    );
    assert!(
        page.text()
            .contains("The type: expected a type such as int"),
        "{}",
        page.html
    );
    let page = browser.post(
        new,
        &[
            ("name", "bad"),
            ("column", "a"),
            ("type", "int"),
            ("more", "1"),
        ],
    );
    assert_eq!(
        (page.status, page.html.matches("name=\"column\"").count()),
        (200, 4)
    );
}

#[test]
fn a_table_is_made_of_json_in_the_words_of_the_api() {
    let server = shop();
    let browser = Browser::new(&server.address);
    let new = "/console/keyspaces/shop/new-table";
    let example = browser.get(&format!("{new}?as=json")).field("definition");
    let page = browser.submit(new, &[("name", "reviews"), ("definition", &example)]);
    assert!(page.text().contains("Created."), "{}", page.html);

    let unknown = r#"{"columns": {"a": "int"}, "primaryKey": "a", "comment": "x"}"#;
    let page = browser.post(new, &[("name", "other"), ("definition", unknown)]);
    assert_eq!(
        (page.status, page.field("definition").as_str()),
        (422, unknown)
    );
    assert!(page.html.contains("COMMAND_FIELD_UNKNOWN"), "{}", page.html);
    let page = browser.post(new, &[("name", "other"), ("definition", "{")]);
    assert!(
        page.status == 422 && page.text().contains("This is not JSON"),
        "{}",
        page.html
    );
}

#[test]
fn a_row_goes_its_whole_way_by_the_form_made_of_the_columns() {
    let server = reviews();
    let browser = Browser::new(&server.address);
    let form = [
        ("column.vehicle", VEHICLE),
        ("column.at", JANUARY),
        ("column.rating", "5"),
        ("column.body", "two\r\nlines"),
        ("column.approved", "true"),
        ("column.price", "12.5"),
        ("column.picture", "0xdeadbeef"),
        ("column.warranty", "1y2mo"),
        ("column.tags", r#"["a", "b"]"#),
        ("column.mileage", "[[2020, 9007199254740993]]"),
        ("column.likeness", "[0.5, 1]"),
    ];
    let page = browser.submit(&format!("{REVIEWS}/new-row"), &form);
    let text = page.text();
    for shown in [
        "Inserted.",
        "2024-01-31 12:30:00 UTC",
        "0xdeadbeef",
        "14mo",
        "{'a', 'b'}",
        "{2020: 9007199254740993}",
        "[0.5, 1]",
    ] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }
    let before = stored(&server, JANUARY);
    assert_eq!(
        (&before["body"], &before["price"]),
        (&json!("two\nlines"), &json!(12.5))
    );
    assert_eq!(
        before["mileage"],
        json!([[2020, 9_007_199_254_740_993_i64]])
    );

    // As a browser sends the form: everything as it stands, but for one change.
    let open = page.link("Open");
    let page = browser.get(&open);
    assert_eq!(page.field("column.likeness"), "[0.5, 1]");
    let texts = form.iter().filter(|(name, _)| *name != "column.approved");
    let mut fields: Vec<(&str, String)> =
        texts.map(|(name, _)| (*name, page.field(name))).collect();
    fields.push(("column.approved", "true".to_owned()));
    for (name, typed) in &mut fields {
        match *name {
            "column.rating" => "3".clone_into(typed),
            "column.price" => typed.clear(),
            _ => {}
        }
    }
    let fields = with_before(&page, fields);
    assert!(send(&browser, &open, &fields).text().contains("Saved."));
    let mut expected = before.clone();
    expected["rating"] = json!(3);
    expected.as_object_mut().unwrap().remove("price");
    assert_eq!(stored(&server, JANUARY), expected);
}

#[test]
fn a_row_is_deleted_once_one_has_seen_it() {
    let (server, open) = one_row();
    let browser = Browser::new(&server.address);
    let page = browser.get(&browser.get(&open).link("Delete"));
    assert!(page.text().contains("lost for good"), "{}", page.html);
    let page = browser.submit(&open.replace("/row?", "/row/delete?"), &[]);
    assert!(
        page.text().contains("Deleted.") && page.text().contains("No rows yet."),
        "{}",
        page.html
    );
    assert_eq!(browser.get(&open).status, 404);
}

fn with_before<'a>(page: &Page, mut fields: Vec<(&'a str, String)>) -> Vec<(&'a str, String)> {
    fields.push(("before", page.field("before")));
    fields
}

fn send(browser: &Browser, path: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.submit(path, &fields)
}

#[test]
fn what_is_typed_wrong_is_told_beside_its_field_and_nothing_is_lost() {
    let server = reviews();
    let browser = Browser::new(&server.address);
    let new = format!("{REVIEWS}/new-row");
    let page = browser.post(
        &new,
        &[
            ("column.vehicle", VEHICLE),
            ("column.rating", "many"),
            ("column.tags", "["),
        ],
    );
    assert_eq!(
        (page.status, page.field("column.rating").as_str()),
        (422, "many")
    );
    assert!(
        page.text().contains("Expected a number such as 12")
            && page.text().contains("This is not JSON"),
        "{}",
        page.html
    );
    // What only the API can know, in its words.
    let page = browser.post(
        &new,
        &[("column.vehicle", "no uuid"), ("column.at", JANUARY)],
    );
    assert_eq!(
        (page.status, page.field("column.vehicle").as_str()),
        (422, "no uuid")
    );
    assert!(
        page.html.contains("role=\"alert\"") && page.html.contains("class=\"code\""),
        "{}",
        page.html
    );
}

#[test]
fn inserting_over_a_row_that_is_there_is_refused() {
    let (server, _) = one_row();
    let fields = [
        ("column.vehicle", VEHICLE),
        ("column.at", JANUARY),
        ("column.rating", "1"),
    ];
    let page = Browser::new(&server.address).post(&format!("{REVIEWS}/new-row"), &fields);
    assert!(
        page.status == 422 && page.text().contains("there is a row with this key"),
        "{}",
        page.html
    );
    assert_eq!(stored(&server, JANUARY), row(JANUARY));
}

#[test]
fn an_edit_undoes_nobodys_work() {
    let (server, open) = one_row();
    let browser = Browser::new(&server.address);
    let form = browser.get(&open);
    let key = json!({"vehicle": VEHICLE, "at": JANUARY});
    let others =
        json!({"updateOne": {"filter": key, "update": {"$set": {"rating": 1, "price": 7}}}});
    server.command("/shop/reviews", &others);

    // Another column: both are kept.
    let fields = with_before(
        &form,
        vec![
            ("column.body", "better".to_owned()),
            ("column.rating", form.field("column.rating")),
        ],
    );
    send(&browser, &open, &fields);
    let after = stored(&server, JANUARY);
    assert_eq!(
        (&after["body"], &after["rating"], &after["price"]),
        (&json!("better"), &json!(1), &json!(7))
    );

    // The same column: both are shown, and the second try is meant.
    let (before, typed) = (form.field("before"), [("column.rating", "5")]);
    let page = browser.post(&open, &[typed[0], ("before", &before)]);
    assert_eq!(
        (page.status, page.field("column.rating").as_str()),
        (409, "5")
    );
    assert!(page.text().contains("rating: 1"), "{}", page.html);
    assert_eq!(stored(&server, JANUARY)["rating"], 1);
    browser.submit(&open, &[typed[0], ("before", &page.field("before"))]);
    assert_eq!(stored(&server, JANUARY)["rating"], 5);

    // A row that is gone is not made again.
    server.command("/shop/reviews", &json!({"deleteOne": {"filter": key}}));
    assert_eq!(
        browser.post(&open, &[typed[0], ("before", &before)]).status,
        404
    );
    assert_eq!(stored(&server, JANUARY), Value::Null);
}

#[test]
fn a_row_is_edited_as_json_but_for_its_key() {
    let (server, open) = one_row();
    let browser = Browser::new(&server.address);
    let page = browser.get(&browser.get(&open).link("As JSON"));
    let (text, before) = (page.field("row"), page.field("before"));
    assert!(text.contains("\"likeness\": [0.25, 0.5]"), "{text}");
    browser.submit(
        &open,
        &[
            ("row", &text.replace("fine", "<b>fine</b>")),
            ("before", &before),
        ],
    );
    let mut expected = row(JANUARY);
    expected["body"] = json!("<b>fine</b>");
    assert_eq!(stored(&server, JANUARY), expected);

    let moved = text.replace("2024", "2025");
    let page = browser.post(&open, &[("row", &moved), ("before", &before)]);
    assert_eq!((page.status, page.field("row")), (422, moved));
    assert!(
        page.text()
            .contains("The primary key of a row cannot be changed"),
        "{}",
        page.html
    );
}

#[test]
fn rows_are_found_sorted_and_paged_with_the_warnings_of_the_api() {
    let server = reviews();
    for minute in 0..55 {
        insert(&server, &row(&format!("2024-01-01T00:{minute:02}:00Z")));
    }
    let browser = Browser::new(&server.address);
    let rows = |page: &Page| page.links("Open").len();
    let first = browser.get(REVIEWS);
    assert!(
        first.html.contains("ZERO_FILTER_OPERATIONS"),
        "{}",
        first.html
    );
    let second = browser.get(&first.link("Next page"));
    assert_eq!((rows(&first), rows(&second)), (50, 5));
    assert_eq!(rows(&browser.get(&second.link("First page"))), 50);

    let query = |filter: &str, sort: &str, projection: &str| {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("filter", filter),
                ("sort", sort),
                ("projection", projection),
            ])
            .finish();
        browser.get(&format!("{REVIEWS}?{query}"))
    };
    let key = format!(r#"{{"vehicle": "{VEHICLE}", "at": {{"$lt": "2024-01-01T00:02:00Z"}}}}"#);
    let page = query(&key, r#"{"at": 1}"#, "");
    assert_eq!(rows(&page), 2);
    assert!(
        page.text().find("2024-01-01 00:00").unwrap()
            < page.text().find("2024-01-01 00:01").unwrap()
    );
    assert_eq!(page.field("filter"), key);
    let page = query(&key, "", r#"{"rating": 1}"#);
    assert!(
        rows(&page) == 0 && page.html.contains("<td class=\"cell number\">4</td>"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("fine</td>"), "{}", page.html);

    let page = query("{\"rating\":", "[1]", "");
    assert_eq!(
        (
            page.status,
            page.field("filter").as_str(),
            page.field("sort").as_str()
        ),
        (422, "{\"rating\":", "[1]")
    );
    assert!(
        page.html.contains("id=\"filter-problem\"") && page.html.contains("id=\"sort-problem\""),
        "{}",
        page.html
    );
    let page = query(r#"{"nothing": 1}"#, "", "");
    assert!(
        page.status == 422 && page.html.contains("UNKNOWN_TABLE_COLUMNS"),
        "{}",
        page.html
    );
}

#[test]
fn columns_come_and_go() {
    let (server, _) = one_row();
    let browser = Browser::new(&server.address);
    let columns = format!("{REVIEWS}/columns");
    let page = browser.submit(
        &columns,
        &[("column", "notes"), ("type", "map<text, text>")],
    );
    assert!(
        page.text().contains("notes") && page.text().contains("((vehicle), at DESC)"),
        "{}",
        page.html
    );
    browser.submit(&format!("{columns}/drop?name=notes"), &[("name", "notes")]);
    assert_eq!(
        browser.get(&format!("{columns}/drop?name=notes")).status,
        404
    );
    let page = browser.post(&columns, &[("column", "rating"), ("type", "text")]);
    assert!(
        page.status == 422 && page.html.contains("role=\"alert\""),
        "{}",
        page.html
    );
}

#[test]
fn indexes_of_every_kind_come_and_go() {
    let server = reviews();
    let browser = Browser::new(&server.address);
    let new = format!("{REVIEWS}/indexes/new");
    browser.submit(&new, &[("name", "by_rating"), ("column", "rating")]);
    browser.submit(
        &new,
        &[
            ("name", "by_body"),
            ("column", "body"),
            ("ignore_case", "on"),
            ("ascii", "on"),
        ],
    );
    browser.submit(&new, &[("name", "by_year"), ("column", "mileage.$keys")]);
    browser.submit(
        &new,
        &[
            ("kind", "vector"),
            ("name", "by_likeness"),
            ("column", "likeness"),
            ("metric", "dot_product"),
        ],
    );
    browser.submit(
        &new,
        &[
            ("kind", "text"),
            ("name", "by_words"),
            ("column", "summary"),
            ("analyzer", "simple"),
        ],
    );
    let listed = server.command(
        "/shop/reviews",
        &json!({"listIndexes": {"options": {"explain": true}}}),
    );
    let definition = |name: &str| {
        let indexes = listed["status"]["indexes"].as_array().unwrap();
        indexes.iter().find(|index| index["name"] == name).unwrap()["definition"].clone()
    };
    assert_eq!(definition("by_rating")["column"], "rating");
    assert_eq!(definition("by_body")["options"]["caseSensitive"], false);
    assert_eq!(definition("by_year")["column"], json!({"mileage": "$keys"}));
    assert_eq!(
        definition("by_likeness")["options"]["metric"],
        "dot_product"
    );
    assert_eq!(definition("by_words")["options"]["analyzer"], "simple");
    let page = browser.submit(
        &format!("{REVIEWS}/indexes/drop?name=by_rating"),
        &[("name", "by_rating")],
    );
    assert!(
        page.text().contains("by_words") && !page.text().contains("by_rating"),
        "{}",
        page.html
    );
}

#[test]
fn a_table_is_dropped_by_its_name_only() {
    let (server, _) = one_row();
    let browser = Browser::new(&server.address);
    let drop = browser
        .get(&format!("{REVIEWS}/columns"))
        .link("Drop table");
    assert_eq!(browser.post(&drop, &[("name", "review")]).status, 422);
    assert_eq!(browser.get(REVIEWS).status, 200);
    browser.submit(&drop, &[("name", "reviews")]);
    assert_eq!(browser.get(REVIEWS).status, 404);
}

#[test]
fn types_are_made_changed_and_dropped() {
    let server = shop();
    let browser = Browser::new(&server.address);
    let types = "/console/keyspaces/shop/types";
    let form = [
        ("name", "address"),
        ("column", "street"),
        ("type", "text"),
        ("column", "zip"),
        ("type", "int"),
    ];
    let page = browser.submit(types, &form);
    let address = page.link("address");
    browser.submit(
        &format!("{address}/add"),
        &[("column", "since"), ("type", "date")],
    );
    let page = browser.submit(
        &format!("{address}/rename"),
        &[("from", "street"), ("to", "road")],
    );
    assert!(
        page.text().contains("road")
            && page.text().contains("since")
            && !page.text().contains("street"),
        "{}",
        page.html
    );
    let page = browser.post(
        &format!("{address}/rename"),
        &[("from", "road"), ("to", "zip")],
    );
    assert!(
        page.status == 422 && page.html.contains("role=\"alert\""),
        "{}",
        page.html
    );
    let page = browser.submit(&format!("{address}/drop"), &[("name", "address")]);
    assert!(page.text().contains("No types yet."), "{}", page.html);
    assert_eq!(browser.get(&address).status, 404);
}

#[test]
fn names_and_values_of_a_stranger_stay_text() {
    let server = shop();
    let evil = r#""><script>alert(1)</script>'&#"#;
    let definition = json!({"columns": {"id": "text", evil: "text"}, "primaryKey": "id"});
    let made = server.command(
        "/shop",
        &json!({"createTable": {"name": "odd", "definition": definition}}),
    );
    assert_eq!(made.get("errors"), None, "{made}");
    let answer = server.command(
        "/shop/odd",
        &json!({"insertOne": {"document": {"id": evil, evil: evil}}}),
    );
    assert_eq!(answer.get("errors"), None, "{answer}");
    let browser = Browser::new(&server.address);
    let rows = "/console/keyspaces/shop/tables/odd";
    let page = browser.get(rows);
    let open = page.link("Open");
    let row = browser.get(&open);
    assert_eq!((row.status, row.field("column.id").as_str()), (200, evil));
    for page in [
        page,
        row,
        browser.get(&format!("{rows}/columns")),
        browser.get(&format!("{rows}/new-row")),
    ] {
        assert!(
            !page.html.contains("<script>") && !page.html.contains("&#\""),
            "{}",
            page.html
        );
    }
    let saved = browser.submit(
        &open,
        &[
            (&format!("column.{evil}"), "changed"),
            ("before", &browser.get(&open).field("before")),
        ],
    );
    assert!(saved.text().contains("changed"), "{}", saved.html);
}
