//! The commands that were run are there when the server is started again.

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

#[test]
fn the_history_is_there_after_a_restart_and_runs_again_by_a_button_only() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data").to_str().unwrap().to_owned();
    {
        let server = Server::start(&["--data", &data]);
        let browser = Browser::new(&server.address);
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
    let browser = Browser::new(&server.address);
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
