//! Documents: one by one and many at once, by `_id`, by a field.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use astra_local::Engine;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::harness::{TURNS, compare, fill, send, sizes};

pub(crate) fn run() {
    inserts();
    let filters: Vec<(usize, Duration)> = sizes()
        .into_iter()
        .map(|size| (size, reads(size)))
        .collect();
    if let [(small, first), .., (large, last)] = filters.as_slice() {
        let ratio = last.as_secs_f64() / first.as_secs_f64();
        println!(
            "\nA filter with 10 hits takes {ratio:.2} times as long among {large} documents as among {small}."
        );
    }
}

/// An engine with one collection.
struct Shop(Engine);

impl Shop {
    fn open(directory: &Path, options: &Value) -> Self {
        let shop = Self(Engine::open(directory).unwrap());
        send(&shop.0, None, None, r#"{"createKeyspace":{"name":"shop"}}"#);
        let create = json!({"createCollection": {"name": "products", "options": options}});
        send(&shop.0, Some("shop"), None, &create.to_string());
        shop
    }

    fn ask(&self, command: &str) -> Vec<u8> {
        send(&self.0, Some("shop"), Some("products"), command)
    }

    fn fill(&self, document: impl Fn(usize) -> Value + Sync, count: usize) {
        fill(count, |range| {
            drop(self.ask(&insert_many(range, &document)));
        });
    }
}

fn insert_many(range: std::ops::Range<usize>, document: impl Fn(usize) -> Value) -> String {
    json!({"insertMany": {"documents": range.map(document).collect::<Vec<_>>()}}).to_string()
}

fn id(n: usize) -> String {
    format!("product-{n:07}")
}

/// Some 500 characters and 18 index entries.
fn product(n: usize, groups: usize) -> Value {
    json!({
        "_id": id(n), "name": format!("Kettle no. {n}"), "group": n % groups, "price": 19.99, "stock": n % 50,
        "active": n.is_multiple_of(3), "tags": ["kitchen", "steel", format!("t{}", n % 100)],
        "maker": {"name": format!("Maker {}", n % 1000), "city": "Riga"},
        "added": {"$date": 1_700_000_000_000_u64 + n as u64},
        "text": "Boils a litre of water in under three minutes and keeps it warm for half an hour. ".repeat(3),
    })
}

/// What the engine wrote for a document, to be written or looked for again without it.
struct Written {
    token: i64,
    key: Vec<u8>,
    json: String,
    entries: Vec<(i64, Vec<u8>)>,
}

/// In the order of insertion, which is that of the ids.
fn written(directory: &Path) -> Vec<Written> {
    let file = Connection::open(directory.join("astra.db")).unwrap();
    let mut entries: HashMap<i64, Vec<(i64, Vec<u8>)>> = HashMap::new();
    let mut statement = file
        .prepare("SELECT document, path, entry FROM entries_1")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let entry = (row.get(1).unwrap(), row.get(2).unwrap());
        entries.entry(row.get(0).unwrap()).or_default().push(entry);
    }
    let mut documents = file
        .prepare("SELECT id, token, key, json FROM documents_1 ORDER BY key")
        .unwrap();
    let documents = documents.query_map([], |row| {
        let entries = entries.remove(&row.get(0)?).unwrap_or_default();
        Ok(Written {
            token: row.get(1)?,
            key: row.get(2)?,
            json: row.get(3)?,
            entries,
        })
    });
    documents.unwrap().map(Result::unwrap).collect()
}

fn raw_database(directory: &Path) -> Connection {
    let raw = Connection::open(directory.join("raw.db")).unwrap();
    let tables = "
        PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -16000;
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY, token INTEGER NOT NULL, key BLOB NOT NULL UNIQUE, json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX tokens ON documents (token);
        CREATE TABLE entries (
            path INTEGER NOT NULL, entry BLOB NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (path, entry, document)
        ) STRICT, WITHOUT ROWID;";
    raw.execute_batch(tables).unwrap();
    raw
}

fn raw_insert(raw: &Connection, documents: &[Written]) {
    let run = |sql| raw.prepare_cached(sql).unwrap().execute([]).unwrap();
    run("BEGIN IMMEDIATE");
    for document in documents {
        let sql = "INSERT INTO documents (token, key, json) VALUES (?1, ?2, ?3)";
        let row = params![document.token, document.key, document.json];
        let id = raw.prepare_cached(sql).unwrap().insert(row).unwrap();
        let sql = "INSERT INTO entries (path, entry, document) VALUES (?1, ?2, ?3)";
        let mut insert = raw.prepare_cached(sql).unwrap();
        for (path, entry) in &document.entries {
            insert.execute(params![path, entry, id]).unwrap();
        }
    }
    run("COMMIT");
}

