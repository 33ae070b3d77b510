//! Why a database did not carry out a command, in words: an outage first, a mistake in the settings only where it cannot be
//! one.

use std::fmt;

use astra_db::{Error, ErrorCode, HttpError};

/// Why a database did not carry out a command.
///
/// ```
/// use shared::Unavailable;
///
/// # fn handle(error: &astra_db::Error) {
/// let reason = Unavailable::of(error);
/// if reason.is_outage() {
///     eprintln!("{reason} Try again soon.");
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unavailable {
    /// An Astra database that was idle is being resumed; the first request has woken it.
    WakingUp,
    /// It was not reached, did not answer in time, or is in trouble that passes.
    Away,
    /// It takes no more requests for now: HTTP 429.
    Overloaded,
    /// The credentials are wrong, have expired or were revoked.
    CredentialsRefused,
    /// The credentials are good, but may not read this.
    MayNotRead,
    /// The credentials are good, but may not write this.
    MayNotWrite,
    /// The keyspace does not exist.
    NoKeyspace,
    /// A collection or table does not exist.
    NoCollection,
    /// It has as many collections, tables or indexes as it may.
    Full,
    /// Anything else.
    Failed,
}

impl Unavailable {
    /// What an error says about the database.
    ///
    /// Credentials that have worked and are refused for less than a minute count as an outage: a database with too few
    /// live nodes cannot look them up.
    pub fn of(error: &Error) -> Self {
        let code = error.code();
        match error {
            Error::Http(http) if is_waking(http) => Self::WakingUp,
            Error::Http(http) if http.status == 429 => Self::Overloaded,
            _ if error.api_errors().is_some_and(|it| it.http_status == 429) => Self::Overloaded,
            _ if error.is_retryable() => Self::Away,
            Error::Http(http) if http.status == 403 => Self::forbidden(error),
            _ if code == Some(&ErrorCode::UnauthorizedAccess) => Self::forbidden(error),
            _ if error.is_unauthorized() => Self::CredentialsRefused,
            _ => match code {
                Some(ErrorCode::UnknownKeyspace | ErrorCode::InvalidKeyspace) => Self::NoKeyspace,
                Some(ErrorCode::UnknownCollectionOrTable) => Self::NoCollection,
                Some(ErrorCode::TooManyCollections | ErrorCode::TooManyIndexesForCollection) => {
                    Self::Full
                }
                Some(ErrorCode::InvalidDatabaseQuery) if is_guardrail(error) => Self::Full,
                _ => Self::Failed,
            },
        }
    }

    fn forbidden(error: &Error) -> Self {
        let reads = [
            "find",
            "findOne",
            "countDocuments",
            "findCollections",
            "listTables",
        ];
        let command = error.call().map(|call| &*call.command);
        if command.is_some_and(|command| reads.contains(&command)) {
            Self::MayNotRead
        } else {
            Self::MayNotWrite
        }
    }

    /// Whether it passes by itself.
    pub fn is_outage(self) -> bool {
        matches!(self, Self::WakingUp | Self::Away | Self::Overloaded)
    }
}

/// A sentence that names no host, no keyspace and no credentials, so that anybody may read it.
impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WakingUp => {
                "The database was idle and is waking up, which takes a minute or two."
            }
            Self::Away => "The database does not answer.",
            Self::Overloaded => "The database takes no more requests at the moment.",
            Self::CredentialsRefused => {
                "The database refuses the credentials: they are wrong, have expired or were revoked."
            }
            Self::MayNotRead => "The credentials are valid, but may not read this keyspace.",
            Self::MayNotWrite => {
                "The credentials are valid, but may not write to this keyspace or change its schema."
            }
            Self::NoKeyspace => "The keyspace does not exist.",
            Self::NoCollection => "A collection or table does not exist.",
            Self::Full => "The database has as many collections, tables or indexes as it may.",
            Self::Failed => "The database could not carry out a command.",
        })
    }
}

/// Astra answers 503 while it resumes a hibernated database, or 400 in between; the words are the only sign.
/// <https://docs.datastax.com/en/astra-db-serverless/databases/database-statuses.html>
fn is_waking(http: &HttpError) -> bool {
    let body = http.body.to_ascii_lowercase();
    matches!(http.status, 400 | 503) && (body.contains("resuming") || body.contains("hibernat"))
}

/// Limits on tables and indexes are Cassandra's guardrails, which have no code of their own.
fn is_guardrail(error: &Error) -> bool {
    let message = error.api().map(|error| error.message.to_ascii_lowercase());
    message.is_some_and(|message| message.contains("guardrail"))
}
