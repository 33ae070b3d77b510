//! What becomes of the money: paid, declined, on its way, given back.

use serde_json::{Value, json};

use crate::account::Account;
use crate::answer::{expanded, listed};
use crate::params::Params;
use crate::refusal::Refusal;
use crate::{events, opening, sessions};

/// What a buyer pays with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayWith {
    /// 4242 4242 4242 4242: the money is there at once.
    Visa,
    /// 4000 0000 0000 0002: the bank says no.
    DeclinedCard,
    /// A debit from a bank account: the session completes, the money follows in days or not.
    BankDebit,
}

/// What a refund takes.
pub(crate) const REFUND: &[&str] = &[
    "payment_intent",
    "charge",
    "amount",
    "reason",
    "metadata[*]",
    "expand[]",
];
/// What listing refunds takes.
pub(crate) const REFUNDS: &[&str] = &[
    "payment_intent",
    "charge",
    "limit",
    "starting_after",
    "expand[]",
];

pub(crate) async fn pay(
    account: &Account,
    id: &str,
    with: PayWith,
    rate: Option<&str>,
) -> Result<(), Refusal> {
    sessions::expire_when_over(account, id).await;
    let happened = {
        let mut books = account.books();
        let session = books.get("checkout.session", id)?.clone();
        if session["status"] != "open" {
            return Err(Refusal::invalid(format!(
                "The session is {}.",
                session["status"]
            )));
        }
        let rate = rate.and_then(|rate| books.find(rate).cloned());
        let session = chosen(session, rate.as_ref());
        let method = method(with, &session, &books.new_id("pm"), account.now());
        let mut intent = intent(&session, &method, &books.new_id("pi"));
        intent["metadata"] = books.for_payments[id].clone();
        if with == PayWith::DeclinedCard {
            return Err(Refusal::declined());
        }
        let mut happened = Vec::new();
        books.add(method);
        if with == PayWith::Visa {
            let charge = charge(&intent, &books.new_id("ch"));
            intent["status"] = json!("succeeded");
            intent["amount_received"] = intent["amount"].clone();
            intent["latest_charge"] = charge["id"].clone();
            books.add(charge.clone());
            happened.push(("charge.succeeded", charge));
            happened.push(("payment_intent.succeeded", intent.clone()));
        }
        let session = completed(session, &intent, with);
        books.add(intent);
        books.add(session.clone());
        happened.push(("checkout.session.completed", session));
        happened
    };
    for (kind, object) in happened {
        events::happened(account, kind, object).await;
    }
    Ok(())
}

/// The session with the shipping that the buyer chose.
fn chosen(mut session: Value, rate: Option<&Value>) -> Value {
    if let Some(rate) = rate {
        let shipping = rate["fixed_amount"]["amount"].as_i64().unwrap();
        let subtotal = session["amount_subtotal"].as_i64().unwrap();
        session["amount_total"] = json!(subtotal + shipping);
        session["shipping_cost"] = opening::shipping_cost(rate);
        session["total_details"]["amount_shipping"] = json!(shipping);
    }
    session
}

fn completed(mut session: Value, intent: &Value, with: PayWith) -> Value {
    let paid = if with == PayWith::Visa {
        "paid"
    } else {
        "unpaid"
    };
    session["status"] = json!("complete");
    session["payment_status"] = json!(paid);
    session["payment_intent"] = intent["id"].clone();
    session["url"] = Value::Null;
    session["customer_details"] = json!({
        "address": { "city": null, "country": "GB", "line1": null, "line2": null, "postal_code": null, "state": null },
        "email": session["customer_email"], "name": "A. Lovelace", "phone": null, "tax_exempt": "none", "tax_ids": [],
    });
    session
}

fn method(with: PayWith, session: &Value, id: &str, now: i64) -> Value {
    let mut method = json!({
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": { "address": null, "email": session["customer_email"], "name": "A. Lovelace", "phone": null, "tax_id": null },
        "created": now,
        "customer": null,
        "livemode": false,
        "metadata": {},
    });
    if with == PayWith::BankDebit {
        method["type"] = json!("us_bank_account");
        method["us_bank_account"] = json!({ "bank_name": "STRIPE TEST BANK", "last4": "6789" });
    } else {
        method["type"] = json!("card");
        method["card"] = json!({
            "brand": "visa", "checks": null, "country": "US", "display_brand": "visa", "exp_month": 12, "exp_year": 2034,
            "fingerprint": "Xt5EWLLDS7FJjR1c", "funding": "credit", "generated_from": null, "last4": "4242",
            "networks": { "available": ["visa"], "preferred": null }, "three_d_secure_usage": { "supported": true }, "wallet": null,
        });
    }
    method
}

