//! Documents that the shop did not write: each is skipped and named, and everything else works.

use std::io::Write;
use std::sync::{Arc, Mutex};

use astra_db::Document;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::admin::{logged_in, token};
use crate::shop::{ADA, TestShop, ada, line};

/// What the shop logs in this thread.
#[derive(Debug, Default, Clone)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .with_ansi(false)
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines that skip a document.
    fn skipped(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter(|line| line.contains("skipped"));
        lines.map(str::to_owned).collect()
    }
}

/// A product as the shop stores it, of a department of its own list.
fn product(id: &str) -> Value {
    json!({
        "_id": id, "name": "Odd lamp", "tagline": "It lights", "description": "A lamp.", "highlights": ["Bright"],
        "category": "audio", "price": { "amount_cents": 4_900, "currency": "USD" },
        "image": "/static/products/orbit.svg", "featured": true, "rank": 0, "keywords": ["lamp", "odd"],
        "option_names": [], "variants": [], "stock": { id: 3 },
    })
}

/// The product with variants, so changed that it is not one.
fn with_variant(variant: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("option_names", json!(["Color"])),
        ("variants", json!([variant])),
    ]
}

/// What does not fit, by the part of the reason that has to be said.
fn misfits() -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
    let variant = json!({ "sku": "odd_red", "options": ["Red"], "price": { "amount_cents": 1, "currency": "USD" } });
    let changed = |field: &str, value: Value| {
        let mut variant = variant.clone();
        variant[field] = value;
        with_variant(&variant)
    };
    let price = |cents: Value, currency: &str| {
        vec![(
            "price",
            json!({ "amount_cents": cents, "currency": currency }),
        )]
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
        ("missing field `name`", vec![("name", Value::Null)]),
        ("missing field `featured`", vec![("featured", Value::Null)]),
        ("name: Enter a name", vec![("name", json!(" "))]),
        (
            "name: Use at most 120",
            vec![("name", json!("x".repeat(121)))],
        ),
        ("name: invalid type", vec![("name", json!(["Lamp"]))]),
        (
            "description: Use at most 6000",
            vec![("description", json!("x".repeat(6_001)))],
        ),
        ("highlights", vec![("highlights", json!(vec!["x"; 11]))]),
        (
            "category: unknown variant `cars`",
            vec![("category", json!("cars"))],
        ),
        ("image", vec![("image", json!("javascript:alert(1)"))]),
        ("image", vec![("image", json!("//elsewhere.example/a.png"))]),
        ("rank", vec![("rank", json!("first"))]),
        ("rank", vec![("rank", json!(-1))]),
        ("hidden", vec![("hidden", json!("no"))]),
        ("stock", vec![("stock", json!({ "odd": -1 }))]),
        ("stock", vec![("stock", json!({ "Odd!": 1 }))]),
        ("stock", vec![("stock", json!(3))]),
        ("option_names", vec![("option_names", json!(["Color"]))]),
        ("option_names", vec![("variants", json!([variant]))]),
        (
            "variants[0].sku: lamp_red",
            changed("sku", json!("lamp_red")),
        ),
        ("variants[0].sku", changed("sku", json!("odd"))),
        ("variants[0].options", changed("options", json!([]))),
        (
            "variants[0].price: It is in GBP",
            changed("price", json!({ "amount_cents": 1, "currency": "GBP" })),
        ),
        (
            "variants[0].image",
            changed("image", json!("data:image/png;base64,x")),
        ),
        (
            "variants[1].sku: Another variant",
            vec![
                ("option_names", json!(["Color"])),
                ("variants", json!([variant, variant])),
            ],
        ),
        ("version", vec![("version", json!("2"))]),
    ]
}

/// Stores a document as anyone with access to the database can.
async fn store(shop: &TestShop, collection: &str, document: Value) {
    let documents = shop.store.database().collection::<Value>(collection);
    documents.insert_one(document).await.unwrap();
}

async fn delete(shop: &TestShop, collection: &str, id: &str) {
    let documents = shop.store.database().collection::<Document>(collection);
    documents.delete_one(json!({ "_id": id })).await.unwrap();
}

