//! The import against plain SQLite: `cargo bench -p astra-dev`.
//!
//! Writes a million lines (`LINES=` says another number), imports them with the program itself into the embedded database,
//! watching its memory; does so again, kills it in the middle and goes on; and stores the same lines in plain SQLite, whose
//! side gets them parsed: one row with the text, one entry in an index for each field, a hundred documents to a durable
//! commit. That is less than the engine keeps, and reading and parsing are not in its time: the ratio is all that the import
//! costs on top of plain SQLite.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_precision_loss, reason = "figures for people to read")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at any failure")]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use serde_json::Value;

fn main() {
    // `cargo test --benches` runs this as well; then there is nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let lines = std::env::var("LINES").map_or(1_000_000, |lines| lines.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lines.jsonl");
    write_lines(&file, lines);
    let size = fs::metadata(&file).unwrap().len() / 1_000_000;
    println!("{lines} lines, {size} MB\n");
    println!("| | seconds | lines a second | most memory |");
    println!("|---|---:|---:|---:|");

    let (import, memory) = import(directory.path(), &file, lines);
    row("astra-dev import", import, lines, &format!("{memory} MB"));
    let raw = plain_sqlite(&directory.path().join("raw.db"), &file);
    row("plain SQLite", raw, lines, "");
    println!("\nratio {:.2}", import.as_secs_f64() / raw.as_secs_f64());
    killed_and_resumed(directory.path(), &file, lines);
}

fn row(what: &str, time: Duration, lines: u64, memory: &str) {
    let seconds = time.as_secs_f64();
    println!(
        "| {what} | {seconds:.1} | {:.0} | {memory} |",
        lines as f64 / seconds
    );
}

/// Lines of some 150 bytes: seven fields, no `_id`.
fn write_lines(path: &Path, lines: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for n in 0..lines {
        writeln!(
            file,
            r#"{{"number":{n},"name":"Teapot {n} of the collection","maker":"maker-{}","price":{}.{:02},"stock":{},"colour":"{}","added":"2026-01-{:02}"}}"#,
            n % 997,
            n % 90 + 10,
            n % 100,
            n % 50,
            ["white", "green", "black", "copper"][(n % 4) as usize],
            n % 28 + 1
        )
        .unwrap();
    }
    file.flush().unwrap();
}

fn command(directory: &Path, data: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_astra-dev"));
    command
        .env("DATA_DIR", directory.join(data))
        .current_dir(directory);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn importing(directory: &Path, data: &str, file: &Path) -> Child {
    let mut command = command(directory, data);
    command.arg("import").arg(file).args([
        "--collection",
        "things",
        "--create",
        "--resume",
        "--json",
    ]);
    command.spawn().unwrap()
}

/// The time of an import and the most memory it had, in megabytes.
fn import(directory: &Path, file: &Path, lines: u64) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = importing(directory, "whole", file);
    let mut memory = 0;
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(most_memory(child.id()));
        thread::sleep(Duration::from_millis(20));
    }
    let time = start.elapsed();
    assert_eq!(count(directory, "whole"), lines);
    (time, memory)
}

/// As Linux counts it; nothing elsewhere.
fn most_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1000
}

fn count(directory: &Path, data: &str) -> u64 {
    let output = command(directory, data)
        .args(["status", "--json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["collections"][0]["documents"].as_u64().unwrap()
}

/// Kills an import when half of the lines are acknowledged, and goes on.
fn killed_and_resumed(directory: &Path, file: &Path, lines: u64) {
    let mut checkpoint = file.as_os_str().to_owned();
    checkpoint.push(".checkpoint");
    let acknowledged = || {
        let text = fs::read(&checkpoint).unwrap_or_default();
        let checkpoint: Value = serde_json::from_slice(&text).unwrap_or_default();
        checkpoint["position"]["lines"].as_u64().unwrap_or(0)
    };
    let mut child = importing(directory, "killed", file);
    while acknowledged() < lines / 2 {
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (at, stored) = (acknowledged(), count(directory, "killed"));
    println!("\nKilled: the checkpoint tells of {at} lines, the database has {stored} documents.");
    let output = importing(directory, "killed", file)
        .wait_with_output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let total = count(directory, "killed");
    println!(
        "Resumed: {} stored, {} were there already, {} rejected; the database has {total} documents.",
        report["stored"], report["present"], report["rejected"]
    );
    assert_eq!(total, lines);
}

/// The same lines into plain SQLite, as durable.
fn plain_sqlite(path: &Path, file: &Path) -> Duration {
    let mut database = Connection::open(path).unwrap();
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    database.pragma_update(None, "synchronous", "full").unwrap();
    database.pragma_update(None, "cache_size", -16_000).unwrap();
    database
        .execute_batch(
            "CREATE TABLE documents (document INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
             CREATE TABLE entries (path TEXT, value ANY, document INTEGER, PRIMARY KEY (path, value, document)) STRICT, WITHOUT ROWID;",
        )
        .unwrap();
    let mut time = Duration::ZERO;
    let mut lines = BufReader::new(File::open(file).unwrap()).lines();
    let mut number = 0_i64;
    loop {
        // What the other side has to do itself is done beforehand here: reading, parsing, making keys.
        let batch: Vec<(String, Value)> = lines
            .by_ref()
            .take(100)
            .map(|line| line.unwrap())
            .map(|line| (line.clone(), serde_json::from_str(&line).unwrap()))
            .collect();
        if batch.is_empty() {
            return time;
        }
        let start = Instant::now();
        let transaction = database.transaction().unwrap();
        {
            let mut document = transaction
                .prepare_cached("INSERT INTO documents VALUES (?, ?, ?)")
                .unwrap();
            let mut entry = transaction
                .prepare_cached("INSERT INTO entries VALUES (?, ?, ?)")
                .unwrap();
            for (line, value) in &batch {
                number += 1;
                document
                    .execute(params![number, uuid::Uuid::new_v4().as_bytes(), line])
                    .unwrap();
                for (name, value) in value.as_object().unwrap() {
                    match value {
                        Value::String(text) => entry.execute(params![name, text, number]),
                        other => entry.execute(params![name, other.as_f64(), number]),
                    }
                    .unwrap();
                }
            }
        }
        transaction.commit().unwrap();
        time += start.elapsed();
    }
}
