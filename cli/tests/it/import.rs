//! `astra-dev import`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Server;
use crate::connect::alone;

/// A server in memory, a directory with files, and the tool between them.
pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) directory: TempDir,
}

impl Bench {
    pub(crate) fn start() -> Self {
        let server = Server::start(&["--in-memory"]);
        server.command("", &json!({"createKeyspace": {"name": "shop"}}));
        Self {
            server,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = alone(self.directory.path(), arguments);
        command
            .env("DATA_API_URL", format!("http://{}", self.server.address))
            .env("DATA_API_USERNAME", "cassandra")
            .env("DATA_API_PASSWORD", "cassandra")
            .env("ASTRA_DB_KEYSPACE", "shop");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn import(&self, arguments: &[&str]) -> (i32, Value, String) {
        let output = self
            .command(&["import", "--json"])
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap(), report, said)
    }

    pub(crate) fn count(&self, collection: &str) -> u64 {
        let answer = self.server.command(
            &format!("/shop/{collection}"),
            &json!({"estimatedDocumentCount": {}}),
        );
        answer["status"]["count"].as_u64().unwrap()
    }

    pub(crate) fn find(&self, name: &str, filter: &Value) -> Value {
        let answer = self.server.command(
            &format!("/shop/{name}"),
            &json!({"find": {"filter": filter}}),
        );
        answer["data"]["documents"].clone()
    }
}

pub(crate) fn tally(report: &Value) -> [u64; 3] {
    ["stored", "present", "rejected"].map(|name| report[name].as_u64().unwrap())
}

fn numbered(count: u64) -> String {
    let mut text = String::new();
    for n in 0..count {
        writeln!(
            text,
            r#"{{"n":{n},"name":"Teapot {n}","price":{}.{:02}}}"#,
            n % 90,
            n % 100
        )
        .unwrap();
    }
    text
}

#[test]
fn documents_without_an_id_are_the_same_documents_the_second_time() {
    let bench = Bench::start();
    let mut text = numbered(450);
    // Two lines alike are two documents.
    text.push_str("{\"n\":\"twin\"}\n{\"n\":\"twin\"}\n");
    let file = bench.file("things.jsonl", &text);
    let file = file.to_str().unwrap();
    let (code, report, said) = bench.import(&[file, "-c", "things", "--create"]);
    assert_eq!((code, tally(&report)), (0, [452, 0, 0]), "{said}");
    let (code, report, _) = bench.import(&[file, "-c", "things"]);
    assert_eq!((code, tally(&report)), (0, [0, 452, 0]));
    assert_eq!(bench.count("things"), 452);
    assert_eq!(
        bench
            .find("things", &json!({"n": "twin"}))
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        bench.find("things", &json!({"n": 7}))[0]["name"],
        "Teapot 7"
    );
}

#[test]
fn every_line_that_is_refused_is_told_of() {
    let bench = Bench::start();
    let long = "x".repeat(9000);
    let lines = [
        r#"{"_id":1,"a":1}"#,
        "nonsense",
        "",
        r#"{"_id":1,"a":2}"#,
        r#"["no object"]"#,
        &format!(r#"{{"_id":2,"long":"{long}"}}"#),
        r#"{"_id":3,"$odd":1}"#,
        r#"{"_id":1,"a":1.0}"#,
        r#"{"_id":4}"#,
    ];
    let file = bench.file("mixed.jsonl", &lines.join("\n"));
    // One after the other, as line 4 collides with line 1.
    let (code, report, said) = bench.import(&[
        file.to_str().unwrap(),
        "-c",
        "mixed",
        "--create",
        "--concurrency",
        "1",
    ]);
    assert_eq!((code, tally(&report)), (3, [2, 1, 5]), "{said}");
    assert_eq!(bench.count("mixed"), 2);
    let rejected = fs::read_to_string(bench.path("mixed.jsonl.rejected.jsonl")).unwrap();
    let rejected = rejected.replace(&long, "x…");
    insta::assert_snapshot!("rejected", rejected);
    assert!(!bench.path("mixed.jsonl.checkpoint").exists());
    // What was rejected is told of anew, not added to.
    bench.import(&[file.to_str().unwrap(), "-c", "mixed"]);
    let again = fs::read_to_string(bench.path("mixed.jsonl.rejected.jsonl")).unwrap();
    assert_eq!(again.lines().count(), 5, "{again}");
}

/// Waits until the import has come some way.
fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(
            start.elapsed() < Duration::from_mins(2),
            "no {}",
            path.display()
        );
        thread::sleep(Duration::from_millis(2));
    }
}

