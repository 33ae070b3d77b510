//! Migrations, backups, restores, repairs and compaction that are killed at any moment. `KILL_ROUNDS` sets how often each is.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use astra_local::{Engine, OpenError, Overwrite, backup, check, compact, repair, restore};
use rusqlite::Connection;
use serde_json::json;

use crate::database::Database;
use crate::stored::{answers_that_differ, copy_of};

const DIRECTORY: &str = "ASTRA_LOCAL_KILLED_DIRECTORY";
const OPERATION: &str = "ASTRA_LOCAL_KILLED_OPERATION";
const DOCUMENTS: u64 = 400;
const EARLIER: u64 = 30;

/// Not a test of its own: the process that is killed.
#[test]
#[ignore = "started and killed by the tests below"]
#[expect(clippy::print_stdout, reason = "the parent waits for this line")]
fn child_that_is_killed() {
    let (Ok(directory), Ok(operation)) = (std::env::var(DIRECTORY), std::env::var(OPERATION))
    else {
        return;
    };
    let directory = Path::new(&directory);
    println!("\nbegun");
    std::io::stdout().flush().expect("a pipe");
    let (data, file) = (directory.join("data"), directory.join("copy.db"));
    loop {
        match operation.as_str() {
            "backup" => drop(backup(&data, &file, Overwrite::Replace).expect("a backup")),
            "restore" => drop(restore(&file, &data, Overwrite::Replace).expect("a restore")),
            "compact" => drop(compact(&data).expect("a compaction")),
            "migrate" => {
                for earlier in earlier_databases(directory) {
                    drop(Engine::open(earlier).expect("an engine"));
                }
            }
            _ => {
                damage(&data);
                drop(repair(&data).expect("a repair"));
            }
        }
    }
}

fn damage(data: &Path) {
    let file = Connection::open(data.join("astra.db")).expect("the file");
    let sql = "DELETE FROM entries_2 WHERE document % 3 = 0; UPDATE vectors_2 SET vector = x'0000803f0000803f0000803f';";
    file.execute_batch(sql).expect("a change");
}

/// Directories with databases of the first format.
fn earlier_databases(directory: &Path) -> impl Iterator<Item = PathBuf> {
    (0..EARLIER).map(|n| directory.join(format!("earlier-{n}")))
}

/// Starts the operation and kills it after some time.
fn kill(directory: &Path, operation: &str, after: Duration) {
    let mut child = Command::new(std::env::current_exe().expect("this test binary"))
        .args([
            "--exact",
            "killed::child_that_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(DIRECTORY, directory)
        .env(OPERATION, operation)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let begun = output
        .lines()
        .map_while(Result::ok)
        .any(|line| line == "begun");
    assert!(begun, "the child did not begin");
    std::thread::sleep(after);
    child.kill().expect("a child to kill");
    child.wait().expect("its end");
}

fn open(data: &Path) -> Database {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match Engine::open(data) {
            Ok(engine) => return Database { engine },
            // A process that another test is starting has this one's files open until it runs its program.
            Err(OpenError::InUse { .. }) if Instant::now() < deadline => std::thread::yield_now(),
            Err(error) => panic!("the file does not open after a kill: {error}"),
        }
    }
}

fn count(data: &Path) -> u64 {
    let answer = open(data).run("log", &json!({"countDocuments": {}}));
    answer["status"]["count"].as_u64().expect("a count")
}

/// Everything is there and agrees.
fn expect_whole(data: &Path, documents: u64) {
    assert_eq!(count(data), documents);
    assert_eq!(answers_that_differ(&open(data).engine), 0);
    let found = check(data).expect("a check");
    assert!(found.problems.is_empty(), "{found:#?}");
}

/// A directory with a database in `data` and a backup with other content in `copy.db`.
fn prepared() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("data");
    fs::create_dir(&data).expect("a directory");
    copy_of("every-type", &data);
    let engine = Engine::open(&data).expect("an engine");
    let database = Database::over(engine).with_collection("log");
    for batch in 0..DOCUMENTS / 100 {
        if batch == 1 {
            let file = directory.path().join("copy.db");
            database
                .engine
                .backup(file, Overwrite::Never)
                .expect("a backup");
        }
        let documents: Vec<_> = (0..100)
            .map(|n| json!({"_id": batch * 100 + n, "n": n, "text": "x".repeat(500)}))
            .collect();
        database.run("log", &json!({"insertMany": {"documents": documents}}));
    }
    directory
}

fn kill_rounds() -> u64 {
    std::env::var("KILL_ROUNDS").map_or(3, |rounds| rounds.parse().expect("a number"))
}

/// Kills an operation after another time in each round, and looks at what is left.
fn rounds(operation: &str, look: impl Fn(&Path)) {
    let directory = prepared();
    for round in 0..kill_rounds() {
        kill(
            directory.path(),
            operation,
            Duration::from_millis(3 + round * 37 % 250),
        );
        look(directory.path());
    }
}

#[test]
fn a_killed_migration_goes_on_when_the_file_is_opened_again() {
    for round in 0..kill_rounds() {
        let directory = tempfile::tempdir().expect("a directory");
        for earlier in earlier_databases(directory.path()) {
            fs::create_dir(&earlier).expect("a directory");
            copy_of("every-type", &earlier);
        }
        let after = Duration::from_millis(1 + round * 13 % 150);
        kill(directory.path(), "migrate", after);
        for earlier in earlier_databases(directory.path()) {
            assert_eq!(answers_that_differ(&open(&earlier).engine), 0);
            let found = check(&earlier).expect("a check");
            assert!(found.problems.is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn a_killed_backup_leaves_the_database_and_the_last_complete_copy() {
    rounds("backup", |directory| {
        expect_whole(&directory.join("data"), DOCUMENTS);
        let restored = tempfile::tempdir().expect("a directory");
        restore(
            &directory.join("copy.db"),
            restored.path(),
            Overwrite::Never,
        )
        .expect("a restore");
        let documents = count(restored.path());
        assert!([100, DOCUMENTS].contains(&documents), "{documents}");
        expect_whole(restored.path(), documents);
    });
}

#[test]
fn a_killed_restore_leaves_the_old_database_or_the_new_one() {
    rounds("restore", |directory| {
        let data = directory.join("data");
        let documents = count(&data);
        assert!([100, DOCUMENTS].contains(&documents), "{documents}");
        expect_whole(&data, documents);
    });
}

#[test]
fn a_killed_compaction_leaves_everything() {
    rounds("compact", |directory| {
        expect_whole(&directory.join("data"), DOCUMENTS);
    });
}

#[test]
fn a_killed_repair_can_be_repeated() {
    rounds("repair", |directory| {
        let data = directory.join("data");
        assert_eq!(count(&data), DOCUMENTS);
        let repaired = repair(&data).expect("a repair");
        let left = repaired.after.map_or(0, |after| after.problems.len());
        assert_eq!(left, 0);
        expect_whole(&data, DOCUMENTS);
    });
}
