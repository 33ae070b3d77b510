//! The recorded answers of the real Data API, replayed against ours.
//!
//! `tests/golden` holds sequences of requests with the answers a real server gave; an implementation conforms as far as
//! it replays them. Each topic is a test of its own for each backend: the engine in this process, the same engine over
//! HTTP, and a real Data API where `DATA_API_URL`, `DATA_API_USERNAME` and `DATA_API_PASSWORD` name one.
//!
//!     cargo test -p tests --test contract                        # everything
//!     cargo test -p tests --test contract over_http::filters     # a topic on a backend
//!     DATA_API_URL=http://127.0.0.1:8181 … cargo test -p tests --test contract real_server

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod actions;
mod backend;
mod client;
mod client_tables;
mod compare;
mod examples;
mod expand;
mod golden;
mod json;
mod mcp;
mod providers;
mod replay;

use std::io::Write as _;

use astra_local::{Credentials, Engine, Features};
use backend::{Backend, Server};
use tokio::net::TcpListener;

/// One test per topic and backend.
macro_rules! topics {
    ($($name:ident: $topic:literal,)*) => {
        const TOPICS: &[&str] = &[$($topic),*];

        mod in_process {
            $(#[test]
            fn $name() {
                super::in_this_process($topic);
            })*
        }

        mod over_http {
            $(#[test]
            fn $name() {
                super::through_http($topic);
            })*
        }

        mod real_server {
            $(#[test]
            fn $name() {
                super::against_the_real_server($topic);
            })*
        }
    };
}

topics! {
    filters: "01-filters",
    updates: "02-updates",
    reads: "03-reads",
    inserts: "04-inserts",
    vectors: "05-vectors",
    collection_schema: "06-collection-schema",
    keyspaces: "07-keyspaces",
    requests: "08-requests",
    special_fields_and_warnings: "09-special-fields-and-warnings",
    table_types: "10-table-types",
    table_keys_and_reads: "11-table-keys-and-reads",
    table_writes: "12-table-writes",
    table_container_filters: "13-table-container-filters",
    table_indexes: "14-table-indexes",
    table_vectors: "15-table-vectors",
    table_schema: "16-table-schema",
    user_types: "17-user-types",
    table_more: "18-table-more",
    stories: "20-stories",
    vectorize: "21-vectorize",
    table_vectorize: "22-table-vectorize",
    mcp: "23-mcp",
    lexical: "24-lexical",
    differences: "25-differences",
}

#[test]
fn every_recorded_topic_can_be_read_and_has_its_place() {
    let files = std::fs::read_dir(golden::folder()).unwrap();
    let mut found: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".yaml").unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, TOPICS);
    for topic in found {
        let scenarios = golden::load(&topic).unwrap();
        assert!(
            scenarios.iter().all(|scenario| !scenario.steps.is_empty()),
            "{topic}"
        );
    }
}

fn in_this_process(topic: &str) {
    run("in process", topic, async || {
        Backend::InProcess(engine(topic).await)
    });
}

fn through_http(topic: &str) {
    run("over HTTP", topic, async || {
        let credentials = Credentials::new("golden", "s3cret");
        let router = astra_local::router(engine(topic).await, credentials);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Backend::Http(Server::new(&url, "golden", "s3cret"))
    });
}

/// An engine with the features that the server had when a topic was recorded, and stand-ins for the services it calls.
async fn engine(topic: &str) -> Engine {
    let features = features_of(topic);
    let features = match topic {
        "21-vectorize" | "22-table-vectorize" | "23-mcp" | "24-lexical" => {
            providers::called_at(&providers::start().await, features)
        }
        _ => features,
    };
    Engine::in_memory().unwrap().with_features(features)
}

fn features_of(topic: &str) -> Features {
    let mut features = Features::default();
    features.lexical = topic == "24-lexical";
    features.mcp = topic == "23-mcp";
    features
}

fn against_the_real_server(topic: &str) {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = variable("DATA_API_URL") else {
        say(&format!(
            "real server, {topic}: skipped: DATA_API_URL is not set"
        ));
        return;
    };
    let username = variable("DATA_API_USERNAME").unwrap_or_else(|| "cassandra".to_owned());
    let password = variable("DATA_API_PASSWORD").unwrap_or_else(|| "cassandra".to_owned());
    run("real server", topic, async || {
        Backend::Http(Server::new(&url, &username, &password))
    });
}

/// Replays a topic against the backend that `start` makes; fails with every difference.
fn run(name: &str, topic: &str, start: impl AsyncFnOnce() -> Backend) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let scenarios = golden::load(topic).unwrap();
    let report =
        runtime.block_on(async { replay::replay(&start().await, topic, &scenarios).await });
    let (passed, failed, skipped) = (report.passed, report.failed, report.skipped);
    let count = scenarios.len();
    let only_http = match skipped {
        0 => String::new(),
        skipped => format!(", {skipped} skipped: about HTTP itself"),
    };
    say(&format!(
        "{name}, {topic}: {count} scenarios, {passed} steps passed, {failed} failed{only_http}"
    ));
    let is_only_http = name == "in process" && topic == "23-mcp";
    assert!(
        passed > 0 || is_only_http,
        "no step of {topic} was replayed"
    );
    assert!(
        report.failures.is_empty(),
        "\n{}\n",
        report.failures.join("\n")
    );
}

/// Writes past the test harness, which shows what a test prints only when it fails.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("standard error can be written to");
}
