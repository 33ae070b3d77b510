//! What stands where: nothing outside of the screen, however narrow it is and however long the words
//! of a browser's translation are, and what belongs together in one line.

use serde_json::Value;
use test_support::browser::layout::outside;
use test_support::browser::{Browser, Screen};

use super::accessibility::PAGES;
use super::purchases::{fill_in, pick};
use super::{TillShop, open};
use crate::payments::PASSWORD;

/// Words that are broken in two because there is no room for them, and what is to stay in one line.
const BROKEN: &str = "
    const broken = [];
    const lines = range => new Set([...range.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.top))).size;
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (!text.parentElement.checkVisibility() || text.parentElement.closest('thead')) continue;
        const words = text.parentElement.closest('.whole') ? /.+/gu : /(?<![\\p{L}\\p{N}])[\\p{L}\\p{N}]{1,20}(?![\\p{L}\\p{N}])/gu;
        for (const word of text.data.matchAll(words)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (lines(range) > 1) broken.push('broken: ' + word[0]);
        }
    }
    return broken;";

/// The longest words that a translation into German or Italian puts into menus and buttons.
const TRANSLATE: &str = "
    const words = {
        '.departments a': ['Alle', 'Mobiltelefone', 'Tablet-Computer', 'Armbanduhren', 'Audiowiedergabegeräte', 'Accessori'],
        '.buy button': ['Hinzufügen'], '.buy .button': ['Auswählen'], '.button.wide': ['Zahlungsvorgang fortsetzen'],
        '.line .quantity button': ['Aktualisieren'], '.line .remove button': ['Entfernen'],
        '.admin nav a': ['Bestellungen', 'Produktverzeichnis', 'Ladengeschäft'], '.filters label': ['Abteilungszugehörigkeit'],
    };
    for (const [selector, texts] of Object.entries(words)) {
        document.querySelectorAll(selector).forEach((element, at) => { element.textContent = texts[at % texts.length]; });
    }";

async fn look(browser: &Browser, screen: Screen, all: &mut Vec<String>) {
    for translated in [false, true] {
        if translated {
            browser.script(TRANSLATE).await;
        }
        // The hero cuts its picture.
        let mut found = outside(browser, ".hero-art").await;
        if !translated {
            let broken = browser.script(BROKEN).await;
            let broken = broken.as_array().expect("a list of words");
            found.extend(broken.iter().map(ToString::to_string));
        }
        let address = browser.address().await;
        all.extend(
            found
                .iter()
                .map(|it| format!("{address} on {screen:?}, translated {translated}: {it}")),
        );
    }
}

