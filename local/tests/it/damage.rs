//! What damage to a file is noticed: by opening, by commands, by a check.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use astra_local::{Engine, check, compact};
use serde_json::json;

use crate::database::Database;
use crate::stored::{answers_that_differ, copy_of};

const PAGE: usize = 4096;

/// A whole file with data of every type and no page that is free, in the newest format.
fn whole() -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of("every-type", directory.path());
    compact(directory.path()).expect("a compaction");
    fs::read(directory.path().join("astra.db")).expect("the file")
}

/// A directory with this file.
fn with_file(bytes: &[u8]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("astra.db"), bytes).expect("a file");
    directory
}

/// Whether a check fails or finds something.
fn is_noticed(directory: &Path) -> bool {
    check(directory).map_or(true, |found| !found.problems.is_empty())
}

/// Whether an engine opens and answers as it did before the damage.
fn answers_as_before(directory: &Path) -> bool {
    Engine::open(directory).is_ok_and(|engine| answers_that_differ(&engine) == 0)
}

#[test]
fn a_page_that_is_overwritten_is_noticed_wherever_it_is() {
    let bytes = whole();
    assert!(bytes.len() / PAGE > 20, "{}", bytes.len());
    for page in 0..bytes.len() / PAGE {
        for filler in [0, 0x5a] {
            let mut damaged = bytes.clone();
            damaged[page * PAGE..(page + 1) * PAGE].fill(filler);
            let directory = with_file(&damaged);
            assert!(
                is_noticed(directory.path()),
                "page {page} filled with {filler}"
            );
        }
    }
}

/// `DAMAGED_COPIES` sets how many; the figures of 200 are in the README.
#[test]
#[expect(clippy::print_stdout, reason = "the figures")]
fn of_single_bytes_that_change_most_are_noticed_and_none_ends_the_process() {
    let copies =
        std::env::var("DAMAGED_COPIES").map_or(40, |copies| copies.parse().expect("a number"));
    let bytes = whole();
    let (mut noticed, mut harmless, mut silent) = (0, 0, 0);
    // Of the space that is not in use, nothing can be told.
    let used: Vec<usize> = (0..bytes.len())
        .filter(|place| bytes[*place] != 0)
        .collect();
    let mut state: u64 = 17;
    for _ in 0..copies {
        // A sequence without a pattern, the same in each run (Knuth's constants).
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = used[usize::try_from(state >> 33).expect("31 bits") % used.len()];
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x04;
        let directory = with_file(&damaged);
        let looked = catch_unwind(AssertUnwindSafe(|| {
            (
                is_noticed(directory.path()),
                answers_as_before(directory.path()),
            )
        }));
        match looked.unwrap_or_else(|_| panic!("a panic over byte {place}")) {
            (true, _) => noticed += 1,
            (false, true) => harmless += 1,
            (false, false) => silent += 1,
        }
    }
    println!("{copies} copies: {noticed} noticed, {harmless} harmless, {silent} neither");
    assert!(noticed > 3 * silent, "{noticed} noticed, {silent} not");
}

/// What was written since the log was written back last is lost from the damaged frame on; what was before is there, whole.
#[test]
fn a_damaged_frame_of_the_log_ends_it_and_leaves_what_was_before() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = Engine::open(directory.path()).expect("an engine");
    let database = Database::over(engine).with_collection("log");
    for id in 0..20 {
        database.run(
            "log",
            &json!({"insertOne": {"document": {"_id": id, "n": id}}}),
        );
    }
    // As after a crash: the process that has it open does not write the log back.
    let copy = with_file(&fs::read(directory.path().join("astra.db")).expect("the file"));
    let mut log = fs::read(directory.path().join("astra.db-wal")).expect("the log");
    let middle = log.len() / 2;
    log[middle] ^= 0x04;
    fs::write(copy.path().join("astra.db-wal"), &log).expect("a log");
    let database = Database {
        engine: Engine::open(copy.path()).expect("an engine"),
    };
    let left = database.find_all("log", &json!({})).len();
    assert!(left < 20, "the log was read beyond the damage");
    for id in 0..left {
        let found = database.run("log", &json!({"findOne": {"filter": {"n": id}}}));
        assert_eq!(found["data"]["document"]["_id"], id);
    }
    drop(database);
    assert!(!is_noticed(copy.path()));
}
