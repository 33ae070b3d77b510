//! Searching the nearest of many vectors: how long it takes, and how many of the nearest are found.
//!
//! `cargo bench -p astra-local --bench vectors` measures 1,000 to a million vectors of three kinds. The last size takes some
//! minutes to insert and 4 GB of disk; `VECTORS=1000,10000` sets other sizes. In turns in the same run, a plain program over the
//! same file compares every vector; what it finds is what the recall is measured against.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at any failure")]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures of a table have few digits"
)]

mod data;
mod exact;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use astra_local::{Engine, Request};
use rusqlite::Connection;
use serde_json::{Value, json};

use self::data::Data;

/// Searches by the engine.
const SEARCHES: usize = 200;

/// How many of them are compared with the exact answer.
const COMPARED: usize = 40;

/// A part of the vectors, as a condition on a field and by number.
const FILTERS: [(&str, usize); 4] = [("", 1), ("half", 2), ("hundredth", 100), ("rare", 10_000)];

fn main() {
    // `cargo test --benches` runs this as well; then there is nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let sizes = std::env::var("VECTORS").unwrap_or_else(|_| "1000,10000,100000,1000000".to_owned());
    println!(
        "| vectors | filter | first search | memory | disk | p50 | p99 | recall@10 | exact scan |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---:|");
    for size in sizes.split(',').map(|size| size.parse().unwrap()) {
        for data in Data::all(size) {
            measure(&data, size);
        }
    }
}

fn measure(data: &Data, size: usize) {
    let directory = tempfile::tempdir().unwrap();
    fill(&open(directory.path(), data), data, size);
    // What was inserted is read as it is after a restart.
    let engine = open(directory.path(), data);
    let raw = Connection::open(directory.path().join("astra.db")).unwrap();
    let before = resident();
    let start = Instant::now();
    drop(search(&engine, data, size, ""));
    let first = start.elapsed();
    let memory = resident().saturating_sub(before);
    let disk = engine.disk_usage().unwrap().database;
    for (field, every) in FILTERS {
        if every * 10 > size {
            continue;
        }
        let mut times = Vec::new();
        let mut exact_times = Vec::new();
        let (mut found, mut expected) = (0, 0);
        for number in size..size + SEARCHES {
            let start = Instant::now();
            let similarities = search(&engine, data, number, field);
            times.push(start.elapsed());
            if number < size + COMPARED {
                let query = query(&engine, data, number);
                let start = Instant::now();
                let exact = exact::nearest(&raw, &query, every);
                exact_times.push(start.elapsed());
                let least = exact.last().unwrap() - 1e-6;
                expected += exact.len();
                found += similarities.iter().filter(|own| **own >= least).count();
                assert_eq!(similarities.len(), exact.len());
            }
        }
        let figures = if field.is_empty() {
            format!(
                "{first:.2?} | {:.1} MB | {:.1} MB",
                mega(memory),
                mega(disk)
            )
        } else {
            " | | ".to_owned()
        };
        println!(
            "| {size} {} × {} | {} | {figures} | {} | {} | {:.3} | {} |",
            data.name(),
            data.dimension(),
            if field.is_empty() {
                String::new()
            } else {
                format!("1 of {every}")
            },
            milliseconds(percentile(&mut times, 50)),
            milliseconds(percentile(&mut times, 99)),
            f64::from(u32::try_from(found).unwrap()) / expected as f64,
            milliseconds(percentile(&mut exact_times, 50)),
        );
    }
}

fn open(directory: &Path, data: &Data) -> Engine {
    let engine = Engine::open(directory).unwrap();
    send(
        &engine,
        None,
        None,
        &json!({"createKeyspace": {"name": "vectors"}}),
    );
    let create = json!({"createCollection": {"name": "all", "options": data.options()}});
    send(&engine, Some("vectors"), None, &create);
    engine
}

fn fill(engine: &Engine, data: &Data, size: usize) {
    let document = |number: usize| {
        let mut document = json!({"_id": number});
        for (field, every) in &FILTERS[1..] {
            document[field] = json!(number.is_multiple_of(*every));
        }
        let (field, value) = data.stored(number);
        document[field] = value;
        document
    };
    for start in (0..size).step_by(100) {
        let documents: Vec<Value> = (start..size.min(start + 100)).map(document).collect();
        let insert = json!({"insertMany": {"documents": documents, "options": {"ordered": true}}});
        send(engine, Some("vectors"), Some("all"), &insert);
    }
}

/// The similarities of the ten nearest.
fn search(engine: &Engine, data: &Data, number: usize, field: &str) -> Vec<f32> {
    let (sort, value) = data.stored(number);
    let filter = if field.is_empty() {
        json!({})
    } else {
        json!({field: true})
    };
    let find = json!({"find": {"filter": filter, "sort": {sort: value}, "projection": {"_id": 1},
                               "options": {"limit": 10, "includeSimilarity": true}}});
    let answer = send(engine, Some("vectors"), Some("all"), &find);
    let documents = answer["data"]["documents"].as_array().unwrap().iter();
    let similarities = documents.map(|found| found["$similarity"].to_string().parse().unwrap());
    black_box(similarities.collect())
}

/// The vector that is searched for.
fn query(engine: &Engine, data: &Data, number: usize) -> Vec<f32> {
    let (sort, value) = data.stored(number);
    let find = json!({"findOne": {"sort": {sort: value}, "options": {"includeSortVector": true}}});
    let answer = send(engine, Some("vectors"), Some("all"), &find);
    let numbers = answer["status"]["sortVector"].as_array().unwrap().iter();
    numbers
        .map(|number| number.to_string().parse().unwrap())
        .collect()
}

fn send(engine: &Engine, keyspace: Option<&str>, name: Option<&str>, body: &Value) -> Value {
    let body = body.to_string();
    let request = Request {
        keyspace,
        name,
        body: body.as_bytes(),
    };
    let answer: Value = serde_json::from_slice(&engine.execute(request).body).unwrap();
    assert_eq!(answer["errors"], Value::Null);
    answer
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Bytes of memory in use; only Linux says.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kilobytes.unwrap_or(0_u64) * 1024
}
