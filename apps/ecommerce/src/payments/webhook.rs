//! Messages from Stripe, believed only as far as their signature reaches.
//!
//! Of a message that is Stripe's the shop reads what kind it is and which session or payment it is
//! about, and then asks Stripe. So it does not matter which version of the API an event was written
//! for, in which order events come, or how often.

mod event;

use std::collections::BTreeSet;

use astra_db::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use event::Event;

/// How old a signature may be, or how far ahead: what Stripe's own libraries allow.
const TOLERANCE_SECONDS: u64 = 300;

/// How much of an event's kind is kept for the log, in characters.
const LONGEST_KIND: usize = 100;

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

pub(super) fn read<'header>(
    secret: &SecretString,
    signatures: impl IntoIterator<Item = &'header str>,
    body: &[u8],
    now: Timestamp,
) -> Result<Notice, BadNotice> {
    verify(secret, signatures, body, now.as_millis() / 1_000)?;
    let event = Event::read(body).map_err(|_| BadNotice::Unreadable)?;
    Ok(about(event))
}

/// More fields of a signature than this are not looked at. Stripe sends one for each secret that is
/// valid, and while a secret is being replaced there are two.
const MOST_FIELDS: usize = 32;
/// Nor are more times: each costs a look at the whole message.
const MOST_TIMES: usize = 4;

/// `t=<seconds>,v1=<hex>,v1=<hex>`: one of the `v1` must be the HMAC-SHA256 of `<seconds>.<body>`,
/// and the seconds must be of about now. Spaces around fields count for nothing. A proxy can repeat
/// the header or join two of them, so there can be several times, too.
///
/// <https://docs.stripe.com/webhooks#verify-manually>
fn verify<'header>(
    secret: &SecretString,
    signatures: impl IntoIterator<Item = &'header str>,
    body: &[u8],
    now_seconds: i64,
) -> Result<(), BadNotice> {
    let fields = signatures.into_iter().flat_map(|it| it.split(','));
    let fields = fields.filter_map(|field| field.split_once('='));
    let fields = fields.map(|(name, value)| (name.trim(), value.trim()));
    let fields: Vec<(&str, &str)> = fields.take(MOST_FIELDS).collect();
    let values_of = |wanted| {
        let of_this_name = fields.iter().filter(move |(name, _)| *name == wanted);
        of_this_name.map(|(_, value)| *value)
    };
    let candidates: Vec<[u8; 32]> = values_of("v1").filter_map(from_hex).collect();
    let times: BTreeSet<&str> = values_of("t").collect();
    let key = secret.expose_secret().as_bytes();
    let key = Hmac::<Sha256>::new_from_slice(key).map_err(|_| BadNotice::Forged)?;
    let mut problem = BadNotice::Forged;
    for time in times.into_iter().take(MOST_TIMES) {
        let mut expected = key.clone();
        expected.update(time.as_bytes());
        expected.update(b".");
        expected.update(body);
        // `verify_slice` takes the same time however much of it fits.
        let mut candidates = candidates.iter();
        if !candidates.any(|it| expected.clone().verify_slice(it).is_ok()) {
            continue;
        }
        match time.parse::<i64>() {
            Ok(seconds) if now_seconds.abs_diff(seconds) <= TOLERANCE_SECONDS => return Ok(()),
            Ok(_) => problem = BadNotice::Stale,
            Err(_) => {}
        }
    }
    Err(problem)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| {
        let digit = char::from(byte).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Whether it can be an id of Stripe's, which end in addresses that the shop asks.
///
/// Stripe promises no more than 255 characters
/// (<https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backward-compatible>);
/// its ids have been letters, digits and underscores so far.
fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=255).contains(&text.len()) && text.bytes().all(is_part)
}

fn about(event: Event) -> Notice {
    match event.kind.as_str() {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed"
        | "checkout.session.expired" => event.id.filter(|id| is_id(id)).map(Notice::Session),
        "charge.refunded"
        | "charge.refund.updated"
        | "refund.created"
        | "refund.updated"
        | "refund.failed"
        | "charge.dispute.created"
        | "charge.dispute.updated"
        | "charge.dispute.closed" => {
            let payment = event.payment_intent.filter(|id| is_id(id));
            payment.map(Notice::Payment)
        }
        _ => None,
    }
    .unwrap_or_else(|| {
        let kind = event.kind.chars().take(LONGEST_KIND).collect();
        Notice::Unrelated { kind }
    })
}

