//! Backups, restores, checks, repairs and compaction of directories on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use astra_local::{
    Engine, MaintenanceError, OpenError, Overwrite, backup, check, compact, repair, restore,
};
use rusqlite::Connection;
use serde_json::json;

use crate::database::Database;
use crate::stored::{answers_that_differ, copy_of};

/// A directory with documents, vectors and rows, and what has it open.
fn furnished() -> (tempfile::TempDir, Database) {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of("every-type", directory.path());
    let engine = Engine::open(directory.path()).expect("an engine");
    (directory, Database::over(engine).with_collection("log"))
}

fn open(directory: &Path) -> Database {
    let engine = Engine::open(directory).expect("an engine");
    Database { engine }
}

fn count(database: &Database) -> u64 {
    let answer = database.run("log", &json!({"countDocuments": {}}));
    answer["status"]["count"].as_u64().expect("a count")
}

/// Inserts ten documents, all or none of which are in a snapshot.
fn insert_ten(database: &Database, batch: u64) {
    let documents: Vec<_> = (0..10)
        .map(|n| json!({"_id": format!("{batch}-{n}"), "n": n}))
        .collect();
    let answer = database.run("log", &json!({"insertMany": {"documents": documents}}));
    assert_eq!(
        answer["status"]["insertedIds"].as_array().map(Vec::len),
        Some(10),
        "{answer}"
    );
}

fn raw(directory: &Path) -> Connection {
    Connection::open(directory.join("astra.db")).expect("the file")
}

#[test]
fn a_backup_while_others_write_is_one_moment_and_can_be_restored() {
    let (directory, database) = furnished();
    insert_ten(&database, 0);
    let file = directory.path().join("copy.db");
    let done = AtomicBool::new(false);
    let copied = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut batches = 1;
            while !done.load(Ordering::Relaxed) {
                insert_ten(&database, batches);
                batches += 1;
            }
            batches
        });
        // As another process does: this one has the directory open, and its lock.
        let copied: Vec<_> = (0..5)
            .map(|_| backup(directory.path(), &file, Overwrite::Replace).expect("a backup"))
            .collect();
        done.store(true, Ordering::Relaxed);
        assert!(
            writer.join().expect("a writer") > 1,
            "nothing was written meanwhile"
        );
        copied
    });
    assert_eq!(fs::metadata(&file).expect("a file").len(), copied[4].bytes);
    let restored = tempfile::tempdir().expect("a directory");
    restore(&file, restored.path(), Overwrite::Never).expect("a restore");
    assert!(check(restored.path()).expect("a check").problems.is_empty());
    let restored = open(restored.path());
    assert_eq!(count(&restored) % 10, 0);
    assert!(count(&restored) >= 10);
    assert_eq!(answers_that_differ(&restored.engine), 0);
}

#[test]
fn an_engine_in_memory_is_backed_up_too() {
    let database = Database::in_memory().with_collection("log");
    insert_ten(&database, 0);
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("copy.db");
    database
        .engine
        .backup(&file, Overwrite::Never)
        .expect("a backup");
    let data = directory.path().join("data");
    restore(&file, &data, Overwrite::Never).expect("a restore");
    assert_eq!(count(&open(&data)), 10);
}

#[test]
fn nothing_is_overwritten_unless_it_is_asked_for() {
    let (directory, database) = furnished();
    let file = directory.path().join("copy.db");
    database
        .engine
        .backup(&file, Overwrite::Never)
        .expect("a backup");
    insert_ten(&database, 0);
    let again = database.engine.backup(&file, Overwrite::Never);
    assert!(
        matches!(again, Err(MaintenanceError::Exists { .. })),
        "{again:?}"
    );
    let in_use = restore(&file, directory.path(), Overwrite::Replace);
    assert!(
        matches!(in_use, Err(MaintenanceError::Open(OpenError::InUse { .. }))),
        "{in_use:?}"
    );
    drop(database);
    let refused = restore(&file, directory.path(), Overwrite::Never);
    assert!(
        matches!(refused, Err(MaintenanceError::Exists { .. })),
        "{refused:?}"
    );
    assert_eq!(count(&open(directory.path())), 10);
    restore(&file, directory.path(), Overwrite::Replace).expect("a restore");
    assert_eq!(count(&open(directory.path())), 0);
}

