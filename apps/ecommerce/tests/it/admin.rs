//! The admin pages: who comes in, and what two people who change one product see.

mod emails;
mod hiding;
mod orders;
mod pictures;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use serde_json::{Value, json};

use crate::shop::{Answer, Browser, TestShop};

const PASSWORD: &str = "correct horse battery";

pub(crate) fn at_the_door(shop: &TestShop) -> Browser {
    shop.elsewhere(|state| state.with_admin(&PASSWORD.to_owned().into()))
}

pub(crate) async fn logged_in(shop: &TestShop) -> Browser {
    let mut admin = at_the_door(shop);
    log_in(&mut admin, PASSWORD).await.must_be(303);
    admin
}

async fn log_in(admin: &mut Browser, password: &str) -> Answer {
    let token = token(&admin.get("/admin/login").await.must_be(200));
    let fields = [("token", token.as_str()), ("password", password)];
    admin.post("/admin/login", &fields).await
}

/// What a field of the page holds.
fn value(page: &Answer, name: &str) -> String {
    let field = format!("name=\"{name}\"");
    let at = page
        .text
        .find(&field)
        .unwrap_or_else(|| panic!("{name} is not in {}", page.text));
    let rest = &page.text[at + field.len()..];
    let rest = match rest.strip_prefix(" rows=") {
        Some(area) => {
            area.split_once('\n')
                .unwrap()
                .1
                .split_once("</textarea>")
                .unwrap()
                .0
        }
        None => {
            rest.split_once("value=\"")
                .unwrap()
                .1
                .split_once('"')
                .unwrap()
                .0
        }
    };
    rest.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

pub(crate) fn token(page: &Answer) -> String {
    value(page, "token")
}

/// The form of a page as a browser would send it back.
#[derive(Clone)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn of(page: &Answer, variants: usize) -> Self {
        let plain = [
            "token",
            "was",
            "name",
            "tagline",
            "description",
            "highlights",
            "rank",
            "image",
            "price",
            "stock",
            "option_names",
        ];
        let mut fields: Vec<(String, String)> = plain
            .iter()
            .map(|name| ((*name).to_owned(), value(page, name)))
            .collect();
        for number in 0..variants {
            for part in ["word", "options", "price", "stock", "image"] {
                let name = format!("variant-{number}-{part}");
                fields.push((name.clone(), value(page, &name)));
            }
        }
        let category = page.text.split_once("\" selected>").unwrap().0;
        let category = category.rsplit_once('"').unwrap().1;
        fields.push(("category".to_owned(), category.to_owned()));
        for name in ["featured", "hidden"] {
            let ticked = format!("name=\"{name}\" type=\"checkbox\" checked");
            if page.text.contains(&ticked) {
                fields.push((name.to_owned(), "on".to_owned()));
            }
        }
        Self(fields)
    }

    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut form = self.without(name);
        form.0.push((name.to_owned(), value.to_owned()));
        form
    }

    pub(crate) fn without(&self, name: &str) -> Self {
        let mut fields = self.0.clone();
        fields.retain(|(known, _)| known != name);
        Self(fields)
    }

    pub(crate) async fn send(&self, browser: &mut Browser, path: &str) -> Answer {
        let fields: Vec<(&str, &str)> = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        browser.post(path, &fields).await
    }
}

#[tokio::test]
async fn without_a_password_there_are_no_admin_pages() {
    let shop = TestShop::start().await;
    for path in [
        "/admin",
        "/admin/login",
        "/admin/orders",
        "/admin/products",
        "/admin/products/orbit",
    ] {
        shop.browser().get(path).await.must_be(404);
        shop.browser()
            .post(path, &[("password", "")])
            .await
            .must_be(404);
    }
}

#[tokio::test]
async fn everybody_who_is_not_logged_in_is_sent_to_the_door() {
    let shop = TestShop::start().await;
    let mut stranger = at_the_door(&shop);
    for path in [
        "/admin/orders",
        "/admin/products",
        "/admin/products/new",
        "/admin/products/orbit",
    ] {
        let answer = stranger.get(path).await.must_be(303);
        assert_eq!(answer.location(), "/admin/login");
    }
    for path in [
        "/admin/products/new",
        "/admin/products/orbit",
        "/admin/logout",
    ] {
        let answer = stranger.post(path, &[("name", "Mine")]).await.must_be(303);
        assert_eq!(answer.location(), "/admin/login");
    }
}

#[tokio::test]
async fn the_password_opens_the_door_and_logging_out_closes_it() {
    let shop = TestShop::start().await;
    let mut admin = at_the_door(&shop);
    log_in(&mut admin, "wrong")
        .await
        .must_be(422)
        .must_show("This is not the password");
    let answer = log_in(&mut admin, PASSWORD).await.must_be(303);
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/admin", "Max-Age=7200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let page = admin.get("/admin/products").await.must_be(200);
    assert_eq!(page.header("cache-control"), "private, no-store");
    let token = token(&page);
    admin
        .post("/admin/logout", &[("token", &token)])
        .await
        .must_be(303);
    admin.get("/admin/products").await.must_be(303);
}

