//! Searches among so many vectors that an index names the candidates: what is found is what comparing all would find.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use astra_local::Engine;
use serde_json::{Value, json};

use crate::database::Database;

pub(crate) const DIMENSION: usize = 48;

/// More than are compared one by one.
pub(crate) const MANY: usize = 2500;

const DIRECTORY: &str = "ASTRA_LOCAL_VECTOR_INDEX_TEST_DIRECTORY";

/// A vector for each number, the same in each run. Every tenth one is near the one before.
pub(crate) fn vector(number: usize) -> Vec<f32> {
    let mut state = (number - usize::from(number % 10 == 9)) as u64;
    let mut next = || {
        state = (state + 1)
            .wrapping_mul(6_364_136_223_846_793_005)
            .rotate_left(23);
        f32::from(u16::try_from(state >> 48).expect("16 bits")) / f32::from(u16::MAX) - 0.5
    };
    let mut numbers: Vec<f32> = (0..DIMENSION).map(|_| next()).collect();
    if number % 10 == 9 {
        numbers[number % DIMENSION] += 0.1;
    }
    numbers
}

fn document(number: usize) -> Value {
    json!({"_id": number, "half": number % 2, "percent": number % 100, "$vector": vector(number)})
}

fn create(database: &Database, metric: &str) {
    let options = json!({"vector": {"dimension": DIMENSION, "metric": metric}});
    let create = json!({"createCollection": {"name": "faces", "options": options}});
    let answer = database.send(Some("shop"), None, &create);
    assert_eq!(answer, json!({"status": {"ok": 1}}));
}

fn insert(database: &Database, numbers: std::ops::Range<usize>) {
    let all: Vec<Value> = numbers.map(document).collect();
    for part in all.chunks(100) {
        let answer = database.run("faces", &json!({"insertMany": {"documents": part}}));
        assert_eq!(answer["errors"], Value::Null);
    }
}

fn stocked(metric: &str) -> Database {
    let database = Database::in_memory();
    create(&database, metric);
    insert(&database, 0..MANY);
    database
}