async fn nothing_is_outside(screen: Screen) {
    let shop = TillShop::open(&[("ADMIN_PASSWORD", PASSWORD)]);
    let Some(browser) = open(&shop.url, screen).await else {
        return;
    };
    let mut all = Vec::new();
    let longest = format!("/products?q={}", "w".repeat(100));
    for page in PAGES
        .iter()
        .copied()
        .chain([longest.as_str(), "/admin/login"])
    {
        browser.go(page).await;
        look(&browser, screen, &mut all).await;
    }
    for product in ["orbit", "pebble"] {
        pick(&browser, product).await;
    }
    for page in ["/cart", "/checkout"] {
        browser.go(page).await;
        look(&browser, screen, &mut all).await;
    }
    browser.go("/checkout").await;
    fill_in(&browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Test till").await;
    look(&browser, screen, &mut all).await;
    browser.press(".till button[type=submit]").await;
    browser.sees("Thank you").await;
    look(&browser, screen, &mut all).await;
    browser.go("/admin/login").await;
    browser.fill("#password", PASSWORD).await;
    browser.press("main button[type=submit]").await;
    browser.sees("Ada Lovelace").await;
    for page in [
        "/admin/orders",
        "/admin/products",
        "/admin/products/new",
        "/admin/products/iphone-12-pro",
    ] {
        browser.go(page).await;
        look(&browser, screen, &mut all).await;
    }
    browser.go("/admin/orders").await;
    browser.press(".rows a").await;
    browser.sees("It goes to").await;
    browser.photograph("admin-order").await;
    look(&browser, screen, &mut all).await;
    browser.press("form.refund button").await;
    browser.sees("Back to the order").await;
    browser.photograph("admin-refund").await;
    look(&browser, screen, &mut all).await;
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

/// The middles of what stands in one row, by row: for each row the smallest and the largest.
const ROWS: &str = "
    const middle = element => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const box = range.getClientRects()[0] ?? element.getBoundingClientRect();
        return (box.top + box.bottom) / 2;
    };
    const field = element => { const box = element.getBoundingClientRect(); return (box.top + box.bottom) / 2; };";

/// Rows that are not in line, of cards: prices with prices, buttons with buttons.
const CARDS: &str = "
    const rows = new Map();
    for (const card of document.querySelectorAll('.card')) {
        const top = Math.round(card.getBoundingClientRect().top);
        for (const kind of ['.buy .price', '.buy button, .buy .button']) {
            const element = card.querySelector(kind);
            if (!element) continue;
            const key = top + kind;
            rows.set(key, [...rows.get(key) ?? [], middle(element)]);
        }
    }
    const crooked = [...rows].filter(([, middles]) => Math.max(...middles) - Math.min(...middles) > 1);
    return { rows: rows.size, crooked: crooked.map(([key, middles]) => key + ': ' + middles) };";

/// How far name, quantity and price of each line of the cart are from each other.
const LINES: &str = "
    return [...document.querySelectorAll('.line')].map(line => {
        const name = middle(line.querySelector('h2 a'));
        const price = middle(line.querySelector('.subtotal'));
        const quantity = field(line.querySelector('.quantity input'));
        const update = field(line.querySelector('.quantity button'));
        return { name: Math.abs(name - price), update: Math.abs(quantity - update), quantity: Math.abs(quantity - price) };
    });";

async fn in_line(screen: Screen) {
    let shop = TillShop::open(&[]);
    let Some(browser) = open(&shop.url, screen).await else {
        return;
    };
    for page in [
        "/",
        "/products",
        "/products?sort=price-high&page=2",
        "/products/orbit",
    ] {
        browser.go(page).await;
        let found = browser.script(&format!("{ROWS}{CARDS}")).await;
        assert!(found["rows"].as_u64() > Some(1), "{page}: {found}");
        assert_eq!(
            found["crooked"],
            Value::Array(Vec::new()),
            "{page} on {screen:?}"
        );
    }
    for product in ["orbit", "iphone-12"] {
        pick(&browser, product).await;
    }
    browser.go("/cart").await;
    let lines = browser.script(&format!("{ROWS}{LINES}")).await;
    let lines = lines.as_array().unwrap();
    assert_eq!(lines.len(), 2);
    for line in lines {
        let distance = |what: &str| line[what].as_f64().unwrap();
        assert!(
            distance("name") <= 1.5 && distance("update") <= 1.5,
            "{line} on {screen:?}"
        );
        // On a phone the quantity has a row of its own.
        let is_one_row = screen == Screen::Desktop;
        assert_eq!(
            distance("quantity") <= 2.0,
            is_one_row,
            "{line} on {screen:?}"
        );
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_buttons_and_quantities_stand_in_line_on_a_desktop() {
    in_line(Screen::Desktop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_buttons_and_quantities_stand_in_line_on_a_phone() {
    in_line(Screen::Phone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_of_the_api_is_drawn_without_a_complaint_and_leads_back() {
    let shop = TillShop::open(&[]);
    for screen in [Screen::SmallPhone, Screen::Desktop] {
        let Some(browser) = open(&shop.url, screen).await else {
            return;
        };
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            browser.go("/api/docs/").await;
            browser.sees("Find products").await;
            let mut all = Vec::new();
            look(&browser, screen, &mut all).await;
            all.extend(browser.complaints().await);
            assert!(all.is_empty(), "{all:#?}");
            let is_dark = "return document.documentElement.classList.contains('dark-mode')";
            assert_eq!(browser.script(is_dark).await, scheme == "dark");
        }
        browser.press("header a[href='/']").await;
        browser.sees("Things made to").await;
        browser.close().await;
    }
}
