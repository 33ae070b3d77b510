//! `astra-dev copy`: from a folder to a server and back, killed in between.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Server;
use crate::connect::alone;

/// The reviews that are copied, killed and resumed. `ASTRA_DEV_COPY_ROWS=100000` shows it with more.
const ROWS: usize = 3_000;
const KEYSPACE: &str = "default_keyspace";

/// A server with Astra's limits, a directory for folders of data, and the tool between them.
struct Bench {
    server: Server,
    directory: TempDir,
}

impl Bench {
    fn start() -> Self {
        Self {
            server: Server::start(&["--in-memory", "--limits", "astra"]),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn url(&self) -> String {
        let address = &self.server.address;
        format!("http://cassandra:cassandra@{address}/v1/{KEYSPACE}")
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A folder with what an application has stored.
    fn stored(&self, name: &str, file: &str) -> PathBuf {
        let folder = self.folder(name);
        fs::create_dir(&folder).unwrap();
        let stored = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../apps")
            .join(file);
        fs::copy(stored, folder.join("astra.db")).unwrap();
        folder
    }

    fn command(&self, arguments: &[&str]) -> Command {
        alone(self.directory.path(), arguments)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn copy(&self, from: &str, to: &str, options: &[&str]) -> Command {
        let mut command = self.command(&["copy", "--json", "--from", from, "--to", to]);
        command.args(options);
        command
    }

    /// Copies, and gives the report.
    fn copied(&self, from: &str, to: &str, options: &[&str]) -> Value {
        let output = self.copy(from, to, options).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Copies without success, and gives the exit code and what was said.
    fn refused(&self, from: &str, to: &str, options: &[&str]) -> (i32, String) {
        let output = self.copy(from, to, options).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// All that a database has: definitions, documents and rows, in an order that says nothing.
    fn contents(&self, place: &str) -> Vec<String> {
        let mut contents = Vec::new();
        let run = |arguments: &[&str]| {
            let mut command = self.command(arguments);
            let name = if place.starts_with("http") {
                "DATA_API_URI"
            } else {
                "DATA_DIR"
            };
            let output = command.env(name, place).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}");
            String::from_utf8(output.stdout).unwrap()
        };
        let status: Value = serde_json::from_str(&run(&["status", "--json"])).unwrap();
        for (kind, option) in [("collections", "-c"), ("tables", "-t")] {
            for part in status[kind].as_array().unwrap() {
                let name = part["name"]
                    .as_str()
                    .unwrap_or_else(|| part.as_str().unwrap());
                let lines = run(&["export", option, name]);
                contents.extend(lines.lines().map(|line| format!("{name}: {line}")));
            }
        }
        contents.sort_unstable();
        contents
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The definitions of a keyspace of a server, as it lists them.
fn definitions(server: &Server) -> Vec<Value> {
    let path = format!("/{KEYSPACE}");
    let command = |path: &str, command: Value| server.command(path, &command)["status"].clone();
    let explain = json!({"options": {"explain": true}});
    let mut found = vec![
        command(&path, json!({"findCollections": explain})),
        command(&path, json!({"listTypes": explain})),
    ];
    let tables = command(&path, json!({"listTables": explain}));
    for table in tables["tables"].as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        found.push(command(
            &format!("{path}/{name}"),
            json!({"listIndexes": explain}),
        ));
    }
    found.push(tables);
    found
}

#[test]
fn a_shop_with_orders_goes_to_a_server_and_back() {
    let bench = Bench::start();
    let shop = bench.stored(
        "shop",
        "ecommerce/tests/stored/reservations_in_products/astra.db",
    );
    let before = bench.contents(text(&shop));
    assert!(before.iter().any(|line| line.starts_with("orders: ")));

    let dry = bench.run(&["copy", "--from", "shop", "--to", &bench.url(), "--dry-run"]);
    let plan = String::from_utf8(dry.stdout).unwrap();
    assert!(
        plan.contains("collection orders: ") && plan.contains("to be created"),
        "{plan}"
    );
    let keyspaces = bench.server.command("", &json!({"findKeyspaces": {}}));
    assert_eq!(keyspaces["status"]["keyspaces"], json!([]));

    bench.copied("shop", &bench.url(), &[]);
    assert_eq!(bench.contents(&bench.url()), before);
    bench.copied(&bench.url(), "back", &[]);
    assert_eq!(bench.contents(text(&bench.folder("back"))), before);
    let left = fs::read_dir(bench.directory.path()).unwrap();
    assert!(
        left.flatten()
            .all(|entry| !entry.file_name().to_string_lossy().contains("checkpoint"))
    );
}

/// A table with a column of each type, and rows that leave most of them out.
#[expect(clippy::too_many_lines, reason = "one value of each type")]
fn all_types(bench: &Bench) {
    let server = &bench.server;
    let keyspace = format!("/{KEYSPACE}");
    let done = |path: &str, command: Value| {
        let answer = server.command(path, &command);
        assert!(answer.get("errors").is_none(), "{command}: {answer}");
    };
    done("", json!({"createKeyspace": {"name": KEYSPACE}}));
    done(
        &keyspace,
        json!({"createType": {"name": "address", "definition": {"fields": {"street": "text", "zip": "int"}}}}),
    );
    let mut columns = json!({
        "place": "text", "day": "date", "n": "int", "words": "text", "address": {"type": "userDefined", "udtName": "address"},
        "v": {"type": "vector", "dimension": 3},
        "tags": {"type": "set", "valueType": "text"}, "times": {"type": "list", "valueType": "timestamp"},
        "by_name": {"type": "map", "keyType": "text", "valueType": "decimal"},
        "by_number": {"type": "map", "keyType": "int", "valueType": "text"},
    });
    for kind in [
        "ascii",
        "bigint",
        "blob",
        "boolean",
        "date",
        "decimal",
        "double",
        "duration",
        "float",
        "inet",
        "smallint",
        "text",
        "time",
        "timestamp",
        "tinyint",
        "uuid",
        "varint",
    ] {
        columns[format!("a_{kind}")] = kind.into();
    }
    let key = json!({"partitionBy": ["place", "day"], "partitionSort": {"n": -1}});
    done(
        &keyspace,
        json!({"createTable": {"name": "things", "definition": {"columns": columns, "primaryKey": key}}}),
    );
    let things = format!("{keyspace}/things");
    done(
        &things,
        json!({"createIndex": {"name": "things_by_text", "definition": {"column": "a_text", "options": {"caseSensitive": false}}}}),
    );
    done(
        &things,
        json!({"createIndex": {"name": "things_by_tag", "definition": {"column": "tags"}}}),
    );
    done(
        &things,
        json!({"createVectorIndex": {"name": "things_by_v", "definition": {"column": "v", "options": {"metric": "dot_product"}}}}),
    );
    done(
        &things,
        json!({"createTextIndex": {"name": "things_by_words", "definition": {"column": "words", "options": {"analyzer": "standard"}}}}),
    );
    let full = json!({
        "place": "Zürich", "day": "2026-01-02", "n": 1, "address": {"street": "Long \"Road\"", "zip": null},
        "v": [0.1, -0.25, 3e-9], "tags": ["b", "a"], "times": ["2026-01-02T03:04:05.678Z"],
        "by_name": {"x": 1}, "by_number": [[7, "seven"], [-1, ""]],
        "a_ascii": "abc", "a_bigint": 9_223_372_036_854_775_807_i64, "a_blob": {"$binary": "AAEC/w=="}, "a_boolean": false,
        "a_date": "-0044-03-15", "a_double": "NaN", "a_duration": "1mo2d3h4ns", "a_float": 0.1, "a_inet": "2001:db8::1",
        "a_smallint": -32768, "a_text": "", "a_time": "23:59:59.999999999", "a_timestamp": "1969-12-31T23:59:59.999Z",
        "a_tinyint": -128, "a_uuid": "0190f7a2-0000-7000-8000-000000000001",
    });
    // As text, since the numbers here would not hold them.
    let mut row = full.to_string();
    row.pop();
    row.push_str(r#","a_decimal":12345678901234567890.123456789012345,"a_varint":123456789012345678901234567890}"#);
    let rows = format!(
        r#"{{"insertMany":{{"documents":[{row},{{"place":"Zürich","day":"2026-01-02","n":2}},{{"place":"","day":"2026-01-03","n":-1,"a_boolean":true}}]}}}}"#
    );
    let (_, answer) = server.post(&format!("/v1{things}"), crate::TOKEN, &rows);
    assert!(!answer.contains("\"errors\""), "{answer}");

    done(
        &keyspace,
        json!({"createCollection": {"name": "notes", "options": {
        "vector": {"dimension": 2, "metric": "euclidean"}, "indexing": {"deny": ["body"]},
        "defaultId": {"type": "uuidv7"}, "lexical": {"enabled": true, "analyzer": "standard"}, "rerank": {"enabled": false}}}}),
    );
    let documents = r#"{"insertMany":{"documents":[
        {"_id":1,"price":12345678901234567890.123456789,"tiny":1e-30,"nothing":null,"list":[null,{},[]],"empty":""},
        {"_id":"1","$vector":[0.5,-0.1],"$lexical":"some words","at":{"$date":-1},"é.ü":"a\u0000b"},
        {"_id":{"$uuid":"0190f7a2-0000-7000-8000-000000000001"},"id":{"$objectId":"65a1b2c3d4e5f60718293a4b"}},
        {"_id":{"$date":5},"body":"text that is not indexed"},{"_id":null},{"_id":true}]}}"#;
    let (_, answer) = server.post(&format!("/v1{keyspace}/notes"), crate::TOKEN, documents);
    assert!(!answer.contains("\"errors\""), "{answer}");
}

#[test]
fn every_type_of_value_survives_with_every_definition() {
    let bench = Bench::start();
    all_types(&bench);
    let before = bench.contents(&bench.url());
    assert!(
        before.len() == 9
            && before
                .iter()
                .any(|line| line.contains("123456789012345678901234567890"))
    );
    let report = bench.copied(&bench.url(), "data", &[]);
    assert_eq!(
        report["parts"][1],
        json!({"name": "things", "copied": 3, "rejected": 0, "there": 3})
    );
    assert_eq!(bench.contents(text(&bench.folder("data"))), before);

    let other = Server::start(&["--in-memory", "--limits", "astra"]);
    let there = format!("http://{}", other.address);
    // Credentials from the environment.
    let mut copy = bench.copy("data", &there, &[]);
    copy.envs([
        ("DATA_API_USERNAME", "cassandra"),
        ("DATA_API_PASSWORD", "cassandra"),
    ]);
    assert!(copy.status().unwrap().success());
    assert_eq!(
        bench.contents(&format!(
            "http://cassandra:cassandra@{}/v1/{KEYSPACE}",
            other.address
        )),
        before
    );
    assert_eq!(definitions(&other), definitions(&bench.server));
}

#[test]
fn nothing_is_overwritten_unless_asked() {
    let bench = Bench::start();
    all_types(&bench);
    bench.copied(&bench.url(), "data", &[]);
    let keyspace = format!("/{KEYSPACE}");
    let change = json!({"updateOne": {"filter": {"_id": 1}, "update": {"$set": {"price": 1}}}});
    bench.server.command(&format!("{keyspace}/notes"), &change);
    let row = json!({"insertOne": {"document": {"place": "Zürich", "day": "2026-01-02", "n": 2, "a_text": "new"}}});
    bench.server.command(&format!("{keyspace}/things"), &row);
    let more = json!({"insertOne": {"document": {"_id": "more"}}});
    bench.server.command(&format!("{keyspace}/notes"), &more);

    let changed = bench.contents(&bench.url());
    let (code, said) = bench.refused("data", &bench.url(), &[]);
    assert!(
        code == 1
            && said.contains(
                "error: the target has something in notes, things already\nhint: --overwrite"
            ),
        "{said}"
    );
    assert_eq!(bench.contents(&bench.url()), changed);

    bench.copied("data", &bench.url(), &["--overwrite"]);
    let mut expected = bench.contents(text(&bench.folder("data")));
    expected.push("notes: {\"_id\":\"more\"}".to_owned());
    expected.sort_unstable();
    assert_eq!(bench.contents(&bench.url()), expected);
}

#[test]
fn what_is_named_is_copied_and_what_cannot_be_is_explained() {
    let bench = Bench::start();
    all_types(&bench);
    let report = bench.copied(&bench.url(), "data", &["--collections", "notes"]);
    assert_eq!(report["parts"].as_array().unwrap().len(), 1);
    let said = |from: &str, to: &str, options: &[&str]| bench.refused(from, to, options).1;
    let unknown = said(&bench.url(), "data", &["--tables", "none"]);
    assert!(
        unknown.contains("there is no collection or table none to copy"),
        "{unknown}"
    );
    let same = said("data", "data/.", &[]);
    assert!(
        same.contains("are the same keyspace of the same database"),
        "{same}"
    );
    let missing = said("nowhere", &bench.url(), &[]);
    assert!(
        missing.contains("there is no database in nowhere yet\nhint: "),
        "{missing}"
    );
    let keyspace = said(&bench.url(), "data", &["--keyspace", "other"]);
    assert!(
        keyspace.contains("there is no keyspace other at http://"),
        "{keyspace}"
    );
    assert!(!keyspace.contains("cassandra:"), "{keyspace}");
    let credentials = said("data", &format!("http://{}", bench.server.address), &[]);
    assert!(
        credentials.contains("DATA_API_USERNAME is missing"),
        "{credentials}"
    );
    let wrong = bench.url().replace(":cassandra@", ":wrong@");
    let wrong = said("data", &wrong, &[]);
    assert!(wrong.contains("wrong token or password"), "{wrong}");

    // Astra takes ten collections.
    for n in 0..9 {
        let create = json!({"createCollection": {"name": format!("own_{n}")}});
        bench.server.command(&format!("/{KEYSPACE}"), &create);
    }
    let shop = bench.stored(
        "shop",
        "ecommerce/tests/stored/reservations_in_products/astra.db",
    );
    let full = said(text(&shop), &bench.url(), &[]);
    assert!(
        full.contains("error: creating the collection ")
            && full.contains("as many collections, tables or indexes as it may"),
        "{full}"
    );
    assert!(full.contains("hint: `astra-dev status` shows"), "{full}");

    // A table of the same name, but another one.
    let other = json!({"createTable": {"name": "things", "definition": {"columns": {"id": "text"}, "primaryKey": "id"}}});
    let apart = Server::start(&["--in-memory"]);
    apart.command("", &json!({"createKeyspace": {"name": KEYSPACE}}));
    apart.command(&format!("/{KEYSPACE}"), &other);
    let apart = format!("http://cassandra:cassandra@{}/v1/{KEYSPACE}", apart.address);
    let differs = said(&bench.url(), &apart, &["--tables", "things"]);
    assert!(
        differs.contains("the target has a table things with another definition"),
        "{differs}"
    );
}

/// A folder with reviews in a table and their readers in a collection.
fn reviews(bench: &Bench, count: usize) {
    let (mut rows, mut readers) = (String::new(), String::new());
    for n in 0..count {
        let (vehicle, stars) = (n % 97, n % 5 + 1);
        let text = if n % 3 == 0 {
            "null".to_owned()
        } else {
            format!("\"Review {n}\"")
        };
        writeln!(
            rows,
            r#"{{"vehicle":"v{vehicle}","n":{n},"stars":{stars},"text":{text},"v":[0.5,{n}]}}"#
        )
        .unwrap();
        writeln!(
            readers,
            r#"{{"_id":{n},"name":"Reader {n}","since":{{"$date":{n}}}}}"#
        )
        .unwrap();
    }
    let database = bench
        .server
        .command("", &json!({"createKeyspace": {"name": KEYSPACE}}));
    assert!(database.get("errors").is_none());
    let definition = json!({"createTable": {"name": "reviews", "definition": {
        "columns": {"vehicle": "text", "n": "int", "stars": "int", "text": "text", "v": {"type": "vector", "dimension": 2}},
        "primaryKey": {"partitionBy": ["vehicle"], "partitionSort": {"n": -1}}}}});
    bench.server.command(&format!("/{KEYSPACE}"), &definition);
    // The table is made by a copy of the empty one.
    bench.copied(&bench.url(), "data", &[]);
    bench
        .server
        .command("", &json!({"dropKeyspace": {"name": KEYSPACE}}));
    for (file, lines, target) in [
        ("reviews.jsonl", rows, ["-t", "reviews"]),
        ("readers.jsonl", readers, ["-c", "readers"]),
    ] {
        fs::write(bench.folder(file), lines).unwrap();
        let mut import = bench.command(&["import", file]);
        import.args(target).env("DATA_DIR", bench.folder("data"));
        if target[0] == "-c" {
            import.arg("--create");
        }
        assert!(import.output().unwrap().status.success());
    }
}

/// Copies, is killed when this much of a table's contents has arrived, and is resumed.
fn copied_with_a_kill(bench: &Bench, from: &str, to: &str, part: &str) {
    let mut copying = bench.copy(from, to, &[]).spawn().unwrap();
    let start = Instant::now();
    let checkpoint = bench.folder("astra-dev-copy.checkpoint");
    let has_begun = || {
        let text = fs::read_to_string(&checkpoint).unwrap_or_default();
        let read: Value = serde_json::from_str(&text).unwrap_or_default();
        read["parts"][part]["page_state"].is_string()
    };
    while !has_begun() && start.elapsed() < Duration::from_mins(5) {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(
        copying.try_wait().unwrap().is_none(),
        "the copy ended before it could be killed"
    );
    copying.kill().unwrap();
    copying.wait().unwrap();
    let (code, said) = bench.refused(from, to, &[]);
    assert!(
        code == 1
            && said.contains("a copy was interrupted here: ")
            && said.contains("hint: --resume"),
        "{said}"
    );
    let resumed = bench.copy(from, to, &["--resume"]).output().unwrap();
    let said = String::from_utf8(resumed.stderr).unwrap();
    assert!(
        resumed.status.success() && said.contains(&format!("{part}: going on after ")),
        "{said}"
    );
    assert!(!checkpoint.exists());
}

#[test]
fn a_copy_killed_in_the_middle_goes_on_without_loss_or_double() {
    let bench = Bench::start();
    let asked = std::env::var("ASTRA_DEV_COPY_ROWS").ok();
    let count = asked.map_or(ROWS, |count| count.parse().unwrap());
    reviews(&bench, count);
    let before = bench.contents(text(&bench.folder("data")));
    assert_eq!(before.len(), 2 * count);
    let start = Instant::now();
    copied_with_a_kill(&bench, "data", &bench.url(), "readers");
    eprintln!(
        "{count} reviews and readers to a server: {:?}",
        start.elapsed()
    );
    assert!(bench.contents(&bench.url()) == before);
    let start = Instant::now();
    copied_with_a_kill(&bench, &bench.url(), "back", "reviews");
    eprintln!("{count} reviews and readers back: {:?}", start.elapsed());
    assert!(bench.contents(text(&bench.folder("back"))) == before);
}
