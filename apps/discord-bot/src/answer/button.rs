//! Buttons, and the ids by which a press of one comes back.

use std::fmt;

use crate::answer::text::{Clipped, clip, length};

/// Characters of what is written on a button.
pub const MAX_BUTTON_LABEL: usize = 80;
/// Characters of a `custom_id`.
pub const MAX_CUSTOM_ID: usize = 100;

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    label: Clipped<MAX_BUTTON_LABEL>,
    custom_id: CustomId,
    /// How it looks.
    pub style: ButtonStyle,
    /// Whether it can be pressed.
    pub is_enabled: bool,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// What one came to do.
    Primary,
    /// One thing among others.
    Secondary,
    /// What cannot be taken back.
    Danger,
}

/// What Discord hands back with a press of a button or the sending of a modal: the name of a
/// command, and what that command wants to know again, separated by colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomId(String);

/// The text is too long for a `custom_id`, or there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a custom_id has 1 to {MAX_CUSTOM_ID} characters")]
pub struct MalformedCustomId;

impl Button {
    /// A button that can be pressed.
    pub fn new(label: impl AsRef<str>, custom_id: CustomId, style: ButtonStyle) -> Self {
        Self {
            label: clip(label.as_ref()),
            custom_id,
            style,
            is_enabled: true,
        }
    }

    /// What is written on it.
    pub fn label(&self) -> &str {
        self.label.as_str()
    }

    /// What comes back when it is pressed.
    pub fn custom_id(&self) -> &str {
        &self.custom_id.0
    }
}

impl CustomId {
    /// `command:first:second`, for parts that are numbers or single words.
    ///
    /// # Errors
    ///
    /// When it is longer than Discord takes: it is never shortened, for it would mean something else.
    pub fn new(command: &str, parts: &[&dyn fmt::Display]) -> Result<Self, MalformedCustomId> {
        let mut text = command.to_owned();
        for part in parts {
            text.push(':');
            text.push_str(&part.to_string());
        }
        if text.is_empty() || length(&text) > MAX_CUSTOM_ID {
            return Err(MalformedCustomId);
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
