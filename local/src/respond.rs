//! Requests carried out on threads of their own, as soon as there is memory for them and for their answers.

use std::sync::Arc;

use bytes::Bytes;
use tokio::task::{self, JoinError};

use crate::engine::{Engine, Request, Response};
use crate::error::server;
use crate::in_flight::Reservation;
use crate::limits::Limits;
use crate::response::Answer;

/// Bytes of an answer that need no reservation.
const SMALL_ANSWER: usize = 256 * 1024;

/// Bytes a large answer may take while it is put together: its documents, and the text they become.
const LARGE_ANSWER: usize = 96 * 1024 * 1024;

/// A [`Request`] with all that is its own, to be carried out on another thread.
#[derive(Clone, Debug)]
pub struct OwnedRequest {
    /// The keyspace it is for; none for the database as a whole.
    pub keyspace: Option<String>,
    /// The collection or table it is for; none for the keyspace as a whole.
    pub name: Option<String>,
    /// The command as JSON.
    pub body: Bytes,
    /// What [`Engine::reserve`] gave for the body.
    pub memory: Reservation,
}

impl Engine {
    /// Waits until there is memory for a request with this body and for the values in it.
    ///
    /// # Errors
    ///
    /// The answer to give, of status 429, where there is none for ten seconds. Nothing was done then.
    pub async fn reserve(&self, body: &[u8]) -> Result<Reservation, Response> {
        let lent = self.in_flight().for_request(body).await;
        lent.ok_or_else(overloaded)
    }

    /// The same for a body of so many bytes while it is received.
    pub(crate) async fn reserve_body(&self, bytes: usize) -> Result<Reservation, Response> {
        let lent = self.in_flight().for_body(bytes).await;
        lent.ok_or_else(overloaded)
    }

    /// Carries out a request on one of tokio's threads for blocking work, as [`Engine::execute`] does on the thread that
    /// calls it. A large answer waits for memory and keeps it until it is dropped; where there is none for ten seconds,
    /// the answer is one of status 429.
    ///
    /// Dropped before it is ready, it still carries out what it has begun: it may be a write.
    ///
    /// # Errors
    ///
    /// Where the command panicked, or the runtime is shutting down.
    pub async fn respond(&self, request: OwnedRequest) -> Result<Response, JoinError> {
        let careful = self.limited_to(Limits {
            answer: SMALL_ANSWER,
            ..self.limits().clone()
        });
        let memory = request.memory.clone();
        let request = Arc::new(request);
        let mut small = on_a_thread(careful, Arc::clone(&request)).await?;
        // A command that fails with this has written nothing, so it can be begun anew.
        if small.error_code != Some(server::OVERLOADED_SERVER.code) {
            // Such as the ids of what a large request inserted.
            if small.body.len() > SMALL_ANSWER {
                drop(request);
                small.memory = memory.keep(small.body.len());
            }
            return Ok(small);
        }
        let Some(lent) = self.in_flight().for_answer(LARGE_ANSWER).await else {
            return Ok(overloaded());
        };
        let mut large = on_a_thread(self.clone(), request).await?;
        large.memory = lent.keep(large.body.len());
        Ok(large)
    }
}

async fn on_a_thread(engine: Engine, request: Arc<OwnedRequest>) -> Result<Response, JoinError> {
    task::spawn_blocking(move || {
        engine.execute(Request {
            keyspace: request.keyspace.as_deref(),
            name: request.name.as_deref(),
            body: &request.body,
        })
    })
    .await
}

fn overloaded() -> Response {
    let message = "The server is busy with large requests, and this one was not begun. Send it again in a few seconds.";
    Answer::from(server::OVERLOADED_SERVER.because(message)).into()
}
