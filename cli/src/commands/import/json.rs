//! How documents stand in a JSON file: one a line, or in any other way, such as a pretty-printed list.

use std::io::{self, BufRead, Cursor, Read as _};
use std::ops::Range;

use serde::de::IgnoredAny;

use super::batch::{Batch, Content, Item, LONGEST, Position};
use super::input::{Bytes, not_utf8};
use super::shape::Shape;
use crate::output::hinted;

/// How much of a value that is too long is shown.
const SHOWN: usize = 200;
/// What some editors put in front of a file.
const MARK: &[u8] = b"\xef\xbb\xbf";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One document a line.
    Lines,
    /// One list of documents.
    List,
    /// Documents one after another, each over several lines.
    Objects,
}

impl Layout {
    /// Tells from the first line, and the second if need be. Gives the bytes back from their beginning.
    pub(super) fn of(mut input: Bytes) -> io::Result<(Self, Bytes)> {
        let mut head = Vec::new();
        let first = next_line(&mut input, &mut head)?;
        let text = head[first].to_vec();
        let text = text.strip_prefix(MARK).unwrap_or(&text);
        let is_list = text.trim_ascii_start().starts_with(b"[");
        let whole = serde_json::from_slice::<IgnoredAny>(text);
        let layout = match whole {
            // A list on one line is the file, unless there are more lines.
            Ok(_) if is_list && next_line(&mut input, &mut head)?.is_empty() => Self::List,
            Err(error) if is_list && error.is_eof() => Self::List,
            // The second line of an object that goes on; in a file of lines it would be another object.
            Err(error) if error.is_eof() => {
                let second = next_line(&mut input, &mut head)?;
                match head[second].trim_ascii_start().first() {
                    Some(b'"' | b'}') => Self::Objects,
                    _ => Self::Lines,
                }
            }
            _ => Self::Lines,
        };
        Ok((layout, Box::new(Cursor::new(head).chain(input))))
    }
}

/// Reads lines up to one that is not blank, and tells where that one is; nowhere at the end.
fn next_line(input: &mut Bytes, head: &mut Vec<u8>) -> io::Result<Range<usize>> {
    loop {
        let start = head.len();
        let limit = (LONGEST.saturating_sub(start)) as u64;
        let read = input.take(limit).read_until(b'\n', head)?;
        let line = &head[start..];
        let line = line.strip_prefix(MARK).unwrap_or(line);
        if read == 0 || !line.trim_ascii().is_empty() {
            return Ok(start..head.len());
        }
    }
}

/// Reads the values of a file that is a list, or values one after another.
pub(super) struct Values {
    input: Bytes,
    shape: Shape,
    at: Position,
    is_list: bool,
    is_open: bool,
    is_closed: bool,
    /// What ended the reading, once the values before it have been given.
    failure: Option<anyhow::Error>,
}

/// How far a value has been read.
#[derive(Default)]
struct Scan {
    depth: u64,
    is_string: bool,
    is_escaped: bool,
}

#[derive(PartialEq, Eq)]
enum Step {
    Within,
    /// This byte is the value's last.
    Last,
    /// This byte comes after the value.
    After,
}

impl Values {
    /// Reads on from a position, where `input` stands already.
    pub(super) fn new(input: Bytes, layout: Layout, shape: Shape, at: Position) -> Self {
        Self {
            input,
            shape,
            at,
            is_list: layout == Layout::List,
            is_open: at.records > 0,
            is_closed: false,
            failure: None,
        }
    }

