//! The crate through its public doors.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod http;
mod serve;
mod settings;
