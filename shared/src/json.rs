//! JSON texts before they are read.

/// How deep the objects and arrays of a JSON text are nested. Brackets in strings do not count.
///
/// A parser that descends needs stack for each level, and strangers send as many levels as a body has room for: a program
/// compares this with a limit of its own before it parses. What is not JSON is counted all the same, and never as less than
/// a parser would meet before it gives up.
///
/// ```
/// use shared::json;
///
/// assert_eq!(json::depth(br#"{"a": [{}, "[[[\"[{\\"], "[": 1}"#), 3);
/// assert_eq!(json::depth(b"7"), 0);
/// ```
pub fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut is_string, mut is_escaped) = (false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => depth += 1,
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
