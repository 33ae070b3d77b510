//! Requests per second of the API beside a handler that does nothing: `cargo bench -p reviews`.
//!
//! Both are axum over TCP on this machine, asked by the same client in turns, and answer the same bytes; so their ratio
//! is what the app, the client of the Data API and the embedded engine take together. A written review is compared with
//! one row put into one table, as durably.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at any failure")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use argon2::Params;
use astra_db::table::Timestamp;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use futures_util::{StreamExt as _, stream};
use reviews::domain::id::{ReviewId, UserId, VehicleId};
use reviews::domain::rating::Rating;
use reviews::domain::review::Review;
use reviews::domain::vehicle::Vehicle;
use reviews::use_cases::write_review;
use reviews::{AppState, Passwords, Settings, Store, start};
use serde_json::{Value, json};
use shared::Startup;
use tokio::net::TcpListener;

/// Times each side has its turn.
const TURNS: usize = 15;
/// So many requests are under way at the same time.
const AT_ONCE: usize = 16;
const TEXT: &str = "Quiet, quick, and the boot swallows two bicycles whole. Would buy it again.";

#[tokio::main]
async fn main() {
    // `cargo test --benches` runs this as well; then there is nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let variables = [
        ("DATA_DIR", data.path().to_str().unwrap()),
        ("LOGIN_ATTEMPTS", "1000"),
        ("REGISTRATION_ATTEMPTS", "1000"),
    ];
    let settings = Settings::from_env(shared::env::of(&variables)).unwrap();
    let store = shared::connect(&settings.data, &Startup::default(), start::store)
        .await
        .unwrap();
    let (few, many) = (vehicle(&store, 10).await, vehicle(&store, 10_000).await);
    let passwords = Passwords::new(Params::new(8, 1, 1, None).unwrap()).unwrap();
    let state = AppState::new(store.clone(), passwords, &settings);
    let app = Asked::new(reviews::app(state)).await;

    println!("| request | at once | app | bare axum | ratio |");
    println!("|---|---|---|---|---|");
    let page = format!("/api/vehicles/{many}/reviews?limit=20");
    let list = "/api/vehicles?make=porsche".to_owned();
    for (name, path) in [
        (
            "a vehicle, its stars and five reviews",
            format!("/api/vehicles/{few}"),
        ),
        ("a page of 20 reviews", page),
        ("a search with one hit", list),
        ("its page in the browser", format!("/vehicles/{few}")),
    ] {
        for at_once in [1, AT_ONCE] {
            reading(&app, name, &path, at_once).await;
        }
    }
    println!();
    writing(&app, &store).await;
    compare_sizes(&app, few, many).await;
}

/// Makes a vehicle with so many reviews.
async fn vehicle(store: &Store, count: usize) -> VehicleId {
    let id = VehicleId::new();
    let (make, model) = ("Bench".to_owned(), format!("Model {count}"));
    let images = Vec::new();
    let vehicle = Vehicle {
        id,
        make,
        model,
        year: 2022,
        images,
    };
    store.vehicles.insert(&vehicle).await.unwrap();
    let adds = (0..count).map(async |_| {
        write_review::add(store, &review_of(id)).await.unwrap();
    });
    stream::iter(adds)
        .buffer_unordered(64)
        .collect::<Vec<()>>()
        .await;
    id
}

fn review_of(vehicle_id: VehicleId) -> Review {
    let now = Timestamp::now();
    Review {
        id: ReviewId::new(),
        vehicle_id,
        author_id: UserId::new(),
        author: "Dominic T.".to_owned(),
        rating: Rating::try_from(1 + now.as_millis() % 5).unwrap(),
        text: TEXT.to_owned(),
        created_at: now,
        updated_at: now,
    }
}

/// A server on this machine.
struct Asked {
    client: reqwest::Client,
    url: String,
}

