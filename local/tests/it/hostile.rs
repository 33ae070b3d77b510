//! Requests nobody sends by accident: each is answered, none ends the process.

use astra_local::{Engine, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{send, shop};

fn stocked() -> Engine {
    let engine = shop();
    let options = json!({"vector": {"dimension": 2}, "indexing": {"deny": ["blob"]}});
    send(
        &engine,
        "shop",
        &json!({"createCollection": {"name": "carts", "options": options}}).to_string(),
    );
    let documents = json!([
        {"_id": 1, "a": [1, {"b": null}], "$vector": [0.5, 0.5]},
        {"_id": "x", "a": {"b": [[1.50]], "c": true}, "d": {"$date": 0}, "blob": "z"},
    ]);
    send(
        &engine,
        "shop/carts",
        &json!({"insertMany": {"documents": documents}}).to_string(),
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
    fn bodies_of_any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..64)) {
        let engine = Engine::in_memory().expect("an engine");
        let response = engine.execute(Request { keyspace: Some("a"), name: Some("b"), body: &body });
        prop_assert!(serde_json::from_slice::<Value>(&response.body).is_ok());
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
