//! Records of a CSV file and the lines they stand on.

use std::io::{self, BufRead as _, Cursor, Read as _};

use csv_core::ReadFieldResult;

use super::batch::{LONGEST, Position};
use super::input::Bytes;
use crate::output::hinted;

/// What fields are separated by, the usual one first.
const DELIMITERS: [(u8, &str); 4] = [
    (b',', "commas"),
    (b';', "semicolons"),
    (b'\t', "tabs"),
    (b'|', "vertical bars"),
];

/// Splits bytes into records. The crate `csv` counts a line too few after CR LF and after empty lines, and takes the end of
/// the input for the end of a quote; so this is the layer below it, `csv_core`.
pub(super) struct Reader {
    input: Bytes,
    core: csv_core::Reader,
    at: Position,
    /// The byte read last.
    latest: u8,
    /// The latest record as it stands in the file, with the end of its line.
    record: Vec<u8>,
    cells: Cells,
}

/// The cells of one record.
#[derive(Default)]
pub(super) struct Cells {
    bytes: Vec<u8>,
    /// Where each ends, of the first `most`. More are counted, not kept.
    ends: Vec<usize>,
    most: usize,
    count: usize,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) first: u64,
    pub(super) last: u64,
    /// The line as the crate `csv` counts it: the `_id`s of documents that bring none are made of it.
    pub(super) ordinal: u64,
}

impl Reader {
    /// Begins a file: a byte order mark is passed over, and what separates the first line most often separates all. Its
    /// name is told, too.
    pub(super) fn begin(mut input: Bytes) -> io::Result<(Self, &'static str)> {
        let mut head = Vec::new();
        input
            .by_ref()
            .take(LONGEST as u64)
            .read_until(b'\n', &mut head)?;
        let mark = if head.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        // Spreadsheets may say it: "sep=;".
        let said = separator_line(&head[mark..]);
        let (delimiter, name) = said.unwrap_or_else(|| delimiter(&head[mark..]));
        let start = if said.is_some() { head.len() } else { mark };
        let lines = head[..start].iter().filter(|byte| **byte == b'\n');
        let at = Position {
            bytes: start as u64,
            lines: lines.count() as u64,
            records: 0,
        };
        let mut head = Cursor::new(head);
        head.set_position(start as u64);
        let reader = Self {
            input: Box::new(head.chain(input)),
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            at,
            latest: b'\n',
            record: Vec::new(),
            cells: Cells::default(),
        };
        Ok((reader, name))
    }

    /// Goes on at a position behind a record, where `input` stands already.
    pub(super) fn go_on(&mut self, input: Bytes, at: Position) {
        self.input = input;
        self.core.reset();
        self.at = at;
    }

    pub(super) fn position(&self) -> Position {
        self.at
    }

    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The record that was read last, as it stands in the file.
    pub(super) fn record(&self) -> &[u8] {
        let end = self
            .record
            .iter()
            .rposition(|byte| !matches!(byte, b'\r' | b'\n'));
        &self.record[..end.map_or(0, |end| end + 1)]
    }

    /// Reads the next record and keeps the first `most` of its cells; none at the end.
    pub(super) fn read(&mut self, most: usize) -> anyhow::Result<Option<Place>> {
        let ordinal = self.at.lines + 1;
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let (first, start) = (self.at.lines + 1, self.at.bytes);
        self.record.clear();
        self.cells.clear(most);
        while !self.read_cell(first, start)? {}
        self.at.records += 1;
        let last = self.at.lines + u64::from(self.latest != b'\n');
        Ok(Some(Place {
            first,
            last,
            ordinal,
        }))
    }

