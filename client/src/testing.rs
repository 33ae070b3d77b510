//! Test your program without a database (feature `testing`).
//!
//! [`Faults`] puts the manners of a real cluster on top of any [`Transport`](crate::Transport):
//! refusals, lost answers, lost races, hangs, and an outage in the middle. Each is drawn from a
//! seed, so that a failing run can be repeated. [`Seeds`] runs one test with many seeds and sums up
//! how often each fault was played.

mod faults;
mod seeds;

pub use faults::{Fault, FaultCounts, Faults, FaultyTransport};
pub use seeds::{FailedSeed, SeedReport, Seeds};
