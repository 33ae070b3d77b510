//! Whether a failed command was executed: the one table behind retries and the questions that
//! [`Error`] answers.
//!
//! The evidence is the source of the server (1.0.51, with Cassandra's `StorageProxy`) and what was
//! seen on clusters whose nodes were stopped under load.

use super::{ApiError, ApiErrors, Error, ErrorCode, ErrorFamily, Executed};
use crate::retry_class::{Effect, RetryClass};

/// What an error says about the command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The server refused the command before it began.
    Refused,
    /// The document that the error is about was not written; earlier ones of the same command may
    /// have been.
    NotWritten,
    /// The document may have been written.
    Unknown,
}

/// Whether the same command can succeed a moment later.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passes {
    Yes,
    /// If the credentials have worked before: the server cannot look them up just now.
    AfterLogin,
    No,
}

/// The table. A code that is not in it does not pass, and its family says whether it is a refusal.
fn verdict(code: &ErrorCode) -> Option<(Verdict, Passes)> {
    use ErrorCode as Code;
    Some(match code {
        // A count only reads. Seen around TIMEOUT_READING_DATA and around a failed log-in.
        Code::CountReadFailed
        // Only findAndRerank reranks, and it only reads.
        | Code::RerankingProviderRateLimited
        | Code::RerankingProviderTimeout => (Verdict::Refused, Passes::Yes),

        // Opening the session failed, which comes before the first statement.
        Code::UnauthenticatedRequest => (Verdict::Refused, Passes::AfterLogin),
        // The database checks permissions statement by statement. With fewer nodes than a log-in
        // needs it cannot read them and refuses every statement.
        Code::UnauthorizedAccess => (Verdict::NotWritten, Passes::AfterLogin),

        // Vectors are computed before the write.
        Code::EmbeddingGatewayRateLimited
        | Code::EmbeddingProviderRateLimited
        | Code::EmbeddingProviderTimeout
        // The conditional write was refused in every round.
        | Code::FailedConcurrentOperations
        // The driver had no node to send the statement to.
        | Code::FailedToConnectToDatabase
        // The new session had no schema.
        | Code::FailedToReadMetadata => (Verdict::NotWritten, Passes::Yes),

        // The text says that the database refused to start. That holds for one statement, but the
        // server repeats a conditional write that timed out, and the repetition can end in this
        // error. Cassandra also checks for replicas again before it commits an accepted write.
        Code::UnavailableDatabase
        // The text says that it is safe to retry. With write type CAS both outcomes were seen: an
        // accepted proposal is completed by the next read or write of that document.
        | Code::TimeoutWritingData
        | Code::FailedCompareAndSet
        | Code::FailedWriteRequest
        | Code::FailedTruncation
        // A write reads too, between its own statements.
        | Code::TimeoutReadingData
        | Code::FailedReadRequest
        // A node died with the statement on its way (ClosedConnectionException): both were seen.
        | Code::UnexpectedDriverError => (Verdict::Unknown, Passes::Yes),
        _ => return None,
    })
}

impl ErrorCode {
    /// Whether the failure passes, so that the same command can succeed a moment later. Says
    /// nothing about whether repeating a write is safe: see [`ApiError::executed`].
    pub fn is_retryable(&self) -> bool {
        verdict(self).is_some_and(|(_, passes)| passes == Passes::Yes)
    }
}

impl ApiError {
    /// Whether the one document that this error is about was written, or the command was executed
    /// that it is the answer to. Of a command on several documents, others may have been written
    /// all the same: [`Error::executed`] takes that into account.
    ///
    /// ```
    /// use astra_db::{ApiError, Executed};
    ///
    /// let error: ApiError = serde_json::from_str(
    ///     r#"{"errorCode": "FAILED_CONCURRENT_OPERATIONS", "family": "SERVER", "message": "…"}"#,
    /// )?;
    /// assert_eq!(error.executed(), Executed::No);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn executed(&self) -> Executed {
        match self.verdict().0 {
            Verdict::Refused | Verdict::NotWritten => Executed::No,
            Verdict::Unknown => Executed::Maybe,
        }
    }

    fn verdict(&self) -> (Verdict, Passes) {
        if self.is_schema_cache_race() {
            return (Verdict::Refused, Passes::Yes);
        }
        verdict(&self.code).unwrap_or(match self.family {
            ErrorFamily::Request => (Verdict::Refused, Passes::No),
            ErrorFamily::Server | ErrorFamily::Unknown => (Verdict::Unknown, Passes::No),
        })
    }

    /// Two requests at once met a table that is not in the server's schema cache, and this one was
    /// told that it is not a collection. The lookup comes before the command. No other error is
    /// judged by its text.
    fn is_schema_cache_race(&self) -> bool {
        self.code == ErrorCode::UnexpectedServerError
            && self.message.contains("SchemaObjectTypeMismatchException")
            && self.message.contains("Expected schema object type")
    }
}

