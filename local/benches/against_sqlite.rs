//! The engine against SQLite doing the same storage work without it: `cargo bench -p astra-local`.
//!
//! Both sides are timed in turns within one run, on files of the same content, so that only their ratio matters. The
//! raw side knows everything beforehand: keys, JSON text and index entries are copied from a file the engine wrote,
//! statements are prepared once, nothing is parsed, planned or checked.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at any failure")]

use std::collections::{BinaryHeap, HashMap};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use astra_local::{Engine, Request};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

const DIMENSION: usize = 384;

fn main() {
    // `cargo test --benches` runs this as well; then there is nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let sizes: Vec<usize> = std::env::var("DOCUMENTS").map_or_else(
        |_| vec![10_000, 100_000, 1_000_000],
        |sizes| sizes.split(',').map(|size| size.parse().unwrap()).collect(),
    );
    println!("| work | engine | raw SQLite | ratio |");
    println!("|---|---:|---:|---:|");
    inserts();
    let mut filters = Vec::new();
    for size in sizes {
        filters.push((size, reads(size)));
    }
    vectors();
    if let [(small, first), .., (large, last)] = filters.as_slice() {
        let ratio = last.as_secs_f64() / first.as_secs_f64();
        println!(
            "\nA filter with 10 hits among {large} documents takes {ratio:.2} times what it takes among {small}."
        );
    }
}

fn product(n: usize, groups: usize) -> Value {
    json!({
        "_id": format!("product-{n:07}"), "name": format!("Kettle no. {n}"), "group": n % groups, "price": 19.99,
        "stock": n % 50, "active": n % 3 == 0, "tags": ["kitchen", "steel", format!("t{}", n % 100)],
        "maker": {"name": format!("Maker {}", n % 1000), "city": "Riga"}, "added": {"$date": 1_700_000_000_000_u64 + n as u64},
        "text": "Boils a litre of water in under three minutes and keeps it warm for half an hour. ".repeat(3),
    })
}

fn open(directory: &Path) -> Engine {
    let engine = Engine::open(directory).unwrap();
    send(
        &engine,
        None,
        None,
        &json!({"createKeyspace": {"name": "shop"}}),
    );
    engine
}

fn send(engine: &Engine, keyspace: Option<&str>, name: Option<&str>, command: &Value) -> Vec<u8> {
    let body = command.to_string();
    engine
        .execute(Request {
            keyspace,
            name,
            body: body.as_bytes(),
        })
        .body
}

fn fill(engine: &Engine, documents: impl Fn(usize) -> Value + Sync, count: usize) {
    // Several threads share commits, which is what makes a million durable inserts bearable.
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let documents = &documents;
            scope.spawn(move || {
                for start in (0..count).step_by(100).skip(thread).step_by(4) {
                    let part: Vec<Value> = (start..count.min(start + 100)).map(documents).collect();
                    let answer = send(
                        engine,
                        Some("shop"),
                        Some("products"),
                        &json!({"insertMany": {"documents": part}}),
                    );
                    assert!(!answer.windows(8).any(|part| part == b"\"errors\""));
                }
            });
        }
    });
}

/// Both sides in turns, a slice of the work each; the figure is the median of a slice per piece of work.
fn compare(
    work: &str,
    pieces: usize,
    mut engine: impl FnMut(usize),
    mut raw: impl FnMut(usize),
) -> (Duration, Duration) {
    const SLICES: usize = 21;
    let mut times = [Vec::new(), Vec::new()];
    for slice in 0..SLICES {
        let range = slice * pieces..(slice + 1) * pieces;
        let start = Instant::now();
        range.clone().for_each(&mut engine);
        times[0].push(start.elapsed());
        let start = Instant::now();
        range.for_each(&mut raw);
        times[1].push(start.elapsed());
    }
    let [engine, raw] = times.map(|mut times| {
        times.sort_unstable();
        times[SLICES / 2] / u32::try_from(pieces).unwrap()
    });
    let ratio = engine.as_secs_f64() / raw.as_secs_f64();
    println!(
        "| {work} | {} | {} | {ratio:.2} |",
        micros(engine),
        micros(raw)
    );
    (engine, raw)
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

/// What the engine wrote for each document, to be written or looked for again without it.
struct Written {
    id: i64,
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
        entries
            .entry(row.get(0).unwrap())
            .or_default()
            .push((row.get(1).unwrap(), row.get(2).unwrap()));
    }
    let mut documents = file
        .prepare("SELECT id, key, json FROM documents_1 ORDER BY key")
        .unwrap();
    let documents = documents.query_map([], |row| {
        let id = row.get(0)?;
        Ok(Written {
            id,
            key: row.get(1)?,
            json: row.get(2)?,
            entries: entries.remove(&id).unwrap_or_default(),
        })
    });
    documents.unwrap().map(Result::unwrap).collect()
}