    /// Empty lines are no records. Whether there is more.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let input = self.input.fill_buf()?;
            let length = input
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let length = length.count();
            let (is_end, is_all) = (input.is_empty(), length == input.len());
            self.consume(length);
            if is_end || !is_all {
                return Ok(!is_end);
            }
        }
    }

    /// Reads a cell of the record that begins at this line and byte. Whether it was the last.
    fn read_cell(&mut self, first: u64, start: u64) -> anyhow::Result<bool> {
        let opened = self.at.lines + 1;
        let mut output = [0; 1024];
        loop {
            let input = self.input.fill_buf()?;
            let is_end = input.is_empty();
            // The last line may lack its end.
            let input = if is_end { b"\n" } else { input };
            let (result, read, written) = self.core.read_field(input, &mut output);
            if is_end && matches!(result, ReadFieldResult::InputEmpty) {
                return Err(unclosed(opened));
            }
            self.cells.extend(&output[..written]);
            if !is_end {
                self.record.extend_from_slice(&input[..read]);
                self.consume(read);
            }
            if self.at.bytes - start > LONGEST as u64 {
                return Err(too_long(first, opened));
            }
            match result {
                ReadFieldResult::Field { record_end } => {
                    self.cells.end();
                    return Ok(record_end);
                }
                ReadFieldResult::End => return Ok(true),
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
            }
        }
    }

    fn consume(&mut self, length: usize) {
        // It is in the buffer: nothing is read for it.
        let Ok(input) = self.input.fill_buf() else {
            return;
        };
        let bytes = &input[..length];
        self.at.bytes += length as u64;
        let lines = bytes.iter().filter(|byte| **byte == b'\n');
        self.at.lines += lines.count() as u64;
        self.latest = bytes.last().copied().unwrap_or(self.latest);
        self.input.consume(length);
    }
}

impl Cells {
    fn clear(&mut self, most: usize) {
        self.bytes.clear();
        self.ends.clear();
        self.most = most;
        self.count = 0;
    }

    fn extend(&mut self, bytes: &[u8]) {
        if self.count < self.most {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn end(&mut self) {
        if self.count < self.most {
            self.ends.push(self.bytes.len());
        }
        self.count += 1;
    }

    /// How many there are, kept or not.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Those that were kept.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(&self.ends);
        ranges.map(|(start, end)| &self.bytes[start..*end])
    }
}

/// What separates a line most often, outside of quotes.
fn delimiter(line: &[u8]) -> (u8, &'static str) {
    let mut is_quoted = false;
    let mut counts = [0_u64; DELIMITERS.len()];
    for byte in line {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\r' | b'\n' if !is_quoted => break,
            byte if !is_quoted => {
                for (count, (delimiter, _)) in counts.iter_mut().zip(DELIMITERS) {
                    *count += u64::from(*byte == delimiter);
                }
            }
            _ => {}
        }
    }
    let mut best = 0;
    for index in 1..counts.len() {
        if counts[index] > counts[best] {
            best = index;
        }
    }
    DELIMITERS[best]
}

/// A first line that is not the names, but says what separates them.
fn separator_line(line: &[u8]) -> Option<(u8, &'static str)> {
    let said = line.trim_ascii_end().strip_prefix(b"sep=")?;
    let mut known = DELIMITERS.into_iter();
    known.find(|(delimiter, _)| said == [*delimiter])
}

fn unclosed(line: u64) -> anyhow::Error {
    hinted(
        format!("the quote that opens on line {line} of the CSV file is never closed"),
        "close it, or double it if it belongs to the text; a cell with a quote inside is \"a \"\"word\"\"\"",
    )
}

