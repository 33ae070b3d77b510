//! The three applications in one database of Astra's free plan: 10 collections, 100 indexes, 50 tables.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use astra_db::{DataApiClient, Database, Environment, UsernamePassword};
use astra_local::{Credentials, Engine, Limits};
use test_support::{Running, skipped};
use tokio::net::TcpListener;

/// A Data API over HTTP on an empty database, with Astra's limits.
async fn server() -> String {
    let engine = Engine::in_memory().unwrap().with_limits(Limits::astra());
    let routes = astra_local::router(engine, Credentials::default());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, routes).into_future());
    url
}

fn database(url: &str) -> Database {
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .token(UsernamePassword::new("cassandra", "cassandra"))
        .build();
    let database = client.unwrap().database(url).unwrap();
    database.keyspace("default_keyspace")
}

/// The program two folders above this one: `cargo test --workspace` builds every program before it runs the first test.
fn built(name: &str) -> Option<PathBuf> {
    let this = std::env::current_exe().unwrap();
    let program = this.parent()?.parent()?.join(name);
    if !program.exists() {
        skipped(&format!(
            "{name} is not built, which cargo test --workspace does"
        ));
        return None;
    }
    Some(program)
}

fn command(name: &str, url: &str) -> Option<Command> {
    let mut command = Command::new(built(name)?);
    command
        .env_clear()
        .env("DATA_API_URL", url)
        .env("DATA_API_USERNAME", "cassandra")
        .env("DATA_API_PASSWORD", "cassandra")
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null());
    Some(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_applications_start_in_one_database() {
    let url = server().await;
    // One after another, and each a second time beside the others.
    for name in [
        "ecommerce",
        "reviews",
        "discord-bot",
        "ecommerce",
        "reviews",
        "discord-bot",
    ] {
        let Some(mut command) = command(name, &url) else {
            return;
        };
        if name == "discord-bot" {
            // It is met in a terminal, whose input ends after one command.
            let piped = command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            let mut bot = piped.spawn().unwrap();
            bot.stdin.take().unwrap().write_all(b"/ping\n").unwrap();
            let output = bot.wait_with_output().unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        } else {
            Running::start(&mut command).stop();
        }
    }
    let database = database(&url);
    let collections = database.list_collection_names().await.unwrap();
    for name in [
        "carts",
        "checkouts",
        "orders",
        "products",
        "secrets",
        "documents",
        "searches",
    ] {
        assert!(
            collections.iter().any(|found| found == name),
            "{name}: {collections:?}"
        );
    }
    assert!(collections.len() <= 10, "{collections:?}");
    assert!(!database.list_table_names().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_database_ends_the_start_with_what_is_missing() {
    let url = server().await;
    let database = database(&url);
    database.create_keyspace("default_keyspace").await.unwrap();
    for number in 0..7 {
        database
            .create_collection(format!("taken_{number}"))
            .await
            .unwrap();
    }
    let Some(mut command) = command("ecommerce", &url) else {
        return;
    };
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    for part in [
        "has no room for what is missing",
        "`astra-dev status` shows what is used",
        "the collection checkouts, the collection orders",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
