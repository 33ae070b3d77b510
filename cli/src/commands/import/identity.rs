//! An `_id` for documents that bring none, the same whenever the same line of the same file is imported.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// An object, of which one field matters.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "_id", default)]
    id: Presence,
}

/// Whether a field is there, `null` included.
#[derive(Default)]
struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// Checks that the text is a JSON object and gives it an `_id` if it has none: a UUID (version 8) of the file's name, the
/// line and the text. The text is in it, so that a changed line is another document; the line is, so that two equal
/// lines are two documents.
pub(super) fn identified(file: &str, line: u64, text: &str) -> Result<Box<RawValue>, String> {
    let probe = probe(text)?;
    let text = text.trim();
    let json = if probe.id.0 {
        text.to_owned()
    } else {
        with_id(file, line, text)
    };
    RawValue::from_string(json).map_err(|error| no_object(&error))
}

/// Checks that the text is a JSON object.
pub(super) fn object(text: &str) -> Result<Box<RawValue>, String> {
    probe(text)?;
    RawValue::from_string(text.trim().to_owned()).map_err(|error| no_object(&error))
}

fn probe(text: &str) -> Result<Probe, String> {
    let probe = serde_json::from_str(text);
    // Serde takes a list for a struct, too.
    if !text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return Err("it is JSON, but not an object".to_owned());
    }
    probe.map_err(|error| no_object(&error))
}

fn with_id(file: &str, line: u64, text: &str) -> String {
    let mut hash = Sha256::new();
    for part in [file.as_bytes(), &line.to_be_bytes(), text.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    let id = Uuid::new_v8(bytes);
    let rest = text[1..].trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    format!(r#"{{"_id":{{"$uuid":"{id}"}}{comma}{rest}"#)
}

fn no_object(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let column = error.column();
    // Serde counts from where the document begins, which is mostly the only line it has.
    match error.line() {
        0 | 1 => format!("it is not a JSON object: {said} (column {column})"),
        line => format!("it is not a JSON object: {said} (column {column} of its line {line})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_file_line_and_text_and_stays_the_same() {
        let of = |file, line, text| identified(file, line, text).unwrap().get().to_owned();
        let first = of("a", 1, r#"{"x":1}"#);
        assert_eq!(first, of("a", 1, r#" {"x":1} "#));
        assert!(
            first.starts_with(r#"{"_id":{"$uuid":""#) && first.ends_with(r#""},"x":1}"#),
            "{first}"
        );
        for other in [
            of("b", 1, r#"{"x":1}"#),
            of("a", 2, r#"{"x":1}"#),
            of("a", 1, r#"{"x":2}"#),
        ] {
            assert_ne!(first[..50], other[..50]);
        }
        assert!(of("a", 1, "{ }").ends_with(r#""}}"#));
    }

    #[test]
    fn an_id_that_is_there_stays() {
        for text in [r#"{"x":1,"_id":"a"}"#, r#"{"_id":1.50}"#, r#"{"_id":null}"#] {
            assert_eq!(identified("a", 1, text).unwrap().get(), text);
        }
    }

    #[test]
    fn what_is_no_object_is_told_of() {
        let of = |text| identified("a", 1, text).unwrap_err();
        assert_eq!(of("[1]"), "it is JSON, but not an object");
        assert_eq!(
            of("{\"a\":}"),
            "it is not a JSON object: expected value (column 6)"
        );
        assert_eq!(
            of("{\"a\":1"),
            "it is not a JSON object: EOF while parsing an object (column 6)"
        );
        assert_eq!(
            of("{\"_id\":1,\"_id\":2}"),
            "it is not a JSON object: duplicate field `_id` (column 14)"
        );
        assert_eq!(
            object("{} x").unwrap_err(),
            "it is not a JSON object: trailing characters (column 4)"
        );
    }
}
