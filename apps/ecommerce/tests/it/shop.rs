//! A shop for one test, and the browsers that visit it.

use std::sync::LazyLock;
use std::time::Duration;

use astra_db::{Database, Timestamp};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use ecommerce::domain::checkout::Checkout;
use ecommerce::domain::id::Sku;
use ecommerce::payments::Payments;
use ecommerce::store::catalog::{Ages, CatalogMemory};
use ecommerce::use_cases::reconcile;
use ecommerce::{AppState, Store};
use serde_json::{Value, json};
use test_support::TestClock;
use test_support::openapi::Description;
use tower::ServiceExt as _;

/// What the shop says of its API: every response of every test is held against it.
static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::new(json!(ecommerce::openapi())));

/// Most tests change the database behind the shop's back, and look at once.
const NO_MEMORY: Ages = Ages {
    changes: Duration::ZERO,
    everything: Duration::ZERO,
};

/// The real router over an in-memory engine, with the sample catalogue and a clock that can be
/// moved.
pub(crate) struct TestShop {
    pub(crate) store: Store,
    pub(crate) state: AppState,
    router: Router,
    pub(crate) clock: TestClock,
}

impl TestShop {
    pub(crate) async fn start() -> Self {
        Self::at(None).await
    }

    /// A shop that knows its public address.
    pub(crate) async fn at(public_url: Option<&str>) -> Self {
        Self::on(shared::connect::in_memory().await.unwrap(), public_url).await
    }

    /// A shop on a database of the test's own.
    pub(crate) async fn on(database: Database, public_url: Option<&str>) -> Self {
        Self::with(database, public_url, Payments::default()).await
    }

    /// A shop that takes money in this way.
    pub(crate) async fn with(
        database: Database,
        public_url: Option<&str>,
        payments: Payments,
    ) -> Self {
        let store = Store::open(database).await.unwrap();
        ecommerce::seed(&store).await.unwrap();
        Self::of(store, public_url, payments)
    }

    /// A shop whose catalog is as old as it may be in front of people.
    pub(crate) async fn remembering(database: Database) -> Self {
        Self::on(database, None).await.with_memory()
    }

    /// This shop with a catalog as old as it may be in front of people.
    pub(crate) fn with_memory(mut self) -> Self {
        self.state.catalog = CatalogMemory::new(self.store.products.clone(), Ages::default());
        self.router = ecommerce::app(self.state.clone());
        self
    }

    /// A shop with this data.
    pub(crate) fn of(store: Store, public_url: Option<&str>, payments: Payments) -> Self {
        let clock = TestClock::stopped_at_ms(1_790_000_000_000);
        let mut state = AppState::new(store.clone(), public_url.map(|url| url.parse().unwrap()));
        state.payments = payments;
        state.catalog = CatalogMemory::new(store.products.clone(), NO_MEMORY);
        state.clock = clock.clock();
        Self {
            store,
            router: ecommerce::app(state.clone()),
            state,
            clock,
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
        }
    }

    /// A browser at another instance of the same shop: another process on the same database.
    pub(crate) fn elsewhere(&self, change: impl FnOnce(AppState) -> AppState) -> Browser {
        Browser {
            router: ecommerce::app(change(self.state.clone())),
            cookie: None,
        }
    }

    /// A browser at an instance that has a memory of its own.
    pub(crate) fn another_instance(&self) -> Browser {
        self.elsewhere(|mut state| {
            state.catalog = CatalogMemory::new(state.store.products.clone(), Ages::default());
            state
        })
    }

    pub(crate) fn set_time(&self, seconds: i64) {
        self.clock.set_ms(seconds * 1_000);
    }

    pub(crate) fn pass_seconds(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
    }

    pub(crate) fn pass_days(&self, days: u64) {
        self.pass_minutes(days * 24 * 60);
    }

