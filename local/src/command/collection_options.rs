//! The options of `createCollection` as given. Which of them go together is for what makes the collection to say.

use super::arguments::Arguments;
use super::rule::Rule;
use super::service::{SERVICE, ServiceOptions};
use super::shape::{Field, Shape};
use crate::definition::SOURCE_MODELS;
use crate::json::Value;

/// The options of createCollection as given.
#[derive(Debug, Default)]
pub(crate) struct CollectionOptions {
    pub(crate) default_id: Option<DefaultIdOptions>,
    pub(crate) vector: Option<VectorOptions>,
    pub(crate) indexing: Option<IndexingOptions>,
    pub(crate) lexical: Option<LexicalOptions>,
    pub(crate) rerank: Option<RerankOptions>,
}

#[derive(Debug)]
pub(crate) struct DefaultIdOptions {
    /// The type of made ids.
    pub(crate) id_type: Option<String>,
}

#[derive(Debug)]
pub(crate) struct VectorOptions {
    pub(crate) dimension: Option<u32>,
    pub(crate) metric: Option<String>,
    pub(crate) source_model: Option<String>,
    pub(crate) service: Option<ServiceOptions>,
}

#[derive(Debug)]
pub(crate) struct IndexingOptions {
    pub(crate) allow: Option<Vec<String>>,
    pub(crate) deny: Option<Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct LexicalOptions {
    pub(crate) enabled: Option<bool>,
    pub(crate) analyzer: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct RerankOptions {
    pub(crate) enabled: Option<bool>,
    pub(crate) service: Option<ServiceOptions>,
}

pub(crate) const COLLECTION_OPTIONS: Shape = Shape::of_collection_options(&[
    Field::shape("defaultId", &DEFAULT_ID).property("idConfig"),
    Field::shape("vector", &VECTOR),
    Field::shape("indexing", &INDEXING),
    Field::shape("lexical", &LEXICAL),
    Field::shape("rerank", &RERANK),
]);
const DEFAULT_ID: Shape = Shape::of_collection_options(&[Field::text("type")
    .property("idType")
    .rules(&[Rule::OneOf(&["objectId", "uuid", "uuidv6", "uuidv7"])])]);
const VECTOR: Shape = Shape::of_collection_options(&[
    Field::integer("dimension")
        .alias("size")
        .rules(&[Rule::Positive]),
    Field::text("metric")
        .alias("function")
        .rules(&[Rule::OneOf(&["cosine", "dot_product", "euclidean"])]),
    Field::text("sourceModel").rules(&[Rule::OneOf(SOURCE_MODELS)]),
    Field::shape("service", &SERVICE),
]);
const INDEXING: Shape =
    Shape::of_collection_options(&[Field::texts("allow"), Field::texts("deny")]);
const LEXICAL: Shape = Shape::of(&[Field::flag("enabled"), Field::json("analyzer")]);
const RERANK: Shape = Shape::of(&[Field::flag("enabled"), Field::shape("service", &SERVICE)]);
impl CollectionOptions {
    pub(crate) fn take(mut options: Arguments) -> Self {
        Self {
            default_id: options.shape("defaultId").map(|mut id| DefaultIdOptions {
                id_type: id.text("type"),
            }),
            vector: options.shape("vector").map(|mut vector| VectorOptions {
                dimension: vector.count("dimension"),
                metric: vector.text("metric"),
                source_model: vector.text("sourceModel"),
                service: ServiceOptions::take(&mut vector),
            }),
            indexing: options
                .shape("indexing")
                .map(|mut indexing| IndexingOptions {
                    allow: indexing.texts("allow"),
                    deny: indexing.texts("deny"),
                }),
            lexical: options.shape("lexical").map(|mut lexical| LexicalOptions {
                enabled: lexical.flag("enabled"),
                analyzer: lexical.json("analyzer"),
            }),
            rerank: options.shape("rerank").map(|mut rerank| RerankOptions {
                enabled: rerank.flag("enabled"),
                service: ServiceOptions::take(&mut rerank),
            }),
        }
    }
}
