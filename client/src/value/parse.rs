//! Reads a [`Value`] from JSON text, in one pass, with its numbers as they are written.

use std::str::FromStr;

use serde::de::{Error as _, IgnoredAny};
use serde_json::Error;

use super::{Document, Value};
use crate::json::Reader;

/// What a reply may nest before it is refused: what fits on a stack of 256 KiB, even unoptimized.
/// Documents of the Data API are 16 levels deep at most.
const MAX_DEPTH: usize = 64;

/// Parses JSON text, keeping its numbers.
impl FromStr for Value {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader::with_max_depth(text, MAX_DEPTH);
        let value = reader.value();
        let read = value.and_then(|value| reader.end().map(|()| value));
        // The error has line and column: serde_json counts lines, which nothing has to do as long as
        // all is well.
        read.map_err(|error| {
            let placed = serde_json::from_str::<IgnoredAny>(text).err();
            placed.unwrap_or(error)
        })
    }
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, Error> {
        match self.next_byte() {
            Some(b'{') => self.nested(Self::object).map(Value::Object),
            Some(b'[') => self.nested(Self::array).map(Value::Array),
            Some(b'"') => self.string().map(|text| Value::String(text.into_owned())),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => {
                let number = self.number()?;
                Ok(Value::Number(number.parse().map_err(Error::custom)?))
            }
        }
    }

    fn object(&mut self) -> Result<Document, Error> {
        let mut document = Document::new();
        self.take(b'{')?;
        if self.skip(b'}') {
            return Ok(document);
        }
        loop {
            let name = self.key()?;
            let value = self.value()?;
            document.insert(name, value);
            if !self.skip(b',') {
                self.take(b'}')?;
                return Ok(document);
            }
        }
    }

    fn array(&mut self) -> Result<Vec<Value>, Error> {
        let mut values = Vec::new();
        self.take(b'[')?;
        if self.skip(b']') {
            return Ok(values);
        }
        loop {
            values.push(self.value()?);
            if !self.skip(b',') {
                self.take(b']')?;
                return Ok(values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Result<Value, Error> {
        text.parse()
    }

    proptest! {
        #[test]
        fn what_is_json_to_serde_json_is_json_here(text in "[\\[\\]{},:\"01a.e\\\\ -]{0,12}") {
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text);
            prop_assert_eq!(value(&text).is_ok(), theirs.is_ok(), "{:?}", theirs);
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1,]",
            "[1 2]",
            "[,1]",
            "tru",
            "nul",
            "\"",
            "\"\\\"",
            "\"\u{1}\"",
            "\"\\x\"",
            "1 2",
            "1a",
            "{\"a\":1}}",
            "[1]]",
            "é",
            "{\"a\" 1}",
            "\u{a0}1",
        ] {
            assert!(
                serde_json::from_str::<serde_json::Value>(text).is_err(),
                "{text}"
            );
            assert!(value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn white_space_and_escapes_are_read() {
        let value = value(" {\"\\u00e9\\\\\" : [ 1 , \"a\\\"b\" ,\ttrue\n] , \"b\":{ } }\r\n")
            .expect("JSON");
        assert_eq!(
            value.to_string(),
            "{\"é\\\\\":[1,\"a\\\"b\",true],\"b\":{}}"
        );
    }

    #[test]
    fn a_value_nested_too_deep_is_refused_and_does_not_exhaust_the_stack() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(&nested(MAX_DEPTH)).is_ok());
        let error = nested(1_000_000).parse::<Value>().unwrap_err();
        assert!(
            error.to_string().contains("nested deeper than 64 levels"),
            "{error}"
        );
    }
}
