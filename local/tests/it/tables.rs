//! Tables through the engine's door: what outlives a restart, what is seen while tables change, what rows cost.

use astra_local::Engine;
use serde_json::{Value, json};

use crate::{codes, send, shop};

const CREW: &str = r#"{"createTable":{"name":"crew","definition":{
    "columns":{"ship":"text","rank":"int","name":"text","skills":{"type":"set","valueType":"text"}},
    "primaryKey":{"partitionBy":["ship"],"partitionSort":{"rank":-1}}}}}"#;

fn ok(engine: &Engine, path: &str, body: &str) {
    assert_eq!(
        send(engine, path, body),
        json!({"status": {"ok": 1}}),
        "{body}"
    );
}

fn with_crew() -> Engine {
    let engine = shop();
    ok(&engine, "shop", CREW);
    engine
}

fn insert(engine: &Engine, rows: &Value) {
    let body = json!({"insertMany": {"documents": rows}}).to_string();
    let answer = send(engine, "shop/crew", &body);
    assert_eq!(answer.get("errors"), None, "{answer}");
}

fn find(engine: &Engine, body: &str) -> Value {
    send(engine, "shop/crew", body)["data"]["documents"].clone()
}

#[test]
fn tables_rows_indexes_and_types_are_there_after_opening_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = Engine::open(directory.path()).expect("an engine");
    ok(&engine, "", r#"{"createKeyspace":{"name":"shop"}}"#);
    ok(
        &engine,
        "shop",
        r#"{"createType":{"name":"address","definition":{"fields":{"city":"text"}}}}"#,
    );
    ok(&engine, "shop", CREW);
    ok(
        &engine,
        "shop/crew",
        r#"{"alterTable":{"operation":{"add":{"columns":{"home":{"type":"userDefined","udtName":"address"}}}}}}"#,
    );
    ok(
        &engine,
        "shop/crew",
        r#"{"createIndex":{"name":"by_name","definition":{"column":"name"}}}"#,
    );
    insert(
        &engine,
        &json!([{"ship": "Argo", "rank": 1, "name": "Jason", "home": {"city": "Iolcus"}}]),
    );
    let shown = |engine: &Engine| {
        [
            send(
                engine,
                "shop",
                r#"{"listTables":{"options":{"explain":true}}}"#,
            ),
            send(
                engine,
                "shop",
                r#"{"listTypes":{"options":{"explain":true}}}"#,
            ),
            send(
                engine,
                "shop/crew",
                r#"{"listIndexes":{"options":{"explain":true}}}"#,
            ),
            send(
                engine,
                "shop/crew",
                r#"{"find":{"filter":{"name":"Jason"}}}"#,
            ),
        ]
    };
    let before = shown(&engine);
    assert_eq!(
        before[3]["data"]["documents"][0]["home"],
        json!({"city": "Iolcus"})
    );
    drop(engine);
    let engine = Engine::open(directory.path()).expect("the engine again");
    assert_eq!(shown(&engine), before);
}