fn raw_database(directory: &Path) -> Connection {
    let raw = Connection::open(directory.join("raw.db")).unwrap();
    raw.execute_batch(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -16000;
         CREATE TABLE documents (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, json TEXT NOT NULL) STRICT;
         CREATE TABLE entries (path INTEGER NOT NULL, entry BLOB NOT NULL, document INTEGER NOT NULL,
                               PRIMARY KEY (path, entry, document)) STRICT, WITHOUT ROWID;",
    )
    .unwrap();
    raw
}

fn raw_insert(raw: &Connection, documents: &[Written]) {
    raw.prepare_cached("BEGIN IMMEDIATE")
        .unwrap()
        .execute([])
        .unwrap();
    for document in documents {
        let mut insert = raw
            .prepare_cached("INSERT INTO documents (id, key, json) VALUES (?1, ?2, ?3)")
            .unwrap();
        insert
            .execute(params![document.id, document.key, document.json])
            .unwrap();
        let mut insert = raw
            .prepare_cached("INSERT INTO entries (path, entry, document) VALUES (?1, ?2, ?3)")
            .unwrap();
        for (path, entry) in &document.entries {
            insert.execute(params![path, entry, document.id]).unwrap();
        }
    }
    raw.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
}

fn inserts() {
    const COUNT: usize = 21 * 310;
    let reference = tempfile::tempdir().unwrap();
    let engine = open(reference.path());
    send(
        &engine,
        Some("shop"),
        None,
        &json!({"createCollection": {"name": "products"}}),
    );
    fill(&engine, |n| product(n, 100), COUNT);
    drop(engine);
    let documents = written(reference.path());

    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    send(
        &engine,
        Some("shop"),
        None,
        &json!({"createCollection": {"name": "products"}}),
    );
    let raw = raw_database(directory.path());
    compare(
        "insertOne, durable",
        10,
        |n| {
            drop(black_box(send(
                &engine,
                Some("shop"),
                Some("products"),
                &json!({"insertOne": {"document": product(n, 100)}}),
            )))
        },
        |n| raw_insert(&raw, &documents[n..=n]),
    );
    let many = |n: usize| 210 + n * 100..310 + n * 100;
    compare(
        "insertMany of 100, durable",
        3,
        |n| {
            let part: Vec<Value> = many(n).map(|n| product(n, 100)).collect();
            drop(black_box(send(
                &engine,
                Some("shop"),
                Some("products"),
                &json!({"insertMany": {"documents": part}}),
            )));
        },
        |n| raw_insert(&raw, &documents[many(n)]),
    );
}

/// By `_id`, and by a field that ten documents share, at one size. Returns the time of the latter.
fn reads(size: usize) -> Duration {
    let groups = size / 10;
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    send(
        &engine,
        Some("shop"),
        None,
        &json!({"createCollection": {"name": "products"}}),
    );
    fill(&engine, |n| product(n, groups), size);
    // The log is written back when the file is closed; both sides then read the same file.
    drop(engine);
    let engine = Engine::open(directory.path()).unwrap();
    let raw = Connection::open(directory.path().join("astra.db")).unwrap();
    let keys: Vec<Vec<u8>> = sample(
        &raw,
        "SELECT key FROM documents_1 WHERE id % ?1 = 1 ORDER BY id",
        size,
    );
    let path: i64 = raw
        .query_row("SELECT id FROM paths WHERE path = 'group'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let entries: Vec<Vec<u8>> = sample(
        &raw,
        "SELECT DISTINCT entry FROM entries_1 WHERE path = (SELECT id FROM paths WHERE path = 'group') AND document % ?1 = 1",
        size,
    );
    let scattered = |n: usize, among: usize| n.wrapping_mul(7919) % among;

    compare(
        &format!("findOne by _id among {size}"),
        100,
        |n| {
            let id = format!("product-{:07}", scattered(n, size));
            black_box(send(
                &engine,
                Some("shop"),
                Some("products"),
                &json!({"findOne": {"filter": {"_id": id}}}),
            ));
        },
        |n| {
            let mut get = raw
                .prepare_cached("SELECT json FROM documents_1 WHERE key = ?1")
                .unwrap();
            let json: String = get
                .query_row([&keys[scattered(n, keys.len())]], |row| row.get(0))
                .unwrap();
            black_box(json);
        },
    );
    let (time, _) = compare(
        &format!("find by an indexed field, 10 hits among {size}"),
        50,
        |n| {
            let command = json!({"find": {"filter": {"group": scattered(n, groups)}}});
            let answer = send(&engine, Some("shop"), Some("products"), &command);
            assert_eq!(
                answer.windows(5).filter(|part| *part == b"\"_id\"").count(),
                10
            );
        },
        |n| {
            let sql = "SELECT json FROM entries_1 e CROSS JOIN documents_1 d ON d.id = e.document
                       WHERE e.path = ?1 AND e.entry = ?2 ORDER BY e.document";
            let mut find = raw.prepare_cached(sql).unwrap();
            let rows = find.query_map(params![path, entries[scattered(n, entries.len())]], |row| {
                row.get::<_, String>(0)
            });
            assert_eq!(
                black_box(rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()).len(),
                10
            );
        },
    );
    time
}

