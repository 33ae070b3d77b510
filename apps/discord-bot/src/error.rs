//! What can go wrong, and the one place where that becomes words for who asked.
//!
//! An answer to a mistake is ephemeral: nobody else has to read it. A fault of ours is logged with
//! its chain of causes and answered with the interaction's id, which finds it in the log.

use std::error::Error;

use crate::answer::text::{code_block, escape};
use crate::answer::{Answer, Button, Embed, MalformedCustomId, Message};
use crate::domain::document::MalformedName;
use crate::domain::field::MalformedField;
use crate::domain::filter::FilterProblem;
use crate::domain::json::JsonProblem;
use crate::request::Request;
use crate::store::{self, StoreError};

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

/// The answer to a request that failed. Logs what is ours to mend.
pub fn answer(error: &AppError, request: &Request) -> Answer {
    let id = request.id.0;
    let sentence = match error {
        AppError::Refused(problem) | AppError::RefusedText { problem, .. } => {
            tracing::debug!(%problem, "refused");
            escape(problem)
        }
        AppError::Store(error) if store::is_too_much_to_sort(error) => {
            "More than 10,000 documents match, and the database sorts no more than that. Please narrow the search with \
             a filter."
                .to_owned()
        }
        AppError::Store(error) if error.is_timeout() || error.is_retryable() => {
            tracing::warn!(error = error as &dyn Error, "the database could not answer");
            format!("The database is slow or busy. Please try again in a moment. (Error `{id}`)")
        }
        AppError::Store(error) => {
            tracing::error!(error = error as &dyn Error, "the database refused");
            format!(
                "The database could not answer. If it goes on, tell who runs this bot: error `{id}`."
            )
        }
        AppError::AnswerLost(lost) => {
            tracing::warn!(error = &lost.source as &dyn Error, "the answer to a write was lost");
            format!("The database did not answer. {} (Error `{id}`)", lost.advice)
        }
        AppError::Internal(error) => {
            tracing::error!(error = format!("{error:#}"), "a request failed");
            format!("Something went wrong. If it goes on, tell who runs this bot: error `{id}`.")
        }
    };
    let message = Message::text(sentence).ephemeral();
    match error {
        AppError::RefusedText { typed, .. } => with_typed(message, typed),
        AppError::AnswerLost(lost) => {
            let message = with_typed(message, &lost.typed);
            match &lost.retry {
                Some(button) => message.with_button(button.clone()),
                None => message,
            }
        }
        _ => message,
    }
    .into()
}

/// The same with what somebody typed, so that they need not type it again.
fn with_typed(message: Message, typed: &str) -> Message {
    if typed.is_empty() {
        return message;
    }
    let embed = Embed::titled("What you typed").with_description(code_block("", typed));
    message.with_embed(embed)
}
