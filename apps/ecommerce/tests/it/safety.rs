//! Missing ids, forged ids, forged forms, and what a stranger must not see.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request};
use serde_json::json;

use crate::shop::{Browser, TestShop, ada, line};

async fn ada_with_a_cart(shop: &TestShop) -> Browser {
    let mut ada = shop.browser();
    ada.add("orbit", "2").await.must_be(303);
    ada
}

/// Ids that are none, that try to be an operator, and one that is wrong in its last digit only.
fn forged(id: &str) -> Vec<String> {
    let last = if id.ends_with('0') { "1" } else { "0" };
    let near_miss = format!("{}{last}", &id[..31]);
    let texts = [
        "",
        "undefined",
        "null",
        "{}",
        "*",
        "%5B%24ne%5D",
        "{\"$ne\":1}",
        "%7B%22%24exists%22%3Atrue%7D",
    ];
    texts
        .into_iter()
        .map(str::to_owned)
        .chain([near_miss])
        .collect()
}

#[tokio::test]
async fn a_missing_or_forged_cookie_is_never_somebody_elses_cart() {
    let shop = TestShop::start().await;
    let mut ada = ada_with_a_cart(&shop).await;
    for id in forged(ada.cart_id()) {
        let mut eve = shop.browser();
        eve.cookie = Some(format!("cart={id}"));
        let page = eve.get("/cart").await.must_be(200);
        page.must_show("Room for something good")
            .must_show("Cart, 0 items");
        assert_eq!(eve.check_out().await.must_be(303).location(), "/cart");
        eve.post("/cart/items/orbit", &[("quantity", "9")])
            .await
            .must_be(404);
        eve.post("/cart/items/orbit/remove", &[]).await.must_be(303);
    }
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
    assert_eq!(
        (shop.count("carts").await, shop.count("checkouts").await),
        (1, 0)
    );
}

