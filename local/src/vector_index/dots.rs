//! Products of codes: what a search spends its time on, with the instructions that the processor has.

use fearless_simd::Level;

/// The codes of 64 numbers: the first 32 in the lower halves of the bytes, the others in the upper halves.
pub(super) type Group = [u8; 32];

/// The instructions there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernel(Level);

impl Kernel {
    pub(super) fn detect() -> Self {
        Self(Level::new())
    }

    /// The products of some vectors, one after the other, with a query of as many groups.
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
    let (query, _) = query.as_chunks::<2>();
    for (row, product) in rows.chunks_exact(query.len()).zip(products) {
        *product = 0;
        for (group, [lower, upper]) in row.iter().zip(query) {
            let mut sum = 0;
            for place in 0..group.len() {
                let byte = group[place];
                sum += i32::from(byte & 15) * i32::from(lower[place]);
                sum += i32::from(byte >> 4) * i32::from(upper[place]);
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
        let load_signed = |bytes: &[i8; 32]| load(&bytes.map(i8::cast_unsigned));
        let (query, _) = query.as_chunks::<2>();
        let (lower_half, ones) = (_mm256_set1_epi8(15), _mm256_set1_epi16(1));
        for (row, product) in rows.chunks_exact(query.len()).zip(products) {
            let mut sums = _mm256_setzero_si256();
            // A group adds up to 7,620 to each sum of 16 bits, so four of them fit.
            for (groups, query) in row.chunks(4).zip(query.chunks(4)) {
                let mut short = _mm256_setzero_si256();
                for (group, [lower, upper]) in groups.iter().zip(query) {
                    let bytes = load(group);
                    let low = _mm256_and_si256(bytes, lower_half);
                    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), lower_half);
                    short = _mm256_add_epi16(short, _mm256_maddubs_epi16(low, load_signed(lower)));
                    short = _mm256_add_epi16(short, _mm256_maddubs_epi16(high, load_signed(upper)));
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
            rows in prop::collection::vec(any::<[u8; 32]>(), 14),
            query in prop::collection::vec(prop::array::uniform32(-127_i8..=127), 14),
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
            Kernel::detect().products(&[[0xff; 32]; 64], &query, &mut product);
            prop_assert_eq!(product[0].abs(), 4096 * 15 * 127);
        }
    }
}
