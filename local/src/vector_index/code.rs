//! Vectors as four bits for each number, and what is searched for as eight.

use super::dots::{Group, Kernel};
use super::rotation::Rotation;
use crate::definition::Metric;

/// Numbers of a group.
const GROUP: usize = 64;

/// The width of a step in standard deviations of the numbers: the best for 16 steps of normally distributed ones.
const STEP: f32 = 0.3352;

/// Between the lowest step and zero.
const MIDDLE: f32 = 7.5;

/// Standard deviations that an estimate is hardly ever off.
const DEVIATIONS: f32 = 3.0;

/// The square of the sine of an angle that is taken for no smaller, so that rounding is within the bound, too.
const LEAST_SINE: f32 = 0.01;

/// A vector in a block.
#[derive(Debug)]
pub(super) struct Row<'b> {
    pub(super) codes: &'b mut [Group],
    /// The cosine of the angle to a query is this times the product of the codes.
    pub(super) scale: &'b mut f32,
    /// The length of the vector.
    pub(super) norm: &'b mut f32,
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

    /// Writes the code of a vector. Returns its error: the tangent of the angle between the vector and its code.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes are of 0 to 15"
    )]
    pub(super) fn encode(&self, vector: &[f32], row: &mut Row<'_>) -> f32 {
        let norm = norm(vector);
        *row.norm = norm;
        *row.scale = 0.0;
        if norm == 0.0 || !norm.is_finite() {
            return 0.0;
        }
        let rotated = self.rotation.rotate(vector, 1.0 / norm);
        let step = STEP / (rotated.len() as f32).sqrt();
        let (mut product, mut square) = (0.0_f32, 0.0_f32);
        let mut code = |number: f32| {
            let code = (number / step + 8.0).clamp(0.0, 15.0) as u8;
            let value = f32::from(code) - MIDDLE;
            product += value * number;
            square += value * value;
            code
        };
        for (group, numbers) in row.codes.iter_mut().zip(rotated.as_chunks::<GROUP>().0) {
            let (lower, upper) = numbers.split_at(GROUP / 2);
            for ((byte, lower), upper) in group.iter_mut().zip(lower).zip(upper) {
                *byte = code(*lower) | (code(*upper) << 4);
            }
        }
        *row.scale = 1.0 / product;
        (square / (product * product) - 1.0).max(0.0).sqrt()
    }

    /// What is searched for, among codes with errors up to this one.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "codes of a query are of −127 to 127"
    )]
    pub(super) fn query(&self, vector: &[f32], metric: Metric, error: f32) -> Query {
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
        let variance = error * error / self.dimension + step * step / 12.0;
        Query {
            codes: codes.as_chunks::<32>().0.to_vec(),
            offset: MIDDLE * sum as f32,
            step,
            norm,
            margin: DEVIATIONS * variance.sqrt(),
            metric,
            kernel: self.kernel,
        }
    }
}

/// What is searched for.
#[derive(Debug)]
pub(super) struct Query {
    /// Two for each group of a vector: for the lower and the upper halves of its bytes.
    pub(super) codes: Vec<[i8; 32]>,
    /// What the products of codes are too large by, as codes are not negative.
    offset: f32,
    step: f32,
    norm: f32,
    /// How far an estimate may be off at a right angle.
    margin: f32,
    metric: Metric,
    pub(super) kernel: Kernel,
}

impl Query {
    /// Turns products of codes into upper bounds of similarities.
    #[expect(clippy::cast_precision_loss, reason = "products are below 2²³")]
    pub(super) fn bounds<const N: usize>(
        &self,
        products: &[i32; N],
        scales: &[f32; N],
        norms: &[f32; N],
    ) -> [f32; N] {
        let mut bounds = [0.0; N];
        for ((bound, product), scale) in bounds.iter_mut().zip(products).zip(scales) {
            let cosine = (*product as f32 - self.offset) * self.step * scale;
            let sine = (1.0 - cosine * cosine).max(LEAST_SINE).sqrt();
            *bound = cosine + self.margin * sine;
        }
        for (bound, norm) in bounds.iter_mut().zip(norms) {
            let product = *bound * norm * self.norm;
            *bound = match self.metric {
                Metric::Cosine => f32::midpoint(1.0, *bound),
                Metric::DotProduct => f32::midpoint(1.0, product),
                Metric::Euclidean => {
                    let squares = norm * norm + self.norm * self.norm;
                    // A little less than it is, since the squares are rounded.
                    1.0 / (1.0 + 0.999_99 * (squares - 2.0 * product).max(0.0))
                }
            };
        }
        bounds
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