/// Durable on both sides: each piece of work is one transaction, synced to disk.
fn inserts() {
    const SINGLE: usize = 10;
    const MANY: usize = 3;
    let first = TURNS * SINGLE;
    let count = first + TURNS * MANY * 100;
    let reference = tempfile::tempdir().unwrap();
    Shop::open(reference.path(), &json!({})).fill(|n| product(n, 100), count);
    let documents = written(reference.path());

    let directory = tempfile::tempdir().unwrap();
    let shop = Shop::open(directory.path(), &json!({}));
    let raw = raw_database(directory.path());
    let single: Vec<String> = (0..first)
        .map(|n| json!({"insertOne": {"document": product(n, 100)}}).to_string())
        .collect();
    compare(
        "insertOne, durable",
        SINGLE,
        |n| drop(shop.ask(&single[n])),
        |n| raw_insert(&raw, &documents[n..=n]),
    );
    let range = |n: usize| first + n * 100..first + (n + 1) * 100;
    let many: Vec<String> = (0..TURNS * MANY)
        .map(|n| insert_many(range(n), |n| product(n, 100)))
        .collect();
    compare(
        "insertMany of 100, durable",
        MANY,
        |n| drop(shop.ask(&many[n])),
        |n| raw_insert(&raw, &documents[range(n)]),
    );
}

/// By `_id`, and by a field that ten documents share, at one size. Returns the time of the latter.
fn reads(size: usize) -> Duration {
    const BY_ID: usize = 100;
    const BY_FIELD: usize = 50;
    let groups = size / 10;
    let directory = tempfile::tempdir().unwrap();
    // The log is written back when the file is closed; both sides then read the same file.
    Shop::open(directory.path(), &json!({})).fill(|n| product(n, groups), size);
    let shop = Shop::open(directory.path(), &json!({}));
    let raw = Connection::open(directory.path().join("astra.db")).unwrap();
    let scattered = |n: usize, among: usize| n.wrapping_mul(7919) % among;

    let ids: Vec<String> = (0..TURNS * BY_ID).map(|n| id(scattered(n, size))).collect();
    let commands: Vec<String> = ids
        .iter()
        .map(|id| json!({"findOne": {"filter": {"_id": id}}}).to_string())
        .collect();
    let keys: Vec<Vec<u8>> = ids
        .iter()
        .map(|id| [b"s", id.as_bytes()].concat())
        .collect();
    compare(
        &format!("findOne by _id among {size}"),
        BY_ID,
        |n| assert!(shop.ask(&commands[n]).len() > 300),
        |n| assert!(raw_document(&raw, &keys[n]).len() > 300),
    );

    let groups: Vec<usize> = (0..TURNS * BY_FIELD)
        .map(|n| scattered(n, groups))
        .collect();
    let commands: Vec<String> = groups
        .iter()
        .map(|group| json!({"find": {"filter": {"group": group}}}).to_string())
        .collect();
    let (path, entries) = groups_in_index(&raw);
    compare(
        &format!("find by an indexed field, 10 hits among {size}"),
        BY_FIELD,
        |n| assert!(shop.ask(&commands[n]).len() > 3000),
        |n| assert_eq!(raw_documents(&raw, path, &entries[groups[n]]).len(), 10),
    )
}

fn raw_document(raw: &Connection, key: &[u8]) -> String {
    let mut get = raw
        .prepare_cached("SELECT json FROM documents_1 WHERE key = ?1")
        .unwrap();
    black_box(get.query_row([key], |row| row.get(0)).unwrap())
}

fn raw_documents(raw: &Connection, path: i64, entry: &[u8]) -> Vec<String> {
    let sql = "SELECT json FROM entries_1 e CROSS JOIN documents_1 d ON d.id = e.document
               WHERE e.path = ?1 AND e.entry = ?2 ORDER BY e.document";
    let mut find = raw.prepare_cached(sql).unwrap();
    let rows = find.query_map(params![path, entry], |row| row.get(0));
    black_box(rows.unwrap().map(Result::unwrap).collect())
}

/// The path of the field and the entry of each group. Entries compare as numbers do, so they come in order.
fn groups_in_index(raw: &Connection) -> (i64, Vec<Vec<u8>>) {
    let path = raw
        .query_row("SELECT id FROM paths WHERE path = 'group'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let sql = "SELECT DISTINCT entry FROM entries_1 WHERE path = ?1 ORDER BY entry";
    let mut entries = raw.prepare(sql).unwrap();
    let entries = entries.query_map([path], |row| row.get(0)).unwrap();
    (path, entries.map(Result::unwrap).collect())
}
