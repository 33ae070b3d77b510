//! From settings to a database that answers.

use serde_json::{Value, json};
use shared::env;
use shared::settings::DataSettings;
use tokio::net::TcpListener;

/// The local Data API over HTTP, as a stand-in for a self-hosted one.
async fn self_hosted() -> String {
    let credentials = astra_local::Credentials::new("shop", "pass:word/é");
    let router = astra_local::router(astra_local::Engine::in_memory().unwrap(), credentials);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Connects as the variables say, writes a document and reads it back.
async fn round_trip(pairs: &[(&str, &str)]) -> anyhow::Result<Value> {
    let settings = DataSettings::from_env(env::of(pairs))?;
    let database = shared::connect(&settings).await?;
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

    let database = shared::connect(&DataSettings::embedded(&directory))
        .await
        .unwrap();
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
    let first = shared::connect(&settings).await.unwrap();
    let error = shared::connect(&settings).await.unwrap_err();
    let text = format!("{error:#}");
    assert!(
        text.contains("in use") && text.contains(folder.path().to_str().unwrap()),
        "{text}"
    );
    drop(first);
    shared::connect(&settings).await.unwrap();
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

#[tokio::test]
async fn a_wrong_password_is_refused_at_the_start() {
    let url = self_hosted().await;
    let pairs = [
        ("DATA_API_URL", url.as_str()),
        ("DATA_API_USERNAME", "shop"),
        ("DATA_API_PASSWORD", "guessed"),
    ];
    let settings = DataSettings::from_env(env::of(&pairs)).unwrap();
    let error = shared::connect(&settings).await.unwrap_err();
    let cause = error.downcast_ref::<astra_db::Error>().unwrap();
    assert!(cause.is_unauthorized(), "{error:#}");
    assert!(!format!("{error:#}").contains("guessed"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let settings = DataSettings::from_env(env::of(&[
        ("DATA_API_URL", "http://127.0.0.1:1"),
        ("DATA_API_USERNAME", "shop"),
        ("DATA_API_PASSWORD", "secret"),
    ]));
    let error = shared::connect(&settings.unwrap()).await.unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("http://127.0.0.1:1"), "{text}");
}

#[tokio::test]
async fn an_unknown_collection_with_an_odd_name_is_unknown_and_nothing_worse() {
    let database = shared::connect::in_memory().await.unwrap();
    for name in ["with space", "a/b", "ünï", "%2F"] {
        let found = database.collection::<Value>(name).find_one(json!({})).await;
        assert!(found.unwrap_err().is_not_found(), "{name}");
    }
}
