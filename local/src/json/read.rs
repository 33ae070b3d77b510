//! JSON text to values.

use std::fmt;

use thin_vec::ThinVec;

use super::{Number, Object, Value};

/// Levels of objects and arrays a text may nest: the limit of the real server's parser.
const MAX_DEPTH: usize = 1000;

/// Digits a number may have, fraction and exponent included.
const MAX_NUMBER_DIGITS: usize = 100;

/// Bytes a field name may have: the limit of the real server's parser.
const MAX_NAME: usize = 50_000;

/// From this many values on an array is long.
const LONG: usize = 4096;

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

/// Reads the first JSON value of a text, a byte order mark before it or not. What follows it is ignored, as the real
/// server does.
pub(crate) fn parse(text: &[u8]) -> Result<Value, ParseError> {
    let text = std::str::from_utf8(text).map_err(|error| ParseError {
        kind: ParseErrorKind::Syntax("the text is not UTF-8"),
        offset: error.valid_up_to(),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Reader::new(text).document()
}

/// What could be read of a text that is wrong somewhere: an array or object, and what it has up to there.
#[derive(Debug, PartialEq)]
pub(crate) enum Begun {
    Array,
    /// The complete fields, and the name of the one whose value is wrong or holds what is, with what it began as.
    Object(Object, Option<(String, Option<Box<Self>>)>),
}

/// What can be read of a text before the place where it is wrong.
pub(crate) fn begun(text: &[u8]) -> Option<Begun> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::new(text);
    let mut around = Vec::new();
    reader.skip_space();
    reader.value(&mut around).err()?;
    let mut begun = None;
    for unfinished in around.into_iter().rev() {
        begun = Some(match unfinished {
            Unfinished::Array(_) => Begun::Array,
            Unfinished::Object(object, name) => {
                Begun::Object(object, name.map(|name| (name, begun.map(Box::new))))
            }
        });
    }
    begun
}

/// Reads a value this program has written. Numbers may have grown beyond what a request may hold.
pub(crate) fn parse_stored(text: &str) -> Result<Value, ParseError> {
    Reader::unlimited(text).document()
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    max_digits: usize,
    max_name: usize,
    /// Bytes that may still be looked at ahead of being read.
    ahead: usize,
}

/// An array or object whose end has not been read yet. Keeping these in a list rather than on the stack lets a
/// thousand levels pass on the small stacks of worker threads.
enum Unfinished {
    Array(Items),
    /// With the name of the field whose value comes next.
    Object(Object, Option<String>),
}

/// The values of an unfinished array. A few lie on the list of all arrays', so that the array is allocated once, in its
/// final size; many would be there twice when they move from that list.
struct Items {
    /// Where its values begin on the list.
    first: usize,
    /// All its values, where they are many.
    many: ThinVec<Value>,
}

impl Items {
    fn finish(self, few: &mut Vec<Value>) -> ThinVec<Value> {
        if !self.many.is_empty() {
            return self.many;
        }
        let mut items = ThinVec::with_capacity(few.len() - self.first);
        items.extend(few.drain(self.first..));
        items
    }
}

impl<'a> Reader<'a> {
    /// For a text from outside.
    fn new(text: &'a str) -> Self {
        Self {
            max_digits: MAX_NUMBER_DIGITS,
            max_name: MAX_NAME,
            ..Self::unlimited(text)
        }
    }

    /// For a text this program has written.
    fn unlimited(text: &'a str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            max_digits: usize::MAX,
            max_name: usize::MAX,
            ahead: 2 * text.len(),
        }
    }

    fn document(&mut self) -> Result<Value, ParseError> {
        self.skip_space();
        if self.peek().is_none() {
            return Err(self.error(ParseErrorKind::Empty));
        }
        self.value(&mut Vec::new())
    }

    /// `around` is empty. Where the text is wrong, what is unfinished there is left in it.
    fn value(&mut self, around: &mut Vec<Unfinished>) -> Result<Value, ParseError> {
        let mut few = Vec::new();
        loop {
            let mut value = match self.peek() {
                Some(b'{') => {
                    self.open(around)?;
                    if !self.closes(b'}') {
                        around.push(Unfinished::Object(Object::new(), None));
                        self.next_name(around)?;
                        continue;
                    }
                    Value::Object(Object::new())
                }
                Some(b'[') => {
                    self.open(around)?;
                    if !self.closes(b']') {
                        around.push(Unfinished::Array(Items {
                            first: few.len(),
                            many: ThinVec::new(),
                        }));
                        continue;
                    }
                    Value::Array(ThinVec::new())
                }
                _ => self.scalar()?,
            };
            loop {
                match around.last_mut() {
                    None => return Ok(value),
                    Some(Unfinished::Array(items)) => {
                        self.add(items, &mut few, value);
                        if !self.ends(b']', "a comma or a closing bracket is expected")? {
                            break;
                        }
                    }
                    Some(Unfinished::Object(object, name)) => {
                        object.insert(name.take().unwrap_or_default(), value);
                        if !self.ends(b'}', "a comma or a closing brace is expected")? {
                            self.next_name(around)?;
                            break;
                        }
                    }
                }
                value = match around.pop() {
                    Some(Unfinished::Object(mut object, _)) => {
                        object.shrink_to_fit();
                        Value::Object(object)
                    }
                    Some(Unfinished::Array(items)) => Value::Array(items.finish(&mut few)),
                    None => Value::Null,
                };
            }
        }
    }

    fn add(&mut self, items: &mut Items, few: &mut Vec<Value>, value: Value) {
        if items.many.is_empty() && few.len() - items.first < LONG {
            few.push(value);
            return;
        }
        if items.many.is_empty() {
            items.many.reserve_exact(LONG);
            items.many.extend(few.drain(items.first..));
        }
        if items.many.len() == items.many.capacity() {
            self.make_room(&mut items.many);
        }
        items.many.push(value);
    }

    /// Makes room in a long array for as many values as follow: where it grew as it is read, it would be there twice while
    /// it moves. Without an end in sight it grows by a quarter.
    fn make_room(&mut self, items: &mut ThinVec<Value>) {
        let (mut depth, mut in_string, mut more) = (0_usize, false, 1);
        let rest = &self.bytes[self.at..];
        let mut seen = rest.iter().take(self.ahead).enumerate();
        let end = loop {
            match seen.next() {
                None => break None,
                Some((_, b'"')) => in_string = !in_string,
                Some((_, b'\\')) if in_string => {
                    seen.next();
                }
                Some(_) if in_string => {}
                Some((_, b'[' | b'{')) => depth += 1,
                Some((end, b']' | b'}')) if depth == 0 => break Some(end),
                Some((_, b']' | b'}')) => depth -= 1,
                Some((_, b',')) if depth == 0 => more += 1,
                Some(_) => {}
            }
        };
        self.ahead -= end.unwrap_or(self.ahead.min(rest.len()));
        items.reserve_exact(end.map_or(items.len() / 4, |_| more));
    }

    /// Reads the name of the next field of the innermost unfinished object.
    fn next_name(&mut self, around: &mut [Unfinished]) -> Result<(), ParseError> {
        if let Some(Unfinished::Object(object, name)) = around.last_mut() {
            *name = Some(self.name(object)?);
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<Value, ParseError> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.syntax("a value is expected")),
        }
    }

    /// The name of the next field and its colon.
    fn name(&mut self, object: &Object) -> Result<String, ParseError> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.syntax("a field name in double quotes is expected"));
        }
        let name = self.string()?;
        if name.len() > self.max_name {
            return Err(ParseError {
                kind: ParseErrorKind::NameTooLong,
                offset: start,
            });
        }
        if object.contains_key(&name) {
            return Err(ParseError {
                kind: ParseErrorKind::DuplicateKey(name),
                offset: start,
            });
        }
        self.skip_space();
        if self.take() != Some(b':') {
            return Err(self.syntax_before("a colon is expected after a field name"));
        }
        self.skip_space();
        Ok(name)
    }

    fn open(&mut self, around: &[Unfinished]) -> Result<(), ParseError> {
        if around.len() == MAX_DEPTH {
            return Err(self.error(ParseErrorKind::TooDeep));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.peek() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    /// After an item: false at a comma, true at the closing bracket.
    fn ends(&mut self, bracket: u8, problem: &'static str) -> Result<bool, ParseError> {
        self.skip_space();
        if self.closes(bracket) {
            return Ok(true);
        }
        if self.take() != Some(b',') {
            return Err(self.syntax_before(problem));
        }
        self.skip_space();
        Ok(false)
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

    fn string(&mut self) -> Result<String, ParseError> {
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

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn syntax(&self, problem: &'static str) -> ParseError {
        self.error(ParseErrorKind::Syntax(problem))
    }

    /// A problem with the byte just taken.
    fn syntax_before(&self, problem: &'static str) -> ParseError {
        ParseError {
            kind: ParseErrorKind::Syntax(problem),
            offset: self.at.saturating_sub(1),
        }
    }

    fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError {
            kind,
            offset: self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(text: &str) -> ParseErrorKind {
        parse(text.as_bytes()).expect_err(text).kind
    }

    fn round_trip(text: &str) -> String {
        parse(text.as_bytes()).expect(text).to_json()
    }

    #[test]
    fn numbers_keep_their_text() {
        let text = r"[0,-0,1.50,1E+3,12345678901234567890.123456789,1e-400]";
        assert_eq!(round_trip(text), text);
    }

    #[test]
    fn numbers_that_are_not_json_are_refused() {
        for text in [
            "01",
            "+1",
            ".5",
            "1.",
            "1e",
            "-",
            "--1",
            "1x",
            "0x10",
            "NaN",
            "-Infinity",
            "1_000",
            "1.2.3",
        ] {
            assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
        }
    }

    #[test]
    fn a_number_may_have_a_hundred_digits_and_no_more() {
        let hundred = "9".repeat(100);
        assert_eq!(round_trip(&format!("-{hundred}")), format!("-{hundred}"));
        assert_eq!(kind(&format!("{hundred}9")), ParseErrorKind::NumberTooLong);
        assert_eq!(kind(&format!("0.{hundred}")), ParseErrorKind::NumberTooLong);
        assert_eq!(
            kind(&format!("{}e10", "9".repeat(99))),
            ParseErrorKind::NumberTooLong
        );
    }

    #[test]
    fn a_name_may_have_fifty_thousand_bytes_and_no_more() {
        let named = |name: &str| format!("{{\"{name}\":1}}");
        let longest = named(&"é".repeat(25_000));
        assert_eq!(round_trip(&longest), longest);
        for name in ["a".repeat(50_001), "\\u00e9".repeat(25_001)] {
            assert_eq!(kind(&named(&name)), ParseErrorKind::NameTooLong);
        }
        assert!(parse_stored(&named(&"a".repeat(50_001))).is_ok());
    }

    #[test]
    fn long_arrays_take_the_room_they_need() {
        let item = r#"{"a":["]",1,2],"b":"x\\\"]"}"#;
        for count in [LONG - 1, LONG, LONG + 1, 10 * LONG + 1] {
            let text = format!("[[{}],1]", vec![item; count].join(","));
            let value = parse(text.as_bytes()).expect("JSON");
            let Some(Value::Array(items)) = value.as_array().and_then(<[Value]>::first) else {
                panic!("an array");
            };
            assert_eq!((items.len(), items.capacity()), (count, count));
        }
        let open = format!("[{}", "1,".repeat(100_000));
        assert!(matches!(kind(&open), ParseErrorKind::Syntax(_)));
    }

    #[test]
    fn exponents_are_limited_to_32_bits() {
        assert_eq!(round_trip("1e2147483647"), "1e2147483647");
        for text in ["1e2147483648", "0E-9999999999"] {
            assert_eq!(kind(text), ParseErrorKind::ExponentTooLarge, "{text}");
        }
    }

    #[test]
    fn a_key_given_twice_is_refused_at_any_depth() {
        let error = parse(br#"{"a":[{"b":1,"c":2,"b":3}]}"#).expect_err("b is given twice");
        assert_eq!(
            error,
            ParseError {
                kind: ParseErrorKind::DuplicateKey("b".to_owned()),
                offset: 19
            }
        );
        assert_eq!(
            kind(r#"{"a":1,"\u0061":2}"#),
            ParseErrorKind::DuplicateKey("a".to_owned())
        );
    }

    #[test]
    fn text_after_the_value_is_ignored() {
        assert_eq!(round_trip("{\"a\":1}} and more"), r#"{"a":1}"#);
    }

    #[test]
    fn nothing_but_space_is_empty() {
        assert_eq!(kind(""), ParseErrorKind::Empty);
        assert_eq!(kind(" \r\n\t"), ParseErrorKind::Empty);
    }

    #[test]
    fn escapes_are_decoded() {
        let value = parse(br#""\u00e9\ud83d\ude00\n\/\"\\\u0000""#).expect("escapes");
        assert_eq!(value, Value::from("é😀\n/\"\\\0"));
        assert_eq!(value.to_json(), r#""é😀\n/\"\\\u0000""#);
    }

    #[test]
    fn surrogates_without_a_partner_are_refused() {
        for text in [
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            r#""\ud800x""#,
            r#""\ud8""#,
            r#""\ud800\"#,
        ] {
            assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
        }
    }

    #[test]
    fn broken_text_is_refused() {
        for text in [
            "{",
            "}",
            "{\"a\"",
            "{\"a\":}",
            "{\"a\":1",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1,}",
            "[1,]",
            "[1 2]",
            "\"a",
        ] {
            assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
        }
        for text in [
            "\"tab\there\"",
            "\"\\x\"",
            "undefined",
            "nulls",
            "tru",
            "// c\n1",
            "<a/>",
        ] {
            assert!(matches!(kind(text), ParseErrorKind::Syntax(_)), "{text}");
        }
        assert_eq!(parse(b"\"\xff\"").expect_err("not UTF-8").offset, 1);
    }

    #[test]
    fn a_thousand_levels_are_safe_on_a_worker_threads_stack() {
        let nested = |levels: usize| {
            format!(
                "{}1{}",
                "[{\"a\":".repeat(levels / 2),
                "}]".repeat(levels / 2)
            )
        };
        let text = nested(1000);
        let read = move || {
            let value = parse(text.as_bytes()).expect("a thousand levels");
            assert_eq!(value.to_json(), text);
            assert_eq!(kind(&nested(1002)), ParseErrorKind::TooDeep);
            assert_eq!(kind(&"[".repeat(1_000_000)), ParseErrorKind::TooDeep);
            value
        };
        let on_stack = |kilobytes: usize| std::thread::Builder::new().stack_size(kilobytes * 1024);
        let value = on_stack(512)
            .spawn(read)
            .expect("a thread")
            .join()
            .expect("no overflow");
        let copy = move || assert_eq!(value.clone(), value);
        on_stack(2048)
            .spawn(copy)
            .expect("a thread")
            .join()
            .expect("no overflow");
    }

    /// Any JSON text without equal keys, as `serde_json` would write it.
    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_read_and_written_alike(value in any_json(), pretty: bool) {
            let compact = value.to_string();
            let text = if pretty { format!("{value:#}") } else { compact.clone() };
            let ours = parse(text.as_bytes()).expect("valid JSON").to_json();
            prop_assert_eq!(ours, compact);
        }

        #[test]
        fn any_bytes_are_accepted_or_refused_as_serde_json_does(text in r#"[\[\]{}",:0-9eE.\-+tfnrulase \\u]{0,24}"#) {
            let theirs = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>().next();
            // Neither a number beyond a double nor what follows a value is a fault of the text here.
            let theirs = match theirs {
                Some(Err(error)) => ["out of range", "trailing characters"].iter().any(|part| error.to_string().contains(part)),
                read => read.is_some(),
            };
            match parse(text.as_bytes()) {
                Ok(_) => prop_assert!(theirs, "only we accept {}", text),
                // A number directly followed by more, and equal keys, are refused here alone.
                Err(error) => prop_assert!(
                    !theirs || matches!(error.kind, ParseErrorKind::DuplicateKey(_) | ParseErrorKind::ExponentTooLarge)
                        || error.kind == ParseErrorKind::Syntax("a number is not well formed"),
                    "only we refuse {}: {}", text, error
                ),
            }
        }
    }
}
