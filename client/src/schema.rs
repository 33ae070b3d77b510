//! What collections are made of, and who computes their vectors.

mod collection;
mod provider;

pub use collection::{
    Analyzer, CollectionDefinition, CollectionDescriptor, DefaultId, DefaultIdType,
    IndexingOptions, LexicalOptions, RerankOptions, ServiceOptions, SimilarityMetric,
    VectorOptions,
};
pub use provider::{
    EmbeddingModel, EmbeddingProvider, ModelSupport, ProviderAuthentication, ProviderParameter,
    ProviderToken, RerankingModel, RerankingProvider,
};
