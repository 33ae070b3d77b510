//! Numbers and texts as pages show them.

/// `1 field`, `1,234 fields`.
pub(super) fn count(number: usize, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", grouped(number as u64))
}

/// `1,234,567`
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
    fn numbers_are_grouped_and_words_agree() {
        assert_eq!(count(1, "field"), "1 field");
        assert_eq!(count(0, "field"), "0 fields");
        assert_eq!(count(1_234_567, "field"), "1,234,567 fields");
        assert_eq!(
            [grouped(12), grouped(123), grouped(1_234)],
            ["12", "123", "1,234"]
        );
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("a\0b\u{202e}c\nd\té"), "a\\u0000b\\u202ec\nd\té");
    }
}
