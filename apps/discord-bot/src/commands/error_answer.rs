//! The one place where an error becomes an answer.
//!
//! An answer to a mistake is ephemeral: nobody else has to read it. A fault of ours is logged with
//! its chain of causes and answered with the interaction's id, which finds it in the log.

use std::error::Error;

use shared::Unavailable;

use crate::answer::text::{code_block, escape};
use crate::answer::{Answer, Embed, Message};
use crate::error::AppError;
use crate::request::Request;
use crate::store;

/// The answer to a request that failed. Logs what is ours to mend.
pub(crate) fn answer(error: &AppError, request: &Request) -> Answer {
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
        AppError::Store(error) if Unavailable::of(error) == Unavailable::WakingUp => {
            tracing::warn!(error = error as &dyn Error, "the database is waking up");
            format!("{} Please try again then. (Error `{id}`)", Unavailable::WakingUp)
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