    /// The next batch; `None` at the end.
    pub(super) fn next_batch(&mut self) -> anyhow::Result<Option<Batch>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut batch = Batch::default();
        while !batch.is_full() {
            match self.item() {
                Ok(Some(item)) => batch.push(item),
                Ok(None) => break,
                Err(failure) if batch.items.is_empty() => return Err(failure),
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            }
            batch.end = self.at;
        }
        Ok(Some(batch).filter(|batch| !batch.items.is_empty()))
    }

    fn item(&mut self) -> anyhow::Result<Option<Item>> {
        if !self.find()? {
            return Ok(None);
        }
        let line = self.at.lines + 1;
        let value = self.value(line)?;
        self.at.records += 1;
        let content = match value {
            Ok(value) => self.content(&value),
            Err(beginning) => Content::bad(
                &beginning,
                format!("the value is longer than {LONGEST} bytes"),
            ),
        };
        Ok(Some(Item { line, content }))
    }

    fn content(&self, value: &[u8]) -> Content {
        let Ok(text) = std::str::from_utf8(value) else {
            return Content::bad(value, not_utf8(value));
        };
        // Several may stand on one line, so it is counted which one it is.
        match self.shape.json(self.at.records, text) {
            Ok(json) => Content::Good(json),
            Err(reason) => Content::bad(value, reason),
        }
    }

    /// Passes over what stands between values. Whether there is another one.
    fn find(&mut self) -> anyhow::Result<bool> {
        loop {
            let Some(byte) = self.input.fill_buf()?.first().copied() else {
                return if self.is_list && !self.is_closed {
                    Err(hinted(
                        format!(
                            "the JSON list is not closed: line {} is the last one",
                            self.at.lines + 1
                        ),
                        "the file may be incomplete; what stands before is imported",
                    ))
                } else {
                    Ok(false)
                };
            };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xef | 0xbb | 0xbf => {}
                b'[' if self.is_list && !self.is_open => self.is_open = true,
                b']' if self.is_list && !self.is_closed => self.is_closed = true,
                _ if self.is_closed => {
                    return Err(hinted(
                        format!(
                            "the JSON list ends before line {}, but there is more",
                            self.at.lines + 1
                        ),
                        "put all documents into one list, or each on a line of its own",
                    ));
                }
                _ => return Ok(true),
            }
            self.consume(1);
        }
    }

    /// The next value, or the beginning of one that is too long.
    fn value(&mut self, line: u64) -> anyhow::Result<Result<Vec<u8>, Vec<u8>>> {
        let mut value = Vec::new();
        let mut scan = Scan::default();
        let mut length = 0;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                if scan.is_open() {
                    return Err(hinted(
                        format!("the JSON value that begins on line {line} is not closed"),
                        "the file may be incomplete; what stands before is imported",
                    ));
                }
                break;
            }
            let mut read = 0;
            let mut step = Step::Within;
            for byte in buffer {
                step = scan.step(*byte, length + read == 0);
                read += usize::from(step != Step::After);
                if step != Step::Within {
                    break;
                }
            }
            if length <= LONGEST {
                value.extend_from_slice(&buffer[..read]);
            }
            length += read;
            self.consume(read);
            if step != Step::Within {
                break;
            }
        }
        if length > LONGEST {
            value.truncate(SHOWN);
            return Ok(Err(value));
        }
        Ok(Ok(value))
    }

    fn consume(&mut self, length: usize) {
        // It is in the buffer: nothing is read for it.
        let Ok(buffer) = self.input.fill_buf() else {
            return;
        };
        let lines = buffer[..length].iter().filter(|byte| **byte == b'\n');
        self.at.lines += lines.count() as u64;
        self.at.bytes += length as u64;
        self.input.consume(length);
    }
}

impl Scan {
    fn is_open(&self) -> bool {
        self.depth > 0 || self.is_string
    }

