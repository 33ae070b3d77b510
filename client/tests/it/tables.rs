//! Rows of a table: what is sent, and what is made of the answers.

use std::collections::{BTreeMap, BTreeSet};

use astra_db::table::{Date, Uuid};
use astra_db::{Error, InsertOutcome, Number, Row, Sort, Table, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{Outcome, Script, failure, scripted};

const ID: &str = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vehicle {
    id: Uuid,
    built: Option<Date>,
    tags: BTreeSet<String>,
    #[serde(with = "astra_db::table::map")]
    mileage: BTreeMap<i32, i64>,
}

fn vehicle() -> Vehicle {
    Vehicle {
        id: ID.parse().unwrap(),
        built: None,
        tags: BTreeSet::new(),
        mileage: BTreeMap::new(),
    }
}

fn table<R>(script: &Script) -> Table<R> {
    scripted(script).table("t")
}

#[tokio::test]
async fn an_insert_answers_the_primary_key_by_column() {
    let script = Script::of([Outcome::Reply(
        200,
        r#"{"status":{"insertedIds":[["0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55","AQL/",12345678901234567890]],
            "primaryKeySchema":{"id":{"type":"uuid"},"hash":{"type":"blob"},"n":{"type":"varint"}},
            "warnings":[{"errorCode":"MISSING_INDEX","message":"m","family":"REQUEST","scope":"WARNING","title":"t"}]}}"#,
    )]);
    let result = table(&script).insert_one(vehicle()).await.unwrap();
    let key = result.inserted_id;
    assert_eq!(key.read::<Uuid>("id").unwrap(), vehicle().id);
    assert_eq!(
        key.read::<astra_db::Binary>("hash").unwrap().as_slice(),
        [1, 2, 255]
    );
    assert_eq!(
        key.read::<Number>("n").unwrap().as_str(),
        "12345678901234567890"
    );
    assert_eq!(
        key.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        ["id", "hash", "n"]
    );
    assert_eq!(result.warnings.len(), 1);
    let row = json!({"id": ID, "built": null, "tags": [], "mileage": {}});
    assert_eq!(
        script.commands()[0],
        json!({"insertOne": {"document": row}})
    );
}

#[tokio::test]
async fn a_key_that_does_not_fit_its_columns_is_a_decoding_error() {
    for ids in ["[[1]]", "[1]", "[]"] {
        let answer = format!(
            r#"{{"status":{{"insertedIds":{ids},"primaryKeySchema":{{"a":{{"type":"int"}},"b":{{"type":"int"}}}}}}}}"#
        );
        let script = Script::of([Outcome::Reply(200, answer.leak())]);
        let error = failure(table(&script).insert_one(vehicle()).await);
        assert!(matches!(error, Error::Decode(_)), "{ids}: {error}");
    }
}

