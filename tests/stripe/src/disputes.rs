//! Buyers who want their money back by way of their bank.
//!
//! <https://docs.stripe.com/api/disputes/object>

use serde_json::{Value, json};

use crate::account::Account;
use crate::answer::{expanded, listed};
use crate::events;
use crate::params::Params;
use crate::refusal::Refusal;

/// What listing disputes takes.
pub(crate) const DISPUTES: &[&str] = &[
    "payment_intent",
    "charge",
    "limit",
    "starting_after",
    "expand[]",
];

/// The buyer tells the bank that he knows nothing of it. That the charge is `disputed` stays so for
/// ever, whatever the bank decides.
pub(crate) async fn open(account: &Account, session: &str) {
    let dispute = {
        let mut books = account.books();
        let id = books.new_id("du");
        let intent = id_in(&books.find(session).unwrap()["payment_intent"]);
        let charge = id_in(&books.find(&intent).unwrap()["latest_charge"]);
        let charge = books.find_mut(&charge).unwrap();
        charge["disputed"] = json!(true);
        let dispute = dispute(&id, charge, account.now());
        books.add(dispute.clone());
        dispute
    };
    events::happened(account, "charge.dispute.created", dispute).await;
}

/// The bank decides about the latest dispute of a session: `won` for the shop, or `lost`.
pub(crate) async fn close(account: &Account, session: &str, status: &str) {
    let dispute = {
        let mut books = account.books();
        let intent = books.find(session).unwrap()["payment_intent"].clone();
        let disputes = books.all("dispute");
        let of_this = |dispute: &&Value| dispute["payment_intent"] == intent;
        let latest = disputes.iter().rfind(of_this).unwrap();
        let dispute = books.find_mut(&id_in(&latest["id"])).unwrap();
        dispute["status"] = json!(status);
        dispute.clone()
    };
    events::happened(account, "charge.dispute.closed", dispute).await;
}

pub(crate) fn list(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let books = account.books();
    let mut disputes = books.all("dispute");
    disputes.retain(|dispute| {
        ["charge", "payment_intent"]
            .iter()
            .all(|of| params.text(of).is_none_or(|id| dispute[*of] == id))
    });
    expanded(&books, listed(disputes, "/v1/disputes", params)?, params)
}

fn id_in(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn dispute(id: &str, charge: &Value, now: i64) -> Value {
    json!({
        "id": id,
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": { "enhanced_evidence": {} },
        "evidence_details": {
            "due_by": now + 7 * 24 * 60 * 60,
            "enhanced_eligibility": {},
            "has_evidence": false,
            "past_due": false,
            "submission_count": 0,
        },
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    })
}
