//! The client against bare reqwest that posts the same bytes to the same server: `cargo bench -p astra-db`.
//!
//! Both sides keep connections alive and read the answer into the same Rust types. They take turns
//! within one run, so that whatever else the machine does meets both alike. Printed are medians per
//! call and their ratio. The server answers from memory: what is compared is the cost on the client's
//! side, on a network it disappears.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use astra_db::{Collection, CollectionDocument, DataApiClient, Environment};
use axum::Router;
use axum::body::Bytes;
use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Turns each side takes per case.
const TURNS: usize = 300;
/// Calls in one turn, per task.
const CALLS: usize = 20;

#[derive(Clone, Debug, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "products")]
struct Product {
    #[serde(rename = "_id")]
    id: String,
    name: String,
    description: String,
    price: f64,
    tags: Vec<String>,
    stock: i64,
}

impl Product {
    fn numbered(n: usize) -> Self {
        Self {
            id: format!("product-{n}"),
            name: format!("Product number {n}"),
            description: "Made to last, tested by people who use it every day. ".repeat(12),
            price: 19.99,
            tags: vec!["new".into(), "kitchen".into(), "steel".into()],
            stock: 42,
        }
    }
}

#[derive(Deserialize)]
struct Answer<D> {
    data: D,
}

#[derive(Deserialize)]
struct One {
    document: Option<Product>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Many {
    documents: Vec<Product>,
    #[expect(dead_code, reason = "the client reads it too")]
    next_page_state: Option<String>,
}

#[derive(Deserialize)]
struct Status<S> {
    status: S,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inserted {
    inserted_ids: Vec<String>,
}

/// Answers by the first bytes of the body, from memory.
fn answer(body: &[u8], one: Bytes, many: Bytes) -> Bytes {
    if body.starts_with(br#"{"findOne""#) {
        one
    } else if body.starts_with(br#"{"find""#) {
        many
    } else {
        Bytes::from_static(br#"{"status":{"insertedIds":["product-1"]}}"#)
    }
}

/// A server on a runtime and threads of its own.
fn start_server() -> SocketAddr {
    let products: Vec<_> = (0..50).map(Product::numbered).collect();
    let one = Bytes::from(json!({"data": {"document": products[0]}}).to_string());
    let many = json!({"data": {"documents": products, "nextPageState": null}}).to_string();
    let many = Bytes::from(many);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound listener");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async move {
            listener.set_nonblocking(true).expect("a socket");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let app = Router::new()
                .fallback(async move |body: Bytes| answer(&body, one.clone(), many.clone()));
            axum::serve(listener, app).await.expect("a server");
        });
    });
    address
}

/// What everybody would write by hand: the same headers, the same bytes, the same types.
#[derive(Clone)]
struct Bare {
    http: reqwest::Client,
    url: String,
}

impl Bare {
    async fn post<T: DeserializeOwned>(&self, body: Vec<u8>) -> T {
        let sent = self
            .http
            .post(&self.url)
            .header("token", "AstraCS:benchmark")
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", "bare/1.0")
            .body(body)
            .send();
        let response = sent.await.and_then(reqwest::Response::error_for_status);
        let body = response.expect("an answer").bytes().await.expect("a body");
        serde_json::from_slice(&body).expect("the expected shape")
    }
}

#[derive(Clone, Copy)]
enum Case {
    FindOne,
    FindOneTyped,
    FindPage,
    InsertOne,
}

