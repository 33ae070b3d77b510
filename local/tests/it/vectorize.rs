//! Vectors made of texts by the provider that needs no network, and services that cannot be called.

use astra_local::{Engine, Features};
use serde_json::{Value, json};

use crate::codes;
use crate::database::Database;

fn service() -> Value {
    json!({"provider": "local", "modelName": "hash-ngrams"})
}

fn create(service: &Value) -> Value {
    json!({"createCollection": {"name": "notes", "options": {"vector": {"service": service}}}})
}

fn notes() -> Database {
    let database = Database::in_memory();
    let made = database.send(Some("shop"), None, &create(&service()));
    assert_eq!(made, json!({"status": {"ok": 1}}));
    let documents = json!([
        {"_id": "tea", "$vectorize": "green tea with lemon"},
        {"_id": "coffee", "$vectorize": "coffee with milk"},
        {"_id": "chair", "$vectorize": "a garden chair"},
        {"_id": "blank", "$vectorize": " "},
    ]);
    let answer = database.run("notes", &json!({"insertMany": {"documents": documents}}));
    assert_eq!(
        answer["status"]["insertedIds"].as_array().map(Vec::len),
        Some(4)
    );
    database
}

fn first(database: &Database, text: &str) -> Value {
    let command = json!({"findOne": {"sort": {"$vectorize": text}}});
    database.run("notes", &command)["data"]["document"]["_id"].clone()
}

#[test]
fn texts_are_found_by_their_spelling_without_a_network() {
    let database = notes();
    assert_eq!(first(&database, "lemon teas"), "tea");
    assert_eq!(first(&database, "chairs for gardens"), "chair");
    let all =
        json!({"find": {"sort": {"$vectorize": "tea"}, "options": {"includeSortVector": true}}});
    let answer = database.run("notes", &all);
    assert_eq!(
        answer["data"]["documents"].as_array().map(Vec::len),
        Some(3)
    );
    let vector = &answer["status"]["sortVector"];
    assert_eq!(vector.as_array().map(Vec::len), Some(256));
}

#[test]
fn the_vector_follows_the_text_in_updates() {
    let database = notes();
    let update = json!({"updateMany": {"filter": {"_id": {"$in": ["chair", "coffee"]}},
                                       "update": {"$set": {"$vectorize": "black tea"}}}});
    let counts = json!({"status": {"matchedCount": 2, "modifiedCount": 2}});
    assert_eq!(database.run("notes", &update), counts);
    let again = json!({"status": {"matchedCount": 2, "modifiedCount": 0}});
    assert_eq!(database.run("notes", &update), again);
    let replace = json!({"findOneAndReplace": {"filter": {"_id": "blank"}, "replacement": {"$vectorize": "blue umbrella"}}});
    database.run("notes", &replace);
    assert_eq!(first(&database, "umbrellas"), "blank");
    let upsert = json!({"updateOne": {"filter": {"_id": "new"}, "update": {"$setOnInsert": {"$vectorize": "a kettle"}},
                                      "options": {"upsert": true}}});
    assert_eq!(
        database.run("notes", &upsert)["status"]["upsertedId"],
        "new"
    );
    assert_eq!(first(&database, "kettles"), "new");
}

#[test]
fn columns_of_tables_have_services_too() {
    let database = Database::in_memory();
    let columns = json!({"id": "text", "v": {"type": "vector", "service": service()}});
    let table = json!({"createTable": {"name": "rows", "definition": {"columns": columns, "primaryKey": "id"}}});
    assert_eq!(
        database.send(Some("shop"), None, &table),
        json!({"status": {"ok": 1}})
    );
    let index = json!({"createVectorIndex": {"name": "by_v", "definition": {"column": "v"}}});
    database.run("rows", &index);
    let rows = json!([{"id": "a", "v": "green tea"}, {"id": "b", "v": "garden chair"}, {"id": "c", "v": ""}]);
    database.run("rows", &json!({"insertMany": {"documents": rows}}));
    let update =
        json!({"updateOne": {"filter": {"id": "c"}, "update": {"$set": {"v": "blue umbrella"}}}});
    database.run("rows", &update);
    for (text, id) in [("teas", "a"), ("chairs", "b"), ("umbrellas", "c")] {
        let find = json!({"findOne": {"sort": {"v": text}, "projection": {"id": 1}}});
        assert_eq!(
            database.run("rows", &find)["data"]["document"]["id"],
            id,
            "{text}"
        );
    }
}

#[test]
fn a_service_needs_its_key() {
    let database = Database::in_memory();
    let openai = json!({"provider": "openai", "modelName": "text-embedding-3-small"});
    database.send(Some("shop"), None, &create(&openai));
    let insert = json!({"insertOne": {"document": {"$vectorize": "tea"}}});
    assert_eq!(
        codes(&database.run("notes", &insert)),
        ["EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED"]
    );
    let count = json!({"countDocuments": {}});
    assert_eq!(database.run("notes", &count)["status"]["count"], 0);
}

#[test]
fn what_is_switched_off_is_refused() {
    let mut features = Features::default();
    features.vectorize = false;
    features.reranking = false;
    let engine = Engine::in_memory()
        .expect("an engine")
        .with_features(features);
    let database = Database::over(engine).with_collection("plain");
    let vectorize = database.send(Some("shop"), None, &create(&service()));
    assert_eq!(codes(&vectorize), ["VECTORIZE_FEATURE_NOT_AVAILABLE"]);
    let rerank = database.run("plain", &json!({"findAndRerank": {}}));
    assert_eq!(codes(&rerank), ["RERANKING_FEATURE_NOT_ENABLED"]);
    let explain = json!({"findCollections": {"options": {"explain": true}}});
    let collections = database.send(Some("shop"), None, &explain);
    let rerank = &collections["status"]["collections"][0]["options"]["rerank"];
    assert_eq!(*rerank, json!({"enabled": false}));
}

#[test]
fn the_local_provider_is_listed_where_that_is_asked_for() {
    let listed = |database: &Database| {
        let list = json!({"findEmbeddingProviders": {}});
        let answer = database.send(None, None, &list);
        let providers = answer["status"]["embeddingProviders"].as_object().cloned();
        providers.expect("providers").contains_key("local")
    };
    assert!(!listed(&Database::in_memory()));
    let mut features = Features::default();
    features.local_models = true;
    let engine = Engine::in_memory()
        .expect("an engine")
        .with_features(features);
    assert!(listed(&Database::over(engine)));
}

#[test]
fn local_reranking_goes_by_the_places_in_the_searches() {
    let database = notes();
    let options = json!({"rerank": {"provider": "local", "modelName": "reciprocal-rank-fusion"}, "includeScores": true, "limit": 2});
    let command = json!({"findAndRerank": {"sort": {"$hybrid": {"$vectorize": "lemon tea"}}, "options": options}});
    let answer = database.run("notes", &command);
    assert_eq!(answer["data"]["documents"][0]["_id"], "tea");
    let scores = &answer["status"]["documentResponses"][0]["scores"];
    assert_eq!(scores["$vectorRank"], 1);
    assert_eq!(scores["$rerank"], scores["$rrf"]);
    assert_eq!(
        answer["data"]["documents"].as_array().map(Vec::len),
        Some(2)
    );
}
