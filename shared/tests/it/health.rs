//! The probes.

use astra_db::http::StatusCode;
use astra_db::{DataApiClient, Database, Document};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use serde_json::json;
use shared::env::{self, Env};
use shared::http::{HttpOptions, health, layers};
use shared::serve::{self, ServeSettings};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

async fn probe(path: &str, database: Database) -> StatusCode {
    let ask = move || {
        let home = database.collection::<Document>("home");
        async move { home.find_one(json!({ "_id": "any" })).await.map(drop) }
    };
    let app: Router = layers(health::routes(ask), HttpOptions::default());
    let request = Request::get(path).body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap().status()
}

fn unreachable_database() -> Database {
    let client = DataApiClient::builder()
        .environment(astra_db::Environment::Other)
        .retry(astra_db::DefaultRetryPolicy::never())
        .build()
        .unwrap();
    client
        .database("http://127.0.0.1:1")
        .unwrap()
        .keyspace("shop")
}

#[tokio::test]
async fn an_application_is_ready_while_its_database_answers() {
    let database = shared::connect::in_memory().await.unwrap();
    database.create_collection("home").await.unwrap();
    assert_eq!(probe("/health/ready", database.clone()).await, 200);
    assert_eq!(probe("/health/live", database).await, 200);
}

#[tokio::test]
async fn without_its_database_an_application_is_alive_but_not_ready() {
    assert_eq!(probe("/health/ready", unreachable_database()).await, 503);
    assert_eq!(probe("/health/live", unreachable_database()).await, 200);
}

/// What `health` says of a server that answers so, listening on a port of its own.
async fn asked(status: StatusCode) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = Router::new().route("/health/ready", get(move || async move { status }));
    let server = tokio::spawn(axum::serve(listener, app).into_future());
    let answer = ask("0.0.0.0", port).await;
    server.abort();
    answer.map_err(|sentence| sentence.replace(&port.to_string(), "PORT"))
}

/// What `health` says with these settings.
async fn ask(host: &str, port: u16) -> Result<(), String> {
    let lookup = env::of(&[("HOST", host), ("PORT", &port.to_string())]);
    let mut env = Env::new(&lookup);
    let settings = ServeSettings::read(&mut env);
    let settings = env.finish(|| settings).unwrap();
    let answer = serve::health(&settings).await;
    answer.map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn whoever_asks_hears_in_one_sentence_how_a_server_is() {
    assert_eq!(asked(StatusCode::OK).await, Ok(()));
    assert_eq!(
        asked(StatusCode::SERVICE_UNAVAILABLE).await.unwrap_err(),
        "not ready: http://127.0.0.1:PORT/health/ready answers 503 Service Unavailable"
    );
    // Something else listens there.
    assert_eq!(
        asked(StatusCode::NOT_FOUND).await.unwrap_err(),
        "not ready: http://127.0.0.1:PORT/health/ready answers 404 Not Found"
    );
}

#[tokio::test]
async fn whoever_asks_where_nobody_is_hears_that() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    assert_eq!(
        ask("localhost", port).await.unwrap_err(),
        format!("nothing answers on http://localhost:{port}/health/ready")
    );
    assert_eq!(
        ask("127.0.0.1", 0).await.unwrap_err(),
        "PORT is 0, which stands for any free port: nobody knows which one to ask"
    );
}
