//! Embedding and reranking providers as a database lists them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Someone who turns text into vectors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbeddingProvider {
    /// The name for people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Where the server calls it.
    #[serde(default)]
    pub url: Option<String>,
    /// How it can be paid for, by kind: `HEADER`, `SHARED_SECRET`, `NONE`.
    #[serde(default)]
    pub supported_authentication: BTreeMap<String, ProviderAuthentication>,
    /// What it wants to know, whatever the model.
    #[serde(default)]
    pub parameters: Vec<ProviderParameter>,
    /// Its models.
    #[serde(default)]
    pub models: Vec<EmbeddingModel>,
}

/// One kind of authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderAuthentication {
    /// Whether this database takes it.
    pub enabled: bool,
    /// What has to be given.
    #[serde(default)]
    pub tokens: Vec<ProviderToken>,
}

/// A header or stored key of a [`ProviderAuthentication`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderToken {
    /// What the Data API reads it from.
    pub accepted: String,
    /// What it is sent on as.
    pub forwarded: String,
}

/// Something a provider or a model wants to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProviderParameter {
    /// The key in `parameters` of [`ServiceOptions`](super::ServiceOptions).
    pub name: String,
    /// `STRING`, `BOOLEAN`, `number`, …: the server writes it in either case.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
    /// What holds if it is not; always text.
    #[serde(default)]
    pub default_value: Option<String>,
    /// `{}`, `{"numericRange": [a, b]}` or `{"options": [..]}`.
    #[serde(default)]
    pub validation: Map<String, Json>,
    /// An explanation.
    #[serde(default)]
    pub help: Option<String>,
    /// The name for people; only on parameters of a provider.
    #[serde(default)]
    pub display_name: Option<String>,
    /// An example; only on parameters of a provider.
    #[serde(default)]
    pub hint: Option<String>,
}

/// A model that turns text into vectors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbeddingModel {
    /// Its name.
    pub name: String,
    /// Whether it can still be used.
    #[serde(default)]
    pub api_model_support: Option<ModelSupport>,
    /// How many numbers its vectors have; `None` if that is a parameter.
    #[serde(default)]
    pub vector_dimension: Option<u32>,
    /// What it wants to know.
    #[serde(default)]
    pub parameters: Vec<ProviderParameter>,
}

/// Whether a model can still be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelSupport {
    /// `SUPPORTED`, `DEPRECATED` or `END_OF_LIFE`.
    pub status: String,
    /// What to do instead.
    #[serde(default)]
    pub message: Option<String>,
}

/// Someone who sorts passages by how well they answer a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RerankingProvider {
    /// Whether it is used when a collection names none.
    #[serde(default)]
    pub is_default: bool,
    /// The name for people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// How it can be paid for, by kind: `HEADER`, `SHARED_SECRET`, `NONE`.
    #[serde(default)]
    pub supported_authentication: BTreeMap<String, ProviderAuthentication>,
    /// Its models.
    #[serde(default)]
    pub models: Vec<RerankingModel>,
}

/// A model that sorts passages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RerankingModel {
    /// Its name.
    pub name: String,
    /// Whether it can still be used.
    #[serde(default)]
    pub api_model_support: Option<ModelSupport>,
    /// Whether it is used when a collection names the provider only.
    #[serde(default)]
    pub is_default: bool,
    /// Where the server calls it.
    #[serde(default)]
    pub url: Option<String>,
    /// Settings of the server for it.
    #[serde(default)]
    pub properties: Option<Map<String, Json>>,
}
