//! Vectors as four bits for each number, the higher two apart from the lower two, and what is searched for as eight.

use super::dots::{GROUP, Group, Kernel};
use super::rotation::Rotation;
use crate::definition::Metric;

/// The width of a step in standard deviations of the numbers: the best for 16 steps of normally distributed ones.
const STEP: f32 = 0.3352;

/// Between the lowest of 16 steps and zero.
const MIDDLE: f32 = 7.5;

/// The same for the higher bits alone, which stand for four steps together: 0, 4, 8 or 12.
const COARSE_MIDDLE: f32 = 6.0;

/// Standard deviations that an estimate is hardly ever off.
const DEVIATIONS: f32 = 3.0;

/// The square of the sine of an angle that is taken for no smaller, so that rounding is within the bound, too.
const LEAST_SINE: f32 = 0.01;

/// A vector in a block.
#[derive(Debug)]
pub(super) struct Row<'b> {
    pub(super) high: &'b mut [Group],
    pub(super) low: &'b mut [Group],
    pub(super) scale: Scale<'b>,
    /// The length of the vector.
    pub(super) norm: &'b mut f32,
}

/// The cosine of the angle between a vector and a query is this times the product of their codes.
#[derive(Debug)]
pub(super) struct Scale<'b> {
    pub(super) coarse: &'b mut f32,
    pub(super) fine: &'b mut f32,
}

/// The tangents of the angles between vectors and their codes, at most.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Errors {
    coarse: f32,
    fine: f32,
}

impl Errors {
    pub(super) fn include(&mut self, other: Self) {
        self.coarse = self.coarse.max(other.coarse);
        self.fine = self.fine.max(other.fine);
    }
}

/// What a code adds up to with the vector it stands for.
#[derive(Default)]
struct Fit {
    product: f32,
    square: f32,
}

impl Fit {
    fn add(&mut self, value: f32, number: f32) {
        self.product += value * number;
        self.square += value * value;
    }

    fn error(&self) -> f32 {
        (self.square / (self.product * self.product) - 1.0)
            .max(0.0)
            .sqrt()
    }
}

/// Makes codes for vectors of one dimension.
#[derive(Debug)]
pub(super) struct Coder {
    rotation: Rotation,
    groups: usize,
    dimension: f32,
    kernel: Kernel,
}

impl Coder {
    #[expect(
        clippy::cast_precision_loss,
        reason = "vectors have thousands of numbers, not millions"
    )]
    pub(super) fn new(dimension: usize) -> Self {
        let groups = dimension.div_ceil(GROUP).max(1);
        Self {
            rotation: Rotation::new(groups * GROUP),
            groups,
            dimension: dimension.max(1) as f32,
            kernel: Kernel::detect(),
        }
    }

    /// Groups of a vector.
    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// Writes the code of a vector. Returns its errors.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes are of 0 to 15"
    )]
    pub(super) fn encode(&self, vector: &[f32], row: &mut Row<'_>) -> Errors {
        let norm = norm(vector);
        *row.norm = norm;
        (*row.scale.coarse, *row.scale.fine) = (0.0, 0.0);
        if norm == 0.0 || !norm.is_finite() {
            return Errors::default();
        }
        let rotated = self.rotation.rotate(vector, 1.0 / norm);
        let step = STEP / (rotated.len() as f32).sqrt();
        let (mut coarse, mut fine) = (Fit::default(), Fit::default());
        let groups = row.high.iter_mut().zip(row.low.iter_mut());
        for ((high, low), numbers) in groups.zip(rotated.as_chunks::<GROUP>().0) {
            (*high, *low) = (Group::default(), Group::default());
            for (part, numbers) in numbers.chunks_exact(high.len()).enumerate() {
                for ((high, low), number) in high.iter_mut().zip(low.iter_mut()).zip(numbers) {
                    let code = (number / step + 8.0).clamp(0.0, 15.0) as u8;
                    *high |= (code >> 2) << (2 * part);
                    *low |= (code & 3) << (2 * part);
                    coarse.add(f32::from(4 * (code >> 2)) - COARSE_MIDDLE, *number);
                    fine.add(f32::from(code) - MIDDLE, *number);
                }
            }
        }
        *row.scale.coarse = 1.0 / coarse.product;
        *row.scale.fine = 1.0 / fine.product;
        Errors {
            coarse: coarse.error(),
            fine: fine.error(),
        }
    }

    /// What is searched for, among codes with errors up to these.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "codes of a query are of −127 to 127"
    )]
    pub(super) fn query(&self, vector: &[f32], metric: Metric, errors: Errors) -> Query {
        let norm = norm(vector);
        let by = if norm > 0.0 { 1.0 / norm } else { 0.0 };
        let rotated = self.rotation.rotate(vector, by);
        let largest = rotated
            .iter()
            .fold(0.0_f32, |most, number| most.max(number.abs()));
        let step = largest.max(f32::MIN_POSITIVE) / 127.0;
        let codes = rotated.iter().map(|number| (number / step).round() as i8);
        let codes: Vec<i8> = codes.collect();
        let sum: i32 = codes.iter().map(|code| i32::from(*code)).sum();
        let estimate = |middle: f32, error: f32| Estimate {
            offset: middle * sum as f32,
            margin: DEVIATIONS * (error * error / self.dimension + step * step / 12.0).sqrt(),
        };
        Query {
            codes: codes.as_chunks::<32>().0.to_vec(),
            coarse: estimate(COARSE_MIDDLE, errors.coarse),
            fine: estimate(MIDDLE, errors.fine),
            step,
            norm,
            metric,
            kernel: self.kernel,
        }
    }
}

