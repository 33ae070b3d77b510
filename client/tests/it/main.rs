//! The client through its public door, against a server in this process.
#![cfg(feature = "http")]

mod support;

mod connection_strings;
mod endpoints;
mod errors;
mod events;
mod headers;
mod retries;
mod schema;
mod secrets;
mod time_limits;
mod transport;
