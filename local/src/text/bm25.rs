//! How well a text answers a query, by its words: Okapi BM25, as Lucene has it
//! (<https://lucene.apache.org/core/9_0_0/core/org/apache/lucene/search/similarities/BM25Similarity.html>).

use std::cmp::Ordering;

/// How soon more of the same term counts for less.
const K1: f64 = 1.2;
/// How much long texts are held against short ones.
const B: f64 = 0.75;

/// All texts that are searched: how many there are, and their terms together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Texts {
    pub(crate) count: u32,
    pub(crate) terms: u64,
}

/// What is looked for in them: in how many texts each term of the query is.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    weights: Vec<f64>,
    mean_length: f64,
}

impl Texts {
    pub(crate) fn add(&mut self, terms: u32) {
        self.count += 1;
        self.terms += u64::from(terms);
    }
}

impl Ranking {
    #[expect(
        clippy::cast_precision_loss,
        reason = "fewer terms than 2^52 fit on any disk"
    )]
    pub(crate) fn new(texts: Texts, frequencies: impl IntoIterator<Item = u32>) -> Self {
        let count = f64::from(texts.count);
        let weight = |texts_with: u32| {
            let with = f64::from(texts_with);
            (1.0 + (count - with + 0.5) / (with + 0.5)).ln()
        };
        Self {
            weights: frequencies.into_iter().map(weight).collect(),
            mean_length: texts.terms as f64 / count.max(1.0),
        }
    }

    /// The score of a text of so many terms, with how often each term of the query is in it.
    pub(crate) fn score(&self, occurrences: &[u32], length: u32) -> f64 {
        let relative = f64::from(length) / self.mean_length;
        let norm = K1 * (1.0 - B + B * relative);
        let terms = self.weights.iter().zip(occurrences);
        terms
            .map(|(weight, occurrences)| {
                let occurrences = f64::from(*occurrences);
                weight * occurrences / (occurrences + norm)
            })
            .sum()
    }
}

/// Something found, with its score: the better one is less, and of equals the one with the smaller key.
#[derive(Clone, Debug)]
pub(crate) struct Ranked<K> {
    pub(crate) score: f64,
    pub(crate) key: K,
}

impl<K: Ord> Ord for Ranked<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        by_score.then_with(|| self.key.cmp(&other.key))
    }
}

impl<K: Ord> PartialOrd for Ranked<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> PartialEq for Ranked<K> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<K: Ord> Eq for Ranked<K> {}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::cast_precision_loss,
        reason = "there are a thousand texts of thirty words"
    )]

    use super::*;

    /// The formula as it is written down, over whole texts.
    fn plain(query: &[&str], texts: &[Vec<&str>], text: &[&str]) -> f64 {
        let count = texts.len() as f64;
        let mean = texts.iter().map(Vec::len).sum::<usize>() as f64 / count;
        let mut score = 0.0;
        for term in query {
            let df = texts.iter().filter(|text| text.contains(term)).count() as f64;
            let tf = text.iter().filter(|other| *other == term).count() as f64;
            let idf = (1.0 + (count - df + 0.5) / (df + 0.5)).ln();
            score += idf * tf / (tf + 1.2 * (1.0 - 0.75 + 0.75 * text.len() as f64 / mean));
        }
        score
    }

    #[test]
    fn shorter_texts_and_more_of_the_term_rank_higher() {
        let texts: Vec<Vec<&str>> = [
            "monkey monkey monkey",
            "monkey",
            "monkey banana",
            "monkey bread is so tasty",
        ]
        .iter()
        .map(|text| text.split(' ').collect())
        .collect();
        let mut all = Texts::default();
        for text in &texts {
            all.add(u32::try_from(text.len()).unwrap());
        }
        let ranking = Ranking::new(all, [4]);
        let occurrences = |text: &[&str]| text.iter().filter(|term| **term == "monkey").count();
        let scores: Vec<f64> = texts
            .iter()
            .map(|text| {
                let occurrences = u32::try_from(occurrences(text)).unwrap();
                ranking.score(&[occurrences], u32::try_from(text.len()).unwrap())
            })
            .collect();
        assert!(
            scores.is_sorted_by(|left, right| left > right),
            "{scores:?}"
        );
        for (text, score) in texts.iter().zip(scores) {
            assert!((score - plain(&["monkey"], &texts, text)).abs() < 1e-9);
        }
    }
}
