//! Reads the text of one JSON value in one pass, keeping the text of its numbers.
//!
//! `serde_json` offers text for numbers only through `RawValue`, level by level, which reads a
//! nested value once for each level it is in.

use serde::de::Error as _;
use serde_json::Error;

use super::{Document, Value};

/// The same bound as `serde_json`'s own recursion limit: what a hostile reply may nest before it is
/// refused.
const MAX_DEPTH: usize = 128;

pub(super) fn read(text: &str) -> Result<Value, Error> {
    let mut reader = Reader {
        rest: text,
        depth_left: MAX_DEPTH,
    };
    let value = reader.value()?;
    match reader.next_byte() {
        None => Ok(value),
        Some(_) => Err(reader.unexpected("the end")),
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth_left: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, Error> {
        match self.next_byte() {
            Some(b'{') => self.nested(Self::object).map(Value::Object),
            Some(b'[') => self.nested(Self::array).map(Value::Array),
            Some(b'"') => self.string().map(Value::String),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => self.number(),
        }
    }

    fn nested<T>(&mut self, read: fn(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or_else(|| {
            Error::custom(format_args!(
                "the value is nested deeper than {MAX_DEPTH} levels"
            ))
        })?;
        let value = read(self)?;
        self.depth_left += 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Document, Error> {
        let mut document = Document::new();
        self.take(b'{')?;
        if self.skip(b'}') {
            return Ok(document);
        }
        loop {
            self.next_byte();
            let name = self.string()?;
            self.take(b':')?;
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

    fn string(&mut self) -> Result<String, Error> {
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let closing = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closing
        });
        // Two quotes are outside of what was counted.
        let literal = end
            .and_then(|end| self.rest.get(..end + 2))
            .ok_or_else(|| self.unexpected("a string"))?;
        self.rest = &self.rest[literal.len()..];
        serde_json::from_str(literal)
    }

    fn number(&mut self) -> Result<Value, Error> {
        let end = self
            .rest
            .find([',', '}', ']', ' ', '\n', '\r', '\t'])
            .unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at(end);
        let number = literal.parse().map_err(Error::custom)?;
        self.rest = rest;
        Ok(Value::Number(number))
    }

    fn literal(&mut self, literal: &str, value: Value) -> Result<Value, Error> {
        self.rest = self
            .rest
            .strip_prefix(literal)
            .ok_or_else(|| self.unexpected(literal))?;
        Ok(value)
    }

    /// Skips white space and looks at what follows.
    fn next_byte(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        self.rest.bytes().next()
    }

    fn skip(&mut self, punctuation: u8) -> bool {
        let found = self.next_byte() == Some(punctuation);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn take(&mut self, punctuation: u8) -> Result<(), Error> {
        if self.skip(punctuation) {
            return Ok(());
        }
        Err(self.unexpected(char::from(punctuation).encode_utf8(&mut [0; 4])))
    }

    fn unexpected(&self, expected: &str) -> Error {
        let found: String = self.rest.chars().take(20).collect();
        Error::custom(format_args!(
            "expected `{expected}` in JSON, found `{found}`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_json_to_serde_json_is_json_here(text in "[\\[\\]{},:\"01a.e\\\\ -]{0,12}") {
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text);
            prop_assert_eq!(read(&text).is_ok(), theirs.is_ok(), "{:?}", theirs);
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
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn white_space_and_escapes_are_read() {
        let value = read(" {\"\\u00e9\\\\\" : [ 1 , \"a\\\"b\" ,\ttrue\n] , \"b\":{ } }\r\n")
            .expect("JSON");
        assert_eq!(
            value.to_string(),
            "{\"é\\\\\":[1,\"a\\\"b\",true],\"b\":{}}"
        );
    }

    #[test]
    fn a_value_nested_too_deep_is_refused_and_does_not_exhaust_the_stack() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        let error = nested(1_000_000).parse::<Value>().unwrap_err();
        assert!(
            error.to_string().contains("nested deeper than 128 levels"),
            "{error}"
        );
    }
}
