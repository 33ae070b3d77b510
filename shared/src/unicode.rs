//! What people see of a text: characters that show nothing, and spellings that look the same.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{
    BidiControl, DefaultIgnorableCodePoint, GeneralCategory, NoncharacterCodePoint,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The text in its composed form (NFC): `e` and U+0301 become `é`.
pub fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(text)
        .into_owned()
}

/// The text in its decomposed form (NFD), in which some systems keep and send it.
pub fn decomposed(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd()
        .normalize(text)
        .into_owned()
}

/// Whether a character shows nothing and takes no room: zero-width and bidirectional ones, fillers and the like.
pub fn is_ignorable(letter: char) -> bool {
    // Braille's blank cell is a symbol to Unicode.
    category(letter) == GeneralCategory::Format
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        || letter == '\u{2800}'
}

/// Whether a character shows nothing: blanks, control characters, and what is ignorable.
pub fn is_invisible(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || is_ignorable(letter)
}

/// Whether a character means nothing that two people would agree on: one for private use, a noncharacter, and what stands
/// for something that was lost (U+FFFC, U+FFFD).
pub fn is_meaningless(letter: char) -> bool {
    category(letter) == GeneralCategory::PrivateUse
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(letter)
        || matches!(letter, '\u{fffc}' | '\u{fffd}')
}

/// Whether a text is one line that is read as it is written: without control characters, changes of direction and
/// characters without a meaning.
pub fn is_plain_line(text: &str) -> bool {
    !text.chars().any(|letter| {
        letter.is_control()
            || is_bidi_control(letter)
            || is_meaningless(letter)
            || matches!(letter, '\u{2028}' | '\u{2029}')
    })
}

/// Whether a character changes the direction of the text around it.
pub fn is_bidi_control(letter: char) -> bool {
    CodePointSetData::new::<BidiControl>().contains(letter)
}

/// Whether a text has a character that shows something by itself. A mark such as U+0301 shows only with a letter.
pub fn is_visible(text: &str) -> bool {
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
