//! What a database of Astra does at the moment.

use std::fmt;

use serde::Deserialize;

/// What a database does at the moment.
///
/// ```
/// use astra_db::devops::DatabaseStatus;
///
/// let status = DatabaseStatus::from("HIBERNATED".to_owned());
/// assert_eq!(status, DatabaseStatus::Hibernated);
/// assert_eq!(status.to_string(), "HIBERNATED");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum DatabaseStatus {
    /// It answers.
    Active,
    /// It was asked for.
    Pending,
    /// It is being created.
    Initializing,
    /// It is being assigned to a group of capacity.
    Associating,
    /// A keyspace is being created or dropped, or Astra works on it.
    Maintenance,
    /// Nobody used it for a while, and it sleeps: see
    /// [`Admin::resume_database`](crate::devops::Admin::resume_database).
    Hibernated,
    /// It is about to sleep.
    Hibernating,
    /// It wakes up.
    Resuming,
    /// It is being dropped.
    Terminating,
    /// It was dropped.
    Terminated,
    /// Something failed; Astra's support can help.
    Error,
    /// Any other, by its name.
    Other(String),
}

/// Statuses by their names on the wire.
const NAMES: [(&str, DatabaseStatus); 11] = [
    ("ACTIVE", DatabaseStatus::Active),
    ("PENDING", DatabaseStatus::Pending),
    ("INITIALIZING", DatabaseStatus::Initializing),
    ("ASSOCIATING", DatabaseStatus::Associating),
    ("MAINTENANCE", DatabaseStatus::Maintenance),
    ("HIBERNATED", DatabaseStatus::Hibernated),
    ("HIBERNATING", DatabaseStatus::Hibernating),
    ("RESUMING", DatabaseStatus::Resuming),
    ("TERMINATING", DatabaseStatus::Terminating),
    ("TERMINATED", DatabaseStatus::Terminated),
    ("ERROR", DatabaseStatus::Error),
];

impl From<String> for DatabaseStatus {
    fn from(name: String) -> Self {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or(Self::Other(name), |(_, status)| status.clone())
    }
}

impl fmt::Display for DatabaseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Other(name) = self {
            return f.pad(name);
        }
        let known = NAMES.iter().find(|(_, status)| status == self);
        f.pad(known.map_or("UNKNOWN", |(name, _)| name))
    }
}
