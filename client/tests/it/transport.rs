//! Transports of one's own.

use std::sync::Arc;

use astra_db::{DataApiClient, Environment, HttpTransport, Transport};
use serde_json::json;

use crate::support::{Outcome, Script, Server};

#[tokio::test]
async fn a_transport_may_be_shared_and_its_endpoint_be_any_name() {
    let script = Script::of([Outcome::Reply(200, r#"{"status": {"keyspaces": ["a"]}}"#)]);
    let shared: Arc<dyn Transport> = Arc::new(script.clone());
    let client = DataApiClient::builder().transport(shared).build().unwrap();
    let db = client.database("embedded").unwrap();
    assert_eq!(
        (db.environment(), db.keyspace_name()),
        (Environment::Other, None)
    );
    assert_eq!(db.list_keyspaces().await.unwrap(), ["a"]);
    let request = &script.requests()[0];
    assert_eq!((&*request.root, request.path.as_str()), ("embedded/v1", ""));
    assert!(!request.headers.contains_key("token"), "none was given");
    assert!(request.deadline.is_some());
}

#[tokio::test]
async fn an_http_client_of_ones_own_may_carry() {
    let server = Server::answering("{}").await;
    let http = HttpTransport::from(reqwest::Client::new());
    let client = DataApiClient::builder().transport(http).build().unwrap();
    client
        .database(server.address())
        .unwrap()
        .keyspace("ks")
        .command(json!({"find": {}}))
        .await
        .unwrap();
    assert_eq!(server.only().path, "/v1/ks");
}