#[tokio::test]
async fn a_product_that_does_not_fit_is_skipped_and_named_everywhere() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let mut anyone = shop.browser();
    for (number, (reason, changes)) in misfits().into_iter().enumerate() {
        let id = format!("odd-{number}");
        let (log, _logging) = Log::start();
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
                .must_not_show("/products/odd");
        }
        anyone.get("/").await.must_show("iPhone 12");
        anyone
            .get("/products?category=audio")
            .await
            .must_show("Canto");
        anyone.get(&format!("/products/{id}")).await.must_be(404);
        anyone
            .api_get(&format!("/api/products/{id}"))
            .await
            .must_be(404);
        anyone.add(&id, "1").await.must_be(404);
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
        let skipped = log.skipped();
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
    let (log, _logging) = Log::start();
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
    let (skipped, all) = (log.skipped(), ["7", "null", "Odd Lamp", "018e65c9"]);
    assert_eq!(skipped.len(), all.len(), "{skipped:#?}");
    for id in all {
        assert!(
            skipped.iter().any(|line| line.contains(id)),
            "{id}: {skipped:#?}"
        );
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_bought_any_longer_can_be_removed() {
    let shop = TestShop::start().await;
    let mut ada_ = shop.browser();
    ada_.add("orbit", "1").await.must_be(303);
    ada_.add("pebble", "2").await.must_be(303);
    shop.edit(
        "products",
        "orbit",
        json!({ "$set": { "price.currency": "EUR" } }),
    )
    .await;
    for path in ["/", "/products", "/cart", "/checkout", "/products/pebble"] {
        ada_.get(path).await.must_be(200);
    }
    let cart = ada_.get("/cart").await;
    cart.must_show("not available at the moment")
        .must_show("/cart/items/orbit/remove")
        .must_show("Pebble Earbuds")
        .must_show("$258.00")
        .must_not_show("href=\"/checkout\"");
    assert_eq!(ada_.lines().await, [line("pebble", 2)]);
    ada_.post("/checkout", ADA)
        .await
        .must_be(422)
        .must_show("orbit");
    let api = format!("/api/carts/{}", ada_.cart_id());
    let cart = ada_.api_get(&api).await.must_be(200).json();
    assert_eq!(
        (&cart["gone"], &cart["total"]["amount_cents"]),
        (&json!(["orbit"]), &json!(25_800))
    );
    ada_.api_post(&format!("{api}/checkouts"), ada())
        .await
        .must_be(422);
    ada_.post("/cart/items/orbit", &[("quantity", "2")])
        .await
        .must_be(404);
    ada_.post("/cart/items/orbit/remove", &[])
        .await
        .must_be(303);
    ada_.check_out().await.must_be(303);
}

#[tokio::test]
async fn an_edit_of_a_product_that_can_no_longer_be_read_is_refused() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let form = admin.get("/admin/products/orbit").await.must_be(200);
    let token = token(&form);
    shop.edit(
        "products",
        "orbit",
        json!({ "$set": { "price.amount_cents": 0.5 } }),
    )
    .await;
    let fields = [("token", token.as_str()), ("was", "{}"), ("name", "Orbit")];
    admin
        .post("/admin/products/orbit", &fields)
        .await
        .must_be(409)
        .must_show("can no longer be read");
}

#[tokio::test]
async fn a_line_of_a_cart_that_is_not_a_quantity_can_be_removed_or_set() {
    let shop = TestShop::start().await;
    for quantity in [
        json!(0.5),
        json!(0),
        json!(-3),
        json!(1001),
        json!("2"),
        json!(null),
        json!([1]),
    ] {
        let mut ada = shop.browser();
        ada.add("orbit", "1").await.must_be(303);
        let id = ada.cart_id().to_owned();
        let change = json!({ "$set": { "items.orbit": quantity, "checkout": 7, "settled": ["x"], "items.Not a SKU": 1 } });
        shop.edit("carts", &id, change).await;
        ada.add("pebble", "1").await.must_be(303);
        ada.get("/").await.must_be(200);
        let cart = ada.get("/cart").await.must_be(200);
        cart.must_show("Pebble Earbuds")
            .must_show("/cart/items/orbit/remove")
            .must_not_show("href=\"/checkout\"");
        ada.add("orbit", "1")
            .await
            .must_be(422)
            .must_show("cannot be read");
        ada.post("/checkout", ADA).await.must_be(422);
        ada.post("/cart/items/orbit", &[("quantity", "2")])
            .await
            .must_be(303);
        assert_eq!(ada.lines().await, [line("orbit", 2), line("pebble", 1)]);
        shop.edit("carts", &id, json!({ "$set": { "items.orbit": quantity } }))
            .await;
        ada.post("/cart/items/orbit/remove", &[]).await.must_be(303);
        assert_eq!(
            (ada.lines().await, ada.cart_id()),
            (vec![line("pebble", 1)], id.as_str())
        );
        ada.check_out().await.must_be(303);
    }
}

