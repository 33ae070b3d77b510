//! An embedding or reranking service, as requests name one.

use super::arguments::Arguments;
use super::shape::{Field, Shape};
use crate::error::ApiError;
use crate::json::Object;

pub(crate) const SERVICE: Shape = Shape::of(&[
    Field::text("provider"),
    Field::text("modelName"),
    Field::object("authentication"),
    Field::object("parameters"),
]);

/// An embedding or reranking service.
#[derive(Debug)]
pub(crate) struct ServiceOptions {
    pub(crate) provider: Option<String>,
    pub(crate) model_name: Option<String>,
    pub(crate) authentication: Option<Object>,
    pub(crate) parameters: Option<Object>,
}

impl ServiceOptions {
    pub(super) fn take(arguments: &mut Arguments) -> Option<Self> {
        arguments.shape("service").map(Self::from_arguments)
    }

    pub(crate) fn from_arguments(mut service: Arguments) -> Self {
        Self {
            provider: service.text("provider"),
            model_name: service.text("modelName"),
            authentication: service.object("authentication"),
            parameters: service.object("parameters"),
        }
    }

    /// Reads the description of a service.
    pub(crate) fn read(service: Object) -> Result<Self, ApiError> {
        let arguments = SERVICE.read(service, "service")?;
        Ok(Self::from_arguments(arguments))
    }

    /// What was given, to be stored.
    pub(crate) fn into_object(self) -> Object {
        let mut object = Object::new();
        for (name, text) in [("provider", self.provider), ("modelName", self.model_name)] {
            if let Some(text) = text {
                object.insert(name, text);
            }
        }
        for (name, part) in [
            ("authentication", self.authentication),
            ("parameters", self.parameters),
        ] {
            if let Some(part) = part {
                object.insert(name, part);
            }
        }
        object
    }

    /// Whether nothing at all was said about the service.
    pub(crate) fn is_empty(&self) -> bool {
        self.provider.is_none()
            && self.model_name.is_none()
            && self.authentication.is_none()
            && self.parameters.is_none()
    }
}