/// What is searched for.
#[derive(Debug)]
pub(super) struct Query {
    /// As they meet the four pairs of bits in the bytes of each group.
    codes: Vec<[i8; 32]>,
    coarse: Estimate,
    fine: Estimate,
    step: f32,
    norm: f32,
    metric: Metric,
    kernel: Kernel,
}

/// How a cosine is estimated.
#[derive(Debug)]
struct Estimate {
    /// What the products of codes are too large by, as codes are not negative.
    offset: f32,
    /// How far the cosine may be off at a right angle.
    margin: f32,
}

impl Query {
    /// Upper bounds of the similarities of some vectors, by the higher bits of their codes alone.
    pub(super) fn coarse_bounds<const N: usize>(
        &self,
        high: &[Group],
        scales: &[f32; N],
        norms: &[f32; N],
    ) -> [f32; N] {
        let mut products = [0; N];
        self.kernel.products(high, &self.codes, &mut products);
        for product in &mut products {
            *product *= 4;
        }
        self.bounds(&self.coarse, &products, scales, norms)
    }

    /// Closer bounds, by all bits.
    pub(super) fn fine_bounds<const N: usize>(
        &self,
        [high, low]: [&[Group]; 2],
        scales: &[f32; N],
        norms: &[f32; N],
    ) -> [f32; N] {
        let (mut products, mut below) = ([0; N], [0; N]);
        self.kernel.products(high, &self.codes, &mut products);
        self.kernel.products(low, &self.codes, &mut below);
        for (product, below) in products.iter_mut().zip(below) {
            *product = 4 * *product + below;
        }
        self.bounds(&self.fine, &products, scales, norms)
    }

    /// In loops that the compiler makes instructions for vectors of.
    #[expect(clippy::cast_precision_loss, reason = "products are below 2²³")]
    fn bounds<const N: usize>(
        &self,
        estimate: &Estimate,
        products: &[i32; N],
        scales: &[f32; N],
        norms: &[f32; N],
    ) -> [f32; N] {
        let mut bounds = [0.0; N];
        for number in 0..N {
            let product = products[number] as f32 - estimate.offset;
            let cosine = product * self.step * scales[number];
            let sine = (1.0 - cosine * cosine).max(LEAST_SINE).sqrt();
            bounds[number] = cosine + estimate.margin * sine;
        }
        match self.metric {
            Metric::Cosine => bounds.map(|cosine| 0.5 + 0.5 * cosine),
            Metric::DotProduct => {
                for number in 0..N {
                    bounds[number] = 0.5 + 0.5 * bounds[number] * norms[number] * self.norm;
                }
                bounds
            }
            Metric::Euclidean => {
                for number in 0..N {
                    let norm = norms[number];
                    let squares = norm * norm + self.norm * self.norm;
                    let square = squares - 2.0 * bounds[number] * norm * self.norm;
                    // A little less than it is, since the squares are rounded.
                    bounds[number] = 1.0 / (1.0 + 0.999_99 * square.max(0.0));
                }
                bounds
            }
        }
    }
}

/// Reckoned in `f64`, where squares do not overflow.
#[expect(
    clippy::cast_possible_truncation,
    reason = "lengths have no more digits than numbers"
)]
fn norm(vector: &[f32]) -> f32 {
    let squares = vector.iter().map(|number| f64::from(*number).powi(2));
    squares.sum::<f64>().sqrt() as f32
}
