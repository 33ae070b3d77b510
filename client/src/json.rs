//! Reads JSON text in one pass: by serde into any type, with floats read by the standard library, or
//! part by part, with the text of numbers.
//!
//! `serde_json` reads some floats one bit off unless its feature `float_roundtrip` is on, which a
//! library cannot turn on without turning it on for the whole program. It also offers the text of
//! numbers only through `RawValue`, level by level, which reads a nested value once for each level.

mod deserializer;
mod key;
mod number;
mod raw;

use std::borrow::Cow;

use memchr::memchr2;
use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny};
use serde_json::Error;

use self::number::is_number;
pub(crate) use self::raw::RAW_TOKEN;
use crate::shortened::shortened;

/// What a reply may nest, read by serde into types, before it is refused: what fits on a stack of
/// 256 KiB, even unoptimized; `#[serde(flatten)]` and untagged enums need kilobytes for each level.
const MAX_TYPED_DEPTH: usize = 32;

/// Reads all of `text` as a `T`.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads all of `text` as a `T`. A message of serde holds the whole string that does not fit, so a long one is cut.
pub(crate) fn decode<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    const SHOWN: usize = 300;
    from_str(text).map_err(|error| {
        let message = error.to_string();
        match shortened(&message, SHOWN) {
            cut if cut.len() < message.len() => Error::custom(cut),
            _ => error,
        }
    })
}

/// What is left of a JSON text.
///
/// Types are read where they are used, in other crates: what is small and asked for often is inlined there.
pub(crate) struct Reader<'de> {
    rest: &'de str,
    max_depth: usize,
    depth: usize,
}

impl<'de> Reader<'de> {
    /// For reading by serde.
    pub(crate) fn new(text: &'de str) -> Self {
        Self::with_max_depth(text, MAX_TYPED_DEPTH)
    }

    pub(crate) fn with_max_depth(text: &'de str, max_depth: usize) -> Self {
        Self {
            rest: text,
            max_depth,
            depth: 0,
        }
    }

    #[inline]
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end")),
        }
    }

    pub(crate) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.depth == self.max_depth {
            return Err(Error::custom(format_args!(
                "the value is nested deeper than {} levels",
                self.max_depth
            )));
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// The name of a field, and the colon behind it.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Cow<'de, str>, Error> {
        if self.next_byte() != Some(b'"') {
            return Err(self.unexpected("a string"));
        }
        let name = self.string()?;
        self.take(b':')?;
        Ok(name)
    }

    /// The string that begins here; borrowed if nothing in it is escaped.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        let text = self.rest;
        let content = text.get(1..).unwrap_or_default();
        if let Some(end) = memchr2(b'"', b'\\', content.as_bytes())
            && content.as_bytes()[end] == b'"'
        {
            let (content, rest) = content.split_at(end);
            // Without a way out, the loop takes many bytes at once.
            let control = |found, byte| found | u8::from(byte < 0x20);
            if content.bytes().fold(0, control) == 0 {
                self.rest = &rest[1..];
                return Ok(Cow::Borrowed(content));
            }
        }
        let mut escaped = false;
        let end = content.bytes().position(|byte| {
            let closing = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closing
        });
        // Two quotes are outside of what was counted.
        let literal = end
            .and_then(|end| text.get(..end + 2))
            .ok_or_else(|| self.unexpected("a string"))?;
        self.rest = &text[literal.len()..];
        serde_json::from_str(literal).map(Cow::Owned)
    }

    /// The text of a number, in JSON's grammar.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'de str, Error> {
        let end = self
            .rest
            .bytes()
            .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
            .unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at(end);
        if !is_number(literal) {
            return Err(self.unexpected("a value"));
        }
        self.rest = rest;
        Ok(literal)
    }

    /// The text of the next value, whatever it is. However deep it is, this does not recurse.
    fn raw(&mut self) -> Result<&'de str, Error> {
        self.next_byte();
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<IgnoredAny>();
        let read = values
            .next()
            .unwrap_or_else(|| Err(self.unexpected("a value")));
        read?;
        let (value, rest) = self.rest.split_at(values.byte_offset());
        self.rest = rest;
        Ok(value)
    }

    pub(crate) fn literal<T>(&mut self, literal: &str, value: T) -> Result<T, Error> {
        self.rest = self
            .rest
            .strip_prefix(literal)
            .ok_or_else(|| self.unexpected(literal))?;
        Ok(value)
    }

    /// Skips white space and looks at what follows.
    #[inline]
    pub(crate) fn next_byte(&mut self) -> Option<u8> {
        let space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let first = *self.rest.as_bytes().first()?;
        if space(&first) {
            let spaces = self.rest.bytes().take_while(|byte| space(byte)).count();
            self.rest = &self.rest[spaces..];
            return self.rest.bytes().next();
        }
        Some(first)
    }

    #[inline]
    pub(crate) fn skip(&mut self, punctuation: u8) -> bool {
        let found = self.next_byte() == Some(punctuation);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    #[inline]
    pub(crate) fn take(&mut self, punctuation: u8) -> Result<(), Error> {
        if self.skip(punctuation) {
            return Ok(());
        }
        Err(self.unexpected(char::from(punctuation).encode_utf8(&mut [0; 4])))
    }

    fn unexpected(&self, expected: &str) -> Error {
        let found = shortened(self.rest, 20);
        Error::custom(format_args!(
            "expected `{expected}` in JSON, found `{found}`"
        ))
    }
}
