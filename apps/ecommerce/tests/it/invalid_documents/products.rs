//! Products that the shop cannot show or sell.

use serde_json::{Value, json};

use test_support::Log;

use super::{delete, store};
use crate::admin::{Form, logged_in};
use crate::shop::{Browser, TestShop};

/// A product as the shop stores it, of a department of its own list.
fn product(id: &str) -> Value {
    json!({
        "_id": id, "name": "Odd lamp", "tagline": "It lights", "description": "A lamp.", "highlights": ["Bright"],
        "category": "audio", "price": { "amount_cents": 4_900, "currency": "USD" },
        "image": "/static/products/orbit.svg", "featured": true, "rank": 0, "keywords": ["lamp", "odd"],
        "option_names": [], "variants": [], "stock": { id: 3 },
    })
}

/// Fields that are set to another value, or taken away where that is null.
type Changes = Vec<(&'static str, Value)>;

/// Prices that the shop cannot use, by the part of the reason that has to be said.
fn wrong_prices() -> Vec<(&'static str, Changes)> {
    let price = |cents: Value, currency: &str| {
        let price = json!({ "amount_cents": cents, "currency": currency });
        vec![("price", price)]
    };
    vec![
        ("price: It is in EUR", price(json!(4_900), "EUR")),
        (
            "price.currency: unknown variant `JPY`",
            price(json!(4_900), "JPY"),
        ),
        ("price.amount_cents", price(json!(0.5), "USD")),
        ("price.amount_cents", price(json!(-5), "USD")),
        ("price.amount_cents", price(json!("4900"), "USD")),
        ("price: $0.00 is not from $0.01", price(json!(0), "USD")),
        ("price: $1,000,000.01", price(json!(100_000_001), "USD")),
        ("price.amount_cents", price(json!(1e300), "USD")),
        ("price", vec![("price", json!(49.0))]),
        ("missing field `price`", vec![("price", Value::Null)]),
    ]
}

/// Fields that are missing, too long, or of another kind.
fn wrong_fields() -> Vec<(&'static str, Changes)> {
    let field = |name: &'static str, value: Value| vec![(name, value)];
    vec![
        ("missing field `name`", field("name", Value::Null)),
        ("missing field `featured`", field("featured", Value::Null)),
        ("name: Enter a name", field("name", json!(" "))),
        (
            "name: Use at most 120",
            field("name", json!("x".repeat(121))),
        ),
        ("name: invalid type", field("name", json!(["Lamp"]))),
        (
            "description: Use at most 6000",
            field("description", json!("x".repeat(6_001))),
        ),
        ("highlights", field("highlights", json!(vec!["x"; 11]))),
        (
            "category: unknown variant `cars`",
            field("category", json!("cars")),
        ),
        ("image", field("image", json!("javascript:alert(1)"))),
        ("image", field("image", json!("//elsewhere.example/a.png"))),
        ("rank", field("rank", json!("first"))),
        ("rank", field("rank", json!(-1))),
        ("hidden", field("hidden", json!("no"))),
        ("stock", field("stock", json!({ "odd": -1 }))),
        ("stock", field("stock", json!({ "Odd!": 1 }))),
        ("stock", field("stock", json!(3))),
        ("version", field("version", json!("2"))),
    ]
}

/// Variants that do not belong to the product, or not to each other.
fn wrong_variants() -> Vec<(&'static str, Changes)> {
    let variant = json!({ "sku": "odd_red", "options": ["Red"], "price": { "amount_cents": 1, "currency": "USD" } });
    let named = |variants: Value| vec![("option_names", json!(["Color"])), ("variants", variants)];
    let changed = |field: &str, value: Value| {
        let mut variant = variant.clone();
        variant[field] = value;
        named(json!([variant]))
    };
    let pounds = json!({ "amount_cents": 1, "currency": "GBP" });
    vec![
        ("option_names", vec![("option_names", json!(["Color"]))]),
        ("option_names", vec![("variants", json!([variant]))]),
        (
            "variants[0].sku: lamp_red",
            changed("sku", json!("lamp_red")),
        ),
        ("variants[0].sku", changed("sku", json!("odd"))),
        ("variants[0].options", changed("options", json!([]))),
        ("variants[0].price: It is in GBP", changed("price", pounds)),
        (
            "variants[0].image",
            changed("image", json!("data:image/png;base64,x")),
        ),
        (
            "variants[1].sku: Another variant",
            named(json!([variant, variant])),
        ),
    ]
}

/// Looks at everything that lists products: this one is nowhere, and the others are there.
async fn is_nowhere(anyone: &mut Browser, id: &str) {
    let lists = [
        "/",
        "/products",
        "/products?category=audio",
        "/products?q=lamp",
        "/products?sort=price-low",
        "/products/canto",
        "/sitemap.xml",
        "/api/products",
        "/api/products?category=audio",
    ];
    for list in lists {
        let page = anyone.get(list).await.must_be(200);
        page.must_not_show("Odd lamp")
            .must_not_show(&format!("/products/{id}"));
    }
    anyone.get("/").await.must_show("iPhone 12");
    let list = anyone.get("/products?category=audio").await;
    list.must_show("Canto");
    for pages in ["/products", "/api/products"] {
        anyone.get(&format!("{pages}/{id}")).await.must_be(404);
    }
    anyone.add(id, "1").await.must_be(404);
}

#[tokio::test]
async fn a_product_that_does_not_fit_is_skipped_and_named_everywhere() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let mut anyone = shop.browser();
    let misfits = [wrong_prices(), wrong_fields(), wrong_variants()].concat();
    for (number, (reason, changes)) in misfits.into_iter().enumerate() {
        let id = format!("odd-{number}");
        let log = Log::default();
        let _logging = log.start();
        let mut odd = product("odd");
        for (field, value) in changes {
            match value {
                Value::Null => drop(odd.as_object_mut().unwrap().remove(field)),
                value => odd[field] = value,
            }
        }
        // Each has an id of its own, or two that fail alike would be named once.
        let odd = odd.to_string().replace("\"odd", &format!("\"{id}"));
        let odd: Value = serde_json::from_str(&odd).unwrap();
        store(&shop, "products", odd.clone()).await;
        is_nowhere(&mut anyone, &id).await;
        let list = admin.get("/admin/products?q=lamp").await.must_be(200);
        assert!(
            list.text.contains(&format!("<code>{id}</code>")),
            "{reason}: {odd}"
        );
        admin
            .get(&format!("/admin/products/{id}"))
            .await
            .must_be(200)
            .must_show("This product cannot be read");
        let skipped = super::skipped(&log);
        assert_eq!(skipped.len(), 1, "{reason}: {skipped:#?}");
        assert!(
            skipped[0].contains("products")
                && skipped[0].contains(&id)
                && skipped[0].contains(reason),
            "{reason}: {skipped:#?}"
        );
        delete(&shop, "products", &id).await;
    }
}

