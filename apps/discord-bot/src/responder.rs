//! Answers the interactions of both entry points: in time, or with a deferred response.
//!
//! Discord waits three seconds for the first answer and fifteen minutes for the rest
//! (<https://discord.com/developers/docs/interactions/receiving-and-responding>). What takes longer
//! than `PATIENCE` is promised first, and delivered when it is there.

mod delivery;

use std::convert::Infallible;
use std::time::Duration;

use serenity::all::{ApplicationId, CreateInteractionResponse};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use crate::answer::Answer;
use crate::commands;
use crate::commands::error_answer;
use crate::discord::interaction::Question;
use crate::discord::{Rest, response};
use crate::domain::command::Deferral;
use crate::domain::id::Snowflake;
use crate::error::AppError;
use crate::request::{Kind, Request};
use crate::state::AppState;

/// How long an answer may take before it is promised. It leaves a second for the way to Discord.
const PATIENCE: Duration = Duration::from_secs(2);

/// What both entry points need to answer.
#[derive(Debug, Clone)]
pub struct Responder {
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

impl Responder {
    /// A responder, and what resolves when everything under way is answered. All clones of the responder must be
    /// gone for that.
    pub fn new(app: AppState, rest: Rest, application_id: Snowflake) -> (Self, Underway) {
        // Nothing is ever sent: what is waited for is that the last sender is gone.
        let (underway, finished) = mpsc::channel(1);
        let application_id = ApplicationId::new(application_id.get());
        let responder = Self {
            app,
            rest,
            application_id,
            _underway: underway,
        };
        (responder, Underway(finished))
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
        let responder = self.clone();
        let work = async move { commands::answer(&responder.app, request).await };
        tokio::spawn(work.in_current_span())
    }
}

impl Underway {
    /// Waits until all responders are gone, and with them everything under way, but at most this long.
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

fn panicked(panic: JoinError, request: &Request) -> Answer {
    error_answer::answer(&AppError::Internal(panic.into()), request)
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
