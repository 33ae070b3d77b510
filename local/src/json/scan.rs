//! What can be said of JSON text without reading values from it.

use super::Value;

/// Bytes that an allocation takes besides what is asked for, at most: its header, the length and capacity of a list, and
/// what it is rounded up by.
const ALLOCATION: usize = 40;

/// From this many bytes on, with what stands around it, a number may need an allocation.
const LONG: usize = 14;

/// Whether objects and arrays nest deeper than this in a text, up to the place where it is no JSON.
pub(crate) fn nests_beyond(text: &[u8], levels: usize) -> bool {
    let opens = |byte: u8| matches!(byte, b'[' | b'{');
    // Most texts do not even have as many brackets.
    if text.iter().filter(|byte| opens(**byte)).count() <= levels {
        return false;
    }
    let (mut depth, mut in_string) = (0_usize, false);
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > levels {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Bytes of memory the values of a text, or of a part of one, take at most, whatever they are: a body of tiny values grows twentyfold, one of
/// long strings hardly at all.
pub(crate) fn memory_of_values(text: &[u8]) -> usize {
    // One more of each, for a value that is cut at the end of a part.
    let (mut values, mut names, mut allocations, mut from) = (1, 1, 1, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => allocations += 1,
            b',' | b':' | b'[' | b']' | b'{' | b'}' => {
                values += usize::from(matches!(byte, b',' | b'[' | b'{'));
                names += usize::from(*byte == b':');
                // What is this long may be a number that does not fit into a value.
                allocations +=
                    usize::from(at - from > LONG) + usize::from(matches!(byte, b'[' | b'{'));
                from = at;
            }
            _ => {}
        }
    }
    // Each string has two quotes.
    text.len()
        + values * size_of::<Value>()
        + names * size_of::<String>()
        + allocations * ALLOCATION
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_strings() {
        for (text, depth) in [
            ("1", 0),
            ("[]", 1),
            (r#"[[],{"a":[]}]"#, 3),
            (r#"["[[[\"[[[\\",[]]"#, 2),
            ("[[[", 3),
            ("]]][", 1),
        ] {
            let beyond = |levels| nests_beyond(text.as_bytes(), levels);
            assert!(!beyond(depth), "{text}");
            assert!(depth == 0 || beyond(depth - 1), "{text}");
        }
    }

    /// What the system's allocator takes: a header of eight bytes, rounded up to sixteen.
    fn allocated(bytes: usize) -> usize {
        (bytes + 8).next_multiple_of(16).max(32)
    }

    /// Bytes of the allocations of a value.
    fn held(value: &Value) -> usize {
        let list = |bytes: usize| if bytes == 0 { 0 } else { allocated(16 + bytes) };
        let text = |text: &str| {
            if text.is_empty() {
                0
            } else {
                allocated(text.len())
            }
        };
        match value {
            Value::Null | Value::Bool(_) => 0,
            Value::Number(number) if number.as_str().len() <= 14 => 0,
            Value::Number(number) => list(number.as_str().len()),
            Value::String(string) => text(string),
            Value::Array(items) => {
                list(items.len() * size_of::<Value>()) + items.iter().map(held).sum::<usize>()
            }
            Value::Object(object) => {
                let fields = object.iter().map(|(name, value)| text(name) + held(value));
                list(object.len() * size_of::<(String, Value)>()) + fields.sum::<usize>()
            }
        }
    }

    #[test]
    fn values_take_no_more_memory_than_is_counted_for_their_text() {
        for item in [
            "1",
            "null",
            "[1]",
            "[]",
            "{}",
            "\"\"",
            "\"a\"",
            r#"{"a":1}"#,
            r#"{"":{}}"#,
            r#"{"a":1,"b":[2,[3]],"c":"d"}"#,
            "123456789012345",
            "-0.1234567890123456789e300",
        ] {
            let text = format!("[{}]", vec![item; 1000].join(","));
            let value = parse(text.as_bytes()).expect(item);
            let (held, counted) = (held(&value), memory_of_values(text.as_bytes()));
            assert!(held <= counted, "{item}: {held} held, {counted} counted");
        }
        let text = format!("[\"{}\"]", "long text ".repeat(100));
        assert!(memory_of_values(text.as_bytes()) < 2 * text.len());
    }
}
