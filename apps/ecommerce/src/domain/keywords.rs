//! How text becomes something the database can look up.
//!
//! The Data API filters on values, not on text. So every product carries its words, and the
//! beginnings of the words of its name, in one indexed array; a search asks for the products whose
//! array holds all the words typed.

use std::collections::BTreeSet;

/// A filter holds at most 64 comparisons; nobody types so many words.
pub(crate) const MAX_WORDS: usize = 8;
/// Longer words are found by their first letters.
const LONGEST_WORD: usize = 24;

/// What the search looks at: every word, and of the words in `names` every beginning from two
/// letters on.
pub fn keywords(names: &[&str], texts: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for word in names.iter().flat_map(|name| words(name)) {
        let ends = word
            .char_indices()
            .map(|(start, letter)| start + letter.len_utf8());
        found.extend(ends.skip(1).map(|end| word[..end].to_owned()));
        found.insert(word);
    }
    found.extend(texts.iter().flat_map(|text| words(text)));
    found.into_iter().collect()
}

/// Text as lower-case words of letters and digits, cut at a length nobody types.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let words = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

/// The first different words of a search.
pub(crate) fn wanted(typed: &str) -> Vec<String> {
    let mut wanted: Vec<String> = Vec::with_capacity(MAX_WORDS);
    for word in words(typed) {
        if wanted.len() < MAX_WORDS && !wanted.contains(&word) {
            wanted.push(word);
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_the_beginning_of_its_words_and_a_text_by_whole_words() {
        let keywords = keywords(&["iPhone 12 Pro"], &["A camera, a Camera!"]);
        assert_eq!(
            keywords,
            [
                "12", "a", "camera", "ip", "iph", "ipho", "iphon", "iphone", "pr", "pro"
            ]
        );
    }
}