#[tokio::test]
async fn many_rows_go_in_chunks_and_each_has_its_outcome() {
    let stored = r#"{"status":{"documentResponses":[{"_id":["a"],"status":"OK"},{"_id":["b"],"status":"OK"}],
        "primaryKeySchema":{"id":{"type":"text"}}}}"#;
    let partly = r#"{"status":{"documentResponses":[{"_id":[],"status":"ERROR","errorsIdx":0},{"_id":["d"],"status":"OK"}],
        "primaryKeySchema":{"id":{"type":"text"}}},
        "errors":[{"errorCode":"INVALID_COLUMN_VALUES","message":"bad","family":"REQUEST","scope":"DOCUMENT","title":"t"}]}"#;
    let script = Script::of([Outcome::Reply(200, stored), Outcome::Reply(200, partly)]);
    let rows = ["a", "b", "c", "d"].map(|id| Row::from([("id", id)]));
    let result = table::<Row>(&script)
        .insert_many(rows)
        .chunk_size(2)
        .concurrency(1)
        .await;
    let Err(Error::InsertManyRows(error)) = result else {
        panic!("a row was refused");
    };
    let inserted: Vec<_> = error
        .inserted()
        .map(|(index, key)| (index, key.to_string()))
        .collect();
    let keys = [
        (0, r#"{"id":"a"}"#),
        (1, r#"{"id":"b"}"#),
        (3, r#"{"id":"d"}"#),
    ];
    assert_eq!(inserted, keys.map(|(index, key)| (index, key.to_owned())));
    assert!(
        matches!(&error.outcomes[2], InsertOutcome::Failed(refusal) if refusal.message == "bad")
    );
    assert!(
        error
            .to_string()
            .starts_with("insert_many stored 3 of 4 rows: 1 failed"),
        "{error}"
    );
    let options = json!({"ordered": false, "returnDocumentResponses": true});
    let command =
        json!({"insertMany": {"documents": [{"id": "a"}, {"id": "b"}], "options": options}});
    assert_eq!(script.commands()[0], command);
}

#[tokio::test(start_paused = true)]
async fn a_row_whose_answer_is_lost_is_written_again_only_on_request() {
    let answer = r#"{"status":{"insertedIds":[["a"]],"primaryKeySchema":{"id":{"type":"text"}}}}"#;
    let script = || Script::of([Outcome::Interrupted, Outcome::Reply(200, answer)]);
    let row = Row::from([("id", "a")]);
    let first = script();
    let error = failure(table::<Row>(&first).insert_one(&row).await);
    assert!(error.is_outcome_unknown());
    assert_eq!(first.commands().len(), 1);
    let second = script();
    let insert = table::<Row>(&second).insert_one(&row);
    insert
        .with_options(|options| options.idempotent(true))
        .await
        .unwrap();
    assert_eq!(second.commands().len(), 2);
    let lost = Script::of([Outcome::Interrupted]);
    let Err(Error::InsertManyRows(error)) = table::<Row>(&lost).insert_many([row]).await else {
        panic!("its answer was lost");
    };
    assert_eq!(error.unknown().collect::<Vec<_>>(), [0]);
}

const SCHEMA: &str = r#""projectionSchema":{"id":{"type":"uuid"},"built":{"type":"date"},"tags":{"type":"set","valueType":"text"},
    "mileage":{"type":"map","keyType":"int","valueType":"bigint"}}"#;

#[tokio::test]
async fn rows_come_whole_page_by_page() {
    let first = format!(
        r#"{{"data":{{"documents":[{{"id":"{ID}"}}],"nextPageState":"2nd"}},"status":{{{SCHEMA}}}}}"#
    );
    let second = format!(
        r#"{{"data":{{"documents":[{{"mileage":[[2024,7]],"tags":["a"],"built":"2024-01-31","id":"{ID}"}}],"nextPageState":null}},
            "status":{{{SCHEMA},"warnings":[{{"errorCode":"ZERO_FILTER_OPERATIONS","message":"m","family":"REQUEST","scope":"WARNING","title":"t"}}]}}}}"#
    );
    let replies = [
        Outcome::Reply(200, first.leak()),
        Outcome::Reply(200, second.leak()),
    ];
    let script = Script::of(replies);
    let mut cursor = table::<Vehicle>(&script)
        .find(json!({"year": {"$gt": 2000}}))
        .sort([("built", -1)])
        .projection(json!({"id": 1}))
        .limit(9)
        .await
        .unwrap();
    assert_eq!(cursor.try_next().await.unwrap(), Some(vehicle()));
    let full = cursor.try_next().await.unwrap().unwrap();
    assert_eq!(full.built, Date::new(2024, 1, 31));
    assert_eq!(full.mileage, BTreeMap::from([(2024, 7)]));
    assert_eq!(cursor.warnings().len(), 1);
    assert_eq!(cursor.try_next().await.unwrap(), None);
    let command = json!({"find": {"filter": {"year": {"$gt": 2000}}, "sort": {"built": -1}, "projection": {"id": 1},
        "options": {"limit": 9}}});
    assert_eq!(script.commands()[0], command);
    assert_eq!(
        script.commands()[1]["find"]["options"],
        json!({"limit": 9, "pageState": "2nd"})
    );
}

