//! Who asks what, where: the part of a [`Request`] that commands need.

use std::collections::BTreeMap;

use crate::domain::document::{Author, Body, MalformedName, Name};
use crate::domain::id::{GuildId, InteractionId};
use crate::domain::json::JsonProblem;
use crate::error::AppError;
use crate::request::Request;

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The interaction, which a new document is called after.
    pub id: InteractionId,
    /// Where.
    pub guild: GuildId,
    /// Who, as an author.
    pub by: Author,
    /// Whether they may change what others wrote.
    pub is_moderator: bool,
}

impl From<&Request> for Asked {
    fn from(request: &Request) -> Self {
        Self {
            id: request.id,
            guild: request.guild,
            by: Author {
                id: request.user.id,
                name: request.user.name.clone(),
            },
            is_moderator: request.user.is_moderator,
        }
    }
}

/// What was typed into a modal.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a>(pub &'a BTreeMap<String, String>);

impl Inputs<'_> {
    /// What was typed as JSON.
    pub fn body(&self) -> &str {
        self.0.get("body").map_or("", String::as_str)
    }

    /// Name and body of a document; what is wrong with them comes with the text, so that nobody has
    /// to type it again.
    pub fn document(&self) -> Result<(Name, Body), AppError> {
        let refused = |problem: String| AppError::refused_text(problem, self.body());
        let name = self.0.get("name").map_or("", String::as_str);
        let name: Result<Name, MalformedName> = name.parse();
        let body: Result<Body, JsonProblem> = self.body().parse();
        let name = name.map_err(|problem| refused(problem.to_string()))?;
        Ok((name, body.map_err(|problem| refused(problem.to_string()))?))
    }
}
