//! The command runner.

use test_support::pages::{Browser, Page};

use crate::Server;

fn run(browser: &Browser, target: &str, command: &str) -> Page {
    let page = browser.post(
        "/console/commands",
        &[("target", target), ("command", command)],
    );
    assert_eq!(page.status, 200, "{}", page.html);
    page
}

fn chosen(page: &Page) -> String {
    let options = page.html.split("<option value=\"").skip(1);
    let mut chosen = options.filter(|option| option.contains("\" selected>"));
    chosen.next().unwrap().split_once('"').unwrap().0.to_owned()
}

#[test]
fn every_example_works_one_after_the_other() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    let page = browser.get("/console/commands");
    let examples: Vec<String> = page
        .html
        .split("href=\"")
        .filter_map(|part| Some(part.split_once('"')?.0))
        .filter(|href| href.contains("example="))
        .map(|href| href.replace("&#38;", "&"))
        .collect();
    assert!(examples.len() > 20, "{examples:?}");
    for example in examples {
        let form = browser.get(&example);
        let (target, command) = (chosen(&form), form.field("command"));
        let answer = run(&browser, &target, &command);
        assert!(
            answer.html.contains("<span class=\"tag good\">status 200"),
            "{command}: {}",
            answer.text()
        );
    }
    assert!(
        browser
            .get("/")
            .text()
            .contains("There is nothing here yet.")
    );
}

#[test]
fn examples_are_about_what_is_chosen() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    run(&browser, "", r#"{"createKeyspace": {"name": "shop"}}"#);
    run(
        &browser,
        "shop",
        r#"{"createCollection": {"name": "products"}}"#,
    );
    let page = browser.get("/console/commands?target=shop%2Fproducts");
    assert_eq!(
        chosen(&browser.get(&page.link("Find one"))),
        "shop/products"
    );
    assert_eq!(chosen(&browser.get(&page.link("List tables"))), "shop");
    assert_eq!(
        chosen(&browser.get(&page.link("Insert rows"))),
        "demo/loans"
    );
}

#[test]
fn answers_are_shown_as_they_came_refused_or_not() {
    let server = Server::start();
    let browser = Browser::new(&server.address);
    let refused = [
        ("", r#"{"findKeyspaces": "#, "REQUEST_NOT_JSON"),
        ("", r#"{"noSuchCommand": {}}"#, "COMMAND_UNKNOWN"),
        ("nothing/at_all", r#"{"find": {}}"#, "UNKNOWN_KEYSPACE"),
        (
            "a/<script>alert(1)</script>",
            r#"{"find": {}, "<b>": 1}"#,
            "REQUEST_STRUCTURE_MISMATCH",
        ),
    ];
    for (target, command, code) in refused {
        let page = run(&browser, target, command);
        assert!(
            page.html.contains("<span class=\"tag bad\">failed"),
            "{}",
            page.html
        );
        assert!(
            page.text().contains(code) && page.text().contains("errorCode"),
            "{}",
            page.text()
        );
        assert_eq!(
            (page.field("command").as_str(), chosen(&page).is_empty()),
            (command, target.is_empty())
        );
        assert!(
            !page.html.contains("<script>alert") && !page.html.contains("<b>"),
            "{}",
            page.html
        );
    }
    run(&browser, "", r#"{"createKeyspace": {"name": "shop"}}"#);
    run(
        &browser,
        "shop",
        r#"{"createCollection": {"name": "products"}}"#,
    );
    run(
        &browser,
        "shop/products",
        r#"{"insertOne": {"document": {"_id": 1, "n": 0.12345678901234567890123}}}"#,
    );
    let found = run(&browser, "shop/products", r#"{"findOne": {}}"#);
    assert!(
        found.text().contains("0.12345678901234567890123"),
        "{}",
        found.text()
    );
}
