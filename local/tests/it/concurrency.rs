//! Many threads on one engine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use astra_local::Engine;
use serde_json::json;

use crate::database::Database;

fn both_kinds(test: impl Fn(&Database)) {
    test(&Database::in_memory().with_collection("carts"));
    let directory = tempfile::tempdir().expect("a directory");
    let engine = Engine::open(directory.path()).expect("an engine");
    test(&Database::over(engine).with_collection("carts"));
}

#[test]
fn of_many_inserts_of_one_id_exactly_one_wins() {
    both_kinds(|database| {
        let won = AtomicUsize::new(0);
        thread::scope(|scope| {
            for thread in 0..16 {
                let won = &won;
                scope.spawn(move || {
                    let answer = database.run(
                        "carts",
                        &json!({"insertOne": {"document": {"_id": "one", "by": thread}}}),
                    );
                    if answer["errors"].is_null() {
                        won.fetch_add(1, Ordering::Relaxed);
                    } else {
                        assert_eq!(answer["errors"][0]["errorCode"], "DOCUMENT_ALREADY_EXISTS");
                    }
                });
            }
        });
        assert_eq!(won.load(Ordering::Relaxed), 1);
        assert_eq!(database.find_all("carts", &json!({})).len(), 1);
    });
}

#[test]
fn increments_of_fifty_threads_all_count() {
    both_kinds(|database| {
        database.run(
            "carts",
            &json!({"insertOne": {"document": {"_id": "cart", "items": {"tea": 0}}}}),
        );
        thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let command = json!({"updateOne": {"filter": {"_id": "cart"}, "update": {"$inc": {"items.tea": 1}}}});
                        let answer = database.run("carts", &command);
                        assert_eq!(answer, json!({"status": {"matchedCount": 1, "modifiedCount": 1}}));
                    }
                });
            }
        });
        let cart = database.run("carts", &json!({"findOne": {"filter": {"_id": "cart"}}}));
        assert_eq!(cart["data"]["document"]["items"]["tea"], 1000);
        assert_eq!(
            database
                .find_all("carts", &json!({"items.tea": 1000}))
                .len(),
            1
        );
        assert_eq!(
            database
                .find_all("carts", &json!({"items.tea": {"$lt": 1000}}))
                .len(),
            0
        );
    });
}

#[test]
fn a_write_is_seen_by_the_next_read_of_any_thread() {
    both_kinds(|database| {
        thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for n in 0..50 {
                        let id = format!("{thread}-{n}");
                        database.run(
                            "carts",
                            &json!({"insertOne": {"document": {"_id": id, "n": n}}}),
                        );
                        let found =
                            database.run("carts", &json!({"findOne": {"filter": {"_id": id}}}));
                        assert_eq!(found["data"]["document"]["n"], n);
                    }
                });
            }
        });
    });
}

#[test]
fn commands_on_a_collection_being_dropped_succeed_or_say_it_is_unknown() {
    both_kinds(|database| {
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..20 {
                    database.send(
                        Some("shop"),
                        None,
                        &json!({"deleteCollection": {"name": "carts"}}),
                    );
                    database.send(
                        Some("shop"),
                        None,
                        &json!({"createCollection": {"name": "carts"}}),
                    );
                }
            });
            for command in [
                json!({"insertOne": {"document": {"n": 1}}}),
                json!({"find": {"filter": {"n": 1}}}),
                json!({"countDocuments": {}}),
                json!({"updateMany": {"filter": {"n": 1}, "update": {"$inc": {"n": 1}}}}),
            ] {
                scope.spawn(move || {
                    for _ in 0..50 {
                        let answer = database.run("carts", &command);
                        let code = &answer["errors"][0]["errorCode"];
                        assert!(
                            code.is_null() || code == "UNKNOWN_COLLECTION_OR_TABLE",
                            "{answer}"
                        );
                    }
                });
            }
        });
    });
}
