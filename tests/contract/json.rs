//! JSON whose numbers keep every digit: the answers are compared by exact value, not by the nearest double.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use bigdecimal::BigDecimal;
use indexmap::IndexMap;
use serde_json::value::RawValue;

/// A JSON value. Equality ignores the order of an object's fields and compares numbers by value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    List(Vec<Self>),
    Object(IndexMap<String, Self>),
}

/// A number and the text it was written with.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    text: String,
    value: BigDecimal,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Number {
    /// Reads a JSON number, `None` where the text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let first = text.bytes().find(|byte| *byte != b'-')?;
        if !first.is_ascii_digit() {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            value: text.parse().ok()?,
        })
    }

    pub(crate) fn value(&self) -> &BigDecimal {
        &self.value
    }

    /// The nearest double, for the comparisons that are meant to be loose.
    pub(crate) fn nearest(&self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }
}

impl<T: Into<BigDecimal> + ToString> From<T> for Number {
    fn from(number: T) -> Self {
        Self {
            text: number.to_string(),
            value: number.into(),
        }
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl Json {
    /// Reads JSON text.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        // RawValue checks the syntax and keeps the text, so that numbers never pass through a double.
        let raw: &RawValue = serde_json::from_str(text)?;
        Self::from_raw(raw)
    }

    fn from_raw(raw: &RawValue) -> anyhow::Result<Self> {
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let fields: IndexMap<String, &RawValue> = serde_json::from_str(text)?;
                let read = |(name, raw)| Ok((name, Self::from_raw(raw)?));
                Self::Object(
                    fields
                        .into_iter()
                        .map(read)
                        .collect::<anyhow::Result<_>>()?,
                )
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                let items = items.into_iter().map(Self::from_raw);
                Self::List(items.collect::<anyhow::Result<_>>()?)
            }
            Some(b'"') => Self::String(serde_json::from_str(text)?),
            _ => Self::from_word(text).with_context(|| format!("{text} is not JSON"))?,
        })
    }

    /// `null`, `true`, `false` or a number.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "null" => Some(Self::Null),
            "true" => Some(Self::Bool(true)),
            "false" => Some(Self::Bool(false)),
            _ => Number::parse(word).map(Self::Number),
        }
    }

    /// The field of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    pub(crate) fn as_object(&self) -> Option<&IndexMap<String, Self>> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number as a whole one, `None` where it is none.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.text.parse().ok(),
            _ => None,
        }
    }

    /// The value at a dotted path: names of fields, positions in lists.
    pub(crate) fn dig(&self, path: &str) -> anyhow::Result<&Self> {
        let mut value = self;
        for part in path.split('.') {
            let inner = match value {
                Self::Object(fields) => fields.get(part),
                Self::List(items) => part.parse().ok().and_then(|index: usize| items.get(index)),
                _ => None,
            };
            let Some(inner) = inner else {
                bail!("no {part} of {path} in {}", self.short(160));
            };
            value = inner;
        }
        Ok(value)
    }

    /// The JSON text, numbers as they were written.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// At most `length` characters of the text.
    pub(crate) fn short(&self, length: usize) -> String {
        let text = self.to_text();
        match text.char_indices().nth(length) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => _ = write!(out, "{value}"),
            Self::Number(number) => out.push_str(&number.text),
            Self::String(text) => write_string(text, out),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    separate(index, out);
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    separate(index, out);
                    write_string(name, out);
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push_str(", ");
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text_and_compare_by_exact_value() {
        let long = "0.1000000000000000055511151231257827";
        assert_eq!(Json::parse(long).unwrap().to_text(), long);
        assert_ne!(Json::parse(long).unwrap(), Json::parse("0.1").unwrap());
        assert_eq!(Json::parse("5.0").unwrap(), Json::parse("5").unwrap());
        assert_eq!(Json::parse("1.5E+3").unwrap(), Json::parse("1500").unwrap());
    }

    #[test]
    fn objects_compare_without_regard_to_order() {
        let one = Json::parse(r#"{"a": 1, "b": [true, null, "x"]}"#).unwrap();
        let other = Json::parse(r#"{"b": [true, null, "x"], "a": 1.0}"#).unwrap();
        assert_eq!(one, other);
        assert_ne!(one, Json::parse(r#"{"a": 1}"#).unwrap());
    }

    #[test]
    fn what_is_read_is_written_back() {
        let text = r#"{"a\n": [1, -2.50, 1E+20, true, null, "é\" \u0000"], "b": {}}"#;
        assert_eq!(Json::parse(text).unwrap().to_text(), text);
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(Json::parse(&deep).unwrap().to_text(), deep);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "{", "{'a': 1}", "[1,]", "nan", "01", "-", "1 2"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_leads_through_objects_and_lists() {
        let value = Json::parse(r#"{"a": [{"b": 7}]}"#).unwrap();
        assert_eq!(value.dig("a.0.b").unwrap(), &Json::from(7));
        assert!(value.dig("a.1.b").is_err());
    }
}
