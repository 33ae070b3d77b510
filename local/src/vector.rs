//! Vectors: reading them from JSON, what can be indexed, and how similar two are.
//!
//! Similarity is reckoned in `f32` as the database does, so that answers carry the same digits.

use crate::base64_text;
use crate::definition::Metric;
use crate::ejson::{self, Wrapper, abbreviated};
use crate::error::{ApiError, database, document, sort};
use crate::json::{Value, float};

/// Components beyond this are refused, so that products of vectors do not overflow
/// (`VectorValidation` of the database).
const MAX_COMPONENT: f32 = 1e17;

/// With cosine, a vector of components no larger than this has no direction (same source).
const NEAR_ZERO: f32 = 1e-6;

/// Independent sums the loops below keep, so that the compiler can use vector instructions.
const LANES: usize = 16;

impl Metric {
    /// Why cosine is refused for vectors of one number.
    pub(crate) const NO_DIRECTION: &str = "The metric cosine compares directions, and vectors of one number have only two. Use the metric euclidean or \
         dot_product, or more dimensions.";

    /// Whether the metric cannot be used for vectors of this many numbers.
    pub(crate) fn refuses(self, dimension: usize) -> bool {
        self == Self::Cosine && dimension == 1
    }

    /// How similar a document's vector is to the one searched for; more is more similar. Both have the same length.
    pub(crate) fn similarity(self, query: &[f32], document: &[f32]) -> f32 {
        match self {
            Self::Cosine if query == document => 1.0,
            Self::Cosine => f32::midpoint(1.0, cosine(query, document)),
            Self::DotProduct => f32::midpoint(1.0, dot(query, document)),
            Self::Euclidean => 1.0 / (1.0 + squared_distance(query, document)),
        }
    }
}

/// Whether a document of this similarity is in the answer to a search. Negative similarities, which only
/// `dot_product` has, are not.
pub(crate) fn is_found(similarity: f32) -> bool {
    similarity >= 0.0
}

/// The vector of a document's `$vector` field; `None` where it is null or has no bytes.
pub(crate) fn of_document(value: &Value) -> Result<Option<Vec<f32>>, ApiError> {
    match value {
        Value::Null => Ok(None),
        Value::Array(items) => components(items).map(Some),
        Value::Object(object) => match object.first() {
            Some(("$binary", content)) => {
                let vector = unpack(content).map_err(|problem| {
                    document::SHRED_BAD_BINARY_VECTOR_VALUE.because(format!(
                        "The `$vector` {} cannot be read: {problem}. Send big-endian 32-bit floats in Base64.",
                        abbreviated(value)
                    ))
                })?;
                Ok(Some(vector).filter(|vector| !vector.is_empty()))
            }
            _ => Err(bad_type(value)),
        },
        _ => Err(bad_type(value)),
    }
}

/// The vector to search for in a sort.
pub(crate) fn of_sort(value: &Value) -> Result<Vec<f32>, ApiError> {
    let invalid = |problem: String| {
        sort::SORT_CLAUSE_VALUE_INVALID.because(format!(
            "The vector to sort by {problem}. Sort by an array of numbers or by `{{\"$binary\": \"…\"}}`."
        ))
    };
    match value {
        Value::Array(items) => components(items),
        Value::Object(object) => match ejson::wrapper(object) {
            Some((Wrapper::Binary, content)) => {
                unpack(content).map_err(|problem| invalid(format!("cannot be read: {problem}")))
            }
            _ => Err(invalid(format!("must not be {}", abbreviated(value)))),
        },
        _ => Err(invalid(format!("must not be {}", value.kind()))),
    }
}

/// A vector as an array of numbers.
pub(crate) fn to_json(vector: &[f32]) -> Value {
    let numbers = vector.iter().map(|number| float::float_to_json(*number));
    numbers.collect::<Vec<_>>().into()
}

/// Whether a collection of this dimension and metric can hold or search for a vector.
pub(crate) fn check(vector: &[f32], dimension: usize, metric: Metric) -> Result<(), ApiError> {
    if vector.len() != dimension {
        return Err(document::INVALID_VECTOR_LENGTH.because(format!(
            "The vector has {} components, but the collection holds vectors of {dimension}. Send one of that length.",
            vector.len()
        )));
    }
    if vector
        .iter()
        .any(|component| !component.is_finite() || component.abs() > MAX_COMPONENT)
    {
        return Err(database::INVALID_DATABASE_QUERY.because(format!(
            "The vector has a component beyond ±{MAX_COMPONENT:e}. Scale it down."
        )));
    }
    if metric == Metric::Cosine && vector.iter().all(|component| component.abs() <= NEAR_ZERO) {
        return Err(database::INVALID_DATABASE_QUERY.because(
            "Cosine similarity is not defined for a vector that is zero or nearly so. Send one with a direction.",
        ));
    }
    Ok(())
}

