//! JSON as people read it, in as much room as there is.

use astra_db::{Document, Value};

use crate::answer::text::{clip_to, code_block, length};
use crate::domain::document::Body;

/// Room for the fence around the code and for the notice after it.
const FRAME: usize = 80;

/// A document's JSON in a block of code of at most `room` characters. What does not fit is left out,
/// and how much that is is said.
pub fn block(body: &Body, room: usize) -> String {
    shortened(&body.pretty(), room)
}

/// The same in few characters: in one line if it is short, and every value cut to `longest`.
pub fn digest(body: &Body, room: usize, longest: usize) -> String {
    let fields = body.fields().iter();
    let fields: Document = fields
        .map(|(name, value)| (name.to_owned(), cut(value, longest)))
        .collect();
    let digest = Value::Object(fields);
    shortened(&digest.to_string(), room)
}

fn shortened(json: &str, room: usize) -> String {
    let whole = code_block("json", json);
    if length(&whole) <= room {
        return whole;
    }
    // The block may be a little longer than what is in it: fences inside are taken apart.
    let mut shown = json.to_owned();
    let mut max = room.saturating_sub(FRAME);
    loop {
        shown = clip_to(&shown, max);
        let left_out = length(json) - length(&shown);
        let block = code_block("json", &shown);
        let notice = format!("{block}*{left_out} more characters are not shown.*");
        if length(&notice) <= room || max == 0 {
            return notice;
        }
        max = max.saturating_sub(length(&notice) - room);
    }
}

fn cut(value: &Value, longest: usize) -> Value {
    match value {
        Value::String(text) if length(text) > longest => {
            let left_out = length(text) - longest;
            Value::from(format!(
                "{} ({left_out} more characters)",
                clip_to(text, longest)
            ))
        }
        Value::Array(values) => {
            Value::Array(values.iter().map(|value| cut(value, longest)).collect())
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.to_owned(), cut(value, longest)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        text.parse().unwrap()
    }

    #[test]
    fn what_fits_is_shown_whole() {
        assert_eq!(
            block(&body(r#"{"a":1}"#), 1_000),
            "```json\n{\n  \"a\": 1\n}\n```"
        );
        assert_eq!(
            digest(&body(r#"{"a":1}"#), 1_000, 10),
            "```json\n{\"a\":1}\n```"
        );
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_notice() {
        let long = body(&format!(r#"{{"text": "{}"}}"#, "a".repeat(3_900)));
        let shown = block(&long, 1_000);
        assert!(length(&shown) <= 1_000, "{}", length(&shown));
        assert!(
            shown.ends_with("more characters are not shown.*"),
            "{shown}"
        );
        let digest = digest(&long, 1_000, 50);
        assert!(
            digest.contains("(3851 more characters)") || digest.contains("(3850 more characters)"),
            "{digest}"
        );
    }

    #[test]
    fn fences_in_the_text_cannot_break_out_however_many() {
        let fences = body(&format!(r#"{{"text": "{}"}}"#, "```".repeat(1_300)));
        let shown = block(&fences, 1_000);
        assert!(length(&shown) <= 1_000, "{}", length(&shown));
        assert_eq!(shown.matches("```").count(), 2);
    }
}
