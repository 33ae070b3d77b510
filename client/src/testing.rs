//! Test your program without a database (feature `testing`).
//!
//! - [`Mock`] answers the commands that a test expects.
//! - [`Recorder`] keeps the answers of a server in a file, for tests without that server.
//! - [`Faults`] puts the manners of a real cluster on top of any [`Transport`](crate::Transport):
//!   refusals, lost answers, lost races, hangs, and an outage in the middle. Each is drawn from a
//!   seed, so that a failing run can be repeated; [`Seeds`] runs one test with many seeds.
//! - [`event`] makes the events that a [`CommandListener`](crate::CommandListener) gets.

pub mod event;
mod faults;
mod mock;
mod recorder;
mod seeds;
mod wire;

pub use faults::{Fault, FaultCounts, Faults, FaultyTransport};
pub use mock::{Expectation, Mock};
pub use recorder::Recorder;
pub use seeds::{FailedSeed, SeedReport, Seeds};
