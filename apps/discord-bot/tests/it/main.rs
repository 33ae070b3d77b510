//! What the bot does, through its own doors: no test reaches Discord.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::print_stdout,
    reason = "figures, and why something was skipped"
)]

mod bot;
mod discord;
mod doors;
