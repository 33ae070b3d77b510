//! Reading in the order of `$lexical`: the documents that have every word of a text, those it fits best first.

use std::collections::HashMap;

use super::matches::is_match;
use super::scope::Scope;
use crate::document::lexical::{self, Posting};
use crate::document::special;
use crate::error::ApiError;
use crate::exec::smallest::Smallest;
use crate::language::filter::{Condition, Filter};
use crate::storage::Reader;
use crate::storage::entries::EntryRange;
use crate::text::bm25::{Ranked, Ranking, Texts};

/// Documents of a sort without a limit, and of any.
pub(super) const DEFAULT_LIMIT: usize = 100;
pub(super) const MAX_LIMIT: usize = 1000;

/// The numbers of the documents that a filter selects and that have every term of a text, the best first.
pub(super) fn ranked(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
    text: &str,
    limit: usize,
) -> Result<Vec<Ranked<i64>>, ApiError> {
    let Some(analyzer) = &scope.collection.rules.lexical else {
        return Ok(Vec::new());
    };
    let (terms, path) = (analyzer.query(text), reader.path_number(special::LEXICAL)?);
    let (Some(path), false) = (path, terms.is_empty()) else {
        return Ok(Vec::new());
    };
    let range = |(from, until)| EntryRange { path, from, until };
    let mut postings = Vec::with_capacity(terms.len());
    for term in &terms {
        let mut found: HashMap<i64, Posting> = HashMap::new();
        reader.each_entry(
            &scope.collection,
            &range(lexical::term_range(term)),
            |entry, id| {
                if let Some(posting) = lexical::posting(entry) {
                    found.insert(id, posting);
                }
            },
        )?;
        postings.push(found);
    }
    let mut texts = Texts::default();
    reader.each_entry(
        &scope.collection,
        &range(lexical::length_range()),
        |entry, _| {
            texts.add(lexical::length(entry).unwrap_or(0));
        },
    )?;
    let frequency = |found: &HashMap<i64, Posting>| u32::try_from(found.len()).unwrap_or(u32::MAX);
    let ranking = Ranking::new(texts, postings.iter().map(frequency));
    let rarest = postings.iter().min_by_key(|found| found.len());
    let all = rarest.into_iter().flat_map(HashMap::keys).filter_map(|id| {
        let found: Option<Vec<&Posting>> = postings.iter().map(|found| found.get(id)).collect();
        let found = found?;
        let occurrences: Vec<u32> = found.iter().map(|posting| posting.occurrences).collect();
        let score = ranking.score(&occurrences, found.first()?.length);
        Some(Ranked { score, key: *id })
    });
    first_that_match(scope, reader, filter, all, limit)
}

fn first_that_match(
    scope: &Scope,
    reader: &Reader<'_>,
    filter: &Filter,
    all: impl Iterator<Item = Ranked<i64>>,
    limit: usize,
) -> Result<Vec<Ranked<i64>>, ApiError> {
    if matches!(filter.condition(), Condition::All) {
        let mut first = Smallest::new(limit);
        all.for_each(|ranked| first.offer(ranked));
        return Ok(first.into_sorted());
    }
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    let mut first = Vec::new();
    for ranked in all {
        if first.len() == limit {
            break;
        }
        if is_match(reader, &scope.collection, filter, ranked.key)? {
            first.push(ranked);
        }
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::cast_precision_loss,
        reason = "there are a thousand texts of thirty words"
    )]

    use super::super::written::written;
    use super::*;
    use crate::definition::CollectionDefinition;
    use crate::document::prepare;
    use crate::json::{Object, Value};
    use crate::limits::Limits;
    use crate::providers::Providers;
    use crate::storage::{Storage, StorageError};
    use std::sync::Arc;

    const WORDS: [&str; 24] = [
        "tea", "green", "black", "lemon", "milk", "cup", "hot", "cold", "leaf", "water", "honey",
        "mint", "ginger", "spice", "pot", "steam", "sugar", "garden", "morning", "evening", "rain",
        "book", "chair", "window",
    ];

    /// Numbers that look random and are the same each time.
    struct Random(u64);

    impl Random {
        fn below(&mut self, most: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % most
        }

        /// Some words are in many texts, most in few.
        fn text(&mut self, most: usize) -> String {
            let words = 1 + self.below(most);
            let word =
                |random: &mut Self| WORDS[random.below(WORDS.len()).min(random.below(WORDS.len()))];
            let words: Vec<_> = (0..words).map(|_| word(self)).collect();
            words.join(" ")
        }
    }

    fn search_in(texts: &[String]) -> (Storage, Arc<Scope>) {
        let storage = Storage::in_memory(1 << 30).unwrap();
        let made: Result<_, StorageError> = storage.write(|writer| {
            writer.create_keyspace("shop", "{}")?;
            let definition = CollectionDefinition {
                lexical: Some(Value::from("standard")),
                ..CollectionDefinition::default()
            };
            writer.create_collection("shop", "texts", definition)
        });
        let scope = Arc::new(Scope {
            collection: made.unwrap(),
            limits: Limits::default(),
            providers: Providers::default(),
        });
        let (job, texts) = (Arc::clone(&scope), texts.to_vec());
        let stored: Result<(), ApiError> = storage.write(move |writer| {
            for text in &texts {
                let document = Object::from([("$lexical", text.as_str())]);
                let prepared = prepare(document, &job.collection.rules)?;
                writer.insert_document(&job.collection, &prepared.id, &written(&job, &prepared))?;
            }
            Ok(())
        });
        stored.unwrap();
        (storage, scope)
    }

    /// The scores of the texts that have every word of a query, by the formula as it is written down.
    fn plain(texts: &[String], query: &str) -> Vec<f64> {
        let texts: Vec<Vec<&str>> = texts.iter().map(|text| text.split(' ').collect()).collect();
        let mut terms: Vec<&str> = query.split(' ').collect();
        terms.sort_unstable();
        terms.dedup();
        let count = texts.len() as f64;
        let mean = texts.iter().map(Vec::len).sum::<usize>() as f64 / count;
        let score = |text: &Vec<&str>| -> Option<f64> {
            let mut score = 0.0;
            for term in &terms {
                let tf = text.iter().filter(|other| *other == term).count() as f64;
                if tf == 0.0 {
                    return None;
                }
                let df = texts.iter().filter(|text| text.contains(term)).count() as f64;
                let idf = (1.0 + (count - df + 0.5) / (df + 0.5)).ln();
                let length = text.len() as f64;
                score += idf * tf / (tf + 1.2 * (1.0 - 0.75 + 0.75 * length / mean));
            }
            Some(score)
        };
        let mut scores: Vec<f64> = texts.iter().filter_map(score).collect();
        scores.sort_by(|left, right| right.total_cmp(left));
        scores
    }

    #[test]
    fn scores_are_those_of_the_formula() {
        let mut random = Random(7);
        let texts: Vec<String> = (0..1000).map(|_| random.text(30)).collect();
        let (storage, scope) = search_in(&texts);
        let filter = scope.filter(None).unwrap();
        for _ in 0..100 {
            let query = random.text(3);
            let found = storage
                .read(|reader| ranked(&scope, reader, &filter, &query, MAX_LIMIT))
                .unwrap();
            let expected = plain(&texts, &query);
            assert_eq!(found.len(), expected.len(), "{query}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found.score - expected).abs() < 1e-5,
                    "{query}: {found:?}, {expected}"
                );
            }
        }
    }
}
