//! `astra-dev export` and `astra-dev status`.

use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::import::Bench;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// What JSON and CSV have trouble with, each document with its own fields.
const ODD: &str = r#"{"_id":1,"name":"plain","price":12345678901234567890.123456789}
{"_id":"2","name":"12","tags":["a","b, \"c\""],"empty":""}
{"_id":{"$uuid":"0190f7a2-0000-7000-8000-000000000001"},"at":{"$date":1700000000000},"name":"two\nlines"}
{"_id":4,"nothing":null,"yes":true,"name":"true"}
"#;

#[test]
fn what_is_exported_and_imported_again_is_the_same() {
    let bench = Bench::start();
    bench.file("odd.jsonl", ODD);
    assert!(
        bench
            .run(&["import", "odd.jsonl", "-c", "odd", "--create"])
            .status
            .success()
    );
    let exported = text(bench.run(&["export", "-c", "odd"]).stdout);
    assert_eq!(sorted(&exported), sorted(ODD));

    // Through CSV too, but for a null: it has no cell.
    let done = bench.run(&["export", "-c", "odd", "-o", "odd.csv"]);
    assert!(done.status.success(), "{}", text(done.stderr));
    assert!(
        bench
            .run(&["import", "odd.csv", "-c", "again", "--create"])
            .status
            .success()
    );
    let again = text(bench.run(&["export", "-c", "again"]).stdout);
    let fields = |text: &str| {
        let documents = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut documents: Vec<Value> = documents.collect();
        for document in &mut documents {
            document
                .as_object_mut()
                .unwrap()
                .retain(|_, value| !value.is_null());
        }
        documents.sort_by_key(|document| document["_id"].to_string());
        documents
    };
    assert_eq!(fields(&again), fields(ODD));
    assert!(again.contains("12345678901234567890.123456789"), "{again}");
}

#[test]
fn rows_come_back_through_csv() {
    let bench = Bench::start();
    let definition = json!({"createTable": {"name": "reviews", "definition": {
        "columns": {"id": "text", "stars": "int", "tags": {"type": "set", "valueType": "text"}, "at": "timestamp"},
        "primaryKey": "id"}}});
    bench.server.command("/shop", &definition);
    let rows =
        "id,stars,tags,at\n7,5,\"[\"\"a\"\",\"\"b\"\"]\",2026-01-02T03:04:05Z\n\"[x]\",,[],\n";
    bench.file("rows.csv", rows);
    assert!(
        bench
            .run(&["import", "rows.csv", "-t", "reviews"])
            .status
            .success()
    );
    assert!(
        bench
            .run(&["export", "-t", "reviews", "-o", "out.csv"])
            .status
            .success()
    );
    let said = text(bench.run(&["export", "-t", "reviews"]).stderr);
    assert!(said.contains("2 rows exported"), "{said}");
    let exported = fs::read_to_string(bench.path("out.csv")).unwrap();
    assert_eq!(
        sorted(&exported),
        sorted(
            "id,at,stars,tags
7,2026-01-02T03:04:05Z,5,\"[\"\"a\"\",\"\"b\"\"]\"
[x],,,[]
"
        )
    );
    let filtered = bench.run(&[
        "export",
        "-t",
        "reviews",
        "--filter",
        r#"{"id": "7"}"#,
        "--format",
        "csv",
        "--fields",
        "stars,id",
    ]);
    assert_eq!(text(filtered.stdout), "stars,id\n5,7\n");
}

