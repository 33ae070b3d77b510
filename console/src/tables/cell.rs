//! Values of columns as people read them: text as it is, bytes and vectors shortened, lists, sets and maps as CQL writes
//! them.

use std::fmt::{self, Write as _};

use astra_db::schema::ColumnType;
use astra_db::table::Duration;
use astra_db::{Binary, Value, Vector};

use crate::format::visible;
use shared::numbers::grouped;

/// Characters of a value that are shown in a list of rows.
const LENGTH: usize = 120;
/// Numbers of a vector, and bytes, that are shown.
const FIRST: usize = 4;
const BYTES: usize = 16;
/// Levels of lists in lists that are shown.
const DEPTH: usize = 8;

/// A value, ready to be put on a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// `null`, `number` or nothing, for the style sheet.
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Cell {
    /// The value of a column of this type, in few characters.
    pub(super) fn new(kind: &ColumnType, value: Option<&Value>) -> Self {
        let value = value.unwrap_or(&Value::Null);
        let class = match value {
            Value::Null => "null",
            Value::Number(_) => "number",
            _ => "",
        };
        let mut shown = Shown {
            text: String::new(),
            left: LENGTH,
        };
        if top(&mut shown, kind, value).is_err() {
            shown.text.push('…');
        }
        Self {
            class,
            text: visible(&shown.text),
        }
    }
}

/// Text up to a length; an error says that there is more.
struct Shown {
    text: String,
    left: usize,
}

impl fmt::Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

fn top(out: &mut Shown, kind: &ColumnType, value: &Value) -> fmt::Result {
    match value {
        Value::String(text) => out.write_str(&readable(kind, text)),
        _ => write(out, kind, value, DEPTH),
    }
}

fn write(out: &mut Shown, kind: &ColumnType, value: &Value, depth: usize) -> fmt::Result {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(fmt::Error);
    };
    match (kind, value) {
        (ColumnType::Vector { .. }, _) => vector(out, value),
        (ColumnType::Blob, _) => blob(out, value),
        (ColumnType::List(element), Value::Array(values)) => {
            list(out, ('[', ']'), values, |out, value| {
                write(out, element, value, depth)
            })
        }
        (ColumnType::Set(element), Value::Array(values)) => {
            list(out, ('{', '}'), values, |out, value| {
                write(out, element, value, depth)
            })
        }
        (ColumnType::Map(key, element), Value::Array(pairs)) => {
            list(out, ('{', '}'), pairs, |out, pair| {
                let [name, value] = pair.as_array().unwrap_or_default() else {
                    return out.write_str(&pair.to_string());
                };
                write(out, key, name, depth)?;
                out.write_str(": ")?;
                write(out, element, value, depth)
            })
        }
        (ColumnType::Map(_, element), Value::Object(entries)) => {
            let entries: Vec<_> = entries.iter().collect();
            list(out, ('{', '}'), &entries, |out, (name, value)| {
                quoted(out, name)?;
                out.write_str(": ")?;
                write(out, element, value, depth)
            })
        }
        (ColumnType::UserDefined(_), Value::Object(fields)) => {
            let fields: Vec<_> = fields.iter().collect();
            list(out, ('{', '}'), &fields, |out, (name, value)| {
                out.write_str(name)?;
                out.write_str(": ")?;
                write(out, field(value), value, depth)
            })
        }
        (_, Value::String(text)) if is_text(kind) => quoted(out, text),
        (_, Value::String(text)) => out.write_str(&readable(kind, text)),
        (_, Value::Null) => out.write_str("null"),
        _ => out.write_str(&value.to_string()),
    }
}

/// What is told of a field of a user-defined type by its value, as an answer does not tell its type.
fn field(value: &Value) -> &'static ColumnType {
    if value.get("$binary").is_some() {
        &ColumnType::Blob
    } else {
        &ColumnType::Text
    }
}

fn is_text(kind: &ColumnType) -> bool {
    matches!(kind, ColumnType::Text | ColumnType::Ascii)
}

