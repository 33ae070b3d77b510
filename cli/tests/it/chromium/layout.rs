//! What stands where on a phone: nothing outside of the screen, and in a wide table a cue that there is more and the key in
//! sight.

use serde_json::{Value, json};
use test_support::browser::Screen;
use test_support::browser::layout::outside;

use super::Chromium;
use super::accessibility::{PAGES, furnished};

async fn nothing_is_outside(screen: Screen) {
    let server = furnished();
    let columns = json!({"a_name_as_long_as_names_of_columns_may_be_no_more": {"type": "map", "keyType": "text", "valueType": "text"}});
    let add = json!({"alterTable": {"operation": {"add": {"columns": columns}}}});
    let answer = server.command("/shop/reviews", &add);
    assert_eq!(answer.get("errors"), None, "{answer}");
    let Some(browser) = Chromium::open(&server, screen).await else {
        return;
    };
    let mut all = Vec::new();
    for page in PAGES {
        browser.go(page).await;
        // A table may be wider: it scrolls inside of itself.
        let found = outside(&browser, ".scroll, pre").await;
        all.extend(found.iter().map(|it| format!("{page} on {screen:?}: {it}")));
        all.extend(browser.complaints().await);
    }
    assert!(all.is_empty(), "{all:#?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_reaches_outside_of_a_phone() {
    nothing_is_outside(Screen::Phone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_reaches_outside_of_the_smallest_phone() {
    nothing_is_outside(Screen::SmallPhone).await;
}

/// Scrolls the first wide table to its end; tells where its key is then, and what the background says at either end.
const SCROLLED: &str = "
    const wide = [...document.querySelectorAll('.scroll')].find(table => table.scrollWidth > table.clientWidth);
    if (!wide) return null;
    const key = wide.querySelector('tbody th, .rows tbody td:nth-child(2)');
    const edge = wide.getBoundingClientRect().left + wide.clientLeft;
    wide.scrollLeft = wide.scrollWidth;
    const box = key.getBoundingClientRect();
    const style = getComputedStyle(wide);
    return {
        moved: wide.scrollLeft, key: box.left - edge, room: wide.clientWidth - box.width,
        cue: style.backgroundAttachment, shades: style.backgroundImage.split('linear-gradient').length - 1,
        behind: getComputedStyle(key).backgroundColor,
    };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wide_table_keeps_its_key_in_sight_and_shows_that_there_is_more() {
    let server = furnished();
    for screen in [Screen::Phone, Screen::SmallPhone] {
        let Some(browser) = Chromium::open(&server, screen).await else {
            return;
        };
        let page = "/console/keyspaces/shop/tables/reviews";
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            browser.go(page).await;
            let table = browser.script(SCROLLED).await;
            assert_ne!(table, Value::Null, "{page} has a wide table");
            let number = |what: &str| table[what].as_f64().unwrap();
            assert!(number("moved") > 10.0, "{page}: {table}");
            assert!(
                number("key").abs() < 1.5,
                "{page} on {screen:?}: the key is gone: {table}"
            );
            assert!(
                number("room") > 100.0,
                "{page} on {screen:?}: the key covers the rest: {table}"
            );
            assert_ne!(
                table["behind"], "rgba(0, 0, 0, 0)",
                "the rest shows through the key"
            );
            // One shade stays at the edge; what covers it goes with the end of the table.
            assert_eq!(table["shades"], 2, "{table}");
            let cue = table["cue"].as_str().unwrap();
            assert!(cue.starts_with("local, scroll"), "{table}");
        }
        browser.close().await;
    }
}

/// Names that break although they would fit, links to drop something that are not in sight, tables that are scrolled.
const CUT: &str = "
    const lines = element => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
    };
    const of = (selector, is) => [...document.querySelectorAll(selector)].filter(is).map(it => it.textContent);
    return [
        ...of('tbody th', it => it.textContent.length < 14 && lines(it) > 1),
        ...of('tbody td code:not(.options)', it => !it.textContent.includes(' ') && lines(it) > 1),
        ...of('tbody a', it => it.getBoundingClientRect().right > it.closest('.scroll').getBoundingClientRect().right),
        ...of('.scroll', it => it.scrollWidth > it.clientWidth),
    ];";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_columns_of_a_table_fit_on_a_phone() {
    let server = furnished();
    let columns = json!({
        "description": "text", "manufacturer": "text", "manufactured": "timestamp",
        "a_name_as_long_as_names_of_columns_may_be_no_more": {"type": "map", "keyType": "text", "valueType": "text"},
    });
    let add = json!({"alterTable": {"operation": {"add": {"columns": columns}}}});
    let answer = server.command("/shop/reviews", &add);
    assert_eq!(answer.get("errors"), None, "{answer}");
    for screen in [Screen::Phone, Screen::SmallPhone] {
        let Some(browser) = Chromium::open(&server, screen).await else {
            return;
        };
        browser
            .go("/console/keyspaces/shop/tables/reviews/columns")
            .await;
        browser.sees("manufacturer").await;
        assert_eq!(browser.script(CUT).await, json!([]), "{screen:?}");
        browser.photograph("columns").await;
        browser.close().await;
    }
}

/// How many fields for JSON one sees.
const FIELDS: &str = "return [...document.querySelectorAll('textarea.json')].filter(it => it.checkVisibility()).length";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_asked_for_takes_no_room_above_the_rows() {
    let server = furnished();
    let Some(browser) = Chromium::open(&server, Screen::Phone).await else {
        return;
    };
    let rows = "/console/keyspaces/shop/tables/reviews";
    browser.go(rows).await;
    assert_eq!(browser.script(FIELDS).await, 1);
    // What has been asked for is seen.
    browser.go(&format!("{rows}?sort=%7B%22id%22%3A1%7D")).await;
    assert_eq!(browser.script(FIELDS).await, 3);
    browser.close().await;
}
