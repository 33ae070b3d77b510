//! The last hundred commands. They are kept with the data, so that they are there tomorrow, and no secrets among them.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use astra_db::{Timestamp, Value};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::target::Target;

/// So many are kept,
const ENTRIES: usize = 100;
/// none of them longer than so many bytes.
const LONGEST: usize = 64 * 1024;
/// Beside the database, as JSON Lines.
const FILE: &str = "console-history.jsonl";

/// Words that tell a secret, compared without regard to case, `-` and `_`.
const SECRETS: [&str; 10] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "astracs:",
];

/// The commands of one server. Clones are the same history.
#[derive(Debug, Clone)]
pub(super) struct History(Arc<Mutex<Commands>>);

#[derive(Debug)]
struct Commands {
    entries: VecDeque<Entry>,
    /// The file, unless the data is in memory.
    file: Option<PathBuf>,
}

/// A command that was run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(skip)]
    pub(super) id: u64,
    pub(super) at_ms: i64,
    pub(super) target: String,
    pub(super) command: String,
    pub(super) status: u16,
    pub(super) is_failure: bool,
    pub(super) micros: u64,
}

/// Whether a command is in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    /// It may hold a secret.
    Secret,
    TooLong,
}

impl Kept {
    /// Why not.
    pub(super) fn why_not(self) -> Option<&'static str> {
        match self {
            Self::Yes => None,
            Self::Secret => Some("Not kept in the history, as it may hold a secret."),
            Self::TooLong => Some("Not kept in the history, as it is long."),
        }
    }
}

impl Entry {
    pub(super) fn new(
        target: &Target,
        command: String,
        status: u16,
        is_failure: bool,
        elapsed: Duration,
        at: Timestamp,
    ) -> Self {
        Self {
            id: 0,
            at_ms: at.as_millis(),
            target: target.to_string(),
            command,
            status,
            is_failure,
            micros: u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

impl History {
    /// The history in this directory; without one, a history that ends with the process.
    pub(super) fn open(directory: Option<&Path>) -> Self {
        let file = directory.map(|directory| directory.join(FILE));
        let entries = file.as_deref().map(read).unwrap_or_default();
        Self(Arc::new(Mutex::new(Commands { entries, file })))
    }

    /// Puts a command first.
    pub(super) fn keep(&self, entry: Entry) -> Kept {
        if entry.command.len() > LONGEST {
            return Kept::TooLong;
        }
        if has_secret(&entry.command) {
            return Kept::Secret;
        }
        let mut commands = self.commands();
        let id = commands.entries.front().map_or(1, |latest| latest.id + 1);
        commands.entries.push_front(Entry { id, ..entry });
        commands.entries.truncate(ENTRIES);
        commands.save();
        Kept::Yes
    }

    /// All of them, the latest first.
    pub(super) fn latest(&self) -> Vec<Entry> {
        self.commands().entries.iter().cloned().collect()
    }

    pub(super) fn find(&self, id: u64) -> Option<Entry> {
        let commands = self.commands();
        commands
            .entries
            .iter()
            .find(|entry| entry.id == id)
            .cloned()
    }

    pub(super) fn forget(&self) {
        let mut commands = self.commands();
        commands.entries.clear();
        commands.save();
    }

    fn commands(&self) -> MutexGuard<'_, Commands> {
        // Entries are put in and taken out whole, so a panic elsewhere has spoilt nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Commands {
    /// What cannot be saved is still there until the server stops.
    fn save(&self) {
        let Some(file) = &self.file else { return };
        if let Err(error) = write(file, &self.entries) {
            let file = file.display();
            tracing::warn!("the console's history cannot be kept in {file}: {error}");
        }
    }
}

/// In one step, and readable by the owner only.
fn write(file: &Path, entries: &VecDeque<Entry>) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(directory)?;
    let mut buffer = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut buffer, entry)?;
        buffer.push(b'\n');
    }
    new.write_all(&buffer)?;
    new.persist(file)?;
    Ok(())
}

/// What is in the file; a line of another version is left out.
fn read(file: &Path) -> VecDeque<Entry> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let entries: Vec<Entry> = text
        .lines()
        .take(ENTRIES)
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    // The oldest is the first, so that each new one is one more.
    let ids = (1..=entries.len() as u64).rev();
    entries
        .into_iter()
        .zip(ids)
        .map(|(entry, id)| Entry { id, ..entry })
        .collect()
}

fn has_secret(command: &str) -> bool {
    // Written anew, nothing is hidden behind an escape.
    let text = command
        .parse::<Value>()
        .map_or_else(|_| command.to_owned(), |value| value.to_string());
    let text: String = text
        .chars()
        .filter(|character| !matches!(character, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    SECRETS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(command: &str) -> Entry {
        Entry::new(
            &Target::default(),
            command.to_owned(),
            200,
            false,
            Duration::ZERO,
            Timestamp::now(),
        )
    }

    #[test]
    fn the_last_hundred_are_there_when_the_server_is_started_again() {
        let directory = tempfile::tempdir().unwrap();
        let history = History::open(Some(directory.path()));
        for number in 0..130 {
            assert_eq!(
                history.keep(entry(&format!("{{\"{number}\": {{}}}}"))),
                Kept::Yes
            );
        }
        let again = History::open(Some(directory.path()));
        let kept = again.latest();
        assert_eq!(
            (
                kept.len(),
                kept[0].command.as_str(),
                kept[99].command.as_str()
            ),
            (100, r#"{"129": {}}"#, r#"{"30": {}}"#)
        );
        let latest = kept[0].id;
        again.keep(entry("{}"));
        assert_eq!(again.find(latest).unwrap().command, kept[0].command);
        assert_eq!(again.latest()[0].id, latest + 1);
        again.forget();
        assert!(History::open(Some(directory.path())).latest().is_empty());
    }

    #[test]
    fn secrets_and_long_commands_are_not_kept() {
        let history = History::open(None);
        let secrets = [
            r#"{"insertOne": {"document": {"Password": "x"}}}"#,
            r#"{"insertOne": {"document": {"api_key": "x"}}}"#,
            r#"{"insertOne": {"document": {"p\u0061ssword": "x"}}}"#,
            r#"{"insertOne": {"document": {"a": "AstraCS:x"}}}"#,
            "not JSON, but a token",
        ];
        for secret in secrets {
            assert_eq!(history.keep(entry(secret)), Kept::Secret, "{secret}");
        }
        assert_eq!(history.keep(entry(&" ".repeat(LONGEST + 1))), Kept::TooLong);
        assert!(history.latest().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        History::open(Some(directory.path())).keep(entry("{}"));
        let mode = fs::metadata(directory.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