fn components(items: &[Value]) -> Result<Vec<f32>, ApiError> {
    if items.is_empty() {
        return Err(document::SHRED_BAD_VECTOR_SIZE
            .because("A vector must have at least one component. Use null for no vector."));
    }
    let numbers = items.iter().map(|item| match item {
        Value::Number(text) => Ok(text.as_str().parse().unwrap_or(f32::INFINITY)),
        _ => Err(document::SHRED_BAD_VECTOR_VALUE.because(format!(
            "A vector must not hold {}. All its components are numbers.",
            abbreviated(item)
        ))),
    });
    numbers.collect()
}

fn unpack(content: &Value) -> Result<Vec<f32>, &'static str> {
    let text = content.as_str().ok_or("`$binary` takes a string")?;
    let bytes = base64_text::read(text).ok_or("it is not well-formed Base64")?;
    let (words, rest) = bytes.as_chunks::<4>();
    if rest.is_empty() {
        Ok(words.iter().map(|word| f32::from_be_bytes(*word)).collect())
    } else {
        Err("it is not a whole number of 4-byte floats")
    }
}

fn bad_type(value: &Value) -> ApiError {
    document::SHRED_BAD_DOCUMENT_VECTOR_TYPE.because(format!(
        "`$vector` must not be {}. It is an array of numbers, `{{\"$binary\": \"…\"}}` or null.",
        abbreviated(value)
    ))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cosine has no digits beyond those of its factors"
)]
fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let [product, left, right] = products(left, right).map(f64::from);
    ((product / (left * right).sqrt()) as f32).clamp(-1.0, 1.0)
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (blocks, rest) = left.as_chunks::<LANES>();
    let (others, other_rest) = right.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (block, other) in blocks.iter().zip(others) {
        for lane in 0..LANES {
            sums[lane] += block[lane] * other[lane];
        }
    }
    let tail: f32 = rest
        .iter()
        .zip(other_rest)
        .map(|(one, other)| one * other)
        .sum();
    sums.iter().sum::<f32>() + tail
}

fn squared_distance(left: &[f32], right: &[f32]) -> f32 {
    let (blocks, rest) = left.as_chunks::<LANES>();
    let (others, other_rest) = right.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (block, other) in blocks.iter().zip(others) {
        for lane in 0..LANES {
            let difference = block[lane] - other[lane];
            sums[lane] += difference * difference;
        }
    }
    let pairs = rest.iter().zip(other_rest);
    let tail: f32 = pairs
        .map(|(one, other)| (one - other) * (one - other))
        .sum();
    sums.iter().sum::<f32>() + tail
}

