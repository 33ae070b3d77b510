//! The real binary on a Data API over HTTP, with a Stripe and a buyer that the test directs.

mod admin;
mod away;
mod buyer;
mod crash;
mod database;
mod matrix;
mod race;
mod refunds;
mod strangers;

use std::fs::File;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use astra_db::{Database, Timestamp};
use serde_json::{Value, json};
use tempfile::{NamedTempFile, TempDir};

use stripe_stand_in::{Event, SECRET_KEY, Stripe, WEBHOOK_SECRET};

pub(crate) use admin::{Admin, PASSWORD};
pub(crate) use buyer::Buyer;
use database::{DataApi, Victim};

/// Nothing here takes long; a machine under load does.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The address that buyers and Stripe know; the shop's real one changes with every start.
pub(crate) const PUBLIC_URL: &str = "http://shop.localhost";

/// A shop that takes money from the stand-in, and everything around it.
pub(crate) struct Market {
    pub(crate) stripe: Stripe,
    data: DataApi,
    shop: Victim,
    url: String,
    log: NamedTempFile,
    /// Where its emails are written; the folder goes with the guard.
    _emails: TempDir,
    settings: Vec<(String, String)>,
}

impl Market {
    /// A filled and open shop.
    pub(crate) async fn open() -> Self {
        Self::with(Stripe::start().await, &[]).await
    }

    pub(crate) async fn with(stripe: Stripe, more: &[(&str, &str)]) -> Self {
        let shop: Victim = Arc::new(Mutex::new(None));
        let data = DataApi::start(Arc::clone(&shop)).await;
        let emails = tempfile::tempdir().unwrap();
        let settings = [
            ("EMAIL_DIR", emails.path().to_str().unwrap()),
            ("DATA_API_URL", data.url.as_str()),
            ("DATA_API_USERNAME", "cassandra"),
            ("DATA_API_PASSWORD", "cassandra"),
            ("STRIPE_SECRET_KEY", SECRET_KEY),
            ("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET),
            ("STRIPE_API_BASE", stripe.url.as_str()),
            ("PUBLIC_URL", PUBLIC_URL),
            ("ADMIN_PASSWORD", PASSWORD),
            ("RUST_LOG", "info"),
        ];
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let settings = settings.iter().chain(more).map(owned).collect();
        let mut market = Self {
            stripe,
            data,
            shop,
            url: String::new(),
            log: NamedTempFile::new().unwrap(),
            _emails: emails,
            settings,
        };
        market.reopen().await;
        market
    }

    /// Starts the shop, stopping the one that may be running, however often it is killed meanwhile.
    pub(crate) async fn reopen(&mut self) {
        drop(self.shop.lock().unwrap().take());
        for _ in 0..3 {
            if let Some(url) = self.start().await {
                self.url = url;
                return;
            }
        }
        panic!("the shop does not open:\n{}", self.log());
    }

    /// Takes Stripe's settings away, and answers them for whoever puts them back.
    pub(crate) fn forget_stripe(&mut self) -> Vec<(String, String)> {
        let of_stripe = |(name, _): &mut (String, String)| name.starts_with("STRIPE_");
        self.settings.extract_if(.., of_stripe).collect()
    }

    pub(crate) fn remember_stripe(&mut self, settings: Vec<(String, String)>) {
        self.settings.extend(settings);
    }

    async fn start(&self) -> Option<String> {
        let log = File::options().append(true).open(self.log.path()).unwrap();
        let settings = self.settings.clone();
        let shop = Arc::clone(&self.shop);
        let started = tokio::task::spawn_blocking(move || {
            let settings: Vec<(&str, &str)> = settings
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            database::start(&shop, &settings, log)
        });
        started.await.unwrap()
    }

    /// Whether the shop was killed and nobody has opened it since.
    pub(crate) fn is_closed(&self) -> bool {
        self.shop.lock().unwrap().is_none()
    }

    /// From here on the n-th write is the shop's last.
    pub(crate) fn kill_at(&self, write: usize, moment: database::Moment) {
        self.data.kill_at(write, moment);
    }

    /// The shop is left in peace; answers whether it has been killed.
    pub(crate) fn spare(&self) -> bool {
        self.data.spare()
    }

    pub(crate) fn buyer(&self) -> Buyer {
        Buyer::at(&self.url)
    }

    /// The shop's address right now.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where Stripe sends webhooks.
    pub(crate) fn webhooks(&self) -> String {
        format!("{}/webhooks/stripe", self.url)
    }

    /// Delivers an event once; answers the status, or nothing where nobody answers.
    pub(crate) async fn deliver(&self, event: &Event) -> Option<u16> {
        self.stripe.deliver(event, &self.webhooks()).await
    }

    /// Waits until these checkouts have come to their end and hold nothing, and no product has a marker of a movement that
    /// was interrupted, opening the shop again whenever it was killed.
    pub(crate) async fn settle(&mut self, which: impl Fn(&Value) -> bool) {
        let start = Instant::now();
        loop {
            if self.is_closed() {
                self.reopen().await;
            }
            let checkouts = self.documents("checkouts").await;
            let products = self.documents("products").await;
            if checkouts.iter().filter(|it| which(it)).all(has_ended)
                && products.iter().all(matrix::nothing_held)
            {
                return;
            }
            let waited = start.elapsed();
            assert!(
                waited < PATIENCE,
                "unfinished: {checkouts:#?}, {products:#?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The time of every open checkout is over, at Stripe too, and the shop looks around.
    pub(crate) async fn an_hour_passes(&mut self) {
        for session in self.stripe.sessions() {
            if session["status"] == "open" {
                self.stripe.expire(session["id"].as_str().unwrap()).await;
            }
        }
        let a_minute_ago = Timestamp::now().as_millis() - 60_000;
        for checkout in self.documents("checkouts").await {
            let id = checkout["_id"].as_str().unwrap();
            let over = json!({ "$date": a_minute_ago });
            self.set("checkouts", id, "expires_at", over).await;
        }
        self.reopen().await;
        self.settle(|_| true).await;
    }

    /// What the shop has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.data.database
    }

    /// The documents of a collection, as they are stored.
    pub(crate) async fn documents(&self, collection: &str) -> Vec<Value> {
        let collection = self.database().collection::<Value>(collection);
        let found = collection.find(json!({})).await.unwrap();
        found.all().await.unwrap()
    }

    /// The product's document.
    pub(crate) async fn product(&self, id: &str) -> Value {
        let products = self.database().collection::<Value>("products");
        let found = products.find_one(json!({ "_id": id })).await.unwrap();
        found.unwrap()
    }

    /// Sets a field of a document behind the shop's back.
    pub(crate) async fn set(&self, collection: &str, id: &str, field: &str, value: Value) {
        let collection = self.database().collection::<Value>(collection);
        let update = json!({ "$set": { field: value } });
        let outcome = collection.update_one(json!({ "_id": id }), update).await;
        assert_eq!(outcome.unwrap().matched_count, 1);
    }
}

fn has_ended(checkout: &Value) -> bool {
    let under_way = ["opening", "open", "pending", "paid"];
    let state = checkout["state"].as_str().unwrap();
    !under_way.contains(&state) && checkout["holds_stock"] != true
}

impl Drop for Market {
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[expect(
                clippy::print_stderr,
                reason = "why a test failed is often in the shop's log"
            )]
            {
                eprintln!("the shop's log:\n{}", self.log());
            }
        }
        drop(self.shop.lock().unwrap().take());
    }
}
