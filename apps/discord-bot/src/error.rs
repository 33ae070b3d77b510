//! What can go wrong.

use crate::answer::{Button, MalformedCustomId};
use crate::domain::document::MalformedName;
use crate::domain::field::MalformedField;
use crate::domain::filter::FilterProblem;
use crate::domain::json::JsonProblem;
use crate::store::StoreError;

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// What was asked cannot be done, for a reason in words for who asked.
    #[error("{0}")]
    Refused(String),
    /// The same where somebody has typed a lot.
    #[error("{problem}")]
    RefusedText {
        /// The reason.
        problem: String,
        /// What was typed.
        typed: String,
    },
    /// The database refused or was not reached.
    #[error("the database could not answer")]
    Store(#[from] StoreError),
    /// A write whose answer was lost: it may have been carried out.
    #[error("the database did not answer a write")]
    AnswerLost(#[source] Box<LostAnswer>),
    /// A fault of the bot.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

/// A write that may have been carried out, and a way to go on that does nothing twice.
#[derive(Debug, thiserror::Error)]
#[error("the answer was lost")]
pub struct LostAnswer {
    /// What may have happened, how to see whether it has, and what to do if it has not.
    pub advice: String,
    /// A button that repeats the write.
    pub retry: Option<Button>,
    /// What was typed.
    pub typed: String,
    /// What became of the answer.
    pub source: StoreError,
}

impl From<LostAnswer> for AppError {
    fn from(lost: LostAnswer) -> Self {
        Self::AnswerLost(Box::new(lost))
    }
}

impl AppError {
    /// A refusal in words for who asked.
    pub fn refused(problem: impl Into<String>) -> Self {
        Self::Refused(problem.into())
    }

    /// A refusal that hands back what was typed.
    pub fn refused_text(problem: impl Into<String>, typed: &str) -> Self {
        Self::RefusedText {
            problem: problem.into(),
            typed: typed.to_owned(),
        }
    }
}

impl From<MalformedName> for AppError {
    fn from(problem: MalformedName) -> Self {
        Self::refused(problem.to_string())
    }
}

impl From<MalformedField> for AppError {
    fn from(problem: MalformedField) -> Self {
        Self::refused(problem.to_string())
    }
}

impl From<JsonProblem> for AppError {
    fn from(problem: JsonProblem) -> Self {
        Self::refused(problem.to_string())
    }
}

impl From<FilterProblem> for AppError {
    fn from(problem: FilterProblem) -> Self {
        Self::refused(problem.to_string())
    }
}

impl From<MalformedCustomId> for AppError {
    fn from(problem: MalformedCustomId) -> Self {
        Self::Internal(problem.into())
    }
}
