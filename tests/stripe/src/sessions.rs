//! Checkout sessions once they are open: listed, closed by the shop or by time.

use serde_json::{Value, json};

use crate::account::Account;
use crate::answer::{expanded, listed};
use crate::params::Params;
use crate::refusal::Refusal;
use crate::{events, opening};

/// What listing takes.
pub(crate) const LISTED: &[&str] = &[
    "limit",
    "starting_after",
    "status",
    "payment_intent",
    "expand[]",
    "created[gt]",
    "created[gte]",
    "created[lt]",
    "created[lte]",
];

pub(crate) async fn list(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let ids: Vec<String> = {
        let sessions = account.books().all("checkout.session");
        sessions
            .iter()
            .map(|session| session["id"].as_str().unwrap().to_owned())
            .collect()
    };
    for id in ids {
        expire_when_over(account, &id).await;
    }
    let after = params.integer("created[gt]")?.unwrap_or(i64::MIN);
    let from = params.integer("created[gte]")?.unwrap_or(i64::MIN);
    let before = params.integer("created[lt]")?.unwrap_or(i64::MAX);
    let until = params.integer("created[lte]")?.unwrap_or(i64::MAX);
    let books = account.books();
    let mut sessions = books.all("checkout.session");
    sessions.retain(|session| {
        let created = session["created"].as_i64().unwrap();
        created > after
            && created >= from
            && created < before
            && created <= until
            && params
                .text("status")
                .is_none_or(|status| session["status"] == status)
            && params
                .text("payment_intent")
                .is_none_or(|intent| session["payment_intent"] == intent)
    });
    expanded(
        &books,
        listed(sessions, "/v1/checkout/sessions", params)?,
        params,
    )
}

pub(crate) async fn expire(account: &Account, id: &str, params: &Params) -> Result<Value, Refusal> {
    expire_when_over(account, id).await;
    let status = account.books().get("checkout.session", id)?["status"].clone();
    if status != "open" {
        return Err(Refusal::invalid(format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
        )));
    }
    expire_now(account, id).await;
    let books = account.books();
    let session = books.get("checkout.session", id)?.clone();
    expanded(&books, session, params)
}

/// Closes a session that was left open too long, as Stripe does by itself.
pub(crate) async fn expire_when_over(account: &Account, id: &str) {
    let is_over = account.books().find(id).is_some_and(|session| {
        session["status"] == "open" && session["expires_at"].as_i64() <= Some(account.now())
    });
    if is_over {
        expire_now(account, id).await;
    }
}

pub(crate) async fn expire_now(account: &Account, id: &str) {
    let session = {
        let mut books = account.books();
        let session = books.find_mut(id).unwrap();
        assert_eq!(session["status"], "open", "only an open session expires");
        session["status"] = json!("expired");
        session["url"] = Value::Null;
        session.clone()
    };
    events::happened(account, "checkout.session.expired", session).await;
}

/// Writes down a session of one line as if it had been asked for some time ago.
pub(crate) fn adopt(account: &Account, id: &str, checkout: &str, cents: u64, expires_at: i64) {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([
        ("mode", "payment"),
        ("success_url", "https://shop.example/"),
        ("client_reference_id", checkout),
        ("metadata[checkout_id]", checkout),
        ("payment_intent_data[metadata][checkout_id]", checkout),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", &cents.to_string()),
        ("line_items[0][price_data][product_data][name]", "All of it"),
    ]);
    let params = Params::read(form.finish().as_bytes(), opening::KNOWN).unwrap();
    let mut session = opening::create(account, &params).unwrap();
    let given = session["id"].as_str().unwrap().to_owned();
    let mut books = account.books();
    let metadata = books.for_payments[&given].clone();
    books.for_payments.insert(id.to_owned(), metadata);
    session["id"] = json!(id);
    session["expires_at"] = json!(expires_at);
    books.add(session);
}
