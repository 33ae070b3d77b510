//! Keyspaces and collections: making, listing, dropping.

use astra_local::{Engine, Limits};
use serde_json::json;

use crate::{codes, send, shop};

const OK: &str = r#"{"status":{"ok":1}}"#;

fn create(engine: &Engine, options: &str) -> serde_json::Value {
    send(
        engine,
        "shop",
        &format!(r#"{{"createCollection":{{"name":"carts","options":{options}}}}}"#),
    )
}

#[test]
fn keyspaces_are_made_once_and_dropped_with_all_in_them() {
    let engine = shop();
    assert_eq!(create(&engine, "{}").to_string(), OK);
    assert_eq!(
        send(&engine, "", r#"{"createKeyspace":{"name":"shop"}}"#).to_string(),
        OK
    );
    assert_eq!(
        send(&engine, "shop", r#"{"findCollections":{}}"#),
        json!({"status": {"collections": ["carts"]}})
    );
    for _ in 0..2 {
        assert_eq!(
            send(&engine, "", r#"{"dropKeyspace":{"name":"shop"}}"#).to_string(),
            OK
        );
    }
    assert_eq!(
        codes(&send(&engine, "shop", r#"{"findCollections":{}}"#)),
        ["UNKNOWN_KEYSPACE"]
    );
    send(&engine, "", r#"{"createKeyspace":{"name":"shop"}}"#);
    assert_eq!(
        send(&engine, "shop", r#"{"findCollections":{}}"#),
        json!({"status": {"collections": []}})
    );
}

#[test]
fn replication_is_checked_though_it_has_no_effect() {
    let engine = shop();
    let replication = |text: &str| {
        format!(r#"{{"createKeyspace":{{"name":"r","options":{{"replication":{text}}}}}}}"#)
    };
    for good in [
        r#"{"class":"SimpleStrategy","replication_factor":"1"}"#,
        r#"{"class":"SimpleStrategy","replication_factor":0,"other":-1}"#,
    ] {
        assert_eq!(send(&engine, "", &replication(good)).to_string(), OK);
        send(&engine, "", r#"{"dropKeyspace":{"name":"r"}}"#);
    }
    for impossible in [
        r#"{"class":"SimpleStrategy","replication_factor":-1}"#,
        r#"{"class":"NetworkTopologyStrategy"}"#,
        r#"{"class":"NetworkTopologyStrategy","dc-1":3,"dc-2":-3}"#,
    ] {
        assert_eq!(
            codes(&send(&engine, "", &replication(impossible))),
            ["UNEXPECTED_DRIVER_ERROR"]
        );
    }
    for good in [
        r#"{"class":"NetworkTopologyStrategy","dc-1":3}"#,
        r#"{"class":"NetworkTopologyStrategy"}"#,
    ] {
        assert_eq!(send(&engine, "", &replication(good)).to_string(), OK);
    }
    for bad in [
        "{}",
        r#"{"class":"Everywhere"}"#,
        r#"{"replication_factor":1}"#,
    ] {
        assert_eq!(
            codes(&send(&engine, "", &replication(bad))),
            ["COMMAND_FIELD_VALUE_INVALID"]
        );
    }
    let bad = replication(r#"{"class":"SimpleStrategy","replication_factor":"many"}"#);
    assert_eq!(
        codes(&send(&engine, "", &bad)),
        ["REQUEST_STRUCTURE_MISMATCH"]
    );
}

#[test]
fn a_collection_made_again_must_have_equal_settings() {
    let engine = shop();
    let first =
        r#"{"vector":{"size":3},"indexing":{"allow":["a","b"]},"rerank":{"enabled":false}}"#;
    assert_eq!(create(&engine, first).to_string(), OK);
    for equal in [
        r#"{"vector":{"dimension":3,"metric":"cosine"},"indexing":{"allow":["b","a"]}}"#,
        r#"{"vector":{"dimension":3,"sourceModel":"other"},"indexing":{"allow":["a","b"]},"lexical":{"enabled":true}}"#,
    ] {
        assert_eq!(create(&engine, equal).to_string(), OK, "{equal}");
    }
    for other in [
        "{}",
        r#"{"vector":{"dimension":4},"indexing":{"allow":["a","b"]}}"#,
        r#"{"vector":{"dimension":3},"indexing":{"deny":["a","b"]}}"#,
        r#"{"vector":{"dimension":3,"sourceModel":"bert"},"indexing":{"allow":["a","b"]}}"#,
        r#"{"vector":{"dimension":3},"indexing":{"allow":["a","b"]},"rerank":{"enabled":true}}"#,
        r#"{"vector":{"dimension":3},"indexing":{"allow":["a","b"]},"lexical":{"enabled":false}}"#,
    ] {
        assert_eq!(
            codes(&create(&engine, other)),
            ["EXISTING_COLLECTION_DIFFERENT_SETTINGS"],
            "{other}"
        );
    }
}

#[test]
fn what_says_nothing_is_taken_for_nothing() {
    let engine = shop();
    let first = r#"{"rerank":{"enabled":false,"service":{}},"lexical":{"enabled":false,"analyzer":{}},"indexing":{"allow":[]}}"#;
    assert_eq!(create(&engine, first).to_string(), OK);
    let answer = send(
        &engine,
        "shop",
        r#"{"findCollections":{"options":{"explain":true}}}"#,
    );
    assert_eq!(
        answer["status"]["collections"][0]["options"],
        json!({"indexing": {}, "lexical": {"enabled": false}, "rerank": {"enabled": false}})
    );
    let equal = r#"{"indexing":{"deny":[]}}"#;
    assert_eq!(create(&engine, equal).to_string(), OK);
    assert_eq!(
        codes(&create(&engine, "{}")),
        ["EXISTING_COLLECTION_DIFFERENT_SETTINGS"]
    );
}

#[test]
fn paths_to_index_may_have_empty_segments() {
    let engine = shop();
    let options = r#"{"indexing":{"deny":["a..b",".c","d."]}}"#;
    assert_eq!(create(&engine, options).to_string(), OK);
    assert_eq!(
        send(
            &engine,
            "shop/carts",
            r#"{"insertOne":{"document":{"_id":1,"a":{"b":1}}}}"#
        ),
        json!({"status": {"insertedIds": [1]}})
    );
}

#[test]
fn the_metric_follows_the_source_model() {
    let engine = shop();
    assert_eq!(
        create(
            &engine,
            r#"{"vector":{"dimension":3,"sourceModel":"openai-v3-small"}}"#
        )
        .to_string(),
        OK
    );
    let answer = send(
        &engine,
        "shop",
        r#"{"findCollections":{"options":{"explain":true}}}"#,
    );
    assert_eq!(
        answer["status"]["collections"][0]["options"]["vector"],
        json!({"dimension": 3, "metric": "dot_product", "sourceModel": "openai-v3-small"})
    );
}

/// Options that make no sense, and the code of the error.
const SENSELESS: &[(&str, &str)] = &[
    (r#"{"bogus":1}"#, "INVALID_CREATE_COLLECTION_FIELD"),
    (
        r#"{"vector":{"dimension":3,"bogus":1}}"#,
        "INVALID_CREATE_COLLECTION_FIELD",
    ),
    (
        r#"{"defaultId":{"bogus":1}}"#,
        "INVALID_CREATE_COLLECTION_FIELD",
    ),
    (
        r#"{"indexing":{"bogus":1}}"#,
        "INVALID_CREATE_COLLECTION_FIELD",
    ),
    (r#"{"lexical":{"bogus":1}}"#, "COMMAND_FIELD_UNKNOWN"),
    (
        r#"{"defaultId":{"type":"serial"}}"#,
        "COMMAND_FIELD_VALUE_INVALID",
    ),
    (
        r#"{"vector":{"dimension":0}}"#,
        "COMMAND_FIELD_VALUE_INVALID",
    ),
    (
        r#"{"vector":{"dimension":3,"metric":"manhattan"}}"#,
        "COMMAND_FIELD_VALUE_INVALID",
    ),
    (
        r#"{"vector":{"dimension":3,"sourceModel":"mine"}}"#,
        "COMMAND_FIELD_VALUE_INVALID",
    ),
    (
        r#"{"vector":{"metric":"cosine"}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"vector":{"dimension":4097}}"#,
        "VECTOR_SEARCH_TOO_BIG_VALUE",
    ),
    (
        r#"{"vector":{"dimension":3,"service":{"provider":"nobody","modelName":"m"}}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (r#"{"vector":[]}"#, "REQUEST_STRUCTURE_MISMATCH"),
    (r#"{"indexing":{}}"#, "INVALID_INDEXING_DEFINITION"),
    (
        r#"{"indexing":{"allow":["a"],"deny":["b"]}}"#,
        "INVALID_INDEXING_DEFINITION",
    ),
    (
        r#"{"indexing":{"allow":["a","a"]}}"#,
        "INVALID_INDEXING_DEFINITION",
    ),
    (
        r#"{"indexing":{"deny":[""]}}"#,
        "INVALID_INDEXING_DEFINITION",
    ),
    (
        r#"{"indexing":{"deny":["$x"]}}"#,
        "INVALID_INDEXING_DEFINITION",
    ),
    (
        r#"{"indexing":{"deny":["a&b"]}}"#,
        "INVALID_INDEXING_DEFINITION",
    ),
    (
        r#"{"indexing":{"deny":[{}]}}"#,
        "REQUEST_STRUCTURE_MISMATCH",
    ),
    (r#"{"lexical":{}}"#, "INVALID_CREATE_COLLECTION_OPTIONS"),
    (
        r#"{"lexical":{"enabled":true,"analyzer":"klingon"}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"lexical":{"enabled":true,"analyzer":{"tokenizer":{},"filters":[],"charFilters":null}}}"#,
        "INVALID_DATABASE_QUERY",
    ),
    (
        r#"{"lexical":{"enabled":true,"analyzer":5}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"lexical":{"enabled":true,"analyzer":{"stemmer":{}}}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"lexical":{"enabled":true,"analyzer":{"tokenizer":[]}}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"lexical":{"enabled":true,"analyzer":{"filters":{}}}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"lexical":{"enabled":true},"indexing":{},"vector":{"dimension":4097}}"#,
        "VECTOR_SEARCH_TOO_BIG_VALUE",
    ),
    (
        r#"{"lexical":{"enabled":true},"indexing":{}}"#,
        "INVALID_INDEXING_DEFINITION",
    ),
    (
        r#"{"rerank":{"enabled":false,"service":{"provider":"nvidia"}}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (
        r#"{"lexical":{"enabled":false,"analyzer":"standard"}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
    (r#"{"rerank":{}}"#, "INVALID_CREATE_COLLECTION_OPTIONS"),
    (
        r#"{"rerank":{"enabled":true,"service":{"provider":"nobody","modelName":"m"}}}"#,
        "INVALID_CREATE_COLLECTION_OPTIONS",
    ),
];

#[test]
fn options_that_make_no_sense_are_refused() {
    let engine = shop();
    for (options, code) in SENSELESS {
        assert_eq!(codes(&create(&engine, options)), [*code], "{options}");
    }
    assert_eq!(
        send(&engine, "shop", r#"{"findCollections":{}}"#),
        json!({"status": {"collections": []}})
    );
}

#[test]
fn the_number_of_collections_is_limited() {
    let mut limits = Limits::default();
    limits.collections = 2;
    let engine = shop().with_limits(limits);
    let create = |name: &str| {
        send(
            &engine,
            "shop",
            &format!(r#"{{"createCollection":{{"name":"{name}"}}}}"#),
        )
    };
    assert_eq!(create("a").to_string(), OK);
    assert_eq!(create("b").to_string(), OK);
    assert_eq!(codes(&create("c")), ["TOO_MANY_COLLECTIONS"]);
    assert_eq!(create("a").to_string(), OK);
}

#[test]
fn what_was_made_is_there_after_opening_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let open = || Engine::open(directory.path()).expect("the engine opens");
    let engine = open();
    send(&engine, "", r#"{"createKeyspace":{"name":"shop"}}"#);
    let options = r#"{"defaultId":{"type":"uuidv7"},"vector":{"dimension":2,"metric":"euclidean"},"indexing":{"deny":["*"]}}"#;
    assert_eq!(create(&engine, options).to_string(), OK);
    let explain = r#"{"findCollections":{"options":{"explain":true}}}"#;
    let before = send(&engine, "shop", explain);
    drop(engine);
    assert_eq!(send(&open(), "shop", explain), before);
    assert_eq!(
        before["status"]["collections"][0]["options"]["indexing"],
        json!({"deny": ["*"]})
    );
}

#[test]
fn a_default_id_without_a_type_makes_a_collection_that_can_only_be_dropped() {
    let engine = shop();
    assert_eq!(create(&engine, r#"{"defaultId":{}}"#).to_string(), OK);
    let unusable = ["INTERNAL_SERVER_ERROR"];
    assert_eq!(
        codes(&send(
            &engine,
            "shop/carts",
            r#"{"insertOne":{"document":{}}}"#
        )),
        unusable
    );
    assert_eq!(
        codes(&send(
            &engine,
            "shop",
            r#"{"findCollections":{"options":{"explain":true}}}"#
        )),
        unusable
    );
    assert_eq!(
        send(&engine, "shop", r#"{"findCollections":{}}"#),
        json!({"status": {"collections": ["carts"]}})
    );
    assert_eq!(
        send(&engine, "shop", r#"{"deleteCollection":{"name":"carts"}}"#).to_string(),
        OK
    );
}

#[test]
fn providers_are_listed_by_the_status_of_their_models() {
    let engine = shop();
    let models = |options: &str| {
        let answer = send(
            &engine,
            "",
            &format!(r#"{{"findRerankingProviders":{{{options}}}}}"#),
        );
        answer["status"]["rerankingProviders"]["nvidia"]["models"]
            .as_array()
            .expect("models")
            .len()
    };
    for (options, expected) in [
        ("", 1),
        (r#""options":{"filterModelStatus":null}"#, 1),
        (r#""options":{"filterModelStatus":"supported"}"#, 1),
        (r#""options":{"filterModelStatus":"DEPRECATED"}"#, 0),
    ] {
        assert_eq!(models(options), expected, "{options}");
    }
    let listed = send(&engine, "", r#"{"findEmbeddingProviders":{}}"#);
    let listed = listed["status"]["embeddingProviders"].as_object();
    assert_eq!(listed.map(serde_json::Map::len), Some(10));
    for command in ["findRerankingProviders", "findEmbeddingProviders"] {
        let body = format!(r#"{{"{command}":{{"options":{{"filterModelStatus":"new"}}}}}}"#);
        assert_eq!(
            codes(&send(&engine, "", &body)),
            ["COMMAND_FIELD_VALUE_INVALID"]
        );
    }
}

#[test]
fn names_of_tables_and_their_indexes_stand_in_the_way_of_collections() {
    let engine = shop();
    let table = r#"{"createTable":{"name":"carts","definition":{"columns":{"id":"text","n":"int"},"primaryKey":"id"}}}"#;
    assert_eq!(send(&engine, "shop", table).to_string(), OK);
    assert_eq!(
        codes(&create(&engine, "{}")),
        ["EXISTING_TABLE_NOT_DATA_API_COLLECTION"]
    );

    let index = r#"{"createIndex":{"name":"desks_array_size","definition":{"column":"n"}}}"#;
    assert_eq!(send(&engine, "shop/carts", index).to_string(), OK);
    let desks = |options: &str| {
        send(
            &engine,
            "shop",
            &format!(r#"{{"createCollection":{{"name":"desks","options":{options}}}}}"#),
        )
    };
    assert_eq!(codes(&desks("{}")), ["INVALID_DATABASE_QUERY"]);
    assert_eq!(desks("{}").to_string(), OK);
    assert_eq!(
        send(&engine, "shop", r#"{"deleteCollection":{"name":"desks"}}"#).to_string(),
        OK
    );
    assert_eq!(desks(r#"{"indexing":{"deny":["*"]}}"#).to_string(), OK);

    assert_eq!(
        send(&engine, "shop", r#"{"deleteCollection":{"name":"carts"}}"#).to_string(),
        OK
    );
    assert_eq!(
        send(&engine, "shop", r#"{"listTables":{}}"#),
        json!({"status": {"tables": []}})
    );
}