    pub(crate) fn pass_minutes(&self, minutes: u64) {
        self.clock.pass(Duration::from_mins(minutes));
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now_ms())
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.now().as_millis() / 1_000
    }

    /// What the shop does at its start and every minute, once.
    pub(crate) async fn look_around(&self) {
        let shop = self.state.shop();
        reconcile::carry_on(shop, Duration::ZERO).await.unwrap();
        reconcile::forget_finished(shop).await.unwrap();
    }

    /// What the shop does before its door opens, as after a crash.
    pub(crate) async fn restart(&self) {
        let every = Duration::from_hours(1);
        ecommerce::start::prepare(&self.state, every).await.unwrap();
    }

    /// How many pieces of this there are to sell.
    pub(crate) async fn left(&self, sku: &str) -> u64 {
        let sku: Sku = sku.parse().unwrap();
        let product = self.store.products.find(&sku.product_id()).await;
        product.unwrap().unwrap().stock[&sku].0
    }

    /// Sets how many pieces of this there are to sell.
    pub(crate) async fn stock(&self, sku: &str, pieces: u64) {
        let product = sku.parse::<Sku>().unwrap().product_id();
        let stock = format!("stock.{sku}");
        self.edit(
            "products",
            product.as_str(),
            json!({ "$set": { stock: pieces } }),
        )
        .await;
    }

    /// How many items are reserved, of anything.
    pub(crate) async fn held(&self) -> u64 {
        let checkouts = self.store.database().collection::<Checkout>("checkouts");
        let checkouts = checkouts.find(json!({})).await.unwrap();
        let checkouts = checkouts.all().await.unwrap();
        let reserved = checkouts.iter().flat_map(|checkout| {
            let lines = checkout.lines.iter();
            lines.map(|line| checkout.reserves(&line.sku))
        });
        let on_their_way = self.store.stock.all_markers().await.unwrap();
        let on_their_way = on_their_way.iter().map(|it| u64::from(it.quantity.get()));
        reserved.sum::<u64>() + on_their_way.sum::<u64>()
    }

    /// How many documents a collection holds.
    pub(crate) async fn count(&self, collection: &str) -> u64 {
        let collection = self
            .store
            .database()
            .collection::<astra_db::Document>(collection);
        collection.count_documents(json!({}), 1_000).await.unwrap()
    }

    /// Status and kind of what is no text, such as a picture.
    pub(crate) async fn head(&self, path: &str) -> (u16, String) {
        let request = page_request(Method::GET, path).body(Body::empty()).unwrap();
        let router = self.browser().router;
        let response = router.oneshot(request).await.unwrap();
        let kind = response.headers()[CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned();
        (response.status().as_u16(), kind)
    }

    /// A change made behind the shop's back, as by somebody with access to the database.
    pub(crate) async fn edit(&self, collection: &str, id: &str, update: Value) {
        let collection = self
            .store
            .database()
            .collection::<astra_db::Document>(collection);
        let outcome = collection
            .update_one(json!({ "_id": id }), update)
            .await
            .unwrap();
        assert_eq!(outcome.matched_count, 1);
    }
}

/// Somebody with a cookie jar.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookie: Option<String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// Where a form leads that was accepted.
    #[track_caller]
    pub(crate) fn leads_to(self) -> String {
        self.must_be(303).location().to_owned()
    }

    #[track_caller]
    pub(crate) fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn must_show(self, text: &str) -> Self {
        assert!(self.text.contains(text), "`{text}` is not in {}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn must_not_show(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "`{text}` is in {}", self.text);
        self
    }
}

impl Browser {
    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(COOKIE, cookie.parse().unwrap());
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(set) = parts.headers.get(SET_COOKIE) {
            self.cookie = set.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.into()).unwrap();
        DESCRIPTION.check(&method, &path, &parts, &text);
        Answer {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(page_request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form as the shop's own page would.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = page_request(Method::POST, path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form and goes where it leads.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await.must_be(303);
        self.get(answer.location()).await
    }

    pub(crate) async fn add(&mut self, product: &str, quantity: &str) -> Answer {
        self.post("/cart/items", &[("sku", product), ("quantity", quantity)])
            .await
    }

    /// Fills in the checkout form; the answer leads to the till.
    pub(crate) async fn check_out(&mut self) -> Answer {
        self.post("/checkout", ADA).await
    }

    pub(crate) async fn api(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn api_get(&mut self, path: &str) -> Answer {
        self.api(Method::GET, path, None).await
    }

    pub(crate) async fn api_post(&mut self, path: &str, body: Value) -> Answer {
        self.api(Method::POST, path, Some(body)).await
    }

    /// Opens a cart by the API and answers its path.
    pub(crate) async fn api_cart(&mut self) -> String {
        let cart = self
            .api(Method::POST, "/api/carts", None)
            .await
            .must_be(201)
            .json();
        format!("/api/carts/{}", cart["id"].as_str().unwrap())
    }

    /// The id of this browser's cart: what comes after the signature.
    pub(crate) fn cart_id(&self) -> &str {
        let cookie = self.cookie.as_deref().unwrap();
        assert!(cookie.contains("cart="), "{cookie}");
        &cookie[cookie.len() - 32..]
    }

    /// Product and quantity of each line, as the API tells them; empty when there is no cart.
    pub(crate) async fn lines(&mut self) -> Vec<(String, u64)> {
        let path = format!("/api/carts/{}", self.cart_id());
        let answer = self.api(Method::GET, &path, None).await;
        if answer.status == StatusCode::NOT_FOUND {
            return Vec::new();
        }
        let cart = answer.must_be(200).json();
        let line = |line: &Value| {
            (
                line["sku"].as_str().unwrap().to_owned(),
                line["quantity"].as_u64().unwrap(),
            )
        };
        cart["lines"].as_array().unwrap().iter().map(line).collect()
    }
}

pub(crate) const ADA: &[(&str, &str)] = &[
    ("name", "Ada Lovelace"),
    ("email", "ada@example.com"),
    ("street", "12 St James's Square"),
    ("city", "London"),
    ("postcode", "SW1Y 4JH"),
    ("country", "GB"),
];

pub(crate) fn ada() -> Value {
    ADA.iter()
        .map(|(field, value)| ((*field).to_owned(), Value::from(*value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub(crate) fn line(product: &str, quantity: u64) -> (String, u64) {
    (product.to_owned(), quantity)
}

fn page_request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(ACCEPT, "text/html,application/xhtml+xml")
        .header("host", "shop.example")
}