#[tokio::test]
async fn a_document_that_is_not_a_cart_is_as_good_as_none() {
    let shop = TestShop::start().await;
    let changes = [
        json!({ "items": [1] }),
        json!({ "items": 7 }),
        json!({ "line_count": "one" }),
        json!({ "version": null }),
        json!({ "expires_at": "tomorrow" }),
    ];
    for change in changes {
        let (log, _logging) = Log::start();
        let mut ada = shop.browser();
        ada.add("orbit", "1").await.must_be(303);
        let id = ada.cart_id().to_owned();
        shop.edit("carts", &id, json!({ "$set": change })).await;
        for page in ["/", "/products/orbit", "/cart"] {
            ada.get(page).await.must_be(200);
        }
        let api = format!("/api/carts/{id}");
        ada.api_get(&api).await.must_be(404);
        ada.post("/cart/items/orbit", &[("quantity", "2")])
            .await
            .must_be(404);
        ada.post("/cart/items/orbit/remove", &[]).await.must_be(303);
        ada.post("/checkout", ADA).await.must_be(303);
        ada.add("pebble", "1").await.must_be(303);
        ada.get("/cart")
            .await
            .must_be(200)
            .must_show("Pebble Earbuds");
        assert_ne!(ada.cart_id(), id, "{change}");
        ada.get("/checkout").await.must_be(200);
        let skipped = log.skipped();
        assert_eq!(skipped.len(), 1, "{change}: {skipped:#?}");
        assert!(
            skipped[0].contains(&id[..8]) && !skipped[0].contains(&id),
            "{skipped:#?}"
        );
    }
}

/// Buys something; answers the id of the order.
async fn buy(shop: &TestShop) -> String {
    let mut buyer = shop.browser();
    buyer.add("orbit", "1").await.must_be(303);
    let till = buyer.check_out().await.must_be(303).location().to_owned();
    let order = buyer.post(&till, &[]).await.must_be(303);
    order.location().trim_start_matches("/orders/").to_owned()
}

#[tokio::test]
async fn an_order_that_cannot_be_read_takes_nothing_from_the_others() {
    let shop = TestShop::start().await;
    let other = buy(&shop).await;
    let mut admin = logged_in(&shop).await;
    let changes = [
        json!({ "total": { "amount_cents": 2.5, "currency": "USD" } }),
        json!({ "status": "eaten" }),
        json!({ "customer": { "email": "ada@example.com" } }),
        json!({ "lines": "none" }),
        json!({ "placed_at": "ada@example.com" }),
    ];
    for change in changes {
        let (log, _logging) = Log::start();
        let order = buy(&shop).await;
        shop.edit("orders", &order, json!({ "$set": change })).await;
        let list = admin.get("/admin/orders").await.must_be(200);
        list.must_show(&format!("/admin/orders/{other}"))
            .must_show("Orders that cannot be read")
            .must_show(&order[..8])
            .must_not_show(&order);
        for pages in ["/orders", "/admin/orders", "/api/orders"] {
            let page = admin.get(&format!("{pages}/{order}")).await.must_be(404);
            page.must_show("cannot be shown");
        }
        admin.get(&format!("/orders/{other}")).await.must_be(200);
        let skipped = log.skipped();
        assert_eq!(skipped.len(), 1, "{change}: {skipped:#?}");
        // Neither the link that opens it nor a value about a person.
        assert!(
            !skipped[0].contains(&order) && !skipped[0].contains('@'),
            "{skipped:#?}"
        );
    }
}
