//! Home, list, search and product pages.

use serde_json::Value;

use crate::shop::TestShop;

async fn names(shop: &TestShop, query: &str) -> Vec<String> {
    let found = shop
        .browser()
        .api_get(&format!("/api/products?{query}"))
        .await
        .must_be(200)
        .json();
    found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

fn href(answer: &str, rel: &str) -> String {
    let tag = answer
        .split("<a ")
        .find(|tag| tag.contains(&format!("rel=\"{rel}\"")))
        .unwrap();
    tag.split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn the_home_page_shows_featured_products_and_every_department() {
    let shop = TestShop::start().await;
    let home = shop.browser().get("/").await.must_be(200);
    let home = home
        .must_show("iPhone 12")
        .must_show("$499.00")
        .must_show("/products?category=audio");
    assert_eq!(home.text.matches("class=\"card\"").count(), 8);
}

#[tokio::test]
async fn a_list_is_cut_into_pages_that_show_every_product_once() {
    let shop = TestShop::start().await;
    let mut browser = shop.browser();
    let first = browser
        .get("/products")
        .await
        .must_be(200)
        .must_show("26 products");
    let second = browser.get(&href(&first.text, "next")).await.must_be(200);
    let third = browser.get(&href(&second.text, "next")).await.must_be(200);
    let cards = [&first, &second, &third].map(|page| page.text.matches("class=\"card\"").count());
    assert_eq!(cards, [12, 12, 2]);
    let mut all = names(&shop, "").await;
    all.extend(names(&shop, "page=2").await);
    all.extend(names(&shop, "page=3").await);
    let different: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), different.len()), (26, 26));
}

#[tokio::test]
async fn a_page_beyond_the_last_is_empty_and_leads_back() {
    let shop = TestShop::start().await;
    shop.browser()
        .get("/products?page=9")
        .await
        .must_be(200)
        .must_show("Show all products");
}

#[tokio::test]
async fn a_word_finds_names_by_their_beginning_and_texts_by_whole_words() {
    let shop = TestShop::start().await;
    let phones = [
        "iPhone 12",
        "iPhone SE",
        "iPhone 12 Pro",
        "iPhone 11",
        "Tan Case for iPhone 12",
    ];
    assert_eq!(names(&shop, "q=iph").await, phones);
    assert_eq!(names(&shop, "q=IPHONE+pro").await, ["iPhone 12 Pro"]);
    assert_eq!(names(&shop, "q=walnut").await, ["Canto Speaker"]);
    assert_eq!(names(&shop, "q=waln").await, Vec::<String>::new());
    assert_eq!(names(&shop, "q=%24zzz").await, Vec::<String>::new());
}

#[tokio::test]
async fn department_and_price_narrow_a_list() {
    let shop = TestShop::start().await;
    assert_eq!(
        names(&shop, "category=watches").await,
        ["Orbit", "Orbit Trail", "Stride Band", "Noon Classic"]
    );
    assert_eq!(
        names(&shop, "category=watches&min=229&max=279").await,
        ["Orbit", "Noon Classic"]
    );
    assert_eq!(
        names(&shop, "min=800").await,
        ["Pico Flip", "Sketch Pro 13"]
    );
}

#[tokio::test]
async fn a_list_is_sorted_by_price_both_ways_and_by_name() {
    let shop = TestShop::start().await;
    assert_eq!(
        names(&shop, "category=phones&sort=price-low").await[..2],
        ["iPhone 11", "iPhone SE"]
    );
    assert_eq!(
        names(&shop, "category=phones&sort=price-high").await[..2],
        ["Pico Flip", "iPhone 12 Pro"]
    );
    assert_eq!(
        names(&shop, "category=audio&sort=name").await[..2],
        ["Canto Speaker", "Drift Headphones"]
    );
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_explained_beside_its_field_and_kept() {
    let shop = TestShop::start().await;
    let page = shop
        .browser()
        .get("/products?min=cheap&category=cars")
        .await
        .must_be(422);
    page.must_show("Enter a price such as 100 or 99.50")
        .must_show("value=\"cheap\"")
        .must_show("Choose a category from the list");
    let problem = shop
        .browser()
        .api_get("/api/products?min=cheap")
        .await
        .must_be(422);
    assert_eq!(
        problem.json()["errors"]["min"],
        "Enter a price such as 100 or 99.50"
    );
}

#[tokio::test]
async fn a_search_is_shown_as_text_whatever_it_holds() {
    let shop = TestShop::start().await;
    let page = shop
        .browser()
        .get("/products?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .await
        .must_be(200);
    page.must_not_show("<script>alert")
        .must_show("Nothing here");
}

#[tokio::test]
async fn a_product_page_tells_price_and_facts_and_shows_others_of_its_kind() {
    let shop = TestShop::start().await;
    let page = shop.browser().get("/products/orbit").await.must_be(200);
    let page = page
        .must_show("<h1>Orbit</h1>")
        .must_show("$279.00")
        .must_show("Five days per charge")
        .must_show("More watches");
    assert_eq!(page.text.matches("class=\"card\"").count(), 3);
    page.must_not_show("/products/orbit\">Orbit</a></h3>");
}

#[tokio::test]
async fn an_unknown_product_is_a_friendly_404_with_a_way_forward() {
    let shop = TestShop::start().await;
    for path in [
        "/products/iphone-99",
        "/products/A..B",
        "/products/%24ne",
        "/nowhere",
    ] {
        shop.browser()
            .get(path)
            .await
            .must_be(404)
            .must_show("Browse all products")
            .must_show("<!doctype html>");
    }
    let problem = shop
        .browser()
        .api_get("/api/products/iphone-99")
        .await
        .must_be(404);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["status"], Value::from(404));
}

#[tokio::test]
async fn seeding_again_keeps_an_edited_price_and_puts_back_what_is_missing() {
    let shop = TestShop::start().await;
    shop.edit(
        "products",
        "orbit",
        serde_json::json!({ "$set": { "price.amount_cents": 1 } }),
    )
    .await;
    assert_eq!(ecommerce::seed(&shop.store).await.unwrap(), 0);
    shop.browser()
        .get("/products/orbit")
        .await
        .must_show("$0.01");
    let products = shop
        .store
        .database()
        .collection::<astra_db::Document>("products");
    products
        .delete_one(serde_json::json!({ "_id": "drift" }))
        .await
        .unwrap();
    assert_eq!(ecommerce::seed(&shop.store).await.unwrap(), 1);
    assert_eq!(shop.count("products").await, 26);
}
