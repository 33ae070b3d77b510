//! Buying with a browser, on Stripe's page as on ours.

use super::{Browser, Screen, TillShop};
use crate::shop::ADA;

/// Puts a product into the cart by pressing what the pages offer.
pub(super) async fn pick(browser: &Browser, product: &str) {
    browser.go(&format!("/products/{product}")).await;
    browser.press("form[action='/cart/items'] button").await;
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
    let Some(browser) = Browser::open(&shop.url, Screen::Desktop).await else {
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
