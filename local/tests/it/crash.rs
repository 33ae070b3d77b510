//! Killed at any moment, nothing acknowledged is lost and the file opens.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use astra_local::Engine;
use serde_json::json;

use crate::database::Database;

const DIRECTORY: &str = "ASTRA_LOCAL_CRASH_TEST_DIRECTORY";

/// Not a test of its own: the process that is killed. It says which document it was told is stored.
#[test]
#[ignore = "started and killed by the test below"]
#[expect(
    clippy::print_stdout,
    reason = "standard output is how the child acknowledges"
)]
fn child_that_inserts_until_it_is_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let engine = Engine::open(directory).expect("an engine");
    let database = Database { engine };
    let start = database.run("log", &json!({"countDocuments": {}}))["status"]["count"]
        .as_u64()
        .expect("a count");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let database = &database;
            scope.spawn(move || {
                for n in 0.. {
                    let id = format!("{start}-{thread}-{n}");
                    let document =
                        json!({"_id": id, "text": "x".repeat(n % 3000), "tags": ["a", n % 7]});
                    let answer = database.run("log", &json!({"insertOne": {"document": document}}));
                    assert_eq!(answer["status"]["insertedIds"][0], id.as_str());
                    println!("\nstored {id}");
                    std::io::stdout().flush().expect("a pipe");
                }
            });
        }
    });
}

fn start_child(directory: &Path) -> Child {
    let binary = std::env::current_exe().expect("this test binary");
    Command::new(binary)
        .args([
            "--exact",
            "crash::child_that_inserts_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process")
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let directory = tempfile::tempdir().expect("a directory");
    drop(Database::over(Engine::open(directory.path()).expect("an engine")).with_collection("log"));
    let mut acknowledged = Vec::new();
    for round in 0..6 {
        let mut child = start_child(directory.path());
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        // Kill it only once it works, then after ever another while.
        let first = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.starts_with("stored "));
        std::thread::sleep(Duration::from_millis(7 + 31 * round));
        child.kill().expect("a child to kill");
        child.wait().expect("its end");
        let rest = lines.map_while(Result::ok);
        acknowledged.extend(
            first
                .into_iter()
                .chain(rest)
                .filter_map(|line| line.strip_prefix("stored ").map(str::to_owned)),
        );

        let engine = Engine::open(directory.path()).expect("the file to open after a kill");
        let database = Database { engine };
        for id in &acknowledged {
            let found = database.run("log", &json!({"findOne": {"filter": {"_id": id}}}));
            assert_eq!(
                found["data"]["document"]["_id"],
                id.as_str(),
                "acknowledged and lost"
            );
        }
        let by_index = database.find_all("log", &json!({"tags": "a"})).len();
        assert_eq!(by_index, database.find_all("log", &json!({})).len());
        assert!(by_index >= acknowledged.len());
    }
    assert!(acknowledged.len() > 6, "the child hardly worked");
    let file = rusqlite::Connection::open(directory.path().join("astra.db")).expect("the file");
    let check: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a check");
    assert_eq!(check, "ok");
}
