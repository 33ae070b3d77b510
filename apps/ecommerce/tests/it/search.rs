//! Searching by words: what comes first, what is marked, and how fast it is.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ecommerce::domain::catalog::{Catalog, marked};
use ecommerce::domain::product::Product;
use ecommerce::forms::search::SearchTerms;
use proptest::prelude::*;
use test_support::say;

use crate::shop::TestShop;

/// What people type, and the product that should come first.
fn queries() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("search/queries.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let queries = lines.map(|line| line.rsplit_once(' ').unwrap());
    queries.map(|(typed, id)| (typed.trim(), id)).collect()
}

fn found(catalog: &Catalog, typed: &str) -> Vec<String> {
    let terms = SearchTerms {
        q: typed.to_owned(),
        ..SearchTerms::default()
    };
    let found = catalog.search(&terms.check().unwrap());
    found.products.iter().map(|it| it.id.to_string()).collect()
}

#[tokio::test]
async fn of_thirty_searches_half_misspelled_at_least_twenty_seven_find_what_is_meant_first() {
    let shop = TestShop::start().await;
    let catalog = shop.state.catalog.current(shop.now()).await.unwrap();
    let queries = queries();
    assert_eq!(queries.len(), 30);
    let wrong =
        |(typed, id): &&(&str, &str)| found(&catalog, typed).first().is_none_or(|it| it != id);
    let wrong: Vec<_> = queries.iter().filter(wrong).collect();
    say(&format!(
        "{} of 30 first hits, not {wrong:?}",
        30 - wrong.len()
    ));
    assert!(wrong.len() <= 3, "{wrong:?}");
}

/// So many products, made of the samples.
async fn many(count: usize) -> Vec<Product> {
    let shop = TestShop::start().await;
    let catalog = shop.state.catalog.current(shop.now()).await.unwrap();
    let samples: Vec<Product> = catalog.all_shown().map(|it| Product::clone(it)).collect();
    let product = |number: usize| Product {
        id: format!("product-{number}").parse().unwrap(),
        name: format!("{} made{number}", samples[number % samples.len()].name),
        rank: number as u64,
        ..samples[number % samples.len()].clone()
    };
    (0..count).map(product).collect()
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.split_once("VmRSS:").map_or("", |it| it.1);
    let kib = resident.split_whitespace().next();
    kib.and_then(|it| it.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn ten_thousand_products_are_searched_in_one_process() {
    let products = many(10_000).await;
    let before = resident_kib();
    let start = Instant::now();
    let catalog = Catalog::new(products.clone(), Vec::new());
    let (built, memory) = (
        start.elapsed(),
        resident_kib().saturating_sub(before) / 1024,
    );
    assert_eq!(found(&catalog, "made9999"), ["product-9999"]);
    assert_eq!(found(&catalog, "made9999x")[0], "product-9999");
    let queries = queries();
    let (mut asked, start) = (0_u32, Instant::now());
    while start.elapsed() < Duration::from_millis(500) {
        let (typed, _) = queries[asked as usize % queries.len()];
        black_box(found(&catalog, typed));
        asked += 1;
    }
    let each = start.elapsed() / asked;
    say(&format!(
        "10,000 products: built in {built:?}, {memory} MiB; {each:?} a search"
    ));
    // What is sold is taken over without gathering any words.
    let mut sold = products[77].clone();
    sold.stock.values_mut().for_each(|count| count.0 += 1);
    let start = Instant::now();
    let catalog = catalog.with(vec![sold.clone()], &[]).unwrap();
    assert_eq!(catalog.shown(&sold.id), Some(&sold));
    say(&format!("a sale is taken over in {:?}", start.elapsed()));
}

#[tokio::test]
async fn what_was_found_is_marked_in_name_tagline_or_a_fact() {
    let shop = TestShop::start().await;
    let mut browser = shop.browser();
    let page = browser.get("/products?q=ipone").await.must_be(200);
    page.must_show("<mark>iPhone</mark> 12</a>")
        .must_show("aria-label=\"Choose Tan Case for iPhone 12\"");
    let page = browser.get("/products?q=walnut").await;
    page.must_show("<p class=\"tagline\"><mark>Walnut</mark> and wool</p>");
    let page = browser.get("/products?q=home+button").await;
    page.must_show("it has a <mark>button</mark></p>");
    for unsearched in [
        "/",
        "/products",
        "/products/orbit",
        "/products?category=audio",
    ] {
        browser.get(unsearched).await.must_not_show("<mark>");
    }
}

#[tokio::test]
async fn what_fits_better_comes_first_unless_another_order_is_asked_for() {
    let shop = TestShop::start().await;
    let catalog = shop.state.catalog.current(shop.now()).await.unwrap();
    // In the name of the bank, and in the words about others.
    assert_eq!(found(&catalog, "charger")[0], "halo-charger");
    assert_eq!(found(&catalog, "case")[0], "tan-case");
    let by_price = shop
        .browser()
        .api_get("/api/products?q=case&sort=price-high")
        .await;
    let first = by_price.json()["items"][0]["id"].clone();
    assert_ne!(first, "tan-case");
    // What is spelled right is not taken for something else.
    assert_eq!(found(&catalog, "stands"), ["halo-charger"]);
    assert!(found(&catalog, "zzz").is_empty());
}

proptest! {
    #[test]
    fn adversarial_texts_are_marked_whole(text in "(.|iPhone|[ -~]{0,9}){0,40}", word in "[a-z]{1,4}") {
        let words = std::collections::BTreeSet::from([word, "iphone".to_owned()]);
        let parts = marked(&text, &words);
        prop_assert_eq!(parts.iter().map(|(_, part)| *part).collect::<String>(), text.as_str());
        prop_assert!(parts.iter().all(|(_, part)| !part.is_empty()));
    }
}