/// Numbers and similarities of the documents found, nearest first.
fn find(database: &Database, filter: &Value, query: &[f32], limit: usize) -> Vec<(usize, f32)> {
    let command = json!({"find": {"filter": filter, "sort": {"$vector": query},
                                  "options": {"limit": limit, "includeSimilarity": true}}});
    let answer = database.run("faces", &command);
    let documents = answer["data"]["documents"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let found = documents.iter().map(|document| {
        let number = document["_id"]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let similarity = document["$similarity"].to_string().parse();
        (number.expect("a number"), similarity.expect("a similarity"))
    });
    found.collect()
}

fn nearest(database: &Database, query: &[f32]) -> Option<usize> {
    let found = find(database, &json!({}), query, 1);
    found.first().map(|(number, _)| *number)
}

fn similarity(metric: &str, one: &[f32], other: &[f32]) -> f32 {
    let sum = |terms: fn(f32, f32) -> f32| -> f32 {
        one.iter()
            .zip(other)
            .map(|(one, other)| terms(*one, *other))
            .sum()
    };
    let product = sum(|one, other| one * other);
    match metric {
        "cosine" => {
            let lengths = sum(|one, _| one * one) * sum(|_, other| other * other);
            f32::midpoint(1.0, product / lengths.sqrt())
        }
        "dot_product" => f32::midpoint(1.0, product),
        _ => 1.0 / (1.0 + sum(|one, other| (one - other) * (one - other))),
    }
}

/// What comparing every vector finds among some numbers.
pub(crate) fn exact(
    metric: &str,
    query: &[f32],
    among: impl Iterator<Item = usize>,
) -> Vec<(usize, f32)> {
    let mut all: Vec<_> = among
        .map(|number| (number, similarity(metric, query, &vector(number))))
        .collect();
    all.sort_by(|one, other| other.1.total_cmp(&one.1));
    all.retain(|(_, similarity)| *similarity >= 0.0);
    all
}

#[test]
fn the_nearest_are_found_in_their_order_with_their_exact_similarity() {
    for metric in ["cosine", "dot_product", "euclidean"] {
        let database = stocked(metric);
        let (mut hits, mut all) = (0, 0);
        for number in MANY..MANY + 30 {
            let query = vector(number);
            let expected = exact(metric, &query, 0..MANY);
            for limit in [1, 10, 50] {
                let found = find(&database, &json!({}), &query, limit);
                assert_eq!(found.len(), limit);
                assert!(found.is_sorted_by(|one, next| one.1 >= next.1));
                for (number, own) in &found {
                    let exact = similarity(metric, &query, &vector(*number));
                    assert!((own - exact).abs() < 1e-5, "{metric} {number}");
                }
                let least = expected[limit - 1].1 - 1e-6;
                hits += found.iter().filter(|(_, own)| *own >= least).count();
                all += limit;
            }
        }
        // 98 of a hundred.
        assert!(hits * 100 >= all * 98, "{metric}: {hits} of {all}");
    }
}

/// A filter, and what it selects by number.
type Case = (Value, fn(usize) -> bool);

#[test]
fn filters_lose_no_hits() {
    let database = stocked("cosine");
    let cases: [Case; 7] = [
        (json!({"half": 1}), |number| number % 2 == 1),
        (json!({"percent": 7}), |number| number % 100 == 7),
        (json!({"percent": {"$gt": 94}}), |number| number % 100 > 94),
        (json!({"percent": {"$ne": 7}}), |number| number % 100 != 7),
        (json!({"$not": {"percent": {"$lt": 98}}}), |number| {
            number % 100 >= 98
        }),
        (json!({"_id": {"$in": [3, 1999, 7777]}}), |number| {
            [3, 1999].contains(&number)
        }),
        (json!({"half": 1, "percent": 8}), |_| false),
    ];
    for (filter, selects) in cases {
        for query in (MANY..MANY + 5).map(vector) {
            let expected = exact(
                "cosine",
                &query,
                (0..MANY).filter(|number| selects(*number)),
            );
            for limit in [1, 10, 300] {
                let found = find(&database, &filter, &query, limit);
                let expected = &expected[..limit.min(expected.len())];
                assert_eq!(found.len(), expected.len(), "{filter} {limit}");
                assert!(found.iter().all(|(number, _)| selects(*number)));
                let least = expected.last().map_or(0.0, |last| last.1 - 1e-6);
                let hits = found.iter().filter(|(_, own)| *own >= least).count();
                assert!(
                    hits * 100 >= expected.len() * 98,
                    "{filter} {limit}: {hits}"
                );
            }
        }
    }
}

#[test]
fn what_is_written_is_found_at_once_and_what_is_deleted_no_longer() {
    let database = stocked("cosine");
    let (query, away) = (vector(MANY), vector(MANY + 1));
    assert!(nearest(&database, &query).is_some_and(|number| number < MANY));
    insert(&database, MANY..MANY + 1);
    assert_eq!(nearest(&database, &query), Some(MANY));

    let set = |vector: &Value| json!({"updateOne": {"filter": {"_id": MANY}, "update": {"$set": {"$vector": vector}}}});
    database.run("faces", &set(&json!(away)));
    assert_ne!(nearest(&database, &query), Some(MANY));
    assert_eq!(nearest(&database, &away), Some(MANY));
    database.run("faces", &set(&Value::Null));
    assert_ne!(nearest(&database, &away), Some(MANY));
    database.run("faces", &set(&json!(query)));
    assert_eq!(nearest(&database, &query), Some(MANY));

    let remove = json!({"findOneAndDelete": {"sort": {"$vector": query}}});
    assert_eq!(
        database.run("faces", &remove)["data"]["document"]["_id"],
        MANY
    );
    assert_ne!(nearest(&database, &query), Some(MANY));
    for number in [0, 1, MANY - 1] {
        let same = vector(number);
        assert_eq!(nearest(&database, &same), Some(number));
        database.run("faces", &json!({"deleteOne": {"filter": {"_id": number}}}));
        assert_ne!(nearest(&database, &same), Some(number));
    }
    database.run("faces", &json!({"deleteMany": {}}));
    assert_eq!(nearest(&database, &query), None);
    insert(&database, 0..MANY);
    assert_eq!(nearest(&database, &vector(5)), Some(5));
}

#[test]
fn a_write_that_fails_leaves_no_vector_behind() {
    let database = stocked("cosine");
    let query = vector(MANY);
    let before = find(&database, &json!({}), &query, 10);
    let taken = json!({"_id": 5, "$vector": query});
    let answer = database.run("faces", &json!({"insertOne": {"document": taken}}));
    assert_eq!(answer["errors"][0]["errorCode"], "DOCUMENT_ALREADY_EXISTS");
    let long = json!({"_id": "long", "$vector": query, "text": "x".repeat(9000)});
    let answer = database.run("faces", &json!({"insertOne": {"document": long}}));
    assert!(answer["errors"].is_array(), "{answer}");
    assert_eq!(find(&database, &json!({}), &query, 10), before);
}

/// Half of the documents are inserted and changed while the index is being made and searched.
#[test]
fn what_is_written_while_the_index_is_made_is_in_it() {
    let database = stocked("cosine");
    let (first, second) = (MANY..MANY + 200, MANY + 200..MANY + 400);
    std::thread::scope(|scope| {
        for numbers in [first.clone(), second.clone()] {
            let database = &database;
            scope.spawn(move || {
                for number in numbers {
                    insert(database, number..number + 1);
                    assert_eq!(nearest(database, &vector(number)), Some(number));
                }
            });
        }
        for number in 0..100 {
            let database = &database;
            let remove = json!({"deleteOne": {"filter": {"_id": number}}});
            assert_eq!(database.run("faces", &remove)["status"]["deletedCount"], 1);
            assert_ne!(nearest(database, &vector(number)), Some(number));
        }
    });
    for number in first.chain(second) {
        assert_eq!(nearest(&database, &vector(number)), Some(number));
    }
    for number in 0..100 {
        assert_ne!(nearest(&database, &vector(number)), Some(number));
    }
}

/// Updates that are committed together do not see each other in the index: they have to look at what is not committed yet.
#[test]
fn writers_that_take_the_nearest_take_each_document_once() {
    let database = stocked("cosine");
    let query = vector(MANY);
    let far: Vec<f32> = query.iter().map(|number| -number).collect();
    let expected: HashSet<usize> = find(&database, &json!({}), &query, 80)
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    let take = json!({"findOneAndUpdate": {"sort": {"$vector": query}, "update": {"$set": {"$vector": far}}}});
    let taken: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (database, take) = (&database, &take);
                let one = move |_| {
                    let answer = database.run("faces", take);
                    let number = answer["data"]["document"]["_id"].as_u64();
                    usize::try_from(number.unwrap_or_else(|| panic!("{answer}"))).expect("a number")
                };
                scope.spawn(move || (0..20).map(one).collect::<Vec<_>>())
            })
            .collect();
        let taken = threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread"));
        taken.flatten().collect()
    });
    assert_eq!(taken.len(), expected.len());
    assert_eq!(taken.into_iter().collect::<HashSet<_>>(), expected);
}

