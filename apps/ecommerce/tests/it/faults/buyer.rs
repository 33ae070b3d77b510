//! A buyer who presses again when the shop says that it could not, and looks first where something may have been done.

use std::time::Duration;

use astra_db::testing::{Fault, Faults};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::TestClock;

use crate::shop::{ADA, Answer, Browser, TestShop, ada};

/// How often somebody presses before giving up.
const PATIENCE: usize = 60;

/// A person in front of a browser.
#[derive(Clone)]
pub(super) struct Buyer {
    pub(super) browser: Browser,
    faults: Faults,
    clock: TestClock,
    /// Whether nobody else uses the shop: then nothing can fail but what the client may not repeat.
    is_alone: bool,
}

/// What is sent to the shop.
#[derive(Debug)]
enum Press<'a> {
    Page(&'a str),
    Form(&'a str, &'a [(&'a str, &'a str)]),
    Api(Method, &'a str, Option<Value>),
}

impl Buyer {
    pub(super) fn of(shop: &TestShop, faults: &Faults) -> Self {
        Self {
            browser: shop.browser(),
            faults: faults.clone(),
            clock: shop.clock.clone(),
            is_alone: true,
        }
    }

    /// One of many.
    pub(super) fn in_a_crowd(mut self) -> Self {
        self.is_alone = false;
        self
    }

    /// Presses once; `None` if the shop asks to try again.
    async fn press(&mut self, press: &Press<'_>) -> Option<Answer> {
        let outages = self.outages();
        let answer = match press {
            Press::Page(path) => self.browser.get(path).await,
            Press::Form(path, fields) => self.browser.post(path, fields).await,
            Press::Api(method, path, body) => {
                self.browser.api(method.clone(), path, body.clone()).await
            }
        };
        let asks_again = answer.text.contains("ry again") || answer.text.contains("may have been");
        let is_refused = match answer.status {
            StatusCode::SERVICE_UNAVAILABLE => true,
            StatusCode::CONFLICT => asks_again,
            _ => false,
        };
        if !is_refused {
            return Some(answer);
        }
        let is_outage = outages.1 || outages != self.outages();
        let is_open = answer.text.contains("may have been done");
        assert!(
            !self.is_alone || is_outage || is_open,
            "{press:?}: the client could have repeated this: {} {}",
            answer.status,
            answer.text
        );
        // Somebody who is refused waits a moment, and so does the catalog before it asks its database again.
        self.clock.pass(Duration::from_secs(2));
        None
    }

    /// How many outages there were, and whether there is one.
    fn outages(&self) -> (u64, bool) {
        let begun = self.faults.played().of(Fault::Outage);
        (begun, self.faults.is_outage())
    }

    /// Presses until it is answered: for what comes to the same when it is done twice.
    async fn insist(&mut self, press: &Press<'_>) -> Answer {
        for _ in 0..PATIENCE {
            if let Some(answer) = self.press(press).await {
                return answer;
            }
        }
        panic!("{press:?}: never answered");
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.insist(&Press::Page(path)).await
    }

    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.insist(&Press::Form(path, fields)).await
    }

    pub(super) async fn api(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.insist(&Press::Api(method, path, body)).await
    }

    /// Adds so many, once: looks into the cart before adding again. Nobody else changes this line.
    pub(super) async fn add(&mut self, sku: &str, quantity: u64) {
        let before = self.quantity(sku).await;
        let fields = [("sku", sku), ("quantity", &quantity.to_string())];
        for _ in 0..PATIENCE {
            if let Some(answer) = self.press(&Press::Form("/cart/items", &fields)).await {
                answer.must_be(303);
            }
            if self.quantity(sku).await == before + quantity {
                return;
            }
        }
        panic!("{quantity} of {sku} do not get into the cart");
    }

    /// How many of this are in the cart.
    pub(super) async fn quantity(&mut self, sku: &str) -> u64 {
        let lines = self.lines().await;
        let of_it = lines.into_iter().find(|(other, _)| other == sku);
        of_it.map_or(0, |(_, quantity)| quantity)
    }

    /// What the cart holds; nothing where there is no cart.
    pub(super) async fn lines(&mut self) -> Vec<(String, u64)> {
        if self.browser.cookie.is_none() {
            return Vec::new();
        }
        let path = format!("/api/carts/{}", self.browser.cart_id());
        let cart = self.api(Method::GET, &path, None).await;
        if cart.status == StatusCode::NOT_FOUND {
            return Vec::new();
        }
        let cart = cart.must_be(200).json();
        let line = |line: &Value| {
            let (sku, quantity) = (&line["sku"], &line["quantity"]);
            (sku.as_str().unwrap().to_owned(), quantity.as_u64().unwrap())
        };
        cart["lines"].as_array().unwrap().iter().map(line).collect()
    }

    /// Fills in the checkout form; answers the path of the page to pay on.
    pub(super) async fn check_out(&mut self) -> String {
        let page = self.post("/checkout", ADA).await.leads_to();
        assert!(page.ends_with("/pay"), "{page}");
        page
    }

    /// Pays on the test page; answers the path of the order.
    pub(super) async fn pay(&mut self, page: &str) -> String {
        let order = self.post(page, &[]).await.leads_to();
        assert_eq!(
            order,
            page.replace("/checkout/", "/orders/").replace("/pay", "")
        );
        order
    }

    /// Buys so many by the API; `None` if there are not as many left.
    pub(super) async fn buy(&mut self, sku: &str, quantity: u64) -> Option<String> {
        let cart = self.api(Method::POST, "/api/carts", None).await;
        let cart = cart.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let cart = format!("/api/carts/{cart}");
        if !self.fill(&cart, sku, quantity).await {
            return None;
        }
        let checkouts = format!("{cart}/checkouts");
        let checkout = self.api(Method::POST, &checkouts, Some(ada())).await;
        if checkout.status == StatusCode::CONFLICT {
            assert!(checkout.json()["sold_out"].is_array(), "{}", checkout.text);
            return None;
        }
        let checkout = checkout.must_be(201).json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let payment = format!("/api/checkouts/{checkout}/test-payment");
        let order = self
            .api(Method::POST, &payment, None)
            .await
            .must_be(200)
            .json();
        assert_eq!(order["lines"][0]["quantity"], quantity);
        Some(checkout)
    }

    /// Puts so many into an empty cart; `false` if there are not as many left.
    async fn fill(&mut self, cart: &str, sku: &str, quantity: u64) -> bool {
        let items = format!("{cart}/items");
        let body = json!({ "sku": sku, "quantity": quantity });
        for _ in 0..PATIENCE {
            let press = Press::Api(Method::POST, &items, Some(body.clone()));
            match self.press(&press).await {
                Some(answer) if answer.status == StatusCode::UNPROCESSABLE_ENTITY => return false,
                Some(answer) => drop(answer.must_be(200)),
                None => {}
            }
            let held = self.api(Method::GET, cart, None).await.must_be(200).json();
            if held["lines"][0]["quantity"] == quantity {
                return true;
            }
        }
        panic!("{quantity} of {sku} do not get into {cart}");
    }
}
