//! Sorting by similarity, together with filters.

use serde_json::{Value, json};

use crate::database::Database;

fn stocked() -> Database {
    let database = Database::in_memory();
    let options = json!({"vector": {"dimension": 3, "metric": "cosine"}});
    let create = json!({"createCollection": {"name": "faces", "options": options}});
    assert_eq!(
        database.send(Some("shop"), None, &create),
        json!({"status": {"ok": 1}})
    );
    let faces: Vec<Value> = (0..400_i32)
        .map(|n| {
            let spread = |by: i32| f64::from((n * by) % 101) - 50.0;
            json!({"_id": n, "n": n, "odd": n % 2 == 1, "$vector": [spread(37), spread(71), spread(13) + 0.5]})
        })
        .collect();
    for part in faces.chunks(100) {
        let answer = database.run("faces", &json!({"insertMany": {"documents": part}}));
        assert_eq!(answer["errors"], Value::Null);
    }
    database.run(
        "faces",
        &json!({"insertOne": {"document": {"_id": "no vector", "n": 1, "odd": true}}}),
    );
    database
}

/// Numbers and similarities, nearest first.
fn nearest(database: &Database, filter: &Value, limit: usize) -> Vec<(i64, f64)> {
    let command = json!({"find": {"filter": filter, "sort": {"$vector": [3, -2, 1]}, "projection": {"n": 1},
                                  "options": {"limit": limit, "includeSimilarity": true}}});
    let answer = database.run("faces", &command);
    let documents = answer["data"]["documents"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    documents
        .iter()
        .filter_map(|document| Some((document["n"].as_i64()?, document["$similarity"].as_f64()?)))
        .collect()
}

#[test]
fn the_nearest_come_first_and_documents_without_vector_never() {
    let all = nearest(&stocked(), &json!({}), 1000);
    assert_eq!(all.len(), 400);
    assert!(all.is_sorted_by(|one, next| one.1 >= next.1));
}

/// Clients in languages that tell them apart read `1.0` as a number of the kind they expect, and `1` as an integer.
#[test]
fn whole_similarities_and_sort_vectors_are_written_with_a_fraction() {
    let database = stocked();
    let exact = json!({"insertOne": {"document": {"_id": "exact", "$vector": [300, -200, 100]}}});
    database.run("faces", &exact);
    for projection in [json!({}), json!({"n.x": 1})] {
        let command = json!({"find": {"sort": {"$vector": [3, -2, 1]}, "projection": projection,
            "options": {"limit": 1, "includeSimilarity": true, "includeSortVector": true}}});
        let answer = database.run("faces", &command);
        assert_eq!(answer["data"]["documents"][0]["$similarity"], json!(1.0));
        assert_eq!(answer["status"]["sortVector"], json!([3.0, -2.0, 1.0]));
    }
}

/// A filter, and what it selects by number.
type Case = (Value, fn(i64) -> bool);

#[test]
fn a_filter_leaves_the_order_and_the_limit_counts_what_is_left() {
    let database = stocked();
    let all = nearest(&database, &json!({}), 1000);
    let cases: [Case; 7] = [
        (json!({"odd": true}), |n| n % 2 == 1),
        (json!({"n": {"$lt": 20}}), |n| n < 20),
        (json!({"n": {"$gte": 20}}), |n| n >= 20),
        (json!({"n": {"$ne": 3}}), |n| n != 3),
        (json!({"$not": {"odd": true}, "n": {"$gt": 100}}), |n| {
            n % 2 == 0 && n > 100
        }),
        (json!({"_id": {"$in": [7, 9, 11, 7]}}), |n| {
            [7, 9, 11].contains(&n)
        }),
        (json!({"$or": [{"n": 5}, {"n": {"$gt": 390}}]}), |n| {
            n == 5 || n > 390
        }),
    ];
    for (filter, selects) in cases {
        let expected: Vec<_> = all.iter().filter(|(n, _)| selects(*n)).copied().collect();
        for limit in [1, 10, 1000] {
            let found = nearest(&database, &filter, limit);
            assert_eq!(
                found,
                expected[..limit.min(expected.len())],
                "{filter} {limit}"
            );
        }
    }
}

#[test]
fn a_changed_vector_is_found_where_it_is_now() {
    let database = stocked();
    let update =
        json!({"updateOne": {"filter": {"_id": 77}, "update": {"$set": {"$vector": [3, -2, 1]}}}});
    assert_eq!(database.run("faces", &update)["status"]["modifiedCount"], 1);
    assert_eq!(nearest(&database, &json!({}), 1), [(77, 1.0)]);
    database.run(
        "faces",
        &json!({"updateOne": {"filter": {"_id": 77}, "update": {"$unset": {"$vector": 1}}}}),
    );
    assert!(
        nearest(&database, &json!({}), 1000)
            .iter()
            .all(|(n, _)| *n != 77)
    );
    let remove =
        json!({"findOneAndDelete": {"sort": {"$vector": [3, -2, 1]}, "projection": {"n": 1}}});
    let removed = database.run("faces", &remove)["data"]["document"]["n"].as_i64();
    assert!(
        nearest(&database, &json!({}), 1000)
            .iter()
            .all(|(n, _)| Some(*n) != removed)
    );
}
