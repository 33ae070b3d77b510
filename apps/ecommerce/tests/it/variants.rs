//! Variants to choose from, and what can be put into a cart of what there is.

use ecommerce::domain::id::{CheckoutId, Sku};
use ecommerce::domain::quantity::Quantity;
use ecommerce::domain::stock::{Direction, Marker};
use ecommerce::store::stock::Take;
use serde_json::json;

use crate::shop::{TestShop, line};

fn sku(text: &str) -> Sku {
    text.parse().unwrap()
}

/// A marker of so many items on their way out of the stock.
fn out(sku: &Sku, checkout: CheckoutId, items: u64) -> Marker {
    let quantity = Quantity::try_from(items).unwrap();
    Marker::new(sku.clone(), checkout, 0, Direction::Out, quantity)
}

async fn left(shop: &TestShop, sku: &Sku) -> Option<u64> {
    let product = shop.store.products.find(&sku.product_id()).await.unwrap();
    product.unwrap().offer(sku).unwrap().left
}

#[tokio::test]
async fn a_variant_is_chosen_by_a_link_and_bought_at_its_own_price() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    let page = ada
        .get("/products/iphone-12-pro?variant=graphite-256")
        .await
        .must_be(200);
    page.must_show("$879.00")
        .must_show("value=\"iphone-12-pro_graphite-256\"")
        .must_show("href=\"/products/iphone-12-pro?variant=graphite-512\"")
        .must_show("href=\"/products/iphone-12-pro?variant=gold-256\"");
    ada.add("iphone-12-pro_graphite-256", "2")
        .await
        .must_be(303);
    ada.add("iphone-12-pro_silver-128", "1").await.must_be(303);
    ada.get("/cart")
        .await
        .must_show("Graphite, 256 GB")
        .must_show("$2,557.00");
    assert_eq!(
        ada.lines().await,
        [
            line("iphone-12-pro_graphite-256", 2),
            line("iphone-12-pro_silver-128", 1)
        ]
    );
}

#[tokio::test]
async fn a_product_with_variants_cannot_be_bought_without_choosing() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("iphone-12-pro", "1")
        .await
        .must_be(422)
        .must_show("Choose colour and storage first");
    ada.add("iphone-12-pro_pink-1", "1").await.must_be(404);
    ada.get("/products?category=phones")
        .await
        .must_show("aria-label=\"Choose iPhone 12 Pro\"")
        .must_show("from $799.00");
}

#[tokio::test]
async fn an_unknown_variant_in_the_address_shows_the_product() {
    let shop = TestShop::start().await;
    for variant in ["nothing", "", "%24ne", "a.b"] {
        shop.browser()
            .get(&format!("/products/iphone-12-pro?variant={variant}"))
            .await
            .must_be(200)
            .must_show("value=\"iphone-12-pro_graphite-128\"");
    }
}

#[tokio::test]
async fn what_is_sold_out_says_so_and_cannot_be_put_into_a_cart() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.get("/products/pico-flip")
        .await
        .must_be(200)
        .must_show("Sold out")
        .must_show("See other phones")
        .must_not_show("Add to cart</button>");
    for gone in ["pico-flip", "iphone-12-pro_gold-256"] {
        ada.add(gone, "1")
            .await
            .must_be(422)
            .must_show("This is sold out");
    }
    assert_eq!(shop.count("carts").await, 0);
}

#[tokio::test]
async fn the_last_pieces_are_counted_against_what_is_in_the_cart() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.get("/products/sketch-pro")
        .await
        .must_show("Only 2 left");
    ada.add("sketch-pro", "3")
        .await
        .must_be(422)
        .must_show("Only 2 left, counting what is in your cart already");
    ada.add("sketch-pro", "2").await.must_be(303);
    ada.add("sketch-pro", "1").await.must_be(422);
    ada.post("/cart/items/sketch-pro", &[("quantity", "3")])
        .await
        .must_be(422)
        .must_show("Only 2 left");
    assert_eq!(ada.lines().await, [line("sketch-pro", 2)]);
}

