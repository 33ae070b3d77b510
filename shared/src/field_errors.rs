//! What is wrong with a form, a body or a query, field by field.

use indexmap::IndexMap;
use serde::Serialize;

/// Field name → one sentence a person can act on, in the order in which they were found.
///
/// ```
/// use shared::field_errors::FieldErrors;
///
/// let mut errors = FieldErrors::default();
/// assert_eq!(errors.check("quantity", "3".parse::<u32>()), Some(3));
/// assert_eq!(errors.check("price", "three".parse::<u32>().map_err(|_| "Give a price such as 3")), None);
/// assert_eq!(errors.get("price"), Some("Give a price such as 3"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldErrors(IndexMap<String, String>);

impl FieldErrors {
    /// One field, one problem.
    pub fn one(field: impl Into<String>, problem: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, problem);
        errors
    }

    /// Notes a problem; the first one of a field stays.
    pub fn add(&mut self, field: impl Into<String>, problem: impl Into<String>) {
        self.0.entry(field.into()).or_insert_with(|| problem.into());
    }

    /// The value, or its problem noted under `field`.
    pub fn check<T, E: ToString>(&mut self, field: &str, value: Result<T, E>) -> Option<T> {
        value
            .map_err(|problem| self.add(field, problem.to_string()))
            .ok()
    }

    /// The value, or a default with its problem noted under `field`. [`Self::or`] tells in the end
    /// whether all values were right.
    pub fn value<T: Default, E: ToString>(&mut self, field: &str, value: Result<T, E>) -> T {
        self.check(field, value).unwrap_or_default()
    }

    /// What was made of the values, if nothing was wrong with any.
    pub fn or<T>(self, made: T) -> Result<T, Self> {
        if self.is_empty() { Ok(made) } else { Err(self) }
    }

    /// The problem of one field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// All problems in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(field, problem)| (field.as_str(), problem.as_str()))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
