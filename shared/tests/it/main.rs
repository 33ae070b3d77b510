//! The crate through its public doors.

mod http;
mod serve;
mod settings;
