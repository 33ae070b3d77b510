//! What an analyzer does to terms once they are cut.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::folding::to_ascii;
use super::porter;
use crate::json::{Object, Value};

/// Very common words the `stop` analyzer leaves out: Lucene's list for English
/// (<https://lucene.apache.org/core/9_0_0/analysis/common/org/apache/lucene/analysis/en/EnglishAnalyzer.html>).
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "to", "was", "will", "with",
];

/// Bytes of grams that are made of one text. More than the terms of a text may have, so that nothing that is stored is cut.
const MAX_GRAM_BYTES: usize = 1 << 20;

/// Characters of the longest gram.
const MAX_GRAM: usize = 64;

/// Rules of one synonym filter.
const MAX_SYNONYMS: usize = 1000;

/// The names of Lucene's filters that exist here, for messages.
const NAMES: &str = "lowercase, uppercase, asciifolding, stop, englishpossessive, porterstem, snowballporter, ngram, edgengram, synonym";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TermFilter {
    Lowercase,
    Uppercase,
    AsciiFolding,
    Stop,
    /// Takes `'s` from the end of words.
    Possessive,
    PorterStem,
    /// The stems of a language.
    Stem(Algorithm),
    Grams {
        least: usize,
        most: usize,
        /// From the beginning of the term alone.
        edge: bool,
    },
    /// What takes the place of a term.
    Synonyms(BTreeMap<String, Vec<String>>),
}

/// The languages whose stems are known.
const LANGUAGES: [(&str, Algorithm); 18] = [
    ("arabic", Algorithm::Arabic),
    ("brazilian", Algorithm::Portuguese),
    ("danish", Algorithm::Danish),
    ("dutch", Algorithm::Dutch),
    ("english", Algorithm::English),
    ("finnish", Algorithm::Finnish),
    ("french", Algorithm::French),
    ("german", Algorithm::German),
    ("greek", Algorithm::Greek),
    ("hungarian", Algorithm::Hungarian),
    ("italian", Algorithm::Italian),
    ("norwegian", Algorithm::Norwegian),
    ("portuguese", Algorithm::Portuguese),
    ("romanian", Algorithm::Romanian),
    ("russian", Algorithm::Russian),
    ("spanish", Algorithm::Spanish),
    ("swedish", Algorithm::Swedish),
    ("turkish", Algorithm::Turkish),
];

/// What makes the stems of a language, named in lower case.
pub(super) fn stemmer_of(language: &str) -> Option<Algorithm> {
    let found = LANGUAGES.iter().find(|(name, _)| *name == language);
    found.map(|(_, algorithm)| *algorithm)
}

impl TermFilter {
    /// The filter of a name in lower case.
    pub(super) fn named(name: &str, arguments: &Object) -> Result<Self, String> {
        Ok(match name {
            "lowercase" => Self::Lowercase,
            "uppercase" => Self::Uppercase,
            "asciifolding" => Self::AsciiFolding,
            "stop" => Self::Stop,
            "englishpossessive" => Self::Possessive,
            "porterstem" => Self::PorterStem,
            "snowballporter" => {
                let language = arguments.get("language").and_then(Value::as_str);
                let language = language.unwrap_or("English").to_ascii_lowercase();
                Self::Stem(stemmer_of(&language).ok_or_else(|| {
                    format!("The filter 'snowballporter' has no language '{language}' here.")
                })?)
            }
            "ngram" => {
                let (least, most) = gram_sizes(arguments, 1, 2)?;
                Self::Grams {
                    least,
                    most,
                    edge: false,
                }
            }
            "edgengram" => {
                let (least, most) = gram_sizes(arguments, 1, 1)?;
                Self::Grams {
                    least,
                    most,
                    edge: true,
                }
            }
            "synonym" => Self::Synonyms(synonyms(arguments)?),
            other => {
                return Err(format!(
                    "There is no filter '{other}' here. Those that exist are: {NAMES}."
                ));
            }
        })
    }

    pub(super) fn apply(&self, terms: Vec<String>) -> Vec<String> {
        let terms = terms.into_iter();
        match self {
            Self::Lowercase => terms.map(|term| letter_by_letter(&term, lower)).collect(),
            Self::Uppercase => terms.map(|term| letter_by_letter(&term, upper)).collect(),
            Self::AsciiFolding => terms.map(|term| to_ascii(&term)).collect(),
            Self::Stop => terms
                .filter(|term| !STOP_WORDS.contains(&term.as_str()))
                .collect(),
            Self::Possessive => terms.map(|term| without_possessive(&term)).collect(),
            Self::PorterStem => terms.map(|term| porter::stem(&term)).collect(),
            Self::Stem(language) => {
                let stemmer = Stemmer::create(*language);
                terms.map(|term| stemmer.stem(&term).into_owned()).collect()
            }
            Self::Grams { least, most, edge } => grams(terms, *least, *most, *edge),
            Self::Synonyms(rules) => terms
                .flat_map(|term| rules.get(&term).cloned().unwrap_or_else(|| vec![term]))
                .collect(),
        }
    }
}

