//! Why a JSON value is not one of a type.

use crate::json::Value;

/// Why a JSON value does not fit a type: a phrase for the middle of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch(String);

impl Mismatch {
    pub(super) fn new(phrase: impl Into<String>) -> Self {
        Self(phrase.into())
    }

    pub(crate) fn expected(what: &str, found: &Value) -> Self {
        Self(format!("expected {what}, found {}", found.kind()))
    }

    pub(crate) fn phrase(&self) -> &str {
        &self.0
    }
}

/// Why a column cannot take a JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Mismatch(Mismatch),
    /// A text to make a vector of, for a column that has no service for it.
    NoService,
    /// A text to make a vector of, for a column that has a service.
    Text(String),
}

impl From<Mismatch> for Unreadable {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}
