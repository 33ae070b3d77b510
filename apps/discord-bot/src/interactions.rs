//! The HTTP entry point: Discord posts every interaction to `/interactions`, signed, and takes the first
//! answer from the response. For places that run nothing in between.
//!
//! An answer that takes longer than two seconds is promised in the response and sent by REST when it
//! is there. Where nothing runs after a response, as on AWS Lambda, the promise goes by REST too, and
//! the request is kept open until the answer is out; Discord wants a 202 without a body then:
//! <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback>.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use secrecy::ExposeSecret as _;
use serenity::all::Interaction;
use serenity::interactions_endpoint::{InvalidKey, Verifier};
use shared::http::Problem;
use shared::json::depth;
use tracing::Instrument as _;

use crate::discord::interaction::{self, Incoming, Question};
use crate::domain::id::InteractionId;
use crate::domain::json;
use crate::responder::{First, Responder};
use crate::settings::PublicKey;

/// How far the clock of a request may be from ours: as far as clocks differ, and no more, since the
/// signature alone would be good forever.
const WINDOW: Duration = Duration::from_mins(5);
/// How many interactions are remembered as seen; 8 bytes and a little each.
const REMEMBERED: usize = 100_000;

/// What the entry point needs.
#[derive(Clone)]
struct EntryPoint {
    responder: Responder,
    verifier: Arc<Verifier>,
    seen: Arc<Mutex<Seen>>,
    is_frozen_between_requests: bool,
}

/// The interactions of the last minutes: a request that is sent again is not answered again.
#[derive(Default)]
struct Seen {
    ids: HashSet<InteractionId>,
    order: VecDeque<(Instant, InteractionId)>,
}

/// The route of the entry point. `is_frozen_between_requests` says that nothing runs after a response.
///
/// # Errors
///
/// When the key is none.
pub fn routes(
    responder: Responder,
    key: &PublicKey,
    is_frozen_between_requests: bool,
) -> Result<Router, InvalidKey> {
    let entry_point = EntryPoint {
        responder,
        verifier: Arc::new(Verifier::try_new(*key.as_bytes())?),
        seen: Arc::default(),
        is_frozen_between_requests,
    };
    Ok(Router::new()
        .route("/interactions", post(receive))
        .with_state(entry_point))
}

async fn receive(
    State(entry_point): State<EntryPoint>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    entry_point.check_signature(&headers, &body)?;
    let incoming = interaction::read(parse(&headers, &body)?);
    if !entry_point.is_new(&incoming) {
        let sentence = "This interaction has been answered already.";
        return Err(Problem::new(StatusCode::CONFLICT).detail(sentence));
    }
    let span = tracing::info_span!("http", interaction.id = %incoming.id.0);
    // A task of its own: Discord hanging up must not leave an answer half given.
    tokio::spawn(entry_point.answer(incoming).instrument(span))
        .await
        .map_err(|panic| Problem::new(StatusCode::INTERNAL_SERVER_ERROR).source(panic))
}

impl EntryPoint {
    async fn answer(self, incoming: Incoming) -> Response {
        let First { response, rest } = self.responder.first(incoming.question).await;
        let Some(later) = rest else {
            return Json(response).into_response();
        };
        let (id, token) = (incoming.id, incoming.token);
        if self.is_frozen_between_requests {
            let first = First {
                response,
                rest: Some(later),
            };
            self.responder.send(id, token.expose_secret(), first).await;
            return StatusCode::ACCEPTED.into_response();
        }
        let delivering = async move { self.responder.deliver(later, token.expose_secret()).await };
        tokio::spawn(delivering.in_current_span());
        Json(response).into_response()
    }

    /// Whether this is not a request that is sent again. A ping may be.
    fn is_new(&self, incoming: &Incoming) -> bool {
        let is_ping = matches!(incoming.question, Question::Ping);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        is_ping || seen.is_new(incoming.id, Instant::now())
    }

    /// Refuses what Discord did not sign, or signed long ago.
    fn check_signature(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(signature), Some(timestamp)) = (
            header("x-signature-ed25519"),
            header("x-signature-timestamp"),
        ) else {
            return Err(unauthorized(
                "This address is for Discord alone: the request is not signed.",
            ));
        };
        if self.verifier.verify(signature, timestamp, body).is_err() {
            return Err(unauthorized(
                "The signature is not that of Discord for this application.",
            ));
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let is_fresh = timestamp
            .parse()
            .is_ok_and(|seconds: u64| Duration::from_secs(seconds).abs_diff(now) <= WINDOW);
        if is_fresh {
            Ok(())
        } else {
            Err(unauthorized(
                "The request was signed too long ago, or the clock of this machine is wrong.",
            ))
        }
    }
}

