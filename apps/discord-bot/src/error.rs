//! What can go wrong, and the one place where that becomes words for who asked.
//!
//! An answer to a mistake is ephemeral: nobody else has to read it. A fault of ours is logged with
//! its chain of causes and answered with the interaction's id, which finds it in the log.

use crate::answer::{Answer, Message};
use crate::domain::document::MalformedName;
use crate::domain::json::JsonProblem;
use crate::request::Request;
use crate::store::StoreError;

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// What was asked cannot be done, for a reason that is said in words for who asked.
    #[error("{0}")]
    Refused(String),
    /// The database refused or was not reached.
    #[error("the database could not answer")]
    Store(#[from] StoreError),
    /// A fault of the bot.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

impl AppError {
    /// A refusal in words for who asked.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }
}

impl From<MalformedName> for AppError {
    fn from(problem: MalformedName) -> Self {
        Self::refused(problem.to_string())
    }
}

impl From<JsonProblem> for AppError {
    fn from(problem: JsonProblem) -> Self {
        Self::refused(problem.to_string())
    }
}

impl From<crate::answer::MalformedCustomId> for AppError {
    fn from(problem: crate::answer::MalformedCustomId) -> Self {
        Self::Internal(problem.into())
    }
}

/// The answer to a request that failed. Logs what is ours to mend.
pub fn answer(error: &AppError, request: &Request) -> Answer {
    let id = request.id.0;
    let sentence = match error {
        AppError::Refused(sentence) => sentence.clone(),
        AppError::Store(source) if source.is_timeout() || source.is_retryable() => {
            tracing::warn!(interaction.id = %id, error = source as &dyn std::error::Error, "the database could not answer");
            format!("The database is slow or busy. Please try again in a moment. (Error {id})")
        }
        AppError::Store(source) => {
            tracing::error!(interaction.id = %id, error = source as &dyn std::error::Error, "the database refused");
            format!(
                "The database could not answer. If it goes on, tell who runs this bot: error {id}."
            )
        }
        AppError::Internal(source) => {
            tracing::error!(interaction.id = %id, error = format!("{source:#}"), "a request failed");
            format!("Something went wrong. If it goes on, tell who runs this bot: error {id}.")
        }
    };
    Message::text(sentence).ephemeral().into()
}
