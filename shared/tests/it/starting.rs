//! An application answers while it waits for its database.

use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use astra_db::{CollectionDefinition, Database};
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use shared::env::{self, Env};
use shared::http::{HttpOptions, Problem, RequestId, health, layers, starting};
use shared::schema::Schema;
use shared::serve::{ServeSettings, serve_prepared};
use shared::{Startup, connect};
use test_support::Log;
use test_support::pages::{Browser, Page};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::scripted::{Answer, Scripted, refusal};

const WAKING: Answer = Answer::Status(
    503,
    r#"{"message":"Resuming your database, please try again shortly."}"#,
);

fn page(problem: &Problem, _: &RequestId) -> Response {
    let reloads = problem.reloads();
    Html(format!(
        "{} reloads: {reloads}",
        problem.sentence().unwrap()
    ))
    .into_response()
}

fn options() -> HttpOptions {
    HttpOptions {
        problem_page: Some(page),
        ..HttpOptions::default()
    }
}

async fn app(database: Database) -> anyhow::Result<Router> {
    let definition = CollectionDefinition::default();
    let schema = Schema::begin(&database, "home", &definition).await?;
    let record = schema.record();
    let opened = schema.collection("home", &definition).await;
    schema.finish(opened).await?;
    let ask = move || {
        let record = record.clone();
        async move { record.answers().await }
    };
    let routes = health::routes(ask).route("/", get(|| async { "open" }));
    Ok(layers(routes, options()))
}

/// A port that nothing listens on.
async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

fn serve_settings(port: u16) -> ServeSettings {
    let lookup = env::of(&[("PORT", &port.to_string())]);
    let mut env = Env::new(&lookup);
    let settings = ServeSettings::read(&mut env);
    env.finish(|| settings).unwrap()
}

/// Starts an application on this database.
fn launch(database: &Scripted, port: u16) -> Startup {
    let startup = Startup::default();
    let (settings, told) = (database.settings(&[]), startup.clone());
    // As in a program: what serves stays on its thread.
    std::thread::spawn(move || {
        let serving = async {
            let stand_in = starting(&told, options());
            let app = connect(&settings, &told, app);
            serve_prepared(app, stand_in, &serve_settings(port), |_| ()).await
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(serving).unwrap();
    });
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    startup
}

async fn ask(port: u16, method: &'static str, path: &'static str) -> Page {
    let address = format!("127.0.0.1:{port}");
    let asked = move || Browser::new(&address).send(method, path, &[], "");
    tokio::task::spawn_blocking(asked).await.unwrap()
}

/// Asks until it is ready.
async fn until_ready(port: u16) {
    while ask(port, "GET", "/health/ready").await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_readiness_say_that_the_database_is_waking_up() {
    let port = free_port().await;
    let woken = Arc::new(Mutex::new(false));
    let is_awake = Arc::clone(&woken);
    let server = Scripted::start(move |_| (!*is_awake.lock().unwrap()).then_some(WAKING)).await;
    let startup = launch(&server, port);
    while startup.reason().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(port, "GET", "/health/live").await.status, 200);
    for path in ["/health/ready", "/"] {
        let waiting = ask(port, "GET", path).await;
        assert_eq!(waiting.status, StatusCode::SERVICE_UNAVAILABLE);
        let said = "The database was idle and is waking up, which takes a minute or two.";
        assert!(waiting.html.contains(said), "{}", waiting.html);
        assert_eq!(waiting.header("refresh"), Some("5"));
    }
    // A form is not sent again.
    let sent = ask(port, "POST", "/").await;
    assert!(sent.html.contains("reloads: false"), "{}", sent.html);
    assert_eq!(sent.header("refresh"), None);
    *woken.lock().unwrap() = true;
    until_ready(port).await;
    assert_eq!(ask(port, "GET", "/").await.html, "open");
    assert_eq!(startup.reason(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_turns_false_while_the_token_is_refused_and_true_again() {
    let port = free_port().await;
    let server = Scripted::start(|_| None).await;
    launch(&server, port);
    until_ready(port).await;
    server.then(|_| Some(refusal("UNAUTHENTICATED_REQUEST")));
    let refused = ask(port, "GET", "/health/ready").await;
    assert_eq!(refused.status, 503);
    // For a minute it may be the database, which looks credentials up.
    assert!(
        refused.html.contains("The database does not answer."),
        "{}",
        refused.html
    );
    server.then(|_| None);
    assert_eq!(ask(port, "GET", "/health/ready").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_asks_for_one_document_and_for_no_list() {
    let port = free_port().await;
    let server = Scripted::start(|_| None).await;
    launch(&server, port);
    until_ready(port).await;
    server.then(|asked| (asked.command != "findOne").then_some(Answer::Never));
    assert_eq!(ask(port, "GET", "/health/ready").await.status, 200);
    assert_eq!(server.commands(), ["findOne"]);
}

#[tokio::test]
async fn the_log_says_what_is_waited_for_and_not_too_often() {
    let server = Scripted::start(|asked| match asked.earlier {
        // The client tries three times by itself.
        0..=2 => Some(WAKING),
        3..=5 => Some(Answer::Closed),
        _ => None,
    })
    .await;
    let log = Log::default();
    let guard = log.start();
    let started = connect(&server.settings(&[]), &Startup::default(), app).await;
    drop(started.unwrap());
    drop(guard);
    let lines = log.lines();
    let lines = lines
        .iter()
        .map(|line| line["fields"]["message"].as_str().unwrap());
    let waiting: Vec<&str> = lines
        .filter(|line| line.starts_with("waiting for"))
        .collect();
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    assert!(waiting[0].contains("waking up"), "{waiting:?}");
    assert!(waiting[1].contains("does not answer"), "{waiting:?}");
}

#[tokio::test]
async fn visitors_who_come_too_early_are_no_errors_in_the_log() {
    let app = starting(&Startup::default(), HttpOptions::default());
    let log = Log::default();
    let guard = log.start();
    for path in ["/", "/health/ready"] {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty());
        let response = app.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    drop(guard);
    let lines = log.lines();
    let errors: Vec<_> = lines.iter().filter(|it| it["level"] == "ERROR").collect();
    assert!(!lines.is_empty() && errors.is_empty(), "{lines:?}");
}
