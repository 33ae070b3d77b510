//! What happened, and telling the shop: signed webhooks.
//!
//! <https://docs.stripe.com/webhooks/signature>

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::account::{Account, WEBHOOK_SECRET};
use crate::answer::{expanded, listed};
use crate::event::Event;
use crate::params::Params;
use crate::refusal::Refusal;

/// What listing events takes.
pub(crate) const LISTED: &[&str] = &["limit", "starting_after", "type", "types[]", "expand[]"];

/// The `Stripe-Signature` of a body.
pub fn sign(secret: &str, seconds: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let mut signature = format!("t={seconds},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(signature, "{byte:02x}").unwrap();
    }
    signature
}

/// Writes an event down and, where the test asked for that, tells the shop at once.
pub(crate) async fn happened(account: &Account, kind: &str, object: Value) {
    let event = {
        let mut books = account.books();
        let event = Event(json!({
            "id": books.new_id("evt"),
            "object": "event",
            // An account's webhooks come in the version of its endpoint, which is often an older one.
            "api_version": "2025-03-31.basil",
            "created": account.now(),
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": kind,
        }));
        books.events.push(event.clone());
        event
    };
    let to = account.webhooks_go_to.lock().unwrap().clone();
    if let Some(to) = to {
        deliver(account, &event, &to).await;
    }
}

/// Delivers an event with a signature of this moment; answers the status, or nothing where nobody
/// answered.
pub(crate) async fn deliver(account: &Account, event: &Event, to: &str) -> Option<u16> {
    let body = event.body();
    let request = account
        .http
        .post(to)
        .header("content-type", "application/json; charset=utf-8")
        .header(
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        )
        .header(
            "stripe-signature",
            sign(WEBHOOK_SECRET, account.now(), &body),
        );
    let response = request.body(body).send().await.ok()?;
    Some(response.status().as_u16())
}

pub(crate) fn list(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let books = account.books();
    let types: Vec<String> = params
        .entries("types")
        .iter()
        .filter_map(|(_, kind)| kind.itself().map(str::to_owned))
        .chain(params.text("type").map(str::to_owned))
        .collect();
    let wanted = |event: &&Event| types.is_empty() || types.iter().any(|kind| kind == event.kind());
    let events = books.events.iter().filter(wanted);
    let events = events.map(|event| event.0.clone()).collect();
    expanded(&books, listed(events, "/v1/events", params)?, params)
}
