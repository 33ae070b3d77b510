//! Why a text is not JSON, or more than is taken.

use std::fmt;

/// Levels of objects and arrays a text may nest: the limit of the real server's parser.
pub(super) const MAX_DEPTH: usize = 1000;

/// Digits a number may have, fraction and exponent included.
pub(super) const MAX_NUMBER_DIGITS: usize = 100;

/// Bytes a field name may have: the limit of the real server's parser.
pub(super) const MAX_NAME: usize = 50_000;

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) kind: ParseErrorKind,
    /// Byte offset into the text.
    pub(crate) offset: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParseErrorKind {
    /// Nothing but white space.
    Empty,
    /// What was wrong, as a clause: "a string is not closed".
    Syntax(&'static str),
    DuplicateKey(String),
    TooDeep,
    NumberTooLong,
    NameTooLong,
    /// The exponent does not fit 32 bits, so that no arithmetic could be done with the number.
    ExponentTooLarge,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ParseErrorKind::Empty => f.write_str("the text is empty"),
            ParseErrorKind::Syntax(problem) => write!(f, "{problem} at byte {}", self.offset),
            ParseErrorKind::DuplicateKey(name) => {
                write!(
                    f,
                    "the field '{name}' is given twice in one object, the second time at byte {}",
                    self.offset
                )
            }
            ParseErrorKind::TooDeep => {
                write!(
                    f,
                    "objects and arrays nest deeper than {MAX_DEPTH} levels at byte {}",
                    self.offset
                )
            }
            ParseErrorKind::NumberTooLong => {
                write!(
                    f,
                    "the number at byte {} has more than {MAX_NUMBER_DIGITS} digits",
                    self.offset
                )
            }
            ParseErrorKind::NameTooLong => {
                write!(
                    f,
                    "the field name at byte {} is longer than {MAX_NAME} bytes",
                    self.offset
                )
            }
            ParseErrorKind::ExponentTooLarge => {
                write!(
                    f,
                    "the exponent of the number at byte {} does not fit 32 bits",
                    self.offset
                )
            }
        }
    }
}