#[test]
fn a_dropped_column_takes_its_values_with_it() {
    let engine = with_crew();
    insert(
        &engine,
        &json!([{"ship": "Argo", "rank": 1, "name": "Jason"}]),
    );
    for operation in [
        r#"{"drop":{"columns":["name"]}}"#,
        r#"{"add":{"columns":{"name":"text"}}}"#,
    ] {
        ok(
            &engine,
            "shop/crew",
            &format!(r#"{{"alterTable":{{"operation":{operation}}}}}"#),
        );
    }
    assert_eq!(
        find(&engine, r#"{"find":{}}"#),
        json!([{"ship": "Argo", "rank": 1}])
    );
}

#[test]
fn names_are_shared_by_tables_and_collections() {
    let engine = with_crew();
    let answer = send(&engine, "shop", r#"{"createCollection":{"name":"crew"}}"#);
    assert_eq!(codes(&answer), ["EXISTING_TABLE_NOT_DATA_API_COLLECTION"]);
    ok(&engine, "shop", r#"{"deleteCollection":{"name":"crew"}}"#);
    assert_eq!(
        send(&engine, "shop", r#"{"listTables":{}}"#),
        json!({"status": {"tables": []}})
    );
    ok(&engine, "shop", r#"{"createCollection":{"name":"crew"}}"#);
    ok(&engine, "shop", r#"{"dropTable":{"name":"crew"}}"#);
    assert_eq!(
        send(&engine, "shop", r#"{"findCollections":{}}"#),
        json!({"status": {"collections": []}})
    );
}

#[test]
fn a_dropped_keyspace_takes_its_tables_and_types_with_it() {
    let engine = with_crew();
    ok(
        &engine,
        "shop",
        r#"{"createType":{"name":"address","definition":{"fields":{"city":"text"}}}}"#,
    );
    ok(&engine, "", r#"{"dropKeyspace":{"name":"shop"}}"#);
    ok(&engine, "", r#"{"createKeyspace":{"name":"shop"}}"#);
    for (command, listed) in [("listTables", "tables"), ("listTypes", "types")] {
        let answer = send(&engine, "shop", &format!(r#"{{"{command}":{{}}}}"#));
        assert_eq!(answer, json!({"status": {listed: []}}));
    }
}

#[test]
fn pages_follow_each_other_without_gaps_in_both_directions() {
    let engine = with_crew();
    for start in [0, 100] {
        let rows: Vec<_> = (start..start + 100)
            .map(|rank| json!({"ship": "Argo", "rank": rank}))
            .collect();
        insert(&engine, &json!(rows));
    }
    for (direction, sorted) in [
        (-1, (0..200).rev().collect::<Vec<i64>>()),
        (1, (0..200).collect()),
    ] {
        let (mut ranks, mut state) = (Vec::new(), Value::Null);
        loop {
            let body = json!({"find": {
                "filter": {"ship": "Argo"}, "sort": {"rank": direction}, "options": {"pageState": state, "limit": 130}
            }});
            let answer = send(&engine, "shop/crew", &body.to_string());
            let documents = answer["data"]["documents"].as_array().expect("rows");
            ranks.extend(documents.iter().filter_map(|row| row["rank"].as_i64()));
            state = answer["data"]["nextPageState"].clone();
            if state.is_null() {
                break;
            }
        }
        assert_eq!(ranks, sorted[..130]);
    }
}

#[test]
fn an_index_changes_how_fast_a_find_is_and_not_what_it_finds() {
    let engine = with_crew();
    let rows: Vec<_> = (0..60)
        .map(|rank| json!({"ship": format!("ship {}", rank % 7), "rank": rank, "name": format!("name {}", rank % 3)}))
        .collect();
    insert(&engine, &json!(rows));
    let finds = [
        r#"{"find":{"filter":{"name":"name 1"}}}"#,
        r#"{"find":{"filter":{"name":{"$in":["name 2","name 0","name 9"]},"rank":{"$gt":30}}}}"#,
        r#"{"find":{"filter":{"$or":[{"name":"name 1"},{"rank":5}]}}}"#,
        r#"{"find":{"filter":{"ship":"ship 2","name":"name 1"}}}"#,
    ];
    let without: Vec<_> = finds.iter().map(|body| find(&engine, body)).collect();
    assert!(
        without
            .iter()
            .all(|rows| rows.as_array().is_some_and(|rows| !rows.is_empty()))
    );
    ok(
        &engine,
        "shop/crew",
        r#"{"createIndex":{"name":"by_name","definition":{"column":"name"}}}"#,
    );
    let with: Vec<_> = finds.iter().map(|body| find(&engine, body)).collect();
    assert_eq!(with, without);
    ok(&engine, "shop", r#"{"dropIndex":{"name":"by_name"}}"#);
    assert_eq!(find(&engine, finds[0]), without[0]);
}

#[test]
fn what_an_update_makes_vanishes_with_its_last_value_and_what_an_insert_makes_stays() {
    let engine = with_crew();
    let update = |rank: i64, update: &str| {
        let body = format!(
            r#"{{"updateOne":{{"filter":{{"ship":"Argo","rank":{rank}}},"update":{update}}}}}"#
        );
        assert_eq!(
            send(&engine, "shop/crew", &body),
            json!({"status": {"matchedCount": 1, "modifiedCount": 1}})
        );
    };
    insert(
        &engine,
        &json!([{"ship": "Argo", "rank": 1, "name": "Jason"}]),
    );
    update(2, r#"{"$set":{"name":"Orpheus"}}"#);
    update(3, r#"{"$push":{"skills":"steering"}}"#);
    assert_eq!(
        find(&engine, r#"{"find":{}}"#).as_array().map(Vec::len),
        Some(3)
    );
    update(1, r#"{"$unset":{"name":""}}"#);
    update(2, r#"{"$set":{"name":null}}"#);
    update(3, r#"{"$pullAll":{"skills":["steering"]}}"#);
    update(4, r#"{"$unset":{"name":""}}"#);
    assert_eq!(
        find(&engine, r#"{"find":{}}"#),
        json!([{"ship": "Argo", "rank": 1}])
    );
}

#[test]
fn rows_that_cannot_be_inserted_stop_an_ordered_insert_only() {
    let rows = r#"[{"ship":"Argo","rank":1},{"ship":"Argo","rank":"x"},{"ship":"Argo","rank":3},{"rank":4}]"#;
    for (ordered, inserted) in [
        (true, json!([["Argo", 1]])),
        (false, json!([["Argo", 1], ["Argo", 3]])),
    ] {
        let engine = with_crew();
        let body =
            format!(r#"{{"insertMany":{{"documents":{rows},"options":{{"ordered":{ordered}}}}}}}"#);
        let answer = send(&engine, "shop/crew", &body);
        assert_eq!(answer["status"]["insertedIds"], inserted);
        let errors = json!([
            answer["errors"][0]["errorCode"],
            answer["errors"][1]["errorCode"]
        ]);
        assert_eq!(
            errors,
            json!(["INVALID_COLUMN_VALUES", "MISSING_PRIMARY_KEY_COLUMNS"])
        );
        assert_eq!(
            find(&engine, r#"{"find":{}}"#).as_array().map(Vec::len),
            inserted.as_array().map(Vec::len)
        );
    }
}

#[test]
fn the_most_similar_rows_come_first() {
    let engine = shop();
    ok(
        &engine,
        "shop",
        r#"{"createTable":{"name":"crew","definition":{
            "columns":{"id":"int","v":{"type":"vector","dimension":2}},"primaryKey":"id"}}}"#,
    );
    let sorted = r#"{"find":{"sort":{"v":[1,0]},"projection":{"id":1},"options":{"limit":2,"includeSimilarity":true}}}"#;
    assert_eq!(
        codes(&send(&engine, "shop/crew", sorted)),
        ["CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS"]
    );
    ok(
        &engine,
        "shop/crew",
        r#"{"createVectorIndex":{"name":"near","definition":{"column":"v"}}}"#,
    );
    insert(
        &engine,
        &json!([{"id": 1, "v": [0, 1]}, {"id": 2, "v": [1, 0]}, {"id": 3}, {"id": 4, "v": [1, 1]}]),
    );
    assert_eq!(
        find(&engine, sorted),
        json!([{"id": 2, "$similarity": 1.0}, {"id": 4, "$similarity": 0.853_553_4}])
    );
}

#[test]
fn rows_are_inserted_into_a_table_while_it_is_altered() {
    let engine = with_crew();
    std::thread::scope(|scope| {
        for ship in 0..3 {
            let engine = &engine;
            scope.spawn(move || {
                for rank in 0..50 {
                    insert(engine, &json!([{"ship": ship.to_string(), "rank": rank}]));
                }
            });
        }
        for _ in 0..10 {
            for operation in [
                r#"{"add":{"columns":{"x":"int"}}}"#,
                r#"{"drop":{"columns":["x"]}}"#,
            ] {
                ok(
                    &engine,
                    "shop/crew",
                    &format!(r#"{{"alterTable":{{"operation":{operation}}}}}"#),
                );
            }
        }
    });
    for ship in 0..3 {
        let rows = find(
            &engine,
            &format!(r#"{{"find":{{"filter":{{"ship":"{ship}"}}}}}}"#),
        );
        assert_eq!(rows.as_array().map(Vec::len), Some(50));
    }
}

#[test]
fn the_deepest_types_and_rows_a_request_can_hold_are_refused() {
    let engine = with_crew();
    let nested = |open: &str, close: &str, levels: usize| {
        format!("{}\"int\"{}", open.repeat(levels), close.repeat(levels))
    };
    let list = nested(r#"{"type":"list","valueType":"#, "}", 990);
    let table = format!(
        r#"{{"createTable":{{"name":"deep","definition":{{"columns":{{"id":"int","l":{list}}},"primaryKey":"id"}}}}}}"#
    );
    assert_eq!(
        codes(&send(&engine, "shop", &table)),
        ["REQUEST_STRUCTURE_MISMATCH"]
    );
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = nested(open, close, 990);
        let row =
            format!(r#"{{"insertOne":{{"document":{{"ship":"Argo","rank":1,"skills":{deep}}}}}}}"#);
        assert_eq!(
            codes(&send(&engine, "shop/crew", &row)),
            ["INVALID_COLUMN_VALUES"]
        );
        let push = format!(
            r#"{{"updateOne":{{"filter":{{"ship":"Argo","rank":1}},"update":{{"$push":{{"skills":{{"$each":[{deep}]}}}}}}}}}}"#
        );
        assert_eq!(
            codes(&send(&engine, "shop/crew", &push)),
            ["INVALID_UPDATE_COLUMN_VALUES"]
        );
    }
}

#[test]
fn fields_are_added_to_types_of_possible_names() {
    let engine = shop();
    for (alteration, code) in [
        (
            r#""add":{"fields":{"city":"text"}}"#,
            "UNSUPPORTED_SCHEMA_NAME",
        ),
        (
            r#""rename":{"fields":{"city":"town"}}"#,
            "INVALID_DATABASE_QUERY",
        ),
    ] {
        let body = format!(r#"{{"alterType":{{"name":"no name",{alteration}}}}}"#);
        let answer = send(&engine, "shop", &body);
        assert_eq!(answer["errors"][0]["errorCode"], code, "{answer}");
    }
}

#[test]
fn keys_end_where_those_of_the_database_end() {
    let engine = shop();
    for (name, key) in [
        ("sole", r#""a""#),
        ("pair", r#"{"partitionBy":["a","b"]}"#),
        ("sorted", r#"{"partitionBy":["a"],"partitionSort":{"b":1}}"#),
    ] {
        let definition = format!(r#"{{"columns":{{"a":"text","b":"text"}},"primaryKey":{key}}}"#);
        let body = format!(r#"{{"createTable":{{"name":"{name}","definition":{definition}}}}}"#);
        ok(&engine, "shop", &body);
    }
    let inserted = |name: &str, a: usize, b: usize| {
        let row = json!({"a": "a".repeat(a), "b": "b".repeat(b)});
        let body = json!({"insertOne": {"document": row}}).to_string();
        send(&engine, &format!("shop/{name}"), &body)
            .get("errors")
            .is_none()
    };
    assert!(inserted("sole", 65_535, 0));
    assert!(!inserted("sole", 65_536, 0));
    // Each part of a composite key costs three bytes more.
    assert!(inserted("pair", 32_765, 32_764));
    assert!(!inserted("pair", 32_765, 32_765));
    assert!(inserted("sorted", 65_535, 65_535));
    assert!(!inserted("sorted", 1, 65_536));
    let found = |length: usize| {
        let body = json!({"find": {"filter": {"a": "a".repeat(length)}}}).to_string();
        send(&engine, "shop/sole", &body).get("errors").is_none()
    };
    assert!(found(65_535));
    assert!(!found(65_536));
}
