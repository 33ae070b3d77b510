//! Where in a document a value lies, for messages.

use std::fmt::{self, Write as _};

use crate::path::encode_segment;

/// Characters of a path that a message shows.
const SHOWN: usize = 100;

/// A place in a document, as a step from the place around it: nothing is allocated before there is something to say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    Document,
    Field(&'a Self, &'a str),
    Element(&'a Self, usize),
}

impl<'a> Place<'a> {
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Place::Field(self, name)
    }

    pub(super) fn element(&'a self, index: usize) -> Self {
        Place::Element(self, index)
    }

    /// The name of the field, also of one whose elements these are.
    pub(super) fn name(&self) -> Option<&'a str> {
        match self {
            Place::Document => None,
            Place::Field(_, name) => Some(name),
            Place::Element(around, _) => around.name(),
        }
    }

    fn write(&self, out: &mut String) {
        let around = match self {
            Place::Document => return,
            Place::Field(around, _) | Place::Element(around, _) => around,
        };
        around.write(out);
        if !out.is_empty() {
            out.push('.');
        }
        match self {
            Place::Document => {}
            Place::Field(_, name) => out.push_str(&encode_segment(name)),
            // Writing to a string does not fail.
            Place::Element(_, index) => _ = write!(out, "{index}"),
        }
    }
}

/// The path in backticks, cut where it is long.
impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = String::new();
        self.write(&mut path);
        match path.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(formatter, "`{}…`", &path[..end]),
            None => write!(formatter, "`{path}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_as_a_path() {
        let lines = Place::Document.field("lines.all");
        let line = lines.element(3);
        assert_eq!(line.field("sku").to_string(), "`lines&.all.3.sku`");
        assert_eq!(line.name(), Some("lines.all"));
        let long = "é".repeat(101);
        let shown = Place::Document.field(&long).to_string();
        assert_eq!(shown, format!("`{}…`", "é".repeat(100)));
    }
}