#[cfg(test)]
mod adversarial_tests;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const SECRET: &str = "whsec_of_the_tests";
    const NOW: i64 = 1_790_000_000;
    const EVENT: &str = r#"{"id": "evt_1", "type": "checkout.session.completed",
        "api_version": "2011-01-01", "data": {"object": {"id": "cs_test_1", "status": "new in 2031"}}}"#;

    pub(super) fn signed(body: &str, secret: &str, seconds: i64) -> String {
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
        read(&SECRET.into(), [signature], body.as_bytes(), now)
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
    fn what_is_signed_and_has_another_shape_is_unrelated() {
        let thin = r#"{"id": "evt_1", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found",
            "related_object": null, "livemode": false, "context": null, "data": {"reason": {}}}"#;
        let session = "checkout.session.completed";
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let of_id = |id: &str| {
            format!(r#"{{"type": "{session}", "data": {{"object": {{"id": "{id}"}}}}}}"#)
        };
        for (body, kind) in [
            (thin.to_owned(), "v1.billing.meter.no_meter_found"),
            (format!(r#"{{"type": "{session}"}}"#), session),
            (format!(r#"{{"type": "{session}", "data": null}}"#), session),
            (
                format!(r#"{{"type": "{session}", "data": [1, {{}}]}}"#),
                session,
            ),
            (
                format!(r#"{{"type": "{session}", "data": {{"object": [{{"id": "cs_1"}}]}}}}"#),
                session,
            ),
            (
                format!(r#"{{"type": "{session}", "data": {{"object": {{"id": 1.5}}}}}}"#),
                session,
            ),
            (
                format!(r#"{{"type": "{session}", "data": {{"object": {deep}}}}}"#),
                session,
            ),
            (of_id(""), session),
            (of_id("?limit=1"), session),
            (of_id("../refunds"), session),
            (of_id("cs 1"), session),
            (of_id(&"c".repeat(256)), session),
            (
                r#"{"type": "charge.refunded", "data": {"object": {"payment_intent": {"id": 7}}}}"#
                    .to_owned(),
                "charge.refunded",
            ),
            (r#"{"type": {"a": []}, "data": true}"#.to_owned(), ""),
            ("{}".to_owned(), ""),
            ("[]".to_owned(), ""),
            ("17".to_owned(), ""),
            ("null".to_owned(), ""),
        ] {
            let kind = kind.to_owned();
            let notice = read_at(&signed(&body, SECRET, NOW), &body);
            assert_eq!(
                notice,
                Ok(Notice::Unrelated { kind }),
                "{}",
                &body[..body.len().min(200)]
            );
        }
    }

    #[test]
    fn what_surrounds_the_id_can_have_any_shape() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let body = format!(
            r#"{{"type": "x", "api_version": {deep}, "data": {{"previous_attributes": {deep}, "object": {{"id": 1, "id": "cs_1",
                "payment_intent": {deep}, "line_items": {{"a": {deep}}}}}}}, "type": "checkout.session.expired"}}"#
        );
        let notice = read_at(&signed(&body, SECRET, NOW), &body);
        assert_eq!(notice, Ok(Notice::Session("cs_1".to_owned())));
    }

    #[test]
    fn signatures_are_read_however_proxies_write_them() {
        let good = signed(EVENT, SECRET, NOW);
        let (time, v1) = good.split_once(',').unwrap();
        let other = signed(EVENT, "whsec_of_another_endpoint", NOW - 1);
        let spaced = format!(" {time} , {} , v0 = 1", v1.replace('=', " = "));
        let joined = format!("{other}, {good}");
        let doubled = format!("{other},{other},{good}");
        for signatures in [
            vec![spaced.as_str()],
            vec![joined.as_str()],
            vec![doubled.as_str()],
            vec![good.as_str(), other.as_str()],
            vec![other.as_str(), good.as_str()],
            vec!["", "nonsense", good.as_str()],
            vec![time, v1],
        ] {
            let now = Timestamp::from_millis(NOW * 1_000);
            let notice = read(&SECRET.into(), signatures.clone(), EVENT.as_bytes(), now);
            assert!(notice.is_ok(), "{signatures:?}: {notice:?}");
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
