//! Columns of a row as fields of a form, and what is typed there as values.

use astra_db::schema::{ColumnType, TableDefinition};
use astra_db::{Binary, Number, Row, Value, Vector};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::column_type::show;
use crate::json;

/// A column in a form.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// The type of the column in a word.
    pub(super) kind: String,
    /// How it is written.
    pub(super) hint: &'static str,
    pub(super) input: Input,
    /// What stands in it.
    pub(super) text: String,
    pub(super) problem: Option<String>,
    /// A column of the primary key.
    pub(super) is_key: bool,
}

/// What one types into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Line,
    Lines,
    Json,
    /// True, false or neither.
    Truth,
    /// Nothing can be typed: the API cannot write it.
    ReadOnly,
}

impl Field {
    /// Every column of a table with the values of a row, those of the key first.
    pub(super) fn of_row(definition: &TableDefinition, row: &Row) -> Vec<Self> {
        let key: Vec<&str> = definition.primary_key.columns().collect();
        let others = definition
            .columns
            .iter()
            .filter(|(name, _)| !key.contains(name));
        let keys = key
            .iter()
            .filter_map(|name| Some((*name, definition.columns.get(name)?)));
        keys.chain(others)
            .map(|(name, column)| Self {
                name: name.to_owned(),
                kind: show(&column.kind),
                hint: hint(&column.kind),
                input: input(&column.kind),
                text: text(&column.kind, row.get(name)),
                problem: None,
                is_key: key.contains(&name),
            })
            .collect()
    }

    /// The name of the field in the form.
    pub(super) fn form_name(&self) -> String {
        format!("column.{}", self.name)
    }

    /// How many lines it is high.
    pub(super) fn rows(&self) -> usize {
        let lines = self.text.lines().map(|line| 1 + line.len() / 50);
        lines.sum::<usize>().clamp(1, 12)
    }

    /// Whether this is what stood in the field when the form was made.
    pub(super) fn stands(&self, typed: &str) -> bool {
        typed.replace("\r\n", "\n") == self.text.replace("\r\n", "\n")
    }

    pub(super) fn is(&self, input: Input) -> bool {
        self.input == input
    }
}

fn input(kind: &ColumnType) -> Input {
    match kind {
        ColumnType::Text | ColumnType::Ascii => Input::Lines,
        ColumnType::Boolean => Input::Truth,
        ColumnType::Counter | ColumnType::Unsupported { .. } => Input::ReadOnly,
        ColumnType::Blob
        | ColumnType::List(_)
        | ColumnType::Set(_)
        | ColumnType::Map(..)
        | ColumnType::Vector { .. }
        | ColumnType::UserDefined(_)
        | ColumnType::Other(_) => Input::Json,
        _ => Input::Line,
    }
}

fn hint(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Text | ColumnType::Ascii => "Nothing is no value; \"\" is empty text.",
        ColumnType::Date => "2024-01-31",
        ColumnType::Time => "12:30:00.5",
        ColumnType::Timestamp => "2024-01-31T12:30:00Z",
        ColumnType::Duration => "1y2mo3d4h5m, or P1Y2M3DT4H5M",
        ColumnType::Uuid | ColumnType::TimeUuid => "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55",
        ColumnType::Inet => "192.0.2.1, or 2001:db8::1",
        ColumnType::Blob => "Base64, or hexadecimal after 0x",
        ColumnType::Vector { .. } => "[0.1, 0.2, …]",
        ColumnType::List(_) | ColumnType::Set(_) => "JSON: [first, second]",
        ColumnType::Map(key, _) if matches!(**key, ColumnType::Text | ColumnType::Ascii) => {
            "JSON: {\"key\": value}"
        }
        ColumnType::Map(..) => "JSON: [[key, value], [key, value]]",
        ColumnType::UserDefined(_) => "JSON: {\"field\": value}",
        ColumnType::Counter | ColumnType::Unsupported { .. } => "The Data API cannot write this.",
        _ => "",
    }
}

/// How a value is typed. Reading what is written gives the same value.
pub(super) fn text(kind: &ColumnType, value: Option<&Value>) -> String {
    let value = value.unwrap_or(&Value::Null);
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (ColumnType::Text | ColumnType::Ascii, Value::String(text)) if text.is_empty() => {
            "\"\"".to_owned()
        }
        (_, Value::String(text)) => text.clone(),
        (ColumnType::Blob, _) => match value.get("$binary").and_then(Value::as_str) {
            Some(base64) => base64.to_owned(),
            None => value.to_string(),
        },
        (ColumnType::Vector { .. }, _) => match value.decode::<Vector>() {
            Ok(vector) => numbers(&vector),
            Err(_) => value.to_string(),
        },
        (_, Value::Array(_) | Value::Object(_)) => json::pretty(value),
        _ => value.to_string(),
    }
}

