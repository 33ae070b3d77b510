//! The import against plain SQLite: `cargo bench -p astra-dev`.
//!
//! Writes a million lines (`LINES=` says another number), imports them with the program itself into the embedded database,
//! watching its memory; does so again, kills it in the middle and goes on; and stores what the engine had stored once more
//! in plain SQLite: the very same rows and index entries in the same tables, as durable. That side reads, parses and checks
//! nothing in its time; so the ratio is what an import costs on top of plain SQLite. It is given twice, with a hundred
//! documents to a commit, as in one request of the import, and with eight hundred, as in all requests that the import
//! has under way, which share a commit if they wait together.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_precision_loss, reason = "figures for people to read")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at any failure")]

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::Range;
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
    let stored = Stored::open(&directory.path().join("whole/astra.db"));
    for at_once in [100, 800] {
        let raw = plain_sqlite(directory.path(), &stored, lines, at_once);
        let what = format!("plain SQLite, {at_once} documents to a commit");
        row(&what, raw, lines, "");
        println!(
            "| the import takes | {:.2} times that | | |",
            import.as_secs_f64() / raw.as_secs_f64()
        );
    }
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

/// A document as the engine has stored it.
struct Document {
    number: i64,
    token: i64,
    key: Vec<u8>,
    json: String,
    entries: Vec<(i64, Vec<u8>)>,
}

/// What the engine has stored.
struct Stored(Connection);

impl Stored {
    /// Makes it quick to find the entries of a document, which the engine itself never asks for.
    fn open(path: &Path) -> Self {
        let database = Connection::open(path).unwrap();
        database
            .execute_batch("CREATE INDEX by_document ON entries_1 (document)")
            .unwrap();
        Self(database)
    }

    /// The documents of these numbers, in the order they were stored in.
    fn documents(&self, numbers: Range<i64>) -> Vec<Document> {
        let sql =
            "SELECT id, token, key, json FROM documents_1 WHERE id >= ? AND id < ? ORDER BY id";
        let mut documents = self.0.prepare_cached(sql).unwrap();
        let documents = documents.query_map([numbers.start, numbers.end], |row| {
            let number = row.get(0)?;
            Ok(Document {
                number,
                token: row.get(1)?,
                key: row.get(2)?,
                json: row.get(3)?,
                entries: self.entries(number)?,
            })
        });
        documents.unwrap().map(Result::unwrap).collect()
    }

    fn entries(&self, document: i64) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
        let sql = "SELECT path, entry FROM entries_1 WHERE document = ?";
        let mut entries = self.0.prepare_cached(sql)?;
        let entries = entries.query_map([document], |row| Ok((row.get(0)?, row.get(1)?)))?;
        entries.collect()
    }
}

/// The same documents into plain SQLite, with the tables and settings of the engine.
fn plain_sqlite(directory: &Path, stored: &Stored, lines: u64, at_once: usize) -> Duration {
    let path = directory.join(format!("plain-{at_once}.db"));
    let mut database = Connection::open(&path).unwrap();
    let tables = "
        PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -16000;
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY, token INTEGER NOT NULL, key BLOB NOT NULL UNIQUE, json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX tokens ON documents (token);
        CREATE TABLE entries (
            path INTEGER NOT NULL, entry BLOB NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (path, entry, document)
        ) STRICT, WITHOUT ROWID;";
    database.execute_batch(tables).unwrap();
    let mut time = Duration::ZERO;
    let mut inserted = 0;
    for first in (1_i64..).step_by(at_once) {
        let documents = stored.documents(first..first + i64::try_from(at_once).unwrap());
        if documents.is_empty() {
            break;
        }
        inserted += documents.len() as u64;
        let start = Instant::now();
        insert(&mut database, &documents);
        time += start.elapsed();
    }
    assert_eq!(inserted, lines);
    // The import's time has the end of its program in it, too: what is in the log goes into the file.
    let start = Instant::now();
    database.close().unwrap();
    time += start.elapsed();
    fs::remove_file(path).unwrap();
    time
}

fn insert(database: &mut Connection, documents: &[Document]) {
    let transaction = database.transaction().unwrap();
    {
        let mut document = transaction
            .prepare_cached("INSERT INTO documents VALUES (?, ?, ?, ?)")
            .unwrap();
        let mut entry = transaction
            .prepare_cached("INSERT INTO entries VALUES (?, ?, ?)")
            .unwrap();
        for Document {
            number,
            token,
            key,
            json,
            entries,
        } in documents
        {
            document.execute(params![number, token, key, json]).unwrap();
            for (path, value) in entries {
                entry.execute(params![path, value, number]).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
}