fn too_long(first: u64, opened: u64) -> anyhow::Error {
    hinted(
        format!(
            "the record that begins on line {first} of the CSV file is longer than {LONGEST} bytes"
        ),
        format!("look for a quote that is not closed, on line {opened} or before"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(text: &str) -> Reader {
        let bytes = Box::new(Cursor::new(text.as_bytes().to_vec()));
        Reader::begin(bytes).unwrap().0
    }

    fn cells(reader: &Reader) -> Vec<String> {
        let cells = reader.cells().iter();
        cells
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect()
    }

    /// The first and last line of every record.
    fn lines(text: &str) -> Vec<(u64, u64)> {
        let mut reader = reader(text);
        let mut lines = Vec::new();
        while let Some(place) = reader.read(9).unwrap() {
            lines.push((place.first, place.last));
        }
        lines
    }

    #[test]
    fn records_stand_on_the_lines_an_editor_shows() {
        let line = |line| (line, line);
        assert_eq!(lines("a,b\n1,2\n3,4"), [1, 2, 3].map(line));
        assert_eq!(lines("a,b\r\n1,2\r\n3,4\r\n"), [1, 2, 3].map(line));
        assert_eq!(
            lines("\n\na,b\n\n\n1,2\n \n3,4\n\n"),
            [3, 6, 7, 8].map(line)
        );
        assert_eq!(lines("\r\na,b\r\n\r\n\r\n1,2\r\n"), [2, 5].map(line));
        assert_eq!(
            lines("a,b\r\n\"1\r\n\r\n1\",\"2\n2\"\r\n3,4\r\n"),
            [(1, 1), (2, 5), (6, 6)]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_is_an_error_that_names_its_line() {
        for (text, line) in [
            ("a,b\n1,2\n3,\"4\n5,6\n", 3),
            ("a,b\r\n\r\n\"1\r\n1\",\"2\r\n3,4", 4),
            ("a,\"b\n1,2\n", 1),
            ("a,b\n1,\"2\"\"\n", 2),
        ] {
            let mut reader = reader(text);
            let failure = loop {
                match reader.read(9) {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("no failure: {text}"),
                    Err(failure) => break failure.to_string(),
                }
            };
            let expected =
                format!("the quote that opens on line {line} of the CSV file is never closed");
            assert_eq!(failure, expected, "{text}");
        }
        // These are closed.
        for text in [
            "a,b\n1,\"2\"",
            "a,b\n1,\"\"\n",
            "a\"b,c\n1\",2\n",
            "a,b\n1,",
        ] {
            assert_eq!(lines(text).len(), 2, "{text}");
        }
    }

    #[test]
    fn what_separates_the_names_separates_all() {
        for (text, name) in [
            ("a;b\n1;2,5\n", "semicolons"),
            ("a\tb\n1\t2,5\n", "tabs"),
            ("a|b\n1|2,5\n", "vertical bars"),
            ("\"a,,,\";b\n1;2,5\n", "semicolons"),
            ("sep=;\r\na;b\r\n1;2,5\r\n", "semicolons"),
            ("\u{feff}a;b\n1;2,5\n", "semicolons"),
            ("a,b\n1,\"2,5\"\n", "commas"),
            ("a,b;c\n1,\"2,5\"\n", "commas"),
        ] {
            let bytes = Box::new(Cursor::new(text.as_bytes().to_vec()));
            let (mut reader, found) = Reader::begin(bytes).unwrap();
            assert_eq!(found, name, "{text}");
            reader.read(9).unwrap();
            let place = reader.read(9).unwrap().unwrap();
            assert_eq!(cells(&reader), ["1", "2,5"], "{text}");
            let line = if text.starts_with("sep") { 3 } else { 2 };
            assert_eq!(place.first, line, "{text}");
        }
    }

    #[test]
    fn going_on_after_a_record_goes_on_counting() {
        let text = "a,b\r\n\r\n1,\"x\r\ny\"\r\n\r\n3,4\r\n5,6";
        let mut whole = reader(text);
        whole.read(9).unwrap();
        while whole.read(9).unwrap().is_some() {
            let at = whole.position();
            let mut rest = reader(text);
            let left = text.as_bytes()[usize::try_from(at.bytes).unwrap()..].to_vec();
            rest.go_on(Box::new(Cursor::new(left)), at);
            let mut expected = reader(text);
            while expected.position().records < at.records {
                expected.read(9).unwrap();
            }
            assert_eq!(rest.read(9).unwrap(), expected.read(9).unwrap());
        }
    }
}
