//! A document: a name and any JSON, who wrote it, and when.

use std::fmt;
use std::str::FromStr;

use astra_db::{CollectionDocument, Document as Json, Fields, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::id::{DocumentId, GuildId, InteractionId, UserId};
use crate::domain::json::{self, JsonProblem};

/// Characters of a name.
pub const MAX_NAME: usize = 100;

/// What a guild keeps.
///
/// People filter by anything in its body, so everything is indexed but what is only ever shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, CollectionDocument)]
#[collection(
    name = "documents",
    deny("author.name", "revision.author", "revision.made_by")
)]
pub struct Document {
    /// Its number.
    #[serde(rename = "_id")]
    pub id: DocumentId,
    /// Whose it is.
    pub guild: GuildId,
    /// What it is called; others may be called the same.
    pub name: Name,
    /// The name as it is looked up and sorted by, whatever its case.
    pub key: NameKey,
    /// What it says.
    pub body: Body,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub created_at: Timestamp,
    /// What has been done to it since.
    pub revision: Revision,
}

/// Who wrote something, as they were called then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Fields)]
pub struct Author {
    /// The account.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// Which text of a document it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Fields)]
pub struct Revision {
    /// Counts from 0.
    pub number: u32,
    /// The interaction that made it.
    pub made_by: InteractionId,
    /// Who wrote it.
    pub author: Author,
}

impl Document {
    /// A new document. Its id and time are those of the interaction that makes it, so that the same
    /// interaction makes the same document however often it arrives.
    pub fn new(
        guild: GuildId,
        interaction: InteractionId,
        author: Author,
        name: Name,
        body: Body,
    ) -> Self {
        Self {
            id: interaction.into(),
            guild,
            key: name.key(),
            name,
            body,
            created_at: interaction.0.made_at(),
            revision: Revision {
                number: 0,
                made_by: interaction,
                author: author.clone(),
            },
            author,
        }
    }

    /// The same new document, made by another interaction.
    #[must_use]
    pub fn made_by(self, interaction: InteractionId) -> Self {
        Self::new(self.guild, interaction, self.author, self.name, self.body)
    }

    /// The same with another text.
    #[must_use]
    pub fn revised(
        self,
        interaction: InteractionId,
        author: Author,
        name: Name,
        body: Body,
    ) -> Self {
        Self {
            key: name.key(),
            name,
            body,
            revision: Revision {
                number: self.revision.number.saturating_add(1),
                made_by: interaction,
                author,
            },
            ..self
        }
    }

    /// Whether it has this name and says this.
    pub fn says(&self, name: &Name, body: &Body) -> bool {
        self.name == *name && self.body == *body
    }

    /// Whether this is what the insert of that document has stored.
    pub fn is_same_insert(&self, document: &Self) -> bool {
        self.author.id == document.author.id && self.says(&document.name, &document.body)
    }

    /// When its present text was written.
    pub fn revised_at(&self) -> Timestamp {
        self.revision.made_by.0.made_at()
    }
}

/// What a document is called: 1 to 100 characters in one line, none of them invisible controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

/// A name in lower case, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameKey(String);

impl NameKey {
    /// What somebody has typed of a name so far.
    pub fn beginning(typed: &str) -> Self {
        Self(typed.trim().to_lowercase())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A name has 1 to {MAX_NAME} characters in one line.")]
pub struct MalformedName;

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is looked up.
    pub fn key(&self) -> NameKey {
        NameKey(self.0.to_lowercase())
    }
}

impl FromStr for Name {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        let text = text.trim();
        let is_name = (1..=MAX_NAME).contains(&text.encode_utf16().count())
            && !text.chars().any(char::is_control);
        is_name.then(|| Self(text.to_owned())).ok_or(MalformedName)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a document says: a JSON object that has been [checked](json).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(Json);

impl Body {
    /// The fields.
    pub fn fields(&self) -> &Json {
        &self.0
    }

    /// JSON in one line.
    pub fn compact(&self) -> String {
        astra_db::Value::from(self.0.clone()).to_string()
    }

    /// JSON as a person writes it.
    pub fn pretty(&self) -> String {
        // Values of JSON are always writable as JSON.
        serde_json::to_string_pretty(&self.0).unwrap_or_else(|_| self.compact())
    }

    /// JSON to hand back to the person who typed it; nothing for an empty object.
    pub fn typed(&self) -> String {
        if self.0.is_empty() {
            String::new()
        } else {
            self.pretty()
        }
    }
}

/// Reads JSON; nothing typed is an empty object.
impl FromStr for Body {
    type Err = JsonProblem;

    fn from_str(text: &str) -> Result<Self, JsonProblem> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        json::object(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_visible_text() {
        assert_eq!(
            " Teapot ".parse::<Name>().map(|name| name.0),
            Ok("Teapot".to_owned())
        );
        let longest = "n".repeat(100);
        assert!(longest.parse::<Name>().is_ok());
        for bad in [
            "",
            "  ",
            "a\nb",
            "\u{7}",
            &"n".repeat(101),
            &"🫖".repeat(51),
        ] {
            assert_eq!(bad.parse::<Name>(), Err(MalformedName), "{bad:?}");
        }
    }
}
