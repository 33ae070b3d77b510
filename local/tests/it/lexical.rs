//! Searching by words: `$lexical` of collections, text indexes of tables, and both searches together.

use astra_local::{Engine, Features};
use serde_json::{Value, json};

use crate::codes;
use crate::database::Database;
use crate::stored::copy_of;

const TEXTS: [&str; 4] = [
    "monkey bread is so tasty",
    "monkey",
    "monkey banana",
    "monkey monkey monkey",
];

fn create(options: &Value) -> Value {
    json!({"createCollection": {"name": "texts", "options": options}})
}

fn texts() -> Database {
    let database = Database::in_memory();
    database.send(Some("shop"), None, &create(&json!({})));
    for (id, text) in TEXTS.iter().enumerate() {
        let document = json!({"_id": id, "odd": id % 2 == 1, "$lexical": text});
        database.run("texts", &json!({"insertOne": {"document": document}}));
    }
    database.run(
        "texts",
        &json!({"insertOne": {"document": {"_id": "none"}}}),
    );
    database
}

fn ids(answer: &Value) -> Vec<Value> {
    let documents = answer["data"]["documents"].as_array();
    let documents = documents.unwrap_or_else(|| panic!("{answer}"));
    documents
        .iter()
        .map(|document| document["_id"].clone())
        .collect()
}

fn sorted(database: &Database, filter: &Value, text: &str) -> Vec<Value> {
    let find = json!({"find": {"filter": filter, "sort": {"$lexical": text}}});
    ids(&database.run("texts", &find))
}

#[test]
fn documents_are_ranked_by_their_words() {
    let database = texts();
    assert_eq!(sorted(&database, &json!({}), "Monkey!"), [3, 1, 2, 0]);
    assert_eq!(sorted(&database, &json!({}), "banana monkey"), [2]);
    assert_eq!(sorted(&database, &json!({"odd": true}), "monkey"), [3, 1]);
    assert!(sorted(&database, &json!({}), "!").is_empty());
    let skip =
        json!({"find": {"sort": {"$lexical": "monkey"}, "options": {"skip": 1, "limit": 2}}});
    assert_eq!(ids(&database.run("texts", &skip)), [1, 2]);
    let one = json!({"findOne": {"sort": {"$lexical": "monkey"}}});
    assert_eq!(database.run("texts", &one)["data"]["document"]["_id"], 3);
}

#[test]
fn what_changes_is_found_anew() {
    let database = texts();
    let update = json!({"updateOne": {"filter": {"$lexical": {"$match": "banana"}}, "update": {"$set": {"$lexical": "kiwi"}}}});
    assert_eq!(database.run("texts", &update)["status"]["modifiedCount"], 1);
    assert_eq!(sorted(&database, &json!({}), "monkey"), [3, 1, 0]);
    assert_eq!(sorted(&database, &json!({}), "kiwi"), [2]);
    let delete = json!({"deleteOne": {"sort": {"$lexical": "monkey"}, "filter": {}}});
    assert_eq!(database.run("texts", &delete)["status"]["deletedCount"], 1);
    let unset =
        json!({"updateMany": {"filter": {"_id": 0}, "update": {"$unset": {"$lexical": 1}}}});
    database.run("texts", &unset);
    assert_eq!(sorted(&database, &json!({}), "monkey"), [1]);
    database.run("texts", &json!({"deleteMany": {}}));
    assert!(sorted(&database, &json!({}), "monkey").is_empty());
}

