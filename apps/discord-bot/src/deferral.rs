//! An answer in time, or the promise of one: the same for both doors.
//!
//! Discord waits three seconds for the first answer and fifteen minutes for the rest
//! (<https://discord.com/developers/docs/interactions/receiving-and-responding>). What takes longer
//! than [`PATIENCE`] is promised first and delivered by REST when it is there.

use std::convert::Infallible;
use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serenity::all::{ApplicationId, CreateInteractionResponse, CreateInteractionResponseMessage};
use serenity::http::Route;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use crate::answer::{Answer, Message, Placement, Visibility};
use crate::commands::{self, Deferral};
use crate::discord::interaction::{Incoming, Question};
use crate::discord::{Rest, RestError, response};
use crate::domain::id::{InteractionId, Snowflake};
use crate::error::{self, AppError};
use crate::request::{Kind, Request};
use crate::state::AppState;

/// How long an answer may take before it is promised. It leaves a second for the way to Discord.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long Discord takes a first answer.
const FIRST: Duration = Duration::from_secs(3);
/// How long an interaction can be answered after that, a little less than Discord says.
const LATER: Duration = Duration::from_mins(14);

/// What both doors need to answer.
#[derive(Debug, Clone)]
pub struct Desk {
    app: AppState,
    rest: Rest,
    application_id: ApplicationId,
    _underway: mpsc::Sender<Infallible>,
}

/// Resolves when everything under way is answered.
#[derive(Debug)]
pub struct Underway(mpsc::Receiver<Infallible>);

/// The first answer, and what is still to come.
pub(crate) struct First {
    pub(crate) response: CreateInteractionResponse,
    pub(crate) rest: Option<Later>,
}

/// An answer that has been promised.
pub(crate) struct Later {
    request: Request,
    deferral: Deferral,
    answer: JoinHandle<Answer>,
}

impl Desk {
    /// A desk, and the way to wait until nobody stands before it. All clones of the desk must be
    /// gone for that.
    pub fn new(app: AppState, rest: Rest, application_id: Snowflake) -> (Self, Underway) {
        // Nothing is ever sent: what is waited for is that the last sender is gone.
        let (underway, finished) = mpsc::channel(1);
        let application_id = ApplicationId::new(application_id.get());
        let desk = Self {
            app,
            rest,
            application_id,
            _underway: underway,
        };
        (desk, Underway(finished))
    }

    /// The first answer to a question.
    pub(crate) async fn first(&self, question: Question) -> First {
        match question {
            Question::Ping => First::only(CreateInteractionResponse::Pong),
            Question::OutsideAGuild => {
                First::only(response::immediate(&commands::outside_a_guild()))
            }
            Question::Asked(request) => self.first_to(request).await,
        }
    }

    async fn first_to(&self, request: Request) -> First {
        let started = Instant::now();
        let deferral = commands::deferral(&request.kind);
        let mut answer = self.start(request.clone());
        let in_time = timeout(PATIENCE, &mut answer).await;
        let elapsed_ms = started.elapsed().as_millis();
        match (in_time, response::deferred(deferral)) {
            (Ok(answer), _) => {
                tracing::info!(elapsed_ms, "answered");
                let answer = answer.unwrap_or_else(|panic| panicked(panic, &request));
                First::only(response::immediate(&fitting(answer, &request)))
            }
            (Err(_), Some(promise)) => {
                tracing::info!(elapsed_ms, "deferred");
                First {
                    response: promise,
                    rest: Some(Later {
                        request,
                        deferral,
                        answer,
                    }),
                }
            }
            (Err(_), None) => {
                tracing::warn!(elapsed_ms, "too slow for an answer that cannot be deferred");
                First::only(response::immediate(&commands::too_slow(&request)))
            }
        }
    }

    /// A task of its own: what has begun ends, whoever still waits for it, and a panic stays in it.
    fn start(&self, request: Request) -> JoinHandle<Answer> {
        let desk = self.clone();
        let work = async move { commands::answer(&desk.app, request).await };
        tokio::spawn(work.in_current_span())
    }

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
        let written = response::message(message);
        match (deferral, message.visibility(), message.placement()) {
            (Deferral::Update, _, Placement::New) => {
                self.rest
                    .send(Method::POST, followup, Some(&written), LATER)
                    .await?;
            }
            // A promise made to everybody cannot be kept to one alone.
            (Deferral::Public, Visibility::Ephemeral, _) => {
                self.rest
                    .send(Method::DELETE, original, nothing, LATER)
                    .await?;
                self.rest
                    .send(Method::POST, followup, Some(&written), LATER)
                    .await?;
            }
            _ => {
                self.rest
                    .send(Method::PATCH, original, Some(&written), LATER)
                    .await?;
            }
        }
        Ok(())
    }

    /// Answers an interaction by REST, all of it.
    pub(crate) async fn answer(&self, incoming: Incoming) {
        let token = incoming.token.expose_secret();
        let first = self.first(incoming.question).await;
        self.send(incoming.id, token, first).await;
    }

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

impl Underway {
    /// Waits until all desks are gone, and with them everything under way, but at most this long.
    pub async fn finish(mut self, drain: Duration) {
        if timeout(drain, self.0.recv()).await.is_err() {
            tracing::warn!(
                ?drain,
                "interactions were still under way at the limit and have been cut off"
            );
        }
    }
}

impl First {
    fn only(response: CreateInteractionResponse) -> Self {
        Self {
            response,
            rest: None,
        }
    }
}

fn too_slow(request: &Request) -> Message {
    match commands::too_slow(request) {
        Answer::Message(message) => message,
        Answer::Modal(_) | Answer::Choices(_) => Message::text("Please try again."),
    }
}

fn panicked(panic: JoinError, request: &Request) -> Answer {
    error::answer(&AppError::Internal(panic.into()), request)
}

/// Whatever happens, Discord takes nothing but completions while somebody types.
fn fitting(answer: Answer, request: &Request) -> Answer {
    match (&request.kind, &answer) {
        (Kind::Autocomplete { .. }, Answer::Message(_) | Answer::Modal(_)) => {
            commands::too_slow(request)
        }
        _ => answer,
    }
}

fn log(error: &RestError, what: &'static str) {
    tracing::error!(error = error as &dyn std::error::Error, "{what}");
}
