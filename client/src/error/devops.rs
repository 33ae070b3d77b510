//! Why the DevOps API did not do what was asked.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::BoxError;
use crate::database_status::DatabaseStatus;

/// A request to the DevOps API that failed.
///
/// ```
/// # async fn run(admin: astra_db::devops::Admin) -> Result<(), astra_db::Error> {
/// use astra_db::Error;
///
/// match admin.database("01234567-89ab-cdef-0123-456789abcdef").await {
///     Ok(database) => println!("{} is {}", database.name, database.status),
///     Err(error) if error.is_not_found() => println!("there is no such database"),
///     Err(Error::DevOps(error)) => println!("{error}: {:?}", error.refusal),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct DevOpsError {
    /// What was asked for, such as "the database could not be created".
    pub(crate) failed: &'static str,
    /// Why.
    pub refusal: DevOpsRefusal,
    /// What the transport or the reader of JSON said.
    pub(crate) source: Option<BoxError>,
}

/// Why a request to the DevOps API failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DevOpsRefusal {
    /// The API refused it.
    Status {
        /// The HTTP status: 401 for a token that is not valid or may not do this, 404 for an id
        /// that does not exist, 409 for something that is in the way, 429 for too many requests.
        status: u16,
        /// What the API said.
        problems: Vec<DevOpsProblem>,
        /// How long the API asked to wait.
        retry_after: Option<Duration>,
    },
    /// The API was not reached, or the connection broke. A request that had been sent may have been
    /// carried out.
    Connection {
        /// Whether it had been sent.
        sent: bool,
    },
    /// Its time was up. What had been begun goes on, and the database has this status.
    Timeout {
        /// The time limit.
        limit: Duration,
        /// The last status that was seen.
        status: Option<DatabaseStatus>,
    },
    /// The database went into a status that does not lead where it should.
    Ended(DatabaseStatus),
    /// The answer does not have the expected shape.
    Unreadable,
}

/// One problem that the DevOps API names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DevOpsProblem {
    /// Its number: 340018 is a token that is not valid.
    #[serde(rename = "ID", alias = "id", default)]
    pub id: i64,
    /// In words.
    #[serde(default)]
    pub message: String,
}

impl DevOpsError {
    pub(crate) fn new(failed: &'static str, refusal: DevOpsRefusal) -> Self {
        Self {
            failed,
            refusal,
            source: None,
        }
    }

    pub(crate) fn caused_by(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match &self.refusal {
            DevOpsRefusal::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match &self.refusal {
            DevOpsRefusal::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self.refusal, DevOpsRefusal::Timeout { .. })
    }

    /// Whether the API can have done what was asked.
    pub(crate) fn is_outcome_unknown(&self) -> bool {
        match &self.refusal {
            DevOpsRefusal::Status { status, .. } => *status >= 500,
            DevOpsRefusal::Connection { sent } => *sent,
            DevOpsRefusal::Timeout { .. } | DevOpsRefusal::Unreadable => true,
            DevOpsRefusal::Ended(_) => false,
        }
    }

    pub(crate) fn is_retryable(&self) -> bool {
        match &self.refusal {
            DevOpsRefusal::Status { status, .. } => matches!(status, 409 | 429 | 500 | 502..=504),
            DevOpsRefusal::Connection { .. } | DevOpsRefusal::Timeout { .. } => true,
            DevOpsRefusal::Ended(_) | DevOpsRefusal::Unreadable => false,
        }
    }
}

impl fmt::Display for DevOpsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.failed)?;
        match &self.refusal {
            DevOpsRefusal::Status {
                status, problems, ..
            } => {
                write!(f, "the DevOps API answered HTTP {status}")?;
                for problem in problems {
                    write!(f, ", {}", problem.message)?;
                }
                f.write_str(match status {
                    401 | 403 => "; use an application token that is allowed to manage databases",
                    404 => "; list the databases to see which there are",
                    429 => "; wait a moment and try again",
                    _ => "",
                })
            }
            DevOpsRefusal::Connection { sent: false } => {
                f.write_str("the DevOps API was not reached")
            }
            DevOpsRefusal::Connection { sent: true } => f.write_str(
                "the connection to the DevOps API broke; list the databases to see whether it was done",
            ),
            DevOpsRefusal::Timeout { limit, status } => {
                write!(f, "not done within {limit:?}")?;
                match status {
                    Some(status) => write!(f, "; the database is {status} and may still get there"),
                    None => Ok(()),
                }
            }
            DevOpsRefusal::Ended(status) => write!(f, "the database is {status}"),
            DevOpsRefusal::Unreadable => {
                f.write_str("the answer of the DevOps API does not have the expected shape")
            }
        }
    }
}

impl std::error::Error for DevOpsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
