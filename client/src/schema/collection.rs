//! The options of a collection, as they are given to `createCollection` and listed by
//! `findCollections`: what is listed can be given again.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// The settings a collection is created with. They cannot be changed afterwards.
///
/// Everything left out is the server's choice. Creating a collection that exists already succeeds
/// if the settings are the same and fails with `EXISTING_COLLECTION_DIFFERENT_SETTINGS` otherwise.
///
/// ```
/// use astra_db::schema::{CollectionDefinition, DefaultIdType, SimilarityMetric};
///
/// let definition = CollectionDefinition::default()
///     .default_id(DefaultIdType::UuidV7)
///     .vector(1024, SimilarityMetric::Cosine)
///     .indexing_deny(["description", "pictures"]);
/// assert_eq!(
///     serde_json::to_value(&definition)?,
///     serde_json::json!({
///         "defaultId": {"type": "uuidv7"},
///         "vector": {"dimension": 1024, "metric": "cosine"},
///         "indexing": {"deny": ["description", "pictures"]},
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CollectionDefinition {
    /// What `_id` the server makes for a document that brings none; text with a UUID if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_id: Option<DefaultId>,
    /// Vector search; without it `$vector` is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<VectorOptions>,
    /// Which paths can be filtered and sorted by; all of them if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indexing: Option<IndexingOptions>,
    /// Text search with `$lexical`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexical: Option<LexicalOptions>,
    /// Reranking with `findAndRerank`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rerank: Option<RerankOptions>,
    /// Settings newer than this crate, kept as they came.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

impl CollectionDefinition {
    /// What `_id` the server makes for a document that brings none.
    #[must_use]
    pub fn default_id(mut self, kind: DefaultIdType) -> Self {
        self.default_id = Some(DefaultId { kind });
        self
    }

    /// Vector search over vectors of `dimension` numbers, 1 to 4096.
    #[must_use]
    pub fn vector(self, dimension: u32, metric: SimilarityMetric) -> Self {
        self.vector_options(VectorOptions {
            dimension: Some(dimension),
            metric: Some(metric),
            ..VectorOptions::default()
        })
    }

    /// Vector search with everything that can be said about it.
    ///
    /// ```
    /// use astra_db::schema::{CollectionDefinition, ServiceOptions, VectorOptions};
    ///
    /// // The server computes the vectors itself, from `$vectorize`.
    /// let vector = VectorOptions::default().service(ServiceOptions::new("nvidia", "NV-Embed-QA"));
    /// let definition = CollectionDefinition::default().vector_options(vector);
    /// ```
    #[must_use]
    pub fn vector_options(mut self, options: VectorOptions) -> Self {
        self.vector = Some(options);
        self
    }

    /// Indexes everything but these paths: strings of more than 8000 bytes must be among them.
    #[must_use]
    pub fn indexing_deny<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.indexing = Some(IndexingOptions::Deny(
            paths.into_iter().map(Into::into).collect(),
        ));
        self
    }

    /// Indexes these paths only.
    #[must_use]
    pub fn indexing_allow<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.indexing = Some(IndexingOptions::Allow(
            paths.into_iter().map(Into::into).collect(),
        ));
        self
    }

    /// Text search with this analyzer.
    ///
    /// ```
    /// use astra_db::schema::CollectionDefinition;
    /// use serde_json::json;
    ///
    /// let by_name = CollectionDefinition::default().lexical("english");
    /// let in_detail = CollectionDefinition::default().lexical(json!({
    ///     "tokenizer": {"name": "standard"}, "filters": [{"name": "lowercase"}],
    /// }));
    /// ```
    #[must_use]
    pub fn lexical(mut self, analyzer: impl Into<Analyzer>) -> Self {
        self.lexical = Some(LexicalOptions {
            enabled: true,
            analyzer: Some(analyzer.into()),
        });
        self
    }

    /// No text search, even where the server would turn it on.
    #[must_use]
    pub fn no_lexical(mut self) -> Self {
        self.lexical = Some(LexicalOptions {
            enabled: false,
            analyzer: None,
        });
        self
    }

    /// Reranking by this service.
    #[must_use]
    pub fn rerank(mut self, service: ServiceOptions) -> Self {
        self.rerank = Some(RerankOptions {
            enabled: true,
            service: Some(service),
        });
        self
    }

    /// No reranking, even where the server would turn it on.
    #[must_use]
    pub fn no_rerank(mut self) -> Self {
        self.rerank = Some(RerankOptions {
            enabled: false,
            service: None,
        });
        self
    }
}

/// A collection as [`Database::list_collections`](crate::Database::list_collections) gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CollectionDescriptor {
    /// Its name.
    pub name: String,
    /// Its settings, those filled in by the server included.
    #[serde(rename = "options", default)]
    pub definition: CollectionDefinition,
}

