//! Answers on their way to Discord by REST.

use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret as _; // cut: gateway
use serenity::all::CreateInteractionResponseMessage;
use serenity::http::Route;
use tokio::time::Instant;

use crate::answer::{Answer, Message, Placement, Visibility};
use crate::commands;
use crate::discord::interaction::Incoming; // cut: gateway
use crate::discord::{RestError, response};
use crate::domain::command::Deferral;
use crate::domain::id::InteractionId;
use crate::request::Request;
use crate::responder::{First, Later, Responder, panicked};

/// How long Discord takes a first answer.
const FIRST: Duration = Duration::from_secs(3);
/// How long an interaction can be answered after that, a little less than Discord says.
const LATER: Duration = Duration::from_mins(14);

impl Responder {
    /// Waits for a promised answer and delivers it.
    pub(crate) async fn deliver(&self, later: Later, token: &str) {
        let started = Instant::now();
        let answer = later
            .answer
            .await
            .unwrap_or_else(|panic| panicked(panic, &later.request));
        let message = match answer {
            Answer::Message(message) => message,
            // A window opens at once or not at all.
            Answer::Modal(_) | Answer::Choices(_) => too_slow(&later.request),
        };
        match self.deliver_message(later.deferral, &message, token).await {
            Ok(()) => tracing::info!(
                elapsed_ms = started.elapsed().as_millis(),
                "answered after a deferral"
            ),
            Err(error) => log(&error, "a deferred answer was not delivered"),
        }
    }

    async fn deliver_message(
        &self,
        deferral: Deferral,
        message: &Message,
        token: &str,
    ) -> Result<(), RestError> {
        let original = Route::WebhookOriginalInteractionResponse {
            application_id: self.application_id,
            token,
        };
        let followup = Route::WebhookFollowupMessages {
            application_id: self.application_id,
            token,
        };
        let nothing = None::<&CreateInteractionResponseMessage>;
        let new = response::new_message(message);
        match (deferral, message.visibility(), message.placement()) {
            (Deferral::Update, _, Placement::New) => {
                self.rest
                    .send(Method::POST, followup, Some(&new), LATER)
                    .await?;
            }
            // A promise made to everybody cannot be kept to one alone.
            (Deferral::Public, Visibility::Ephemeral, _) => {
                self.rest
                    .send(Method::DELETE, original, nothing, LATER)
                    .await?;
                self.rest
                    .send(Method::POST, followup, Some(&new), LATER)
                    .await?;
            }
            _ => {
                self.rest
                    .send(
                        Method::PATCH,
                        original,
                        Some(&response::edit(message)),
                        LATER,
                    )
                    .await?;
            }
        }
        Ok(())
    }

    // cut: gateway
    /// Answers an interaction by REST, all of it.
    pub(crate) async fn answer(&self, incoming: Incoming) {
        let token = incoming.token.expose_secret();
        let first = self.first(incoming.question).await;
        self.send(incoming.id, token, first).await;
    }
    // end: gateway

    /// Sends a first answer by REST, and what is still to come. Faults are logged: there is nobody
    /// to tell.
    pub(crate) async fn send(&self, id: InteractionId, token: &str, first: First) {
        let interaction_id = id.0.get().into();
        let callback = Route::InteractionResponse {
            interaction_id,
            token,
        };
        match self
            .rest
            .send(Method::POST, callback, Some(&first.response), FIRST)
            .await
        {
            Ok(_) => {}
            // An answer that was taken for lost, or an interaction that came twice.
            Err(error) if error.is_answered_already() => tracing::debug!("answered already"),
            Err(error) => return log(&error, "an answer was not delivered"),
        }
        if let Some(later) = first.rest {
            self.deliver(later, token).await;
        }
    }
}

fn too_slow(request: &Request) -> Message {
    match commands::too_slow(request) {
        Answer::Message(message) => message,
        Answer::Modal(_) | Answer::Choices(_) => Message::text("Please try again."),
    }
}

fn log(error: &RestError, what: &'static str) {
    tracing::error!(error = error as &dyn std::error::Error, "{what}");
}
