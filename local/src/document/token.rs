//! The order documents come in where no other is asked for.
//!
//! The real server answers in the order of the database's partition tokens: a hash of the id, Cassandra's variant of
//! Murmur3 (`MurmurHash.hash3_x64_128`, with the sign of its bytes extended at the end of the input). It means nothing,
//! but it is stable, and whoever compares with recorded answers sees it.

use super::id::DocumentId;

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

/// The place of a document among others.
pub(crate) fn of(id: &DocumentId) -> i64 {
    let (kind, text) = id.database_key();
    // The partition key is a tuple of a type number and the text of the id, each with its length before it.
    let mut key = vec![0, 0, 0, 1, kind];
    key.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    key.extend(text.as_bytes());
    of_partition(&key)
}

/// The place of a partition of the database among others.
pub(crate) fn of_partition(key: &[u8]) -> i64 {
    let token = murmur3(key).cast_signed();
    // The partitioner never gives the smallest, which stands for "before all" there and in page states here.
    if token == i64::MIN { i64::MAX } else { token }
}

/// The first half of the hash.
fn murmur3(data: &[u8]) -> u64 {
    let (mut h1, mut h2) = (0_u64, 0_u64);
    let (blocks, tail) = data.as_chunks::<16>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        h1 ^= scramble1(u64::from_le_bytes(words[0]));
        h1 = h1
            .rotate_left(27)
            .wrapping_add(h2)
            .wrapping_mul(5)
            .wrapping_add(0x52dc_e729);
        h2 ^= scramble2(u64::from_le_bytes(words[1]));
        h2 = h2
            .rotate_left(31)
            .wrapping_add(h1)
            .wrapping_mul(5)
            .wrapping_add(0x3849_5ab5);
    }
    let (first, second) = tail.split_at(tail.len().min(8));
    h2 ^= scramble2(sign_extended(second));
    h1 ^= scramble1(sign_extended(first));
    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    finish(h1).wrapping_add(finish(h2))
}

fn scramble1(word: u64) -> u64 {
    word.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn scramble2(word: u64) -> u64 {
    word.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

/// Up to eight bytes as a word, each extended by its sign before it is shifted to its place.
fn sign_extended(bytes: &[u8]) -> u64 {
    let words = bytes
        .iter()
        .enumerate()
        .map(|(at, byte)| i64::from(byte.cast_signed()).cast_unsigned() << (8 * at));
    words.fold(0, |sum, word| sum ^ word)
}

fn finish(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_in_the_order_of_the_real_server() {
        // As recorded: a find without filter and sort over documents inserted in alphabetical order.
        let mut ids: Vec<_> = ('a'..='k')
            .map(|id| DocumentId::Text(id.to_string()))
            .collect();
        ids.sort_by_key(of);
        let order: String = ids
            .iter()
            .map(|id| id.to_value().as_str().unwrap().to_owned())
            .collect();
        assert_eq!(order, "badkiehgfjc");
    }
}
