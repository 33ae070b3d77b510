#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod auth;
mod base64_text;
mod command;
mod commands;
mod definition;
mod document;
mod ejson;
mod engine;
mod error;
mod exec;
mod explain;
mod features;
mod http;
mod in_flight;
mod indexing;
mod json;
mod language;
mod limits;
mod number;
mod paging;
mod path;
mod paths;
mod plan;
mod provider_keys;
mod providers;
mod request;
mod respond;
mod response;
mod storage;
mod table;
mod text;
mod utf16;
mod uuid_text;
mod vector;
mod vector_index;

pub use auth::Credentials;
pub use engine::{Engine, MEMORY_LIMIT, Request, Response};
pub use features::Features;
pub use http::{Executed, McpCommand, McpTool, router};
pub use in_flight::Reservation;
pub use limits::Limits;
pub use provider_keys::ProviderKeys;
pub use respond::OwnedRequest;
pub use storage::{
    Backup, Check, Compaction, DiskUsage, MaintenanceError, OpenError, Overwrite, Problem, Repair,
    backup, check, compact, repair, restore,
};
