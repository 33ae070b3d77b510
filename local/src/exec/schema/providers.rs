//! Embedding and reranking services: none can be called from here, and each command that would need one says so.
//!
//! Collections still carry a reranking model, because every client reads it back and compares it. Which one is the
//! default is the real server's configuration:
//! <https://docs.datastax.com/en/astra-db-serverless/api-reference/collection-methods/create-collection.html>.

use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::collection_options::RerankOptions;
use crate::command::rule::Rule;
use crate::command::service::ServiceOptions;
use crate::command::shape::{Field, Shape};
use crate::definition::RerankService;
use crate::error::{ApiError, schema};
use crate::exec::call::{Call, OnDatabase};
use crate::json::{Object, Value};
use crate::response::Answer;

const PROVIDER: &str = "nvidia";
const MODEL: &str = "nvidia/llama-3.2-nv-rerankqa-1b-v2";
const URL: &str =
    "https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking";

const OPTIONS: Field = Field::shape(
    "options",
    &Shape::of(&[
        Field::text("filterModelStatus").rules(&[Rule::OneOfAnyCase(&[
            "SUPPORTED",
            "DEPRECATED",
            "END_OF_LIFE",
        ])]),
    ]),
);

#[derive(Debug)]
pub(crate) struct FindEmbeddingProviders;

impl Command for FindEmbeddingProviders {
    const SHAPE: Shape = Shape::of(&[OPTIONS]);

    fn read(_: &'static str, _: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self)
    }
}

impl OnDatabase for FindEmbeddingProviders {
    /// No text is turned into vectors here, so no provider is on offer.
    fn run(self, _: &Call<'_>) -> Result<Answer, ApiError> {
        Ok(Answer::of_status(Object::from([(
            "embeddingProviders",
            Object::new(),
        )])))
    }
}

/// Lists the models of a status, or with none, all.
#[derive(Debug)]
pub(crate) struct FindRerankingProviders {
    status: Option<String>,
}

impl Command for FindRerankingProviders {
    const SHAPE: Shape = Shape::of(&[OPTIONS]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        // Without options only supported models are meant; with options that name no status, all of them.
        let status = match arguments.shape("options") {
            None => Some("SUPPORTED".to_owned()),
            Some(mut options) => options
                .text("filterModelStatus")
                .filter(|status| !status.is_empty()),
        };
        Ok(Self {
            status: status.map(|status| status.to_ascii_uppercase()),
        })
    }
}

impl OnDatabase for FindRerankingProviders {
    fn run(self, _: &Call<'_>) -> Result<Answer, ApiError> {
        Ok(reranking(self.status.as_deref()))
    }
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

fn reranking(status: Option<&str>) -> Answer {
    let shown = status.is_none_or(|status| status == "SUPPORTED");
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
        (Some(true), Some(service)) => match rerank_problem(&service) {
            None => Ok(Some(default_rerank_service())),
            Some(problem) => Err(invalid_options(&problem)),
        },
    }
}

/// What keeps a service from being the one known.
pub(crate) fn rerank_problem(service: &ServiceOptions) -> Option<String> {
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

/// The error about options of createCollection that make no sense.
pub(super) fn invalid_options(message: &str) -> ApiError {
    schema::INVALID_CREATE_COLLECTION_OPTIONS.because(message)
}
