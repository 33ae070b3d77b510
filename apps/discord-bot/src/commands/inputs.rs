//! What was typed into a modal.

use std::collections::BTreeMap;

use crate::domain::document::{Body, MalformedName, Name};
use crate::domain::json::JsonProblem;
use crate::error::AppError;

/// What was typed into a modal.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a>(pub &'a BTreeMap<String, String>);

impl<'a> Inputs<'a> {
    /// What was typed as JSON.
    pub fn body(self) -> &'a str {
        self.0.get("body").map_or("", String::as_str)
    }

    /// Name and body of a document; what is wrong with them comes with the text, so that nobody has
    /// to type it again.
    pub fn document(self) -> Result<(Name, Body), AppError> {
        let refused = |problem: String| AppError::refused_text(problem, self.body());
        let name = self.0.get("name").map_or("", String::as_str);
        let name: Result<Name, MalformedName> = name.parse();
        let body: Result<Body, JsonProblem> = self.body().parse();
        let name = name.map_err(|problem| refused(problem.to_string()))?;
        Ok((name, body.map_err(|problem| refused(problem.to_string()))?))
    }
}
