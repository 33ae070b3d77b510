//! `Idempotency-Key`: a repeated request is answered as the first one was, errors included, a
//! different one under the same key is refused, and one that is still under way has to wait.
//!
//! <https://docs.stripe.com/api/idempotent_requests>

use std::collections::HashMap;
use std::sync::Mutex;

use axum::body::Bytes;
use axum::http::StatusCode;

use crate::refusal::Refusal;

/// The requests with a key, by key.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<HashMap<String, Remembered>>);

#[derive(Debug)]
struct Remembered {
    /// Path and body: what the key may be used for.
    request: (String, Bytes),
    answer: Option<(StatusCode, Bytes)>,
}

/// What to do with a request.
#[derive(Debug)]
pub(crate) enum Known {
    /// Carry it out.
    No,
    /// Answer this again.
    Answered(StatusCode, Bytes),
}

impl Memory {
    /// Looks a request up, and takes note that it is under way where it is new.
    pub(crate) fn begin(&self, key: &str, path: &str, body: &Bytes) -> Result<Known, Refusal> {
        if key.is_empty() || key.len() > 255 {
            return Err(Refusal::invalid(
                "Idempotency keys have at least 1 and at most 255 characters.",
            ));
        }
        let mut memory = self.0.lock().unwrap();
        let request = (path.to_owned(), body.clone());
        match memory.get(key) {
            None => {
                let answer = None;
                memory.insert(key.to_owned(), Remembered { request, answer });
                Ok(Known::No)
            }
            Some(known) if known.request != request => Err(Refusal::idempotency(
                StatusCode::BAD_REQUEST,
                None,
                format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. \
                     Try using a key other than '{key}' if you meant to execute a different request."
                ),
            )),
            Some(Remembered { answer: None, .. }) => Err(Refusal::idempotency(
                StatusCode::CONFLICT,
                Some("idempotency_key_in_use"),
                format!(
                    "There is currently another in-progress request using this Idempotent Key ({key})."
                ),
            )),
            Some(Remembered {
                answer: Some((status, body)),
                ..
            }) => Ok(Known::Answered(*status, body.clone())),
        }
    }

    /// Keeps the answer, an error too, unless it says that the request was not begun. Stripe keeps
    /// none to a request whose parameters it could not read; here nobody is to rely on that.
    pub(crate) fn end(&self, key: &str, status: StatusCode, body: &Bytes) {
        let mut memory = self.0.lock().unwrap();
        if matches!(status.as_u16(), 401 | 409 | 429) {
            memory.remove(key);
        } else if let Some(known) = memory.get_mut(key) {
            known.answer = Some((status, body.clone()));
        }
    }
}
