//! Who asks what, where: the part of a [`Request`] that commands need.

use crate::domain::document::Author;
use crate::domain::id::{GuildId, InteractionId};
use crate::request::Request;

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The interaction, which a new document is called after.
    pub id: InteractionId,
    /// Where.
    pub guild: GuildId,
    /// Who, as an author.
    pub by: Author,
    /// Whether they may change what others wrote.
    pub is_moderator: bool,
}

impl From<&Request> for Invocation {
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