#[test]
fn after_a_restart_everything_is_found() {
    let directory = tempfile::tempdir().expect("a directory");
    let open = || Database::over(Engine::open(directory.path()).expect("an engine"));
    let database = open();
    create(&database, "euclidean");
    insert(&database, 0..MANY);
    let before = find(&database, &json!({}), &vector(MANY), 10);
    database.run(
        "faces",
        &json!({"deleteOne": {"filter": {"_id": before[0].0}}}),
    );
    drop(database);
    assert_eq!(find(&open(), &json!({}), &vector(MANY), 9), before[1..]);
}

/// Not a test of its own: the process that is killed. It searches and inserts, and says what it was told is stored.
#[test]
#[ignore = "started and killed by the test below"]
#[expect(
    clippy::print_stdout,
    reason = "standard output is how the child acknowledges"
)]
fn child_that_inserts_and_searches_until_it_is_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let database = Database::over(Engine::open(directory).expect("an engine"));
    for number in MANY.. {
        insert(&database, number..number + 1);
        assert_eq!(nearest(&database, &vector(number)), Some(number));
        println!("\nstored {number}");
        std::io::stdout().flush().expect("a pipe");
    }
}

#[test]
fn after_a_crash_what_was_acknowledged_is_found() {
    let directory = tempfile::tempdir().expect("a directory");
    let open = || Database::over(Engine::open(directory.path()).expect("an engine"));
    let database = open();
    create(&database, "cosine");
    insert(&database, 0..MANY);
    drop(database);
    let mut child = Command::new(std::env::current_exe().expect("this test binary"))
        .args([
            "--exact",
            "vector_index::child_that_inserts_and_searches_until_it_is_killed",
        ])
        .args(["--ignored", "--nocapture"])
        .env(DIRECTORY, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let stored = lines.map_while(Result::ok);
    let stored = stored.filter_map(|line| line.strip_prefix("stored ")?.parse().ok());
    let stored: Vec<usize> = stored.take(20).collect();
    child.kill().expect("a child to kill");
    child.wait().expect("its end");
    assert_eq!(stored.len(), 20, "the child hardly worked");
    let database = open();
    for number in stored {
        assert_eq!(nearest(&database, &vector(number)), Some(number));
    }
}