fn sample(raw: &Connection, sql: &str, size: usize) -> Vec<Vec<u8>> {
    let step = i64::try_from((size / 1000).max(2)).unwrap();
    raw.prepare(sql)
        .unwrap()
        .query_map([step], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn vector(n: usize) -> Vec<f32> {
    let mut state = n as u64 + 1;
    (0..DIMENSION)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
        })
        .collect()
}

/// The ten nearest of 10 000 vectors. The raw side keeps the best ten of a scan over the blobs, then reads their text.
fn vectors() {
    const COUNT: usize = 10_000;
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let options = json!({"vector": {"dimension": DIMENSION, "metric": "cosine"}});
    send(
        &engine,
        Some("shop"),
        None,
        &json!({"createCollection": {"name": "products", "options": options}}),
    );
    fill(
        &engine,
        |n| {
            let mut document = product(n, 100);
            document["$vector"] = json!(vector(n));
            document
        },
        COUNT,
    );
    drop(engine);
    let engine = Engine::open(directory.path()).unwrap();
    let raw = Connection::open(directory.path().join("astra.db")).unwrap();
    compare(
        &format!("vector sort, 10 nearest of {COUNT} × {DIMENSION}"),
        3,
        |n| {
            let command =
                json!({"find": {"sort": {"$vector": vector(n + COUNT)}, "options": {"limit": 10}}});
            let answer = send(&engine, Some("shop"), Some("products"), &command);
            assert_eq!(
                answer.windows(5).filter(|part| *part == b"\"_id\"").count(),
                10
            );
        },
        |n| assert_eq!(black_box(raw_nearest(&raw, &vector(n + COUNT))).len(), 10),
    );
}

fn raw_nearest(raw: &Connection, query: &[f32]) -> Vec<String> {
    let mut scan = raw
        .prepare_cached("SELECT document, vector FROM vectors_1")
        .unwrap();
    let mut rows = scan.query([]).unwrap();
    let mut best = BinaryHeap::new();
    while let Some(row) = rows.next().unwrap() {
        let (mut dot, mut norm) = ([0_f32; 8], [0_f32; 8]);
        let (numbers, _) = row.get_ref(1).unwrap().as_blob().unwrap().as_chunks::<4>();
        for (numbers, query) in numbers.chunks_exact(8).zip(query.chunks_exact(8)) {
            for lane in 0..8 {
                let number = f32::from_le_bytes(numbers[lane]);
                dot[lane] += number * query[lane];
                norm[lane] += number * number;
            }
        }
        // As bits, positive floats compare like integers; the smaller distance is the nearer.
        let distance =
            2.0 - dot.iter().sum::<f32>() / norm.iter().sum::<f32>().sqrt() / query.len() as f32;
        best.push((distance.to_bits(), row.get::<_, i64>(0).unwrap()));
        if best.len() > 10 {
            best.pop();
        }
    }
    let mut get = raw
        .prepare_cached("SELECT json FROM documents_1 WHERE id = ?1")
        .unwrap();
    best.into_iter()
        .map(|(_, id)| get.query_row([id], |row| row.get(0)).unwrap())
        .collect()
}
