//! A cell of a CSV file and the JSON value it stands for.
//!
//! A cell that is JSON is that value: `12`, `true`, `[1,2]`, `{"a":1}`, `"12"`. Any other is text as it stands. An empty
//! cell is no value. Writing puts text into JSON's quotes where it would be taken for something else, so that what is
//! exported is imported as it was.

use astra_db::schema::ColumnType;
use serde_json::value::RawValue;

/// The JSON of a cell; `None` for an empty one.
pub(crate) fn to_json(cell: &str) -> Option<String> {
    if cell.is_empty() {
        return None;
    }
    Some(if is_json(cell) {
        cell.to_owned()
    } else {
        text(cell)
    })
}

/// The JSON of a cell in a column that holds text: numbers stay text.
pub(crate) fn to_text(cell: &str) -> Option<String> {
    if cell.is_empty() {
        return None;
    }
    Some(if cell.starts_with('"') && is_json(cell) {
        cell.to_owned()
    } else {
        text(cell)
    })
}

/// The cell for a value written as JSON.
pub(crate) fn from_json(json: &str) -> String {
    match serde_json::from_str::<String>(json) {
        Ok(plain) if !plain.is_empty() && !is_json(&plain) => plain,
        _ if json == "null" => String::new(),
        _ => json.to_owned(),
    }
}

/// The cell for a value of a column that holds text, written as JSON.
pub(crate) fn from_text(json: &str) -> String {
    match serde_json::from_str::<String>(json) {
        Ok(plain) if !plain.is_empty() && !plain.starts_with('"') => plain,
        _ => from_json(json),
    }
}

/// Whether the values of a column of this type travel as JSON strings.
pub(crate) fn holds_text(kind: &ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Text
            | ColumnType::Ascii
            | ColumnType::Date
            | ColumnType::Time
            | ColumnType::Timestamp
            | ColumnType::Duration
            | ColumnType::Uuid
            | ColumnType::TimeUuid
            | ColumnType::Inet
    )
}

fn is_json(cell: &str) -> bool {
    serde_json::from_str::<&RawValue>(cell).is_ok()
}

/// Text in JSON's quotes.
pub(crate) fn text(plain: &str) -> String {
    serde_json::Value::from(plain).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let values = [
            "12",
            "1.50",
            "true",
            "[1,2]",
            "{\"a\":null}",
            "\"12\"",
            "\"\"",
            "\"a \\\"b\\\"\\n\"",
            "\"true\"",
            "\"\\\"x\\\"\"",
            "\" 7 \"",
        ];
        for json in values {
            assert_eq!(
                to_json(&from_json(json)).as_deref(),
                Some(json),
                "{}",
                from_json(json)
            );
        }
        for json in ["\"12\"", "\"\"", "\"x\"", "\"[1]\"", "\"\\\"x\\\"\""] {
            assert_eq!(
                to_text(&from_text(json)).as_deref(),
                Some(json),
                "{}",
                from_text(json)
            );
        }
    }

    #[test]
    fn plain_cells_are_what_people_mean() {
        let read = |cell| to_json(cell).unwrap();
        assert_eq!(read("a teapot"), "\"a teapot\"");
        assert_eq!(read("007"), "\"007\"");
        assert_eq!(read("7"), "7");
        assert_eq!(to_text("7").unwrap(), "\"7\"");
        assert_eq!(to_json(""), None);
        assert_eq!(from_json("null"), "");
    }
}