fn numbers(vector: &Vector) -> String {
    let numbers: Vec<String> = vector.as_slice().iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

/// What was typed as a value; none for nothing. What only the API can judge is left to it.
pub(super) fn read(kind: &ColumnType, typed: &str) -> Result<Option<Value>, String> {
    // Browsers end the lines of a form with CR LF.
    let typed = typed.replace("\r\n", "\n");
    if matches!(kind, ColumnType::Text | ColumnType::Ascii) {
        let empty = typed == "\"\"";
        let text = if empty { String::new() } else { typed };
        return Ok((empty || !text.is_empty()).then(|| text.into()));
    }
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    value(kind, typed).map(Some)
}

fn value(kind: &ColumnType, typed: &str) -> Result<Value, String> {
    match kind {
        ColumnType::Boolean => {
            let truth = typed.parse::<bool>();
            truth
                .map(Value::from)
                .map_err(|_| "Expected true or false".to_owned())
        }
        ColumnType::Blob => bytes(typed).map(|bytes| Value::from(Binary::from(bytes))),
        _ if is_number(kind) => number(kind, typed),
        _ if input(kind) == Input::Json => json::value(typed),
        _ => Ok(typed.into()),
    }
}

fn is_number(kind: &ColumnType) -> bool {
    use ColumnType::{BigInt, Counter, Decimal, Double, Float, Int, SmallInt, TinyInt, VarInt};
    matches!(
        kind,
        TinyInt | SmallInt | Int | BigInt | VarInt | Decimal | Float | Double | Counter
    )
}

/// The API takes the names of what JSON has no numbers for.
fn number(kind: &ColumnType, typed: &str) -> Result<Value, String> {
    let named = ["NaN", "Infinity", "-Infinity"].contains(&typed);
    if named && matches!(kind, ColumnType::Float | ColumnType::Double) {
        return Ok(typed.into());
    }
    let number = typed.parse::<Number>();
    number
        .map(Value::from)
        .map_err(|_| "Expected a number such as 12 or -0.5".to_owned())
}

fn bytes(typed: &str) -> Result<Vec<u8>, String> {
    let Some(digits) = typed.strip_prefix("0x") else {
        let bytes = STANDARD.decode(typed);
        return bytes.map_err(|_| "Expected Base64, or hexadecimal digits after 0x".to_owned());
    };
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect::<Option<_>>()
        .ok_or_else(|| "Expected two hexadecimal digits for each byte after 0x".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::column_type::parse;
    use super::*;

    fn json(kind: &str, typed: &str) -> Result<Option<String>, String> {
        let value = read(&parse(kind).unwrap(), typed)?;
        Ok(value.map(|value| value.to_string()))
    }

    #[test]
    fn what_is_typed_becomes_a_value_of_the_column() {
        let cases = [
            ("text", "true\r\n12", r#""true\n12""#),
            ("text", "\"\"", r#""""#),
            ("int", " 12 ", "12"),
            ("decimal", "1.10", "1.10"),
            ("double", "NaN", r#""NaN""#),
            ("boolean", "false", "false"),
            ("date", " 2024-01-31 ", r#""2024-01-31""#),
            ("blob", "0xDEadbeef", r#"{"$binary":"3q2+7w=="}"#),
            ("blob", "3q2+7w==", r#"{"$binary":"3q2+7w=="}"#),
            ("vector<2>", "[0.5, 1]", "[0.5,1]"),
            ("list<text>", r#"["a"]"#, r#"["a"]"#),
            ("address", r#"{"zip":1}"#, r#"{"zip":1}"#),
        ];
        for (kind, typed, expected) in cases {
            assert_eq!(
                json(kind, typed),
                Ok(Some(expected.to_owned())),
                "{kind} {typed}"
            );
        }
        for kind in ["text", "int", "boolean", "list<int>", "blob"] {
            assert_eq!(json(kind, ""), Ok(None), "{kind}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_at_once() {
        let cases = [
            ("int", "NaN"),
            ("int", "twelve"),
            ("int", "1 2"),
            ("boolean", "yes"),
            ("blob", "0x123"),
            ("blob", "0xgg"),
            ("blob", "0xéé"),
            ("blob", "*"),
            ("list<int>", "[1"),
            ("vector<2>", "0.5, 1"),
        ];
        for (kind, typed) in cases {
            assert!(json(kind, typed).is_err(), "{kind} {typed}");
        }
    }

    #[test]
    fn what_is_shown_is_read_as_the_same_value() {
        let cases = [
            ("text", r#""""#),
            ("text", r#""a\nb""#),
            ("int", "-3"),
            ("decimal", "1E+2"),
            ("float", r#""Infinity""#),
            ("blob", r#"{"$binary":"3q2+7w=="}"#),
            ("vector<2>", "[0.5,1]"),
            ("map<int, text>", r#"[[1,"a"]]"#),
            ("duration", r#""P1Y""#),
            ("boolean", "true"),
        ];
        for (kind, value) in cases {
            let (kind, value): (_, Value) = (parse(kind).unwrap(), value.parse().unwrap());
            assert_eq!(read(&kind, &text(&kind, Some(&value))), Ok(Some(value)));
        }
    }
}
