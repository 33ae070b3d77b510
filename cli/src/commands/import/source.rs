//! The input: which format, and from where.

use std::path::Path;

use anyhow::Context as _;

use super::batch::{Batch, Position};
use super::input;
use super::json::{Layout, Values};
use super::lines::Lines;
use super::records::Records;
use super::shape::Shape;
use crate::format::Format;

/// Gives batches until the input ends.
pub(super) struct Source(Box<dyn FnMut() -> anyhow::Result<Option<Batch>> + Send>);

impl Source {
    /// Reads a file from a position on, or standard input.
    pub(super) fn open(
        path: Option<&Path>,
        format: Format,
        shape: Shape,
        at: Position,
    ) -> anyhow::Result<Self> {
        let reading = || {
            let name = path.map_or("standard input".into(), Path::to_string_lossy);
            format!("reading {name}")
        };
        let begins = at == Position::default();
        if format == Format::Csv {
            let mut records = Records::begin(input::open(path, 0)?, shape).with_context(reading)?;
            if !begins {
                records.go_on(input::open(path, at.bytes)?, at);
            }
            return Ok(Self(Box::new(move || records.next_batch())));
        }
        let (layout, mut bytes) = Layout::of(input::open(path, 0)?).with_context(reading)?;
        if !begins {
            bytes = input::open(path, at.bytes)?;
        }
        if layout == Layout::Lines {
            let mut lines = Lines::new(bytes, shape, at);
            return Ok(Self(Box::new(move || Ok(lines.next_batch()?))));
        }
        let mut values = Values::new(bytes, layout, shape, at);
        Ok(Self(Box::new(move || values.next_batch())))
    }

    pub(super) fn next_batch(&mut self) -> anyhow::Result<Option<Batch>> {
        (self.0)()
    }
}
