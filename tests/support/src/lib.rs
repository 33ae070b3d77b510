//! What the tests of several crates need, and a browser to look at pages with (feature `browser`). It stops at the first
//! surprise, by a panic, as tests do.

#![warn(missing_docs)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[cfg(feature = "browser")]
pub mod browser;
mod clock;
#[cfg(feature = "embedded")]
mod database;
pub mod documents;
mod log;
pub mod openapi;
pub mod pages;
mod process;
pub mod small_stack;
pub mod smtp;

use std::io::Write as _;

pub use clock::TestClock;
#[cfg(feature = "embedded")]
pub use database::{fault_seeds, faulty, on_named_server, quick_faults};
pub use log::Log;
pub use process::{Address, Running, resident_kb};

/// Says that something could not be tested here.
pub fn skipped(why: &str) {
    say(&format!("skipped: {why}"));
}

/// Prints a line past the test harness, which keeps what a test that passes has printed.
pub fn say(what: &str) {
    let line = format!("{what}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
