//! What may be written about a vehicle.

use shared::unicode;
use unicode_segmentation::UnicodeSegmentation as _;

/// The text of a review: enough to say something, and not a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewText(String);

impl ReviewText {
    /// The fewest characters.
    pub const MIN: usize = 30;
    /// The most characters.
    pub const MAX: usize = 5_000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ReviewText {
    type Error = &'static str;

    /// Counts characters as people do: an accented letter or a family of emoji is one.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let is_plain = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
        if !text.chars().all(is_plain) {
            return Err("Write plain text: letters, lines and tabs");
        }
        let letters = text.graphemes(true).take(Self::MAX + 1);
        let mut length = letters.clone().count();
        if length <= Self::MAX {
            // What shows nothing is no reason for anything.
            length = letters
                .filter(|letter| !letter.chars().all(unicode::is_ignorable))
                .count();
        }
        match length {
            ..Self::MIN => Err("Write at least 30 characters"),
            Self::MIN..=Self::MAX => Ok(Self(text.to_owned())),
            _ => Err("Write at most 5,000 characters"),
        }
    }
}

impl From<ReviewText> for String {
    fn from(text: ReviewText) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ReviewText, &'static str> {
        text.to_owned().try_into()
    }

    #[test]
    fn a_text_is_measured_in_characters_as_people_count_them() {
        let family = "👨‍👩‍👧‍👦";
        assert!(read(&family.repeat(29)).is_err());
        assert!(read(&family.repeat(30)).is_ok());
        assert!(read(&"e\u{301}".repeat(29)).is_err());
        assert!(read(&"e\u{301}".repeat(30)).is_ok());
        assert!(read(&"x".repeat(5_000)).is_ok());
        assert!(read(&"x".repeat(5_001)).is_err());
    }

    #[test]
    fn what_shows_nothing_does_not_make_a_text_longer() {
        for hidden in ["\u{200b}", "\u{2800}", "\u{3164}", "\u{202e}", "\u{feff}"] {
            assert!(read(&hidden.repeat(30)).is_err(), "{hidden:?}");
            assert!(read(&format!("{}{}", "x".repeat(29), hidden.repeat(9))).is_err());
            assert!(read(&"x".repeat(30).replace('x', &format!("x{hidden}"))).is_ok());
        }
        assert!(read(&"x\u{200b}".repeat(2_501)).is_err());
    }

    #[test]
    fn blanks_around_a_text_do_not_make_it_longer() {
        assert!(read(&format!("  {}\n\n", "x".repeat(29))).is_err());
        let text = format!("  {}\n\n{}  ", "x".repeat(29), "y");
        assert_eq!(read(&text).unwrap().as_str(), text.trim());
    }

    #[test]
    fn a_text_holds_no_control_characters_but_lines_and_tabs() {
        assert!(read(&"x\0".repeat(30)).is_err());
        assert!(read(&"x\u{1b}[31m".repeat(30)).is_err());
        assert!(read(&"x\r\n\ty".repeat(30)).is_ok());
    }
}
