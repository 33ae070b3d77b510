//! From settings to a database that answers.

use astra_db::{Database, ErrorCode};
use serde_json::{Value, json};
use shared::Startup;
use shared::env;
use shared::settings::DataSettings;
use test_support::Log;
use tokio::net::TcpListener;

use crate::scripted::{Scripted, refusal};

/// The local Data API over HTTP, as a stand-in for a self-hosted one.
async fn self_hosted() -> String {
    let credentials = astra_local::Credentials::new("shop", "pass:word/é");
    let router = astra_local::router(astra_local::Engine::in_memory().unwrap(), credentials);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Connects as an application does that reads a document first.
async fn connect(settings: &DataSettings) -> anyhow::Result<Database> {
    shared::connect(settings, &Startup::default(), async |database: Database| {
        let notes = database.collection::<Value>("notes");
        match notes.find_one(json!({ "_id": "n0" })).await {
            Err(error) if error.code() == Some(&ErrorCode::UnknownCollectionOrTable) => {}
            read => drop(read?),
        }
        Ok(database)
    })
    .await
}

/// Connects as the variables say, writes a document and reads it back.
async fn round_trip(pairs: &[(&str, &str)]) -> anyhow::Result<Value> {
    let settings = DataSettings::from_env(env::of(pairs))?;
    let database = connect(&settings).await?;
    database.create_collection("notes").await?;
    let notes = database.collection::<Value>("notes");
    notes
        .insert_one(json!({"_id": "n1", "text": "kept"}))
        .await?;
    let note = notes.find_one(json!({"_id": "n1"})).await?;
    note.ok_or_else(|| anyhow::anyhow!("the note is gone"))
}

#[tokio::test]
async fn the_embedded_database_keeps_what_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("not/there/yet");
    let pairs = [("DATA_DIR", directory.to_str().unwrap())];
    let note = json!({"_id": "n1", "text": "kept"});
    assert_eq!(round_trip(&pairs).await.unwrap(), note);

    let database = connect(&DataSettings::embedded(&directory)).await.unwrap();
    let again = database
        .collection::<Value>("notes")
        .find_one(json!({}))
        .await;
    assert_eq!(again.unwrap(), Some(note));
}

#[tokio::test]
async fn a_second_user_of_the_embedded_database_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let settings = DataSettings::embedded(folder.path());
    let first = connect(&settings).await.unwrap();
    let error = connect(&settings).await.unwrap_err();
    let text = format!("{error:#}");
    assert!(
        text.contains("in use") && text.contains(folder.path().to_str().unwrap()),
        "{text}"
    );
    drop(first);
    connect(&settings).await.unwrap();
}

#[tokio::test]
async fn a_self_hosted_data_api_is_reached_by_url_user_and_password() {
    let url = self_hosted().await;
    let pairs = [
        ("DATA_API_URL", url.as_str()),
        ("DATA_API_USERNAME", "shop"),
        ("DATA_API_PASSWORD", "pass:word/é"),
        ("ASTRA_DB_KEYSPACE", "new_keyspace"),
    ];
    assert_eq!(round_trip(&pairs).await.unwrap()["text"], "kept");
}

#[tokio::test]
async fn a_connection_string_names_everything() {
    let url = self_hosted()
        .await
        .replace("http://", "http://shop:pass%3Aword%2F%C3%A9@");
    let uri = format!("{url}/v1/orders");
    let pairs = [("DATA_API_URI", uri.as_str())];
    let settings = DataSettings::from_env(env::of(&pairs)).unwrap();
    assert_eq!(settings.keyspace, "orders");
    assert!(!format!("{settings:?}").contains("word"));
    assert_eq!(round_trip(&pairs).await.unwrap()["text"], "kept");
}

/// Why an application does not start that may not wait.
async fn ends(pairs: &[(&str, &str)]) -> String {
    let mut pairs = pairs.to_vec();
    pairs.push(("DATABASE_WAIT_SECONDS", "0"));
    let settings = DataSettings::from_env(env::of(&pairs)).unwrap();
    format!("{:#}", connect(&settings).await.unwrap_err())
}

