//! Rows: one by one and many at once, by key, and a page of a partition.

use std::hint::black_box;
use std::ops::Range;
use std::path::Path;

use astra_local::Engine;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::harness::{TURNS, compare, fill, in_turns, send, sizes};

/// Reviews of one vehicle.
const REVIEWS: usize = 50;
/// Reviews on a page.
const PAGE: usize = 20;

pub(crate) fn run() {
    inserts();
    let mut garages: Vec<_> = sizes().into_iter().map(Filled::new).collect();
    garages.iter_mut().for_each(reads);
    if let Some(large) = garages.last() {
        pages(&Filled::new(1000), large);
    }
}

/// An engine with one table, of reviews by vehicle, the latest first.
struct Garage(Engine);

impl Garage {
    fn open(directory: &Path) -> Self {
        let garage = Self(Engine::open(directory).unwrap());
        send(
            &garage.0,
            None,
            None,
            r#"{"createKeyspace":{"name":"garage"}}"#,
        );
        let columns = json!({
            "vehicle": "uuid", "written_at": "timestamp", "author": "uuid", "name": "text", "rating": "int", "text": "text",
        });
        let key = json!({"partitionBy": ["vehicle"], "partitionSort": {"written_at": -1}});
        let definition = json!({"columns": columns, "primaryKey": key});
        let create = json!({"createTable": {"name": "reviews", "definition": definition, "options": {"ifNotExists": true}}});
        send(&garage.0, Some("garage"), None, &create.to_string());
        let index = json!({"createIndex": {
            "name": "by_rating", "definition": {"column": "rating"}, "options": {"ifNotExists": true},
        }});
        garage.ask(&index.to_string());
        garage
    }

    fn ask(&self, command: &str) -> Vec<u8> {
        send(&self.0, Some("garage"), Some("reviews"), command)
    }

    /// Reopened, so that the log is written back.
    fn filled(directory: &Path, count: usize) -> Self {
        let garage = Self::open(directory);
        fill(count, |range| drop(garage.ask(&insert_many(range))));
        drop(garage);
        Self::open(directory)
    }
}

fn insert_many(range: Range<usize>) -> String {
    json!({"insertMany": {"documents": range.map(review).collect::<Vec<_>>()}}).to_string()
}

const WRITTEN: i64 = 1_700_000_000;

/// Vehicles take turns in being reviewed.
fn review(n: usize) -> Value {
    json!({
        "vehicle": uuid(vehicle(n)), "written_at": written_at(n), "author": uuid(n), "name": "Dominic T.",
        "rating": rating(n), "text": text(),
    })
}

fn vehicle(n: usize) -> usize {
    n / REVIEWS
}

fn uuid(n: usize) -> String {
    // Spread as evenly as random ones.
    let first = n.wrapping_mul(2_654_435_769) % (1 << 32);
    format!("{first:08x}-0000-4000-8000-{n:012x}")
}

fn seconds(n: usize) -> i64 {
    WRITTEN + i64::try_from(n % REVIEWS).unwrap()
}

/// The seconds of [`seconds`] on the day they are on, 2023-11-14 from 22:13:20.
fn written_at(n: usize) -> String {
    let second = n % REVIEWS;
    format!(
        "2023-11-14T22:{:02}:{:02}Z",
        13 + (20 + second) / 60,
        (20 + second) % 60
    )
}

fn rating(n: usize) -> usize {
    n * 7 % 5 + 1
}

fn text() -> String {
    "It starts every morning, the seats are comfortable, and the boot takes a pram and a dog. "
        .repeat(3)
}

/// The same rows in a table as one would make it for SQLite.
struct Raw(Connection);

impl Raw {
    fn open(path: &Path) -> Self {
        let raw = Connection::open(path).unwrap();
        let tables = "
            PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -16000;
            CREATE TABLE reviews (
                vehicle BLOB NOT NULL, written_at INTEGER NOT NULL, author BLOB, name TEXT, rating INTEGER, text TEXT,
                PRIMARY KEY (vehicle, written_at DESC)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX by_rating ON reviews (rating);";
        raw.execute_batch(tables).unwrap();
        Self(raw)
    }

    fn insert(&self, rows: &[Row]) {
        let run = |sql| self.0.prepare_cached(sql).unwrap().execute([]).unwrap();
        run("BEGIN IMMEDIATE");
        let sql = "INSERT OR REPLACE INTO reviews VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut insert = self.0.prepare_cached(sql).unwrap();
        for row in rows {
            insert
                .execute(params![
                    row.vehicle,
                    row.written_at,
                    row.author,
                    row.name,
                    row.rating,
                    row.text
                ])
                .unwrap();
        }
        run("COMMIT");
    }

    fn row(&self, vehicle: &[u8; 16], written_at: i64) -> Row {
        let sql = "SELECT * FROM reviews WHERE vehicle = ?1 AND written_at = ?2";
        let mut select = self.0.prepare_cached(sql).unwrap();
        black_box(
            select
                .query_row(params![vehicle, written_at], Row::read)
                .unwrap(),
        )
    }

    fn page(&self, vehicle: &[u8; 16]) -> Vec<Row> {
        let sql = "SELECT * FROM reviews WHERE vehicle = ?1 ORDER BY written_at DESC LIMIT 20";
        let mut select = self.0.prepare_cached(sql).unwrap();
        let rows = select.query_map(params![vehicle], Row::read).unwrap();
        black_box(rows.map(Result::unwrap).collect())
    }
}

struct Row {
    vehicle: [u8; 16],
    written_at: i64,
    author: [u8; 16],
    name: String,
    rating: i64,
    text: String,
}

impl Row {
    fn new(n: usize) -> Self {
        Self {
            vehicle: bytes(vehicle(n)),
            written_at: seconds(n) * 1000,
            author: bytes(n),
            name: "Dominic T.".to_owned(),
            rating: i64::try_from(rating(n)).unwrap(),
            text: text(),
        }
    }

    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            vehicle: row.get(0)?,
            written_at: row.get(1)?,
            author: row.get(2)?,
            name: row.get(3)?,
            rating: row.get(4)?,
            text: row.get(5)?,
        })
    }
}

