//! A short text that stands for the whole content of an array or object.
//!
//! The Data API orders containers among strings by this text, so it has to be the same one: a type letter and the
//! number of parts, then a line for each field name and each value, where a value of 22 characters and more is
//! replaced by its MD5 in Base64 (`DocValueHasher` of <https://github.com/stargate/data-api>). MD5 guards nothing
//! here: whoever looks an exact content up compares the contents afterwards.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::ejson;
use crate::json::{Object, Value};
use crate::number;

/// From this many characters on a text is replaced by its MD5, which is written with as many.
const HASHED_FROM: usize = 22;

/// Numbers are hashed written out, but not with more zeros than this.
const PLAIN_EXPONENT: i64 = 1000;

pub(crate) fn of_array(items: &[Value]) -> String {
    let mut text = format!("A{}", items.len());
    for item in items {
        text.push('\n');
        text.push_str(&of(item));
    }
    bounded(text)
}

pub(crate) fn of_object(object: &Object) -> String {
    let mut text = format!("O{}", object.len());
    for (name, value) in object {
        // Writing to a string does not fail.
        let _ = write!(text, "\n{name}\n{}", of(value));
    }
    bounded(text)
}

/// The fingerprint of an array or object.
pub(crate) fn of_container(value: &Value) -> String {
    of(value)
}

fn of(value: &Value) -> String {
    match value {
        Value::Null => "Z".to_owned(),
        Value::Bool(value) => format!("B{}", u8::from(*value)),
        Value::Number(text) => {
            bounded(format!("N{}", number::plain(text.as_str(), PLAIN_EXPONENT)))
        }
        Value::String(text) => bounded(format!("S{text}")),
        Value::Array(items) => of_array(items),
        Value::Object(object) => match ejson::date(object) {
            Some(instant) => format!("T{instant}"),
            None => of_object(object),
        },
    }
}

fn bounded(text: String) -> String {
    // The real server counts UTF-16 units.
    if text.encode_utf16().take(HASHED_FROM).count() < HASHED_FROM {
        text
    } else {
        STANDARD_NO_PAD.encode(*md5::compute(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn fingerprint(text: &str) -> String {
        of(&json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn short_content_is_written_out() {
        assert_eq!(fingerprint("[]"), "A0");
        assert_eq!(fingerprint(r#"{"v":12}"#), "O1\nv\nN12");
        assert_eq!(
            fingerprint(r#"[true,null,"a",{"$date":5}]"#),
            "A4\nB1\nZ\nSa\nT5"
        );
    }

    #[test]
    fn long_content_is_hashed() {
        let text = "[1,2,3,4,5,6,7,8,9,10]";
        assert_eq!(fingerprint(text).len(), 22);
        assert_ne!(fingerprint(text), fingerprint("[1,2,3,4,5,6,7,8,9,11]"));
    }

    #[test]
    fn numbers_of_one_value_are_one_content() {
        assert_eq!(fingerprint("[1,20]"), fingerprint("[1.0,2e1]"));
        assert_eq!(fingerprint("[0.001]"), "A1\nN0.001");
    }

    #[test]
    fn a_huge_exponent_stays_short() {
        assert_eq!(fingerprint("[1e1000000000]"), "A1\nN1E+1000000000");
    }
}
