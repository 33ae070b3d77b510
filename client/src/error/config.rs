//! Settings and arguments that cannot work.

use super::BoxError;

/// A setting or an argument that cannot work.
///
/// The message is for those who write Rust. A program whose users set things by other means, such as
/// variables or options of a command line, gives its own advice by the kind:
///
/// ```
/// use astra_db::{ConfigErrorKind, DataApiClient, Error};
///
/// let Err(Error::Config(error)) = DataApiClient::new("…").database("http://localhost:8181") else {
///     unreachable!("the host is not one of Astra's, and nothing says what it is")
/// };
/// assert_eq!(error.kind, ConfigErrorKind::EnvironmentNeeded);
/// assert_eq!(
///     format!("{}: set DATA_API_URL instead of ASTRA_DB_API_ENDPOINT", error.problem()),
///     "the endpoint localhost is not one of Astra's, and no environment is set: set DATA_API_URL \
///      instead of ASTRA_DB_API_ENDPOINT",
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong and what to do, in one sentence.
    pub message: String,
    /// What it is about.
    pub kind: ConfigErrorKind,
    /// What was found out on the way.
    #[source]
    pub source: Option<BoxError>,
    /// Where the problem ends in the message.
    problem: usize,
}

/// What a [`ConfigError`] is about, where its advice names methods of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The endpoint is not one of Astra's, and no [`Environment`](crate::Environment) is set.
    EnvironmentNeeded,
    /// The environment is Astra, and the endpoint begins with `http://`.
    AstraNeedsHttps,
    /// A database id and a region are given, and the environment is not Astra.
    IdOutsideAstra,
    /// No keyspace is chosen, and this kind of Data API has none by default.
    KeyspaceNeeded,
    /// The filter of a write has no condition.
    EmptyFilter,
    /// Anything else; the advice names no method of this crate, or only those who write Rust can
    /// follow it.
    Other,
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            kind: ConfigErrorKind::Other,
            source: None,
            problem: message.len(),
            message,
        }
    }

    /// One with advice that a program may want to replace.
    pub(super) fn advised(kind: ConfigErrorKind, problem: &str, advice: &str) -> Self {
        Self {
            kind,
            problem: problem.len(),
            ..Self::new(format!("{problem}: {advice}"))
        }
    }

    pub(crate) fn caused_by(self, source: impl Into<BoxError>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// What is wrong, without the advice; the whole message if the kind is
    /// [`ConfigErrorKind::Other`].
    pub fn problem(&self) -> &str {
        self.message.get(..self.problem).unwrap_or(&self.message)
    }
}