fn bytes(n: usize) -> [u8; 16] {
    let digits = u128::from_str_radix(&uuid(n).replace('-', ""), 16);
    digits.unwrap().to_be_bytes()
}

/// Durable on both sides: each piece of work is one transaction, synced to disk.
fn inserts() {
    const SINGLE: usize = 10;
    const MANY: usize = 3;
    let first = TURNS * SINGLE;
    let directory = tempfile::tempdir().unwrap();
    let garage = Garage::open(directory.path());
    let raw = Raw::open(&directory.path().join("raw.db"));
    // Scattered over the vehicles, as reviews come.
    let scattered = |n: usize| n * 7919 % 1_000_003;
    let rows: Vec<Row> = (0..first).map(|n| Row::new(scattered(n))).collect();
    let single: Vec<String> = (0..first)
        .map(|n| json!({"insertOne": {"document": review(scattered(n))}}).to_string())
        .collect();
    compare(
        "table: `insertOne`, durable",
        SINGLE,
        |n| drop(garage.ask(&single[n])),
        |n| raw.insert(&rows[n..=n]),
    );
    let range = |n: usize| 2_000_000 + n * 100..2_000_000 + (n + 1) * 100;
    let rows: Vec<Vec<Row>> = (0..TURNS * MANY)
        .map(|n| range(n).map(Row::new).collect())
        .collect();
    let many: Vec<String> = (0..TURNS * MANY).map(|n| insert_many(range(n))).collect();
    compare(
        "table: `insertMany` of 100, durable",
        MANY,
        |n| drop(garage.ask(&many[n])),
        |n| raw.insert(&rows[n]),
    );
}

/// Both sides with so many rows.
struct Filled {
    size: usize,
    garage: Garage,
    raw: Raw,
    _directory: tempfile::TempDir,
}

impl Filled {
    fn new(size: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let garage = Garage::filled(directory.path(), size);
        let raw = Raw::open(&directory.path().join("raw.db"));
        for start in (0..size).step_by(10_000) {
            let rows: Vec<Row> = (start..size.min(start + 10_000)).map(Row::new).collect();
            raw.insert(&rows);
        }
        raw.0
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
        Self {
            size,
            garage,
            raw,
            _directory: directory,
        }
    }
}

fn scattered(n: usize, among: usize) -> usize {
    n.wrapping_mul(7919) % among
}

/// One row by its whole key, and the first page of a partition.
fn reads(filled: &mut Filled) {
    const BY_KEY: usize = 100;
    const PAGES: usize = 50;
    let Filled {
        size, garage, raw, ..
    } = filled;
    let rows: Vec<usize> = (0..TURNS * BY_KEY).map(|n| scattered(n, *size)).collect();
    let command = |n: &usize| {
        let key = json!({"vehicle": uuid(vehicle(*n)), "written_at": written_at(*n)});
        json!({"findOne": {"filter": key}}).to_string()
    };
    let commands: Vec<String> = rows.iter().map(command).collect();
    let keys: Vec<_> = rows
        .iter()
        .map(|n| (bytes(vehicle(*n)), seconds(*n) * 1000))
        .collect();
    compare(
        &format!("table: `findOne` by key among {size}"),
        BY_KEY,
        |n| assert!(garage.ask(&commands[n]).len() > 300),
        |n| assert!(raw.row(&keys[n].0, keys[n].1).text.len() > 200),
    );
    let (commands, keys) = (
        page_commands(*size, TURNS * PAGES),
        page_keys(*size, TURNS * PAGES),
    );
    compare(
        &format!("table: page of {PAGE} of a partition among {size}"),
        PAGES,
        |n| assert!(garage.ask(&commands[n]).len() > 300 * PAGE),
        |n| assert_eq!(raw.page(&keys[n]).len(), PAGE),
    );
}

fn page_commands(size: usize, count: usize) -> Vec<String> {
    let command = |n: usize| {
        let filter = json!({"vehicle": uuid(scattered(n, size / REVIEWS))});
        json!({"find": {"filter": filter, "sort": {"written_at": -1}, "options": {"limit": PAGE}}})
            .to_string()
    };
    (0..count).map(command).collect()
}

fn page_keys(size: usize, count: usize) -> Vec<[u8; 16]> {
    (0..count)
        .map(|n| bytes(scattered(n, size / REVIEWS)))
        .collect()
}

/// The same page in a small table and in a large one, in turns.
fn pages(small: &Filled, large: &Filled) {
    const PAGES: usize = 50;
    let commands = [small, large].map(|filled| page_commands(filled.size, TURNS * PAGES));
    let page = |filled: &Filled, command: &str| {
        assert!(filled.garage.ask(command).len() > 300 * PAGE);
    };
    let [of_small, of_large] = in_turns(
        PAGES,
        |n| page(small, &commands[0][n]),
        |n| page(large, &commands[1][n]),
    );
    let ratio = of_large.as_secs_f64() / of_small.as_secs_f64();
    println!(
        "\nA page of {PAGE} reviews of a vehicle takes {ratio:.2} times as long among {} rows ({of_large:.1?}) as among \
         {} ({of_small:.1?}).",
        large.size, small.size
    );
}
