//! Messages from Stripe, believed only as far as their signature reaches.
//!
//! Of a message that is Stripe's the shop reads what kind it is and which session or payment it is
//! about, and then asks Stripe. So it does not matter which version of the API an event was written
//! for, in which order events come, or how often.

use astra_db::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::Sha256;

/// How old a signature may be, or how far ahead: what Stripe's own libraries allow.
const TOLERANCE_SECONDS: u64 = 300;

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
    verify(secret, signature, body, now.as_millis() / 1_000)?;
    let event: Event = serde_json::from_slice(body).map_err(|_| BadNotice::Unreadable)?;
    Ok(about(event))
}

/// `t=<seconds>,v1=<hex>,v1=<hex>`: one of the `v1` must be the HMAC-SHA256 of `<seconds>.<body>`,
/// and the seconds must be of about now. While a secret is being replaced there are several.
///
/// <https://docs.stripe.com/webhooks#verify-manually>
fn verify(
    secret: &SecretString,
    signature: &str,
    body: &[u8],
    now_seconds: i64,
) -> Result<(), BadNotice> {
    let fields = || {
        signature
            .split(',')
            .filter_map(|field| field.split_once('='))
    };
    let value_of = |wanted| {
        fields()
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value)
    };
    let time = value_of("t").ok_or(BadNotice::Forged)?;
    let key = secret.expose_secret().as_bytes();
    let mut expected = Hmac::<Sha256>::new_from_slice(key).map_err(|_| BadNotice::Forged)?;
    expected.update(time.as_bytes());
    expected.update(b".");
    expected.update(body);
    let mut candidates = fields().filter(|(name, _)| *name == "v1");
    // `verify_slice` takes the same time however much of it fits.
    let fits = |hex| from_hex(hex).is_some_and(|it| expected.clone().verify_slice(&it).is_ok());
    if !candidates.any(|(_, hex)| fits(hex)) {
        return Err(BadNotice::Forged);
    }
    let seconds: i64 = time.parse().map_err(|_| BadNotice::Forged)?;
    if now_seconds.abs_diff(seconds) > TOLERANCE_SECONDS {
        return Err(BadNotice::Stale);
    }
    Ok(())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
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
        | "charge.dispute.updated"
        | "charge.dispute.closed" => object
            .payment_intent
            .map(|payment| Notice::Payment(payment.into_id())),
        _ => None,
    }
    .unwrap_or(Notice::Unrelated { kind: event.kind })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const SECRET: &str = "whsec_of_the_tests";
    const NOW: i64 = 1_790_000_000;
    const EVENT: &str = r#"{"id": "evt_1", "type": "checkout.session.completed",
        "api_version": "2011-01-01", "data": {"object": {"id": "cs_test_1", "status": "new in 2031"}}}"#;

    fn signed(body: &str, secret: &str, seconds: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{seconds}.{body}").as_bytes());
        let mut signature = format!("t={seconds},v1=");
        for byte in mac.finalize().into_bytes() {
            write!(signature, "{byte:02x}").unwrap();
        }
        signature
    }

    #[test]
    fn a_signature_that_openssl_made_is_good() {
        // printf %s '1790000000.{"type":"x","data":{"object":{}}}' | openssl dgst -sha256 -hmac whsec_of_the_tests
        let body = r#"{"type":"x","data":{"object":{}}}"#;
        let signature =
            "t=1790000000,v1=8bb0d9fd8c7eba87c7ad2ae1dabde3875de041741c0747207dfe9333bf1cdc6f";
        let kind = "x".to_owned();
        assert_eq!(read_at(signature, body), Ok(Notice::Unrelated { kind }));
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
