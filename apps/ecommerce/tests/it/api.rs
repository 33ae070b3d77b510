//! The JSON API's way of saying no, and its description.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::shop::{TestShop, ada};

#[tokio::test]
async fn a_wrong_quantity_is_named_in_a_problem() {
    let shop = TestShop::start().await;
    let mut client = shop.browser();
    let items = format!("{}/items", client.api_cart().await);
    let whole = [json!(0), json!(-5), json!(1.5), json!(1001)];
    let kinds = [json!("2"), json!(null), json!([1]), json!({}), json!(true)];
    for bad in whole.into_iter().chain(kinds) {
        let body = json!({ "sku": "orbit", "quantity": bad });
        let answer = client.api_post(&items, body).await.must_be(422);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        let sentence = problem["errors"]["quantity"].as_str().unwrap();
        assert!(
            sentence.contains("a whole number from 1 to 1000"),
            "{problem}"
        );
        assert!(problem["request_id"].is_string());
    }
}

#[tokio::test]
async fn a_wrong_missing_or_unknown_product_is_told_apart() {
    let shop = TestShop::start().await;
    let mut client = shop.browser();
    let items = format!("{}/items", client.api_cart().await);
    let wrong = json!({ "sku": "$ne", "quantity": 1 });
    let problem = client.api_post(&items, wrong).await.must_be(422).json();
    assert!(problem["errors"]["sku"].is_string(), "{problem}");
    let unknown = json!({ "sku": "iphone-99", "quantity": 1 });
    client.api_post(&items, unknown).await.must_be(404);
    let missing = client
        .api_post(&items, json!({ "quantity": 1 }))
        .await
        .must_be(422);
    missing.must_show("missing field `sku`");
    client.api_post(&items, json!([])).await.must_be(422);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_400_and_one_too_large_a_413() {
    let shop = TestShop::start().await;
    let send = async |content_type: &str, body: String| {
        let request = Request::post("/api/carts/00000000000000000000000000000000/items")
            .header(CONTENT_TYPE, content_type);
        shop.browser()
            .send(
                request
                    .header("content-length", body.len())
                    .body(Body::from(body))
                    .unwrap(),
            )
            .await
    };
    for body in ["", "{", "{\"quantity\": 1,}", "nonsense"] {
        let answer = send("application/json", body.to_owned()).await.must_be(400);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    send("text/plain", "{}".to_owned()).await.must_be(400);
    send("application/json", "x".repeat(1_000_000))
        .await
        .must_be(413);
    let deep = "[".repeat(60_000);
    send("application/json", deep).await.must_be(400);
}

#[tokio::test]
async fn an_unknown_endpoint_and_a_wrong_method_are_problems_too() {
    let shop = TestShop::start().await;
    let answer = shop.browser().api_get("/api/nothing").await.must_be(404);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let answer = shop
        .browser()
        .api(Method::DELETE, "/api/products", None)
        .await
        .must_be(405);
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn the_docs_page_draws_the_description_that_is_served() {
    let shop = TestShop::start().await;
    let mut browser = shop.browser();
    let served: Value = browser.get("/api/openapi.json").await.must_be(200).json();
    assert_eq!(served, serde_json::to_value(ecommerce::openapi()).unwrap());
    let page = browser.get("/api/docs/").await.must_be(200);
    page.must_show("swagger-ui")
        .must_show("name=\"viewport\"")
        .must_show("<a href=\"/\">")
        .must_not_show("style=");
    let to = browser.get("/api/docs").await.must_be(303);
    assert_eq!(to.location(), "/api/docs/");
    for file in ["swagger-ui.css", "page.css", "swagger-ui-bundle.js"] {
        let file = browser.get(&format!("/api/docs/{file}")).await.must_be(200);
        assert_eq!(file.header("cache-control"), "public, max-age=3600");
    }
    browser.get("/api/docs/index.html").await.must_be(404);
    browser
        .get("/api/docs/swagger-initializer.js")
        .await
        .must_be(200)
        .must_show("/api/openapi.json");
}

/// A request that is refused: what stands for the ids in the path, the query, and the body.
type Refused = (&'static str, &'static str, Option<(&'static str, String)>);

/// Everything that can be wrong with a request to any operation.
fn wrong() -> Vec<Refused> {
    let json = |body: &str| Some(("application/json", body.to_owned()));
    let (malformed, unknown) = ("$ne", "0123456789abcdef0123456789abcdef");
    vec![
        (malformed, "", json("{}")),
        (unknown, "", json("{}")),
        (unknown, "?q=a&q=b", json("{")),
        (unknown, "?page=0&min=x&category=cars", json("[]")),
        (unknown, "?q=%FF%FE&sort=best", json("")),
        (unknown, "", json("{\"sku\": 1}")),
        (
            unknown,
            "",
            json("{\"sku\": \"orbit\", \"quantity\": 1, \"more\": 1}"),
        ),
        (unknown, "", json(&ada().to_string())),
        (unknown, "", Some(("text/plain", "{}".to_owned()))),
        (unknown, "", json(&"x".repeat(1_000_000))),
    ]
}

#[tokio::test]
async fn every_refusal_of_every_operation_is_described() {
    let shop = TestShop::start().await;
    let description = serde_json::to_value(ecommerce::openapi()).unwrap();
    let mut operations = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let described = operation["responses"].as_object().unwrap();
            let mut seen = BTreeSet::new();
            for (id, query, body) in wrong() {
                let filled = path
                    .split('/')
                    .map(|part| if part.starts_with('{') { id } else { part });
                let address = filled.collect::<Vec<_>>().join("/") + query;
                let request = Request::builder()
                    .method(method.to_uppercase().as_str())
                    .uri(&address);
                let request = match body {
                    Some((kind, body)) if operation["requestBody"].is_object() => request
                        .header(CONTENT_TYPE, kind)
                        .header("content-length", body.len())
                        .body(Body::from(body)),
                    _ => request.body(Body::empty()),
                };
                let answer = shop.browser().send(request.unwrap()).await;
                let status = answer.status.as_str().to_owned();
                assert!(
                    described.contains_key(&status),
                    "{method} {address} answers {status}: {}",
                    answer.text
                );
                seen.insert(status);
            }
            let parameters = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let is_in = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
            let mut expected: Vec<&str> = Vec::new();
            if operation["requestBody"].is_object() {
                expected.extend(["400", "413", "422"]);
            }
            if is_in("query") {
                expected.extend(["400", "422"]);
            }
            if is_in("path") {
                expected.push("404");
            }
            for status in expected {
                assert!(
                    seen.contains(status),
                    "{method} {path} was only refused with {seen:?}"
                );
            }
            assert!(described.contains_key("503"), "{method} {path}");
        }
    }
    assert!(operations > 8, "only {operations} operations are described");
}

#[test]
fn the_description_changes_only_on_purpose() {
    insta::assert_json_snapshot!(ecommerce::openapi(), { ".info.version" => "[version]" });
}
