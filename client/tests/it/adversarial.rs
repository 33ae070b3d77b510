//! Every parser of what strangers send, on a small stack: long, deep and wide input ends in a value
//! or an error, and the error is short.

use std::collections::BTreeMap;
use std::fmt::Display;

use astra_db::table::{self, Date, Double, Time};
use astra_db::{
    Collection, ConnectionString, DataApiClient, Document, DocumentId, Environment, Error, Number,
    ObjectId, PageState, Row, Token, Uuid, Value, Vector, split_field_path,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use serde_json::json;

use crate::support::{Outcome, Script, scripted};

/// Enough for a server's worker threads in the tightest of configurations.
const STACK: usize = 256 * 1024;
const LONGEST_MESSAGE: usize = 3000;

fn for_any<S>(input: S, check: fn(S::Value) -> TestCaseResult)
where
    S: Strategy + Send + 'static,
{
    let run = move || {
        let mut runner = TestRunner::new(Config::default());
        runner.run(&input, check).unwrap();
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(run).unwrap().join().unwrap();
}

/// Small numbers mostly, and some of every size up to 2^14.
fn size() -> impl Strategy<Value = usize> {
    (0_u32..15, any::<prop::sample::Index>()).prop_map(|(bits, index)| index.index(1 << bits))
}

/// A piece again and again, between others.
fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = || prop::sample::select(pieces);
    (piece(), piece(), size(), piece(), "\\PC{0,8}").prop_map(|(start, again, count, end, rest)| {
        [start, &again.repeat(count), end, &rest].concat()
    })
}

fn short<T, E: Display>(outcome: Result<T, E>) -> TestCaseResult {
    if let Err(error) = outcome {
        let length = error.to_string().len();
        prop_assert!(length <= LONGEST_MESSAGE, "{} bytes of message", length);
    }
    Ok(())
}

#[test]
fn connection_strings_and_endpoints() {
    let pieces = &[
        "",
        "http://",
        "https://",
        "a",
        "u:p@",
        "@",
        ":",
        "/",
        "//",
        "?",
        "#",
        "&",
        "%",
        "%41",
        "\\",
        "[",
        "]",
        "..",
        "/v1/ks",
        "?applicationToken=",
        "AstraCS:",
        "\u{feff}",
        "\u{200b}",
        "é",
        "\"",
        " ",
        "9",
        "xn--",
    ];
    for_any(text(pieces), |text| {
        short(text.parse::<ConnectionString>())?;
        short(ConnectionString::new(&text, "ks"))?;
        short(ConnectionString::new("http://host", &text))?;
        short(text.parse::<Token>())?;
        short(text.parse::<Environment>())?;
        let client = DataApiClient::builder().environment(Environment::Hcd);
        let client = client.token("t").build().unwrap();
        short(client.database(&text))?;
        short(DataApiClient::new("t").database_by_id(&text, &text))
    });
}

/// Parts of durations, dates, times, numbers, paths and page states.
const PIECES: &[&str] = &[
    "",
    "P",
    "PT",
    "T",
    "-",
    "+",
    "1",
    "9",
    "0",
    "1Y",
    "9223372036854775807H",
    "18446744073709551615h",
    "1y",
    "mo",
    "d",
    ".",
    "e",
    "E9",
    "e999999999",
    ":",
    "Z",
    "2024-01-31",
    "T12:00:00",
    "0.",
    ".0",
    "&",
    "&.",
    "&&",
    "a.",
    "a",
    "é",
    "{\"$date\":",
    "\"",
    "00:00:00.",
];

#[test]
fn values_that_travel_as_text() {
    for_any(text(PIECES), |text| {
        short(text.parse::<table::Duration>())?;
        short(text.parse::<Date>())?;
        short(text.parse::<Time>())?;
        short(text.parse::<table::Timestamp>())?;
        short(text.parse::<table::Uuid>())?;
        short(text.parse::<Uuid>())?;
        short(text.parse::<ObjectId>())?;
        short(split_field_path(&text))?;
        let number = text.parse::<Number>();
        if let Ok(number) = &number {
            prop_assert_eq!(number, number);
            let _ = (
                number.to_i128(),
                number.to_u128(),
                number.to_f64(),
                number.to_f32(),
            );
            short(serde_json::Number::try_from(number.clone()))?;
        }
        short(number)?;
        let state = PageState::from(text.as_str());
        prop_assert_eq!(state.as_str(), text.as_str());
        Ok(())
    });
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Typed {
    a: Option<Box<Self>>,
    price: Option<f64>,
    count: Option<u8>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only read")]
enum Either {
    Deep(Vec<Self>),
    Named(BTreeMap<String, Self>),
    Number(f32),
    Text(String),
    Vector(Vector),
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "only read")]
struct Columns {
    #[serde(default, with = "table::map")]
    a: BTreeMap<String, Double>,
}

/// JSON that is deep, long or wide, well-formed or not.
fn json_text() -> impl Strategy<Value = String> {
    let brackets = prop::sample::select(
        &[
            ("[", "]"),
            ("{\"a\":", "}"),
            ("[{\"a\":[", "]}]"),
            ("[0,", "]"),
        ][..],
    );
    let leaf = prop::sample::select(
        &[
            "0",
            "1e400",
            "-0.1e-9",
            "\"x\"",
            "null",
            "true",
            "",
            "}",
            "\"\\ud800\"",
            "{\"$vector\":[1,2]}",
            "NaN",
        ][..],
    );
    let size = || size().prop_map(|size| size / 4);
    let deep =
        (brackets, size(), leaf, 0_usize..3).prop_map(|((open, close), depth, leaf, missing)| {
            let closing = depth.saturating_sub(missing % 2);
            format!("{}{leaf}{}", open.repeat(depth), close.repeat(closing))
        });
    let wide = (size(), prop::bool::ANY).prop_map(|(width, object)| {
        let member = |n: usize| {
            if object {
                format!("\"k{n}\":{n}")
            } else {
                n.to_string()
            }
        };
        let members: Vec<String> = (0..width).map(member).collect();
        let members = members.join(",");
        if object {
            format!("{{{members}}}")
        } else {
            format!("[{members}]")
        }
    });
    let long = text(&[
        "", "\"", "\\", "\\u00e9", "x", "9", "0.", "1e", "-", "[", "{", ",", ":", " ", "\n", "é",
    ]);
    prop_oneof![deep, wide, long]
}

#[test]
fn a_long_text_that_does_not_fit_is_not_repeated_whole() {
    let long = Value::from("é".repeat(5_000));
    short(long.decode::<u64>()).unwrap();
    short(astra_db::doc!({"price": (long)}).decode::<Typed>()).unwrap();
}

#[test]
fn json_of_any_shape() {
    for_any(json_text(), |text| {
        short(text.parse::<Value>())?;
        short(text.parse::<Document>())?;
        short(text.parse::<Row>())?;
        short(serde_json::from_str::<DocumentId>(&text))?;
        if let Ok(value) = text.parse::<Value>() {
            prop_assert_eq!(value.to_string().parse::<Value>().unwrap(), value.clone());
            short(value.decode::<Typed>())?;
            short(value.decode::<Either>())?;
            short(value.decode::<serde_json::Value>())?;
        }
        Ok(())
    });
}

/// The answer of a hostile server, read as everything it can be read as.
async fn ask(body: String) -> TestCaseResult {
    let script = Script::of([Outcome::Reply(200, body.leak())]);
    let db = scripted(&script);
    let documents: Collection = db.collection("c");
    short(documents.find(json!({})).page().await)?;
    short(documents.find_one(json!({})).await)?;
    short(documents.distinct("a.a.0", json!({})).await)?;
    short(documents.find_one_and_delete(json!({})).await)?;
    short(documents.insert_one(astra_db::doc!({})).await)?;
    short(documents.count_documents(json!({}), 1).await)?;
    short(documents.find_and_rerank(json!({}), "a").details().await)?;
    short(
        documents
            .clone_with_type::<serde_json::Value>()
            .find_one(json!({}))
            .await,
    )?;
    short(
        documents
            .clone_with_type::<Either>()
            .find_one(json!({}))
            .await,
    )?;
    let typed = documents
        .clone_with_type::<Typed>()
        .find(json!({}))
        .page()
        .await;
    for unfit in typed.iter().flat_map(|page| &page.unfit) {
        short(Err::<(), _>(unfit))?;
        let length = format!("{unfit:?}").len();
        prop_assert!(length <= LONGEST_MESSAGE, "{} bytes of {{:?}}", length);
    }
    short(typed)?;
    short(db.table::<Row>("t").find(json!({})).page().await)?;
    short(db.table::<Columns>("t").find(json!({})).page().await)?;
    short(db.list_tables().await)?;
    short(db.list_collections().await)?;
    Ok(())
}

#[test]
fn answers_of_a_server() {
    let place = prop::sample::select(
        &[
            "%",
            r#"{"data":%}"#,
            r#"{"status":%}"#,
            r#"{"errors":[%]}"#,
            r#"{"errors":%}"#,
            r#"{"data":{"document":%},"status":{"insertedIds":%,"count":%}}"#,
            r#"{"data":{"document":%,"documents":[%,{"a":1}],"nextPageState":null},"status":{"projectionSchema":{"a":%}}}"#,
            r#"{"data":{"documents":[{"_id":%,"a":1,"price":"x","%":1}],"nextPageState":null},"status":{"warnings":[%]}}"#,
        ][..],
    );
    for_any((place, json_text()), |(place, inside)| {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(ask(place.replace('%', &inside)))
    });
}

#[test]
fn the_deepest_answer_that_is_read_and_what_is_said_beyond() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let read = move |depth| nested(depth).parse::<Value>();
    let typed = move |depth| read(depth).and_then(|value| value.decode::<serde_json::Value>());
    let run = move || {
        assert!(read(64).is_ok());
        let error = read(65).unwrap_err().to_string();
        assert!(error.contains("nested deeper than 64 levels"), "{error}");
        assert!(read(1_000_000).is_err());
        assert!(typed(32).is_ok());
        let error = typed(33).unwrap_err().to_string();
        assert!(error.contains("nested deeper than 32 levels"), "{error}");
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(run).unwrap().join().unwrap();
    // Errors of the types that carry one are not of the server's length either.
    let long = "x".repeat(1_000_000);
    let error = long.parse::<Environment>().unwrap_err();
    assert!(matches!(error, Error::Config(_)) && error.to_string().len() < LONGEST_MESSAGE);
}
