//! Messages from Stripe, believed only as far as their signature reaches.
//!
//! Of a message that is Stripe's the shop reads what kind it is and which session or payment it is
//! about, and then asks Stripe. So it does not matter which version of the API an event was written
//! for, in which order events come, or how often.

use astra_db::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use stripe_webhook::{Webhook, WebhookError};

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something happened to this session.
    Session(String),
    /// Something happened to this payment: a refund, a dispute.
    Payment(String),
    /// Something the shop does not follow.
    Unrelated {
        /// Stripe's name of it.
        kind: String,
    },
}

/// Why a message is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNotice {
    /// No signature of ours fits these bytes.
    #[error("the signature does not fit")]
    Forged,
    /// It was signed too long ago (or ahead): somebody may be playing it again.
    #[error("the signature is too old")]
    Stale,
    /// It is signed, and no event.
    #[error("the message is no event")]
    Unreadable,
}

/// As much of an event as the shop reads.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    id: Option<String>,
    payment_intent: Option<Reference>,
}

/// An id, or the whole object where it was expanded.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Object { id: String },
}

impl Reference {
    fn into_id(self) -> String {
        match self {
            Self::Id(id) | Self::Object { id } => id,
        }
    }
}

pub(super) fn read(
    secret: &SecretString,
    signature: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Notice, BadNotice> {
    let body = std::str::from_utf8(body).map_err(|_| BadNotice::Forged)?;
    let seconds = now.as_millis() / 1_000;
    let secret = secret.expose_secret();
    match Webhook::construct_event_with_timestamp(body, signature, secret, seconds) {
        // The library reads the event only after it has found the signature good, and it wants the
        // event in the shape of its own version of the API. Ours is read below.
        Ok(_) | Err(WebhookError::BadParse(_)) => {}
        Err(WebhookError::BadTimestamp(_)) => return Err(BadNotice::Stale),
        Err(WebhookError::BadKey | WebhookError::BadHeader(_) | WebhookError::BadSignature) => {
            return Err(BadNotice::Forged);
        }
    }
    let event: Event = serde_json::from_str(body).map_err(|_| BadNotice::Unreadable)?;
    Ok(about(event))
}

fn about(event: Event) -> Notice {
    let object = event.data.object;
    match event.kind.as_str() {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed"
        | "checkout.session.expired" => object.id.map(Notice::Session),
        "charge.refunded"
        | "charge.refund.updated"
        | "refund.created"
        | "refund.updated"
        | "refund.failed"
        | "charge.dispute.created"
        | "charge.dispute.closed" => object
            .payment_intent
            .map(|payment| Notice::Payment(payment.into_id())),
        _ => None,
    }
    .unwrap_or(Notice::Unrelated { kind: event.kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_of_the_tests";
    const NOW: i64 = 1_790_000_000;
    const EVENT: &str = r#"{"id": "evt_1", "type": "checkout.session.completed",
        "api_version": "2011-01-01", "data": {"object": {"id": "cs_test_1", "status": "new in 2031"}}}"#;

    fn signed(body: &str, secret: &str, seconds: i64) -> String {
        Webhook::generate_test_header(body, secret, Some(seconds))
    }

    fn read_at(signature: &str, body: &str) -> Result<Notice, BadNotice> {
        let now = Timestamp::from_millis(NOW * 1_000);
        read(&SECRET.into(), signature, body.as_bytes(), now)
    }

    #[test]
    fn an_event_of_any_version_of_the_api_is_read() {
        let session = Notice::Session("cs_test_1".to_owned());
        assert_eq!(read_at(&signed(EVENT, SECRET, NOW), EVENT), Ok(session));
    }

    #[test]
    fn what_the_shop_does_not_follow_is_unrelated() {
        for (kind, object) in [
            ("invoice.paid", "{}"),
            ("checkout.session.completed", "{}"),
            (
                "charge.refunded",
                r#"{"id": "ch_1", "payment_intent": null}"#,
            ),
        ] {
            let body = format!(r#"{{"type": "{kind}", "data": {{"object": {object}}}}}"#);
            let kind = kind.to_owned();
            assert_eq!(
                read_at(&signed(&body, SECRET, NOW), &body),
                Ok(Notice::Unrelated { kind })
            );
        }
    }

    #[test]
    fn a_refund_and_a_dispute_name_their_payment_expanded_or_not() {
        for (kind, payment) in [
            ("charge.refunded", r#""pi_1""#),
            (
                "charge.dispute.created",
                r#"{"id": "pi_1", "object": "payment_intent"}"#,
            ),
        ] {
            let body = format!(
                r#"{{"type": "{kind}", "data": {{"object": {{"id": "x_1", "payment_intent": {payment}}}}}}}"#
            );
            let notice = read_at(&signed(&body, SECRET, NOW), &body);
            assert_eq!(notice, Ok(Notice::Payment("pi_1".to_owned())));
        }
    }

    #[test]
    fn a_signature_counts_for_five_minutes_either_way() {
        for (seconds, expected) in [(300, true), (-300, true), (301, false), (-301, false)] {
            let answer = read_at(&signed(EVENT, SECRET, NOW + seconds), EVENT);
            assert_eq!(answer.is_ok(), expected, "{seconds}");
            assert_eq!(answer.err(), (!expected).then_some(BadNotice::Stale));
        }
    }

    #[test]
    fn one_good_signature_among_several_is_enough() {
        let good = signed(EVENT, SECRET, NOW);
        let (time, good) = good.split_once(',').unwrap();
        let other = signed(EVENT, "whsec_before_it_was_rolled", NOW);
        let (_, other) = other.split_once(',').unwrap();
        assert!(read_at(&format!("{time},{other},{good},v0=00"), EVENT).is_ok());
        assert_eq!(
            read_at(&format!("{time},{other}"), EVENT),
            Err(BadNotice::Forged)
        );
    }

    #[test]
    fn nothing_but_our_own_signature_over_these_very_bytes_is_believed() {
        let good = signed(EVENT, SECRET, NOW);
        let bare = good.split_once("v1=").unwrap().1;
        for (signature, body) in [
            ("", EVENT),
            ("t=1", EVENT),
            ("v1=", EVENT),
            (format!("v1={bare}").as_str(), EVENT),
            (format!("t={NOW},v0={bare}").as_str(), EVENT),
            (format!("t=x,v1={bare}").as_str(), EVENT),
            (format!("t={},v1={bare}", NOW + 1).as_str(), EVENT),
            (signed(EVENT, "", NOW).as_str(), EVENT),
            (
                good.as_str(),
                EVENT.replace("cs_test_1", "cs_test_2").as_str(),
            ),
            (good.as_str(), format!("{EVENT} ").as_str()),
            (good.as_str(), ""),
        ] {
            assert_eq!(
                read_at(signature, body),
                Err(BadNotice::Forged),
                "{signature}"
            );
        }
        let nothing = "no event";
        assert_eq!(
            read_at(&signed(nothing, SECRET, NOW), nothing),
            Err(BadNotice::Unreadable)
        );
    }
}
