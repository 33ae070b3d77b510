//! Stored documents as answered: what a projection keeps, as JSON text.
//!
//! Most reads want the document as it is. Its stored text is then the answer, and nothing is parsed.

use std::fmt::Write as _;

use super::matches::{Match, parse};
use super::select::Selected;
use crate::error::ApiError;
use crate::json::{Object, Value, float};
use crate::language::projection::{Projection, WholeFields};
use crate::response::Document;

/// As many names are looked for in the whole text of a document, to answer it as it is if it has none of them.
const FEW: usize = 8;

#[derive(Debug)]
pub(super) struct Projector {
    projection: Projection,
    /// The projection again, if stored text can be cut to it.
    fields: Option<WholeFields>,
    include_similarity: bool,
}

impl Projector {
    pub(super) fn parse(
        projection: Option<&Value>,
        include_similarity: bool,
    ) -> Result<Self, ApiError> {
        let projection = Projection::parse(projection)?;
        Ok(Self {
            fields: projection.whole_fields(),
            projection,
            include_similarity,
        })
    }

    /// The text of a document the filter selected.
    pub(super) fn show(&self, found: Match<'_>) -> Result<Document, ApiError> {
        match self.as_stored(found.json, None) {
            Some(text) => Ok(Document::Text(text)),
            None => Ok(self.show_document(found.into_document()?, None)),
        }
    }

    /// The text of a document selected by its number.
    pub(super) fn show_selected(&self, selected: &Selected) -> Result<Document, ApiError> {
        let similarity = selected.similarity.filter(|_| self.include_similarity);
        match self.as_stored(&selected.json, similarity) {
            Some(text) => Ok(Document::Text(text)),
            None => Ok(self.show_document(parse(&selected.json)?, similarity)),
        }
    }

    /// The text of a document that is not, or no longer, the stored one.
    pub(super) fn show_document(&self, document: Object, similarity: Option<f32>) -> Document {
        Document::Object(self.projection.apply(document, similarity))
    }

    fn as_stored(&self, json: &str, similarity: Option<f32>) -> Option<String> {
        let mut text = match self.fields.as_ref()? {
            WholeFields::AllBut(names)
                if names.len() <= FEW && !names.iter().any(|name| json.contains(name)) =>
            {
                json.to_owned()
            }
            WholeFields::AllBut(names) => cut(json, |name| !names.contains(name))?,
            WholeFields::Only(names) => cut(json, |name| names.contains(name))?,
        };
        if let Some(similarity) = similarity {
            text.pop();
            let comma = if text.len() > 1 { "," } else { "" };
            // Writing to a string does not fail.
            let similarity = float::float_to_json(similarity).to_json();
            let _ = write!(text, "{comma}\"$similarity\":{similarity}}}");
        }
        Some(text)
    }
}

/// Keeps some fields of the text of an object that has no white space between its tokens, as the stored ones. `None`
/// when the text is something else or a name is written with escapes.
fn cut(json: &str, keep: impl Fn(&str) -> bool) -> Option<String> {
    let mut kept = String::with_capacity(json.len());
    kept.push('{');
    let mut rest = json.strip_prefix('{')?;
    while rest.starts_with('"') {
        let name_end = string_end(rest)?;
        let name = rest.get(1..name_end - 1)?;
        if name.contains('\\') || rest.as_bytes().get(name_end) != Some(&b':') {
            return None;
        }
        let field_end = name_end + 1 + value_end(rest.get(name_end + 1..)?)?;
        if keep(name) {
            if kept.len() > 1 {
                kept.push(',');
            }
            kept.push_str(rest.get(..field_end)?);
        }
        rest = rest.get(field_end..)?;
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    kept.push('}');
    (rest == "}").then_some(kept)
}

/// Where the string that `text` begins with ends.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes()
        .enumerate()
        .skip(1)
        .find_map(|(at, byte)| match byte {
            _ if escaped => {
                escaped = false;
                None
            }
            b'\\' => {
                escaped = true;
                None
            }
            b'"' => Some(at + 1),
            _ => None,
        })
}

/// Where the value that `text` begins with ends.
fn value_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at += string_end(text.get(at..)?)?;
                if depth == 0 {
                    return Some(at);
                }
                continue;
            }
            b',' | b'}' | b']' if depth == 0 => return Some(at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_cut_out_whatever_they_hold() {
        let json = r#"{"_id":"a","$vector":[1,[2],{"x":"]}"}],"t":"$vector","n":-1.5E+3,"o":{"$vector":1},"$lexical":"a\"}"}"#;
        let visible = |name: &str| !name.starts_with('$');
        let kept = r#"{"_id":"a","t":"$vector","n":-1.5E+3,"o":{"$vector":1}}"#;
        assert_eq!(cut(json, visible).as_deref(), Some(kept));
        assert_eq!(
            cut(json, |name| name == "n").as_deref(),
            Some(r#"{"n":-1.5E+3}"#)
        );
        assert_eq!(cut(r#"{"$vector":null}"#, visible).as_deref(), Some("{}"));
        assert_eq!(cut("{}", visible).as_deref(), Some("{}"));
    }

    #[test]
    fn what_cannot_be_cut_is_left_to_the_parser() {
        for json in [r#"{"a":1"#, r#"{"a\u0062":1}"#, r#"{"a" :1}"#, "[]", ""] {
            assert_eq!(cut(json, |_| true), None, "{json}");
        }
    }
}
