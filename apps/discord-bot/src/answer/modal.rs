//! A window with inputs.

use crate::answer::button::CustomId;
use crate::answer::text::{Clipped, clip, length};

/// Characters of a modal's title.
pub const MAX_MODAL_TITLE: usize = 45;
/// Inputs of a modal.
pub const MAX_INPUTS: usize = 5;
/// Characters over an input.
pub const MAX_INPUT_LABEL: usize = 45;
/// Characters that are shown while an input is empty.
pub const MAX_PLACEHOLDER: usize = 100;
/// Characters of an input.
pub const MAX_INPUT: usize = 4_000;

/// A window with inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modal {
    custom_id: CustomId,
    title: Clipped<MAX_MODAL_TITLE>,
    inputs: Vec<TextInput>,
}

/// An input for text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextInput {
    id: &'static str,
    label: Clipped<MAX_INPUT_LABEL>,
    /// One line or many.
    pub style: InputStyle,
    /// Whether it must be filled in.
    pub is_required: bool,
    max_length: usize,
    value: Option<String>,
    placeholder: Option<Clipped<MAX_PLACEHOLDER>>,
}

/// How much an input looks as if it would hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputStyle {
    /// One line.
    Short,
    /// Many lines.
    Paragraph,
}

impl Modal {
    /// A modal; inputs beyond the fifth are left out.
    pub fn new(
        custom_id: CustomId,
        title: impl AsRef<str>,
        inputs: impl IntoIterator<Item = TextInput>,
    ) -> Self {
        Self {
            custom_id,
            title: clip(title.as_ref()),
            inputs: inputs.into_iter().take(MAX_INPUTS).collect(),
        }
    }

    /// What comes back when it is sent.
    pub fn custom_id(&self) -> &str {
        self.custom_id.as_str()
    }

    /// What it is about.
    pub fn title(&self) -> &str {
        self.title.as_str()
    }

    /// The inputs in their order.
    pub fn inputs(&self) -> &[TextInput] {
        &self.inputs
    }
}

impl TextInput {
    /// An input that must be filled in, with as much as Discord takes.
    ///
    /// `id` names it among the inputs of its modal.
    pub fn new(id: &'static str, label: impl AsRef<str>, style: InputStyle) -> Self {
        Self {
            id,
            label: clip(label.as_ref()),
            style,
            is_required: true,
            max_length: MAX_INPUT,
            value: None,
            placeholder: None,
        }
    }

    /// The same, which may be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    /// The same for at most so many characters.
    #[must_use]
    pub fn at_most(mut self, characters: usize) -> Self {
        self.max_length = characters.clamp(1, MAX_INPUT);
        self.value = self.value.filter(|value| length(value) <= self.max_length);
        self
    }

    /// The same with a text in it to start from, if that fits.
    #[must_use]
    pub fn filled_with(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into()).filter(|value| length(value) <= self.max_length);
        self
    }

    /// The same with a hint while it is empty.
    #[must_use]
    pub fn hint(mut self, placeholder: impl AsRef<str>) -> Self {
        self.placeholder = Some(clip(placeholder.as_ref()));
        self
    }

    /// Its name among the inputs.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What is written over it.
    pub fn label(&self) -> &str {
        self.label.as_str()
    }

    /// How many characters it takes.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// What is in it to start from.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref().filter(|value| !value.is_empty())
    }

    /// What is shown while it is empty.
    pub fn placeholder(&self) -> Option<&str> {
        self.placeholder.as_ref().map(Clipped::as_str)
    }
}