#[tokio::test]
async fn a_product_with_any_id_or_none_of_the_fields_takes_nothing_from_the_others() {
    let shop = TestShop::start().await;
    let mut anyone = shop.browser();
    let log = Log::default();
    let _logging = log.start();
    for id in [
        json!(7),
        json!(null),
        json!("Odd Lamp"),
        json!({ "$uuid": "018e65c9-df45-7913-89f8-175f28bd7f74" }),
    ] {
        store(&shop, "products", json!({ "_id": id })).await;
    }
    for page in ["/", "/products", "/sitemap.xml", "/api/products"] {
        anyone.get(page).await.must_be(200).must_show("iphone-12");
    }
    let (skipped, all) = (super::skipped(&log), ["7", "null", "Odd Lamp", "018e65c9"]);
    assert_eq!(skipped.len(), all.len(), "{skipped:#?}");
    for id in all {
        assert!(
            skipped.iter().any(|line| line.contains(id)),
            "{id}: {skipped:#?}"
        );
    }
}

#[tokio::test]
async fn an_edit_of_a_product_that_can_no_longer_be_read_is_refused() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get("/admin/products/orbit").await.must_be(200), 0);
    shop.edit(
        "products",
        "orbit",
        json!({ "$set": { "price.amount_cents": 0.5 } }),
    )
    .await;
    form.send(&mut admin, "/admin/products/orbit")
        .await
        .must_be(409)
        .must_show("can no longer be read");
}
