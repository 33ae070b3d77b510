//! What goes wrong between a bot and Discord: rate limits, faults, answers that are lost.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// What some of the next requests meet.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// The end of the path of the requests it hits, such as `/callback`.
    path_ends_with: &'static str,
    times: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// 429, and when the bot may ask again.
    RateLimit(Duration, Option<Instant>),
    /// 503 from something before Discord.
    Fault,
    /// Discord does as asked, and its answer is lost.
    LostAnswer,
}

/// What a request meets.
pub(crate) enum Meeting {
    Nothing,
    Refused(Response),
    /// It came before the rate limit was over.
    Impatient,
    AnswerIsLost,
}

#[derive(Debug, Default)]
pub(crate) struct Troubles(pub(crate) Vec<Trouble>);

impl Trouble {
    pub(crate) fn rate_limit(
        path_ends_with: &'static str,
        times: u32,
        retry_after: Duration,
    ) -> Self {
        Self {
            path_ends_with,
            times,
            kind: Kind::RateLimit(retry_after, None),
        }
    }

    pub(crate) fn fault(path_ends_with: &'static str, times: u32) -> Self {
        Self {
            path_ends_with,
            times,
            kind: Kind::Fault,
        }
    }

    pub(crate) fn lost_answer(path_ends_with: &'static str) -> Self {
        Self {
            path_ends_with,
            times: 1,
            kind: Kind::LostAnswer,
        }
    }
}

impl Troubles {
    pub(crate) fn meet(&mut self, path: &str) -> Meeting {
        let Some(index) = self
            .0
            .iter()
            .position(|trouble| path.ends_with(trouble.path_ends_with))
        else {
            return Meeting::Nothing;
        };
        let trouble = &mut self.0[index];
        let is_impatient =
            matches!(trouble.kind, Kind::RateLimit(_, Some(until)) if Instant::now() < until);
        if trouble.times == 0 {
            self.0.remove(index);
            return if is_impatient {
                Meeting::Impatient
            } else {
                Meeting::Nothing
            };
        }
        trouble.times -= 1;
        match &mut trouble.kind {
            Kind::RateLimit(..) if is_impatient => Meeting::Impatient,
            Kind::RateLimit(retry_after, until) => {
                *until = Instant::now().checked_add(*retry_after);
                Meeting::Refused(too_many_requests(*retry_after))
            }
            Kind::Fault => {
                let page = (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "<html>upstream connect error</html>",
                );
                Meeting::Refused(page.into_response())
            }
            Kind::LostAnswer => Meeting::AnswerIsLost,
        }
    }
}

/// <https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit>
fn too_many_requests(retry_after: Duration) -> Response {
    let seconds = retry_after.as_secs_f64();
    let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": false });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response();
    for (name, value) in [
        // Whole seconds in the header, the exact number in the body.
        ("retry-after", seconds.ceil().to_string()),
        ("x-ratelimit-limit", "5".to_owned()),
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset-after", seconds.to_string()),
        ("x-ratelimit-scope", "user".to_owned()),
    ] {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
