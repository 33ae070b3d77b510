//! The words of the catalog: by which of them which product is found, and how well.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

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

/// Every word of the catalog, with the places of the products that have it.
#[derive(Debug, Default)]
pub(super) struct Words(BTreeMap<String, Vec<(usize, u32)>>);

/// What a search for words finds.
#[derive(Debug, Default)]
pub(super) struct Hits {
    /// The places of the products, best first.
    pub(super) ranked: Vec<usize>,
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
        let mut scores: Option<HashMap<usize, u32>> = None;
        for word in wanted {
            let of_word = self.scores(word, least);
            scores = Some(match scores {
                None => of_word,
                Some(before) => {
                    let both = before.into_iter();
                    both.filter_map(|(place, score)| Some((place, score + of_word.get(&place)?)))
                        .collect()
                }
            });
        }
        let mut ranked: Vec<_> = scores.unwrap_or_default().into_iter().collect();
        ranked.sort_unstable_by_key(|(place, score)| (Reverse(*score), *place));
        Hits {
            ranked: ranked.into_iter().map(|(place, _)| place).collect(),
        }
    }

    /// How well each product is found by one word.
    fn scores(&self, wanted: &str, least: u32) -> HashMap<usize, u32> {
        let mut scores = HashMap::new();
        let beginning = wanted.chars().nth(1).is_some();
        let known = self.0.range(wanted.to_owned()..);
        for (word, places) in known.take_while(|(word, _)| word.starts_with(wanted)) {
            let is_whole = word == wanted;
            for (place, weight) in places {
                let score = match weight {
                    weight if is_whole && *weight >= least => weight * 100,
                    weight if beginning && *weight >= IN_DEPARTMENT => weight * BEGINNING,
                    _ => continue,
                };
                let best: &mut u32 = scores.entry(*place).or_default();
                *best = score.max(*best);
            }
        }
        scores
    }
}

/// Everything of a product that can be found, with how much it counts.
fn texts(product: &Product) -> impl Iterator<Item = (&str, u32)> {
    let facts = product.highlights.iter().map(|it| (it.as_str(), IN_FACTS));
    let options = product.variants.iter().flat_map(|variant| &variant.options);
    let options = options.map(|it| (it.as_str(), IN_OPTIONS));
    [
        (product.name.as_str(), IN_NAME),
        (product.category.title(), IN_DEPARTMENT),
        (&product.tagline, IN_TAGLINE),
        (&product.description, IN_DESCRIPTION),
    ]
    .into_iter()
    .chain(facts)
    .chain(options)
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
