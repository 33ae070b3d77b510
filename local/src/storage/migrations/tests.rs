use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::*;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const DIRECTORY: &str = "ASTRA_LOCAL_MIGRATION_TEST_DIRECTORY";
const ROWS: i64 = 2000;

/// A file of the first format, with rows that the steps below change.
fn first_format(path: &Path) -> Outcome<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.execute_batch(
        "CREATE TABLE numbers (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
         PRAGMA user_version = 1;",
    )?;
    let transaction = connection.unchecked_transaction()?;
    for id in 0..ROWS {
        transaction.execute("INSERT INTO numbers VALUES (?1, 1)", [id])?;
    }
    transaction.commit()?;
    Ok(connection)
}

fn format(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// The smallest and the largest number: a step changes all of them alike.
fn range(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let sql = "SELECT min(n), max(n) FROM numbers";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn increment(connection: &Connection) -> rusqlite::Result<()> {
    for id in 0..ROWS {
        connection.execute("UPDATE numbers SET n = n + 1 WHERE id = ?1", [id])?;
    }
    Ok(())
}

fn fail_halfway(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE numbers SET n = 100 WHERE id < 10", [])?;
    connection.execute_batch("INSERT INTO missing VALUES (1)")
}

#[test]
fn a_step_that_fails_is_undone_and_those_before_it_stand() -> Outcome {
    let directory = tempfile::tempdir()?;
    let connection = first_format(&directory.path().join("file.db"))?;
    let failed = run(&connection, 1, &[note_versions, increment, fail_halfway]);
    assert!(matches!(
        failed,
        Err(OpenError::Migration { format: 4, .. })
    ));
    assert_eq!((format(&connection)?, range(&connection)?), (3, (2, 2)));
    run(&connection, 3, &[note_versions, increment, increment])?;
    assert_eq!((format(&connection)?, range(&connection)?), (4, (3, 3)));
    Ok(())
}

#[test]
fn every_earlier_format_has_a_file_in_the_tests() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
    for format in FIRST..format_after(STEPS) {
        let file = stored.join(format!("format-{format}/astra.db"));
        assert!(file.exists(), "{} is missing", file.display());
    }
}

const KILLED: [Step; 9] = [
    note_versions,
    increment,
    increment,
    increment,
    increment,
    increment,
    increment,
    increment,
    increment,
];

/// Not a test of its own: the process that is killed.
#[test]
#[ignore = "started and killed by the test below"]
#[expect(clippy::print_stdout, reason = "the parent waits for this line")]
fn child_that_migrates() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let connection = Connection::open(Path::new(&directory).join("file.db")).expect("the file");
    println!("\nopened");
    std::io::stdout().flush().expect("a pipe");
    let found = format(&connection).expect("a format");
    run(&connection, found, &KILLED).expect("a migration");
}

fn start_child(directory: &Path) -> std::io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["--exact", "storage::migrations::tests::child_that_migrates"])
        .args(["--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
}

/// Runs the child and kills it some time after it has opened the file.
fn kill_after(directory: &Path, time: Duration) -> std::io::Result<()> {
    let mut child = start_child(directory)?;
    let output = child.stdout.take().map(BufReader::new);
    let lines = output.into_iter().flat_map(BufRead::lines);
    let opened = lines.map_while(Result::ok).any(|line| line == "opened");
    assert!(opened, "the child did not open the file");
    std::thread::sleep(time);
    child.kill()?;
    child.wait().map(drop)
}

/// `KILL_ROUNDS` sets how often.
#[test]
fn a_migration_that_is_killed_goes_on_where_it_was() -> Outcome {
    let rounds = std::env::var("KILL_ROUNDS").map_or(Ok(5), |rounds| rounds.parse())?;
    let mut interrupted = 0;
    for round in 0..rounds {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("file.db");
        drop(first_format(&path)?);
        for _ in 0..3 {
            kill_after(directory.path(), Duration::from_millis(3 + round % 20))?;
            let connection = Connection::open(&path)?;
            let (format, (least, most)) = (format(&connection)?, range(&connection)?);
            // Format 2 changes no number, each further step adds one to all of them.
            assert_eq!((least, most), (1.max(format - 1), 1.max(format - 1)));
            interrupted += u64::from(format < 10);
        }
        let connection = Connection::open(&path)?;
        run(&connection, format(&connection)?, &KILLED)?;
        assert_eq!((format(&connection)?, range(&connection)?), (10, (9, 9)));
    }
    assert!(interrupted > 0, "no migration was interrupted");
    Ok(())
}
