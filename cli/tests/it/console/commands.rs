//! The command runner.

use super::browser::{Browser, Page};
use crate::Server;

fn run(browser: &Browser<'_>, target: &str, command: &str) -> Page {
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
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server);
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
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server);
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
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server);
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

#[test]
fn the_history_is_there_after_a_restart_and_runs_again_by_a_button_only() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data").to_str().unwrap().to_owned();
    {
        let server = Server::start(&["--data", &data]);
        let browser = Browser::new(&server);
        run(&browser, "", r#"{"createKeyspace": {"name": "shop"}}"#);
        run(&browser, "", r#"{"dropKeyspace": {"name": "shop"}}"#);
        let page = run(
            &browser,
            "shop",
            r#"{"createCollection": {"name": "a", "password": "hunter2"}}"#,
        );
        assert!(
            page.text().contains("it may hold a secret"),
            "{}",
            page.text()
        );
        assert!(!browser.get("/console/commands").html.contains("hunter2"));
        assert!(server.stop("-TERM").success());
    }
    let file = std::fs::read_to_string(format!("{data}/console-history.jsonl")).unwrap();
    assert!(
        file.contains("dropKeyspace") && !file.contains("hunter2"),
        "{file}"
    );

    let server = Server::start(&["--data", &data]);
    let browser = Browser::new(&server);
    let page = browser.get("/console/commands");
    let again: Vec<&str> = page
        .html
        .split("action=\"")
        .filter_map(|part| Some(part.split_once('"')?.0))
        .filter(|action| action.starts_with("/console/commands/history/"))
        .collect();
    let [drop, create] = again.as_slice() else {
        panic!("{again:?}")
    };
    assert_eq!(browser.post(create, &[]).status, 200);
    assert_eq!(browser.get("/").links("shop").len(), 1);
    // Following a link to it drops nothing.
    assert_eq!(browser.get(drop).status, 405);
    assert_eq!(browser.get("/").links("shop").len(), 1);
    let edited = browser.get(&page.links("Edit").pop().unwrap());
    assert_eq!(
        edited.field("command"),
        r#"{"createKeyspace": {"name": "shop"}}"#
    );
    assert_eq!(browser.post(drop, &[]).status, 200);
    assert_eq!(browser.get("/").links("shop").len(), 0);

    browser.submit("/console/commands/forget", &[]);
    assert_eq!(browser.post(drop, &[]).status, 404);
    assert!(
        browser
            .get("/console/commands")
            .text()
            .contains("Nothing was run yet.")
    );
}
