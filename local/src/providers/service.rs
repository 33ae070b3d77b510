//! An embedding service as a collection or column has it: a provider, one of its models, and parameters.

use super::catalogue::{self, Model, Parameter, Provider};
use crate::json::{Object, Value};

/// A service that can be called.
#[derive(Clone, Debug)]
pub(crate) struct EmbeddingService {
    pub(super) provider: &'static Provider,
    pub(super) model: &'static Model,
    /// Numbers in the vectors it makes.
    pub(super) dimension: usize,
    pub(super) parameters: Object,
}

impl EmbeddingService {
    /// Reads a service as it was given, with the dimension asked for beside it.
    ///
    /// # Errors
    ///
    /// A sentence about the first thing in it that cannot be.
    pub(crate) fn of(service: &Object, dimension: Option<i64>) -> Result<Self, String> {
        let Some(provider) = text(service, "provider") else {
            return Err("'service' needs the field 'provider'.".to_owned());
        };
        let provider = catalogue::named(provider).ok_or_else(|| {
            format!(
                "The embedding provider '{provider}' is not known. findEmbeddingProviders lists those that are."
            )
        })?;
        let name = provider.name;
        if let Some((key, _)) = part(service, "authentication").first() {
            return Err(format!(
                "The provider '{name}' does not take '{key}' in 'authentication': secrets are not stored here. \
                 Send the key in the header of each request."
            ));
        }
        let model = match text(service, "modelName") {
            None if provider.has_one_model => &provider.models[0],
            None => {
                return Err(format!(
                    "'service' needs the field 'modelName'. The models of '{name}' are: {}.",
                    provider.model_names()
                ));
            }
            Some(model) => provider.model(model).ok_or_else(|| {
                format!(
                    "The provider '{name}' has no model '{model}'. Its models are: {}.",
                    provider.model_names()
                )
            })?,
        };
        let parameters = part(service, "parameters");
        check_parameters(provider, model, &parameters)?;
        let dimension = model
            .dimension
            .choose(dimension)
            .map_err(|problem| format!("The model '{}' of '{name}' {problem}.", model.name))?;
        Ok(Self {
            provider,
            model,
            dimension,
            parameters,
        })
    }

    pub(crate) fn model_name(&self) -> &'static str {
        self.model.name
    }

    pub(crate) fn dimension(&self) -> usize {
        self.dimension
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        text(&self.parameters, name)
    }
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

fn part(service: &Object, name: &str) -> Object {
    let part = service.get(name).and_then(Value::as_object);
    part.cloned().unwrap_or_default()
}

fn check_parameters(provider: &Provider, model: &Model, given: &Object) -> Result<(), String> {
    let name = provider.name;
    let known = || provider.parameters.iter().chain(model.parameters);
    let required = |parameter: &&Parameter| parameter.required;
    if let Some(missing) = known()
        .filter(required)
        .find(|parameter| !given.contains_key(parameter.name))
    {
        return Err(format!(
            "The provider '{name}' needs the parameter '{}'.",
            missing.name
        ));
    }
    for (given, value) in given {
        let Some(parameter) = known().find(|parameter| parameter.name == given) else {
            return Err(format!(
                "The model '{}' of '{name}' has no parameter '{given}'.",
                model.name
            ));
        };
        if !parameter.takes(value) {
            return Err(format!(
                "The parameter '{given}' of '{name}' cannot be {}.",
                value.kind()
            ));
        }
    }
    Ok(())
}