impl Asked {
    async fn new(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            client: reqwest::Client::new(),
            url,
        }
    }

    /// One that answers these bytes to everything.
    async fn bare(media_type: String, body: Vec<u8>) -> Self {
        let answer = move || async move { ([(CONTENT_TYPE, media_type)], body) };
        Self::new(Router::new().fallback(get(answer))).await
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let response = self.client.get(format!("{}{path}", self.url)).send().await;
        response.unwrap().error_for_status().unwrap()
    }

    async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Value {
        let mut request = self.client.post(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let request = request.header(CONTENT_TYPE, "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        let response = response.error_for_status().unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }
}

/// How long each of `count` pieces of work takes, of which some are done at the same time.
async fn time(count: usize, at_once: usize, work: impl AsyncFn(usize)) -> Duration {
    let start = Instant::now();
    let pieces = (0..count).map(|number| work(number));
    stream::iter(pieces)
        .buffer_unordered(at_once)
        .collect::<Vec<()>>()
        .await;
    start.elapsed() / u32::try_from(count).unwrap()
}

/// Two kinds of work in turns: the medians. Each is told which turn it is.
async fn in_turns(
    count: usize,
    at_once: usize,
    one: impl AsyncFn(usize),
    other: impl AsyncFn(usize),
) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for turn in 0..TURNS {
        let of_turn = |number| turn * count + number;
        times[0].push(time(count, at_once, async |number| one(of_turn(number)).await).await);
        times[1].push(time(count, at_once, async |number| other(of_turn(number)).await).await);
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[TURNS / 2]
    })
}

fn per_second(time: Duration) -> f64 {
    1.0 / time.as_secs_f64()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

async fn reading(app: &Asked, name: &str, path: &str, at_once: usize) {
    const REQUESTS: usize = 200;
    let answer = app.get(path).await;
    let media_type = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let bare = Asked::bare(media_type, answer.bytes().await.unwrap().into()).await;
    let ask = async |asked: &Asked| drop(asked.get(path).await.bytes().await.unwrap());
    let [of_app, of_bare] = in_turns(
        REQUESTS,
        at_once,
        async |_| ask(app).await,
        async |_| ask(&bare).await,
    )
    .await;
    println!(
        "| {name} | {at_once} | {:.0}/s | {:.0}/s | {:.1} |",
        per_second(of_app),
        per_second(of_bare),
        ratio(of_app, of_bare)
    );
}

/// Reviews written through the API, and rows put into one table.
async fn writing(app: &Asked, store: &Store) {
    const VEHICLES_A_TURN: usize = 2;
    const REVIEWS: usize = AT_ONCE * VEHICLES_A_TURN;
    let mut vehicles = Vec::new();
    for _ in 0..TURNS * VEHICLES_A_TURN {
        vehicles.push(vehicle(store, 0).await);
    }
    let mut tokens = Vec::new();
    for number in 0..AT_ONCE {
        let (email, password) = (format!("bench{number}@example.com"), "long enough");
        let user =
            json!({"email": email, "password": password, "first_name": "B", "last_name": "T"});
        app.post("/api/users", None, &user).await;
        let session = json!({"email": email, "password": password});
        let session = app.post("/api/sessions", None, &session).await;
        tokens.push(session["token"].as_str().unwrap().to_owned());
    }
    let body = json!({"rating": 4, "text": TEXT});
    let [through_api, into_table] = in_turns(
        REVIEWS,
        AT_ONCE,
        async |number| {
            let (token, vehicle) = (&tokens[number % AT_ONCE], vehicles[number / AT_ONCE]);
            let path = format!("/api/vehicles/{vehicle}/reviews");
            app.post(&path, Some(token), &body).await;
        },
        async |number| {
            let review = review_of(vehicles[number / AT_ONCE]);
            store.reviews.list(&review, true).await.unwrap();
        },
    )
    .await;
    println!(
        "Writing a review, {AT_ONCE} at once: {:.0}/s, {:.1} times as long as one row put into one table ({:.0}/s).",
        per_second(through_api),
        ratio(through_api, into_table),
        per_second(into_table)
    );
}

/// The same request for a vehicle with few reviews and for one with many.
async fn compare_sizes(app: &Asked, few: VehicleId, many: VehicleId) {
    const REQUESTS: usize = 100;
    let get = async |id: VehicleId| {
        let answer = app.get(&format!("/api/vehicles/{id}")).await;
        drop(answer.bytes().await.unwrap());
    };
    let [of_many, of_few] = in_turns(
        REQUESTS,
        1,
        async |_| get(many).await,
        async |_| get(few).await,
    )
    .await;
    println!(
        "Reading a vehicle with 10,000 reviews takes {:.2} times as long as one with 10 ({of_many:.0?} and {of_few:.0?}).",
        ratio(of_many, of_few)
    );
}
