//! JSON text to values.

use thin_vec::ThinVec;

use super::parse_error::{MAX_DEPTH, ParseError, ParseErrorKind};
use super::reader::Reader;
use super::{Object, Value};

/// From this many values on an array is long.
const LONG: usize = 4096;

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

impl Reader<'_> {
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
}

#[cfg(test)]
mod tests;