#[tokio::test]
async fn a_session_ends_after_two_hours_and_with_the_password() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let cookie = admin.cookie.clone();
    let changed = "another long password".to_owned().into();
    let mut other = shop.elsewhere(|state| state.with_admin(&changed));
    other.cookie = cookie;
    other.get("/admin/products").await.must_be(303);
    shop.pass_days(1);
    admin.get("/admin/products").await.must_be(303);
}

#[tokio::test]
async fn a_cart_cookie_is_no_admin_and_a_changed_one_neither() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let signed = admin.cookie.clone().unwrap();
    for changed in [
        signed.replace("in.", "in.9"),
        signed.replace("admin=", "admin=x"),
        signed[..signed.len() - 1].to_owned(),
    ] {
        admin.cookie = Some(changed);
        admin.get("/admin/products").await.must_be(303);
    }
    let mut ada = shop.browser();
    ada.add("orbit", "1").await.must_be(303);
    admin.cookie = Some(ada.cookie.unwrap().replace("cart=", "admin="));
    admin.get("/admin/products").await.must_be(303);
}

#[tokio::test]
async fn passwords_cannot_be_tried_without_end() {
    let shop = TestShop::start().await;
    let mut eve = at_the_door(&shop);
    for _ in 0..5 {
        log_in(&mut eve, "guess").await.must_be(422);
    }
    let answer = log_in(&mut eve, PASSWORD).await.must_be(429);
    assert_eq!(answer.header("retry-after"), "10");
    answer.must_show("Try again in 10 seconds");
    let mut other = eve.clone();
    other.cookie = None;
    log_in(&mut other, PASSWORD).await.must_be(429);
}

#[tokio::test]
async fn a_form_without_this_sessions_token_or_from_elsewhere_changes_nothing() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let form =
        Form::of(&admin.get("/admin/products/orbit").await.must_be(200), 0).with("name", "Forged");
    for token in ["", "0", "00000000000000000000000000000000"] {
        let answer = form
            .with("token", token)
            .send(&mut admin, "/admin/products/orbit")
            .await
            .must_be(403);
        answer.must_show("was not made for your session");
    }
    let of_another = token(&logged_in(&shop).await.get("/admin/products").await);
    form.with("token", &of_another)
        .send(&mut admin, "/admin/products/orbit")
        .await
        .must_be(403);
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form.0)
        .finish();
    let request = Request::post("/admin/products/orbit")
        .header("host", "shop.example")
        .header("origin", "https://evil.example")
        .header("accept", "text/html")
        .header(COOKIE, admin.cookie.clone().unwrap())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    admin
        .send(request.body(Body::from(body)).unwrap())
        .await
        .must_be(403);
    let mut door = at_the_door(&shop);
    door.get("/admin/login").await.must_be(200);
    door.post("/admin/login", &[("password", PASSWORD)])
        .await
        .must_be(403);
    shop.browser()
        .get("/products/orbit")
        .await
        .must_show("<h1>Orbit</h1>");
}

#[tokio::test]
async fn a_product_is_made_and_changed_and_sold_as_it_then_is() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let page = admin.get("/admin/products/new").await.must_be(200);
    let token = token(&page);
    let fields = [
        ("token", token.as_str()),
        ("id", "desk-lamp"),
        ("name", "Desk <Lamp>"),
        ("tagline", "Light where the book is"),
        ("category", "accessories"),
        ("image", "/static/products/no-picture.svg"),
        ("rank", "1"),
        ("price", "39.50"),
        ("stock", "4"),
    ];
    let answer = admin
        .post("/admin/products/new", &fields)
        .await
        .must_be(303);
    assert_eq!(answer.location(), "/admin/products/desk-lamp?saved=true");
    let page = admin
        .get(answer.location())
        .await
        .must_be(200)
        .must_show("Saved.");
    shop.browser()
        .get("/products/desk-lamp")
        .await
        .must_show("$39.50")
        .must_show("Only 4 left");
    shop.browser()
        .get("/products?q=desk")
        .await
        .must_show("<mark>Desk</mark> &#60;Lamp&#62;");
    let form = Form::of(&page, 0)
        .with("price", "42")
        .with("stock", "")
        .with("featured", "on");
    form.send(&mut admin, "/admin/products/desk-lamp")
        .await
        .must_be(303);
    shop.browser()
        .get("/products/desk-lamp")
        .await
        .must_show("$42.00")
        .must_not_show("left");
    shop.browser()
        .get("/")
        .await
        .must_show("/products/desk-lamp");
    admin
        .post("/admin/products/new", &fields)
        .await
        .must_be(422)
        .must_show("Another product has this address");
}

#[tokio::test]
async fn variants_are_added_changed_and_removed() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get("/admin/products/stride").await.must_be(200), 3)
        .with("variant-1-price", "75")
        .with("variant-2-remove", "on")
        .with("variant-3-word", "sand")
        .with("variant-3-options", "Sand")
        .with("variant-3-price", "69")
        .with("variant-3-stock", "8");
    form.send(&mut admin, "/admin/products/stride")
        .await
        .must_be(303);
    let page = shop
        .browser()
        .get("/products/stride?variant=slate")
        .await
        .must_be(200);
    page.must_show("$75.00")
        .must_show("Sand")
        .must_not_show("Moss");
    shop.browser().add("stride_sand", "8").await.must_be(303);
    shop.browser().add("stride_sand", "9").await.must_be(422);
    shop.browser().add("stride_moss", "1").await.must_be(404);
}

