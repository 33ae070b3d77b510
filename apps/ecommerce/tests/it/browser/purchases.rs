//! Buying with a browser, on Stripe's page as on ours.

use test_support::browser::{Browser, Screen};

use super::{TillShop, open};
use crate::shop::ADA;

/// How many items the cart's sign in the corner shows.
async fn badge(browser: &Browser) -> String {
    let badge = "return document.querySelector('.cart-link .badge')?.innerText ?? ''";
    let badge = browser.script(badge).await;
    badge.as_str().unwrap().to_owned()
}

/// Puts a product into the cart by pressing what the pages offer.
pub(super) async fn pick(browser: &Browser, product: &str) {
    browser.go(&format!("/products/{product}")).await;
    browser.press("form[action='/cart/items'] button").await;
    browser.sees("in your cart").await;
}

pub(super) async fn fill_in(browser: &Browser) {
    for (field, value) in ADA {
        if *field == "country" {
            browser.choose("#country", value).await;
        } else {
            browser.fill(&format!("#{field}"), value).await;
        }
    }
}

async fn no_complaints(browser: &Browser) {
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_pays_at_the_test_till_where_no_service_is_connected() {
    let shop = TillShop::open(&[]);
    let Some(browser) = open(&shop.url, Screen::Desktop).await else {
        return;
    };
    pick(&browser, "orbit").await;
    browser.go("/checkout").await;
    fill_in(&browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Test till").await;
    browser.photograph("till").await;
    browser.press(".till button[type=submit]").await;
    browser.sees("Nothing was charged").await;
    no_complaints(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cart_changes_on_the_page_that_is_there() {
    let shop = TillShop::open(&[]);
    let Some(browser) = open(&shop.url, Screen::Phone).await else {
        return;
    };
    let same_page = "return window.opened === 1";
    browser.go("/products/orbit").await;
    browser.script("window.opened = 1").await;
    browser.press("#buy button[type=submit]").await;
    browser.sees("in your cart").await;
    browser.photograph("added").await;
    assert_eq!(badge(&browser).await, "1");
    assert_eq!(browser.script(same_page).await, true);

    browser.go("/cart").await;
    browser.script("window.opened = 1").await;
    browser.fill(".line .quantity input", "3").await;
    // Leaving the field is what sends it.
    browser.press("h1").await;
    browser.sees("$837.00").await;
    assert_eq!(badge(&browser).await, "3");
    browser.press(".line .remove button").await;
    browser.sees("nothing in your cart").await;
    assert_eq!(badge(&browser).await, "");
    assert_eq!(browser.script(same_page).await, true);
    no_complaints(&browser).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_without_javascript_buys_by_forms_alone() {
    let shop = TillShop::open(&[]);
    let Some(browser) = open(&shop.url, Screen::Desktop).await else {
        return;
    };
    browser.without_javascript().await;
    browser.go("/products/orbit").await;
    browser.press("#buy button[type=submit]").await;
    browser.sees("is in your cart").await;
    assert!(
        browser.address().await.contains("/cart?"),
        "a form and a redirect"
    );
    browser.fill(".line .quantity input", "2").await;
    browser.press(".line .quantity button").await;
    browser.sees("$558.00").await;
    browser.go("/checkout").await;
    fill_in(&browser).await;
    browser.press(".checkout button[type=submit]").await;
    browser.sees("Test till").await;
    browser.press(".till button[type=submit]").await;
    browser.sees("Nothing was charged").await;
    no_complaints(&browser).await;
    browser.close().await;
}