/// Killed as often as `KILL_ROUNDS` says, twice if it says nothing.
#[test]
fn an_import_killed_in_the_middle_goes_on_without_loss_or_double() {
    let rounds = std::env::var("KILL_ROUNDS").map_or(2, |rounds| rounds.parse().unwrap());
    let bench = Bench::start();
    let count = 6_000 * rounds;
    let mut text = numbered(count);
    text.insert_str(0, "not a document\n");
    let file = bench.file("many.jsonl", &text);
    let file = file.to_str().unwrap();
    let checkpoint = bench.path("many.jsonl.checkpoint");
    let arguments = ["import", file, "-c", "many", "--create", "--resume"];
    let mut kills = 0;
    for _ in 0..rounds {
        let mut importing = bench.command(&arguments).spawn().unwrap();
        let before = fs::read(&checkpoint).unwrap_or_default();
        let start = Instant::now();
        // A kill counts when it comes after a checkpoint of this run.
        while fs::read(&checkpoint).unwrap_or_default() == before
            && start.elapsed() < Duration::from_mins(2)
        {
            thread::sleep(Duration::from_millis(2));
        }
        kills += u32::from(importing.try_wait().unwrap().is_none());
        importing.kill().unwrap();
        importing.wait().unwrap();
    }
    assert!(kills > 0, "the import ended before it could be killed");
    let at = bench.count("many");
    assert!(at < count, "{at} are there already");

    let (code, report, said) = bench.import(&[file, "-c", "many", "--resume"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("Going on after line"), "{said}");
    let [stored, present, rejected] = tally(&report);
    assert_eq!((stored + present, rejected), (count, 1), "{report}");
    assert_eq!(report["lines"], count + 1);
    assert_eq!(bench.count("many"), count);
    for n in [0, count / 2, count - 1] {
        assert_eq!(
            bench
                .find("many", &json!({"n": n}))
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
    let rejected = fs::read_to_string(bench.path("many.jsonl.rejected.jsonl")).unwrap();
    assert_eq!(rejected.lines().count(), 1, "{rejected}");
    assert!(!checkpoint.exists());
}

#[test]
fn an_interrupted_import_is_not_begun_again_by_mistake() {
    let bench = Bench::start();
    let file = bench.file("many.jsonl", &numbered(20_000));
    let file = file.to_str().unwrap();
    let mut importing = bench
        .command(&["import", file, "-c", "many", "--create"])
        .spawn()
        .unwrap();
    wait_for(&bench.path("many.jsonl.checkpoint"));
    let interrupt = format!("kill -INT {}", importing.id());
    assert!(
        std::process::Command::new("sh")
            .args(["-c", &interrupt])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(importing.wait().unwrap().code(), Some(130));

    let (code, _, said) = bench.import(&[file, "-c", "many"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("was interrupted\nhint: --resume goes on where it stopped"),
        "{said}"
    );
    let (_, _, said) = bench.import(&[file, "-c", "other", "--create", "--resume"]);
    assert!(
        said.contains("the unfinished import of this file went to"),
        "{said}"
    );
    bench.file("many.jsonl", &numbered(20_001).replace("Teapot", "Kettle"));
    let (_, _, said) = bench.import(&[file, "-c", "many", "--resume"]);
    assert!(
        said.contains("has changed since its import was interrupted"),
        "{said}"
    );
}

#[test]
fn csv_becomes_rows_of_a_table() {
    let bench = Bench::start();
    let definition = json!({"createTable": {"name": "reviews", "definition": {
        "columns": {"id": "text", "at": "timestamp", "stars": "int", "tags": {"type": "set", "valueType": "text"}, "note": "text"},
        "primaryKey": {"partitionBy": ["id"], "partitionSort": {"at": -1}}}}});
    bench.server.command("/shop", &definition);
    let text = "id,at,stars,tags,note\n7,2026-01-02T03:04:05Z,5,\"[\"\"a\"\",\"\"b\"\"]\",12\n7,2026-01-03T00:00:00Z,,,\n8,yesterday,1,,\n9,2026-01-03T00:00:00Z\n";
    let file = bench.file("reviews.csv", text);
    let (code, report, said) = bench.import(&[file.to_str().unwrap(), "--table", "reviews"]);
    assert_eq!((code, tally(&report)), (3, [2, 0, 2]), "{said}");
    let rows = bench.find("reviews", &json!({"id": "7"}));
    assert_eq!(
        rows[1],
        json!({"id": "7", "at": "2026-01-02T03:04:05Z", "stars": 5, "tags": ["a", "b"], "note": "12"})
    );
    insta::assert_snapshot!(
        "rejected_rows",
        fs::read_to_string(bench.path("reviews.csv.rejected.jsonl")).unwrap()
    );
}

#[test]
fn what_cannot_be_imported_is_named() {
    let bench = Bench::start();
    bench.file("a.jsonl", "{}\n");
    bench.file("a.txt", "{}\n");
    bench.file("twice.csv", "a,a\n1,2\n");
    let run = |arguments: &[&str]| {
        let output = bench.command(&["import"]).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let said = said.replace(&bench.server.address, "127.0.0.1:PORT");
        format!("{}: {said}", output.status.code().unwrap())
    };
    let cases: [&[&str]; 7] = [
        &["a.jsonl", "-c", "none"],
        &["a.jsonl", "-t", "none"],
        &["a.jsonl", "-c", "none", "--keyspace", "nowhere"],
        &["missing.jsonl", "-c", "a", "--create"],
        &["a.txt", "-c", "a"],
        &["twice.csv", "-c", "a", "--create"],
        &["-", "-c", "a", "--create", "--resume"],
    ];
    insta::assert_snapshot!("import_refused", cases.map(run).join("\n"));
}
