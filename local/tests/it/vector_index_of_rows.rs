//! Searches among the rows of a table that has so many that an index names the candidates.

use serde_json::{Value, json};

use crate::database::Database;
use crate::vector_index::{DIMENSION, MANY, exact, vector};

/// Rows of 50 partitions, with an index on one more column. Every seventh row has no vector.
fn stocked() -> Database {
    let database = Database::in_memory();
    let table = json!({"createTable": {"name": "rows", "definition": {
        "columns": {"part": "int", "id": "int", "half": "int", "tone": "int",
                    "v": {"type": "vector", "dimension": DIMENSION}},
        "primaryKey": {"partitionBy": ["part"], "partitionSort": {"id": 1}}}}});
    database.send(Some("shop"), None, &table);
    index(&database);
    for column in ["half", "tone"] {
        let by_value = json!({"createIndex": {"name": column, "definition": {"column": column}}});
        database.run("rows", &by_value);
    }
    let rows: Vec<Value> = (0..MANY).map(row).collect();
    for part in rows.chunks(100) {
        let answer = database.run("rows", &json!({"insertMany": {"documents": part}}));
        assert_eq!(answer["errors"], Value::Null);
    }
    database
}

fn index(database: &Database) {
    let near = json!({"createVectorIndex": {"name": "near", "definition": {"column": "v",
                                            "options": {"metric": "cosine"}}}});
    assert_eq!(database.run("rows", &near), json!({"status": {"ok": 1}}));
}

fn row(number: usize) -> Value {
    let mut row =
        json!({"part": number % 50, "id": number, "half": number % 2, "tone": number % 100});
    if !number.is_multiple_of(7) {
        row["v"] = json!(vector(number));
    }
    row
}

fn find(database: &Database, filter: &Value, query: &[f32], limit: usize) -> Vec<(usize, f32)> {
    let command = json!({"find": {"filter": filter, "sort": {"v": query}, "projection": {"id": 1},
                                  "options": {"limit": limit, "includeSimilarity": true}}});
    let answer = database.run("rows", &command);
    let rows = answer["data"]["documents"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let found = rows.iter().map(|row| {
        let number = row["id"]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let similarity = row["$similarity"].to_string().parse();
        (number.expect("a number"), similarity.expect("a similarity"))
    });
    found.collect()
}

fn nearest(database: &Database, query: &[f32]) -> Option<usize> {
    let found = find(database, &json!({}), query, 1);
    found.first().map(|(number, _)| *number)
}

/// A filter, and what it selects by number.
type Case = (Value, fn(usize) -> bool);

#[test]
fn the_nearest_rows_are_found_and_filters_lose_no_hits() {
    let database = stocked();
    let cases: [Case; 5] = [
        (json!({}), |_| true),
        (json!({"half": 1}), |number| number % 2 == 1),
        (json!({"part": 3}), |number| number % 50 == 3),
        (json!({"tone": 8}), |number| number % 100 == 8),
        (json!({"part": 3, "half": 0}), |_| false),
    ];
    let (mut hits, mut all) = (0, 0);
    for (filter, selects) in cases {
        for query in (MANY..MANY + 5).map(vector) {
            let with_vector = (0..MANY).filter(|number| number % 7 != 0);
            let expected = exact(
                "cosine",
                &query,
                with_vector.filter(|number| selects(*number)),
            );
            for limit in [1, 10, 100] {
                let found = find(&database, &filter, &query, limit);
                let expected = &expected[..limit.min(expected.len())];
                assert_eq!(found.len(), expected.len(), "{filter} {limit}");
                assert!(found.iter().all(|(number, _)| selects(*number)), "{filter}");
                assert!(found.is_sorted_by(|one, next| one.1 >= next.1));
                let least = expected.last().map_or(0.0, |last| last.1 - 1e-6);
                hits += found.iter().filter(|(_, own)| *own >= least).count();
                all += expected.len();
            }
        }
    }
    assert!(hits * 100 >= all * 98, "{hits} of {all}");
}

#[test]
fn changed_and_deleted_rows_are_found_as_they_are_now() {
    let database = stocked();
    let (query, away) = (vector(MANY), vector(MANY + 1));
    assert!(nearest(&database, &query).is_some_and(|number| number < MANY));
    let key = json!({"part": 1, "id": MANY});
    let mut new = key.clone();
    new["v"] = json!(query);
    database.run("rows", &json!({"insertOne": {"document": new}}));
    assert_eq!(nearest(&database, &query), Some(MANY));
    for (update, found) in [
        (json!({"$set": {"v": away}}), Some(&away)),
        (json!({"$unset": {"v": ""}}), None),
        (json!({"$set": {"v": query}}), Some(&query)),
        (json!({"$set": {"tone": 3}}), Some(&query)),
    ] {
        let update = json!({"updateOne": {"filter": key, "update": update}});
        let answer = database.run("rows", &update);
        assert_eq!(answer["errors"], Value::Null);
        for vector in [&query, &away] {
            let expected = found == Some(vector);
            assert_eq!(
                nearest(&database, vector) == Some(MANY),
                expected,
                "{update}"
            );
        }
    }
    database.run("rows", &json!({"deleteOne": {"filter": key}}));
    assert_ne!(nearest(&database, &query), Some(MANY));
    database.run("rows", &json!({"deleteMany": {"filter": {"part": 4}}}));
    assert_ne!(nearest(&database, &vector(4)), Some(4));
    database.run("rows", &json!({"deleteMany": {}}));
    assert_eq!(nearest(&database, &query), None);
}

#[test]
fn a_table_that_is_altered_and_an_index_that_is_made_anew_find_everything() {
    let database = stocked();
    assert_eq!(nearest(&database, &vector(5)), Some(5));
    let alter = json!({"alterTable": {"operation": {"add": {"columns": {"more": "text"}}}}});
    assert_eq!(database.run("rows", &alter), json!({"status": {"ok": 1}}));
    assert_eq!(nearest(&database, &vector(5)), Some(5));
    let drop = json!({"dropIndex": {"name": "near"}});
    assert_eq!(
        database.send(Some("shop"), None, &drop),
        json!({"status": {"ok": 1}})
    );
    let set = json!({"updateOne": {"filter": {"part": 5, "id": 5}, "update": {"$set": {"v": vector(MANY)}}}});
    database.run("rows", &set);
    index(&database);
    assert_eq!(nearest(&database, &vector(MANY)), Some(5));
    assert_ne!(nearest(&database, &vector(5)), Some(5));
}
