//! Documents in Discord's words: embeds, buttons, and completions.

pub mod document;
pub mod json;
pub mod page;
