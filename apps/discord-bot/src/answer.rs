//! What the bot answers, as plain values: an entry point only has to write them down for Discord, the
//! terminal draws them.
//!
//! Discord refuses a message as a whole when one of its parts is too long. So these types cannot
//! hold more than Discord takes: constructors shorten text, and say so with `…`, and leave out what
//! is too many. The limits are Discord's own: <https://discord.com/developers/docs/resources/message>.

pub mod button;
pub mod embed;
pub mod modal;
pub mod text;

pub use button::{Button, ButtonStyle, CustomId, MalformedCustomId};
pub use embed::{Embed, EmbedField};
pub use modal::{InputStyle, Modal, TextInput};

use text::{Clipped, clip, clip_markdown};

/// Characters of a message beside its embed.
pub const MAX_CONTENT: usize = 2_000;
/// Buttons in the one row under a message.
pub const MAX_BUTTONS: usize = 5;
/// Completions offered at once.
pub const MAX_CHOICES: usize = 25;
/// Characters of a completion, both what is shown and what is filled in.
pub const MAX_CHOICE: usize = 100;

/// The answer to a [`Request`](crate::request::Request).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A message, new or in place of the one whose button was pressed.
    Message(Message),
    /// A window with inputs. Discord takes it only as the immediate answer to a command or button.
    Modal(Modal),
    /// Completions for what is being typed.
    Choices(Choices),
}

/// A message. Entry points send it with `allowed_mentions: {"parse": []}`: nothing in it pings anyone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    content: Option<String>,
    embed: Option<Embed>,
    buttons: Vec<Button>,
    visibility: Visibility,
    placement: Placement,
}

/// Who sees a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody in the channel.
    #[default]
    Public,
    /// Only who asked.
    Ephemeral,
}

/// Where a message appears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Placement {
    /// As a message of its own.
    #[default]
    New,
    /// In place of the message whose button was pressed, with its buttons.
    Update,
}

impl Message {
    /// A message of one text, in Discord's markdown: what a person wrote goes through
    /// [`escape`](text::escape) first.
    pub fn text(content: impl AsRef<str>) -> Self {
        Self {
            content: Some(clip_markdown(content.as_ref(), MAX_CONTENT)),
            ..Self::default()
        }
    }

    /// A message of one embed.
    pub fn embed(embed: Embed) -> Self {
        Self {
            embed: Some(embed),
            ..Self::default()
        }
    }

    /// The same with an embed below its text.
    #[must_use]
    pub fn with_embed(mut self, embed: Embed) -> Self {
        self.embed = Some(embed);
        self
    }

    /// The same with a button more, as long as there is room for it.
    #[must_use]
    pub fn with_button(mut self, button: Button) -> Self {
        if self.buttons.len() < MAX_BUTTONS {
            self.buttons.push(button);
        }
        self
    }

    /// The same for the eyes of who asked alone.
    #[must_use]
    pub fn ephemeral(mut self) -> Self {
        self.visibility = Visibility::Ephemeral;
        self
    }

    /// The same in place of the message whose button was pressed.
    #[must_use]
    pub fn in_place(mut self) -> Self {
        self.placement = Placement::Update;
        self
    }

    /// The text above the embed.
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// The embed. There is at most one: Discord's limit on the characters of embeds is on all of a
    /// message together.
    pub fn the_embed(&self) -> Option<&Embed> {
        self.embed.as_ref()
    }

    /// The buttons, in one row.
    pub fn buttons(&self) -> &[Button] {
        &self.buttons
    }

    /// Who sees it.
    pub fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// Where it appears.
    pub fn placement(&self) -> Placement {
        self.placement
    }
}

impl From<Message> for Answer {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<Modal> for Answer {
    fn from(modal: Modal) -> Self {
        Self::Modal(modal)
    }
}

/// Completions, 25 at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices(Vec<Choice>);

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    name: Clipped<MAX_CHOICE>,
    value: String,
}

impl Choice {
    /// What is shown, and what is filled in when it is taken. `None` where there is nothing to fill
    /// in or it is too long to be: a shortened value would be another one.
    pub fn new(name: impl AsRef<str>, value: impl Into<String>) -> Option<Self> {
        let (value, name) = (value.into(), name.as_ref());
        let name = if name.trim().is_empty() { &value } else { name };
        let fits = !value.trim().is_empty() && text::length(&value) <= MAX_CHOICE;
        fits.then(|| Self {
            name: clip(name),
            value: value.clone(),
        })
    }

    /// What is shown.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// What is filled in.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl Choices {
    /// The completions in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Choice> {
        self.0.iter()
    }
}

impl FromIterator<Choice> for Choices {
    fn from_iter<I: IntoIterator<Item = Choice>>(choices: I) -> Self {
        Self(choices.into_iter().take(MAX_CHOICES).collect())
    }
}

impl From<Choices> for Answer {
    fn from(choices: Choices) -> Self {
        Self::Choices(choices)
    }
}
