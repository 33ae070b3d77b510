//! Messages of any depth, length and width, on a small stack.

use std::fmt::Write as _;

use proptest::prelude::*;
use test_support::small_stack::run;

use super::{BadNotice, Notice, read, tests::signed};

const SECRET: &str = "whsec_of_the_tests";
const NOW: i64 = 1_790_000_000;

fn read_on_a_small_stack(signatures: &[String], body: &[u8]) -> Result<Notice, BadNotice> {
    run(|| {
        let now = astra_db::Timestamp::from_millis(NOW * 1_000);
        let signatures = signatures.iter().map(String::as_str);
        read(&SECRET.into(), signatures, body, now)
    })
}

fn read_signed(body: &str) -> Result<Notice, BadNotice> {
    read_on_a_small_stack(&[signed(body, SECRET, NOW)], body.as_bytes())
}

/// JSON that is deep, wide or long, and where it ends.
fn large_json() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_usize..8_000).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
        (0_usize..3_000).prop_map(|depth| format!(
            "{}1{}",
            r#"{"id":"#.repeat(depth),
            "}".repeat(depth)
        )),
        (0_usize..2_000).prop_map(|width| {
            let mut wide = "{".to_owned();
            for number in 0..width {
                write!(wide, r#""{number}":null,"#).unwrap();
            }
            wide + r#""id":"cs_1"}"#
        }),
        (0_usize..2_000).prop_map(|length| format!("\"{}\"", "x".repeat(length))),
        (1_usize..3_000).prop_map(|digits| "9".repeat(digits)),
        any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        Just("null".to_owned()),
    ]
}

proptest! {
    #[test]
    fn adversarial_signed_events_are_acknowledged(
        part in 0..5, json in large_json(), kind in "checkout.session.(completed|expired)|charge.refunded|.{0,20}",
    ) {
        let kind = serde_json::Value::from(kind);
        let body = match part {
            0 => json,
            1 => format!(r#"{{"type":{json},"data":{{"object":{{"id":"cs_1"}}}}}}"#),
            2 => format!(r#"{{"type":{kind},"data":{json}}}"#),
            3 => format!(r#"{{"type":{kind},"data":{{"object":{json}}}}}"#),
            _ => format!(r#"{{"type":{kind},"data":{{"object":{{"id":{json},"payment_intent":{json},"more":{json}}}}}}}"#),
        };
        let notice = read_signed(&body);
        // Beyond what a float holds a number is not JSON to serde_json, and not to Stripe either.
        prop_assert!(notice.is_ok() || body.contains("9999999999"), "{notice:?}");
        if let Ok(Notice::Unrelated { kind }) = notice {
            prop_assert!(kind.chars().count() <= super::LONGEST_KIND);
        }
    }

    #[test]
    fn adversarial_bytes_are_refused_or_read(body in prop::collection::vec(any::<u8>(), 0..5_000)) {
        let unsigned = read_on_a_small_stack(&["t=1,v1=00".to_owned()], &body);
        prop_assert_eq!(unsigned, Err(BadNotice::Forged));
        let text = String::from_utf8_lossy(&body);
        let _answered_either_way = read_signed(&text);
    }

    #[test]
    fn adversarial_signatures_are_refused(
        headers in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                ("(t|v1|v0| |,|=|é){0,8}", 0_usize..500).prop_map(|(part, times)| part.repeat(times)),
                (0_usize..2_000).prop_map(|times| "t=1790000000,".repeat(times)),
                (0_usize..2_000).prop_map(|times| format!("t=1790000000{}", ",v1=00".repeat(times))),
                (0_usize..2_000).prop_map(|digits| format!("t={},v1={}", "9".repeat(digits), "f".repeat(digits))),
            ],
            0..10,
        ),
    ) {
        let refused = read_on_a_small_stack(&headers, b"{}");
        prop_assert_eq!(refused, Err(BadNotice::Forged));
    }
}
