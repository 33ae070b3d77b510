//! Paying with Stripe: the shop's real router, and a Stripe that the test directs.

mod failures;
mod late;
mod limits;
mod money;
mod notices;
mod refunds;
mod reservations;
mod shelves;

use axum::body::Body;
use axum::http::{Method, Request};
use ecommerce::payments::Payments;
use ecommerce::{Settings, Store};
use serde_json::{Value, json};

use crate::shop::{Answer, Browser, TestShop};
use stripe_stand_in::{Event, PayWith, SECRET_KEY, Stripe, WEBHOOK_SECRET};

/// A shop that takes money from the stand-in. Both have the same time.
pub(crate) struct Market {
    pub(crate) shop: TestShop,
    pub(crate) stripe: Stripe,
}

pub(crate) const ADDRESS: &str = "https://shop.example";
/// What the shop's clock shows first, in seconds.
const START: i64 = 1_790_000_000;

/// A stand-in with the time of the shop's clock, and what connects a shop to it.
pub(crate) async fn connected(more: &[(&str, &str)]) -> (Stripe, Payments) {
    let stripe = Stripe::start().await;
    stripe.set_time(START);
    let mut pairs = vec![
        ("STRIPE_SECRET_KEY", SECRET_KEY),
        ("STRIPE_API_BASE", stripe.url.as_str()),
        ("PUBLIC_URL", ADDRESS),
    ];
    pairs.extend(more);
    let settings = Settings::from_env(shared::env::of(&pairs)).unwrap();
    let payments = Payments::stripe(&settings.stripe.unwrap()).unwrap();
    (stripe, payments)
}

impl Market {
    pub(crate) async fn open() -> Self {
        Self::with(&[("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET)]).await
    }

    pub(crate) async fn with(more: &[(&str, &str)]) -> Self {
        let (stripe, payments) = connected(more).await;
        let database = shared::connect::in_memory().await.unwrap();
        let shop = TestShop::with(database, Some(ADDRESS), payments).await;
        Self { shop, stripe }
    }

    /// A shop with this data.
    pub(crate) async fn of(store: Store) -> Self {
        let secret = ("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        let (stripe, payments) = connected(&[secret]).await;
        let shop = TestShop::of(store, Some(ADDRESS), payments);
        Self { shop, stripe }
    }

    /// Ada with two phones and a watch in her cart, and her checkout.
    pub(crate) async fn ada(&self) -> (Browser, Paying) {
        let mut ada = self.shop.browser();
        ada.add("iphone-12", "2").await.must_be(303);
        ada.add("orbit", "1").await.must_be(303);
        let checkout = self.check_out(&mut ada).await;
        (ada, checkout)
    }

    /// From the form to Stripe's page.
    pub(crate) async fn check_out(&self, browser: &mut Browser) -> Paying {
        let till = browser.check_out().await.leads_to();
        let page = browser.get(&till).await.must_be(200);
        let session = self.stripe.sessions().pop().unwrap();
        page.must_show(session["url"].as_str().unwrap());
        Paying {
            id: till.split('/').nth(2).unwrap().to_owned(),
            session: session["id"].as_str().unwrap().to_owned(),
        }
    }

    /// The buyer pays on Stripe's page; the shop has not heard of it yet.
    pub(crate) async fn pay(&self, paying: &Paying) {
        let paid = self.stripe.pay(&paying.session, PayWith::Visa).await;
        paid.unwrap();
    }

    pub(crate) fn pass_minutes(&self, minutes: u64) {
        self.shop.pass_minutes(minutes);
        self.stripe.set_time(self.shop.seconds());
    }

    pub(crate) fn set_time(&self, seconds: i64) {
        self.shop.set_time(seconds);
        self.stripe.set_time(seconds);
    }

    /// Delivers what happened last of this kind; answers the status.
    pub(crate) async fn tell(&self, kind: &str) -> u16 {
        let event = self.stripe.events_of(kind).pop().unwrap();
        self.deliver(&event).await
    }

    pub(crate) async fn deliver(&self, event: &Event) -> u16 {
        let (body, signature) = self.stripe.signed(event);
        self.send(body, &signature).await.status.as_u16()
    }

    pub(crate) async fn send(&self, body: String, signature: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/webhooks/stripe")
            .header("content-type", "application/json")
            .header("stripe-signature", signature);
        let request = request.body(Body::from(body)).unwrap();
        self.shop.browser().send(request).await
    }

    /// The order, as the database holds it.
    pub(crate) async fn order(&self, paying: &Paying) -> ecommerce::domain::order::Order {
        let id = paying.id.parse().unwrap();
        self.shop.store.orders.find(id).await.unwrap().unwrap()
    }

    pub(crate) async fn state_of(&self, paying: &Paying) -> Value {
        let path = format!("/api/checkouts/{}", paying.id);
        self.shop.browser().api_get(&path).await.must_be(200).json()["state"].clone()
    }

    /// Exactly one order, paid for, and everything else in its place: the end of `ada`.
    #[track_caller]
    pub(crate) fn is_done(&self, paying: &Paying) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let order = self.order(paying).await;
            let facts = (
                order.total.amount_cents,
                order.status.slug(),
                self.shop.count("orders").await,
                self.shop.count("carts").await,
                self.shop.held().await,
                self.state_of(paying).await,
            );
            assert_eq!(facts, (127_700, "paid", 1, 0, 0, json!("done")), "{place}");
        }
    }
}

/// A checkout on its way to be paid.
#[derive(Debug, Clone)]
pub(crate) struct Paying {
    pub(crate) id: String,
    pub(crate) session: String,
}

impl Paying {
    pub(crate) fn page(&self, name: &str) -> String {
        format!("/checkout/{}/{name}", self.id)
    }

    pub(crate) fn order(&self) -> String {
        format!("/orders/{}", self.id)
    }
}
