//! The order of strings in the real server's language, which compares UTF-16 units: characters beyond U+FFFF, which are
//! two of the units from U+D800, come before those from U+E000. Its database compares code points, as Rust does.

use std::cmp::Ordering;

pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

/// The bytes of a string, changed so that they compare as its UTF-16 units do.
pub(crate) fn ordered_bytes(text: &str) -> impl Iterator<Item = u8> {
    // The characters from U+E000 to U+FFFF begin with one of two bytes, those beyond with one of the next five.
    text.bytes().map(|byte| match byte {
        0xee | 0xef => byte + 10,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn characters_of_two_units_come_before_the_last_of_one() {
        let sorted = [
            "z",
            "é",
            "\u{d7ff}",
            "\u{10000}",
            "😀",
            "\u{e000}",
            "～",
            "\u{ffff}",
        ];
        assert!(sorted.is_sorted_by(|one, next| compare(one, next).is_lt()));
    }

    proptest! {
        #[test]
        fn bytes_compare_as_units(one in "[a\u{d7ff}\u{e000}-\u{ffff}\u{10000}-\u{10ffff}]{0,3}", other in "\\PC{0,3}") {
            let order = ordered_bytes(&one).cmp(ordered_bytes(&other));
            prop_assert_eq!(order, compare(&one, &other));
        }
    }
}