#[tokio::test]
async fn a_cart_whose_pieces_were_sold_meanwhile_says_which_and_does_not_lead_to_checkout() {
    let shop = TestShop::start().await;
    let mut ada = shop.browser();
    ada.add("sketch-pro", "2").await.must_be(303);
    ada.add("noon-classic", "1").await.must_be(303);
    for (id, left) in [("sketch-pro", 1), ("noon-classic", 0)] {
        let stock = format!("stock.{id}");
        shop.edit("products", id, json!({ "$set": { stock: left } }))
            .await;
    }
    let cart = ada.get("/cart").await.must_be(200);
    cart.must_show("Only 1 left.")
        .must_show("Sold out. Remove it to check out.")
        .must_not_show("href=\"/checkout\"");
}

#[tokio::test]
async fn what_the_own_checkout_has_set_aside_is_not_sold_out_for_its_cart() {
    let shop = TestShop::start().await;
    let (mut ada, mut eve) = (shop.browser(), shop.browser());
    ada.add("sketch-pro", "2").await.must_be(303);
    eve.add("sketch-pro", "1").await.must_be(303);
    ada.check_out().await.must_be(303);
    let cart = ada.get("/cart").await.must_be(200);
    cart.must_not_show("Sold out")
        .must_show("href=\"/checkout\"");
    ada.post("/cart/items/sketch-pro", &[("quantity", "3")])
        .await
        .must_be(422)
        .must_show("Only 2 left");
    ada.post("/cart/items/sketch-pro", &[("quantity", "1")])
        .await
        .must_be(303);
    ada.add("sketch-pro", "1").await.must_be(303);
    assert_eq!(ada.lines().await, [line("sketch-pro", 2)]);
    eve.get("/cart").await.must_show("Sold out. Remove it");
    eve.add("sketch-pro", "1")
        .await
        .must_be(422)
        .must_show("This is sold out");
}

#[tokio::test]
async fn a_product_stored_before_there_was_stock_is_sold_as_ever() {
    let shop = TestShop::start().await;
    let fields = json!({ "stock": 1, "variants": 1, "option_names": 1, "version": 1 });
    shop.edit("products", "orbit", json!({ "$unset": fields }))
        .await;
    let mut ada = shop.browser();
    ada.get("/products/orbit")
        .await
        .must_be(200)
        .must_show("$279.00");
    ada.add("orbit", "900").await.must_be(303);
    let (stock, orbit) = (&shop.store.stock, sku("orbit"));
    let taken = stock.take(out(&orbit, CheckoutId::random(), 9), 9);
    assert_eq!(taken.await.unwrap(), Take::NotCounted);
}

#[tokio::test]
async fn items_are_taken_and_put_back_once_however_often_it_is_asked() {
    let shop = TestShop::start().await;
    let (stock, sketch) = (&shop.store.stock, sku("sketch-pro"));
    let [first, second] = [CheckoutId::random(), CheckoutId::random()];
    let marker = out(&sketch, first, 2);
    for _ in 0..2 {
        // Another worker's marker of the same reservation is the first one's.
        for asked in [marker.clone(), out(&sketch, first, 2)] {
            let taken = stock.take(asked, 2).await.unwrap();
            assert_eq!(taken, Take::Taken(marker.clone()));
            assert_eq!(left(&shop, &sketch).await, Some(0));
        }
    }
    let refused = out(&sketch, second, 1);
    let taken = stock.take(refused.clone(), 1).await.unwrap();
    assert_eq!(taken, Take::Short { in_stock: 0 });
    assert!(!stock.put_back(&refused).await.unwrap());
    assert!(!stock.put_back(&out(&sketch, first, 2)).await.unwrap());
    assert!(stock.put_back(&marker).await.unwrap());
    assert!(!stock.put_back(&marker).await.unwrap());
    assert_eq!(left(&shop, &sketch).await, Some(2));
}

#[tokio::test]
async fn items_that_were_sold_are_not_put_back() {
    let shop = TestShop::start().await;
    let (stock, gold) = (&shop.store.stock, sku("iphone-12-pro_gold-128"));
    let session = CheckoutId::random();
    let marker = out(&gold, session, 1);
    stock.take(marker.clone(), 1).await.unwrap();
    assert!(stock.remove(&marker).await.unwrap());
    assert!(!stock.remove(&marker).await.unwrap());
    assert!(!stock.put_back(&marker).await.unwrap());
    assert_eq!(left(&shop, &gold).await, Some(2));
    let gone = out(&sku("iphone-12-pro_pink-1"), session, 1);
    assert_eq!(stock.take(gone, 1).await.unwrap(), Take::Gone);
}
