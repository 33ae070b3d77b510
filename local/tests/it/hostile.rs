//! Requests nobody sends by accident: each is answered, none ends the process.

use astra_local::{Engine, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{send, shop};

fn stocked() -> Engine {
    let engine = shop();
    let options = json!({"vector": {"dimension": 2}, "indexing": {"deny": ["blob"]}});
    prepare(
        &engine,
        "shop",
        &json!({"createCollection": {"name": "carts", "options": options}}),
    );
    let documents = json!([
        {"_id": 1, "a": [1, {"b": null}], "$vector": [0.5, 0.5]},
        {"_id": "x", "a": {"b": [[1.50]], "c": true}, "d": {"$date": 0}, "blob": "z"},
    ]);
    prepare(
        &engine,
        "shop/carts",
        &json!({"insertMany": {"documents": documents}}),
    );
    engine
}

/// Sends what must work.
fn prepare(engine: &Engine, path: &str, command: &Value) {
    let answer = send(engine, path, &command.to_string());
    assert_eq!(answer.get("errors"), None, "{command} gave {answer}");
}

/// A table with a column of each sort, named as the words below.
fn tabled() -> Engine {
    let engine = shop();
    let columns = json!({
        "_id": "text", "a": "int", "d": "timestamp", "blob": "blob", "*": "decimal", "n": "double", "u": "uuid",
        "s": {"type": "set", "valueType": "text"}, "l": {"type": "list", "valueType": "int"},
        "m": {"type": "map", "keyType": "text", "valueType": "int"}, "v": {"type": "vector", "dimension": 2},
    });
    let key = json!({"partitionBy": ["_id"], "partitionSort": {"a": 1}});
    let table = json!({"name": "carts", "definition": {"columns": columns, "primaryKey": key}});
    prepare(&engine, "shop", &json!({"createTable": table}));
    for (name, column) in [("i", "n"), ("s", "s"), ("m", "m")] {
        let index = json!({"name": name, "definition": {"column": column}});
        prepare(&engine, "shop/carts", &json!({"createIndex": index}));
    }
    let rows = json!([{"_id": "x", "a": 1, "n": 1.5, "s": ["a"], "l": [1], "m": {"a": 1}, "v": [0.5, 0.5]}]);
    prepare(
        &engine,
        "shop/carts",
        &json!({"insertMany": {"documents": rows}}),
    );
    engine
}

/// Words of the query language, so that random clauses reach its depths.
fn word() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "_id",
        "a",
        "a.b",
        "a.0",
        "a.1.b",
        "blob",
        "d",
        "",
        "$",
        "$eq",
        "$ne",
        "$gt",
        "$lte",
        "$in",
        "$nin",
        "$exists",
        "$all",
        "$size",
        "$and",
        "$or",
        "$not",
        "$set",
        "$unset",
        "$inc",
        "$mul",
        "$push",
        "$each",
        "$position",
        "$pop",
        "$min",
        "$max",
        "$rename",
        "$addToSet",
        "$currentDate",
        "$setOnInsert",
        "$slice",
        "$date",
        "$uuid",
        "$objectId",
        "$binary",
        "$vector",
        "$vectorize",
        "$lexical",
        "$hybrid",
        "$similarity",
        "*",
        "a&.b",
        "a&",
        "..",
    ];
    prop_oneof![9 => prop::sample::select(KNOWN).prop_map(str::to_owned), 1 => any::<String>()]
}

