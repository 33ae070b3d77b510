//! Reading CSV: the first line names the fields, every further record is a document or row.

use std::collections::HashSet;
use std::io::{self, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;

use super::batch::{Batch, Content, Item, Position};
use super::source::Shape;
use crate::cell;
use crate::output::hinted;

/// More than this in one record is a quote that was never closed.
const LONGEST: u64 = 64_000_000;

pub(super) struct Records<R> {
    csv: csv::Reader<Watched<R>>,
    since_record: Arc<AtomicU64>,
    fields: Vec<Field>,
    shape: Shape,
    record: ByteRecord,
}

/// A column of the file.
struct Field {
    /// Its name as JSON, with the colon.
    key: String,
    /// Whether its cells are text whatever they look like.
    is_text: bool,
}

/// Stops reading where a record does not end.
struct Watched<R> {
    input: R,
    since_record: Arc<AtomicU64>,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R, shape: Shape) -> anyhow::Result<Self> {
        let since_record = Arc::new(AtomicU64::new(0));
        let watched = Watched {
            input,
            since_record: Arc::clone(&since_record),
        };
        let mut csv = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(watched);
        let fields = fields(csv.headers()?, &shape)?;
        Ok(Self {
            csv,
            since_record,
            fields,
            shape,
            record: ByteRecord::new(),
        })
    }

    /// The next batch; `None` at the end.
    pub(super) fn next_batch(&mut self) -> io::Result<Option<Batch>> {
        let mut batch = Batch::default();
        while !batch.is_full() {
            self.since_record.store(0, Ordering::Relaxed);
            if !self.csv.read_byte_record(&mut self.record)? {
                break;
            }
            let line = self.record.position().map_or(0, csv::Position::line);
            let content = self.content(line);
            batch.push(Item { line, content });
        }
        let end = self.csv.position();
        batch.end = Position {
            bytes: end.byte(),
            lines: end.line().saturating_sub(1),
            records: end.record(),
        };
        Ok(Some(batch).filter(|batch| !batch.items.is_empty()))
    }

    fn content(&self, line: u64) -> Content {
        let (found, expected) = (self.record.len(), self.fields.len());
        let as_text = || {
            let cells: Vec<_> = self.record.iter().map(String::from_utf8_lossy).collect();
            cells.join(",").into_bytes()
        };
        if found != expected {
            let reason = format!("it has {found} cells, but the first line names {expected}");
            return Content::bad(&as_text(), reason);
        }
        let json = self.object().and_then(|json| self.shape.json(line, &json));
        match json {
            Ok(json) => Content::Good(json),
            Err(reason) => Content::bad(&as_text(), reason),
        }
    }

    fn object(&self) -> Result<String, String> {
        let mut json = String::from("{");
        for (field, cell) in self.fields.iter().zip(&self.record) {
            let cell = std::str::from_utf8(cell).map_err(|_| "it is not UTF-8".to_owned())?;
            let value = if field.is_text {
                cell::to_text(cell)
            } else {
                cell::to_json(cell)
            };
            if let Some(value) = value {
                if json.len() > 1 {
                    json.push(',');
                }
                json.extend([field.key.as_str(), &value]);
            }
        }
        json.push('}');
        Ok(json)
    }
}

impl<R: Read + Seek> Records<R> {
    /// Goes on from where an earlier import stopped.
    pub(super) fn seek(&mut self, at: Position) -> io::Result<()> {
        let mut position = csv::Position::new();
        position
            .set_byte(at.bytes)
            .set_line(at.lines + 1)
            .set_record(at.records);
        self.csv.seek(position)?;
        Ok(())
    }
}

fn fields(header: &csv::StringRecord, shape: &Shape) -> anyhow::Result<Vec<Field>> {
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    for name in header {
        let name = name.strip_prefix('\u{feff}').unwrap_or(name);
        if name.is_empty() || !names.insert(name.to_owned()) {
            return Err(hinted(
                format!(
                    "the first line of the CSV file has the name {name:?} twice, or an empty one"
                ),
                "the first line names the fields; give each a name of its own",
            ));
        }
        let is_text = match shape {
            Shape::Document { .. } => false,
            Shape::Row { columns } => columns
                .get(name)
                .is_some_and(|column| cell::holds_text(&column.kind)),
        };
        let key = format!("{}:", cell::text(name));
        fields.push(Field { key, is_text });
    }
    Ok(fields)
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let since = self.since_record.fetch_add(read as u64, Ordering::Relaxed);
        if since > LONGEST {
            return Err(io::Error::other(format!(
                "a record is longer than {LONGEST} bytes: a quote is not closed"
            )));
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read<R: Read>(records: &mut Records<R>) -> (Vec<(u64, String)>, Position) {
        let mut items = Vec::new();
        let mut end = Position::default();
        while let Some(batch) = records.next_batch().unwrap() {
            end = batch.end;
            items.extend(batch.items.into_iter().map(|item| match item.content {
                Content::Good(json) => (item.line, json.get().to_owned()),
                Content::Bad { reason, .. } => (item.line, reason),
            }));
        }
        (items, end)
    }

    const TEXT: &str = "_id,name,price\n1,\"Tea\npot\",2.50\n2,x\n3,,\"\"\n";

    fn shape() -> Shape {
        Shape::Document {
            file: "f".to_owned(),
        }
    }

    #[test]
    fn records_become_documents() {
        let mut records = Records::new(Cursor::new(TEXT), shape()).unwrap();
        let (items, end) = read(&mut records);
        let expected = [
            (2, r#"{"_id":1,"name":"Tea\npot","price":2.50}"#),
            (4, "it has 2 cells, but the first line names 3"),
            (5, r#"{"_id":3}"#),
        ];
        assert_eq!(items, expected.map(|(line, json)| (line, json.to_owned())));
        assert_eq!((end.bytes, end.lines), (TEXT.len() as u64, 5));
    }

    #[test]
    fn reading_on_after_a_position_counts_on() {
        let mut whole = Records::new(Cursor::new(TEXT), shape()).unwrap();
        whole.csv.read_byte_record(&mut whole.record).unwrap();
        let at = whole.csv.position();
        let at = Position {
            bytes: at.byte(),
            lines: at.line() - 1,
            records: at.record(),
        };
        let (expected, _) = read(&mut whole);
        let mut rest = Records::new(Cursor::new(TEXT), shape()).unwrap();
        rest.seek(at).unwrap();
        assert_eq!(read(&mut rest).0, expected);
    }
}
