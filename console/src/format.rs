//! Numbers and texts as pages show them.

use shared::numbers::counted;

/// `1 field`, `1,234 fields`.
pub(super) fn count(number: usize, unit: &str) -> String {
    counted(number as u64, unit)
}

/// A text with what cannot be seen written as JSON escapes: control characters, and those that turn the direction of writing
/// and could make a text look like another one. Line breaks and tabs stay.
pub(super) fn visible(text: &str) -> String {
    use std::fmt::Write as _;
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (character.is_control() && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("a\0b\u{202e}c\nd\té"), "a\\u0000b\\u202ec\nd\té");
    }
}
