//! Every method of the client that works on documents, and tables made of structs, against every backend: the engine in
//! this process, the same over HTTP, and a real Data API where `DATA_API_URL` names one.

mod changes;
mod documents;
mod pages;
mod queries;
mod sync;
mod vectors;

use std::panic::AssertUnwindSafe;
use std::sync::Once;

use astra_db::{
    Collection, CollectionDefinition, DataApiClient, Database, Environment, UsernamePassword,
};
use astra_local::{Credentials, Engine};
use futures_util::FutureExt as _;
use shared::EmbeddedTransport;
use tokio::net::TcpListener;

/// Runs a test in an empty keyspace of each backend.
pub(crate) async fn everywhere(test: impl AsyncFn(Database)) {
    on(backends().await, test).await;
}

/// Like `everywhere`, for what only the local Data API has.
pub(crate) async fn locally(test: impl AsyncFn(Database)) {
    on(local_backends().await, test).await;
}

#[expect(clippy::print_stdout, reason = "shown when the test fails")]
async fn on(backends: Vec<(&'static str, Database)>, test: impl AsyncFn(Database)) {
    for (name, database) in backends {
        let keyspace = format!("actions_{}", uuid::Uuid::new_v4().simple());
        database.create_keyspace(&*keyspace).await.unwrap();
        println!("{name}: {keyspace}");
        let outcome = AssertUnwindSafe(test(database.keyspace(&*keyspace)));
        let outcome = outcome.catch_unwind().await;
        database.drop_keyspace(&*keyspace).await.unwrap();
        if let Err(failure) = outcome {
            std::panic::resume_unwind(failure);
        }
    }
}

async fn backends() -> Vec<(&'static str, Database)> {
    let mut backends = local_backends().await;
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(url) = variable("DATA_API_URL") {
        let username = variable("DATA_API_USERNAME").unwrap_or_else(|| "cassandra".to_owned());
        let password = variable("DATA_API_PASSWORD").unwrap_or_else(|| "cassandra".to_owned());
        backends.push(("real server", self_hosted(&url, &username, &password)));
    } else {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| crate::say("real server, client: skipped: DATA_API_URL is not set"));
    }
    backends
}

async fn local_backends() -> Vec<(&'static str, Database)> {
    vec![
        ("in process", in_process()),
        ("over HTTP", over_http().await),
    ]
}

fn in_process() -> Database {
    let transport = EmbeddedTransport::new(Engine::in_memory().unwrap());
    let client = DataApiClient::builder()
        .transport(transport)
        .build()
        .unwrap();
    client.database("embedded").unwrap()
}

async fn over_http() -> Database {
    let credentials = Credentials::new("actions", "s3cret");
    let router = astra_local::router(Engine::in_memory().unwrap(), credentials);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    self_hosted(&url, "actions", "s3cret")
}

fn self_hosted(url: &str, username: &str, password: &str) -> Database {
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .token(UsernamePassword::new(username, password))
        .build();
    client.and_then(|client| client.database(url)).unwrap()
}

async fn new_collection(database: &Database) -> Collection {
    new_collection_of(database, CollectionDefinition::default()).await
}

async fn new_collection_of(database: &Database, definition: CollectionDefinition) -> Collection {
    database
        .create_collection("documents")
        .definition(definition)
        .await
        .unwrap()
}