fn clause() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            3 => prop::collection::vec((word(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Every command that takes clauses, with these.
fn commands(one: &Value, other: &Value) -> Vec<Value> {
    vec![
        json!({"insertOne": {"document": one}}),
        json!({"insertMany": {"documents": [one, other], "options": {"ordered": true, "returnDocumentResponses": true}}}),
        json!({"find": {"filter": one}}),
        json!({"find": {"sort": one, "options": {"includeSimilarity": true}}}),
        json!({"findOne": {"filter": one, "projection": other}}),
        json!({"find": {"options": {"pageState": one}}}),
        json!({"updateOne": {"filter": one, "update": other, "options": {"upsert": true}}}),
        json!({"updateMany": {"filter": {}, "update": one}}),
        json!({"findOneAndUpdate": {"filter": {"_id": 1}, "update": {"$set": one, "$push": other}}}),
        json!({"findOneAndReplace": {"filter": one, "replacement": other, "options": {"upsert": true}}}),
        json!({"deleteOne": {"filter": one, "sort": other}}),
        json!({"countDocuments": {"filter": one}}),
        json!({"findAndRerank": {"filter": one, "sort": other}}),
        json!({"updateOne": {"filter": {"_id": "x", "a": 1}, "update": one}}),
        json!({"deleteMany": {"filter": {"_id": "x", "a": other}}}),
        json!({"alterTable": {"operation": one}}),
        json!({"createIndex": {"name": "j", "definition": {"column": one, "options": other}}}),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn clauses_of_any_shape_are_answered(one in clause(), other in clause()) {
        let engine = stocked();
        for command in commands(&one, &other) {
            let answer = send(&engine, "shop/carts", &command.to_string());
            let unexpected = answer["errors"].as_array().is_some_and(|errors| {
                errors.iter().any(|error| error["errorCode"] == "UNEXPECTED_SERVER_ERROR")
            });
            prop_assert!(!unexpected, "{} gave {}", command, answer);
        }
    }

    #[test]
    fn clauses_of_any_shape_are_answered_by_tables(one in clause(), other in clause()) {
        let engine = tabled();
        for command in commands(&one, &other) {
            let answer = send(&engine, "shop/carts", &command.to_string()).to_string();
            prop_assert!(!answer.contains("failed unexpectedly"), "{} gave {}", command, answer);
        }
    }

    #[test]
    fn definitions_of_any_shape_are_answered(one in clause(), other in clause()) {
        let engine = shop();
        for command in [
            json!({"createTable": {"name": "t", "definition": one}}),
            json!({"createTable": {"name": "t", "definition": {"columns": one, "primaryKey": other}}}),
            json!({"createTable": {"name": "t", "definition": {"columns": {"a": one, "b": other}, "primaryKey": "a"}}}),
            json!({"createType": {"name": "t", "definition": {"fields": one}}}),
            json!({"alterType": {"name": "t", "add": one, "rename": other}}),
            json!({"createCollection": {"name": "t", "options": one}}),
            json!({"createCollection": {"name": "t", "options": {"vector": one, "indexing": other}}}),
        ] {
            let answer = send(&engine, "shop", &command.to_string()).to_string();
            prop_assert!(!answer.contains("failed unexpectedly"), "{} gave {}", command, answer);
        }
    }

    #[test]
    fn bodies_of_any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..64)) {
        let engine = Engine::in_memory().expect("an engine");
        let response = engine.execute(Request { keyspace: Some("a"), name: Some("b"), body: &body });
        prop_assert!(serde_json::from_slice::<Value>(&response.body).is_ok());
    }
}

#[test]
fn a_body_cut_short_anywhere_is_refused() {
    let engine = stocked();
    for whole in [
        r#"{"find":{"filter":{"a":[1,{"$gt":-1.5e2}]},"sort":{"$vector":[0.5,1]},"options":{"limit":5}}}"#,
        r#"{"insertMany":{"documents":[{"_id":{"$uuid":"0"},"a":"\u00e9\n","b":null}],"options":{"ordered":true}}}"#,
        r#"{"createIndex":{"name":"i","definition":{"column":{"m":"$keys"},"options":{"ascii":true}}}}"#,
        r#"{"findAndRerank":{"sort":{"$hybrid":{"$lexical":"a"}},"options":{"hybridLimits":{"$vector":1}}}}"#,
    ] {
        for end in 0..whole.len() {
            let answer = send(&engine, "shop/carts", &whole[..end]);
            assert!(
                answer["errors"].is_array(),
                "{} gave {answer}",
                &whole[..end]
            );
        }
    }
}

#[test]
fn nesting_up_to_the_limit_fits_the_stack_of_a_worker_thread() {
    let nested = |levels: usize, name: &str| {
        format!(
            "{}1{}",
            format!("{{\"{name}\":").repeat(levels),
            "}".repeat(levels)
        )
    };
    let arrays = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let logical = format!("{}{{}}{}", "{\"$and\":[".repeat(490), "]}".repeat(490));
    let not = format!("{}{{}}{}", "{\"$not\":".repeat(990), "}".repeat(990));
    let mut bodies = Vec::new();
    for deep in [
        nested(990, "a"),
        nested(990, "$set"),
        nested(990, "$eq"),
        format!("{{\"a\":{}}}", arrays(990)),
        logical,
        not,
    ] {
        for (command, clause) in [
            ("insertOne", "document"),
            ("find", "filter"),
            ("find", "sort"),
            ("find", "projection"),
            ("updateMany", "update"),
            ("findOneAndReplace", "replacement"),
        ] {
            bodies.push(format!("{{\"{command}\":{{\"{clause}\":{deep}}}}}"));
        }
        bodies.push(format!(
            "{{\"updateMany\":{{\"update\":{{\"$set\":{deep}}}}}}}"
        ));
        bodies.push(format!("{{\"updateMany\":{{\"filter\":{{\"a\":{{\"$eq\":{deep}}}}},\"update\":{{\"$set\":{{\"z\":1}}}},\"options\":{{\"upsert\":true}}}}}}"));
    }
    let ask = move || {
        let engine = stocked();
        for body in bodies {
            let answer = send(&engine, "shop/carts", &body);
            assert!(answer.is_object(), "{body}");
        }
    };
    // The stack of tokio's blocking threads, where requests run.
    let thread = std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(ask)
        .expect("a thread");
    thread.join().expect("no request ended the thread");
}
