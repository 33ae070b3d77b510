//! What people see of a text: characters that show nothing, and spellings that look the same.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The text in its composed form (NFC): `e` and U+0301 become `é`.
pub(crate) fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(text)
        .into_owned()
}

/// The text in its decomposed form (NFD), in which some systems keep and send it.
pub(crate) fn decomposed(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd()
        .normalize(text)
        .into_owned()
}

/// Whether a character shows nothing and takes no room: zero-width and bidirectional ones, fillers and the like.
pub(crate) fn is_ignorable(letter: char) -> bool {
    // Braille's blank cell is a symbol to Unicode.
    category(letter) == GeneralCategory::Format
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        || letter == '\u{2800}'
}

/// Whether a character shows nothing: blanks, control characters, and what is ignorable.
pub(crate) fn is_invisible(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || is_ignorable(letter)
}

/// Whether a character changes the direction of the text around it.
pub(crate) fn is_bidi_control(letter: char) -> bool {
    CodePointSetData::new::<BidiControl>().contains(letter)
}

/// Whether a text has a character that shows something by itself. A mark such as U+0301 shows only with a letter.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|letter| {
        let is_mark = matches!(
            category(letter),
            GeneralCategory::NonspacingMark
                | GeneralCategory::SpacingMark
                | GeneralCategory::EnclosingMark
        );
        !is_mark && !is_invisible(letter)
    })
}

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}
