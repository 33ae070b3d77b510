//! `hash-ngrams`: vectors made of the spelling of a text, without a network or a model.
//!
//! Each word is cut into its runs of three letters, its two ends included. A run counts at a place that its hash says, up
//! or down as the hash says too, and the whole is scaled to length one. Texts that share words, or parts of words, are
//! near each other. Meaning is not known here: "car" and "automobile" are as far apart as any two words.

/// Numbers in each vector.
pub(crate) const DIMENSION: usize = 256;

/// Letters in each run.
const RUN: usize = 3;

/// The vector of a text: always the same, on every machine.
pub(crate) fn vector(text: &str) -> Vec<f32> {
    let mut sums = vec![0.0_f32; DIMENSION];
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let letters: Vec<char> = format!("^{word}$").chars().collect();
        for run in letters.windows(RUN) {
            count(run.iter(), &mut sums);
        }
    }
    if sums.iter().all(|sum| *sum == 0.0) {
        // A text without letters, or one whose runs cancel out, still needs a direction.
        count(lower.chars().collect::<Vec<_>>().iter(), &mut sums);
    }
    let length = sums.iter().map(|sum| sum * sum).sum::<f32>().sqrt();
    sums.iter().map(|sum| sum / length).collect()
}

fn count<'a>(letters: impl Iterator<Item = &'a char>, sums: &mut [f32]) {
    let hash = hash(letters);
    let place = usize::from(hash.to_le_bytes()[0]);
    sums[place] += if hash & (1 << 8) == 0 { 1.0 } else { -1.0 };
}

/// FNV-1a, mixed once more so that its low bits are as good as its high ones
/// (<https://datatracker.ietf.org/doc/draft-eastlake-fnv/>).
fn hash<'a>(letters: impl Iterator<Item = &'a char>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for letter in letters {
        for byte in u32::from(*letter).to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Metric;

    #[test]
    fn vectors_are_the_same_each_time_and_of_length_one() {
        for text in ["green tea", "", "  ", "!?", "日本語", "a"] {
            let vector = vector(text);
            assert_eq!(vector, super::vector(text), "{text}");
            assert_eq!(vector.len(), DIMENSION);
            let length: f32 = vector.iter().map(|number| number * number).sum();
            assert!((length - 1.0).abs() < 1e-5, "{text}: {length}");
        }
    }

    #[test]
    fn what_is_spelled_alike_is_near() {
        let similarity = |left, right| Metric::Cosine.similarity(&vector(left), &vector(right));
        let same = similarity("Green Tea", "green tea!");
        assert!((same - 1.0).abs() < 1e-5, "{same}");
        for (query, near, far) in [
            ("wireless headphones", "wireless headphone", "garden chair"),
            ("headfones", "headphones", "kettle"),
            ("running shoes", "shoes for running", "a blue umbrella"),
        ] {
            assert!(
                similarity(query, near) > similarity(query, far) + 0.1,
                "{query}"
            );
        }
    }
}
