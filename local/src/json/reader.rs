//! Going through JSON text: white space, and the values that hold no others.

use super::parse_error::{MAX_NAME, MAX_NUMBER_DIGITS, ParseError, ParseErrorKind};
use super::{Number, Value};

/// How far a text was read, and what it may hold.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) max_digits: usize,
    pub(super) max_name: usize,
    /// Bytes that may still be looked at ahead of being read.
    pub(super) ahead: usize,
}

impl<'a> Reader<'a> {
    /// For a text from outside.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            max_digits: MAX_NUMBER_DIGITS,
            max_name: MAX_NAME,
            ..Self::unlimited(text)
        }
    }

    /// For a text this program has written.
    pub(super) fn unlimited(text: &'a str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            max_digits: usize::MAX,
            max_name: usize::MAX,
            ahead: 2 * text.len(),
        }
    }

    pub(super) fn scalar(&mut self) -> Result<Value, ParseError> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.syntax("a value is expected")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, ParseError> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.syntax("a value is expected"));
        }
        self.at += word.len();
        // `nullable` is one wrong word, not null with something after it.
        if self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return Err(self.syntax("a value is expected"));
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Number, ParseError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let mut digits = self.digits()?;
        let whole = &self.bytes[self.at - digits..self.at];
        if whole.len() > 1 && whole[0] == b'0' {
            return Err(self.syntax("a number does not start with a zero"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            digits += self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            let exponent = self.at;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            digits += self.digits()?;
            if self.text[exponent..self.at].parse::<i32>().is_err() {
                return Err(ParseError {
                    kind: ParseErrorKind::ExponentTooLarge,
                    offset: start,
                });
            }
        }
        if digits > self.max_digits {
            return Err(ParseError {
                kind: ParseErrorKind::NumberTooLong,
                offset: start,
            });
        }
        if self.peek().is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-')
        }) {
            return Err(self.syntax("a number is not well formed"));
        }
        Ok(Number::new(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> Result<usize, ParseError> {
        let count = self.bytes[self.at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.at += count;
        if count == 0 {
            Err(self.syntax("a digit is expected"))
        } else {
            Ok(count)
        }
    }

    pub(super) fn string(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let plain = self.plain();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(plain.to_owned());
        }
        let mut text = plain.to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(_) => {
                    return Err(self.syntax("a control character in a string must be escaped"));
                }
                None => return Err(self.syntax("a string is not closed")),
            }
            text.push_str(self.plain());
        }
    }

    /// The text up to the next quote, escape or control character.
    fn plain(&mut self) -> &'a str {
        let start = self.at;
        let plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
        let rest = &self.bytes[start..];
        self.at += rest
            .iter()
            .position(|byte| !plain(byte))
            .unwrap_or(rest.len());
        &self.text[start..self.at]
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        Ok(match self.take() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.syntax_before("an escape in a string is unknown")),
        })
    }

    fn unicode(&mut self) -> Result<char, ParseError> {
        const LONE: &str = "a surrogate escape in a string has no partner";
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                if self.take() != Some(b'\\') || self.take() != Some(b'u') {
                    return Err(self.syntax_before(LONE));
                }
                let second = self.hex()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.syntax_before(LONE));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.syntax_before(LONE))
    }

    fn hex(&mut self) -> Result<u32, ParseError> {
        let digits = self
            .bytes
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err(self.syntax("four hexadecimal digits are expected after \\u"));
        };
        self.at += 4;
        let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or_default();
        Ok(digits.iter().fold(0, |code, byte| code * 16 + digit(byte)))
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn take(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    pub(super) fn syntax(&self, problem: &'static str) -> ParseError {
        self.error(ParseErrorKind::Syntax(problem))
    }

    /// A problem with the byte just taken.
    pub(super) fn syntax_before(&self, problem: &'static str) -> ParseError {
        ParseError {
            kind: ParseErrorKind::Syntax(problem),
            offset: self.at.saturating_sub(1),
        }
    }

    pub(super) fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError {
            kind,
            offset: self.at,
        }
    }
}
