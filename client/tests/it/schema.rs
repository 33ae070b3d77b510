//! Collections, keyspaces and providers on the wire.

use astra_db::schema::{CollectionDefinition, ServiceOptions};
use astra_db::{DataApiClient, Environment, Error, ModelStatus, Replication};
use serde_json::{Value, json};

use crate::support::{Outcome, Script, Server, builder, failure};

const DONE: &str = r#"{"status": {"ok": 1}}"#;

/// As the server answers `findCollections` with `explain`, and one option newer than this crate.
const LISTED: &str = r#"{"status": {"collections": [
    {"name": "plain", "options": {"lexical": {"enabled": false}, "rerank": {"enabled": true,
        "service": {"provider": "nvidia", "modelName": "nvidia/llama-3.2-nv-rerankqa-1b-v2"}}}},
    {"name": "full", "options": {
        "vector": {"dimension": 1536, "metric": "cosine", "sourceModel": "other",
                   "service": {"provider": "openai", "modelName": "text-embedding-3-small",
                               "authentication": {"providerKey": "mine"}, "parameters": {"projectId": "p"}}},
        "indexing": {"allow": ["name", "addr.city"]}, "defaultId": {"type": "uuidv7"},
        "lexical": {"enabled": true, "analyzer": {"tokenizer": {"name": "standard"}}},
        "rerank": {"enabled": false}}},
    {"name": "newer", "options": {"defaultId": {"type": "snowflake"},
        "vector": {"dimension": 3, "metric": "manhattan"}, "compaction": {"strategy": "UCS"},
        "lexical": {"enabled": true, "analyzer": "english"}}}]}}"#;

#[tokio::test]
async fn what_is_listed_can_be_created_again_as_it_is() {
    let listed: Value = serde_json::from_str(LISTED).unwrap();
    let server = Server::start(|n| if n == 0 { LISTED.into() } else { DONE.into() }).await;
    let db = server.database(builder());
    for found in db.list_collections().await.unwrap() {
        db.create_collection(found.name)
            .definition(found.definition)
            .await
            .unwrap();
    }
    let seen = server.seen();
    assert_eq!(
        seen[0].body,
        json!({"findCollections": {"options": {"explain": true}}})
    );
    let created: Vec<_> = seen[1..]
        .iter()
        .map(|seen| &seen.body["createCollection"])
        .collect();
    assert_eq!(json!(created), listed["status"]["collections"]);
}

#[tokio::test]
async fn a_collection_is_created_with_every_option_by_its_wire_name() {
    let server = Server::answering(DONE).await;
    let definition = CollectionDefinition::default()
        .indexing_deny(["a.b"])
        .lexical("standard")
        .rerank(ServiceOptions::new("nvidia", "m").authentication("providerKey", "k"));
    let db = server.database(builder());
    let collection = db
        .create_collection("c")
        .definition(definition)
        .await
        .unwrap();
    assert_eq!(collection.name(), "c");
    let seen = server.only();
    assert_eq!(seen.path, "/v1/ks");
    assert_eq!(
        seen.body,
        json!({"createCollection": {"name": "c", "options": {
            "indexing": {"deny": ["a.b"]},
            "lexical": {"enabled": true, "analyzer": "standard"},
            "rerank": {"enabled": true, "service": {"provider": "nvidia", "modelName": "m",
                                                    "authentication": {"providerKey": "k"}}},
        }}})
    );
}

#[tokio::test]
async fn names_are_listed_and_collections_dropped() {
    let server = Server::start(|n| match n {
        0 => r#"{"status": {"collections": ["a", "b"]}}"#.into(),
        _ => DONE.into(),
    })
    .await;
    let db = server.database(builder());
    assert_eq!(db.list_collection_names().await.unwrap(), ["a", "b"]);
    db.drop_collection("a").await.unwrap();
    assert_eq!(
        server.seen()[1].body,
        json!({"deleteCollection": {"name": "a"}})
    );
}