/// The product of two vectors, and of each with itself, in one pass.
fn products(left: &[f32], right: &[f32]) -> [f32; 3] {
    let (blocks, rest) = left.as_chunks::<LANES>();
    let (others, other_rest) = right.as_chunks::<LANES>();
    let mut sums = [[0.0_f32; LANES]; 3];
    for (block, other) in blocks.iter().zip(others) {
        for lane in 0..LANES {
            sums[0][lane] += block[lane] * other[lane];
            sums[1][lane] += block[lane] * block[lane];
            sums[2][lane] += other[lane] * other[lane];
        }
    }
    let mut totals = sums.map(|lanes| lanes.iter().sum::<f32>());
    for (one, other) in rest.iter().zip(other_rest) {
        totals[0] += one * other;
        totals[1] += one * one;
        totals[2] += other * other;
    }
    totals
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json;

    fn value(text: &str) -> Value {
        json::parse(text.as_bytes()).unwrap()
    }

    fn near(left: f32, right: f32) -> bool {
        (left - right).abs() < 1e-5
    }

    #[test]
    fn similarity_is_the_servers() {
        for (metric, query, document, similarity) in [
            (Metric::Cosine, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], 0.5),
            (Metric::Cosine, [1.0, 0.0, 0.0], [0.5, 0.5, 0.1], 0.850_07),
            (Metric::Cosine, [1.0, 2.0, 3.0], [-1.0, -2.0, -3.0], 0.0),
            (Metric::DotProduct, [1.0, 0.0, 0.0], [0.0, 0.0, 0.0], 0.5),
            (Metric::DotProduct, [1.0, 0.0, 0.0], [2.0, 1.0, 0.0], 1.5),
            (Metric::DotProduct, [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], 0.0),
            (Metric::Euclidean, [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], 0.5),
            (Metric::Euclidean, [0.0, 0.0, 0.0], [2.0, 0.0, 0.0], 0.2),
            (
                Metric::Euclidean,
                [1.0, 2.0, 0.0],
                [0.0, 0.0, 0.0],
                0.166_666_67,
            ),
        ] {
            assert!(
                near(metric.similarity(&query, &document), similarity),
                "{metric:?} {query:?} {document:?}"
            );
        }
    }

    #[test]
    fn a_vector_is_exactly_as_similar_to_itself_as_can_be() {
        let vector: Vec<f32> = (1..=1537_u16)
            .map(|component| 1.0 / f32::from(component))
            .collect();
        assert!(Metric::Cosine.similarity(&vector, &vector).to_bits() == 1.0_f32.to_bits());
        assert!(Metric::Euclidean.similarity(&vector, &vector).to_bits() == 1.0_f32.to_bits());
    }

    #[test]
    fn a_negative_similarity_is_not_found() {
        assert!(!is_found(
            Metric::DotProduct.similarity(&[1.0, 0.0], &[-5.0, 0.0])
        ));
        assert!(is_found(
            Metric::DotProduct.similarity(&[1.0, 0.0], &[-1.0, 0.0])
        ));
    }

    #[test]
    fn vectors_are_read_from_arrays_and_packed_floats() {
        assert_eq!(
            of_document(&value("[1, 0.5, -2e1]")).unwrap(),
            Some(vec![1.0, 0.5, -20.0])
        );
        assert_eq!(
            of_document(&value(r#"{"$binary":"P4AAAAAAAAAAAAAA"}"#)).unwrap(),
            Some(vec![1.0, 0.0, 0.0])
        );
        assert_eq!(of_document(&Value::Null).unwrap(), None);
        assert_eq!(of_document(&value(r#"{"$binary":""}"#)).unwrap(), None);
    }

    #[test]
    fn what_is_no_vector_says_why() {
        for (text, kind) in [
            ("[]", &document::SHRED_BAD_VECTOR_SIZE),
            (r#"[1,"2"]"#, &document::SHRED_BAD_VECTOR_VALUE),
            ("[[1]]", &document::SHRED_BAD_VECTOR_VALUE),
            ("5", &document::SHRED_BAD_DOCUMENT_VECTOR_TYPE),
            (r#"{"a":1}"#, &document::SHRED_BAD_DOCUMENT_VECTOR_TYPE),
            ("{}", &document::SHRED_BAD_DOCUMENT_VECTOR_TYPE),
            (
                r#"{"$binary":"AAA"}"#,
                &document::SHRED_BAD_BINARY_VECTOR_VALUE,
            ),
            (
                r#"{"$binary":"AAAA"}"#,
                &document::SHRED_BAD_BINARY_VECTOR_VALUE,
            ),
            (r#"{"$binary":5}"#, &document::SHRED_BAD_BINARY_VECTOR_VALUE),
        ] {
            assert_eq!(of_document(&value(text)).unwrap_err().kind, kind, "{text}");
        }
        assert_eq!(
            of_sort(&value("\"x\"")).unwrap_err().kind,
            &sort::SORT_CLAUSE_VALUE_INVALID
        );
        assert_eq!(
            of_sort(&value(r#"{"$binary":"AAA"}"#)).unwrap_err().kind,
            &sort::SORT_CLAUSE_VALUE_INVALID
        );
    }

    #[test]
    fn only_vectors_that_can_be_compared_are_held() {
        assert!(check(&[1e-20, 0.0, 1.0], 3, Metric::Cosine).is_ok());
        assert!(check(&[0.0; 3], 3, Metric::Euclidean).is_ok());
        assert_eq!(
            check(&[1.0], 3, Metric::Cosine).unwrap_err().kind,
            &document::INVALID_VECTOR_LENGTH
        );
        for vector in [
            [0.0, 0.0],
            [1e-20, 0.0],
            [1e20, 0.0],
            [f32::INFINITY, 0.0],
            [f32::NAN, 1.0],
        ] {
            assert_eq!(
                check(&vector, 2, Metric::Cosine).unwrap_err().kind,
                &database::INVALID_DATABASE_QUERY
            );
        }
    }

    proptest! {
        #[test]
        fn blocks_and_plain_loops_agree(pairs in prop::collection::vec((-1.0_f32..1.0, -1.0_f32..1.0), 1..100)) {
            let (left, right): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            let plain = |product: fn(f32, f32) -> f32| -> f32 { left.iter().zip(&right).map(|(one, other)| product(*one, *other)).sum() };
            prop_assert!((dot(&left, &right) - plain(|one, other| one * other)).abs() < 1e-3);
            prop_assert!((squared_distance(&left, &right) - plain(|one, other| (one - other) * (one - other))).abs() < 1e-3);
            prop_assert!((products(&left, &right)[0] - dot(&left, &right)).abs() < 1e-3);
        }
    }
}
