//! The index entries of a document's `$lexical`: one for each of its terms, and one for its length.
//!
//! | entry | |
//! |---|---|
//! | `0x40`, the term, `00 00`, how often it is in the text, the terms of the text | numbers of four bytes |
//! | `0x41`, the terms of the text | for the mean length |
//!
//! A zero in a term is followed by `ff`, so that no term is the beginning of another.

use std::collections::BTreeMap;

use crate::text::Analyzer;

const TERM: u8 = 0x40;
const LENGTH: u8 = 0x41;
const END: [u8; 2] = [0, 0];

/// What an entry says of a term in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) occurrences: u32,
    /// The terms of the text.
    pub(crate) length: u32,
}

/// The bytes of the entries of a text.
pub(super) fn entries(analyzer: &Analyzer, text: &str) -> Vec<Vec<u8>> {
    let terms = analyzer.terms(text);
    let length = u32::try_from(terms.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for term in terms {
        *counts.entry(term).or_default() += 1;
    }
    let mut entries = Vec::with_capacity(counts.len() + 1);
    for (term, count) in counts {
        let mut entry = start_of(&term);
        entry.extend(count.to_be_bytes());
        entry.extend(length);
        entries.push(entry);
    }
    entries.push([&[LENGTH], length.as_slice()].concat());
    entries
}

/// The entries of a term, from the first up to but not including the second.
pub(crate) fn term_range(term: &str) -> (Vec<u8>, Vec<u8>) {
    let from = start_of(term);
    let mut until = from.clone();
    // The last byte of them is zero.
    if let Some(last) = until.last_mut() {
        *last += 1;
    }
    (from, until)
}

/// The entries of all lengths.
pub(crate) fn length_range() -> (Vec<u8>, Vec<u8>) {
    (vec![LENGTH], vec![LENGTH + 1])
}

fn start_of(term: &str) -> Vec<u8> {
    let mut bytes = vec![TERM];
    for byte in term.bytes() {
        bytes.push(byte);
        if byte == 0 {
            bytes.push(u8::MAX);
        }
    }
    bytes.extend(END);
    bytes
}

/// What the entry of a term says.
pub(crate) fn posting(entry: &[u8]) -> Option<Posting> {
    let (rest, length) = entry.split_last_chunk::<4>()?;
    let (_, occurrences) = rest.split_last_chunk::<4>()?;
    Some(Posting {
        occurrences: u32::from_be_bytes(*occurrences),
        length: u32::from_be_bytes(*length),
    })
}

/// What the entry of a length says.
pub(crate) fn length(entry: &[u8]) -> Option<u32> {
    let (_, length) = entry.split_last_chunk::<4>()?;
    Some(u32::from_be_bytes(*length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entries_of_a_term_are_a_range() {
        let analyzer = Analyzer::from_value(&"whitespace".into()).unwrap();
        let all = entries(&analyzer, "a ab a\0b a\0 a b");
        let of = |term: &str| -> Vec<Posting> {
            let (from, until) = term_range(term);
            let inside = all
                .iter()
                .filter(|entry| **entry >= from && **entry < until);
            inside.filter_map(|entry| posting(entry)).collect()
        };
        let once = |occurrences| {
            vec![Posting {
                occurrences,
                length: 6,
            }]
        };
        assert_eq!(of("a"), once(2));
        assert_eq!(of("ab"), once(1));
        assert_eq!(of("a\0b"), once(1));
        assert_eq!(of("a\0"), once(1));
        assert_eq!(of("c"), []);
        let (from, until) = length_range();
        let lengths = all
            .iter()
            .filter(|entry| **entry >= from && **entry < until);
        assert_eq!(
            lengths.map(|entry| length(entry)).collect::<Vec<_>>(),
            [Some(6)]
        );
    }
}
