//! Vectors of three kinds. Those beyond the stored ones are what is searched for.

use std::path::Path;

use serde_json::{Value, json};

const DIMENSION: usize = 384;
const CLUSTERS: usize = 1000;

/// Words of a text.
const WORDS: usize = 12;

pub(crate) enum Data {
    /// Every direction is as likely as any other: nothing is near anything.
    Uniform,
    /// Around 1,000 directions.
    Clusters(Vec<Vec<f32>>),
    /// Texts of this repository, whose vectors the provider `local` makes.
    Texts(Vec<String>),
}

impl Data {
    pub(crate) fn all(size: usize) -> Vec<Self> {
        let centers = (0..CLUSTERS).map(|center| normal(usize::MAX / 2 + center));
        let mut all = vec![Self::Uniform, Self::Clusters(centers.collect())];
        let texts = texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        if texts.len() > size + 1000 {
            all.push(Self::Texts(texts));
        }
        all
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Clusters(_) => "in 1000 clusters",
            Self::Texts(_) => "texts",
        }
    }

    pub(crate) fn dimension(&self) -> usize {
        match self {
            Self::Texts(_) => 256,
            _ => DIMENSION,
        }
    }

    pub(crate) fn options(&self) -> Value {
        let vector = match self {
            Self::Texts(_) => {
                json!({"service": {"provider": "local", "modelName": "hash-ngrams"}})
            }
            _ => json!({"dimension": DIMENSION, "metric": "cosine"}),
        };
        json!({"vector": vector, "lexical": {"enabled": false}, "rerank": {"enabled": false}})
    }

    /// What is stored, or searched for, under a number: a field and its value.
    pub(crate) fn stored(&self, number: usize) -> (&'static str, Value) {
        match self {
            Self::Texts(texts) => ("$vectorize", json!(texts[scattered(number, texts.len())])),
            _ => ("$vector", json!({"$binary": base64(&self.vector(number))})),
        }
    }

    fn vector(&self, number: usize) -> Vec<f32> {
        match self {
            Self::Uniform | Self::Texts(_) => normal(number),
            Self::Clusters(centers) => {
                let center = &centers[scattered(number, CLUSTERS)];
                let noise = normal(number).into_iter();
                noise
                    .zip(center)
                    .map(|(noise, center)| center + 0.5 * noise)
                    .collect()
            }
        }
    }
}

fn scattered(number: usize, among: usize) -> usize {
    number.wrapping_mul(7919) % among
}

/// Normally distributed numbers have a direction that is uniform on the sphere.
fn normal(number: usize) -> Vec<f32> {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let mut pair = || {
        let length = (-2.0 * (1.0 - random.f32()).ln()).sqrt();
        let (sine, cosine) = (random.f32() * std::f32::consts::TAU).sin_cos();
        [length * sine, length * cosine]
    };
    (0..DIMENSION / 2).flat_map(|_| pair()).collect()
}

fn base64(vector: &[f32]) -> String {
    use base64::Engine as _;
    let bytes: Vec<u8> = vector
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Every twelve words that follow each other in the sources and documents below a directory.
fn texts(directory: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                directories.push(path);
            } else if path
                .extension()
                .is_some_and(|kind| kind == "rs" || kind == "md")
            {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let words: Vec<&str> = text.split_whitespace().collect();
                texts.extend(words.windows(WORDS).step_by(2).map(|words| words.join(" ")));
            }
        }
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}
