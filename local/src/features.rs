//! What a server offers beyond storing and finding, and where the services are that it calls.

use std::collections::BTreeMap;

/// Features of an engine that can be switched.
///
/// Unless said otherwise it searches by words, makes vectors from texts and reranks, as Astra does. No service is called
/// unless a collection or column names it.
///
/// ```
/// use astra_local::{Engine, Features};
///
/// # fn main() -> Result<(), astra_local::OpenError> {
/// let mut features = Features::default();
/// features.lexical = false;
/// features.set_provider_url("openai", "http://127.0.0.1:11434/v1/");
/// let engine = Engine::in_memory()?.with_features(features);
/// # Ok(())
/// # }
/// ```
#[expect(
    clippy::struct_excessive_bools,
    reason = "each one is a switch of its own"
)]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Features {
    /// New collections can have `$lexical`: on. A collection keeps what it was created with.
    pub lexical: bool,
    /// New collections and columns can have an embedding service: on.
    pub vectorize: bool,
    /// `findAndRerank` runs, and new collections have a reranking service: on.
    pub reranking: bool,
    /// The tools at `/v1/mcp` run: off.
    pub mcp: bool,
    /// `findEmbeddingProviders` lists the provider `local`: off. Collections can name it either way.
    pub local_models: bool,
    embedding_urls: BTreeMap<String, String>,
    reranking_urls: BTreeMap<String, String>,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            lexical: true,
            vectorize: true,
            reranking: true,
            mcp: false,
            local_models: false,
            embedding_urls: BTreeMap::new(),
            reranking_urls: BTreeMap::new(),
        }
    }
}

impl Features {
    /// Calls an embedding provider, named in any case of letters, at another URL than its own. `{name}` in it stands for
    /// the parameter of that name.
    pub fn set_provider_url(&mut self, provider: &str, url: impl Into<String>) {
        self.embedding_urls
            .insert(provider.to_ascii_lowercase(), url.into());
    }

    /// The same for a reranking provider.
    pub fn set_reranking_url(&mut self, provider: &str, url: impl Into<String>) {
        self.reranking_urls
            .insert(provider.to_ascii_lowercase(), url.into());
    }

    pub(crate) fn provider_url(&self, provider: &str) -> Option<&str> {
        find(&self.embedding_urls, provider)
    }

    pub(crate) fn reranking_url(&self, provider: &str) -> Option<&str> {
        find(&self.reranking_urls, provider)
    }
}

fn find<'a>(urls: &'a BTreeMap<String, String>, provider: &str) -> Option<&'a str> {
    urls.get(&provider.to_ascii_lowercase()).map(String::as_str)
}
