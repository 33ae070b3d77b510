//! What goes along with every command.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use astra_db::http::{HeaderName, HeaderValue};
use astra_db::{
    AwsEmbeddingKeys, BoxError, Collection, DataApiClient, EmbeddingKey, Environment, Error,
    RerankingKey, SecretString, Token, TokenProvider, UsernamePassword,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use crate::support::{Answer, Outcome, Script, Server, builder, failure, scripted};

const VERSION: &str = concat!("astra-db-rs/", env!("CARGO_PKG_VERSION"));

#[tokio::test]
async fn a_command_carries_token_content_type_and_user_agent() {
    let server = Server::answering("{}").await;
    server
        .database(builder())
        .command(json!({"find": {}}))
        .collection("c")
        .await
        .unwrap();
    let seen = server.only();
    assert_eq!(seen.path, "/v1/ks/c");
    assert_eq!(seen.body, json!({"find": {}}));
    assert_eq!(seen.header("token"), Some("secret-token"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("user-agent"), Some(VERSION));
    assert_eq!(seen.header("accept-encoding"), Some("gzip"));
    assert_eq!(seen.header("authorization"), None, "the server ignores it");
}

#[tokio::test]
async fn without_a_token_no_token_is_sent() {
    let server = Server::answering("{}").await;
    let builder = DataApiClient::builder().environment(Environment::Other);
    server
        .database(builder)
        .command(json!({"find": {}}))
        .await
        .unwrap();
    assert_eq!(server.only().header("token"), None);
}

#[tokio::test]
async fn a_user_is_sent_as_the_token_cassandra_clusters_expect() {
    let server = Server::answering("{}").await;
    let builder = builder().token(UsernamePassword::new("cassandra", "pässword"));
    server
        .database(builder)
        .command(json!({"find": {}}))
        .await
        .unwrap();
    assert_eq!(
        server.only().header("token"),
        Some("Cassandra:Y2Fzc2FuZHJh:cMOkc3N3b3Jk")
    );
}

#[tokio::test]
async fn callers_come_first_in_the_user_agent_the_nearest_one_before_the_others() {
    let server = Server::answering("{}").await;
    let builder = builder().options(|options| options.caller("framework", "2.0"));
    let db = server
        .database(builder)
        .with_options(|options| options.caller("my-shop", "1.2"));
    db.command(json!({"find": {}})).await.unwrap();
    let expected = format!("my-shop/1.2 framework/2.0 {VERSION}");
    assert_eq!(server.only().header("user-agent"), Some(expected.as_str()));
}

/// The Java client loses this key on the way from client and collection options, the TypeScript
/// client sends it under a name the server does not read.
#[tokio::test]
async fn the_reranking_key_is_sent_by_its_right_name_from_every_level() {
    let key = || RerankingKey::new("rerank-secret");
    let server = Server::answering(r#"{"status": {"count": 0}}"#).await;
    let find = json!({"findAndRerank": {}});

    let client = server.database(builder().options(|options| options.reranking(key())));
    client.command(&find).collection("c").await.unwrap();
    let database = server
        .database(builder())
        .with_options(|options| options.reranking(key()));
    database.command(&find).collection("c").await.unwrap();
    let call = server.database(builder()).command(&find).collection("c");
    call.with_options(|options| options.reranking(key()))
        .await
        .unwrap();
    for seen in server.seen() {
        assert_eq!(seen.header("reranking-api-key"), Some("rerank-secret"));
        assert_eq!(seen.header("x-rerank-api-key"), None);
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn embedding_keys_are_sent_by_the_names_the_server_reads() {
    let server = Server::answering("{}").await;
    let db = server.database(builder());
    let one = db.with_options(|options| options.embedding(EmbeddingKey::new("sk-1")));
    one.command(json!({"find": {}})).await.unwrap();
    let two = one.with_options(|options| options.embedding(AwsEmbeddingKeys::new("id", "key")));
    two.command(json!({"find": {}})).await.unwrap();
    let [one, two] = &server.seen()[..] else {
        panic!("two requests")
    };
    assert_eq!(one.header("x-embedding-api-key"), Some("sk-1"));
    assert_eq!(two.header("x-embedding-api-key"), None);
    assert_eq!(two.header("x-embedding-access-id"), Some("id"));
    assert_eq!(two.header("x-embedding-secret-id"), Some("key"));
}

#[tokio::test]
async fn further_headers_can_be_added_and_taken_away_again() {
    let flag = HeaderName::from_static("feature-flag-lexical");
    let server = Server::answering("{}").await;
    let db = server
        .database(builder().options(|o| o.header(flag.clone(), HeaderValue::from_static("true"))));
    db.command(json!({"find": {}})).await.unwrap();
    let without = db.with_options(|options| options.without_header(flag));
    without.command(json!({"find": {}})).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("feature-flag-lexical"), Some("true"));
    assert_eq!(seen[1].header("feature-flag-lexical"), None);
}

#[tokio::test]
async fn a_handle_with_other_options_leaves_the_original_as_it_was() {
    let server = Server::answering("{}").await;
    let db = server.database(builder());
    let other = db.with_options(|options| options.token("other-token"));
    other.command(json!({"find": {}})).await.unwrap();
    db.command(json!({"find": {}})).await.unwrap();
    let tokens: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("token").unwrap().to_owned())
        .collect();
    assert_eq!(tokens, ["other-token", "secret-token"]);
}

#[tokio::test]
async fn options_of_a_database_reach_its_collections() {
    let server = Server::answering(r#"{"status": {"collections": []}}"#).await;
    let db = server
        .database(builder())
        .with_options(|options| options.caller("app", "3"));
    let collection: Collection = db.collection("c");
    collection.database().list_collection_names().await.unwrap();
    assert_eq!(
        server.only().header("user-agent"),
        Some(format!("app/3 {VERSION}").as_str())
    );
}

#[derive(Debug, Default)]
struct Rotating(AtomicU32);

impl TokenProvider for Rotating {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if n == 2 {
                Err("the vault is sealed".into())
            } else {
                Ok(format!("token-{n}").into())
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_provider_is_asked_for_every_attempt() {
    let script = Script::of([Outcome::Reply(503, ""), Outcome::Reply(200, "{}")]);
    let db = scripted(&script)
        .with_options(|options| options.token(Token::provided_by(Rotating::default())));
    db.command(json!({"find": {}})).await.unwrap();
    let tokens: Vec<_> = script
        .requests()
        .iter()
        .map(|request| request.headers["token"].clone())
        .collect();
    assert_eq!(tokens, ["token-0", "token-1"]);

    let error = failure(db.command(json!({"find": {}})).await);
    assert!(matches!(error, Error::Credentials { .. }), "{error:?}");
    assert_eq!(script.attempts(), 2, "nothing is sent without a token");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_fails_on_a_repetition_does_not_hide_what_was_sent_before() {
    let script = Script::of([Outcome::Interrupted]);
    let provider = Rotating(AtomicU32::new(1));
    let db = scripted(&script).with_options(|o| o.token(Token::provided_by(provider)));
    let error = failure(db.command(json!({"find": {}})).await);
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(script.attempts(), 1);
}

#[derive(Debug)]
struct Stuck;

impl TokenProvider for Stuck {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_provider_has_no_more_time_than_the_call() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let db = scripted(&script).with_options(|o| o.token(Token::provided_by(Stuck)));
    let error = failure(
        db.command(json!({"deleteMany": {}}))
            .timeout(Duration::from_secs(1))
            .await,
    );
    assert!(
        error.is_timeout() && !error.is_outcome_unknown(),
        "nothing was sent: {error}"
    );
    assert_eq!(script.attempts(), 0);
}

/// The official C# client opens a connection for every command.
#[tokio::test]
async fn all_handles_of_a_client_share_their_connections() {
    let server = Server::answering("{}").await;
    let client = builder().build().unwrap();
    for n in 0..10 {
        let client = client.with_options(|options| options.caller("x", "1"));
        let db = client
            .database(server.address())
            .unwrap()
            .keyspace(format!("ks{n}"));
        db.command(json!({"find": {}}))
            .collection("c")
            .await
            .unwrap();
    }
    assert_eq!(server.seen().len(), 10);
    // A second one may be begun while the first is on its way back to the pool.
    assert!(server.connections() <= 2, "{}", server.connections());
}

/// `{"status": {"count": 7}}`, compressed.
const GZIP: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 46, 73, 44, 41, 45, 86, 178, 82, 168, 86, 74,
    206, 47, 205, 43, 1, 178, 204, 107, 107, 1, 60, 149, 217, 13, 24, 0, 0, 0,
];

#[tokio::test]
async fn compressed_answers_are_read() {
    let server = Server::start(|_| Answer::Encoded("gzip", GZIP.to_vec())).await;
    let reply = server
        .database(builder())
        .command(json!({"countDocuments": {}}))
        .await
        .unwrap();
    assert_eq!(
        reply.status::<serde_json::Value>().unwrap(),
        json!({"count": 7})
    );
}
