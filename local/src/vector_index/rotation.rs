//! A random rotation that costs little: signs are flipped and a Hadamard transform mixes, a few times over.

/// Times that everything is mixed. After three, what was in one number is spread over all.
const ROUNDS: usize = 3;

/// Always the same rotation for a dimension.
#[derive(Debug)]
pub(super) struct Rotation {
    /// The length of rotated vectors.
    length: usize,
    /// The largest power of two that fits: what the transform takes at once.
    power: usize,
    /// 1 or −1, for each number in each round.
    signs: Vec<f32>,
}

impl Rotation {
    /// Vectors are filled up with zeros to this length.
    pub(super) fn new(length: usize) -> Self {
        let mut state = 0x5851_f42d_4c95_7f2d_u64;
        let mut sign = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            if state >> 63 == 0 { 1.0 } else { -1.0 }
        };
        Self {
            length,
            power: 1 << length.ilog2(),
            signs: (0..length * ROUNDS).map(|_| sign()).collect(),
        }
    }

    /// The rotated vector, multiplied by a number.
    #[expect(
        clippy::cast_precision_loss,
        reason = "vectors have thousands of numbers, not millions"
    )]
    pub(super) fn rotate(&self, vector: &[f32], by: f32) -> Vec<f32> {
        let mut rotated: Vec<f32> = vector.iter().map(|number| number * by).collect();
        rotated.resize(self.length, 0.0);
        let scale = 1.0 / (self.power as f32).sqrt();
        for signs in self.signs.chunks_exact(self.length) {
            for (number, sign) in rotated.iter_mut().zip(signs) {
                *number *= sign;
            }
            transform(&mut rotated[..self.power], scale);
            // What is left over is mixed with a part of what was mixed already.
            if self.power < self.length {
                transform(&mut rotated[self.length - self.power..], scale);
            }
        }
        rotated
    }
}

/// The Walsh–Hadamard transform of a power of two of numbers, scaled so that lengths stay.
fn transform(numbers: &mut [f32], scale: f32) {
    let mut half = 1;
    while half < numbers.len() {
        for pair in numbers.chunks_exact_mut(2 * half) {
            let (left, right) = pair.split_at_mut(half);
            for (one, other) in left.iter_mut().zip(right) {
                (*one, *other) = (*one + *other, *one - *other);
            }
        }
        half *= 2;
    }
    for number in numbers {
        *number *= scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(vector: &[f32]) -> f32 {
        vector
            .iter()
            .map(|number| number * number)
            .sum::<f32>()
            .sqrt()
    }

    #[test]
    fn lengths_stay_and_one_number_becomes_many() {
        for size in [64, 192, 384, 1536] {
            let rotation = Rotation::new(size);
            let mut vector = vec![0.0; size - 3];
            vector[5] = 2.0;
            let rotated = rotation.rotate(&vector, 0.5);
            assert_eq!(rotated.len(), size);
            assert!((length(&rotated) - 1.0).abs() < 1e-4);
            assert!(rotated.iter().all(|number| number.abs() < 0.7), "{size}");
        }
    }
}
