//! The features that `serve` switches, and the services it calls elsewhere than at their own URLs.

use astra_local::Features;
use clap::ValueEnum;

/// URLs of embedding providers, by name.
const EMBEDDING_URL: &str = "ASTRA_DEV_PROVIDER_URL_";
/// URLs of reranking providers, by name.
const RERANKING_URL: &str = "ASTRA_DEV_RERANKING_URL_";

/// A feature that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Features")]
pub(super) struct FeatureOptions {
    /// Let new collections have `$lexical`, which searches by words
    #[arg(long, env = "ASTRA_DEV_LEXICAL", value_enum, default_value = "on")]
    lexical: Switch,

    /// Let new collections and columns have an embedding service, which makes vectors from texts
    #[arg(long, env = "ASTRA_DEV_VECTORIZE", value_enum, default_value = "on")]
    vectorize: Switch,

    /// Run findAndRerank, and let new collections have a reranking service
    #[arg(long, env = "ASTRA_DEV_RERANKING", value_enum, default_value = "on")]
    reranking: Switch,

    /// Run the tools at /v1/mcp, for assistants that speak the Model Context Protocol
    #[arg(long, env = "ASTRA_DEV_MCP", value_enum, default_value = "off")]
    mcp: Switch,

    /// List the provider `local`, which makes vectors without a network, among the embedding providers
    #[arg(
        long,
        env = "ASTRA_DEV_LOCAL_MODELS",
        value_enum,
        default_value = "off"
    )]
    local_models: Switch,
}

impl FeatureOptions {
    /// The features asked for, with the URLs that the environment names.
    pub(super) fn features(&self) -> Features {
        let mut features = Features::default();
        features.lexical = self.lexical == Switch::On;
        features.mcp = self.mcp == Switch::On;
        features.vectorize = self.vectorize == Switch::On;
        features.reranking = self.reranking == Switch::On;
        features.local_models = self.local_models == Switch::On;
        for (name, url) in std::env::vars_os() {
            let (Ok(name), Ok(url)) = (name.into_string(), url.into_string()) else {
                continue;
            };
            if let Some(provider) = name.strip_prefix(EMBEDDING_URL) {
                features.set_provider_url(provider, url);
            } else if let Some(provider) = name.strip_prefix(RERANKING_URL) {
                features.set_reranking_url(provider, url);
            }
        }
        features
    }
}
