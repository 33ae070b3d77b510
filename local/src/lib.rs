//! The Data API over SQLite.

mod auth;
mod command;
mod definition;
mod document;
mod engine;
mod error;
mod exec;
mod http;
mod indexing;
mod json;
mod language;
mod limits;
mod number;
mod paging;
mod plan;
mod response;
mod storage;
mod table;
mod vector;
