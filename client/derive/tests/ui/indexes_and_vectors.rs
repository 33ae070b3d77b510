//! Indexes that cannot be made, and vectors nobody knows the length of.

use astra_db::{CollectionDocument, TableRow, Vector};

#[derive(serde::Serialize, TableRow)]
#[table(name = "t")]
struct Misplaced {
    #[partition_key]
    id: i32,
    #[vector(dimension = 3, metric = "cosine")]
    likeness: Vector,
}

#[derive(serde::Serialize, TableRow)]
#[table(name = "t")]
struct Refused {
    #[partition_key]
    id: i32,
    #[index]
    #[text_index]
    both: String,
    #[index]
    #[index]
    twice: String,
    #[vector_index]
    no_vector: Vector,
    #[vector]
    no_dimension: Vector,
    #[vector(dimension = 0)]
    empty: Vector,
    #[vector(dimension = 3, provider = "openai")]
    no_model: Vector,
    #[vector(dimension = 3)]
    #[vector_index(metric = "manhattan")]
    metric: Vector,
    #[column(type = "counter")]
    counter: i64,
    #[column(type = "TEXT")]
    upper_case: String,
}

#[derive(serde::Serialize, CollectionDocument)]
#[collection(
    name = "c",
    default_id = "serial",
    vector(dimension = 5000),
    lexical = true,
    allow("a"),
    deny("b")
)]
struct Options {
    #[not_indexed]
    a: String,
}

fn main() {}