/// Text of a column, in words where the wire's are hard to read.
fn readable(kind: &ColumnType, text: &str) -> String {
    match kind {
        // 2024-01-31T12:30:00Z
        ColumnType::Timestamp => text.replacen('T', " ", 1).replacen('Z', " UTC", 1),
        ColumnType::Duration => match text.parse::<Duration>() {
            Ok(duration) => duration.to_string(),
            Err(_) => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

fn quoted(out: &mut Shown, text: &str) -> fmt::Result {
    write!(out, "'{}'", text.replace('\'', "''"))
}

fn list<T>(
    out: &mut Shown,
    (open, close): (char, char),
    values: &[T],
    mut each: impl FnMut(&mut Shown, &T) -> fmt::Result,
) -> fmt::Result {
    out.write_char(open)?;
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        each(out, value)?;
    }
    out.write_char(close)
}

fn vector(out: &mut Shown, value: &Value) -> fmt::Result {
    let Ok(vector) = value.decode::<Vector>() else {
        return out.write_str(&value.to_string());
    };
    let numbers = vector.as_slice();
    let first: Vec<String> = numbers
        .iter()
        .take(FIRST)
        .map(ToString::to_string)
        .collect();
    let first = first.join(", ");
    if numbers.len() <= FIRST {
        write!(out, "[{first}]")
    } else {
        write!(
            out,
            "[{first}, …] {} numbers",
            grouped(numbers.len() as u64)
        )
    }
}

fn blob(out: &mut Shown, value: &Value) -> fmt::Result {
    let Ok(bytes) = value.decode::<Binary>() else {
        return out.write_str(&value.to_string());
    };
    let bytes = bytes.as_slice();
    out.write_str("0x")?;
    for byte in bytes.iter().take(BYTES) {
        write!(out, "{byte:02x}")?;
    }
    if bytes.len() > BYTES {
        write!(out, "… {} bytes", grouped(bytes.len() as u64))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::column_type::parse;
    use super::*;

    fn shown(kind: &str, value: &str) -> String {
        let value: Value = value.parse().unwrap();
        Cell::new(&parse(kind).unwrap(), Some(&value)).text
    }

    #[test]
    fn every_type_is_readable() {
        let cells = [
            ("text", r#""it's""#, "it's"),
            ("int", "12", "12"),
            ("decimal", "1E+2", "1E+2"),
            ("boolean", "true", "true"),
            (
                "timestamp",
                r#""2024-01-31T12:30:00Z""#,
                "2024-01-31 12:30:00 UTC",
            ),
            ("duration", r#""P1Y2M3DT0.5S""#, "14mo3d500ms"),
            ("vector<2>", "[0.5, 1]", "[0.5, 1]"),
            ("vector<2>", r#"{"$binary":"P4AAAAAAAAA="}"#, "[1, 0]"),
            ("vector<5>", "[1,2,3,4,5]", "[1, 2, 3, 4, …] 5 numbers"),
            ("blob", r#"{"$binary":"3q2+7w=="}"#, "0xdeadbeef"),
            ("list<text>", r#"["it's", null]"#, "['it''s', null]"),
            ("set<int>", "[1,2]", "{1, 2}"),
            ("map<text, int>", r#"{"a":1}"#, "{'a': 1}"),
            ("map<int, text>", r#"[[1,"a"]]"#, "{1: 'a'}"),
            (
                "address",
                r#"{"street":"High","photo":{"$binary":"AA=="}}"#,
                "{street: 'High', photo: 0x00}",
            ),
        ];
        for (kind, value, expected) in cells {
            assert_eq!(shown(kind, value), expected, "{kind}");
        }
    }

    #[test]
    fn no_value_takes_more_than_its_room() {
        let long = format!("{:?}", "x".repeat(10_000));
        assert_eq!(shown("text", &long), "x".repeat(LENGTH) + "…");
        let many = format!("[{}1]", "1,".repeat(10_000));
        assert!(shown("list<int>", &many).chars().count() <= LENGTH + 1);
        // A value that is not of its column's type is shown all the same.
        assert_eq!(shown("list<int>", "{}"), "{}");
        assert_eq!(shown("vector<3>", r#""x""#), "x");
    }
}