#[test]
fn an_export_killed_in_the_middle_goes_on_without_loss_or_double() {
    let bench = Bench::start();
    let count = 15_000;
    let mut lines = String::new();
    for n in 0..count {
        writeln!(lines, r#"{{"_id":{n},"name":"Teapot {n}"}}"#).unwrap();
    }
    bench.file("many.jsonl", &lines);
    assert!(
        bench
            .run(&["import", "many.jsonl", "-c", "many", "--create"])
            .status
            .success()
    );
    let arguments = ["export", "-c", "many", "-o", "out.jsonl", "--resume"];
    let mut exporting = bench.command(&arguments).spawn().unwrap();
    let start = Instant::now();
    while !bench.path("out.jsonl.checkpoint").exists() && start.elapsed() < Duration::from_mins(2) {
        thread::sleep(Duration::from_millis(2));
    }
    assert!(
        exporting.try_wait().unwrap().is_none(),
        "the export ended before it could be killed"
    );
    exporting.kill().unwrap();
    exporting.wait().unwrap();
    assert!(!bench.path("out.jsonl").exists());
    let done = bench.run(&arguments);
    assert!(text(done.stderr).contains("Going on after"));
    let exported = fs::read_to_string(bench.path("out.jsonl")).unwrap();
    assert!(
        sorted(&exported) == sorted(&lines),
        "{} lines",
        exported.lines().count()
    );
    assert!(!bench.path("out.jsonl.checkpoint").exists() && !bench.path("out.jsonl.part").exists());
    let again = bench.run(&["export", "-c", "many", "-o", "out.jsonl"]);
    assert!(text(again.stderr).contains("out.jsonl is there already\nhint: "));
}

#[test]
fn status_tells_what_there_is() {
    let bench = Bench::start();
    bench.file("a.jsonl", "{\"a\":1}\n{\"a\":2}\n");
    assert!(
        bench
            .run(&["import", "a.jsonl", "-c", "things", "--create"])
            .status
            .success()
    );
    let definition = json!({"createTable": {"name": "reviews", "definition": {
        "columns": {"id": "text", "stars": "int"}, "primaryKey": "id"}}});
    bench.server.command("/shop", &definition);
    let said = text(bench.run(&["status"]).stdout);
    let said: Vec<&str> = said
        .lines()
        .filter(|line| !line.starts_with("Latency"))
        .collect();
    let said = said
        .join("\n")
        .replace(&bench.server.address, "127.0.0.1:PORT");
    insta::assert_snapshot!("status", said);
    let missing = bench.run(&["status", "--keyspace", "other"]);
    assert_eq!(missing.status.code(), Some(1));
    let missing = text(missing.stderr);
    assert!(
        missing.contains("there is no keyspace other at http://"),
        "{missing}"
    );
    assert!(missing.contains("; keyspaces there: shop"), "{missing}");
    let report = bench
        .run(&["status", "--json", "--round-trips", "3"])
        .stdout;
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(
        report["collections"],
        json!([{"name": "things", "documents": 2}])
    );
    assert_eq!(report["latency"]["round_trips"], 3);
}

#[test]
fn status_looks_without_touching_and_reads_the_env_file() {
    let bench = Bench::start();
    let directory = tempfile::tempdir().unwrap();
    let alone = |arguments: &[&str]| {
        crate::connect::alone(directory.path(), arguments)
            .output()
            .unwrap()
    };
    let nothing = alone(&["status"]);
    assert!(
        text(nothing.stdout).contains("the embedded database in ./data (nothing names another)")
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);

    let url = format!("http://{}", bench.server.address);
    let settings = format!(
        "DATA_API_URL={url}\nDATA_API_USERNAME=cassandra\nDATA_API_PASSWORD=wrong\nASTRA_DB_KEYSPACE=shop\n"
    );
    fs::write(directory.path().join(".env"), &settings).unwrap();
    let refused = alone(&["status"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(refused.stderr).contains("wrong user or password"));
    fs::write(
        directory.path().join(".env"),
        settings.replace("wrong", "cassandra"),
    )
    .unwrap();
    let said = text(alone(&["status"]).stdout);
    assert!(said.contains("as cassandra (from .env)"), "{said}");

    // As Notepad saves it.
    let right = settings.replace("wrong", "cassandra").replace('\n', "\r\n");
    fs::write(directory.path().join(".env"), format!("\u{feff}{right}")).unwrap();
    let said = text(alone(&["status"]).stdout);
    assert!(said.contains("as cassandra (from .env)"), "{said}");
    let utf16: Vec<u8> = format!("\u{feff}{right}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(directory.path().join(".env"), utf16).unwrap();
    let said = text(alone(&["status"]).stderr);
    assert!(
        said.contains("reading .env\n  because: the file is encoded in UTF-16: save it as UTF-8"),
        "{said}"
    );
}

#[test]
fn a_command_that_only_reads_makes_no_database_and_offers_no_option_it_lacks() {
    let directory = tempfile::tempdir().unwrap();
    let alone = |arguments: &[&str]| {
        let output = crate::connect::alone(directory.path(), arguments).output();
        let output = output.unwrap();
        (output.status.code().unwrap(), text(output.stderr))
    };
    fs::write(directory.path().join("a.jsonl"), "{\"_id\":1}\n").unwrap();
    for arguments in [
        &["export", "-c", "things"][..],
        &["import", "a.jsonl", "-c", "things"],
        &["import", "a.jsonl", "-t", "things"],
    ] {
        let (code, said) = alone(arguments);
        assert!(
            code == 1 && said.contains("there is no database in ./data yet\nhint: "),
            "{arguments:?}: {said}"
        );
        assert_eq!(
            said.contains("--create"),
            arguments[0] == "import" && arguments[2] == "-c",
            "{said}"
        );
        assert!(!directory.path().join("data").exists(), "{arguments:?}");
    }

    let (code, _) = alone(&["seed", "--remove"]);
    assert!(code == 0 && !directory.path().join("data").exists());

    // A folder is no database.
    fs::create_dir(directory.path().join("data")).unwrap();
    let (code, _) = alone(&["export", "-c", "things"]);
    assert_eq!(code, 1);
    let (code, said) = alone(&["status"]);
    assert!(
        code == 0 && said.contains("There is no database in ./data yet"),
        "{said}"
    );
    assert_eq!(
        fs::read_dir(directory.path().join("data")).unwrap().count(),
        0
    );

    // An embedded database has no keyspace until something is stored, and `connect` is not about it.
    let (code, said) = alone(&["import", "a.jsonl", "-c", "things", "--create"]);
    assert_eq!(code, 0, "{said}");
    for (arguments, expected) in [
        (&["status"][..], "hint: name one that exists"),
        (&["export", "-c", "things"], "hint: name one that exists"),
        (
            &["import", "a.jsonl", "-c", "things"],
            "hint: --create makes",
        ),
    ] {
        let (code, said) = alone(&[arguments, &["--keyspace", "other"]].concat());
        assert!(
            code == 1 && said.contains("there is no keyspace other") && said.contains(expected),
            "{arguments:?}: {said}"
        );
        assert!(!said.contains("astra-dev connect"), "{said}");
    }
    let (code, said) = alone(&["export", "-c", "other"]);
    assert!(code == 1 && !said.contains("--create"), "{said}");
    let (code, said) = alone(&["import", "a.jsonl", "-c", "other"]);
    assert!(code == 1 && said.contains("--create"), "{said}");
}

#[test]
fn an_address_that_is_not_of_astra_is_advised_on_in_words_of_the_settings() {
    let directory = tempfile::tempdir().unwrap();
    for (endpoint, expected) in [
        ("http://127.0.0.1:9", "set DATA_API_URL"),
        ("https://data.example", "set DATA_API_URL"),
        (
            "http://01234567-89ab-cdef-0123-456789abcdef-us-east1.apps.astra.datastax.com",
            "write https://0123",
        ),
    ] {
        for verb in [&["status"][..], &["export", "-c", "things"]] {
            let output = crate::connect::alone(directory.path(), verb)
                .env("ASTRA_DB_API_ENDPOINT", endpoint)
                .env("ASTRA_DB_APPLICATION_TOKEN", "AstraCS:1")
                .output()
                .unwrap();
            let said = text(output.stderr);
            assert!(
                said.contains("ASTRA_DB_API_ENDPOINT") && said.contains(expected),
                "{said}"
            );
            assert!(!said.contains(".environment("), "{said}");
        }
    }
}
