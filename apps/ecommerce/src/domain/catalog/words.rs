//! The words of the catalog: by which of them which product is found, and how well.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::product::Product;

/// How many words of a search are looked at; nobody types so many.
pub const MAX_WORDS: usize = 8;
/// Longer words are found by their first letters.
const LONGEST_WORD: usize = 24;

/// How much a word counts, by where it stands. From the department's name on it is found by its
/// beginning, too.
const IN_NAME: u32 = 100;
const IN_DEPARTMENT: u32 = 60;
const IN_TAGLINE: u32 = 40;
const IN_OPTIONS: u32 = 25;
const IN_DESCRIPTION: u32 = 10;
/// Looked at only where nothing else holds all the words.
const IN_FACTS: u32 = 5;

/// How much of that is left for a word of which only the beginning was typed, in percent.
const BEGINNING: u32 = 80;
/// And for one with no, one or two letters wrong.
const MISSPELLED: [u32; 3] = [100, 60, 40];

/// Every word of the catalog, with the places of the products that have it and how much it counts.
#[derive(Debug, Default)]
pub(super) struct Words(BTreeMap<String, Vec<(usize, u32)>>);

/// What a search for words finds.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// The places of the products, best first.
    pub(super) ranked: Vec<usize>,
    /// The words of the catalog that were meant.
    pub(super) words: BTreeSet<String>,
}

/// A word of the catalog that is meant by one that was typed.
struct Meant<'words> {
    word: &'words str,
    places: &'words [(usize, u32)],
    /// How well it fits, in percent.
    fits: u32,
    /// What a place has to count to be found by it.
    least: u32,
}

impl Words {
    /// The words of these products, whose places are counted from 0.
    pub(super) fn of<'a>(products: impl Iterator<Item = &'a Product>) -> Self {
        let mut all: BTreeMap<String, Vec<(usize, u32)>> = BTreeMap::new();
        for (place, product) in products.enumerate() {
            for (text, weight) in texts(product) {
                for word in words(text) {
                    let places = all.entry(word).or_default();
                    match places.last_mut() {
                        Some(known) if known.0 == place => known.1 = known.1.max(weight),
                        _ => places.push((place, weight)),
                    }
                }
            }
        }
        Self(all)
    }

    /// The products that have all of these words.
    pub(super) fn find(&self, wanted: &[String]) -> Hits {
        let hits = self.hits(wanted, IN_DESCRIPTION);
        if hits.ranked.is_empty() {
            return self.hits(wanted, IN_FACTS);
        }
        hits
    }

    /// The products that have all of these words where they count so much.
    fn hits(&self, wanted: &[String], least: u32) -> Hits {
        let mut words = BTreeSet::new();
        let mut scores: Option<HashMap<usize, u32>> = None;
        for word in wanted {
            let mut of_word = HashMap::new();
            for meant in self.meant(word) {
                words.insert(meant.word.to_owned());
                let least = meant.least.max(least);
                for (place, weight) in meant.places.iter().filter(|(_, weight)| *weight >= least) {
                    let best: &mut u32 = of_word.entry(*place).or_default();
                    *best = (weight * meant.fits).max(*best);
                }
            }
            scores = Some(match scores {
                None => of_word,
                Some(before) => {
                    let sum = |(place, score)| Some((place, score + of_word.get(&place)?));
                    before.into_iter().filter_map(sum).collect()
                }
            });
        }
        let mut ranked: Vec<_> = scores.unwrap_or_default().into_iter().collect();
        ranked.sort_unstable_by_key(|(place, score)| (Reverse(*score), *place));
        let ranked = ranked.into_iter().map(|(place, _)| place).collect();
        Hits { ranked, words }
    }

    /// The words of the catalog that are this one or begin like it or, where there are none, are
    /// spelled nearly so.
    fn meant(&self, wanted: &str) -> Vec<Meant<'_>> {
        let known = self.0.range(wanted.to_owned()..);
        let known = known.take_while(|(word, _)| word.starts_with(wanted));
        // One letter is the beginning of too much.
        let is_beginning = wanted.chars().nth(1).is_some();
        let meant = known.filter_map(|(word, places)| {
            let (fits, least) = if word == wanted {
                (100, 0)
            } else {
                (BEGINNING, IN_DEPARTMENT)
            };
            let is_found = places.iter().any(|(_, weight)| *weight >= least);
            (is_found && (is_beginning || word == wanted)).then_some(Meant {
                word,
                places,
                fits,
                least,
            })
        });
        let meant: Vec<_> = meant.collect();
        if meant.is_empty() {
            self.misspelled(wanted)
        } else {
            meant
        }
    }

    /// The words that differ in one letter or, where they are long, in two: wrong, missing, one too
    /// many, or in each other's place.
    fn misspelled(&self, wanted: &str) -> Vec<Meant<'_>> {
        let most = match wanted.chars().count() {
            0..=3 => return Vec::new(),
            4..=7 => 1,
            _ => 2,
        };
        let wanted_letters = letters(wanted);
        let near = self.0.iter().filter_map(|(word, places)| {
            // A wrong letter is one more and one less at the most: this spares most comparisons.
            if (letters(word) ^ wanted_letters).count_ones() > 2 * most {
                return None;
            }
            let typos = strsim::osa_distance(wanted, word);
            let fits = *MISSPELLED.get(typos).filter(|_| typos <= most as usize)?;
            Some(Meant {
                word,
                places,
                fits,
                least: 0,
            })
        });
        near.collect()
    }
}

/// The letters of a word as a set.
fn letters(word: &str) -> u32 {
    let bits = word.chars().map(|letter| 1 << (u32::from(letter) % 32));
    bits.fold(0, |all, bit: u32| all | bit)
}

/// Everything of a product that can be found, with how much it counts.
fn texts(product: &Product) -> impl Iterator<Item = (&str, u32)> {
    let options = product.variants.iter().flat_map(|variant| &variant.options);
    let options = options.map(|it| (it.as_str(), IN_OPTIONS));
    let facts = product.highlights.iter().map(|it| (it.as_str(), IN_FACTS));
    [
        (product.name.as_str(), IN_NAME),
        (product.category.title(), IN_DEPARTMENT),
        (&product.tagline, IN_TAGLINE),
        (&product.description, IN_DESCRIPTION),
    ]
    .into_iter()
    .chain(options)
    .chain(facts)
}

/// Text as lower-case words of letters and digits, cut at a length nobody types.
fn words(text: &str) -> impl Iterator<Item = String> + use<'_> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(normal)
}

fn normal(word: &str) -> String {
    let lower = word.chars().flat_map(char::to_lowercase);
    lower.take(LONGEST_WORD).collect()
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

/// A text in parts, and whether each is one of these words.
pub fn marked<'text>(text: &'text str, words: &BTreeSet<String>) -> Vec<(bool, &'text str)> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let is_word = text[at..].starts_with(char::is_alphanumeric);
        let other = |letter: char| letter.is_alphanumeric() != is_word;
        let end = text[at..]
            .find(other)
            .map_or(text.len(), |length| at + length);
        if is_word && words.contains(&normal(&text[at..end])) {
            parts.extend((start < at).then(|| (false, &text[start..at])));
            parts.push((true, &text[at..end]));
            start = end;
        }
        at = end;
    }
    parts.extend((start < text.len()).then(|| (false, &text[start..])));
    parts
}
