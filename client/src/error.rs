//! One error type, by what the caller can do about it.

mod api;
mod api_errors;
mod call;
mod code;
mod config;
mod decode;
mod denied_warnings;
#[cfg(feature = "devops")]
mod devops;
mod executed;
mod insert_many;
mod scheme;
mod verdict;

use std::time::Duration;

pub use api::{ApiError, ErrorFamily};
pub use api_errors::ApiErrors;
pub use call::{
    ConnectionError, EncodeError, HttpError, PartialDelete, PartialUpdate, TimeoutError,
};
pub use code::ErrorCode;
pub use config::{ConfigError, ConfigErrorKind};
pub use decode::DecodeError;
pub(crate) use decode::{Fitted, read_part};
pub use denied_warnings::DeniedWarnings;
#[cfg(feature = "devops")]
pub use devops::{DevOpsError, DevOpsProblem, DevOpsRefusal};
pub use executed::Executed;
pub use insert_many::{InsertManyError, InsertOutcome};
pub use scheme::SchemeMismatch;

use crate::call_info::CallInfo;
use crate::column_value::Row;

/// An error of any kind, as a source.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not succeed.
///
/// Every variant keeps what is needed to act on it; the methods answer the usual questions without
/// a `match`. No variant shows a token, a password or a provider key.
///
/// ```
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// match db.drop_collection("orders").await {
///     Ok(_) => {}
///     Err(error) if error.is_unauthorized() => eprintln!("check the token: {error}"),
///     Err(error) if error.is_retryable() => eprintln!("try again in a moment: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client was set up or called in a way that cannot work; nothing was sent.
    #[error(transparent)]
    Config(Box<ConfigError>),

    /// The token or header provider failed; nothing was sent.
    #[error("the credentials for {target} could not be obtained")]
    Credentials {
        /// Where they were needed.
        target: String,
        /// What the provider said.
        #[source]
        source: BoxError,
    },

    /// What was to be sent cannot be written as JSON; nothing was sent.
    #[error(transparent)]
    Encode(Box<EncodeError>),

    /// The server was never reached; nothing was done.
    #[error(transparent)]
    Connect(Box<ConnectionError>),

    /// The connection broke after the request had been sent: it may have been carried out.
    #[error(transparent)]
    Transport(Box<ConnectionError>),

    /// No answer in time: the request may have been carried out.
    #[error(transparent)]
    Timeout(Box<TimeoutError>),

    /// An HTTP status that is no success, without the JSON of the Data API: a gateway, a proxy or
    /// a wrong address answered.
    #[error(transparent)]
    Http(Box<HttpError>),

    /// The Data API refused the command, or carried it out in part.
    #[error(transparent)]
    Api(Box<ApiErrors>),

    /// The answer, or a document in it, does not have the expected shape. The command was carried
    /// out; a document that does not fit comes with the error.
    #[error(transparent)]
    Decode(Box<DecodeError>),

    /// The command succeeded with warnings, which
    /// [`Options::deny_warnings`](crate::Options::deny_warnings) makes an error.
    #[error(transparent)]
    Warnings(Box<DeniedWarnings>),

    /// `update_many` failed after some of its requests had succeeded.
    #[error(transparent)]
    UpdateMany(Box<PartialUpdate>),

    /// `delete_many` failed after some of its requests had succeeded.
    #[error(transparent)]
    DeleteMany(Box<PartialDelete>),

    /// `insert_many` stored some or none of the documents; it tells of each what became of it.
    #[error(transparent)]
    InsertMany(Box<InsertManyError>),

    /// `insert_many` of a table stored some or none of the rows; it tells of each what became of
    /// it.
    #[error(transparent)]
    InsertManyRows(Box<InsertManyError<Row>>),

    /// The DevOps API did not do what was asked of a database or its keyspaces.
    #[cfg(feature = "devops")]
    #[error(transparent)]
    DevOps(Box<DevOpsError>),

    /// There are more documents than the caller or the server is ready to count.
    #[error(
        "there are more than {counted} documents to count: narrow the filter or use \
         estimated_document_count"
    )]
    TooManyToCount {
        /// How many were counted before giving up.
        counted: u64,
        /// Whether the server's own limit was met, rather than the caller's upper bound.
        server_limit: bool,
    },
}