/// The runs of `least` to `most` characters of each term, or of its beginning alone.
pub(super) fn grams(
    terms: impl IntoIterator<Item = String>,
    least: usize,
    most: usize,
    edge: bool,
) -> Vec<String> {
    let (mut grams, mut bytes) = (Vec::new(), 0);
    for term in terms {
        let ends: Vec<usize> = term
            .char_indices()
            .map(|(at, _)| at)
            .chain([term.len()])
            .collect();
        let starts = if edge { 1 } else { ends.len() - 1 };
        for start in 0..starts {
            for size in least..=most {
                let Some(end) = ends.get(start + size) else {
                    break;
                };
                let gram = &term[ends[start]..*end];
                bytes += gram.len();
                if bytes > MAX_GRAM_BYTES {
                    return grams;
                }
                grams.push(gram.to_owned());
            }
        }
    }
    grams
}

/// The sizes that the arguments of a tokenizer or filter give, as numbers or as texts.
pub(super) fn gram_sizes(
    arguments: &Object,
    least: usize,
    most: usize,
) -> Result<(usize, usize), String> {
    let size = |name: &str, usual: usize| match arguments.get(name) {
        None => Ok(usual),
        Some(Value::String(text)) => text.parse().map_err(|_| name.to_owned()),
        Some(Value::Number(number)) => number.as_str().parse().map_err(|_| name.to_owned()),
        Some(_) => Err(name.to_owned()),
    };
    let sizes = size("minGramSize", least)
        .and_then(|least| Ok((least, size("maxGramSize", most.max(least))?)))
        .map_err(|name| format!("The argument '{name}' must be a whole number."))?;
    if sizes.0 == 0 || sizes.0 > sizes.1 || sizes.1 > MAX_GRAM {
        return Err(format!(
            "Grams have from 'minGramSize' to 'maxGramSize' characters, 1 to {MAX_GRAM}; {} to {} were asked for.",
            sizes.0, sizes.1
        ));
    }
    Ok(sizes)
}

/// Rules such as `ape, monkey => monkey`, or `car, automobile` for words that mean the same; one on each line.
fn synonyms(arguments: &Object) -> Result<BTreeMap<String, Vec<String>>, String> {
    let rules = arguments.get("synonyms").and_then(Value::as_str);
    let rules = rules.ok_or("The filter 'synonym' needs the argument 'synonyms', its rules.")?;
    let mut found = BTreeMap::new();
    for rule in rules.lines().filter(|rule| !rule.trim().is_empty()) {
        let (from, to) = match rule.split_once("=>") {
            Some((from, to)) => (words(from), words(to)),
            None => (words(rule), words(rule)),
        };
        if from
            .iter()
            .chain(&to)
            .any(|word| word.contains(char::is_whitespace))
        {
            return Err(format!("The synonyms '{rule}' are not single words."));
        }
        for word in from {
            found.insert(word, to.clone());
        }
    }
    if found.len() > MAX_SYNONYMS {
        return Err(format!("A filter has at most {MAX_SYNONYMS} synonyms."));
    }
    Ok(found)
}

fn words(list: &str) -> Vec<String> {
    let words = list.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn without_possessive(term: &str) -> String {
    let owner = term.strip_suffix(['s', 'S']);
    let owner = owner.and_then(|owner| owner.strip_suffix(['\'', '\u{2019}', '\u{ff07}']));
    owner.unwrap_or(term).to_owned()
}

/// Terms change their case letter by letter: `İ` becomes `i`, and `ß` stays in upper case.
fn letter_by_letter(term: &str, change: fn(char) -> char) -> String {
    term.chars().map(change).collect()
}

fn lower(letter: char) -> char {
    // Of the letters only `İ` has a form of two, of which the first is the one.
    letter.to_lowercase().next().unwrap_or(letter)
}

fn upper(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    if let (Some(capital), None) = (capitals.next(), capitals.next()) {
        return capital;
    }
    // Greek letters with an iota below have a capital of one letter and one of two.
    let distance = match letter {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => 0,
    };
    char::from_u32(u32::from(letter) + distance).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_changes_letter_by_letter() {
        for (text, lower_case, upper_case) in [
            ("İstanbul", "istanbul", "İSTANBUL"),
            ("straße", "straße", "STRAßE"),
            ("STRAẞE", "straße", "STRAẞE"),
            ("ΟΔΟΣ", "οδοσ", "ΟΔΟΣ"),
            ("ﬁn ŉ", "ﬁn ŉ", "ﬁN ŉ"),
            ("ᾀ ᾳ ᾼ", "ᾀ ᾳ ᾳ", "ᾈ ᾼ ᾼ"),
            ("ı", "ı", "I"),
        ] {
            assert_eq!(letter_by_letter(text, lower), lower_case);
            assert_eq!(letter_by_letter(text, upper), upper_case);
        }
    }

    #[test]
    fn grams_are_runs_of_characters() {
        let of = |edge| grams(["añb".to_owned()], 1, 2, edge);
        assert_eq!(of(false), ["a", "añ", "ñ", "ñb", "b"]);
        assert_eq!(of(true), ["a", "añ"]);
    }
}
