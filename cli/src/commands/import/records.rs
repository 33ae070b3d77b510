//! Reading CSV: the first line names the fields, every further record is a document or row.

use std::collections::HashSet;

use super::batch::{Batch, Content, Item, Position};
use super::csv::{Cells, Place, Reader};
use super::input::{Bytes, not_utf8};
use super::shape::Shape;
use crate::cell;
use crate::output::{self, hinted};

/// No document or row has more fields.
const WIDEST: usize = 10_000;

pub(super) struct Records {
    csv: Reader,
    fields: Vec<Field>,
    shape: Shape,
    /// What ended the reading, once the records before it have been given.
    failure: Option<anyhow::Error>,
}

/// A column of the file.
struct Field {
    /// Its name as JSON, with the colon.
    key: String,
    /// Whether its cells are text whatever they look like.
    is_text: bool,
}

impl Records {
    /// Begins a file, with its first line.
    pub(super) fn begin(input: Bytes, shape: Shape) -> anyhow::Result<Self> {
        let (mut csv, separators) = Reader::begin(input)?;
        csv.read(WIDEST)?;
        let fields = fields(csv.cells(), &shape)?;
        if separators != "commas" {
            output::note(&format!("The fields are separated by {separators}."));
        }
        Ok(Self {
            csv,
            fields,
            shape,
            failure: None,
        })
    }

    /// Goes on where an earlier import stopped, and `input` stands.
    pub(super) fn go_on(&mut self, input: Bytes, at: Position) {
        self.csv.go_on(input, at);
    }

    /// The next batch; `None` at the end.
    pub(super) fn next_batch(&mut self) -> anyhow::Result<Option<Batch>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut batch = Batch::default();
        while !batch.is_full() {
            match self.csv.read(self.fields.len()) {
                Ok(Some(place)) => batch.push(Item {
                    line: place.first,
                    content: self.content(place),
                }),
                Ok(None) => break,
                Err(failure) if batch.items.is_empty() => return Err(failure),
                Err(failure) => {
                    self.failure = Some(failure);
                    return Ok(Some(batch));
                }
            }
            batch.end = self.csv.position();
        }
        Ok(Some(batch).filter(|batch| !batch.items.is_empty()))
    }

    fn content(&self, place: Place) -> Content {
        let (found, expected) = (self.csv.cells().count(), self.fields.len());
        if found != expected {
            let mut reason = format!("it has {found} cells, but the first line names {expected}");
            if place.last > place.first {
                let last = place.last;
                reason = format!("{reason}; it goes on to line {last}: is a quote missing?");
            }
            return Content::bad(self.csv.record(), reason);
        }
        let json = self
            .object()
            .and_then(|json| self.shape.json(place.ordinal, &json));
        match json {
            Ok(json) => Content::Good(json),
            Err(reason) => Content::bad(self.csv.record(), reason),
        }
    }

    fn object(&self) -> Result<String, String> {
        let mut json = String::from("{");
        for (field, cell) in self.fields.iter().zip(self.csv.cells().iter()) {
            let cell = std::str::from_utf8(cell).map_err(|_| not_utf8(cell))?;
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

fn fields(header: &Cells, shape: &Shape) -> anyhow::Result<Vec<Field>> {
    if header.count() > WIDEST {
        return Err(hinted(
            format!(
                "the first line of the CSV file names {} fields",
                header.count()
            ),
            format!("the first line names the fields; documents have at most {WIDEST}"),
        ));
    }
    let mut names = HashSet::new();
    let mut fields = Vec::new();
    for name in header.iter() {
        let Ok(name) = std::str::from_utf8(name) else {
            return Err(hinted(
                "the first line of the CSV file is not UTF-8",
                "convert the file first: iconv -f WINDOWS-1252 -t UTF-8 FILE > converted.csv, if it is Latin-1 or Windows-1252",
            ));
        };
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
