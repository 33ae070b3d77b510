//! JSON that a stranger typed: data only, and not too much of it.

use astra_db::{Document, Value};
use shared::json::depth;

/// Characters of a JSON text. A modal's input and Discord's own patience end there too.
pub const MAX_TEXT: usize = 4_000;
/// Levels of objects and arrays. The Data API takes 16, two of which the bot needs itself.
pub const MAX_DEPTH: usize = 8;
/// Levels that are read at all, for each takes a piece of the stack. Discord's own JSON has a dozen.
pub const MAX_READ: usize = 32;
/// Fields in all objects together. The Data API takes 2,000 in a document.
pub const MAX_FIELDS: usize = 200;
/// Values in all arrays together.
pub const MAX_VALUES: usize = 500;
/// Characters of the name of a field.
pub const MAX_NAME: usize = 100;
/// Digits and signs of a number. The Data API takes 100.
pub const MAX_NUMBER: usize = 50;
/// Bytes of a text in UTF-8: what the Data API can index.
pub const MAX_STRING_BYTES: usize = 8_000;

/// What is wrong with a JSON text, in words for who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// It is no JSON.
    #[error("That is not JSON: {0}.")]
    Syntax(String),
    /// It is JSON, but not `{…}`.
    #[error("JSON in braces is needed, such as {{\"colour\": \"red\"}}.")]
    NotAnObject,
    /// It is more than is taken.
    #[error("That is too much: at most {max} {of} are taken.")]
    TooMuch {
        /// How many are taken.
        max: usize,
        /// Of what.
        of: &'static str,
    },
    /// A field is called as only the database's own commands are.
    #[error(
        "No field may begin with a dollar sign: only data is taken, no commands of the database."
    )]
    Command,
    /// A field has no name.
    #[error("A field has no name.")]
    NoName,
}

impl JsonProblem {
    /// A reader quotes what it cannot read, however long that is.
    fn syntax(problem: &str) -> Self {
        Self::Syntax(problem.chars().take(200).collect())
    }
}

/// Reads an object and checks it.
///
/// ```
/// use discord_bot::domain::json;
///
/// assert_eq!(json::object(r#"{"n": 1.50}"#)?.len(), 1);
/// assert_eq!(json::object(r#"{"a": {"$set": 1}}"#), Err(json::JsonProblem::Command));
/// # Ok::<(), json::JsonProblem>(())
/// ```
pub fn object(text: &str) -> Result<Document, JsonProblem> {
    match value(text)? {
        Value::Object(document) => Ok(document),
        _ => Err(JsonProblem::NotAnObject),
    }
}

/// Reads any value and checks it.
pub fn value(text: &str) -> Result<Value, JsonProblem> {
    if text.chars().count() > MAX_TEXT {
        return Err(too_much(MAX_TEXT, "characters"));
    }
    if depth(text.as_bytes()) > MAX_READ {
        return Err(JsonProblem::syntax("it is nested too deep"));
    }
    let value: Value = text
        .parse()
        .map_err(|error: serde_json::Error| JsonProblem::syntax(&error.to_string()))?;
    let mut seen = Seen::default();
    seen.check(&value, 0)?;
    Ok(value)
}

fn too_much(max: usize, of: &'static str) -> JsonProblem {
    JsonProblem::TooMuch { max, of }
}

/// What has been met so far.
#[derive(Default)]
struct Seen {
    fields: usize,
    values: usize,
}

impl Seen {
    fn check(&mut self, value: &Value, depth: usize) -> Result<(), JsonProblem> {
        match value {
            Value::Number(number) if number.as_str().len() > MAX_NUMBER => {
                Err(too_much(MAX_NUMBER, "digits in a number"))
            }
            Value::String(text) if text.len() > MAX_STRING_BYTES => {
                Err(too_much(MAX_STRING_BYTES, "bytes in one text"))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
            Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH => {
                Err(too_much(MAX_DEPTH, "levels of braces and brackets"))
            }
            Value::Array(values) => {
                self.values += values.len();
                if self.values > MAX_VALUES {
                    return Err(too_much(MAX_VALUES, "values in lists"));
                }
                values
                    .iter()
                    .try_for_each(|value| self.check(value, depth + 1))
            }
            Value::Object(fields) => fields
                .iter()
                .try_for_each(|(name, value)| self.check_field(name, value, depth)),
        }
    }

    fn check_field(&mut self, name: &str, value: &Value, depth: usize) -> Result<(), JsonProblem> {
        self.fields += 1;
        if self.fields > MAX_FIELDS {
            return Err(too_much(MAX_FIELDS, "fields"));
        }
        if name.starts_with('$') {
            return Err(JsonProblem::Command);
        }
        if name.is_empty() {
            return Err(JsonProblem::NoName);
        }
        if name.chars().count() > MAX_NAME {
            return Err(too_much(MAX_NAME, "characters in the name of a field"));
        }
        self.check(value, depth + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let text = r#"{"pi":3.14159265358979323846264338327950288}"#;
        assert_eq!(Value::from(object(text).unwrap()).to_string(), text);
    }

    #[test]
    fn commands_of_the_database_are_refused_at_any_depth() {
        for text in [
            r#"{"$where": "1"}"#,
            r#"{"a": {"$gt": ""}}"#,
            r#"{"a": [[{"$date": 1}]]}"#,
            r#"{"\u0024set": 1}"#,
        ] {
            assert_eq!(object(text), Err(JsonProblem::Command), "{text}");
        }
    }

    #[test]
    fn a_bomb_of_brackets_is_refused_and_overflows_nothing() {
        let shallow = format!("{}1{}", "[".repeat(8), "]".repeat(8));
        assert!(value(&shallow).is_ok());
        for depth in [9, 127, 129, 1_999] {
            let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
            assert!(value(&text).is_err(), "{depth}");
        }
        assert!(value(&"[".repeat(4_000)).is_err());
        assert!(value(&"{\"a\":".repeat(600)).is_err());
    }

    #[test]
    fn too_much_of_anything_is_refused() {
        let many_fields: Vec<String> = (0..201).map(|n| format!("\"a{n}\":1")).collect();
        let many_values = vec!["1"; 501].join(",");
        for text in [
            format!("{{{}}}", many_fields.join(",")),
            format!("[{many_values}]"),
            format!("{{\"{}\":1}}", "n".repeat(101)),
            format!("[1{}]", "0".repeat(50)),
            format!("[\"{}\"]", "a".repeat(4_000)),
        ] {
            assert!(
                matches!(value(&text), Err(JsonProblem::TooMuch { .. })),
                "{text}"
            );
        }
        let emoji = format!("[\"{}\"]", "🫖".repeat(2_001));
        assert_eq!(
            value(&emoji),
            Err(too_much(MAX_STRING_BYTES, "bytes in one text"))
        );
    }
}
