//! A stand-in for Stripe, for tests of shops: a real HTTP server with the part of Stripe's API that a shop with Stripe
//! Checkout uses, a page to pay on, and signed webhooks.
//!
//! It remembers what it is told, unlike Stripe's own [stripe-mock](https://github.com/stripe/stripe-mock), which knows the
//! whole schema and forgets everything. It is stricter than Stripe where a mistake would otherwise pass: a request has to
//! name its API version.
//!
//! ```
//! use stripe_stand_in::{PayWith, SECRET_KEY, Stripe};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let stripe = Stripe::start().await;
//! // A shop with STRIPE_API_BASE={stripe.url} and STRIPE_SECRET_KEY={SECRET_KEY} opens a session:
//! let session = reqwest::Client::new()
//!     .post(format!("{}/v1/checkout/sessions", stripe.url))
//!     .header("authorization", format!("Bearer {SECRET_KEY}"))
//!     .header("stripe-version", "2026-09-30.endive")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(
//!         "mode=payment&success_url=https://shop.example/thanks&cancel_url=https://shop.example/cart\
//!          &line_items[0][quantity]=1&line_items[0][price_data][currency]=usd\
//!          &line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Tea",
//!     );
//! assert_eq!(session.send().await.unwrap().status(), 200);
//! // The buyer pays, and the shop gets a signed message.
//! let session = stripe.sessions().remove(0);
//! stripe.pay(session["id"].as_str().unwrap(), PayWith::Visa).await.unwrap();
//! let paid = stripe.events_of("checkout.session.completed").remove(0);
//! let (body, signature) = stripe.signed(&paid);
//! assert!(body.contains("cs_test_") && signature.starts_with("t="));
//! # }
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a stand-in stops the test at the first surprise"
)]

mod account;
mod answer;
mod api;
mod books;
mod disputes;
mod event;
mod events;
mod idempotency;
mod mirror;
mod opening;
mod page;
mod params;
mod payments;
mod refusal;
mod sessions;
mod trouble;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use account::{SECRET_KEY, WEBHOOK_SECRET};
pub use event::Event;
pub use events::sign;
pub use mirror::Mirrored;
pub use payments::PayWith;
pub use trouble::{Seen, Trouble};

use account::{Account, wall_clock};

/// A running stand-in with one account. Gone when dropped.
#[derive(Debug)]
pub struct Stripe {
    /// What `STRIPE_API_BASE` is set to.
    pub url: String,
    account: Arc<Account>,
    server: JoinHandle<()>,
}

impl Stripe {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    /// A stand-in that puts each request it is sent to a stripe-mock as well.
    pub async fn mirrored_by(stripe_mock: &str) -> Self {
        Self::start_with(Some(stripe_mock)).await
    }

