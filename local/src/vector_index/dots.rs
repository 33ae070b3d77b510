//! Products of codes: what a search spends its time on, with the instructions that the processor has.

use fearless_simd::Level;

/// Two bits of each of 128 numbers: of the first 32 in the lowest bits of the bytes, of the last in the highest.
pub(super) type Group = [u8; 32];

/// Numbers of a group.
pub(super) const GROUP: usize = 128;

/// The instructions there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernel(Level);

impl Kernel {
    pub(super) fn detect() -> Self {
        Self(Level::new())
    }

    /// The products of some vectors, one after the other, with a query of as many groups, which is cut into parts of 32.
    pub(super) fn products(self, rows: &[Group], query: &[[i8; 32]], products: &mut [i32]) {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = self.0.as_avx2() {
            return with_avx2(avx2, rows, query, products);
        }
        fearless_simd::dispatch!(self.0, _simd => plainly(rows, query, products));
    }
}

/// The same for any processor; the compiler uses the instructions for vectors that it knows of.
#[inline(always)]
#[expect(clippy::inline_always, reason = "made for each set of instructions")]
fn plainly(rows: &[Group], query: &[[i8; 32]], products: &mut [i32]) {
    let (query, _) = query.as_chunks::<4>();
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        *product = 0;
        for (group, query) in row.iter().zip(query) {
            let mut sum = 0;
            for place in 0..group.len() {
                let byte = group[place];
                sum += i32::from(byte & 3) * i32::from(query[0][place]);
                sum += i32::from((byte >> 2) & 3) * i32::from(query[1][place]);
                sum += i32::from((byte >> 4) & 3) * i32::from(query[2][place]);
                sum += i32::from(byte >> 6) * i32::from(query[3][place]);
            }
            *product += sum;
        }
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel!(
    fn with_avx2(avx2: Avx2, rows: &[Group], query: &[[i8; 32]], products: &mut [i32]) {
        use std::arch::x86_64::{
            __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_shuffle_epi32, _mm256_add_epi16,
            _mm256_add_epi32, _mm256_and_si256, _mm256_castsi256_si128, _mm256_extracti128_si256,
            _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_set_epi64x, _mm256_set1_epi8,
            _mm256_set1_epi16, _mm256_setzero_si256, _mm256_srli_epi16,
        };
        let load = |bytes: &[u8; 32]| -> __m256i {
            let (words, _) = bytes.as_chunks::<8>();
            let word = |number: usize| i64::from_le_bytes(words[number]);
            _mm256_set_epi64x(word(3), word(2), word(1), word(0))
        };
        let (query, _) = query.as_chunks::<4>();
        let (lowest, ones) = (_mm256_set1_epi8(3), _mm256_set1_epi16(1));
        let load_signed = |bytes: &[i8; 32]| load(&bytes.map(i8::cast_unsigned));
        for (row, product) in rows.chunks_exact(query.len()).zip(products) {
            let mut sums = _mm256_setzero_si256();
            // A group adds up to 3,048 to each sum of 16 bits, so eight of them fit.
            for (groups, query) in row.chunks(8).zip(query.chunks(8)) {
                let mut short = _mm256_setzero_si256();
                for (group, [first, second, third, fourth]) in groups.iter().zip(query) {
                    let bytes = load(group);
                    let bits = [
                        bytes,
                        _mm256_srli_epi16::<2>(bytes),
                        _mm256_srli_epi16::<4>(bytes),
                        _mm256_srli_epi16::<6>(bytes),
                    ]
                    .map(|bits| _mm256_and_si256(bits, lowest));
                    let one = _mm256_maddubs_epi16(bits[0], load_signed(first));
                    let two = _mm256_maddubs_epi16(bits[1], load_signed(second));
                    let three = _mm256_maddubs_epi16(bits[2], load_signed(third));
                    let four = _mm256_maddubs_epi16(bits[3], load_signed(fourth));
                    let pairs = [_mm256_add_epi16(one, two), _mm256_add_epi16(three, four)];
                    short = _mm256_add_epi16(short, _mm256_add_epi16(pairs[0], pairs[1]));
                }
                sums = _mm256_add_epi32(sums, _mm256_madd_epi16(short, ones));
            }
            let half = _mm_add_epi32(
                _mm256_castsi256_si128(sums),
                _mm256_extracti128_si256::<1>(sums),
            );
            let quarter = _mm_add_epi32(half, _mm_shuffle_epi32::<0x4e>(half));
            let sum = _mm_add_epi32(quarter, _mm_shuffle_epi32::<0xb1>(quarter));
            *product = _mm_cvtsi128_si32(sum);
        }
    }
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_instructions_of_this_processor_and_plain_loops_agree(
            rows in prop::collection::vec(any::<[u8; 32]>(), 22),
            query in prop::collection::vec(prop::array::uniform32(-127_i8..=127), 44),
        ) {
            let (mut ours, mut plain) = ([0; 2], [0; 2]);
            Kernel::detect().products(&rows, &query, &mut ours);
            plainly(&rows, &query, &mut plain);
            prop_assert_eq!(ours, plain);
        }

        #[test]
        fn the_largest_sums_fit(sign in prop::bool::ANY) {
            let query = vec![[if sign { 127 } else { -127 }; 32]; 128];
            let mut product = [0];
            Kernel::detect().products(&[[0xff; 32]; 32], &query, &mut product);
            prop_assert_eq!(product[0].abs(), 4096 * 3 * 127);
        }
    }
}
