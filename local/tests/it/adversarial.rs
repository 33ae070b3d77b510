//! Requests of extreme size and depth, on a stack smaller than any worker thread's: each is answered in a bounded way.

use std::sync::LazyLock;
use std::thread;

use astra_local::{Engine, Request};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::{send, shop};

const STACK: usize = 256 * 1024;

/// The longest name the reader takes, as one path of parts of one letter.
const LONGEST_PATH: usize = 25_000;

/// The deepest value the reader takes, less what stands around it.
const DEEPEST: usize = 990;

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(run);
    let ended = thread.expect("a thread").join();
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

/// An engine with collections `open`, `allow` and `deny`, a table `rows` and a type `pair`.
fn engine() -> Engine {
    let engine = shop();
    let prepare = |path: &str, body: &str| {
        let answer = send(&engine, path, body);
        assert_eq!(answer.get("errors"), None, "{body} gave {answer}");
    };
    for (name, options) in [
        ("open", r#"{"vector":{"dimension":2}}"#),
        ("allow", r#"{"indexing":{"allow":["a.a","b"]}}"#),
        ("deny", r#"{"indexing":{"deny":["a.b","c"]}}"#),
    ] {
        prepare(
            "shop",
            &format!(r#"{{"createCollection":{{"name":"{name}","options":{options}}}}}"#),
        );
        prepare(
            &format!("shop/{name}"),
            r#"{"insertMany":{"documents":[{"_id":1,"a":1},{"_id":2,"b":1},{"_id":3,"a":{"a":[1,{"a":2}]}}]}}"#,
        );
    }
    prepare(
        "shop",
        r#"{"createType":{"name":"pair","definition":{"fields":{"x":"int","y":"text"}}}}"#,
    );
    let columns = r#""k":"text","a":"int","n":"decimal","v":"varint","d":"duration","t":"timestamp","i":"inet","b":"blob",
        "u":"uuid","f":"double","x":"text","p":{"type":"userDefined","udtName":"pair"},"vec":{"type":"vector","dimension":2},
        "l":{"type":"list","valueType":"int"},"s":{"type":"set","valueType":"text"},
        "m":{"type":"map","keyType":"text","valueType":"int"}"#;
    prepare(
        "shop",
        &format!(
            r#"{{"createTable":{{"name":"rows","definition":{{"columns":{{{columns}}},"primaryKey":"k"}}}}}}"#
        ),
    );
    prepare(
        "shop/rows",
        r#"{"createTextIndex":{"name":"x","definition":{"column":"x","options":{"analyzer":{
            "tokenizer":{"name":"keyword"},"filters":[{"name":"lowercase"},{"name":"asciifolding"},{"name":"porterstem"}]}}}}}"#,
    );
    prepare(
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"x","a":1,"l":[1],"s":["a"],"m":{"a":1},"p":{"x":1}}}}"#,
    );
    engine
}