#[test]
fn a_damaged_backup_is_refused_and_the_directory_stays_as_it_was() {
    let (directory, database) = furnished();
    let file = directory.path().join("copy.db");
    database
        .engine
        .backup(&file, Overwrite::Never)
        .expect("a backup");
    insert_ten(&database, 0);
    drop(database);
    let mut bytes = fs::read(&file).expect("the copy");
    bytes[8192..12288].fill(0x5a);
    fs::write(&file, bytes).expect("a damaged copy");
    let refused = restore(&file, directory.path(), Overwrite::Replace);
    assert!(
        matches!(refused, Err(MaintenanceError::Damaged { .. })),
        "{refused:?}"
    );
    assert_eq!(count(&open(directory.path())), 10);
    assert!(!directory.path().join("astra.db.partial").exists());
}

#[test]
fn a_directory_without_a_database_is_not_made_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = check(&directory.path().join("elsewhere"));
    assert!(
        matches!(missing, Err(MaintenanceError::NoDatabase { .. })),
        "{missing:?}"
    );
    assert_eq!(
        fs::read_dir(directory.path()).expect("a directory").count(),
        0
    );
}

/// Folders that earlier versions wrote: their index entries, vectors and keys are those this version would write.
#[test]
fn nothing_is_wrong_with_what_earlier_versions_wrote() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = |path: PathBuf| {
        let entries = fs::read_dir(path).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path())
    };
    let crates = entries(root.join("../apps")).chain([root.to_owned()]);
    let stored = crates.flat_map(|name| entries(name.join("tests/stored")));
    let folders: Vec<PathBuf> = stored.collect();
    assert!(folders.len() >= 2, "{folders:?}");
    for folder in folders {
        let directory = tempfile::tempdir().expect("a directory");
        fs::copy(folder.join("astra.db"), directory.path().join("astra.db")).expect("a copy");
        let older = check(directory.path());
        assert!(
            matches!(older, Err(MaintenanceError::OlderFormat { found, newest }) if found < newest),
            "{older:?}"
        );
        drop(Engine::open(directory.path()).expect("an engine"));
        let found = check(directory.path()).expect("a check");
        assert!(
            found.problems.is_empty(),
            "{}: {found:#?}",
            folder.display()
        );
        assert!(found.documents + found.rows > 0 && found.entries >= found.documents);
    }
}

/// Changes what is stored behind the engine's back.
fn damage(directory: &Path, sql: &str) {
    raw(directory).execute_batch(sql).expect("a change");
}

#[test]
fn what_does_not_agree_is_found_and_made_anew_from_the_documents() {
    for (sql, what) in [
        (
            "DELETE FROM entries_2 WHERE document % 3 = 0",
            "is not in the index by",
        ),
        (
            "UPDATE entries_1 SET document = document + 100 WHERE document = 1",
            "belong to no document",
        ),
        (
            "UPDATE vectors_2 SET vector = x'0000803f0000803f0000803f' WHERE document = 4",
            "the vector of document number 4",
        ),
        (
            "DELETE FROM vectors_2 WHERE document = 5",
            "the vector of document number 5",
        ),
        (
            "INSERT INTO vectors_2 VALUES (777, x'0000803f')",
            "1 vectors belong to no document",
        ),
        (
            "DELETE FROM paths WHERE path = 'n'",
            "is not in the index by `n`",
        ),
    ] {
        let (directory, database) = furnished();
        drop(database);
        damage(directory.path(), sql);
        let found = check(directory.path()).expect("a check");
        assert!(
            found.problems.iter().any(|it| it.what.contains(what)),
            "{sql}: {found:#?}"
        );
        assert!(
            found.problems.iter().all(|it| it.is_repairable),
            "{sql}: {found:#?}"
        );
        let repaired = repair(directory.path()).expect("a repair");
        assert_eq!(repaired.before, found);
        assert!(
            repaired.after.expect("a new file").problems.is_empty(),
            "{sql}"
        );
        assert!(
            check(directory.path())
                .expect("a check")
                .problems
                .is_empty(),
            "{sql}"
        );
        assert_eq!(
            answers_that_differ(&open(directory.path()).engine),
            0,
            "{sql}"
        );
        assert!(directory.path().join("astra.db.damaged").exists());
    }
}

