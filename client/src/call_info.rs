//! Which call an answer, an event or an error belongs to.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::value::Uuid;

/// What a command is about: the database, a keyspace, or a collection or table in it.
///
/// It decides the URL, `/{keyspace}/{name}` below the API root.
///
/// ```
/// let target = astra_db::Target::default();
/// assert_eq!(target.to_string(), "the database");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Target {
    /// The keyspace, `None` for commands on the database as a whole.
    pub keyspace: Option<Arc<str>>,
    /// The collection or table, `None` for commands on the keyspace.
    pub name: Option<Arc<str>>,
}

impl Target {
    /// The database as a whole: keyspaces and providers.
    pub(crate) fn database() -> Self {
        Self::default()
    }

    /// A keyspace: its collections, tables, types and indexes.
    pub(crate) fn keyspace(keyspace: Arc<str>) -> Self {
        Self {
            keyspace: Some(keyspace),
            name: None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.keyspace, &self.name) {
            (Some(keyspace), Some(name)) => write!(f, "{keyspace}/{name}"),
            (Some(keyspace), None) => f.write_str(keyspace),
            _ => f.write_str("the database"),
        }
    }
}

/// Which call an answer or an error belongs to, and what it took.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// let reply = db.command(serde_json::json!({"findCollections": {}})).await?;
/// let call = &reply.call;
/// println!("{call} took {:?} and {} attempts ({})", call.elapsed, call.attempts, call.request_id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallInfo {
    /// The command as it is named on the wire, `insertOne` for example.
    pub command: Cow<'static, str>,
    /// What it was about.
    pub target: Target,
    /// Made by this client for every call; also in events and spans.
    pub request_id: Uuid,
    /// How often it was tried, 1 when the first try settled it.
    pub attempts: u32,
    /// From the start of the call to its end, waits included.
    pub elapsed: Duration,
    /// Whether an attempt before the last one ended without a proper answer, so that it may have
    /// been carried out. A `DOCUMENT_ALREADY_EXISTS` may then be about our own document.
    pub earlier_attempt_unknown: bool,
    /// Whether the server refused credentials that it had accepted until less than a minute ago. A
    /// database whose nodes are down refuses all credentials, so this is taken for an outage.
    pub credentials_worked: bool,
}

impl CallInfo {
    /// "2 attempts, 1.2s", for error texts.
    pub(crate) fn effort(&self) -> String {
        let plural = if self.attempts == 1 { "" } else { "s" };
        format!("{} attempt{plural}, {:.1?}", self.attempts, self.elapsed)
    }
}

impl fmt::Display for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.command, self.target)
    }
}