/// Commands with places for a value and for the name of a field.
const COMMANDS: &[(&str, &str)] = &[
    ("", r#"{"createKeyspace":{"name":VALUE}}"#),
    (
        "",
        r#"{"createKeyspace":{"name":"k","options":{NAME:VALUE}}}"#,
    ),
    ("", r"{NAME:VALUE}"),
    ("", "VALUE"),
    ("shop", r#"{"createCollection":{"name":VALUE}}"#),
    (
        "shop",
        r#"{"createCollection":{"name":"open","options":{"indexing":{"allow":[TEXT]}}}}"#,
    ),
    (
        "shop",
        r#"{"createCollection":{"name":"open","options":{"indexing":{"deny":VALUE}}}}"#,
    ),
    (
        "shop",
        r#"{"createCollection":{"name":"open","options":{"vector":{"service":{"provider":TEXT,"parameters":{NAME:VALUE}}}}}}"#,
    ),
    (
        "shop",
        r#"{"createCollection":{"name":"open","options":{"lexical":{"enabled":true,"analyzer":{"tokenizer":VALUE,NAME:VALUE}}}}}"#,
    ),
    (
        "shop",
        r#"{"createTable":{"name":"rows","definition":{"columns":{NAME:VALUE},"primaryKey":TEXT}}}"#,
    ),
    (
        "shop",
        r#"{"createTable":{"name":"rows","definition":{"columns":{"a":{"type":"map","keyType":VALUE,"valueType":VALUE}},"primaryKey":"a"}}}"#,
    ),
    (
        "shop",
        r#"{"createType":{"name":"pair","definition":{"fields":{NAME:VALUE}}}}"#,
    ),
    (
        "shop",
        r#"{"alterType":{"name":"pair","rename":{"fields":{NAME:TEXT}}}}"#,
    ),
    (
        "shop",
        r#"{"alterType":{"name":"pair","add":{"fields":{"x":VALUE}}}}"#,
    ),
    ("shop", r#"{"dropIndex":{"name":TEXT}}"#),
    (
        "shop/*",
        r#"{"insertOne":{"document":{"_id":9,NAME:VALUE}}}"#,
    ),
    (
        "shop/*",
        r#"{"insertMany":{"documents":[VALUE,{"_id":VALUE}],"options":{"ordered":true,"returnDocumentResponses":true}}}"#,
    ),
    (
        "shop/*",
        r#"{"insertOne":{"document":{"_id":9,"$vector":VALUE}}}"#,
    ),
    ("shop/*", r#"{"find":{"filter":{NAME:VALUE}}}"#),
    ("shop/*", r#"{"find":{"filter":{NAME:{"$exists":true}}}}"#),
    (
        "shop/*",
        r#"{"find":{"filter":{"a":{"$in":[VALUE,TEXT]}}}}"#,
    ),
    ("shop/*", r#"{"find":{"filter":{"a":{"$all":VALUE}}}}"#),
    ("shop/*", r#"{"find":{"filter":{"$and":[VALUE]}}}"#),
    ("shop/*", r#"{"find":{"filter":{"$or":VALUE}}}"#),
    ("shop/*", r#"{"find":{"filter":{"$not":VALUE}}}"#),
    ("shop/*", r#"{"find":{"filter":VALUE}}"#),
    ("shop/*", r#"{"find":{"sort":{NAME:1}}}"#),
    ("shop/*", r#"{"find":{"sort":{"$vector":VALUE}}}"#),
    ("shop/*", r#"{"find":{"projection":{NAME:1}}}"#),
    ("shop/*", r#"{"find":{"projection":{NAME:0}}}"#),
    (
        "shop/*",
        r#"{"find":{"projection":{NAME:{"$slice":VALUE}}}}"#,
    ),
    ("shop/*", r#"{"find":{"projection":VALUE}}"#),
    ("shop/*", r#"{"find":{"options":{"pageState":TEXT}}}"#),
    (
        "shop/*",
        r#"{"find":{"options":{"limit":VALUE,"skip":VALUE}}}"#,
    ),
    ("shop/*", r#"{"findOne":{"filter":{"_id":VALUE}}}"#),
    ("shop/*", r#"{"countDocuments":{"filter":{NAME:VALUE}}}"#),
    ("shop/*", r#"{"deleteMany":{"filter":{"z":1,NAME:VALUE}}}"#),
    (
        "shop/*",
        r#"{"findOneAndDelete":{"filter":{"z":1,NAME:VALUE},"sort":{NAME:1}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"z":1,NAME:1},"update":{"$setOnInsert":{"_id":7}},"options":{"upsert":true}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":8},"update":{"$setOnInsert":{NAME:VALUE}},"options":{"upsert":true}}}"#,
    ),
    (
        "shop/*",
        r#"{"findOneAndReplace":{"filter":{"_id":1},"replacement":{"a":1,NAME:VALUE}}}"#,
    ),
    (
        "shop/*",
        r#"{"findAndRerank":{"sort":{"$hybrid":VALUE},"options":{"rerankOn":TEXT}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateMany":{"filter":{},"update":{"$set":{NAME:VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$set":{NAME:VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$inc":{NAME:1}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":1},"update":{"$inc":{"a":VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":1},"update":{"$mul":{"a":VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$mul":{NAME:2}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$push":{NAME:VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":3},"update":{"$push":{"a.a":{"$each":[VALUE],"$position":VALUE}}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":3},"update":{"$addToSet":{"a.a":VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$addToSet":{NAME:VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$pop":{NAME:1}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$min":{NAME:VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$max":{NAME:VALUE}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$currentDate":{NAME:true}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$unset":{NAME:1}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$rename":{NAME:"z"}}}}"#,
    ),
    (
        "shop/*",
        r#"{"updateOne":{"filter":{"_id":2},"update":{"$rename":{"b":TEXT}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y",NAME:VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":TEXT,"a":VALUE,"n":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","n":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","v":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","v":TEXT}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","d":TEXT}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","t":TEXT}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","i":TEXT}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","b":{"$binary":TEXT}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","x":TEXT}}}"#,
    ),
    ("shop/rows", r#"{"find":{"filter":{"x":{"$match":TEXT}}}}"#),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","f":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","p":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","l":VALUE,"s":VALUE,"m":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"insertOne":{"document":{"k":"y","vec":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"updateOne":{"filter":{"k":"x"},"update":{"$push":{"l":VALUE}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"updateOne":{"filter":{"k":"x"},"update":{"$pullAll":{"l":VALUE}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"updateOne":{"filter":{"k":"x"},"update":{"$set":{NAME:VALUE}}}}"#,
    ),
    ("shop/rows", r#"{"find":{"filter":{"k":"x","n":VALUE}}}"#),
    (
        "shop/rows",
        r#"{"find":{"filter":{"s":{"$in":VALUE},"m":{"$keys":{"$all":VALUE}}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"alterTable":{"operation":{"add":{"columns":{NAME:VALUE}}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"alterTable":{"operation":{"drop":{"columns":VALUE}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"createIndex":{"name":"i","definition":{"column":VALUE}}}"#,
    ),
    (
        "shop/rows",
        r#"{"createTextIndex":{"name":"i","definition":{"column":"k","options":{"analyzer":VALUE}}}}"#,
    ),
    (
        "shop/rows",
        r#"{"createVectorIndex":{"name":"i","definition":{"column":"vec","options":{NAME:VALUE}}}}"#,
    ),
];

/// Where a command with a `*` is sent.
const TARGETS: [&str; 4] = ["open", "allow", "deny", "rows"];

/// What is put in the places of a command, as JSON.
#[derive(Clone, Debug)]
struct Extreme {
    value: String,
    /// A string.
    text: String,
}

/// A dotted path.
fn path(parts: usize) -> String {
    vec!["a"; parts].join(".")
}

fn extreme() -> impl Strategy<Value = Extreme> {
    let depth = prop_oneof![3 => 1..120_usize, 1 => 120..=DEEPEST];
    let nested = (depth, 0..6_usize).prop_map(|(depth, kind)| nested(depth, kind));
    let width = prop_oneof![3 => 1..1000_usize, 1 => 1000..5000_usize];
    let wide = (width, 0..7_usize).prop_map(|(width, kind)| wide(width, kind));
    let number = (prop_oneof![1..120_usize, 10_000..100_000_usize], 0..6_usize)
        .prop_map(|(size, kind)| number(size, kind));
    let value = prop_oneof![3 => nested, 3 => wide, 1 => number, 1 => Just("1".to_owned())];
    let parts = prop_oneof![3 => 1..200_usize, 1 => 200..=LONGEST_PATH];
    let text = prop_oneof![
        3 => parts.prop_map(path),
        1 => (1..60_000_usize).prop_map(|size| "n".repeat(size)),
        1 => (1..20_000_usize, 0..7_usize).prop_map(|(size, kind)| odd_text(size, kind)),
    ];
    (value, text).prop_map(|(value, text)| Extreme {
        value,
        text: Value::from(text).to_string(),
    })
}

fn nested(depth: usize, kind: usize) -> String {
    let (open, inner, close) = match kind {
        0 => ("[", "1", "]"),
        1 => (r#"{"a":"#, "1", "}"),
        2 => (r#"{"$and":["#, "{}", "]}"),
        3 => (r#"{"$not":"#, r#"{"a":1}"#, "}"),
        4 => (r#"{"$or":[{"a":1},"#, r#"{"b":1}"#, "]}"),
        _ => (r#"{"type":"list","valueType":"#, r#""int""#, "}"),
    };
    let levels = if open.contains('[') && open.len() > 1 {
        depth / 2
    } else {
        depth
    };
    format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
}

fn wide(width: usize, kind: usize) -> String {
    let items = |item: &dyn Fn(usize) -> String| {
        let items: Vec<_> = (0..width).map(item).collect();
        items.join(",")
    };
    match kind {
        0 => format!("[{}]", items(&|at| at.to_string())),
        1 => format!("{{{}}}", items(&|at| format!(r#""f{at}":1"#))),
        2 => format!("[{}]", items(&|_| "[]".to_owned())),
        3 => format!("[{}]", items(&|at| format!(r#"{{"a":{at}}}"#))),
        4 => format!("[{}]", items(&|at| format!(r#"["k{at}",1]"#))),
        5 => format!("{{{}}}", items(&|at| format!(r#""f{}":1"#, at % 900))),
        _ => format!(
            r#"{{"a":{{{}}}}}"#,
            items(&|at| format!(r#""f{at}":{{"x":0}}"#))
        ),
    }
}

fn number(size: usize, kind: usize) -> String {
    let digits = "9".repeat(size);
    match kind {
        0 => digits,
        1 => format!("0.{digits}"),
        2 => format!("1e{}", &digits[..size.min(10)]),
        3 => format!("1e-{digits}"),
        4 => "1e2147483647".to_owned(),
        _ => format!("-{}e-2147483600", &digits[..size.min(80)]),
    }
}

fn odd_text(size: usize, kind: usize) -> String {
    match kind {
        0 => "&".repeat(size),
        1 => ".".repeat(size),
        2 => format!("P{}", "1Y".repeat(size)),
        3 => format!("{}:", "1:".repeat(size)),
        4 => "9".repeat(size),
        5 => "y".repeat(size),
        _ => "1e".to_owned() + &"9".repeat(size),
    }
}

/// What is read of an answer; its data may have numbers that a `Value` cannot hold.
#[derive(serde::Deserialize)]
struct Answer {
    #[serde(default)]
    errors: Vec<Value>,
}

/// Answers a command, which must not fail inside and must say what it says in few words.
fn check(engine: &Engine, target: &str, template: &str, extreme: &Extreme) {
    let body = template
        .replace("NAME", &extreme.text)
        .replace("VALUE", &extreme.value)
        .replace("TEXT", &extreme.text);
    let mut names = target.split('/').filter(|name| !name.is_empty());
    let response = engine.execute(Request {
        keyspace: names.next(),
        name: names.next(),
        body: body.as_bytes(),
    });
    let answer: Answer = serde_json::from_slice(&response.body).expect("JSON");
    for error in answer.errors {
        let shown: String = error.to_string().chars().take(300).collect();
        assert_ne!(
            error["errorCode"], "UNEXPECTED_SERVER_ERROR",
            "{template} to {target}: {shown}"
        );
        let message = error["message"].as_str().expect("a message");
        assert!(message.len() < 3000, "{template} to {target}: {shown}");
    }
}

fn targets(path: &str) -> Vec<String> {
    match path.strip_suffix('*') {
        Some(keyspace) => TARGETS
            .iter()
            .map(|name| format!("{keyspace}{name}"))
            .collect(),
        None => vec![path.to_owned()],
    }
}

#[test]
fn adversarial_clauses_are_answered_on_a_small_stack() {
    static ENGINE: LazyLock<Engine> = LazyLock::new(engine);
    on_a_small_stack(|| {
        let case = (prop::sample::select(COMMANDS), 0..TARGETS.len(), extreme());
        let test = |((path, template), target, extreme): ((&str, &str), usize, Extreme)| {
            let targets = targets(path);
            check(
                &ENGINE,
                &targets[target % targets.len()],
                template,
                &extreme,
            );
            Ok(())
        };
        let config = ProptestConfig {
            failure_persistence: None,
            max_shrink_iters: 200,
            ..ProptestConfig::default()
        };
        if let Err(failure) = TestRunner::new(config).run(&case, test) {
            panic!("{failure}");
        }
    });
}

/// The longest, deepest and widest there is, through every command.
#[test]
fn adversarial_extremes_are_answered_on_a_small_stack() {
    on_a_small_stack(|| {
        let engine = engine();
        let values = (0..6).map(|kind| nested(DEEPEST, kind)).chain([
            wide(2000, 0),
            wide(2000, 1),
            number(100, 0),
            number(100, 5),
        ]);
        let texts = [
            path(LONGEST_PATH),
            path(8400),
            "n".repeat(1001),
            odd_text(25_000, 0),
            odd_text(25_000, 5),
        ];
        for (value, text) in values.zip(texts.iter().cycle()) {
            let extreme = Extreme {
                value,
                text: Value::from(text.as_str()).to_string(),
            };
            for (path, template) in COMMANDS {
                for target in targets(path) {
                    check(&engine, &target, template, &extreme);
                }
            }
        }
    });
}