#[tokio::test]
async fn a_wrong_password_is_refused_at_the_start() {
    let url = self_hosted().await;
    let pairs = [
        ("DATA_API_URL", url.as_str()),
        ("DATA_API_USERNAME", "shop"),
        ("DATA_API_PASSWORD", "guessed"),
    ];
    let said = ends(&pairs).await;
    assert!(
        said.starts_with(&format!("{url} refuses the user or password")),
        "{said}"
    );
    assert!(
        said.contains("check DATA_API_USERNAME") && !said.contains("guessed"),
        "{said}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let said = ends(&[
        ("DATA_API_URL", "http://127.0.0.1:1"),
        ("DATA_API_USERNAME", "shop"),
        ("DATA_API_PASSWORD", "secret"),
    ])
    .await;
    assert!(
        said.starts_with("the database at http://127.0.0.1:1 does not answer"),
        "{said}"
    );
}

#[tokio::test]
async fn rights_that_are_missing_are_told_from_credentials_that_are_wrong() {
    let server = Scripted::start(|_| Some(refusal("UNAUTHORIZED_ACCESS"))).await;
    let pairs = [
        ("DATA_API_URL", server.url.as_str()),
        ("DATA_API_USERNAME", "cassandra"),
        ("DATA_API_PASSWORD", "cassandra"),
    ];
    let said = ends(&pairs).await;
    assert!(
        said.contains("is valid, but may not read the keyspace default_keyspace"),
        "{said}"
    );
    assert!(said.contains("grant the user"), "{said}");
}

#[tokio::test]
async fn a_server_that_starts_later_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}");
    let settings = DataSettings::from_env(env::of(&[
        ("DATA_API_URL", &url),
        ("DATA_API_USERNAME", "cassandra"),
        ("DATA_API_PASSWORD", "cassandra"),
    ]));
    let startup = Startup::default();
    let told = startup.clone();
    let starting = tokio::spawn(async move {
        let read = async |database: Database| Ok(database.list_collection_names().await?);
        shared::connect(&settings.unwrap(), &told, read).await
    });
    while startup.reason().is_none() {
        tokio::task::yield_now().await;
    }
    Scripted::start_on(TcpListener::bind(address).await.unwrap(), |_| None);
    starting.await.unwrap().unwrap();
}

#[tokio::test]
async fn credentials_that_too_few_nodes_can_look_up_are_tried_again() {
    let server =
        Scripted::start(|asked| (asked.earlier < 2).then(|| refusal("UNAUTHORIZED_ACCESS"))).await;
    connect(&server.settings(&[])).await.unwrap();
}

#[tokio::test]
async fn a_keyspace_is_made_with_the_copies_that_are_set() {
    let server = Scripted::start(|_| None).await;
    let copies = [("DATA_API_REPLICATION", "dc1:3,dc2:2")];
    connect(&server.settings(&copies)).await.unwrap();
    let wanted = json!({ "class": "NetworkTopologyStrategy", "dc1": 3, "dc2": 2 });
    let made = server.payloads("createKeyspace");
    assert_eq!(
        made,
        [json!({ "name": "default_keyspace", "options": { "replication": wanted } })]
    );
    // It is made once.
    connect(&server.settings(&copies)).await.unwrap();
    assert_eq!(server.payloads("createKeyspace").len(), 1);
}

#[tokio::test]
async fn one_copy_is_said_plainly() {
    let server = Scripted::start(|_| None).await;
    let log = Log::default();
    let guard = log.start();
    connect(&server.settings(&[])).await.unwrap();
    drop(guard);
    let warning = log
        .lines()
        .into_iter()
        .find(|line| line["level"] == "WARN")
        .unwrap();
    let said = warning["fields"]["message"].as_str().unwrap();
    assert!(
        said.contains("one copy") && said.contains("DATA_API_REPLICATION"),
        "{said}"
    );
}

#[tokio::test]
async fn an_unknown_collection_with_an_odd_name_is_unknown_and_nothing_worse() {
    let database = shared::connect::in_memory().await.unwrap();
    for name in ["with space", "a/b", "ünï", "%2F"] {
        let found = database.collection::<Value>(name).find_one(json!({})).await;
        assert!(found.unwrap_err().is_not_found(), "{name}");
    }
}
