//! What collections, tables, indexes and types are made of, and who computes vectors.

mod collection;
mod column;
mod index;
mod provider;
mod table;
mod user_type;

pub use collection::{
    Analyzer, CollectionDefinition, CollectionDescriptor, DefaultId, DefaultIdType,
    IndexingOptions, LexicalOptions, RerankOptions, ServiceOptions, SimilarityMetric,
    VectorOptions,
};
pub use column::{ApiSupport, Column, ColumnType, Columns};
pub use index::{
    IndexDefinition, IndexDescriptor, IndexedColumn, RegularIndex, RegularIndexOptions, TextIndex,
    TextIndexOptions, VectorIndex, VectorIndexOptions,
};
pub use provider::{
    EmbeddingModel, EmbeddingProvider, ModelSupport, ProviderAuthentication, ProviderParameter,
    ProviderToken, RerankingModel, RerankingProvider,
};
pub use table::{Order, PrimaryKey, TableDefinition, TableDescriptor};
pub use user_type::{TypeDefinition, TypeDescriptor};