#[tokio::test]
async fn one_row_comes_whole_or_not_at_all() {
    let found = format!(r#"{{"data":{{"document":{{"id":"{ID}"}}}},"status":{{{SCHEMA}}}}}"#);
    let none = format!(r#"{{"data":{{"document":null}},"status":{{{SCHEMA}}}}}"#);
    let script = Script::of([
        Outcome::Reply(200, found.leak()),
        Outcome::Reply(200, none.leak()),
    ]);
    let vehicles = table::<Vehicle>(&script);
    let key = Row::new().with("id", vehicle().id);
    assert_eq!(vehicles.find_one(&key).await.unwrap(), Some(vehicle()));
    assert_eq!(vehicles.find_one(&key).await.unwrap(), None);
    let command = json!({"findOne": {"filter": {"id": ID}, "options": {}}});
    assert_eq!(script.commands()[0], command);
}

#[tokio::test]
async fn a_sort_by_a_vector_column_may_ask_for_the_vector() {
    let answer = r#"{"data":{"documents":[],"nextPageState":null},"status":{"projectionSchema":{},"sortVector":[1.0,0.0]}}"#;
    let script = Script::of([Outcome::Reply(200, answer), Outcome::Reply(200, answer)]);
    let vehicles = table::<Row>(&script);
    let nearest = vehicles
        .find(json!({}))
        .sort(Sort::vector_column("embedding", [1.0, 0.0]))
        .include_similarity(true)
        .include_sort_vector(true);
    let page = nearest.page().await.unwrap();
    assert_eq!(page.sort_vector.unwrap().as_slice(), [1.0, 0.0]);
    vehicles
        .find(json!({}))
        .sort([("year", 1)])
        .include_sort_vector(true)
        .await
        .unwrap();
    let command = json!({"find": {"filter": {}, "sort": {"embedding": {"$binary": "P4AAAAAAAAA="}},
        "options": {"includeSimilarity": true, "includeSortVector": true}}});
    assert_eq!(script.commands()[0], command);
    assert_eq!(script.commands()[1]["find"]["options"], json!({}));
}

#[tokio::test]
async fn writes_send_a_key_and_tell_no_counts() {
    let updated = r#"{"status":{"matchedCount":1,"modifiedCount":1}}"#;
    let deleted = r#"{"status":{"deletedCount":-1}}"#;
    let replies = [updated, deleted, deleted, deleted];
    let script = Script::of(replies.map(|reply| Outcome::Reply(200, reply)));
    let vehicles = table::<Row>(&script);
    let key = Row::new().with("id", vehicle().id);
    let update = json!({"$set": {"built": Date::new(2024, 1, 31)}, "$push": {"tags": {"$each": ["a", "b"]}}});
    vehicles.update_one(&key, &update).await.unwrap();
    vehicles.delete_one(&key).await.unwrap();
    vehicles
        .delete_many(json!({"id": ID, "at": {"$lt": 7}}))
        .await
        .unwrap();
    assert!(vehicles.delete_all().await.unwrap().warnings.is_empty());
    let update = json!({"$set": {"built": "2024-01-31"}, "$push": {"tags": {"$each": ["a", "b"]}}});
    let expected = [
        json!({"updateOne": {"filter": {"id": ID}, "update": update}}),
        json!({"deleteOne": {"filter": {"id": ID}}}),
        json!({"deleteMany": {"filter": {"id": ID, "at": {"$lt": 7}}}}),
        json!({"deleteMany": {"filter": {}}}),
    ];
    assert_eq!(script.commands(), expected);
}

#[tokio::test]
async fn a_filter_that_is_no_object_is_never_sent() {
    let script = Script::of([]);
    let vehicles = table::<Row>(&script);
    for nothing in [json!(null), json!([])] {
        for error in [
            failure(vehicles.delete_many(&nothing).await),
            failure(vehicles.delete_one(&nothing).await),
            failure(vehicles.update_one(&nothing, json!({})).await),
            failure(vehicles.find_one(&nothing).await),
        ] {
            assert!(matches!(error, Error::Config(_)), "{error}");
        }
    }
    assert!(script.commands().is_empty());
}

#[tokio::test]
async fn different_values_are_those_the_rows_have() {
    let answer = r#"{"data":{"documents":[{"a.b":["x","y"]},{},{"a.b":["y"]}],"nextPageState":null},
        "status":{"projectionSchema":{"a.b":{"type":"list","valueType":"text"}}}}"#;
    let script = Script::of([Outcome::Reply(200, answer)]);
    let values = table::<Row>(&script)
        .distinct("a.b", json!({}))
        .await
        .unwrap();
    assert_eq!(values, [Value::from("x"), Value::from("y")]);
    assert_eq!(
        script.commands()[0]["find"]["projection"],
        json!({"a.b": 1})
    );
}
