//! Pages, order and selection.

use serde_json::{Value, json};

use crate::database::Database;

fn trips(count: usize) -> Database {
    let database = Database::in_memory().with_collection("trips");
    let documents: Vec<Value> = (0..count)
        .map(|n| json!({"_id": n, "n": n, "odd": n % 2 == 1}))
        .collect();
    for part in documents.chunks(100) {
        let answer = database.run(
            "trips",
            &json!({"insertMany": {"documents": part, "options": {"ordered": true}}}),
        );
        assert_eq!(
            answer["status"]["insertedIds"].as_array().map(Vec::len),
            Some(part.len())
        );
    }
    database
}

fn ids(documents: &[Value]) -> Vec<u64> {
    let mut ids = ids_in_order(documents);
    ids.sort_unstable();
    ids
}

fn ids_in_order(documents: &[Value]) -> Vec<u64> {
    documents
        .iter()
        .filter_map(|document| document["_id"].as_u64())
        .collect()
}

#[test]
fn pages_hold_every_document_once() {
    let database = trips(230);
    for (filter, expected) in [
        (json!({}), (0..230).collect::<Vec<u64>>()),
        (
            json!({"odd": true}),
            (0..230).filter(|n| n % 2 == 1).collect(),
        ),
        (json!({"n": {"$in": [3, 1, 2]}}), vec![1, 2, 3]),
        (json!({"n": {"$gte": 60}}), (60..230).collect()),
        (
            json!({"$or": [{"n": {"$lt": 3}}, {"n": {"$gt": 227}}]}),
            vec![0, 1, 2, 228, 229],
        ),
        (
            json!({"n": {"$ne": 7}, "odd": true}),
            (0..230).filter(|n| n % 2 == 1 && *n != 7).collect(),
        ),
    ] {
        assert_eq!(
            ids(&database.find_all("trips", &filter)),
            expected,
            "{filter}"
        );
    }
}

#[test]
fn a_limit_holds_over_all_pages() {
    let database = trips(130);
    let options = json!({"limit": 70});
    let first = database.run("trips", &json!({"find": {"options": options}}));
    assert_eq!(
        first["data"]["documents"].as_array().map(Vec::len),
        Some(50)
    );
    let options = json!({"limit": 70, "pageState": first["data"]["nextPageState"]});
    let second = database.run("trips", &json!({"find": {"options": options}}));
    assert_eq!(
        second["data"]["documents"].as_array().map(Vec::len),
        Some(20)
    );
    assert_eq!(second["data"]["nextPageState"], Value::Null);
}

#[test]
fn a_page_state_stays_good_while_documents_come_and_go() {
    let database = trips(120);
    let order = ids_in_order(&database.find_all("trips", &json!({})));
    let first = database.run("trips", &json!({"find": {}}));
    assert_eq!(
        ids_in_order(first["data"]["documents"].as_array().expect("documents")),
        order[..50]
    );
    for gone in [order[49], order[60]] {
        database.run("trips", &json!({"deleteOne": {"filter": {"_id": gone}}}));
    }
    database.run(
        "trips",
        &json!({"updateOne": {"filter": {"_id": order[70]}, "update": {"$set": {"n": -1}}}}),
    );
    let options = json!({"pageState": first["data"]["nextPageState"]});
    let second = database.run("trips", &json!({"find": {"options": options}}));
    let mut expected = order[50..101].to_vec();
    expected.remove(10);
    assert_eq!(
        ids_in_order(second["data"]["documents"].as_array().expect("documents")),
        expected
    );
}

#[test]
fn a_page_state_that_is_none_is_refused() {
    let database = trips(1);
    for state in ["", "x", "AAAA"] {
        let answer = database.run("trips", &json!({"find": {"options": {"pageState": state}}}));
        assert_eq!(answer["errors"][0]["errorCode"], "UNEXPECTED_DRIVER_ERROR");
        assert_eq!(answer["errors"][0]["family"], "SERVER");
    }
}

#[test]
fn a_sorted_find_is_walked_by_skip_and_limit() {
    let database = trips(60);
    let command =
        json!({"find": {"sort": {"odd": -1, "n": -1}, "options": {"skip": 29, "limit": 3}}});
    let answer = database.run("trips", &command);
    assert_eq!(
        ids_in_order(answer["data"]["documents"].as_array().expect("documents")),
        [1, 58, 56]
    );
}

#[test]
fn update_many_sees_each_document_once_though_it_moves_in_the_index() {
    let database = trips(120);
    let mut state = Value::Null;
    let mut calls = 0;
    loop {
        let command = json!({"updateMany": {"filter": {"n": {"$gte": 0}}, "update": {"$inc": {"n": 1000}},
                                            "options": {"pageState": state}}});
        let mut answer = database.run("trips", &command);
        state = answer["status"]["nextPageState"].take();
        calls += 1;
        if state.is_null() {
            break;
        }
    }
    assert_eq!(calls, 3);
    assert_eq!(
        database
            .find_all("trips", &json!({"n": {"$gte": 1000, "$lt": 1120}}))
            .len(),
        120
    );
}

#[test]
fn an_upsert_does_not_touch_a_document_that_has_the_id_but_not_the_rest() {
    let database = trips(2);
    let command = json!({"updateOne": {"filter": {"_id": 1, "n": 5}, "update": {"$set": {"n": 6}},
                                       "options": {"upsert": true}}});
    let answer = database.run("trips", &command);
    assert_eq!(
        answer,
        json!({"status": {"matchedCount": 0, "modifiedCount": 0}})
    );
    let command = json!({"updateOne": {"filter": {"n": 5}, "update": {"$setOnInsert": {"_id": 1}},
                                       "options": {"upsert": true}}});
    let answer = database.run("trips", &command);
    assert_eq!(answer["errors"][0]["errorCode"], "DOCUMENT_ALREADY_EXISTS");
    assert_eq!(ids(&database.find_all("trips", &json!({"n": 1}))), [1]);
}
