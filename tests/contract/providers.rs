//! Stand-ins for the embedding and reranking services, as they were when the answers were recorded.
//!
//! They refuse what the real services would, and make vectors of the words of a text alone. A text may begin with
//! directives, words that start with `!`: they say how the request is to fail, or what it must have.

mod answer;
mod form;
mod server;
mod shake;
mod words;

use astra_local::Features;

pub(crate) use server::start;

/// Where each provider is called, below the address of the server.
const URLS: [(&str, &str); 9] = [
    ("openai", "/v1/"),
    (
        "azureOpenAI",
        "/azure/{resourceName}/{deploymentId}/embeddings?api-version=2024-02-01",
    ),
    (
        "huggingface",
        "/huggingface/{modelId}/pipeline/feature-extraction",
    ),
    (
        "huggingfaceDedicated",
        "/hfdedicated/{endpointName}/{regionName}/{cloudName}/embeddings",
    ),
    ("jinaAI", "/jina/v1/embeddings"),
    ("mistral", "/mistral/v1/embeddings"),
    ("nvidia", "/nvidia/v1/embeddings"),
    ("upstageAI", "/upstage/v1/solar/embeddings"),
    ("voyageAI", "/voyage/v1/embeddings"),
];

/// Features that call the providers at this address.
pub(crate) fn called_at(address: &str, mut features: Features) -> Features {
    for (provider, path) in URLS {
        features.set_provider_url(provider, format!("{address}{path}"));
    }
    features.set_reranking_url("nvidia", format!("{address}/nvidia/v1/ranking"));
    features
}

/// Which service a path belongs to, with the model or the endpoint it names.
fn provider_of(path: &str) -> Option<(&'static str, String)> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Some(match parts.as_slice() {
        ["v1", "embeddings"] => ("openai", String::new()),
        ["azure", _, _, "embeddings"] => ("azureOpenAI", String::new()),
        ["huggingface", model @ .., _, _] => ("huggingface", model.join("/")),
        ["hfdedicated", endpoint, _, _, "embeddings"] => {
            ("huggingfaceDedicated", (*endpoint).to_owned())
        }
        ["jina", "v1", "embeddings"] => ("jinaAI", String::new()),
        ["mistral", "v1", "embeddings"] => ("mistral", String::new()),
        ["nvidia", "v1", "embeddings"] => ("nvidia", String::new()),
        ["upstage", "v1", "solar", "embeddings"] => ("upstageAI", String::new()),
        ["voyage", "v1", "embeddings"] => ("voyageAI", String::new()),
        ["nvidia", "v1", "ranking"] => ("rerank", String::new()),
        _ => return None,
    })
}
