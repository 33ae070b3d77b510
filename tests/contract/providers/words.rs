//! Vectors of texts by their words, and the directives that texts begin with.

use std::collections::HashMap;

use super::shake::shake256;

/// The words of a text in lower case; a text without any is one word.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        vec![text.to_owned()]
    } else {
        words
    }
}

/// How often each word occurs: the hash of a word takes long, and long texts repeat a few of them.
fn counts(text: &str) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for word in words(text) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// The sum of one vector for each word, of length one and with six decimals.
pub(super) fn vector(text: &str, dimension: usize) -> Vec<f64> {
    let mut total = vec![0.0; dimension];
    // Multiples of a power of two, so no digit is lost in a product or a sum.
    for (word, count) in counts(text) {
        let bytes = shake256(word.as_bytes(), 2 * dimension);
        for (sum, two) in total.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *sum += f64::from(count) * (f64::from(u16::from_be_bytes(*two)) / 32768.0 - 1.0);
        }
    }
    let length = total
        .iter()
        .map(|number| number * number)
        .sum::<f64>()
        .sqrt();
    let length = if length == 0.0 { 1.0 } else { length };
    total
        .iter()
        .map(|number| rounded(number / length))
        .collect()
}

/// Ten times the cosine of two texts.
pub(super) fn logit(query: &str, passage: &str) -> f64 {
    let (query, passage) = (vector(query, 64), vector(passage, 64));
    let product: f64 = query
        .iter()
        .zip(&passage)
        .map(|(left, right)| left * right)
        .sum();
    rounded(10.0 * product)
}

fn rounded(number: f64) -> f64 {
    format!("{number:.6}").parse().unwrap()
}

/// The directives of a text, and the rest of it.
pub(super) fn directives(mut text: &str) -> (Vec<&str>, &str) {
    let mut found = Vec::new();
    while let Some(rest) = text.strip_prefix('!') {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        found.push(&rest[..end]);
        text = rest[end..].trim_start();
    }
    (found, text)
}
