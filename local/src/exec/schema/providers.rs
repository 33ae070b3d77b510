//! Embedding and reranking services: none can be called from here, and each command that would need one says so.
//!
//! Collections still carry a reranking model, because every client reads it back and compares it. Which one is the
//! default is the real server's configuration:
//! <https://docs.datastax.com/en/astra-db-serverless/api-reference/collection-methods/create-collection.html>.

use crate::command::{FindAndRerank, ModelStatus, RerankOptions, ServiceOptions};
use crate::definition::{CollectionDefinition, RerankService};
use crate::error::{ApiError, request, schema, sort};
use crate::json::{Object, Value};
use crate::limits::Limits;
use crate::response::Answer;

const PROVIDER: &str = "nvidia";
const MODEL: &str = "nvidia/llama-3.2-nv-rerankqa-1b-v2";
const URL: &str =
    "https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking";

/// No text is turned into vectors here, so no provider is on offer.
pub(super) fn embedding() -> Answer {
    Answer::of_status(Object::from([("embeddingProviders", Object::new())]))
}

pub(super) fn no_embedding_service(provider: Option<&str>) -> ApiError {
    invalid_options(&match provider {
        None => "'service' needs the field 'provider'.".to_owned(),
        Some(provider) => format!(
            "The embedding provider '{provider}' is not available: the local Data API calls no other service. \
             Give 'dimension' instead of 'service', and vectors instead of texts."
        ),
    })
}

/// Checks the embedding service of a column. None can be called from here.
pub(crate) fn check_service(service: &Object) -> Result<(), ApiError> {
    let provider = service.get("provider").and_then(Value::as_str);
    Err(no_embedding_service(provider))
}

pub(super) fn reranking(status: &ModelStatus) -> Answer {
    let shown = status
        .0
        .as_deref()
        .is_none_or(|status| status == "SUPPORTED");
    let models: Vec<Value> = shown.then(|| model().into()).into_iter().collect();
    let none = Object::from([
        ("enabled", Value::from(true)),
        ("tokens", Vec::new().into()),
    ]);
    let provider = Object::from([
        ("isDefault", Value::from(true)),
        ("displayName", "Nvidia".into()),
        (
            "supportedAuthentication",
            Object::from([("NONE", none)]).into(),
        ),
        ("models", models.into()),
    ]);
    Answer::of_status(Object::from([(
        "rerankingProviders",
        Object::from([(PROVIDER, provider)]),
    )]))
}

fn model() -> Object {
    Object::from([
        ("name", Value::from(MODEL)),
        (
            "apiModelSupport",
            Object::from([("status", "SUPPORTED")]).into(),
        ),
        ("isDefault", true.into()),
        ("url", URL.into()),
        ("properties", Value::Null),
    ])
}

pub(super) fn default_rerank_service() -> RerankService {
    RerankService {
        provider: PROVIDER.to_owned(),
        model_name: MODEL.to_owned(),
    }
}

/// The reranking model a collection is asked to have, if any.
pub(super) fn rerank_service(options: RerankOptions) -> Result<Option<RerankService>, ApiError> {
    match (options.enabled, options.service) {
        (None, _) => Err(invalid_options(
            "'rerank' needs the field 'enabled', true or false.",
        )),
        (Some(false), Some(service)) if !service.is_empty() => Err(invalid_options(
            "'rerank' is not enabled, so that its 'service' has no use. Leave it out.",
        )),
        (Some(false), _) => Ok(None),
        (Some(true), None) => Ok(Some(default_rerank_service())),
        (Some(true), Some(service)) => match problem(&service) {
            None => Ok(Some(default_rerank_service())),
            Some(problem) => Err(invalid_options(&problem)),
        },
    }
}

/// What keeps a service from being the one known.
fn problem(service: &ServiceOptions) -> Option<String> {
    let given = |object: &Option<Object>| object.as_ref().is_some_and(|object| !object.is_empty());
    match (service.provider.as_deref(), service.model_name.as_deref()) {
        (None, _) => Some("The reranking service needs the field 'provider'.".to_owned()),
        (_, None) => Some("The reranking service needs the field 'modelName'.".to_owned()),
        (Some(provider), _) if provider != PROVIDER => Some(format!(
            "The reranking provider '{provider}' is not known; '{PROVIDER}' is."
        )),
        (_, Some(model)) if model != MODEL => Some(format!(
            "The provider '{PROVIDER}' has no reranking model '{model}'; it has '{MODEL}'."
        )),
        _ if given(&service.authentication) => Some(format!(
            "The provider '{PROVIDER}' takes no 'authentication'. Leave it out."
        )),
        _ if given(&service.parameters) => Some(format!(
            "The provider '{PROVIDER}' takes no 'parameters'. Leave them out."
        )),
        _ => None,
    }
}

/// Holds findAndRerank against what the collection has, in the order in which the real server does.
pub(crate) fn refuse_rerank(
    collection: &CollectionDefinition,
    command: &FindAndRerank,
    limits: &Limits,
) -> Result<(), ApiError> {
    let hybrid = command.hybrid;
    if (hybrid.vectorize || hybrid.vector) && collection.vector.is_none() {
        return Err(sort::UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION.because(
            "The collection has no vectors. Create it with the option 'vector' to search by them.",
        ));
    }
    if hybrid.vectorize {
        return Err(sort::UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION
            .because("The collection has no embedding service to make a vector of the text. Sort by '$vector' instead."));
    }
    if hybrid.lexical {
        return Err(schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION
            .because("The collection has no lexical search; the local Data API has none."));
    }
    command.check_limits(limits)?;
    if let Some(problem) = command.rerank.as_ref().and_then(problem) {
        return Err(request::INVALID_RERANK_OVERRIDE.because(problem));
    }
    if collection.rerank.is_none() && command.rerank.is_none() {
        return Err(request::UNSUPPORTED_RERANKING_COMMAND.because(
            "The collection does not rerank. Create it with the option 'rerank' enabled.",
        ));
    }
    if command.rerank_query.is_none() {
        return Err(request::MISSING_RERANK_QUERY_TEXT
            .because("There is no text to rerank by. Give a text in the sort's '$hybrid', or in the option 'rerankQuery'."));
    }
    Ok(())
}

/// Why findAndRerank cannot be run at all.
pub(crate) fn reranking_unavailable() -> ApiError {
    schema::RERANKING_SERVICE_TYPE_UNAVAILABLE.because(
        "The local Data API calls no reranking service. Use find with a '$vector' sort instead.",
    )
}

/// The error about options of createCollection that make no sense.
pub(super) fn invalid_options(message: &str) -> ApiError {
    schema::INVALID_CREATE_COLLECTION_OPTIONS.because(message)
}