#[test]
fn rows_are_ranked_by_a_text_index() {
    let database = Database::in_memory();
    let columns = json!({"id": "int", "odd": "boolean", "t": "text"});
    let table = json!({"createTable": {"name": "rows", "definition": {"columns": columns, "primaryKey": "id"}}});
    database.send(Some("shop"), None, &table);
    database.run(
        "rows",
        &json!({"createTextIndex": {"name": "by_t", "definition": {"column": "t"}}}),
    );
    for (id, text) in TEXTS.iter().enumerate() {
        let row = json!({"id": id, "odd": id % 2 == 1, "t": text});
        database.run("rows", &json!({"insertOne": {"document": row}}));
    }
    let found = |filter: Value, text: &str| -> Vec<Value> {
        let find =
            json!({"find": {"filter": filter, "sort": {"t": text}, "projection": {"id": 1}}});
        let answer = database.run("rows", &find);
        let rows = answer["data"]["documents"].as_array().cloned();
        let rows = rows.unwrap_or_else(|| panic!("{answer}"));
        rows.into_iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!(found(json!({}), "monkey"), [3, 1, 2, 0]);
    assert_eq!(found(json!({}), "monkey tasty"), [0]);
    assert_eq!(found(json!({"odd": true}), "monkey"), [3, 1]);
}

#[test]
fn both_searches_meet_in_find_and_rerank() {
    let database = Database::in_memory();
    let service = json!({"provider": "local", "modelName": "hash-ngrams"});
    let rerank = json!({"enabled": true, "service": {"provider": "local", "modelName": "reciprocal-rank-fusion"}});
    let made = database.send(
        Some("shop"),
        None,
        &create(&json!({"vector": {"service": service}, "rerank": rerank})),
    );
    assert_eq!(made, json!({"status": {"ok": 1}}));
    for (id, text) in ["green tea", "green garden chair", "black coffee"]
        .iter()
        .enumerate()
    {
        let document = json!({"_id": id, "$hybrid": text});
        database.run("texts", &json!({"insertOne": {"document": document}}));
    }
    let command = json!({"findAndRerank": {"sort": {"$hybrid": "green tea"}, "options": {"includeScores": true}}});
    let answer = database.run("texts", &command);
    assert_eq!(ids(&answer)[0], 0);
    let scores = &answer["status"]["documentResponses"];
    assert_eq!(scores[0]["scores"]["$bm25Rank"], 1);
    assert_eq!(scores[0]["scores"]["$vectorRank"], 1);
    assert_eq!(scores[1]["scores"]["$bm25Rank"], Value::Null);
}

#[test]
fn a_collection_keeps_lexical_search_as_it_was_created() {
    let directory = tempfile::tempdir().expect("a directory");
    let open = |lexical: bool| {
        let mut features = Features::default();
        features.lexical = lexical;
        let engine = Engine::open(directory.path()).expect("an engine");
        Database::over(engine.with_features(features))
    };
    let off = open(false);
    off.send(Some("shop"), None, &create(&json!({})));
    drop(off);
    let on = open(true);
    let insert = json!({"insertOne": {"document": {"_id": 1, "$lexical": "words"}}});
    assert_eq!(
        on.run("texts", &insert)["errors"][0]["errorCode"],
        "LEXICAL_NOT_ENABLED_FOR_COLLECTION"
    );
    // An application that creates its collection again and says nothing of lexical search finds it as it is.
    let again = on.send(Some("shop"), None, &create(&json!({})));
    assert_eq!(again, json!({"status": {"ok": 1}}));
    on.send(
        Some("shop"),
        None,
        &json!({"deleteCollection": {"name": "texts"}}),
    );
    on.send(
        Some("shop"),
        None,
        &create(&json!({"lexical": {"enabled": true, "analyzer": "english"}})),
    );
    assert_eq!(
        on.run("texts", &insert)["status"]["insertedIds"],
        json!([1])
    );
    drop(on);
    let off = open(false);
    let find = json!({"find": {"filter": {"$lexical": {"$match": "word"}}}});
    assert_eq!(ids(&off.run("texts", &find)), [1]);
    off.send(
        Some("shop"),
        None,
        &json!({"deleteCollection": {"name": "texts"}}),
    );
    let asked = off.send(
        Some("shop"),
        None,
        &create(&json!({"lexical": {"enabled": true}})),
    );
    assert_eq!(codes(&asked), ["LEXICAL_FEATURE_NOT_ENABLED"]);
}

#[test]
fn texts_can_have_so_many_words_and_no_more() {
    let database = texts();
    let insert = |id: &str, text: String| {
        let document = json!({"_id": id, "$lexical": text});
        database.run("texts", &json!({"insertOne": {"document": document}}))
    };
    assert_eq!(insert("fits", "abcd ".repeat(2048))["errors"], Value::Null);
    let answer = insert("too long", "abcd ".repeat(2049));
    assert_eq!(answer["errors"][0]["errorCode"], "LEXICAL_CONTENT_TOO_LONG");
}

#[test]
fn a_match_of_very_many_words_takes_no_more_than_they_do() {
    let database = texts();
    let words: Vec<String> = (0..100_000).map(|word| format!("w{word}")).collect();
    for (id, text) in [("all", &words[..900]), ("one less", &words[..899])] {
        let document = json!({"_id": id, "$lexical": text.join(" ")});
        database.run("texts", &json!({"insertOne": {"document": document}}));
    }
    for (count, expected) in [(900, vec!["all"]), (901, vec![]), (words.len(), vec![])] {
        let filter = json!({"$lexical": {"$match": words[..count].join(" ")}});
        let found = database.run("texts", &json!({"find": {"filter": filter}}));
        assert_eq!(ids(&found), expected, "{count}");
    }
}

#[test]
fn languages_have_their_stems() {
    for (analyzer, text, query) in [
        ("german", "die Häuser am Fluss", "haus"),
        ("french", "les chevaux courent", "cheval"),
        ("spanish", "corriendo por la calle", "corrió"),
    ] {
        let database = Database::in_memory();
        let lexical = json!({"enabled": true, "analyzer": analyzer});
        database.send(Some("shop"), None, &create(&json!({"lexical": lexical})));
        database.run(
            "texts",
            &json!({"insertOne": {"document": {"_id": 1, "$lexical": text}}}),
        );
        assert_eq!(sorted(&database, &json!({}), query), [1], "{analyzer}");
    }
}

#[test]
fn collections_of_earlier_formats_have_no_lexical_search_and_keep_it_so() {
    for format in ["format-1", "format-2"] {
        let directory = tempfile::tempdir().expect("a directory");
        copy_of(format, directory.path());
        let engine = Engine::open(directory.path()).expect("an engine");
        let database = Database { engine };
        let words = |command: Value| database.send(Some("ks"), Some("words"), &command);
        let explain = json!({"findCollections": {"options": {"explain": true}}});
        let collections = database.send(Some("ks"), None, &explain);
        let options = &collections["status"]["collections"][0]["options"];
        assert_eq!(options["lexical"], json!({"enabled": false}), "{format}");
        let insert = words(json!({"insertOne": {"document": {"_id": "new", "$lexical": "a"}}}));
        assert_eq!(
            insert["errors"][0]["errorCode"],
            "LEXICAL_NOT_ENABLED_FOR_COLLECTION"
        );
        database.send(Some("ks"), None, &create(&json!({})));
        let insert = json!({"insertOne": {"document": {"_id": "new", "$lexical": "a"}}});
        database.send(Some("ks"), Some("texts"), &insert);
        let find = json!({"find": {"filter": {"$lexical": {"$match": "a"}}}});
        assert_eq!(
            ids(&database.send(Some("ks"), Some("texts"), &find)),
            ["new"]
        );
    }
}
