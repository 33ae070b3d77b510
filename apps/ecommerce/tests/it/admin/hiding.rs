//! Taking a product off the shelf, and putting it back.

use super::{Form, logged_in};
use crate::shop::{Browser, TestShop};

const FORM: &str = "/admin/products/orbit";

async fn hide(admin: &mut Browser) {
    let form = Form::of(&admin.get(FORM).await.must_be(200), 0);
    form.with("hidden", "on")
        .send(admin, FORM)
        .await
        .must_be(303);
}

#[tokio::test]
async fn a_hidden_product_is_nowhere_in_the_shop_until_it_is_shown_again() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    // Its picture stands for its department, too, and stays.
    let link = r#"href="/products/orbit""#;
    let places = [
        ("/", link),
        ("/products?q=orbit", link),
        ("/products?category=watches", link),
        ("/sitemap.xml", "/products/orbit</loc>"),
    ];
    let mut anybody = shop.browser();
    for (place, link) in places {
        anybody.get(place).await.must_show(link);
    }
    hide(&mut admin).await;
    for (place, link) in places {
        let page = anybody.get(place).await.must_be(200);
        page.must_not_show(link);
    }
    anybody.get("/products/orbit").await.must_be(404);
    anybody.api_get("/api/products/orbit").await.must_be(404);
    anybody.add("orbit", "1").await.must_be(404);
    let list = admin.get("/admin/products?q=orbit").await.must_be(200);
    list.must_show(FORM).must_show("Hidden");

    let page = admin.get(FORM).await.must_be(200);
    let page = page.must_not_show("See it in the shop");
    let form = Form::of(&page, 0).without("hidden");
    form.send(&mut admin, FORM).await.must_be(303);
    for (place, link) in places {
        anybody.get(place).await.must_show(link);
    }
}

#[tokio::test]
async fn what_is_hidden_leaves_no_cart_for_a_checkout_and_stays_in_orders() {
    let shop = TestShop::start().await;
    let (mut ada, mut bob) = (shop.browser(), shop.browser());
    let before = shop.left("orbit").await;
    for browser in [&mut ada, &mut bob] {
        browser.add("orbit", "1").await.must_be(303);
    }
    // Bob is paying while it is hidden: it was sold to him before.
    let till = bob.check_out().await.leads_to();
    hide(&mut logged_in(&shop).await).await;
    let order = bob.submit(&till, &[]).await;
    order.must_show("Thank you").must_show("Orbit");
    ada.get("/cart").await.must_show("No longer sold");
    ada.check_out()
        .await
        .must_be(422)
        .must_show("no longer sold");
    assert_eq!(
        (shop.left("orbit").await, shop.held().await),
        (before - 1, 0)
    );
}

#[tokio::test]
async fn who_changes_a_product_that_was_hidden_meanwhile_sees_it_hidden_first() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get(FORM).await.must_be(200), 0);
    hide(&mut admin).await;
    let answer = form.with("price", "311").send(&mut admin, FORM).await;
    let answer = answer
        .must_be(409)
        .must_show("Somebody else changed this product meanwhile")
        .must_show("name=\"hidden\" type=\"checkbox\" checked")
        .must_show("value=\"279.00\"");
    let again = Form::of(&answer, 0).with("price", "311");
    again.send(&mut admin, FORM).await.must_be(303);
    shop.browser().get("/products/orbit").await.must_be(404);
    admin.get(FORM).await.must_show("value=\"311.00\"");
}
