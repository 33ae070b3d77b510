//! What happens to commands while the disk is full, the file damaged or the directory gone.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use astra_local::{Engine, OpenError, check};
use serde_json::{Value, json};

use crate::database::Database;
use crate::stored::copy_of;

fn open(directory: &Path) -> Database {
    let engine = Engine::open(directory).expect("an engine");
    Database { engine }
}

/// Inserts a document of 100 KB.
fn insert(database: &Database, id: u64) -> Value {
    let document = json!({"_id": id, "texts": vec!["x".repeat(5000); 20]});
    database.run("log", &json!({"insertOne": {"document": document}}))
}

fn count(database: &Database) -> u64 {
    let answer = database.run("log", &json!({"countDocuments": {}}));
    answer["status"]["count"]
        .as_u64()
        .unwrap_or_else(|| panic!("{answer}"))
}

/// Inserts until one fails. Returns how many did not.
fn fill(database: &Database, from: u64, title: &str) -> u64 {
    for id in from.. {
        let answer = insert(database, id);
        if answer["status"]["insertedIds"] != json!([id]) {
            expect(&answer, title);
            return id - from;
        }
        assert!(id < from + 5000, "there was room for {id}");
    }
    0
}

/// The answer is one error of the server, with this title.
fn expect(answer: &Value, title: &str) {
    let error = &answer["errors"][0];
    assert_eq!(error["errorCode"], "UNAVAILABLE_DATABASE", "{answer}");
    assert_eq!(error["family"], "SERVER", "{answer}");
    assert_eq!(error["title"], title, "{answer}");
}

/// A disk of 32 MB, unmounted when dropped. It takes the right to mount, which root has.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    #[expect(clippy::print_stderr, reason = "a test that cannot run here says so")]
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(directory));
        }
        eprintln!("skipped: a small disk cannot be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills what is left of the disk with a file of something else.
    fn fill(&self) {
        let file = fs::File::create(self.path().join("other")).expect("a file");
        let chunk = vec![1; 4096];
        while std::io::Write::write_all(&mut &file, &chunk).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.path()).status());
    }
}

#[test]
fn a_disk_that_the_database_fills_fails_writes_and_takes_deletes() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let database =
        Database::over(Engine::open(disk.path()).expect("an engine")).with_collection("log");
    let stored = fill(&database, 0, "Disk is full");
    assert!(stored > 50, "{stored}");
    assert_eq!(count(&database), stored);
    expect(&insert(&database, 9000), "Disk is full");
    let found = database.run("log", &json!({"findOne": {"filter": {"_id": 3}}}));
    assert_eq!(found["data"]["document"]["_id"], 3);

    let deleted = database.run(
        "log",
        &json!({"deleteMany": {"filter": {"_id": {"$lt": 20}}}}),
    );
    assert_eq!(deleted["status"]["deletedCount"], 20, "{deleted}");
    let again = fill(&database, 10_000, "Disk is full");
    assert!(again > 5, "deleting made no room: {again}");
    for id in 20..40 {
        let deleted = database.run("log", &json!({"findOneAndDelete": {"filter": {"_id": id}}}));
        assert_eq!(deleted["data"]["document"]["_id"], id, "{deleted}");
    }
    let left = stored - 40 + again;
    assert_eq!(count(&database), left);
    drop(database);
    let database = open(disk.path());
    assert_eq!(count(&database), left);
    drop(database);
    let found = check(disk.path()).expect("a check");
    assert!(found.problems.is_empty(), "{found:#?}");
}

