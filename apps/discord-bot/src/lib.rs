//! A Discord bot that keeps documents for its guilds: one set of commands behind two doors, the
//! gateway and signed HTTP, and a terminal session for those who have no bot at Discord yet.
//!
//! A request goes one way: a door translates what Discord sent into a [`Request`](request::Request),
//! `commands` finds the command and carries it out, `domain` decides, `store` asks the database; an
//! [`Answer`](answer::Answer) goes back to the door. Read `commands.rs` first, then follow
//! `/createdocument` down: `commands/createdocument.rs`, `domain/document.rs`, `store/documents.rs`.

pub mod answer;
pub mod commands;
pub mod desk;
pub mod discord;
pub mod domain;
pub mod doors;
pub mod error;
pub mod gateway;
pub mod interactions;
pub mod rate_limit;
pub mod register;
pub mod request;
pub mod seed;
pub mod settings;
#[cfg(test)]
mod small_stack;
pub mod start;
pub mod state;
pub mod store;
pub mod terminal;
pub mod unsettled;
pub mod views;

pub use settings::Settings;
pub use state::AppState;
pub use store::Store;
