//! A million documents from a stream, and the memory that takes: `cargo bench -p astra-db --bench ingest`.
//!
//! The server is a process of its own, so that the memory is that of the client alone. It reads each
//! request and answers of each document that it is stored, and stores nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use astra_db::{Collection, DataApiClient, Environment};
use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::json;

const DOCUMENTS: u64 = 1_000_000;
const SERVER: &str = "--server";
/// The most memory that the client may ever have had.
const MOST_KB: u64 = 64 * 1024;

#[derive(Serialize)]
struct Product {
    #[serde(rename = "_id")]
    id: u64,
    name: String,
    description: String,
    price: f64,
}

impl Product {
    fn numbered(id: u64) -> Self {
        Self {
            id,
            name: format!("Product number {id}"),
            description: "Made to last, tested by people who use it every day. ".repeat(6),
            price: 19.99,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Insert {
    insert_many: Documents,
}

#[derive(Deserialize)]
struct Documents {
    documents: Vec<Id>,
}

#[derive(Deserialize)]
struct Id {
    #[serde(rename = "_id")]
    id: u64,
}

async fn answer(body: Bytes) -> String {
    let insert: Insert = serde_json::from_slice(&body).expect("an insertMany");
    let documents = insert.insert_many.documents.into_iter();
    let responses: Vec<_> = documents
        .map(|document| json!({"_id": document.id, "status": "OK"}))
        .collect();
    json!({"status": {"documentResponses": responses}}).to_string()
}

async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("a bound listener"));
    listener.set_nonblocking(true).expect("a socket");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
    let app = Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::disable());
    axum::serve(listener, app).await.expect("a server");
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

fn start_server() -> (Server, String) {
    let this = std::env::current_exe().expect("a program");
    let mut server = Command::new(this)
        .arg(SERVER)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut address = String::new();
    let output = server.stdout.take().expect("a pipe");
    BufReader::new(output)
        .read_line(&mut address)
        .expect("an address");
    (Server(server), address.trim().to_owned())
}

/// The most memory this process ever had.
fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::main]
async fn main() {
    if std::env::args().any(|argument| argument == SERVER) {
        return serve().await;
    }
    let (_server, address) = start_server();
    let database = DataApiClient::builder()
        .environment(Environment::Other)
        .token("AstraCS:benchmark")
        .build()
        .and_then(|client| client.database(&format!("http://{address}")))
        .expect("a valid endpoint");
    let products: Collection<Product> = database.keyspace("ks").collection("products");
    let before = peak_kb();
    let started = Instant::now();
    let documents = stream::iter((0..DOCUMENTS).map(Product::numbered));
    let progress = products.insert_many_stream(documents).await;
    let progress = progress.expect("all documents are stored");
    assert_eq!(progress.inserted, DOCUMENTS);
    let seconds = started.elapsed().as_secs_f64();
    println!("{DOCUMENTS} documents in {seconds:.1} s");
    if let (Some(before), Some(peak)) = (before, peak_kb()) {
        println!(
            "peak memory {} MB, {} MB before",
            peak / 1024,
            before / 1024
        );
        assert!(peak <= MOST_KB, "more than {} MB", MOST_KB / 1024);
    }
}