impl Error {
    /// A configuration error, in one sentence that says what to do.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Config(Box::new(ConfigError::new(message)))
    }

    /// A configuration error whose advice names methods of this crate.
    pub(crate) fn advised(
        kind: ConfigErrorKind,
        problem: impl AsRef<str>,
        advice: impl AsRef<str>,
    ) -> Self {
        Self::Config(Box::new(ConfigError::advised(
            kind,
            problem.as_ref(),
            advice.as_ref(),
        )))
    }

    /// One lower-case word per variant, for `error.type` in spans.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::Credentials { .. } => "credentials",
            Self::Encode(_) => "encode",
            Self::Connect(_) => "connect",
            Self::Transport(_) => "transport",
            Self::Timeout(_) => "timeout",
            Self::Http(_) => "http",
            Self::Api(_) => "api",
            Self::Decode(_) => "decode",
            Self::Warnings(_) => "warnings",
            Self::UpdateMany(_)
            | Self::DeleteMany(_)
            | Self::InsertMany(_)
            | Self::InsertManyRows(_) => "partial_write",
            #[cfg(feature = "devops")]
            Self::DevOps(_) => "devops",
            Self::TooManyToCount { .. } => "too_many_to_count",
        }
    }

    /// The HTTP status where it is all that tells what went wrong.
    fn http_status(&self) -> Option<u16> {
        match self {
            Self::Http(error) => Some(error.status),
            #[cfg(feature = "devops")]
            Self::DevOps(error) => error.status(),
            _ => None,
        }
    }

    /// The failure that ended a write of many requests.
    fn partial_cause(&self) -> Option<&Self> {
        match self {
            Self::UpdateMany(partial) => Some(&partial.cause),
            Self::DeleteMany(partial) => Some(&partial.cause),
            Self::InsertMany(partial) => Some(&partial.cause),
            Self::InsertManyRows(partial) => Some(&partial.cause),
            _ => None,
        }
    }

    /// The first error object of the server, when the server answered with one.
    pub fn api(&self) -> Option<&ApiError> {
        self.api_errors().map(ApiErrors::first)
    }

    /// The whole answer with errors, when the server gave one.
    pub fn api_errors(&self) -> Option<&ApiErrors> {
        match self {
            Self::Api(errors) => Some(errors),
            _ => self.partial_cause()?.api_errors(),
        }
    }

    /// The code of [`Error::api`].
    ///
    /// ```
    /// # fn handle(error: astra_db::Error) {
    /// if error.code() == Some(&astra_db::ErrorCode::FilterPathUnindexed) {
    ///     eprintln!("this path was left out of the index");
    /// }
    /// # }
    /// ```
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api().map(|error| &error.code)
    }

    /// Which call it was and what it took, for failures of one that was started.
    pub fn call(&self) -> Option<&CallInfo> {
        match self {
            Self::Connect(error) | Self::Transport(error) => Some(&error.call),
            Self::Timeout(error) => Some(&error.call),
            Self::Http(error) => Some(&error.call),
            Self::Api(errors) => Some(&errors.call),
            Self::Decode(error) => Some(&error.call),
            Self::Warnings(denied) => Some(&denied.call),
            _ => self.partial_cause()?.call(),
        }
    }

    /// Whether what was to be made is there already: a document of that `_id`, a collection with
    /// other settings, a table, an index or a type of that name.
    pub fn is_already_exists(&self) -> bool {
        matches!(
            self.code(),
            Some(
                ErrorCode::DocumentAlreadyExists
                    | ErrorCode::ExistingCollectionDifferentSettings
                    | ErrorCode::ExistingTableNotDataApiCollection
                    | ErrorCode::CannotAddExistingTable
                    | ErrorCode::CannotAddExistingIndex
                    | ErrorCode::CannotAddExistingType
                    | ErrorCode::CannotAddExistingColumns
                    | ErrorCode::CannotAddExistingField
            )
        )
    }

    /// Whether what was addressed does not exist: keyspace, collection, table, index, type, or the
    /// HTTP path itself. A document that is not there is no error but `None`.
    pub fn is_not_found(&self) -> bool {
        if let Some(status) = self.http_status() {
            return status == 404;
        }
        matches!(
            self.code(),
            Some(
                ErrorCode::UnknownKeyspace
                    | ErrorCode::UnknownCollectionOrTable
                    | ErrorCode::CannotDropUnknownTable
                    | ErrorCode::CannotDropUnknownIndex
                    | ErrorCode::CannotDropUnknownType
                    | ErrorCode::CannotDropUnknownColumns
                    | ErrorCode::InvalidKeyspace
            )
        )
    }

    /// Whether the token is missing, wrong, or not allowed to do this.
    pub fn is_unauthorized(&self) -> bool {
        if let Some(status) = self.http_status() {
            return matches!(status, 401 | 403);
        }
        matches!(
            self.code(),
            Some(
                ErrorCode::MissingAuthenticationToken
                    | ErrorCode::UnauthenticatedRequest
                    | ErrorCode::UnauthorizedAccess
            )
        )
    }

    /// Whether a time limit was met, here or between the server and its database.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout(_) => true,
            #[cfg(feature = "devops")]
            Self::DevOps(error) => error.is_timeout(),
            Self::Connect(error) => error.timed_out,
            Self::Http(error) => matches!(error.status, 408 | 504),
            _ => self.partial_cause().map_or_else(
                || self.code().is_some_and(is_timeout_code),
                Self::is_timeout,
            ),
        }
    }

    /// Whether the server has more to do than it can: fewer requests at a time are what helps.
    pub(crate) fn is_overload(&self) -> bool {
        let status = match self {
            Self::Api(errors) => Some(errors.http_status),
            _ => self.http_status(),
        };
        matches!(status, Some(429 | 503)) || self.is_timeout()
    }

    /// Whether the endpoint's scheme seems to be the wrong one for its port: `https://` where plain
    /// HTTP is spoken, or `http://` where HTTPS is expected.
    pub fn scheme_mismatch(&self) -> Option<SchemeMismatch> {
        match self {
            Self::Connect(error) | Self::Transport(error) => error.scheme_mismatch,
            Self::Http(error) => error.scheme_mismatch,
            _ => self.partial_cause()?.scheme_mismatch(),
        }
    }

    /// How long the server asked to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http(error) => error.retry_after,
            #[cfg(feature = "devops")]
            Self::DevOps(error) => error.retry_after(),
            Self::Api(errors) => errors.retry_after,
            _ => self.partial_cause()?.retry_after(),
        }
    }
}

fn is_timeout_code(code: &ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::TimeoutReadingData
            | ErrorCode::TimeoutWritingData
            | ErrorCode::EmbeddingProviderTimeout
            | ErrorCode::RerankingProviderTimeout
    )
}
