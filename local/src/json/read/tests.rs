use proptest::prelude::*;

use super::*;

fn kind(text: &str) -> ParseErrorKind {
    parse(text.as_bytes()).expect_err(text).kind
}

fn round_trip(text: &str) -> String {
    parse(text.as_bytes()).expect(text).to_json()
}

#[test]
fn numbers_keep_their_text() {
    let text = r"[0,-0,1.50,1E+3,12345678901234567890.123456789,1e-400]";
    assert_eq!(round_trip(text), text);
}

#[test]
fn numbers_that_are_not_json_are_refused() {
    for text in [
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "-",
        "--1",
        "1x",
        "0x10",
        "NaN",
        "-Infinity",
        "1_000",
        "1.2.3",
    ] {
        assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
    }
}

#[test]
fn a_number_may_have_a_hundred_digits_and_no_more() {
    let hundred = "9".repeat(100);
    assert_eq!(round_trip(&format!("-{hundred}")), format!("-{hundred}"));
    assert_eq!(kind(&format!("{hundred}9")), ParseErrorKind::NumberTooLong);
    assert_eq!(kind(&format!("0.{hundred}")), ParseErrorKind::NumberTooLong);
    assert_eq!(
        kind(&format!("{}e10", "9".repeat(99))),
        ParseErrorKind::NumberTooLong
    );
}

#[test]
fn a_name_may_have_fifty_thousand_bytes_and_no_more() {
    let named = |name: &str| format!("{{\"{name}\":1}}");
    let longest = named(&"é".repeat(25_000));
    assert_eq!(round_trip(&longest), longest);
    for name in ["a".repeat(50_001), "\\u00e9".repeat(25_001)] {
        assert_eq!(kind(&named(&name)), ParseErrorKind::NameTooLong);
    }
    assert!(parse_stored(&named(&"a".repeat(50_001))).is_ok());
}

#[test]
fn long_arrays_take_the_room_they_need() {
    let item = r#"{"a":["]",1,2],"b":"x\\\"]"}"#;
    for count in [LONG - 1, LONG, LONG + 1, 10 * LONG + 1] {
        let text = format!("[[{}],1]", vec![item; count].join(","));
        let value = parse(text.as_bytes()).expect("JSON");
        let Some(Value::Array(items)) = value.as_array().and_then(<[Value]>::first) else {
            panic!("an array");
        };
        assert_eq!((items.len(), items.capacity()), (count, count));
    }
    let open = format!("[{}", "1,".repeat(100_000));
    assert!(matches!(kind(&open), ParseErrorKind::Syntax(_)));
}

#[test]
fn exponents_are_limited_to_32_bits() {
    assert_eq!(round_trip("1e2147483647"), "1e2147483647");
    for text in ["1e2147483648", "0E-9999999999"] {
        assert_eq!(kind(text), ParseErrorKind::ExponentTooLarge, "{text}");
    }
}

#[test]
fn a_key_given_twice_is_refused_at_any_depth() {
    let error = parse(br#"{"a":[{"b":1,"c":2,"b":3}]}"#).expect_err("b is given twice");
    assert_eq!(
        error,
        ParseError {
            kind: ParseErrorKind::DuplicateKey("b".to_owned()),
            offset: 19
        }
    );
    assert_eq!(
        kind(r#"{"a":1,"\u0061":2}"#),
        ParseErrorKind::DuplicateKey("a".to_owned())
    );
}

#[test]
fn text_after_the_value_is_ignored() {
    assert_eq!(round_trip("{\"a\":1}} and more"), r#"{"a":1}"#);
}

#[test]
fn nothing_but_space_is_empty() {
    assert_eq!(kind(""), ParseErrorKind::Empty);
    assert_eq!(kind(" \r\n\t"), ParseErrorKind::Empty);
}

#[test]
fn escapes_are_decoded() {
    let value = parse(br#""\u00e9\ud83d\ude00\n\/\"\\\u0000""#).expect("escapes");
    assert_eq!(value, Value::from("é😀\n/\"\\\0"));
    assert_eq!(value.to_json(), r#""é😀\n/\"\\\u0000""#);
}

#[test]
fn surrogates_without_a_partner_are_refused() {
    for text in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud800x""#,
        r#""\ud8""#,
        r#""\ud800\"#,
    ] {
        assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
    }
}

#[test]
fn broken_text_is_refused() {
    for text in [
        "{",
        "}",
        "{\"a\"",
        "{\"a\":}",
        "{\"a\":1",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,}",
        "[1,]",
        "[1 2]",
        "\"a",
    ] {
        assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
    }
    for text in [
        "\"tab\there\"",
        "\"\\x\"",
        "undefined",
        "nulls",
        "tru",
        "// c\n1",
        "<a/>",
    ] {
        assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
    }
    assert_eq!(parse(b"\"\xff\"").expect_err("not UTF-8").offset, 1);
}

#[test]
fn a_thousand_levels_are_safe_on_a_worker_threads_stack() {
    let nested = |levels: usize| {
        format!(
            "{}1{}",
            "[{\"a\":".repeat(levels / 2),
            "}]".repeat(levels / 2)
        )
    };
    let text = nested(1000);
    let read = move || {
        let value = parse(text.as_bytes()).expect("a thousand levels");
        assert_eq!(value.to_json(), text);
        assert_eq!(kind(&nested(1002)), ParseErrorKind::TooDeep);
        assert_eq!(kind(&"[".repeat(1_000_000)), ParseErrorKind::TooDeep);
        value
    };
    let on_stack = |kilobytes: usize| std::thread::Builder::new().stack_size(kilobytes * 1024);
    let value = on_stack(512)
        .spawn(read)
        .expect("a thread")
        .join()
        .expect("no overflow");
    let copy = move || assert_eq!(value.clone(), value);
    on_stack(2048)
        .spawn(copy)
        .expect("a thread")
        .join()
        .expect("no overflow");
}

/// Any JSON text without equal keys, as `serde_json` would write it.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read_and_written_alike(value in any_json(), pretty: bool) {
        let compact = value.to_string();
        let text = if pretty { format!("{value:#}") } else { compact.clone() };
        let ours = parse(text.as_bytes()).expect("valid JSON").to_json();
        prop_assert_eq!(ours, compact);
    }

    #[test]
    fn any_bytes_are_accepted_or_refused_as_serde_json_does(text in r#"[\[\]{}",:0-9eE.\-+tfnrulase \\u]{0,24}"#) {
        let theirs = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>().next();
        // Neither a number beyond a double nor what follows a value is a fault of the text here.
        let theirs = match theirs {
            Some(Err(error)) => ["out of range", "trailing characters"].iter().any(|part| error.to_string().contains(part)),
            read => read.is_some(),
        };
        match parse(text.as_bytes()) {
            Ok(_) => prop_assert!(theirs, "only we accept {}", text),
            // A number directly followed by more, and equal keys, are refused here alone.
            Err(error) => prop_assert!(
                !theirs || matches!(error.kind, ParseErrorKind::DuplicateKey(_) | ParseErrorKind::ExponentTooLarge)
                    || error.kind == ParseErrorKind::Syntax("a number is not well formed"),
                "only we refuse {}: {}", text, error
            ),
        }
    }
}