#[tokio::test]
async fn everything_wrong_with_a_product_is_marked_and_what_was_typed_is_kept() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get("/admin/products/stride").await.must_be(200), 3)
        .with("name", " ")
        .with("variant-0-price", "cheap")
        .with("variant-1-word", "Slate!");
    let page = form
        .send(&mut admin, "/admin/products/stride")
        .await
        .must_be(422);
    let page = page
        .must_show("Nothing was saved yet")
        .must_show("href=\"#variant-0-price\"")
        .must_show("id=\"variant-1-word-problem\"");
    assert_eq!(value(&page, "variant-0-price"), "cheap");
    shop.browser()
        .get("/products/stride")
        .await
        .must_show("<h1>Stride Band</h1>");
}

#[tokio::test]
async fn what_another_admin_changed_meanwhile_is_shown_and_not_undone() {
    let shop = TestShop::start().await;
    let (mut ada, mut eve) = (logged_in(&shop).await, logged_in(&shop).await);
    let path = "/admin/products/orbit";
    let adas = Form::of(&ada.get(path).await.must_be(200), 0).with("price", "299");
    let eves = Form::of(&eve.get(path).await.must_be(200), 0)
        .with("price", "250")
        .with("tagline", "Rounder than ever");
    adas.send(&mut ada, path).await.must_be(303);
    let page = eves.send(&mut eve, path).await.must_be(409);
    let page = page.must_show("Somebody else changed this product meanwhile");
    assert!(value(&page, "tagline").starts_with("A round face that counts"));
    shop.browser()
        .get("/products/orbit")
        .await
        .must_show("$299.00")
        .must_not_show("Rounder");
    // The form shows the other's version. Having seen it, she may still want hers.
    assert_eq!(value(&page, "price"), "299.00");
    let again = Form::of(&page, 0)
        .with("price", "250")
        .with("tagline", "Rounder than ever");
    again.send(&mut eve, path).await.must_be(303);
    shop.browser()
        .get("/products/orbit")
        .await
        .must_show("$250.00")
        .must_show("Rounder");
}

#[tokio::test]
async fn fields_the_other_changed_and_i_did_not_come_from_the_other() {
    let shop = TestShop::start().await;
    let (mut ada, mut eve) = (logged_in(&shop).await, logged_in(&shop).await);
    let path = "/admin/products/stride";
    let adas = Form::of(&ada.get(path).await.must_be(200), 3).with("variant-0-price", "71");
    let eves = Form::of(&eve.get(path).await.must_be(200), 3).with("variant-1-price", "72");
    adas.send(&mut ada, path).await.must_be(303);
    let page = eves.send(&mut eve, path).await.must_be(409);
    assert_eq!(value(&page, "variant-0-price"), "71.00");
    let again = Form::of(&page, 3).with("variant-1-price", "72");
    again.send(&mut eve, path).await.must_be(303);
    let prices = shop.browser().api_get("/api/products/stride").await.json();
    let price = |number: usize| prices["offers"][number]["price"]["amount_cents"].clone();
    assert_eq!(
        [price(0), price(1)],
        [Value::from(7_100), Value::from(7_200)]
    );
}

#[tokio::test]
async fn what_is_sold_while_a_form_is_open_stays_sold() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let path = "/admin/products/turn-one";
    let form = Form::of(&admin.get(path).await.must_be(200), 0);
    shop.edit(
        "products",
        "turn-one",
        json!({ "$inc": { "stock.turn-one": -2 } }),
    )
    .await;
    form.with("tagline", "Side C")
        .send(&mut admin, path)
        .await
        .must_be(303);
    let left = async || {
        shop.browser()
            .api_get("/api/products/turn-one")
            .await
            .json()["offers"][0]["left"]
            .clone()
    };
    assert_eq!(left().await, 7);
    let counting = Form::of(&admin.get(path).await.must_be(200), 0).with("stock", "20");
    shop.edit(
        "products",
        "turn-one",
        json!({ "$inc": { "stock.turn-one": -1 } }),
    )
    .await;
    let page = counting.send(&mut admin, path).await.must_be(409);
    assert_eq!(value(&page, "stock"), "6");
    assert_eq!(left().await, 6);
}

#[tokio::test]
async fn a_product_of_before_there_were_versions_can_be_changed() {
    let shop = TestShop::start().await;
    let old = json!({ "$unset": { "version": 1, "stock": 1, "variants": 1, "option_names": 1 } });
    shop.edit("products", "orbit", old).await;
    let mut admin = logged_in(&shop).await;
    let form = Form::of(&admin.get("/admin/products/orbit").await.must_be(200), 0);
    form.with("stock", "5")
        .send(&mut admin, "/admin/products/orbit")
        .await
        .must_be(303);
    shop.browser()
        .get("/products/orbit")
        .await
        .must_show("Only 5 left");
}