impl Seen {
    /// Notes an interaction; `false` if it has been noted before.
    fn is_new(&mut self, id: InteractionId, now: Instant) -> bool {
        // A request is fresh from WINDOW before its time until WINDOW after it.
        while let Some((since, old)) = self.order.front().copied()
            && (now.duration_since(since) > WINDOW * 2 || self.order.len() >= REMEMBERED)
        {
            self.order.pop_front();
            self.ids.remove(&old);
        }
        let is_new = self.ids.insert(id);
        if is_new {
            self.order.push_back((now, id));
        }
        is_new
    }
}

fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Interaction, Problem> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            .detail("An interaction is application/json."));
    }
    let unknown = || {
        Problem::new(StatusCode::BAD_REQUEST)
            .detail("The body is not an interaction that this bot knows.")
    };
    if depth(body) > json::MAX_READ {
        return Err(unknown());
    }
    serde_json::from_slice(body).map_err(|error| unknown().source(error))
}

fn unauthorized(sentence: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED).detail(sentence)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::id::Snowflake;
    use test_support::small_stack::{config, repeated, run};

    fn id(number: u64) -> InteractionId {
        InteractionId(Snowflake::new(number))
    }

    #[test]
    fn an_interaction_is_new_once_until_its_request_is_too_old_anyway() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        assert!(seen.is_new(id(1), start));
        assert!(!seen.is_new(id(1), start + WINDOW));
        assert!(seen.is_new(id(2), start + WINDOW));
        assert!(seen.is_new(id(1), start + WINDOW * 2 + Duration::from_secs(1)));
        assert_eq!(seen.order.len(), seen.ids.len());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        for number in 1..=REMEMBERED as u64 + 10 {
            assert!(seen.is_new(id(number), start));
        }
        assert_eq!((seen.order.len(), seen.ids.len()), (REMEMBERED, REMEMBERED));
    }

    /// An interaction whose options are nested or many.
    fn interaction(kind: &str, open: &str, count: usize, close: &str) -> String {
        let options = format!("{}{}", open.repeat(count), close.repeat(count));
        let body = serde_json::json!({
            "id": "2", "application_id": "3", "type": 0, "token": "t", "version": 1, "context": 0,
            "guild_id": "4", "channel_id": "5", "locale": "en-US", "app_permissions": "8",
            "entitlements": [], "authorizing_integration_owners": { "0": "4" }, "attachment_size_limit": 1,
            "member": {
                "user": { "id": "1", "username": "ada", "discriminator": "0", "avatar": null, "public_flags": 0 },
                "nick": null, "avatar": null, "roles": [], "joined_at": "2025-01-05T10:00:00.000000+00:00",
                "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
                "permissions": "8", "communication_disabled_until": null,
            },
            "data": {
                "id": "6", "name": "find", "type": 1, "custom_id": "find:1", "component_type": 2,
                "components": [], "options": "OPTIONS",
            },
        });
        let body = body.to_string();
        let body = body.replace("\"type\":0", &format!("\"type\":{kind}"));
        body.replace("\"OPTIONS\"", &format!("[{options}]"))
    }

    fn read(body: &str) -> Result<Interaction, String> {
        let headers = [(CONTENT_TYPE, "application/json".parse().unwrap())];
        parse(&headers.into_iter().collect(), body.as_bytes())
            .map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn adversarial_bodies_are_read_or_refused() {
        let options = prop::sample::select(vec![
            (r#"{"name":"o","type":1,"options":["#, "]}"),
            (r#"{"name":"o","type":2,"options":["#, "]}"),
            (r#"{"a":"#, "}"),
            ("[", "]"),
            ("[", ""),
            (r#"{"name":"o","type":3,"value":"x"},"#, ""),
        ]);
        let body = prop_oneof![
            ("[1-6]", options, 0..3_000_usize)
                .prop_map(|(kind, (open, close), depth)| interaction(&kind, open, depth, close)),
            repeated("[\\[{\"a:,1\\]}\\\\]{1,12}"),
        ];
        proptest!(config(), |(body in body)| {
            run(move || {
                if let Ok(interaction) = read(&body) {
                    drop(format!("{:?}", interaction::read(interaction)));
                }
            });
        });
    }

    #[test]
    fn adversarial_depth_of_an_interaction_is_bounded() {
        run(|| {
            let nested =
                |depth| interaction("2", r#"{"name":"o","type":1,"options":["#, depth, "]}");
            assert_eq!(read(&nested(0)).err(), None);
            let deepest = (0..200).rev().find(|depth| read(&nested(*depth)).is_ok());
            assert_eq!(deepest, Some(14));
        });
    }
}
