//! What search engines and shared links are told.

use serde_json::Value;

use crate::shop::{Answer, TestShop};

const SHOP: &str = "https://shop.example";

/// The structured data of a page.
fn structured(page: &Answer) -> Value {
    let script = "<script type=\"application/ld+json\">";
    let (_, rest) = page.text.split_once(script).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// What a tag of the head says: `content` of a `meta`, `href` of a `link`.
fn tag<'page>(page: &'page Answer, name: &str) -> Option<&'page str> {
    let (_, rest) = page.text.split_once(name)?;
    let tag = rest.split_once('>')?.0;
    let value = tag.split_once("content=\"").or(tag.split_once("href=\""));
    value?.1.split_once('"').map(|(value, _)| value)
}

/// Every address in the sitemap, without the shop's own.
async fn sitemap(shop: &TestShop) -> Vec<String> {
    let sitemap = shop.browser().get("/sitemap.xml").await.must_be(200);
    assert_eq!(
        sitemap.header("content-type"),
        "application/xml; charset=utf-8"
    );
    let addresses = sitemap.text.split("<loc>").skip(1);
    addresses
        .map(|rest| rest.split_once("</loc>").unwrap().0)
        .map(|address| address.strip_prefix(SHOP).unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_sitemap_names_every_product_and_every_address_in_it_answers() {
    let shop = TestShop::at(Some(SHOP)).await;
    let addresses = sitemap(&shop).await;
    assert_eq!(addresses.len(), 2 + 5 + 26);
    let mut pages = std::collections::BTreeSet::new();
    for address in &addresses {
        let page = shop.browser().get(address).await.must_be(200);
        let canonical = format!("{SHOP}{address}");
        assert_eq!(tag(&page, "rel=\"canonical\""), Some(canonical.as_str()));
        assert!(!page.text.contains("noindex"), "{address}");
        let (_, title) = page.text.split_once("<title>").unwrap();
        pages.insert(title.split_once("</title>").unwrap().0.to_owned());
        assert_eq!(page.text.matches("<h1").count(), 1, "{address}");
    }
    assert_eq!(
        pages.len(),
        addresses.len(),
        "every page has a title of its own"
    );
}

#[tokio::test]
async fn robots_are_told_what_to_leave_alone_and_where_the_sitemap_is() {
    let shop = TestShop::at(Some(SHOP)).await;
    let robots = shop.browser().get("/robots.txt").await.must_be(200);
    let robots = robots
        .must_show("Sitemap: https://shop.example/sitemap.xml")
        .must_show("Disallow: /checkout");
    assert!(!robots.text.contains("admin"));
    for path in ["/cart", "/orders", "/products?q=phone", "/nowhere"] {
        let page = shop.browser().get(path).await;
        page.must_show("content=\"noindex\"");
    }
}

#[tokio::test]
async fn a_host_made_up_by_a_stranger_is_not_repeated() {
    let shop = TestShop::start().await;
    let request = axum::http::Request::get("/sitemap.xml").header("host", "evil\"<x>&.example");
    let answer = shop
        .browser()
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert!(!answer.text.contains("evil"), "{}", answer.text);
}

#[tokio::test]
async fn every_product_page_carries_the_product_its_offers_and_its_place() {
    let shop = TestShop::at(Some(SHOP)).await;
    let products = sitemap(&shop).await;
    for address in products.iter().filter(|it| it.starts_with("/products/")) {
        let data = structured(&shop.browser().get(address).await.must_be(200));
        let (product, crumbs) = (&data[0], &data[1]);
        assert_eq!(product["@type"], "Product");
        assert_eq!(product["url"], format!("{SHOP}{address}"));
        let known = shop
            .browser()
            .api_get(&format!("/api{address}"))
            .await
            .json();
        assert_eq!(product["name"], known["name"]);
        let (offers, offered) = (&product["offers"], known["offers"].as_array().unwrap());
        assert_eq!(offers.as_array().unwrap().len(), offered.len());
        for (offer, known) in offers.as_array().unwrap().iter().zip(offered) {
            assert_eq!(offer["sku"], known["sku"]);
            let cents = known["price"]["amount_cents"].as_u64().unwrap();
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            assert_eq!(offer["price"], price);
            let availability = match known["left"].as_u64() {
                Some(0) => "https://schema.org/SoldOut",
                Some(1..=5) => "https://schema.org/LimitedAvailability",
                _ => "https://schema.org/InStock",
            };
            assert_eq!(offer["availability"], availability, "{address}");
        }
        assert_eq!(crumbs["@type"], "BreadcrumbList");
        assert_eq!(crumbs["itemListElement"][2]["item"], product["url"]);
    }
}

#[tokio::test]
async fn a_product_name_cannot_break_out_of_the_structured_data() {
    let shop = TestShop::start().await;
    let name = "</script><script>alert(1)</script>";
    let update = serde_json::json!({ "$set": { "name": name } });
    shop.edit("products", "orbit", update).await;
    let page = shop.browser().get("/products/orbit").await.must_be(200);
    assert_eq!(structured(&page)[0]["name"], name);
    page.must_not_show("<script>alert");
}

#[tokio::test]
async fn a_shared_link_shows_title_words_and_picture() {
    let shop = TestShop::at(Some(SHOP)).await;
    let page = shop.browser().get("/products/orbit").await.must_be(200);
    let said = |name: &str| tag(&page, &format!("property=\"og:{name}\""));
    assert_eq!(said("title"), Some("Orbit · Ursa"));
    assert_eq!(
        said("description"),
        Some("A round face that counts your days")
    );
    assert_eq!(said("type"), Some("product"));
    assert_eq!(said("url"), Some("https://shop.example/products/orbit"));
    let picture = said("image")
        .unwrap()
        .strip_prefix(SHOP)
        .unwrap()
        .to_owned();
    let answer = shop.head(&picture).await;
    assert_eq!((answer.0, answer.1.as_str()), (200, "image/jpeg"));
}

#[tokio::test]
async fn the_pages_of_a_list_are_listed_and_its_filters_are_not() {
    let shop = TestShop::at(Some(SHOP)).await;
    for (address, canonical) in [
        ("/products?page=2", "https://shop.example/products?page=2"),
        ("/products?sort=name", "https://shop.example/products"),
        (
            "/products?category=audio&min=10",
            "https://shop.example/products?category=audio",
        ),
    ] {
        let page = shop.browser().get(address).await.must_be(200);
        assert_eq!(tag(&page, "rel=\"canonical\""), Some(canonical));
    }
}
