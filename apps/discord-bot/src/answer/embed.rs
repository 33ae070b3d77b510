//! The framed part of a message.

use crate::answer::text::{clip_markdown, clip_to, length};

/// Characters of a title.
pub const MAX_TITLE: usize = 256;
/// Characters of a description.
pub const MAX_DESCRIPTION: usize = 4_096;
/// Fields of an embed.
pub const MAX_FIELDS: usize = 25;
/// Characters of a field's name.
pub const MAX_FIELD_NAME: usize = 256;
/// Characters of a field's value.
pub const MAX_FIELD_VALUE: usize = 1_024;
/// Characters of a footer.
pub const MAX_FOOTER: usize = 2_048;
/// Characters of all of these together.
pub const MAX_EMBED: usize = 6_000;

/// A title, a description, fields and a footer that together fit into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    title: String,
    description: Option<String>,
    fields: Vec<EmbedField>,
    footer: Option<String>,
    room: usize,
}

/// A heading and what stands under it. Discord takes neither empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedField {
    /// The heading.
    pub name: String,
    /// What stands under it.
    pub value: String,
}

impl Embed {
    /// An embed with a title, in Discord's markdown like all of its parts but the footer.
    pub fn titled(title: impl AsRef<str>) -> Self {
        let mut embed = Self {
            title: String::new(),
            description: None,
            fields: Vec::new(),
            footer: None,
            room: MAX_EMBED,
        };
        embed.title = embed.take(clip_markdown, title.as_ref(), MAX_TITLE);
        embed
    }

    /// The same with a description under its title.
    #[must_use]
    pub fn with_description(mut self, description: impl AsRef<str>) -> Self {
        self.give_back(self.description.as_deref().map_or(0, length));
        self.description = Some(self.take(clip_markdown, description.as_ref(), MAX_DESCRIPTION));
        self
    }

    /// The same with a line in small print at its end, which is plain text.
    #[must_use]
    pub fn with_footer(mut self, footer: impl AsRef<str>) -> Self {
        self.give_back(self.footer.as_deref().map_or(0, length));
        self.footer = Some(self.take(clip_to, footer.as_ref(), MAX_FOOTER));
        self
    }

    /// The same with a field more, as long as there is room for it.
    #[must_use]
    pub fn with_field(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (visible(name.as_ref()), visible(value.as_ref()));
        // Both need at least one character.
        if self.fields.len() < MAX_FIELDS && self.room >= 2 {
            let name = self.take(clip_markdown, name, MAX_FIELD_NAME.min(self.room - 1));
            let value = self.take(clip_markdown, value, MAX_FIELD_VALUE);
            self.fields.push(EmbedField { name, value });
        }
        self
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The description, if there is any text in it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref().filter(|text| !text.is_empty())
    }

    /// The fields in their order.
    pub fn fields(&self) -> &[EmbedField] {
        &self.fields
    }

    /// The footer, if there is any text in it.
    pub fn footer(&self) -> Option<&str> {
        self.footer.as_deref().filter(|text| !text.is_empty())
    }

    fn take(&mut self, clip: fn(&str, usize) -> String, text: &str, max: usize) -> String {
        let text = clip(text, max.min(self.room));
        self.room -= length(&text);
        text
    }

    fn give_back(&mut self, characters: usize) {
        self.room += characters;
    }
}

/// Discord refuses a field that is empty or only white space.
fn visible(text: &str) -> &str {
    if text.trim().is_empty() {
        "\u{200b}"
    } else {
        text
    }
}
