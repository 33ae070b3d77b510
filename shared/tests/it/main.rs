//! The crate through its public doors.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod adversarial;
mod client_address;
mod connect;
#[cfg(feature = "email")]
mod email;
mod health;
mod http;
mod json;
mod logs;
mod rate_limit;
mod schema;
mod scripted;
mod serve;
mod settings;
mod slow_clients;
mod starting;
