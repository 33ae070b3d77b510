//! Dotted paths into documents: `address.city`, `lines.0.sku`, `R&&D`, `a&.b`.

use std::borrow::Cow;
use std::fmt;
use std::hash::Hash;

use crate::ejson;
use crate::json::{Object, Value};

/// A path, decoded. `&.` stands for a dot inside a field name and `&&` for an ampersand, so text and segments
/// determine each other.
///
/// A request can hold megabytes of paths, so the segments share one string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocumentPath {
    text: String,
    /// The segments, one after the other.
    names: String,
    /// Where each segment ends in `names`; there is at least one.
    ends: Vec<usize>,
}

/// What is wrong with the text of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    #[error("it has an empty segment")]
    EmptySegment,
    #[error(
        "the `&` at byte {at} must be followed by `.` or `&`; write `&&` for an ampersand in a field name"
    )]
    BadEscape { at: usize },
}

impl DocumentPath {
    /// Reads a path for writing or projecting, where every segment has to name something.
    pub(crate) fn parse(text: &str) -> Result<Self, PathError> {
        let path = Self::parse_lenient(text)?;
        if path.has_empty_segment() {
            Err(PathError::EmptySegment)
        } else {
            Ok(path)
        }
    }

    /// Reads a path for filtering or sorting, where empty segments are allowed and match nothing.
    pub(crate) fn parse_lenient(text: &str) -> Result<Self, PathError> {
        let mut names = String::with_capacity(text.len());
        let mut ends = Vec::new();
        let mut characters = text.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '.' => ends.push(names.len()),
                '&' => match characters.next() {
                    Some((_, escaped @ ('.' | '&'))) => names.push(escaped),
                    _ => return Err(PathError::BadEscape { at }),
                },
                other => names.push(other),
            }
        }
        ends.push(names.len());
        Ok(Self {
            text: text.to_owned(),
            names,
            ends,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn segments(
        &self,
    ) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + Clone {
        (0..self.ends.len()).map(|level| self.segment(level))
    }

    /// The segment at a level, counted from 0. The path must have it.
    pub(crate) fn segment(&self, level: usize) -> &str {
        &self.names[self.start(level)..self.ends[level]]
    }

    /// The first segments, and as the last one all that follow, run together. Whoever makes what a path leads to makes
    /// as many levels at most.
    pub(crate) fn at_most(&self, levels: usize) -> (impl Iterator<Item = &str>, &str) {
        let last = self.ends.len().min(levels).saturating_sub(1);
        (self.segments().take(last), &self.names[self.start(last)..])
    }

    fn start(&self, level: usize) -> usize {
        level.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    pub(crate) fn has_empty_segment(&self) -> bool {
        self.segments().any(str::is_empty)
    }

    /// The segments but the last one, in a form that is equal for the same ones, and the last one.
    pub(crate) fn split_last(&self) -> (impl Hash + Eq, &str) {
        let last = self.ends.len() - 1;
        let start = self.start(last);
        (
            (&self.names[..start], &self.ends[..last]),
            &self.names[start..],
        )
    }

    /// Whether this is the path of a top-level field of that name.
    pub(crate) fn is_field(&self, name: &str) -> bool {
        self.ends.len() == 1 && self.names == name
    }

    /// Whether this path leads to something inside what the other leads to.
    pub(crate) fn is_below(&self, ancestor: &Self) -> bool {
        let levels = ancestor.ends.len();
        self.ends.len() > levels && self.segments().take(levels).eq(ancestor.segments())
    }

    /// The value filters and sorts see at this path: through objects by field name and arrays by index, not into
    /// extended JSON wrappers such as `{"$date": 0}`, which are scalars.
    pub(crate) fn find<'a>(&self, document: &'a Object) -> Option<&'a Value> {
        let mut segments = self.segments();
        let mut value = document.get(segments.next()?)?;
        for segment in segments {
            value = match value {
                Value::Object(object) if ejson::wrapper(object).is_none() => object.get(segment)?,
                Value::Array(items) => items.get(index(segment)?)?,
                _ => return None,
            };
        }
        Some(value)
    }
}

impl fmt::Display for DocumentPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The array index a segment stands for. Only the canonical form does: `0`, `12`, not `00` and not `-1`.
pub(crate) fn index(segment: &str) -> Option<usize> {
    let canonical = segment == "0"
        || (segment.bytes().all(|byte| byte.is_ascii_digit()) && !segment.starts_with('0'));
    if canonical {
        segment.parse().ok()
    } else {
        None
    }
}

/// A field name as a segment of a path.
pub(crate) fn encode_segment(name: &str) -> Cow<'_, str> {
    if name.contains(['.', '&']) {
        Cow::Owned(name.replace('&', "&&").replace('.', "&."))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn document(text: &str) -> Object {
        match json::parse(text.as_bytes()).unwrap() {
            Value::Object(object) => object,
            other => panic!("{other:?} is no object"),
        }
    }

    fn found(path: &str, text: &str) -> Option<String> {
        let document = document(text);
        let path = DocumentPath::parse_lenient(path).unwrap();
        path.find(&document).map(Value::to_json)
    }

    #[test]
    fn a_path_goes_through_objects_by_name_and_arrays_by_index() {
        let text = r#"{"a":{"b":[10,{"c":20}]},"m":{"0":"zero"}}"#;
        assert_eq!(found("a.b.0", text).as_deref(), Some("10"));
        assert_eq!(found("a.b.1.c", text).as_deref(), Some("20"));
        assert_eq!(found("m.0", text).as_deref(), Some("\"zero\""));
        assert_eq!(found("a.b.c", text), None);
        assert_eq!(found("a.b.00", text), None);
        assert_eq!(found("a.b.-1", text), None);
        assert_eq!(found("a.b.9", text), None);
    }

    #[test]
    fn escapes_reach_field_names_with_dots_and_ampersands() {
        let text = r#"{"a.b":1,"R&D":{"x&.":2}}"#;
        assert_eq!(found("a&.b", text).as_deref(), Some("1"));
        assert_eq!(found("R&&D.x&&&.", text).as_deref(), Some("2"));
        assert_eq!(encode_segment("x&."), "x&&&.");
    }

    #[test]
    fn extended_json_is_a_scalar_to_paths() {
        assert_eq!(found("d.$date", r#"{"d":{"$date":5}}"#), None);
        assert_eq!(
            found("d", r#"{"d":{"$date":5}}"#).as_deref(),
            Some(r#"{"$date":5}"#)
        );
    }

    #[test]
    fn empty_segments_match_nothing_and_cannot_be_written() {
        for path in ["a..b", ".a", "a.", ""] {
            assert_eq!(found(path, r#"{"a":{"b":1}}"#), None);
            assert_eq!(DocumentPath::parse(path), Err(PathError::EmptySegment));
        }
    }

    #[test]
    fn an_ampersand_must_escape_something() {
        for path in ["a&b", "a&", "&x.y"] {
            assert!(matches!(
                DocumentPath::parse_lenient(path),
                Err(PathError::BadEscape { .. })
            ));
        }
    }
}
