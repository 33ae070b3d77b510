//! `astra-dev mcp` with the embedded database, a message at a time, and what strangers send to it.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::connect::alone;

/// A folder with a little content in an embedded database.
fn seeded() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let seeded = alone(directory.path(), &["seed"]).output().unwrap();
    assert!(seeded.status.success(), "{seeded:?}");
    directory
}

/// A session on standard input and output; the process ends with it.
struct Session {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    last: u64,
}

impl Session {
    fn start(directory: &Path, options: &[&str]) -> Self {
        let mut process = alone(directory, &[&["mcp"], options].concat())
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut session = Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
            last: 0,
        };
        let client = json!({"name": "test", "version": "1"});
        let hello =
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
        let welcome = session.ask("initialize", &hello);
        assert_eq!(welcome["result"]["serverInfo"]["name"], "astra-dev");
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        session
    }

    fn send(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Sends a request and reads until its answer.
    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters});
        self.send(&request.to_string());
        loop {
            let mut line = String::new();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "it ended on {request}"
            );
            assert!(line.len() < 1 << 20, "an answer of {} bytes", line.len());
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == id {
                return answer;
            }
        }
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        answer["result"].clone()
    }

    /// Closes standard input, and tells whether the server ended by itself and well.
    fn end(mut self) -> bool {
        drop(self.input.take());
        self.process.wait().unwrap().success()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn the_embedded_database_is_read_and_the_session_ends_with_its_input() {
    let directory = seeded();
    let mut session = Session::start(directory.path(), &[]);
    let listed = session.call("findCollections", &json!({}));
    let collections = listed["structuredContent"]["status"]["collections"].clone();
    let collection = collections[0].as_str().unwrap();
    let found = session.call("find", &json!({"collection": collection}));
    let documents = found["structuredContent"]["data"]["documents"].as_array();
    assert!(!documents.unwrap().is_empty(), "{found}");
    let refused = session.call(
        "deleteMany",
        &json!({"collection": collection, "filter": {}}),
    );
    assert_eq!(refused["isError"], true);
    assert!(refused.to_string().contains("--write"), "{refused}");
    assert_eq!(
        session.call("find", &json!({"collection": collection})),
        found
    );
    assert!(session.end());
}

#[test]
fn a_database_that_is_missing_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let output = alone(directory.path(), &["mcp"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(!directory.path().join("data").exists());
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["$vector", "..", "a/b", "default_keyspace", "{}"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![
            "[a-z$.]{0,6}",
            prop::sample::select(vec!["$set", "filter", "$in", "_id"]).prop_map(str::to_owned)
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Arguments, some of them of the tools.
fn arguments() -> impl Strategy<Value = Value> {
    let names = vec![
        "keyspace",
        "collection",
        "table",
        "filter",
        "sort",
        "options",
        "document",
        "documents",
        "update",
        "dryRun",
        "definition",
        "name",
        "field",
        "projection",
    ];
    let field = (prop::sample::select(names), json_value());
    prop::collection::vec(field, 0..6).prop_map(|fields| {
        let fields = fields.into_iter();
        Value::Object(
            fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    })
}

/// Whatever comes, the session goes on, and nothing is written.
#[test]
fn what_strangers_send_is_answered_and_changes_nothing() {
    let directory = seeded();
    let mut session = Session::start(directory.path(), &[]);
    let listed = session.ask("tools/list", &json!({}));
    let mut tools: Vec<String> = listed["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    tools.extend(["insertOne", "deleteMany", "dropKeyspace", "", "\u{0}"].map(str::to_owned));
    let before = session.call("findCollections", &json!({}));
    let cases = prop_oneof![
        4 => (prop::sample::select(tools), arguments()).prop_map(|(tool, arguments)| {
            ("tools/call".to_owned(), json!({"name": tool, "arguments": arguments}))
        }),
        1 => "\\PC{0,40}".prop_map(|uri| ("resources/read".to_owned(), json!({"uri": uri}))),
        1 => ("astra-db://\\PC{0,20}").prop_map(|uri| ("resources/read".to_owned(), json!({"uri": uri}))),
        1 => ("[a-z/]{0,12}", json_value()),
        1 => (Just("tools/call".to_owned()), json_value()),
    ];
    let broken = "[^\\r\\n]{0,60}";
    let running = RefCell::new(&mut session);
    TestRunner::default()
        .run(&(cases, broken), |((method, parameters), broken)| {
            let mut session = running.borrow_mut();
            session.send(&broken);
            // Its answer has the id, unless it was no request at all; the next one is answered in any case.
            let strange =
                json!({"jsonrpc": "2.0", "id": "strange", "method": method, "params": parameters});
            session.send(&strange.to_string());
            let answer = session.ask("ping", &json!({}));
            prop_assert_eq!(&answer["result"], &json!({}));
            Ok(())
        })
        .unwrap();
    assert_eq!(session.call("findCollections", &json!({})), before);
    assert!(session.end());
}

#[test]
fn over_http_pages_of_other_sites_and_foreign_names_are_refused() {
    let directory = seeded();
    let mut process = alone(directory.path(), &["mcp", "--port", "0"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .split_whitespace()
        .find(|word| word.starts_with("http://"));
    let url = url.unwrap().trim_end_matches(':').to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let status = |headers: &[(&'static str, &'static str)]| {
        let mut request = reqwest::Client::new()
            .post(&url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .body(json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        runtime.block_on(request.send()).unwrap().status().as_u16()
    };
    assert_eq!(status(&[]), 200);
    assert_eq!(status(&[("Origin", "https://evil.example")]), 403);
    assert_eq!(status(&[("Host", "evil.example")]), 403);
    process.kill().unwrap();
    process.wait().unwrap();
}
