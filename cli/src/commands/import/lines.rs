//! Reading JSON Lines, in memory for one batch at a time.

use std::io::{self, BufRead as _, Read as _};

use super::batch::{Batch, Content, Item, LONGEST, Position};
use super::input::{Bytes, not_utf8};
use super::shape::Shape;

/// After so many bytes a batch is passed on with what is in it, so that files of empty lines can be interrupted.
const ENOUGH: u64 = 50_000_000;

pub(super) struct Lines {
    input: Bytes,
    shape: Shape,
    at: Position,
}

impl Lines {
    /// Reads on from a position, where `input` stands already.
    pub(super) fn new(input: Bytes, shape: Shape, at: Position) -> Self {
        Self { input, shape, at }
    }

    /// The next batch, which may be empty; `None` at the end.
    pub(super) fn next_batch(&mut self) -> io::Result<Option<Batch>> {
        let mut batch = Batch::default();
        let start = self.at.bytes;
        let mut is_end = false;
        while !batch.is_full() && self.at.bytes - start < ENOUGH {
            let Some(line) = self.line()? else {
                is_end = true;
                break;
            };
            // Empty lines are no documents.
            let content = match line {
                Ok(line) if line.trim_ascii().is_empty() => continue,
                Ok(line) => self.content(&line),
                Err(beginning) => Content::bad(
                    &beginning,
                    format!("the line is longer than {LONGEST} bytes"),
                ),
            };
            self.at.records += 1;
            let line = self.at.lines;
            batch.push(Item { line, content });
        }
        batch.end = self.at;
        Ok(Some(batch).filter(|batch| !is_end || !batch.items.is_empty()))
    }

    fn content(&self, line: &[u8]) -> Content {
        let Ok(text) = std::str::from_utf8(line) else {
            return Content::bad(line, not_utf8(line));
        };
        // A mark some editors put in front of a file.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self.shape.json(self.at.lines, text) {
            Ok(json) => Content::Good(json),
            Err(reason) => Content::bad(text.trim_end().as_bytes(), reason),
        }
    }

    /// A line with its end, or the beginning of one that is too long.
    fn line(&mut self) -> io::Result<Option<Result<Vec<u8>, Vec<u8>>>> {
        let mut line = Vec::new();
        let limit = LONGEST as u64 + 1;
        let read = self
            .input
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        self.at.bytes += read as u64;
        self.at.lines += 1;
        if line.len() > LONGEST && line.last() != Some(&b'\n') {
            self.skip_line()?;
            line.truncate(200);
            return Ok(Some(Err(line)));
        }
        Ok(Some(Ok(line)))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(length);
            self.at.bytes += length as u64;
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], at: Position) -> (Vec<(u64, String)>, Position) {
        let shape = Shape::Document {
            file: "f".to_owned(),
        };
        let input = Box::new(io::Cursor::new(text.to_vec()));
        let mut lines = Lines::new(input, shape, at);
        let mut items = Vec::new();
        let mut end = at;
        while let Some(batch) = lines.next_batch().unwrap() {
            end = batch.end;
            items.extend(batch.items.into_iter().map(|item| match item.content {
                Content::Good(json) => (item.line, json.get().to_owned()),
                Content::Bad { reason, .. } => (item.line, reason),
            }));
        }
        (items, end)
    }

    #[test]
    fn lines_are_counted_and_empty_ones_left_out() {
        let text = b"\xef\xbb\xbf{\"_id\":1}\r\n\n  \n{\"_id\":2}\n\xff\n{\"_id\":3}";
        let (items, end) = read(text, Position::default());
        let expected = [
            (1, "{\"_id\":1}"),
            (4, "{\"_id\":2}"),
            (
                5,
                "the text is not UTF-8: byte 0xFF in column 1 (if it is Latin-1 or Windows-1252, `iconv -f WINDOWS-1252 -t UTF-8` converts the file)",
            ),
            (6, "{\"_id\":3}"),
        ];
        assert_eq!(items, expected.map(|(line, json)| (line, json.to_owned())));
        assert_eq!(
            end,
            Position {
                bytes: text.len() as u64,
                lines: 6,
                records: 4
            }
        );
    }

    #[test]
    fn reading_on_counts_on() {
        let at = Position {
            bytes: 100,
            lines: 7,
            records: 6,
        };
        let (items, end) = read(b"{\"_id\":1}\n", at);
        assert_eq!(items, [(8, "{\"_id\":1}".to_owned())]);
        assert_eq!(
            end,
            Position {
                bytes: 110,
                lines: 8,
                records: 7
            }
        );
    }

    #[test]
    fn a_line_too_long_is_passed_over_in_bounded_memory() {
        let mut text = vec![b'x'; LONGEST + 5_000_000];
        text.extend_from_slice(b"\n{\"_id\":1}\n");
        let (items, end) = read(&text, Position::default());
        assert_eq!(items[0].1, "the line is longer than 19000000 bytes");
        assert_eq!(items[1], (2, "{\"_id\":1}".to_owned()));
        assert_eq!(end.bytes, text.len() as u64);
    }
}
