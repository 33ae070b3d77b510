//! axe-core on every page, on a desktop and a phone, light and dark: no serious violation. And what
//! the front page weighs.

use serde_json::{Value, json};
use test_support::browser::accessibility::{axe, findings};
use test_support::browser::{Browser, Screen};
use test_support::say;

use super::purchases::{fill_in, pick};
use super::{TillShop, open, site};
use crate::payments::PASSWORD;
use crate::shop::ada;

/// The pages that can be opened by their address alone.
pub(super) const PAGES: &[&str] = &[
    "/",
    "/products",
    "/products?category=audio&sort=price-low",
    "/products?q=phone",
    "/products?q=nothinglikethis",
    "/products?min=expensive",
    "/products/orbit",
    "/products/iphone-12-pro",
    "/products/pico-flip",
    "/products/noon-classic",
    "/cart",
    "/orders",
    "/orders?link=mistyped",
    "/nowhere",
];

/// Looks at the page that is open.
async fn look(browser: &Browser, axe: &str, all: &mut Vec<String>) {
    let address = browser.address().await;
    let findings = findings(browser, axe).await;
    all.extend(
        findings
            .into_iter()
            .map(|finding| format!("{address}: {finding}")),
    );
}

async fn every_page(screen: Screen) {
    let Some(axe) = axe(&site()) else { return };
    let shop = TillShop::open(&[("ADMIN_PASSWORD", PASSWORD)]);
    let Some(browser) = open(&shop.url, screen).await else {
        return;
    };
    let mut all = Vec::new();
    for page in PAGES {
        browser.go(page).await;
        look(&browser, &axe, &mut all).await;
    }
    pick(&browser, "iphone-12").await;
    browser.sees("Your cart").await;
    look(&browser, &axe, &mut all).await;
    browser.go("/checkout").await;
    look(&browser, &axe, &mut all).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Please look at this again").await;
    look(&browser, &axe, &mut all).await;
    fill_in(&browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Test till").await;
    look(&browser, &axe, &mut all).await;
    browser.press(".till button[type=submit]").await;
    browser.sees("Thank you").await;
    look(&browser, &axe, &mut all).await;
    let order = browser
        .address()
        .await
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    sad_pages(&browser, &shop.url, &axe, &mut all).await;
    admin_pages(&browser, &axe, &order, &mut all).await;
    assert!(all.is_empty(), "{all:#?}");
    browser.close().await;
}

/// Sold out while checking out, not paid yet, and cancelled.
async fn sad_pages(browser: &Browser, shop: &str, axe: &str, all: &mut Vec<String>) {
    // The shop has one of these.
    pick(browser, "noon-classic").await;
    pick(browser, "pebble").await;
    buy_at_once(shop, "noon-classic").await;
    browser.go("/checkout").await;
    fill_in(browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Somebody was faster").await;
    look(browser, axe, all).await;
    browser.photograph("sold-out").await;
    browser.press(".short button").await;
    // Every page has a link to the cart, so its name alone does not tell that this is the cart.
    browser.sees("removed from your cart").await;
    browser.go("/checkout").await;
    fill_in(browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Test till").await;
    let till = browser.address().await;
    browser.go(&till.replace("/pay", "/return")).await;
    browser.sees("Not paid yet").await;
    look(browser, axe, all).await;
    browser.photograph("unpaid").await;
    browser.press("form.ways button").await;
    browser.sees("Check out again").await;
    look(browser, axe, all).await;
    browser.photograph("cancelled").await;
    browser.go(&till).await;
    look(browser, axe, all).await;
}

/// Somebody else checks out with this, by the API.
async fn buy_at_once(shop: &str, sku: &str) {
    let client = reqwest::Client::new();
    let post = async |path: String, body: Value| {
        let request = client.post(format!("{shop}{path}"));
        let request = request.header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let answer = answer.error_for_status().unwrap();
        serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap()
    };
    let cart = post("/api/carts".to_owned(), json!({})).await;
    let cart = format!("/api/carts/{}", cart["id"].as_str().unwrap());
    let item = json!({ "sku": sku, "quantity": 1 });
    post(format!("{cart}/items"), item).await;
    post(format!("{cart}/checkouts"), ada()).await;
}

/// Behind the password, with an order to look at.
async fn admin_pages(browser: &Browser, axe: &str, order: &str, all: &mut Vec<String>) {
    browser.go("/admin").await;
    look(browser, axe, all).await;
    browser.fill("#password", "not the password").await;
    browser.press("main button[type=submit]").await;
    browser.shows("#password-problem").await;
    look(browser, axe, all).await;
    browser.fill("#password", PASSWORD).await;
    browser.press("main button[type=submit]").await;
    browser.sees("Ada Lovelace").await;
    for page in [
        "/admin/orders",
        "/admin/orders?status=failed",
        &format!("/admin/orders/{order}"),
        &format!("/admin/orders/{order}/refund"),
        &format!("/admin/orders/{order}/refund?amount=1000000"),
        "/admin/products",
        "/admin/products/new",
        "/admin/products/iphone-12-pro",
        "/admin/nowhere",
    ] {
        browser.go(page).await;
        look(browser, axe, all).await;
        browser
            .photograph(&format!(
                "admin{}",
                page.replace(['/', '?', '='], "-").replace(order, "order")
            ))
            .await;
    }
    browser.go("/admin/products/new").await;
    browser
        .press("main form.details button[type=submit], main form[method=post] button[type=submit]")
        .await;
    look(browser, axe, all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_serious_violation_on_a_desktop() {
    every_page(Screen::Desktop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_a_serious_violation_on_a_phone() {
    every_page(Screen::Phone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_front_page_with_everything_on_it_is_under_100_kb() {
    let shop = TillShop::open(&[]);
    let Some(browser) = open(&shop.url, Screen::Desktop).await else {
        return;
    };
    browser.go("/").await;
    browser.sees("iPhone 12").await;
    // All of it: pictures further down are loaded when they come into view.
    browser
        .script("for (const img of document.images) img.loading = 'eager'")
        .await;
    let weight = browser
        .script_async(
            "const done = arguments[0]; const weigh = () => {
                if (![...document.images].every(img => img.complete)) return setTimeout(weigh, 50);
                const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                done({ bytes: all.reduce((sum, entry) => sum + entry.transferSize, 0), requests: all.length });
            }; weigh()",
        )
        .await;
    let (bytes, requests) = (
        weight["bytes"].as_u64().unwrap(),
        weight["requests"].as_u64(),
    );
    assert!(
        requests > Some(8),
        "pictures and styles are counted: {weight}"
    );
    assert!((5_000..100_000).contains(&bytes), "{weight}");
    say(&format!("the front page: {weight}"));
    browser.close().await;
}