#[test]
fn a_disk_that_others_fill_takes_deletes_and_everything_once_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let data = disk.path().join("data");
    let database = Database::over(Engine::open(&data).expect("an engine")).with_collection("log");
    for id in 0..60 {
        assert_eq!(insert(&database, id)["status"]["insertedIds"], json!([id]));
    }
    disk.fill();
    let deleted = database.run("log", &json!({"deleteOne": {"filter": {"_id": 0}}}));
    assert_eq!(deleted["status"]["deletedCount"], 1, "{deleted}");
    let stored = fill(&database, 100, "Disk is full");
    let dropped = database.send(
        Some("shop"),
        None,
        &json!({"createCollection": {"name": "more"}}),
    );
    expect(&dropped, "Disk is full");
    assert_eq!(count(&database), 59 + stored);
    fs::remove_file(disk.path().join("other")).expect("a file");
    for id in 200..230 {
        assert_eq!(insert(&database, id)["status"]["insertedIds"], json!([id]));
    }
    assert!(data.join("astra.reserve").exists());
    drop(database);

    // It opens on a full disk, too, and can be cleared.
    disk.fill();
    let database = open(&data);
    assert_eq!(count(&database), 89 + stored);
    let emptied = database.run("log", &json!({"deleteMany": {}}));
    assert_eq!(emptied["status"]["deletedCount"], -1, "{emptied}");
    assert_eq!(insert(&database, 1)["status"]["insertedIds"], json!([1]));
    drop(database);
    let found = check(&data).expect("a check");
    assert!(found.problems.is_empty(), "{found:#?}");
}

#[test]
fn a_database_in_memory_has_a_limit_that_its_error_names() {
    let engine = Engine::in_memory_up_to(8_000_000).expect("an engine");
    let database = Database::over(engine).with_collection("log");
    let stored = fill(&database, 0, "Database in memory is full");
    let answer = insert(&database, 9000);
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("its limit of 8 MB"), "{message}");
    assert!((20..80).contains(&stored), "{stored}");
    let deleted = database.run(
        "log",
        &json!({"deleteMany": {"filter": {"_id": {"$lt": 10}}}}),
    );
    assert_eq!(deleted["status"]["deletedCount"], 10, "{deleted}");
    assert!(fill(&database, 100, "Database in memory is full") > 2);
    assert!(count(&database) >= stored - 10);
}

#[cfg(unix)]
#[test]
fn a_directory_that_is_taken_away_fails_writes_and_is_taken_back() {
    let parent = tempfile::tempdir().expect("a directory");
    let (data, away) = (parent.path().join("data"), parent.path().join("away"));
    let database = Database::over(Engine::open(&data).expect("an engine")).with_collection("log");
    assert_eq!(insert(&database, 1)["status"]["insertedIds"], json!([1]));
    // What has the file open goes on reading.
    assert_eq!(count(&database), 1);
    fs::rename(&data, &away).expect("another place");
    expect(&insert(&database, 2), "Data directory was removed");
    assert_eq!(count(&database), 1);
    // Another one in its place is not written to, and not made a database of.
    fs::create_dir(&data).expect("a directory");
    expect(&insert(&database, 2), "Data directory was removed");
    assert_eq!(fs::read_dir(&data).expect("a directory").count(), 0);
    fs::remove_dir(&data).expect("a directory");
    fs::rename(&away, &data).expect("the old place");
    assert_eq!(insert(&database, 2)["status"]["insertedIds"], json!([2]));
    assert_eq!(count(&database), 2);
}

#[test]
fn a_damaged_page_fails_what_reads_it_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of("every-type", directory.path());
    let database =
        Database::over(Engine::open(directory.path()).expect("an engine")).with_collection("log");
    insert(&database, 1);
    drop(database);
    let path = directory.path().join("astra.db");
    let page: i64 = rusqlite::Connection::open(&path)
        .expect("the file")
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'documents_1'",
            [],
            |row| row.get(0),
        )
        .expect("a page");
    let mut bytes = fs::read(&path).expect("the file");
    let start = usize::try_from(page - 1).expect("a place") * 4096;
    bytes[start..start + 4096].fill(0x5a);
    fs::write(&path, bytes).expect("a damaged file");

    let database = open(directory.path());
    let read = database.send(Some("ks"), Some("plain"), &json!({"find": {}}));
    expect(&read, "Database file is damaged");
    let written = database.send(
        Some("ks"),
        Some("plain"),
        &json!({"insertOne": {"document": {"_id": 1}}}),
    );
    expect(&written, "Database file is damaged");
    assert_eq!(count(&database), 1);
    assert_eq!(insert(&database, 2)["status"]["insertedIds"], json!([2]));
}

#[test]
fn a_file_that_is_no_database_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("astra.db"), vec![0x5a; 8192]).expect("a file");
    let refused = Engine::open(directory.path()).expect_err("a damaged file");
    assert!(matches!(refused, OpenError::Damaged(_)), "{refused:?}");
    assert!(
        refused.to_string().contains("restore a backup"),
        "{refused}"
    );
}
