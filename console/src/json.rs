//! JSON as people type it into a form, and as they find it there.

mod duplicate_keys;

use std::fmt::Write as _;

use astra_db::{Document, Value};
use shared::json::depth;

use self::duplicate_keys::named_twice;

/// Reads a JSON object; nothing but white space is none.
///
/// # Errors
///
/// A sentence with line and column.
pub(super) fn object(text: &str) -> Result<Option<Document>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value = value(text)?;
    Document::try_from(value)
        .map(Some)
        .map_err(|_| "This has to be a JSON object, such as {\"name\": \"Teapot\"}".to_owned())
}

/// The most levels of lists and objects that are read. The API takes 16.
const LEVELS: usize = 64;

/// Reads any JSON.
///
/// # Errors
///
/// A sentence with line and column.
pub(super) fn value(text: &str) -> Result<Value, String> {
    check_levels(text)?;
    let value = text.parse().map_err(|error| problem(&error))?;
    check(text)?;
    Ok(value)
}

/// Refuses what is nested deeper than any value of the API, before anything descends into it.
fn check_levels(text: &str) -> Result<(), String> {
    if depth(text.as_bytes()) > LEVELS {
        return Err(format!("This is nested deeper than {LEVELS} levels."));
    }
    Ok(())
}

/// Of two values under one name only the second would be kept, and nobody told.
fn check(text: &str) -> Result<(), String> {
    match named_twice(text) {
        Some(name) => Err(format!(
            "There are two fields \"{name}\" in one object; leave one of them."
        )),
        None => Ok(()),
    }
}

/// Reads documents: one, an array of them, or one after the other, as in JSON Lines.
///
/// # Errors
///
/// A sentence that says where.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, String> {
    check_levels(text)?;
    let mut documents = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value.map_err(|error| problem(&error))? {
            Value::Array(values) => {
                for value in values {
                    documents.push(document(value, documents.len())?);
                }
            }
            value => documents.push(document(value, documents.len())?),
        }
    }
    check(text)?;
    Ok(documents)
}

fn document(value: Value, index: usize) -> Result<Document, String> {
    let number = index + 1;
    Document::try_from(value).map_err(|error| format!("Document {number}: {error}"))
}

fn problem(error: &serde_json::Error) -> String {
    if error.is_eof() {
        let (line, column) = (error.line(), error.column());
        return format!("This is not JSON yet: it ends too early, at line {line} column {column}");
    }
    format!("This is not JSON: {error}")
}

/// Longest list that is written on one line.
const LINE: usize = 72;

/// JSON with a field to a line; short lists, and those of numbers, are on one.
pub(super) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

/// A document as [`pretty`] writes it.
pub(super) fn pretty_document(document: &Document) -> String {
    let mut text = String::new();
    write_object(document, 0, &mut text);
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => write_object(fields, depth, text),
        Value::Array(values) if !is_one_line(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                next_line(index, depth + 1, text);
                write(value, depth + 1, text);
            }
            close(']', depth, text);
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            let _ = write!(text, "[{}]", values.join(", "));
        }
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

fn write_object(fields: &Document, depth: usize, text: &mut String) {
    text.push('{');
    for (index, (name, value)) in fields.iter().enumerate() {
        next_line(index, depth + 1, text);
        let _ = write!(text, "{}: ", Value::from(name));
        // What stands for one value is on one line.
        match value.as_object() {
            Some(fields) if is_one_value(fields) => {
                let _ = write!(text, "{value}");
            }
            _ => write(value, depth + 1, text),
        }
    }
    close('}', depth, text);
}

fn is_one_value(fields: &Document) -> bool {
    let mut names = fields.iter().map(|(name, _)| name);
    matches!(
        (names.next(), names.next()),
        (Some("$date" | "$uuid" | "$objectId" | "$binary"), None)
    )
}

fn is_one_line(values: &[Value]) -> bool {
    let is_number = |value: &Value| matches!(value, Value::Number(_));
    let is_scalar = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_));
    values.iter().all(is_number)
        || (values.len() < LINE
            && values.iter().all(is_scalar)
            && values
                .iter()
                .map(|value| value.to_string().len() + 2)
                .sum::<usize>()
                <= LINE)
}

fn next_line(index: usize, depth: usize, text: &mut String) {
    text.push_str(if index == 0 { "\n" } else { ",\n" });
    text.extend(std::iter::repeat_n("  ", depth));
}

fn close(bracket: char, depth: usize, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
    text.push(bracket);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_json_reads_back_as_the_same_with_every_digit() {
        let text = r#"{"a":1.10,"b":[],"c":{},"d":[1,2,3],"e":[{"f":null}],"$vector":[0.1,0.2],"at":{"$date":5},"s":"<\"\n\u0000"}"#;
        let value: Value = text.parse().unwrap();
        let written = pretty(&value);
        assert_eq!(
            written.parse::<Value>().unwrap().to_string(),
            value.to_string()
        );
        assert!(
            written.contains("\n  \"a\": 1.10,\n") && written.contains("\"d\": [1, 2, 3]"),
            "{written}"
        );
        assert!(written.contains("\"at\": {\"$date\":5}"), "{written}");
    }

    #[test]
    fn documents_are_read_one_by_one_in_an_array_or_in_lines() {
        for text in [
            "{\"a\":1}\n\n{\"a\":2}\n",
            "[{\"a\":1},{\"a\":2}]",
            "{\"a\":1}{\"a\":\n2}",
        ] {
            let read = documents(text).unwrap();
            assert_eq!(
                read.iter().map(ToString::to_string).collect::<Vec<_>>(),
                [r#"{"a":1}"#, r#"{"a":2}"#]
            );
        }
        assert_eq!(documents(" \n").unwrap(), []);
        assert_eq!(
            documents("{\"a\":1}\n7").unwrap_err(),
            "Document 2: expected a JSON object, found a number"
        );
        assert!(
            documents("{\"a\":1}\n{\"b\":}")
                .unwrap_err()
                .contains("line 2 column 6")
        );
    }

    #[test]
    fn json_is_read_down_to_64_levels() {
        for (open, close) in [("[", "]"), ("{\"a[{\\\"[\":", "}")] {
            let nested = |levels: usize| open.repeat(levels) + "1" + &close.repeat(levels);
            assert!(value(&nested(LEVELS)).is_ok());
            let refused = "This is nested deeper than 64 levels.";
            assert_eq!(value(&nested(LEVELS + 1)).unwrap_err(), refused);
            assert_eq!(documents(&open.repeat(1_000_000)).unwrap_err(), refused);
        }
    }

    #[test]
    fn a_name_given_twice_is_told_wherever_it_is() {
        for text in [
            r#"{"a": 1, "b": 2, "a": 3}"#,
            r#"{"b": [1e999, {"c": {"a": [], "\u0061": null}}]}"#,
            r#"{"b": 1} {"a": "x", "a": "y"}"#,
        ] {
            assert!(
                documents(text).unwrap_err().contains("two fields \"a\""),
                "{text}"
            );
        }
        assert!(documents(r#"[{"a": 1}, {"a": {"a": ["a", "a"]}}] {"a": 1}"#).is_ok());
        assert!(value(r#"{"a": 1, "a": 1}"#).is_err());
    }

    #[test]
    fn nothing_typed_is_no_object_and_other_json_is_refused() {
        assert_eq!(object(" "), Ok(None));
        assert!(object("[1]").is_err() && object("{").is_err());
    }
}
