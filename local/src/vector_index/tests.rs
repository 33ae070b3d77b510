use proptest::prelude::*;

use super::*;

const METRICS: [Metric; 3] = [Metric::Cosine, Metric::DotProduct, Metric::Euclidean];

/// A source of vectors that is the same in each run.
struct Source(u64);

impl Source {
    fn next(&mut self) -> f32 {
        // The sum of a few numbers is nearly normally distributed.
        let mut uniform = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f32::from(u16::try_from(self.0 >> 48).unwrap()) / f32::from(u16::MAX) - 0.5
        };
        uniform() + uniform() + uniform() + uniform()
    }

    fn vector(&mut self, dimension: usize) -> Vec<f32> {
        (0..dimension).map(|_| self.next()).collect()
    }

    fn vectors(&mut self, count: usize, dimension: usize) -> Vec<Vec<f32>> {
        (0..count).map(|_| self.vector(dimension)).collect()
    }

    /// Vectors near some centers, of lengths of their own.
    fn clusters(&mut self, count: usize, dimension: usize) -> Vec<Vec<f32>> {
        let centers = self.vectors(10, dimension);
        let near = |number: usize| {
            let length = 1.5 + self.next();
            let numbers = centers[number % 10].iter();
            numbers
                .map(|center| (center + 0.2 * self.next()) * length)
                .collect()
        };
        (0..count).map(near).collect()
    }
}

fn index_of(vectors: &[Vec<f32>]) -> VectorIndex<usize> {
    let mut index = VectorIndex::new(vectors[0].len());
    for (key, vector) in vectors.iter().enumerate() {
        index.set(key, vector).unwrap();
    }
    index
}

#[test]
fn a_similarity_is_hardly_ever_above_its_bound_and_the_bounds_are_near() {
    let mut source = Source(7);
    for (dimension, width) in [(5, 0.6), (100, 0.1), (384, 0.05), (1000, 0.03)] {
        for vectors in [
            source.vectors(600, dimension),
            source.clusters(600, dimension),
        ] {
            let index = index_of(&vectors);
            for metric in METRICS {
                let query = source.vector(dimension);
                let (mut above, mut wide) = (0, 0);
                for candidate in index.candidates(&query, metric, 600) {
                    let vector = &vectors[candidate.key];
                    let exact = metric.similarity(&query, vector);
                    above += usize::from(candidate.bound < exact);
                    let scale = match metric {
                        Metric::DotProduct => {
                            let squares =
                                |vector: &[f32]| vector.iter().map(|n| n * n).sum::<f32>();
                            (squares(vector) * squares(&query)).sqrt()
                        }
                        Metric::Cosine | Metric::Euclidean => 1.0,
                    };
                    wide += usize::from(candidate.bound > exact + width * scale);
                }
                assert!(
                    above <= 5 && wide <= 5,
                    "{dimension} {metric:?}: {above} {wide}"
                );
            }
        }
    }
}

#[test]
fn threads_find_what_one_finds() {
    let mut source = Source(1);
    let index = index_of(&source.vectors(1100, 70));
    let query = index
        .coder
        .query(&source.vector(70), Metric::Cosine, index.errors);
    let blocks = index.blocks.len();
    let alone = index.scan(0..blocks, &query, 40).into_sorted();
    for threads in [2, 3, 4, 7] {
        let together = index.scan_together(threads, &query, 40).into_sorted();
        assert_eq!(together, alone, "{threads}");
    }
}

#[test]
fn vectors_without_length_and_beyond_all_measure_are_candidates() {
    let mut index = index_of(&[vec![0.0; 3], vec![1.0, 0.0, 0.0], vec![f32::MAX; 3]]);
    index.set(3, &[f32::INFINITY, 0.0, 1.0]).unwrap();
    for metric in METRICS {
        for query in [[0.0; 3], [1.0, 2.0, 3.0]] {
            assert_eq!(index.candidates(&query, metric, 10).len(), 4);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn after_any_changes_it_holds_what_is_left(changes in prop::collection::vec((0_usize..300, any::<bool>()), 1..900)) {
        let mut source = Source(3);
        let vectors = source.vectors(50, 8);
        let mut index = VectorIndex::new(8);
        let mut expected = std::collections::BTreeMap::new();
        for (step, (key, sets)) in changes.into_iter().enumerate() {
            if sets {
                index.set(key, &vectors[step % 50]).unwrap();
                expected.insert(key, step % 50);
            } else {
                index.remove(&key);
                expected.remove(&key);
            }
        }
        prop_assert_eq!(index.len(), expected.len());
        prop_assert_eq!(index.blocks.len(), expected.len().div_ceil(ROWS));
        let query = source.vector(8);
        let found = index.candidates(&query, Metric::Cosine, 1000);
        prop_assert_eq!(found.len(), expected.len());
        for Candidate { key, bound } in found {
            let alone = index_of(&[vectors[expected[&key]].clone()]);
            let query = index.coder.query(&query, Metric::Cosine, index.errors);
            prop_assert!(bound.to_bits() == alone.blocks[0].bound_of(0, &query).to_bits());
        }
        index.clear();
        prop_assert_eq!(index.candidates(&query, Metric::Cosine, 9).len(), 0);
    }
}
