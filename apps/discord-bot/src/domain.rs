//! What the bot is about: documents of a guild, who wrote them, and how they are searched.

pub mod command;
pub mod document;
pub mod field;
pub mod filter;
pub mod id;
pub mod json;
pub mod operator;
pub mod page;
pub mod quota;
pub mod search;
