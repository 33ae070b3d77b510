//! What a connection waits for: whether it is its client's turn, since when, and for how long that may be.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// From the first byte of a request, or from the connection, to the end of the request's head.
const HEAD: Duration = Duration::from_secs(10);
/// Between two requests. Longer than the 60 seconds for which load balancers keep a connection to reuse it.
const IDLE: Duration = Duration::from_secs(75);
/// With not a byte of a body arriving, or of an answer being read.
const STALL: Duration = Duration::from_secs(30);
/// The slowest that a body may arrive and an answer be read on average, in bytes a second.
const SLOWEST: u64 = 1024;
/// How often a connection looks whether its client has taken too long.
const CHECK: Duration = Duration::from_secs(1);

/// What a connection is doing.
#[derive(Debug)]
pub(crate) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    turn: Turn,
    body: Transfer,
    answer: Transfer,
}

#[derive(Debug, Clone, Copy)]
enum Turn {
    /// The client sends the head of a request.
    Head(Instant),
    /// The client may send another request.
    Idle(Instant),
    /// A request is being answered.
    Request,
}

/// Bytes on their way from or to a client, and the time spent waiting for it.
#[derive(Debug, Default)]
struct Transfer {
    bytes: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl Activity {
    /// A connection that has just been made.
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            turn: Turn::Head(Instant::now()),
            body: Transfer::default(),
            answer: Transfer::default(),
        }))
    }

    /// Some bytes were read from the connection.
    pub(super) fn bytes_arrived(&self) {
        let mut state = self.state();
        if let Turn::Idle(_) = state.turn {
            state.turn = Turn::Head(Instant::now());
        }
    }

    /// The head of a request is complete.
    pub(super) fn request_began(&self) {
        let mut state = self.state();
        state.turn = Turn::Request;
        state.body = Transfer::default();
        state.answer = Transfer::default();
    }

    /// The application has no more to do with the request; the rest of the answer may still be on its way.
    pub(super) fn request_ended(&self) {
        let mut state = self.state();
        state.turn = Turn::Idle(Instant::now());
        state.body = Transfer::default();
    }

    /// The application waits for more of a request's body.
    pub(super) fn body_is_awaited(&self) {
        self.state().body.wait();
    }

    /// It was given so much of it.
    pub(super) fn body_arrived(&self, bytes: usize) {
        self.state().body.proceed(bytes);
    }

    /// The rest of a body that the application did not read has arrived. Its bytes were no head of a request.
    pub(super) fn body_was_discarded(&self) {
        let mut state = self.state();
        if let Turn::Head(_) = state.turn {
            state.turn = Turn::Idle(Instant::now());
        }
    }

    /// The client does not read what is sent to it.
    pub(super) fn answer_is_stuck(&self) {
        self.state().answer.wait();
    }

    /// It has read so much.
    pub(super) fn answer_was_read(&self, bytes: usize) {
        self.state().answer.proceed(bytes);
    }

    /// Whether the application waits for the rest of a request's body.
    pub(crate) fn waits_for_body(&self) -> bool {
        self.state().body.waiting_since.is_some()
    }

    /// Whether there is no request, or only the beginning of one, and no answer on its way.
    pub(super) fn waits_for_head(&self) -> bool {
        let state = self.state();
        matches!(state.turn, Turn::Head(_)) && state.answer.waiting_since.is_none()
    }

    /// Since when the connection has been waiting for its client. `None` while the application works.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let state = self.state();
        let turn = match state.turn {
            Turn::Head(since) | Turn::Idle(since) => Some(since),
            Turn::Request => None,
        };
        let since = [turn, state.body.waiting_since, state.answer.waiting_since];
        since.into_iter().flatten().min()
    }

    /// Resolves when the client takes too long: to send a head, to send another request, or to read an answer.
    pub(super) async fn overdue(&self) {
        let deadline = |state: &State| {
            let turn = match state.turn {
                Turn::Head(since) => Some(since + HEAD),
                Turn::Idle(since) => Some(since + IDLE),
                Turn::Request => None,
            };
            let deadlines = [turn, state.answer.deadline()];
            deadlines.into_iter().flatten().min()
        };
        self.reached(deadline).await;
    }

    /// Resolves when the client takes too long to send a body.
    pub(super) async fn body_overdue(&self) {
        self.reached(|state| state.body.deadline()).await;
    }

    async fn reached(&self, deadline: impl Fn(&State) -> Option<Instant>) {
        loop {
            let now = Instant::now();
            let at = deadline(&self.state());
            if at.is_some_and(|at| at <= now) {
                return;
            }
            let next = now + CHECK;
            tokio::time::sleep_until(at.map_or(next, |at| at.min(next))).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transfer {
    fn wait(&mut self) {
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    fn proceed(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
    }

    /// Until when the client has time for the next byte.
    fn deadline(&self) -> Option<Instant> {
        let in_all = STALL + Duration::from_secs(self.bytes / SLOWEST);
        let left = in_all.saturating_sub(self.waited).min(STALL);
        self.waiting_since.map(|since| since + left)
    }
}
