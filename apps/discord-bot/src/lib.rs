//! A Discord bot that keeps documents for its guilds: one set of commands behind two entry
//! points, the gateway and signed HTTP, and a terminal session for those who have no bot at Discord yet.
//!
//! A request goes one way: an entry point translates what Discord sent into a
//! [`Request`](request::Request), `commands` finds the command, `use_cases` carry it out, `store`
//! asks the database; an [`Answer`](answer::Answer) goes back. Read `commands.rs` first, then follow
//! `/createdocument` down: `commands/createdocument.rs`, `use_cases/insert_document.rs`,
//! `domain/document.rs`, `store/documents.rs`.

pub mod answer;
pub mod commands;
pub mod discord;
pub mod domain;
pub mod entry_points;
pub mod error;
pub mod gateway; // cut: gateway
pub mod interactions; // cut: HTTP entry point
pub mod invocation;
pub mod rate_limit;
pub mod register;
pub mod request;
pub mod responder;
pub mod seed;
pub mod settings;
pub mod start;
pub mod state;
pub mod store;
pub mod terminal; // cut: terminal
pub mod unsettled;
pub mod use_cases;
pub mod views;

pub use settings::Settings;
pub use state::AppState;
pub use store::Store;