    async fn start_with(stripe_mock: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let account = Arc::new(Account {
            url: url.clone(),
            books: Mutex::default(),
            idempotency: idempotency::Memory::default(),
            seen: Mutex::default(),
            troubles: Mutex::default(),
            webhooks_go_to: Mutex::default(),
            mirror: stripe_mock.map(mirror::Mirror::of),
            seconds_ahead: AtomicI64::new(0),
            http: reqwest::Client::new(),
        });
        let router = page::routes()
            .merge(api::routes())
            .with_state(Arc::clone(&account));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            account,
            server,
        }
    }

    /// Sends each event to this address as soon as it happens, before the browser is told.
    pub fn deliver_at_once_to(&self, url: impl Into<String>) {
        *self.account.webhooks_go_to.lock().unwrap() = Some(url.into());
    }

    /// The next request whose path contains this text has this trouble.
    pub fn trouble(&self, path: &str, trouble: Trouble) {
        let mut troubles = self.account.troubles.lock().unwrap();
        troubles.push((path.to_owned(), trouble));
    }

    /// Nothing that was to go wrong does.
    pub fn no_more_trouble(&self) {
        self.account.troubles.lock().unwrap().clear();
    }

    /// What time it is for Stripe from now on, in seconds.
    pub fn set_time(&self, seconds: i64) {
        let ahead = seconds - wall_clock();
        self.account.seconds_ahead.store(ahead, Ordering::Relaxed);
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.account.seen.lock().unwrap().clone()
    }

    /// The checkout sessions so far, oldest first, as the API shows them.
    pub fn sessions(&self) -> Vec<Value> {
        self.account.books().all("checkout.session")
    }

    /// The refunds so far, oldest first.
    pub fn refunds(&self) -> Vec<Value> {
        self.account.books().all("refund")
    }

    /// One object as it is now.
    pub fn object(&self, id: &str) -> Value {
        self.account.books().find(id).unwrap().clone()
    }

    /// Answers 404 for an object from now on, or no longer.
    pub fn hides(&self, id: &str, hidden: bool) {
        let mut books = self.account.books();
        if hidden {
            books.hidden.insert(id.to_owned());
        } else {
            books.hidden.remove(id);
        }
    }

    /// Changes an object behind everybody's back.
    pub fn tamper(&self, id: &str, field: &str, value: Value) {
        self.account.books().find_mut(id).unwrap()[field] = value;
    }

    /// Knows a session that was opened before this stand-in was started.
    pub fn adopt(&self, session: &str, checkout: &str, cents: u64, expires_at: i64) {
        sessions::adopt(&self.account, session, checkout, cents, expires_at);
    }

    /// What a buyer does on the page of a session.
    pub async fn pay(&self, session: &str, with: PayWith) -> Result<(), String> {
        payments::pay(&self.account, session, with, None)
            .await
            .map_err(|refusal| refusal.message)
    }

    /// The end of a payment that takes days: the money came, or it did not.
    pub async fn settle(&self, session: &str, succeeded: bool) {
        payments::settle(&self.account, session, succeeded).await;
    }

    /// The buyer wants the money back by way of the bank.
    pub async fn dispute(&self, session: &str) {
        disputes::open(&self.account, session).await;
    }

    /// The bank has decided about it: the shop has `won`, or `lost`.
    pub async fn close_dispute(&self, session: &str, status: &str) {
        disputes::close(&self.account, session, status).await;
    }

    /// Somebody at the shop gives money back in Stripe's dashboard: a part of it, or all that is
    /// left.
    pub async fn refund(&self, session: &str, cents: Option<i64>) {
        let intent = self.object(session)["payment_intent"].clone();
        let form = payments::refund_form(intent.as_str().unwrap(), cents);
        payments::refund(&self.account, &form).await.unwrap();
    }

    /// Time runs out for a session.
    pub async fn expire(&self, session: &str) {
        sessions::expire_now(&self.account, session).await;
    }

    /// Every event so far, oldest first.
    pub fn events(&self) -> Vec<Event> {
        self.account.books().events.clone()
    }

    /// The events so far of one type.
    pub fn events_of(&self, kind: &str) -> Vec<Event> {
        let of_this_type = |event: &Event| event.kind() == kind;
        self.events().into_iter().filter(of_this_type).collect()
    }

    /// Delivers an event, signed now; answers the status.
    pub async fn deliver(&self, event: &Event, to: &str) -> Option<u16> {
        events::deliver(&self.account, event, to).await
    }

    /// The event's body and its `Stripe-Signature`, for a shop without a socket.
    pub fn signed(&self, event: &Event) -> (String, String) {
        let body = event.body();
        let signature = sign(WEBHOOK_SECRET, self.account.now(), &body);
        (body, signature)
    }

    /// What stripe-mock said to each request.
    pub fn mirrored(&self) -> Vec<Mirrored> {
        let mirror = self.account.mirror.as_ref().unwrap();
        mirror.heard()
    }
}

impl Drop for Stripe {
    fn drop(&mut self) {
        self.server.abort();
    }
}