impl ApiErrors {
    fn executed(&self) -> Executed {
        let several = RetryClass::of(&self.call.command).effect == Effect::ManyWrites;
        let maybe = |error: &ApiError| match error.verdict().0 {
            Verdict::Refused => false,
            Verdict::NotWritten => several,
            Verdict::Unknown => true,
        };
        if self.http_status == 429 {
            Executed::No
        } else if self.errors().iter().any(maybe) {
            Executed::Maybe
        } else if self.is_partial_insert() {
            Executed::Yes
        } else {
            Executed::No
        }
    }

    fn is_retryable(&self) -> bool {
        let passes = |error: &ApiError| match error.verdict().1 {
            Passes::Yes => true,
            Passes::AfterLogin => self.call.credentials_worked,
            Passes::No => false,
        };
        self.http_status == 429 || self.errors().iter().all(passes)
    }

    fn is_login_refused(&self) -> bool {
        let refused = |error: &ApiError| error.verdict().1 == Passes::AfterLogin;
        self.errors().iter().any(refused)
    }
}

impl Error {
    /// Whether the command was executed, in this or an earlier attempt of the call.
    ///
    /// ```
    /// # async fn run(orders: astra_db::Collection) -> Result<(), astra_db::Error> {
    /// use astra_db::Executed;
    /// use serde_json::json;
    ///
    /// let paid = json!({"$set": {"paid": true}});
    /// if let Err(error) = orders.update_one(json!({"_id": 7}), paid).await {
    ///     match error.executed() {
    ///         Executed::No => eprintln!("order 7 is as it was: {error}"),
    ///         _ => eprintln!("read order 7 to see whether it is paid: {error}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn executed(&self) -> Executed {
        if self.call().is_some_and(|call| call.earlier_attempt_unknown) {
            return Executed::Maybe;
        }
        match self {
            Self::Transport(_) => Executed::Maybe,
            #[cfg(feature = "devops")]
            Self::DevOps(error) if error.is_outcome_unknown() => Executed::Maybe,
            #[cfg(feature = "devops")]
            Self::DevOps(_) => Executed::No,
            // With the document there is a proper answer; only its type is another.
            Self::Decode(error) if error.document.is_none() => Executed::Maybe,
            Self::Timeout(error) if error.sent => Executed::Maybe,
            Self::Http(error) if error.status >= 500 => Executed::Maybe,
            Self::Api(errors) => errors.executed(),
            Self::InsertMany(partial) => partial.executed(),
            Self::InsertManyRows(partial) => partial.executed(),
            Self::UpdateMany(_) | Self::DeleteMany(_) => match self.partial_cause() {
                Some(cause) if cause.executed() == Executed::Maybe => Executed::Maybe,
                _ => Executed::Yes,
            },
            Self::Decode(_) | Self::Warnings(_) | Self::TooManyToCount { .. } => Executed::Yes,
            Self::Config(_)
            | Self::Credentials { .. }
            | Self::Encode(_)
            | Self::Connect(_)
            | Self::Timeout(_)
            | Self::Http(_) => Executed::No,
        }
    }

    /// Whether the command may have been executed although no proper answer came: whether
    /// [`Error::executed`] is [`Executed::Maybe`].
    pub fn is_outcome_unknown(&self) -> bool {
        self.executed() == Executed::Maybe
    }

    /// Whether the same call can succeed a moment later: the server, the network or a provider
    /// is in trouble that passes. A write may have been executed all the same, see
    /// [`Error::executed`].
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Transport(_) | Self::Timeout(_) => true,
            Self::Http(error) => match error.status {
                429 | 502..=504 => true,
                401 => error.call.credentials_worked,
                _ => false,
            },
            Self::Api(errors) => errors.is_retryable(),
            #[cfg(feature = "devops")]
            Self::DevOps(error) => error.is_retryable(),
            _ => self.partial_cause().is_some_and(Self::is_retryable),
        }
    }

    /// The call whose credentials the server refused; `None` for every other failure, a missing
    /// token included.
    pub(crate) fn refused_login(&mut self) -> Option<&mut crate::call_info::CallInfo> {
        match self {
            Self::Http(error) if error.status == 401 => Some(&mut error.call),
            Self::Api(errors) if errors.is_login_refused() => Some(&mut errors.call),
            _ => None,
        }
    }
}
