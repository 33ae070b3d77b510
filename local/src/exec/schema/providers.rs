//! Embedding and reranking services: those there are, and what collections and columns ask of them.

use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::collection_options::RerankOptions;
use crate::command::rule::Rule;
use crate::command::service::ServiceOptions;
use crate::command::shape::{Field, Shape};
use crate::definition::RerankService;
use crate::error::{ApiError, schema};
use crate::exec::call::{Call, OnDatabase};
use crate::features::Features;
use crate::json::{Object, Value};
use crate::providers::catalogue::{LOCAL, PROVIDERS};
use crate::providers::reranking::{self, MODEL, PROVIDER, RANK_FUSION};
use crate::providers::service::EmbeddingService;
use crate::response::Answer;

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

/// Which models are listed: those of a status, or with none, all.
fn status_of(arguments: &mut Arguments) -> Option<String> {
    // Without options only supported models are meant; with options that name no status, all of them.
    let status = match arguments.shape("options") {
        None => Some("SUPPORTED".to_owned()),
        Some(mut options) => options
            .text("filterModelStatus")
            .filter(|status| !status.is_empty()),
    };
    status.map(|status| status.to_ascii_uppercase())
}

/// Whether models are listed: those of today are all supported.
fn is_shown(status: Option<&str>) -> bool {
    status.is_none_or(|status| status == "SUPPORTED")
}

/// Lists the models of a status, or with none, all.
#[derive(Debug)]
pub(crate) struct FindEmbeddingProviders {
    status: Option<String>,
}

impl Command for FindEmbeddingProviders {
    const SHAPE: Shape = Shape::of(&[OPTIONS]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            status: status_of(arguments),
        })
    }
}

impl OnDatabase for FindEmbeddingProviders {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let features = &call.providers.features;
        let listed = PROVIDERS
            .iter()
            .filter(|provider| provider.name != LOCAL || features.local_models);
        let mut providers = Object::new();
        for provider in listed {
            let url = features.provider_url(provider.name);
            let described = provider.describe(url, is_shown(self.status.as_deref()));
            providers.insert(provider.name, described);
        }
        Ok(Answer::of_status(Object::from([(
            "embeddingProviders",
            providers,
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
        Ok(Self {
            status: status_of(arguments),
        })
    }
}

impl OnDatabase for FindRerankingProviders {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let features = &call.providers.features;
        if !features.reranking {
            return Err(reranking_is_off());
        }
        let shown = is_shown(self.status.as_deref());
        let url = call.providers.reranking_url();
        let nvidia = reranking_provider("Nvidia", shown.then(|| model(MODEL, Some(url))), true);
        let mut providers = Object::from([(PROVIDER, nvidia)]);
        if features.local_models {
            let local = shown.then(|| model(RANK_FUSION, None));
            providers.insert(
                LOCAL,
                reranking_provider("Local, by rank alone", local, false),
            );
        }
        Ok(Answer::of_status(Object::from([(
            "rerankingProviders",
            providers,
        )])))
    }
}

/// The error about reranking where it is switched off.
pub(crate) fn reranking_is_off() -> ApiError {
    schema::RERANKING_FEATURE_NOT_ENABLED
        .because("Reranking is switched off on this server. Start it with `--reranking on`.")
}

/// The embedding service that a collection or column asks for, with a dimension if it has one.
pub(crate) fn embedding_service(
    service: &Object,
    dimension: Option<i64>,
    features: &Features,
) -> Result<EmbeddingService, ApiError> {
    if !features.vectorize {
        return Err(schema::VECTORIZE_FEATURE_NOT_AVAILABLE.because(
            "Embedding services are switched off on this server. Start it with `--vectorize on`, or leave 'service' out.",
        ));
    }
    EmbeddingService::of(service, dimension).map_err(|problem| invalid_options(&problem))
}

/// The same for a service that is to be stored: a model that goes without saying is said. Returns the dimension.
pub(crate) fn complete_service(
    service: &mut Object,
    dimension: Option<i64>,
    features: &Features,
) -> Result<usize, ApiError> {
    let found = embedding_service(service, dimension, features)?;
    service.insert("modelName", found.model_name());
    Ok(found.dimension())
}

fn reranking_provider(display_name: &str, model: Option<Object>, is_default: bool) -> Object {
    let models: Vec<Value> = model.map(Value::from).into_iter().collect();
    let none = Object::from([
        ("enabled", Value::from(true)),
        ("tokens", Vec::new().into()),
    ]);
    Object::from([
        ("isDefault", Value::from(is_default)),
        ("displayName", display_name.into()),
        (
            "supportedAuthentication",
            Object::from([("NONE", none)]).into(),
        ),
        ("models", models.into()),
    ])
}

fn model(name: &str, url: Option<&str>) -> Object {
    Object::from([
        ("name", Value::from(name)),
        (
            "apiModelSupport",
            Object::from([("status", "SUPPORTED")]).into(),
        ),
        ("isDefault", true.into()),
        ("url", url.map_or(Value::Null, Value::from)),
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
pub(super) fn rerank_service(
    options: RerankOptions,
    features: &Features,
) -> Result<Option<RerankService>, ApiError> {
    match (options.enabled, options.service) {
        (Some(true), _) if !features.reranking => Err(reranking_is_off()),
        (None, _) => Err(invalid_options(
            "'rerank' needs the field 'enabled', true or false.",
        )),
        (Some(false), Some(service)) if !service.is_empty() => Err(invalid_options(
            "'rerank' is not enabled, so that its 'service' has no use. Leave it out.",
        )),
        (Some(false), _) => Ok(None),
        (Some(true), None) => Ok(Some(default_rerank_service())),
        (Some(true), Some(service)) => chosen_reranking(&service)
            .map_err(|problem| invalid_options(&problem))
            .map(Some),
    }
}

/// The model that a reranking service names, or a sentence about what is wrong with it.
pub(crate) fn chosen_reranking(service: &ServiceOptions) -> Result<RerankService, String> {
    let given = |object: &Option<Object>| object.as_ref().is_some_and(|object| !object.is_empty());
    let Some(provider) = service.provider.as_deref() else {
        return Err("The reranking service needs the field 'provider'.".to_owned());
    };
    let Some(model) = service.model_name.as_deref() else {
        return Err("The reranking service needs the field 'modelName'.".to_owned());
    };
    let known = |(known, _): &&(&str, &str)| *known == provider;
    let Some((_, its_model)) = reranking::MODELS.iter().find(known) else {
        return Err(format!(
            "The reranking provider '{provider}' is not known; '{PROVIDER}' and '{LOCAL}' are."
        ));
    };
    if model != *its_model {
        return Err(format!(
            "The provider '{provider}' has no reranking model '{model}'; it has '{its_model}'."
        ));
    }
    if given(&service.authentication) {
        return Err(format!(
            "The provider '{provider}' takes no 'authentication'. Leave it out."
        ));
    }
    if given(&service.parameters) {
        return Err(format!(
            "The provider '{provider}' takes no 'parameters'. Leave them out."
        ));
    }
    Ok(RerankService {
        provider: provider.to_owned(),
        model_name: model.to_owned(),
    })
}

/// The error about options of createCollection that make no sense.
pub(super) fn invalid_options(message: &str) -> ApiError {
    schema::INVALID_CREATE_COLLECTION_OPTIONS.because(message)
}