fn intent(session: &Value, method: &Value, id: &str) -> Value {
    json!({
        "id": id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": null,
        "capture_method": "automatic_async",
        "client_secret": format!("{id}_secret"),
        "confirmation_method": "automatic",
        "created": method["created"],
        "currency": session["currency"],
        "customer": null,
        "description": null,
        "latest_charge": null,
        "livemode": false,
        "metadata": {},
        "payment_method": method["id"],
        "payment_method_options": {},
        "payment_method_types": [method["type"]],
        "receipt_email": null,
        "status": "processing",
    })
}

fn charge(intent: &Value, id: &str) -> Value {
    json!({
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "billing_details": { "address": null, "email": null, "name": null, "phone": null, "tax_id": null },
        "captured": true,
        "created": intent["created"],
        "currency": intent["currency"],
        "disputed": false,
        "livemode": false,
        "metadata": {},
        "paid": true,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "refunded": false,
        "status": "succeeded",
    })
}

/// A payment that was on its way arrives, or fails.
pub(crate) async fn settle(account: &Account, session: &str, succeeded: bool) {
    let (kind, session) = {
        let mut books = account.books();
        let mut session = books.find(session).unwrap().clone();
        let intent = session["payment_intent"].as_str().unwrap();
        let mut intent = books.find(intent).unwrap().clone();
        assert_eq!(
            intent["status"], "processing",
            "only what is on its way settles"
        );
        if succeeded {
            let charge = charge(&intent, &books.new_id("ch"));
            session["payment_status"] = json!("paid");
            intent["status"] = json!("succeeded");
            intent["amount_received"] = intent["amount"].clone();
            intent["latest_charge"] = charge["id"].clone();
            books.add(charge);
        } else {
            intent["status"] = json!("requires_payment_method");
        }
        books.add(intent);
        books.add(session.clone());
        let outcome = if succeeded { "succeeded" } else { "failed" };
        (format!("checkout.session.async_payment_{outcome}"), session)
    };
    events::happened(account, &kind, session).await;
}

/// The request for a refund as the dashboard makes it.
pub(crate) fn refund_form(intent: &str, cents: Option<i64>) -> Params {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("payment_intent", intent);
    if let Some(cents) = cents {
        form.append_pair("amount", &cents.to_string());
    }
    Params::read(form.finish().as_bytes(), REFUND).unwrap()
}

pub(crate) async fn refund(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let (refund, charge) = {
        let mut books = account.books();
        let charge_id = match (params.text("charge"), params.text("payment_intent")) {
            (Some(charge), _) => charge.to_owned(),
            (None, Some(intent)) => {
                let intent = books.get("payment_intent", intent)?;
                let charge = intent["latest_charge"].as_str().map(str::to_owned);
                charge.ok_or_else(|| {
                    Refusal::invalid(
                        "This PaymentIntent does not have a successful charge to refund.",
                    )
                })?
            }
            (None, None) => return Err(Refusal::missing("payment_intent")),
        };
        let mut charge = books.get("charge", &charge_id)?.clone();
        let (whole, back) = (
            charge["amount"].as_i64().unwrap(),
            charge["amount_refunded"].as_i64().unwrap(),
        );
        if back == whole {
            let message = format!("Charge {charge_id} has already been refunded.");
            return Err(Refusal {
                code: Some("charge_already_refunded"),
                ..Refusal::invalid(message)
            });
        }
        let amount = params.integer("amount")?.unwrap_or(whole - back);
        if amount < 1 || amount > whole - back {
            let message = format!(
                "Refund amount ({amount}) is greater than unrefunded amount on charge ({})",
                whole - back
            );
            return Err(Refusal::invalid(message));
        }
        let refund = json!({
            "id": books.new_id("re"),
            "object": "refund",
            "amount": amount,
            "charge": charge_id,
            "created": account.now(),
            "currency": charge["currency"],
            "metadata": params.texts("metadata"),
            "payment_intent": charge["payment_intent"],
            "reason": params.text("reason"),
            "status": "succeeded",
        });
        charge["amount_refunded"] = json!(back + amount);
        charge["refunded"] = json!(back + amount == whole);
        books.add(refund.clone());
        books.add(charge.clone());
        (refund, charge)
    };
    events::happened(account, "refund.created", refund.clone()).await;
    events::happened(account, "charge.refunded", charge).await;
    expanded(&account.books(), refund, params)
}

pub(crate) fn refunds(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let books = account.books();
    let mut refunds = books.all("refund");
    refunds.retain(|refund| {
        ["charge", "payment_intent"]
            .iter()
            .all(|of| params.text(of).is_none_or(|id| refund[*of] == id))
    });
    expanded(&books, listed(refunds, "/v1/refunds", params)?, params)
}