impl Case {
    fn title(self) -> &'static str {
        match self {
            Self::FindOne => "find_one, 1 kB",
            Self::FindOneTyped => "find_one, 1 kB, typed filter",
            Self::FindPage => "find, page of 50",
            Self::InsertOne => "insert_one, 1 kB",
        }
    }

    async fn by_client(self, collection: &Collection<Product>, product: &Product) -> usize {
        let filter = json!({"_id": "product-1"});
        match self {
            Self::FindOne => usize::from(
                collection
                    .find_one(filter)
                    .await
                    .expect("an answer")
                    .is_some(),
            ),
            Self::FindOneTyped => {
                let found = collection.find_one(Product::id().eq("product-1"));
                usize::from(found.await.expect("an answer").is_some())
            }
            Self::FindPage => collection
                .find(json!({}))
                .page()
                .await
                .expect("an answer")
                .items
                .len(),
            Self::InsertOne => {
                let result = collection.insert_one(product).await.expect("an answer");
                usize::from(result.inserted_id.as_str().is_some())
            }
        }
    }

    async fn by_hand(self, bare: &Bare, product: &Product) -> usize {
        let filter = json!({"_id": "product-1"});
        let body = |command| serde_json::to_vec(&command).expect("JSON");
        match self {
            Self::FindOne | Self::FindOneTyped => {
                let body = body(json!({"findOne": {"filter": filter}}));
                usize::from(bare.post::<Answer<One>>(body).await.data.document.is_some())
            }
            Self::FindPage => {
                let body = body(json!({"find": {"filter": {}}}));
                bare.post::<Answer<Many>>(body).await.data.documents.len()
            }
            Self::InsertOne => {
                let body = serde_json::to_vec(&InsertOne {
                    insert_one: Document { document: product },
                });
                let answer: Status<Inserted> = bare.post(body.expect("JSON")).await;
                answer.status.inserted_ids.len()
            }
        }
    }
}

#[derive(Serialize)]
struct InsertOne<'a> {
    #[serde(rename = "insertOne")]
    insert_one: Document<'a>,
}

#[derive(Serialize)]
struct Document<'a> {
    document: &'a Product,
}

struct Sides {
    collection: Collection<Product>,
    bare: Bare,
    product: Product,
}

/// One turn: the time per call, with `tasks` at once.
async fn turn(sides: &Arc<Sides>, case: Case, tasks: usize, client: bool) -> Duration {
    let started = Instant::now();
    let work = (0..tasks).map(|_| {
        let sides = Arc::clone(sides);
        tokio::spawn(async move {
            for _ in 0..CALLS {
                let found = if client {
                    case.by_client(&sides.collection, &sides.product).await
                } else {
                    case.by_hand(&sides.bare, &sides.product).await
                };
                assert_ne!(std::hint::black_box(found), 0);
            }
        })
    });
    for done in join_all(work).await {
        done.expect("no panic");
    }
    started.elapsed() / u32::try_from(CALLS * tasks).expect("few calls")
}

async fn compare(sides: &Arc<Sides>, case: Case, tasks: usize) {
    let (mut client, mut bare) = (Vec::new(), Vec::new());
    for n in 0..TURNS {
        // Whoever comes second in a turn finds warmer caches: they swap places.
        for by_client in [n % 2 == 0, n % 2 == 1] {
            let time = turn(sides, case, tasks, by_client).await;
            if by_client { &mut client } else { &mut bare }.push(time);
        }
    }
    let (client, bare) = (median(client), median(bare));
    let ratio = client.as_secs_f64() / bare.as_secs_f64();
    println!(
        "| {} | {tasks} | {client:.1?} | {bare:.1?} | {ratio:.2} |",
        case.title()
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::main]
async fn main() {
    let address = start_server();
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .token("AstraCS:benchmark")
        .build()
        .and_then(|client| client.database(&format!("http://{address}")))
        .expect("a valid endpoint");
    let http = reqwest::Client::builder().build().expect("an HTTP client");
    let sides = Arc::new(Sides {
        collection: client.keyspace("ks").collection("products"),
        bare: Bare {
            http,
            url: format!("http://{address}/v1/ks/products"),
        },
        product: Product::numbered(1),
    });
    println!("| Call | at once | astra-db | bare reqwest | ratio |\n|---|---|---|---|---|");
    for tasks in [1, 16] {
        for case in [
            Case::FindOne,
            Case::FindOneTyped,
            Case::FindPage,
            Case::InsertOne,
        ] {
            compare(&sides, case, tasks).await;
        }
    }
}
