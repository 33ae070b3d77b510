//! The shop, invoked.

use serde_json::json;

use crate::event::{Event, Gateway};
use crate::function::{Function, refusal};

async fn shop() -> Option<Function> {
    Function::start("ecommerce", &[("PUBLIC_URL", "https://shop.example")]).await
}

#[tokio::test]
async fn pages_and_pictures_are_answered() {
    let Some(shop) = shop().await else { return };
    for gateway in Gateway::ALL {
        let home = shop
            .invoke(gateway.get("/").uncompressed())
            .await
            .must_be(200);
        assert_eq!(home.header("content-type"), "text/html; charset=utf-8");
        assert!(home.text().contains("<html"), "{home:?}");
        let search = shop
            .invoke(gateway.get("/products?q=turntable").uncompressed())
            .await
            .must_be(200);
        assert!(search.text().contains("turn-one"), "{search:?}");
        let style = shop.invoke(gateway.get("/static/shop.css")).await;
        let style = style.must_be(200);
        assert_eq!(style.header("content-encoding"), "gzip", "{gateway:?}");
        assert!(style.is_base64_encoded);
        assert!(style.bytes().starts_with(&[0x1f, 0x8b]), "no gzip");
    }
}

#[tokio::test]
async fn a_form_fills_the_cart_that_its_cookie_names() {
    let Some(shop) = shop().await else { return };
    for gateway in Gateway::ALL {
        let add = gateway.request("POST", "/cart/items");
        let added = shop
            .invoke(add.form("sku=orbit&quantity=2"))
            .await
            .must_be(303);
        assert!(added.header("location").starts_with("/cart?"), "{added:?}");
        let cookies = added.cookies_to_return();
        assert!(added.cookies[0].contains("Secure"), "{added:?}");
        let cart = gateway.get("/cart").cookies(&cookies);
        let cart = shop.invoke(cart.uncompressed()).await.must_be(200);
        assert!(cart.text().contains("Orbit"), "{cart:?}");
    }
}

#[tokio::test]
async fn json_is_answered_in_json_and_errors_are_problems() {
    let Some(shop) = shop().await else { return };
    for gateway in Gateway::ALL {
        let plain = Event::uncompressed;
        let cart = shop
            .invoke(plain(gateway.request("POST", "/api/carts")))
            .await
            .must_be(201)
            .json();
        let items = format!("/api/carts/{}/items", cart["id"].as_str().unwrap());
        let add = gateway
            .request("POST", &items)
            .json(&json!({"sku": "orbit", "quantity": 3}));
        let cart = shop.invoke(plain(add)).await.must_be(200).json();
        assert_eq!(cart["lines"][0]["quantity"], 3, "{cart}");

        let wrong = gateway
            .request("POST", &items)
            .json(&json!({"sku": "orbit", "quantity": -3}));
        let wrong = shop.invoke(plain(wrong)).await.must_be(422);
        assert_eq!(wrong.header("content-type"), "application/problem+json");
        shop.invoke(plain(gateway.get("/nowhere")))
            .await
            .must_be(404);
        let elsewhere = gateway
            .request("POST", "/cart/items")
            .form("sku=orbit&quantity=1")
            .header("origin", "https://elsewhere.example");
        shop.invoke(plain(elsewhere)).await.must_be(403);
    }
}

#[tokio::test]
async fn without_a_database_a_function_refuses_to_start() {
    for app in ["ecommerce", "reviews", "discord-bot"] {
        let Some(said) = refusal(app).await else {
            continue;
        };
        assert!(
            said.contains("ASTRA_DB_API_ENDPOINT is missing"),
            "{app}: {said}"
        );
        assert!(said.contains("would be lost"), "{app}: {said}");
    }
}