/// See [`CollectionDefinition::default_id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DefaultId {
    /// The kind of id.
    #[serde(rename = "type")]
    pub kind: DefaultIdType,
}

/// What `_id` the server makes for a document that brings none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DefaultIdType {
    /// `{"$objectId": ..}`
    #[serde(rename = "objectId")]
    ObjectId,
    /// `{"$uuid": ..}`, random.
    Uuid,
    /// `{"$uuid": ..}` of version 6, sortable by time.
    UuidV6,
    /// `{"$uuid": ..}` of version 7, sortable by time.
    UuidV7,
    /// A kind newer than this crate.
    #[serde(untagged)]
    Other(String),
}

/// Vector search in a collection.
///
/// ```
/// use astra_db::schema::{SimilarityMetric, VectorOptions};
///
/// let options = VectorOptions::default()
///     .dimension(1536)
///     .metric(SimilarityMetric::DotProduct)
///     .source_model("openai-v3-small");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VectorOptions {
    /// How many numbers a vector has, 1 to 4096; with a service, the model's own if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<u32>,
    /// How likeness is measured; follows from the source model if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<SimilarityMetric>,
    /// The model the vectors come from, which tunes the index: `other`, `openai-v3-small`,
    /// `cohere-v3`, `nv-qa-4`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_model: Option<String>,
    /// Who computes the vectors of `$vectorize`; the caller brings them if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceOptions>,
}

impl VectorOptions {
    /// How many numbers a vector has.
    #[must_use]
    pub fn dimension(mut self, dimension: u32) -> Self {
        self.dimension = Some(dimension);
        self
    }

    /// How likeness is measured.
    #[must_use]
    pub fn metric(mut self, metric: SimilarityMetric) -> Self {
        self.metric = Some(metric);
        self
    }

    /// The model the vectors come from.
    #[must_use]
    pub fn source_model(mut self, name: impl Into<String>) -> Self {
        self.source_model = Some(name.into());
        self
    }

    /// Who computes the vectors of `$vectorize`.
    #[must_use]
    pub fn service(mut self, service: ServiceOptions) -> Self {
        self.service = Some(service);
        self
    }
}

/// How the likeness of two vectors is measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SimilarityMetric {
    /// The angle between them; length does not count.
    Cosine,
    /// Their dot product: as cosine for vectors of length 1, and faster.
    DotProduct,
    /// Their distance.
    Euclidean,
    /// A metric newer than this crate.
    #[serde(untagged)]
    Other(String),
}

/// A provider of embeddings or of reranking, and its model.
///
/// ```
/// use astra_db::schema::ServiceOptions;
///
/// let service = ServiceOptions::new("openai", "text-embedding-3-small")
///     .authentication("providerKey", "the name of a stored key")
///     .parameter("projectId", "proj-1");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceOptions {
    /// A name from `find_embedding_providers` or `find_reranking_providers`.
    pub provider: String,
    /// One of its models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// Names of keys stored with the database, by what the provider calls them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Map<String, Json>>,
    /// What else the provider or the model wants to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Map<String, Json>>,
}

impl ServiceOptions {
    /// A provider and one of its models.
    pub fn new(provider: impl Into<String>, model_name: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            model_name: Some(model_name.into()),
            authentication: None,
            parameters: None,
        }
    }

    /// Uses a key stored with the database instead of a header with every request.
    #[must_use]
    pub fn authentication(mut self, name: impl Into<String>, key: impl Into<String>) -> Self {
        let names = self.authentication.get_or_insert_default();
        names.insert(name.into(), Json::String(key.into()));
        self
    }

    /// Tells the provider or the model something more.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.parameters
            .get_or_insert_default()
            .insert(name.into(), value.into());
        self
    }
}

/// Which paths of a document can be filtered and sorted by; `"*"` alone means all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum IndexingOptions {
    /// These only.
    Allow(Vec<String>),
    /// All but these.
    Deny(Vec<String>),
}

/// Text search in a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LexicalOptions {
    /// Whether there is any.
    pub enabled: bool,
    /// How text is cut into terms; `standard` if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analyzer: Option<Analyzer>,
}

/// How text is cut into terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Analyzer {
    /// An analyzer the database knows by name.
    Named(String),
    /// `tokenizer`, `filters`, `charFilters`.
    Custom(Json),
}

impl From<&str> for Analyzer {
    fn from(name: &str) -> Self {
        Self::Named(name.into())
    }
}

impl From<Json> for Analyzer {
    fn from(definition: Json) -> Self {
        Self::Custom(definition)
    }
}

/// Reranking in a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RerankOptions {
    /// Whether there is any.
    pub enabled: bool,
    /// By whom; the server's default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceOptions>,
}
