//! An API for one test, and the people who use it.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::Params;
use astra_db::Database;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use reviews::domain::id::VehicleId;
use reviews::domain::vehicle::Vehicle;
use reviews::{AppState, Passwords, Settings, Store};
use serde_json::{Value, json};
use test_support::TestClock;
use test_support::openapi::Description;
use tower::ServiceExt as _;

/// What the app says of its API: every response of every test is held against it.
pub(crate) static DESCRIPTION: LazyLock<Description> =
    LazyLock::new(|| Description::new(json!(reviews::openapi())));

/// The real router over an in-memory engine, with a clock that can be moved on.
#[derive(Clone)]
pub(crate) struct TestApi {
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) router: Router,
    clock: TestClock,
}

pub(crate) const TEXT: &str = "Quiet, quick, and the boot swallows two bicycles whole.";
pub(crate) const PASSWORD: &str = "a quarter of a mile";

impl TestApi {
    pub(crate) async fn start() -> Self {
        Self::on(shared::connect::in_memory().await.unwrap(), &[]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(shared::connect::in_memory().await.unwrap(), settings).await
    }

    /// An API on a database of the test's own.
    pub(crate) async fn on(database: Database, settings: &[(&str, &str)]) -> Self {
        let store = Store::open(database).await.unwrap();
        // More than any test has users; what is set counts before it.
        let settings = [&[("REGISTRATION_ATTEMPTS", "1000")], settings].concat();
        let settings = Settings::from_env(shared::env::of(&settings)).unwrap();
        // The cheapest hashes there are: what they cost is not what is tested.
        let passwords = Passwords::new(Params::new(8, 1, 1, None).unwrap()).unwrap();
        let mut state = AppState::new(store.clone(), passwords.clone(), &settings);
        let clock = TestClock::running();
        state.clock = clock.clock();
        Self {
            store,
            passwords,
            router: reviews::app(state),
            clock,
        }
    }

    pub(crate) fn pass_seconds(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
    }

    /// Puts a vehicle into the catalogue and answers its path.
    pub(crate) async fn vehicle(&self, make: &str, model: &str, year: i32) -> String {
        let (id, make, model) = (VehicleId::new(), make.to_owned(), model.to_owned());
        let images = vec![format!("/static/{id}.svg")];
        let vehicle = Vehicle {
            id,
            make,
            model,
            year,
            images,
        };
        self.store.vehicles.insert(&vehicle).await.unwrap();
        format!("/api/vehicles/{id}")
    }

    /// Somebody who is not logged in.
    pub(crate) fn anybody(&self) -> Client {
        Client {
            router: self.router.clone(),
            token: None,
        }
    }

    /// Registers somebody.
    pub(crate) async fn register(&self, name: &str) -> Answer {
        let user = json!({
            "email": format!("{name}@example.com"), "first_name": name, "last_name": "Toretto",
            "password": PASSWORD,
        });
        self.anybody().post("/api/users", user).await
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        let credentials = json!({ "email": email, "password": password });
        self.anybody().post("/api/sessions", credentials).await
    }

    /// Somebody who has just registered and logged in.
    pub(crate) async fn user(&self, name: &str) -> Client {
        self.register(name).await.must_be(201);
        let session = self.log_in(&format!("{name}@example.com"), PASSWORD).await;
        let token = session.must_be(201).json()["token"]
            .as_str()
            .unwrap()
            .to_owned();
        self.with_token(&token)
    }

    pub(crate) fn with_token(&self, token: &str) -> Client {
        Client {
            token: Some(token.to_owned()),
            ..self.anybody()
        }
    }

    /// Count and average of a vehicle.
    pub(crate) async fn rating(&self, vehicle: &str) -> (u64, Option<f64>) {
        let vehicle = self.anybody().get(vehicle).await.must_be(200).json();
        let rating = &vehicle["rating"];
        (
            rating["count"].as_u64().unwrap(),
            rating["average"].as_f64(),
        )
    }
}

/// Somebody, logged in or not.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) token: Option<String>,
}

impl Client {
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(token) = &self.token {
            let header = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().entry(AUTHORIZATION).or_insert(header);
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.into()).unwrap();
        DESCRIPTION.check(&method, &path, &parts, &text);
        Answer {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    pub(crate) async fn review(&self, vehicle: &str, rating: i64) -> Answer {
        let review = json!({ "rating": rating, "text": TEXT });
        self.post(&format!("{vehicle}/reviews"), review).await
    }

    /// All pages of a list: how many rows each has, and the rows.
    pub(crate) async fn pages(&self, path: &str) -> (Vec<usize>, Vec<Value>) {
        let (mut sizes, mut rows, mut next) = (Vec::new(), Vec::new(), path.to_owned());
        loop {
            let page = self.get(&next).await.must_be(200).json();
            let items = page["items"].as_array().unwrap();
            sizes.push(items.len());
            rows.extend(items.iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else {
                return (sizes, rows);
            };
            let separator = if path.contains('?') { '&' } else { '?' };
            next = format!("{path}{separator}cursor={cursor}");
        }
    }
}

/// What came back.
#[derive(Debug)]
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

    #[track_caller]
    pub(crate) fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The answer is a problem, with a sentence for each of these fields and no others.
    #[track_caller]
    pub(crate) fn must_refuse(self, fields: &[&str]) -> Self {
        let answer = self.must_be(422).must_be_a_problem();
        let errors = answer.json()["errors"].clone();
        let named: Vec<&String> = errors.as_object().unwrap().keys().collect();
        assert_eq!(named, fields, "{errors}");
        answer
    }

    #[track_caller]
    pub(crate) fn must_be_a_problem(self) -> Self {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["title"].is_string() && problem["request_id"].is_string());
        self
    }
}