    /// Brackets are counted, not compared: what they enclose is checked as a whole later.
    fn step(&mut self, byte: u8, is_first: bool) -> Step {
        if self.is_string {
            self.is_string = self.is_escaped || byte != b'"';
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            return self.after(!self.is_string);
        }
        match byte {
            b'"' => self.is_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                return self.after(true);
            }
            b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 && !is_first => {
                return Step::After;
            }
            _ => {}
        }
        Step::Within
    }

    fn after(&self, is_end: bool) -> Step {
        if is_end && self.depth == 0 {
            Step::Last
        } else {
            Step::Within
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape::Document {
            file: "f".to_owned(),
        }
    }

    /// The layout, each value or why it was refused with its line, and what ended the reading.
    fn read(text: &str) -> (Layout, Vec<(u64, String)>, Option<String>) {
        let bytes = Box::new(Cursor::new(text.as_bytes().to_vec()));
        let (layout, bytes) = Layout::of(bytes).unwrap();
        let mut values = Values::new(bytes, layout, shape(), Position::default());
        let mut items = Vec::new();
        loop {
            match values.next_batch() {
                Ok(Some(batch)) => items.extend(batch.items.into_iter().map(|item| {
                    let content = match item.content {
                        Content::Good(json) => json.get().to_owned(),
                        Content::Bad { reason, .. } => reason,
                    };
                    (item.line, content)
                })),
                Ok(None) => return (layout, items, None),
                Err(failure) => return (layout, items, Some(failure.to_string())),
            }
        }
    }

    fn layout(text: &str) -> Layout {
        let bytes = Box::new(Cursor::new(text.as_bytes().to_vec()));
        Layout::of(bytes).unwrap().0
    }

    #[test]
    fn layouts_are_told_apart_by_their_first_lines() {
        for text in [
            "",
            "{}\n{}",
            "{\"a\":1}",
            "nonsense\n{}",
            "{\"a\":\n{\"a\":1}\n",
            "[1]\n{\"a\":1}\n",
        ] {
            assert_eq!(layout(text), Layout::Lines, "{text}");
        }
        for text in [
            "[]",
            "[\n",
            " [ {\"a\":\n1}]",
            "\u{feff}\n[{\"a\":1},\n{\"a\":2}]",
            "[{\"a\":1}]\n\n",
        ] {
            assert_eq!(layout(text), Layout::List, "{text}");
        }
        for text in ["{\n  \"a\": 1\n}\n", "\n{\n\n}", "{\"a\": [1,\n\"b\"]}"] {
            assert_eq!(layout(text), Layout::Objects, "{text}");
        }
    }

    #[test]
    fn a_pretty_printed_list_is_its_elements() {
        let text = "[\r\n  {\r\n    \"_id\": \"a]}\\\"\"\r\n  },\r\n  7, \"x\",\r\n  {\"_id\": [{}]}, {\"_id\" 1}\r\n]\r\n";
        let (layout, items, failure) = read(text);
        assert_eq!((layout, failure), (Layout::List, None));
        let expected = [
            (2, "{\r\n    \"_id\": \"a]}\\\"\"\r\n  }"),
            (5, "it is JSON, but not an object"),
            (5, "it is JSON, but not an object"),
            (6, "{\"_id\": [{}]}"),
            (6, "it is not a JSON object: expected `:` (column 8)"),
        ];
        assert_eq!(items, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn objects_over_several_lines_follow_one_another() {
        let (layout, items, failure) =
            read("{\n  \"_id\": 1\n}\n{\"_id\": 2}\n\n{\n  \"_id\" 3\n}");
        assert_eq!((layout, failure), (Layout::Objects, None));
        let expected = [
            (1, "{\n  \"_id\": 1\n}"),
            (4, "{\"_id\": 2}"),
            (
                6,
                "it is not a JSON object: expected `:` (column 9 of its line 2)",
            ),
        ];
        assert_eq!(items, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_file_that_ends_too_early_or_too_late_says_where() {
        let cases = [
            (
                "[\n{\"_id\": 1},\n",
                1,
                "the JSON list is not closed: line 3 is the last one",
            ),
            (
                "[\n{\"_id\": 1},\n{\"_id\": \n",
                1,
                "the JSON value that begins on line 3 is not closed",
            ),
            (
                "[\n{\"_id\": 1}\n]\n{}",
                1,
                "the JSON list ends before line 4, but there is more",
            ),
        ];
        for (text, count, expected) in cases {
            let (_, items, failure) = read(text);
            assert_eq!(
                (items.len(), failure.as_deref()),
                (count, Some(expected)),
                "{text}"
            );
        }
    }

    #[test]
    fn equal_documents_on_one_line_are_two_documents() {
        let (_, items, _) = read("[{\"a\":1},{\"a\":1}]");
        assert_ne!(items[0].1, items[1].1);
    }
}
