//! The keys of a request for the services that are called for it.

use std::fmt;

use http::{HeaderMap, HeaderValue};

/// Keys for embedding and reranking services, as the headers of a request bring them. They are passed on as they came
/// and are neither stored nor logged.
#[derive(Clone, Default)]
pub struct ProviderKeys {
    pub(crate) embedding: Option<HeaderValue>,
    pub(crate) access_id: Option<HeaderValue>,
    pub(crate) secret_id: Option<HeaderValue>,
    pub(crate) reranking: Option<HeaderValue>,
    /// The token of the Data API, which some services take where no key is given.
    pub(crate) token: Option<HeaderValue>,
}

impl ProviderKeys {
    /// Takes the keys among some headers: `x-embedding-api-key`, `x-embedding-access-id` with `x-embedding-secret-id`,
    /// `reranking-api-key`, and `Token`.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let key = |name: &str| headers.get(name).cloned();
        Self {
            embedding: key("x-embedding-api-key"),
            access_id: key("x-embedding-access-id"),
            secret_id: key("x-embedding-secret-id"),
            reranking: key("reranking-api-key"),
            token: key("token").or_else(|| key("x-cassandra-token")),
        }
    }
}

/// Says which keys there are, and nothing of them.
impl fmt::Debug for ProviderKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderKeys")
            .field("embedding", &self.embedding.is_some())
            .field("access_id", &self.access_id.is_some())
            .field("secret_id", &self.secret_id.is_some())
            .field("reranking", &self.reranking.is_some())
            .finish_non_exhaustive()
    }
}