#[test]
fn what_cannot_be_made_anew_is_named_and_kept() {
    for (sql, what) in [
        (
            "UPDATE documents_1 SET json = '{\"_id\":' WHERE id = 2",
            "document number 2 cannot be read",
        ),
        (
            "UPDATE documents_1 SET json = '{\"_id\":9}' WHERE id = 2",
            "document number 2 is filed under another `_id`",
        ),
        (
            "UPDATE documents_1 SET token = token + 1 WHERE id = 2",
            "document number 2 is filed under another `_id`",
        ),
        (
            "UPDATE rows_1 SET c1 = 'b' WHERE c2 = 2",
            "is filed under another key",
        ),
        (
            "UPDATE rows_1 SET c4 = x'00' WHERE c2 = 2",
            "has a value that cannot be read",
        ),
    ] {
        let (directory, database) = furnished();
        drop(database);
        damage(directory.path(), sql);
        let found = check(directory.path()).expect("a check");
        assert!(
            found
                .problems
                .iter()
                .any(|it| it.what.contains(what) && !it.is_repairable),
            "{sql}: {found:#?}"
        );
        let rows = |sql: &str| raw(directory.path()).query_row(sql, [], |row| row.get::<_, i64>(0));
        let all = "SELECT (SELECT count(*) FROM documents_1) + (SELECT count(*) FROM rows_1)";
        let before = rows(all).expect("a count");
        let repaired = repair(directory.path()).expect("a repair");
        assert!(!repaired.after.expect("a new file").problems.is_empty());
        assert_eq!(rows(all).expect("a count"), before, "{sql}");
    }
}

#[test]
fn compaction_gives_back_space_and_paths_and_loses_nothing() {
    let (directory, database) = furnished();
    for batch in 0..20 {
        let documents: Vec<_> = (0..100)
            .map(|n| json!({format!("only-{batch}"): n, "text": "x".repeat(400)}))
            .collect();
        database.run("log", &json!({"insertMany": {"documents": documents}}));
    }
    insert_ten(&database, 0);
    database.run("log", &json!({"createCollection": {"name": "other"}}));
    let kept = database.run(
        "log",
        &json!({"updateOne": {"filter": {"n": 1}, "update": {"$set": {"only-3": 1}}}}),
    );
    assert_eq!(kept["status"]["modifiedCount"], 1, "{kept}");
    loop {
        let deleted = database.run(
            "log",
            &json!({"deleteMany": {"filter": {"text": {"$exists": true}}}}),
        );
        if deleted["status"]["deletedCount"] == 0 {
            break;
        }
    }
    drop(database);
    let compacted = compact(directory.path()).expect("a compaction");
    assert!(compacted.after < compacted.before / 2, "{compacted:?}");
    // `text`, and each of the twenty but one.
    assert!(compacted.paths >= 20, "{compacted:?}");
    let found = check(directory.path()).expect("a check");
    assert!(found.problems.is_empty(), "{found:#?}");
    let database = open(directory.path());
    assert_eq!(count(&database), 10);
    assert_eq!(database.find_all("log", &json!({"only-3": 1})).len(), 1);
    assert_eq!(answers_that_differ(&database.engine), 0);
}