/// The TypeScript client writes `replicationFactor`, which the server ignores for 1.
#[tokio::test]
async fn the_replication_factor_is_spelt_as_the_server_reads_it() {
    let server = Server::answering(DONE).await;
    let db = server.database(builder());
    db.create_keyspace("a").await.unwrap();
    db.create_keyspace("b")
        .replication(Replication::simple(3))
        .await
        .unwrap();
    let two = Replication::network_topology([("dc1", 3), ("dc2", 2)]);
    db.create_keyspace("c").replication(two).await.unwrap();
    db.drop_keyspace("c").await.unwrap();
    let bodies: Vec<_> = server
        .seen()
        .into_iter()
        .map(|seen| (seen.path, seen.body))
        .collect();
    let simple = json!({"class": "SimpleStrategy", "replication_factor": 3});
    let network = json!({"class": "NetworkTopologyStrategy", "dc1": 3, "dc2": 2});
    assert_eq!(
        bodies,
        [
            ("/v1".into(), json!({"createKeyspace": {"name": "a"}})),
            (
                "/v1".into(),
                json!({"createKeyspace": {"name": "b", "options": {"replication": simple}}})
            ),
            (
                "/v1".into(),
                json!({"createKeyspace": {"name": "c", "options": {"replication": network}}})
            ),
            ("/v1".into(), json!({"dropKeyspace": {"name": "c"}})),
        ]
    );
}

#[tokio::test]
async fn keyspaces_are_listed() {
    let server = Server::answering(r#"{"status": {"keyspaces": ["system", "shop"]}}"#).await;
    let names = server.database(builder()).list_keyspaces().await.unwrap();
    assert_eq!(names, ["system", "shop"]);
    assert_eq!(server.only().body, json!({"findKeyspaces": {}}));
}

#[tokio::test]
async fn on_astra_keyspaces_are_not_made_by_the_data_api_and_the_error_says_by_what() {
    let script = Script::of([Outcome::Reply(200, DONE)]);
    let builder = DataApiClient::builder().environment(Environment::Astra);
    let client = builder.transport(script.clone()).build().unwrap();
    let db = client.database("https://x").unwrap();
    for error in [
        failure(db.create_keyspace("a").await),
        failure(db.drop_keyspace("a").await),
    ] {
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        let said = if cfg!(feature = "devops") {
            "names no database id"
        } else {
            "turn on the feature \"devops\""
        };
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(script.attempts(), 0);
}

const PROVIDERS: &str = r#"{"status": {"embeddingProviders": {"openai": {"displayName": "OpenAI",
    "url": "https://api.openai.com/v1/",
    "supportedAuthentication": {"HEADER": {"enabled": true,
        "tokens": [{"accepted": "x-embedding-api-key", "forwarded": "Authorization"}]},
        "NONE": {"enabled": false, "tokens": []}},
    "parameters": [{"name": "organizationId", "displayName": "Organization", "type": "STRING",
        "required": false, "defaultValue": null, "validation": {}, "help": "h", "hint": "i"}],
    "models": [{"name": "text-embedding-3-small", "apiModelSupport": {"status": "SUPPORTED"},
        "vectorDimension": null, "parameters": [{"name": "vectorDimension", "type": "number",
        "required": true, "defaultValue": "1536", "validation": {"numericRange": [2, 1536]},
        "help": "h"}]}]}}}}"#;

/// The TypeScript client sends `{}` whatever filter is asked for.
#[tokio::test]
async fn the_filter_on_models_is_sent() {
    let server = Server::answering(PROVIDERS).await;
    let db = server.database(builder());
    let providers = db.find_embedding_providers().await.unwrap();
    let openai = &providers["openai"];
    assert!(openai.supported_authentication["HEADER"].enabled);
    assert_eq!(openai.models[0].vector_dimension, None);
    let dimension = &openai.models[0].parameters[0];
    assert_eq!(dimension.default_value.as_deref(), Some("1536"));
    assert_eq!(dimension.validation["numericRange"], json!([2, 1536]));

    for status in [
        ModelStatus::Deprecated,
        ModelStatus::EndOfLife,
        ModelStatus::Any,
    ] {
        db.find_embedding_providers()
            .model_status(status)
            .await
            .unwrap();
    }
    let sent: Vec<_> = server
        .seen()
        .into_iter()
        .map(|seen| seen.body["findEmbeddingProviders"]["options"]["filterModelStatus"].clone())
        .collect();
    assert_eq!(
        json!(sent),
        json!(["SUPPORTED", "DEPRECATED", "END_OF_LIFE", null])
    );
}

#[tokio::test]
async fn reranking_providers_are_listed() {
    let server = Server::answering(
        r#"{"status": {"rerankingProviders": {"nvidia": {"isDefault": true, "displayName": "Nvidia",
            "supportedAuthentication": {"NONE": {"enabled": true, "tokens": []}},
            "models": [{"name": "m", "apiModelSupport": {"status": "SUPPORTED"}, "isDefault": true,
                        "url": "https://x/ranking", "properties": null}]}}}}"#,
    )
    .await;
    let providers = server
        .database(builder())
        .find_reranking_providers()
        .await
        .unwrap();
    assert!(providers["nvidia"].is_default && providers["nvidia"].models[0].is_default);
    assert_eq!(server.only().path, "/v1");
}