#[tokio::test]
async fn a_missing_or_forged_id_in_the_api_is_never_somebody_elses_cart() {
    let shop = TestShop::start().await;
    let mut ada = ada_with_a_cart(&shop).await;
    let item = json!({ "sku": "orbit", "quantity": 1 });
    for id in forged(ada.cart_id()) {
        let mut eve = shop.browser();
        let cart = format!("/api/carts/{}", id.replace(['{', '}', '"'], "%22"));
        let line = format!("{cart}/items/orbit");
        for answer in [
            eve.api_get(&cart).await,
            eve.api_post(&format!("{cart}/items"), item.clone()).await,
            eve.api(Method::PUT, &line, Some(json!({ "quantity": 1 })))
                .await,
            eve.api(Method::DELETE, &line, None).await,
            eve.api_post(&format!("{cart}/checkouts"), crate::shop::ada())
                .await,
        ] {
            assert!(
                matches!(answer.status.as_u16(), 404 | 405),
                "{id}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
    assert_eq!(
        (shop.count("carts").await, shop.count("checkouts").await),
        (1, 0)
    );
}

#[tokio::test]
async fn operators_in_addresses_and_bodies_are_just_wrong_values() {
    let shop = TestShop::start().await;
    let mut ada = ada_with_a_cart(&shop).await;
    for path in [
        "/products/%24ne",
        "/orders/%5B%24ne%5D",
        "/checkout/%24exists/pay",
        "/api/orders/*",
        "/api/checkouts/undefined",
    ] {
        shop.browser().get(path).await.must_be(404);
    }
    for path in ["/products?q[$ne]=x", "/products?category[$ne]=x"] {
        shop.browser().get(path).await.must_be(200);
    }
    let path = format!("/api/carts/{}/items", ada.cart_id());
    for operator in [
        json!({ "$ne": "x" }),
        json!({ "$exists": true }),
        json!(["orbit"]),
        json!(null),
    ] {
        ada.api_post(&path, json!({ "sku": operator, "quantity": 1 }))
            .await
            .must_be(422);
    }
    let mut body = crate::shop::ada();
    body["email"] = json!({ "$ne": 1 });
    ada.api(
        Method::POST,
        &format!("/api/carts/{}/checkouts", ada.cart_id()),
        Some(body),
    )
    .await
    .must_be(422);
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
}

#[tokio::test]
async fn a_cart_id_that_somebody_plants_in_a_browser_is_not_taken_up() {
    let shop = TestShop::start().await;
    let planted = "0123456789abcdef0123456789abcdef";
    let mut ada = shop.browser();
    ada.cookie = Some(format!("cart={planted}"));
    ada.add("orbit", "1").await.must_be(303);
    assert_ne!(ada.cart_id(), planted);
}

#[tokio::test]
async fn an_order_without_its_link_is_a_404_like_any_other() {
    let shop = TestShop::start().await;
    let mut ada = ada_with_a_cart(&shop).await;
    let till = ada.check_out().await.leads_to();
    let order = ada.post(&till, &[]).await.leads_to();
    let stranger = format!("{}{}", &order[..order.len() - 4], "0000");
    shop.browser()
        .get(&stranger)
        .await
        .must_be(404)
        .must_show("There is no order at this address");
    shop.browser().get(&order.to_uppercase()).await.must_be(404);
    let page = shop.browser().get(&order).await.must_be(200);
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let shop = TestShop::start().await;
    let mut ada = ada_with_a_cart(&shop).await;
    let cookie = ada.cookie.clone().unwrap();
    let forms = [
        ("/cart/items", "sku=drift"),
        ("/cart/items/orbit/remove", ""),
        ("/checkout", "name=Eve"),
    ];
    for (path, body) in forms {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let request = Request::post(path)
                .header("host", "shop.example")
                .header(name, value)
                .header(COOKIE, &cookie)
                .header("accept", "text/html")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = shop
                .browser()
                .send(request.body(Body::from(body)).unwrap())
                .await
                .must_be(403);
            answer.must_show("This came from another site");
        }
    }
    assert_eq!(ada.lines().await, [line("orbit", 2)]);
}

#[tokio::test]
async fn the_shops_own_forms_work_behind_a_proxy_that_changes_the_host() {
    let shop = TestShop::at(Some("https://shop.example")).await;
    let request = Request::post("/cart/items")
        .header("host", "10.0.0.7:8080")
        .header("origin", "https://shop.example")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    shop.browser()
        .send(request.body(Body::from("sku=orbit")).unwrap())
        .await
        .must_be(303);
}

#[tokio::test]
async fn no_page_needs_anything_inline_and_the_policy_says_so() {
    let shop = TestShop::start().await;
    let mut browser = ada_with_a_cart(&shop).await;
    for path in [
        "/",
        "/products",
        "/products/orbit",
        "/cart",
        "/checkout",
        "/orders",
        "/nowhere",
    ] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy").to_owned();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        // Structured data is a script to the parser but never run, so no policy stops it.
        let text = page
            .text
            .replace("<script type=\"application/ld+json\">", "")
            .replace("<script defer src=\"/static/", "");
        for inline in ["<script", "style=", "<style", " onclick", "javascript:"] {
            assert!(!text.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn what_people_type_is_shown_as_text() {
    let shop = TestShop::start().await;
    let mut eve = ada_with_a_cart(&shop).await;
    let mut fields = crate::shop::ADA.to_vec();
    fields[0] = ("name", "<img src=x onerror=alert(1)>");
    let till = eve.post("/checkout", &fields).await.leads_to();
    eve.get(&till).await.must_not_show("<img src=x");
    eve.submit(&till, &[])
        .await
        .must_not_show("<img src=x")
        .must_show("&#60;img src=x");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_said_so_without_a_word_about_it() {
    let shop = TestShop::start().await;
    shop.store
        .database()
        .drop_collection("products")
        .await
        .unwrap();
    let page = shop.browser().get("/products").await.must_be(503);
    let id = page.header("x-request-id").to_owned();
    page.must_show("Nothing is lost")
        .must_show(&id)
        .must_show("Try again")
        .must_not_show("COLLECTION")
        .must_not_show("astra");
    let problem = shop.browser().api_get("/api/products").await.must_be(503);
    problem.must_not_show("COLLECTION").must_show("request_id");
}

#[tokio::test]
async fn a_page_that_a_visitor_mistyped_shows_no_request_id() {
    let shop = TestShop::start().await;
    let mut ada = ada_with_a_cart(&shop).await;
    for path in [
        "/nowhere",
        "/products/nothing",
        "/orders/0",
        "/static/nothing.css",
        "/products?q=a&q=b",
    ] {
        let page = ada.get(path).await;
        assert!(page.status.is_client_error(), "{path}");
        let id = page.header("x-request-id").to_owned();
        assert!(!id.is_empty());
        page.must_show("</html>")
            .must_not_show(&id)
            .must_not_show("name it");
    }
    let page = ada.post("/cart/items/orbit", &[]).await;
    let id = page.header("x-request-id").to_owned();
    page.must_be(422).must_not_show(&id);
}

#[tokio::test]
async fn a_name_with_line_breaks_and_a_name_too_long_are_refused() {
    let shop = TestShop::start().await;
    let eve = ada_with_a_cart(&shop).await;
    for name in ["Eve\r\nBcc: all@example.com".to_owned(), "x".repeat(9_000)] {
        let mut body = ada();
        body["name"] = name.into();
        let path = format!("/api/carts/{}/checkouts", eve.cart_id());
        let problem = shop
            .browser()
            .api_post(&path, body)
            .await
            .must_be(422)
            .json();
        assert!(problem["errors"]["name"].is_string(), "{problem}");
    }
    assert_eq!(shop.count("checkouts").await, 0);
}
