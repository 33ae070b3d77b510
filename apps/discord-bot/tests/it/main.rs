//! What the bot does, through its own entry points: no test reaches Discord.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::print_stdout,
    reason = "figures, and why something was skipped"
)]

mod adversarial;
mod bot;
mod commands;
mod crowd;
mod database;
mod discord;
mod entry_points;
mod faults;
mod health;
mod limits;
mod measured;
mod reconnect;
mod register;
mod secrets;
mod signature;
mod slow;
mod stand_in;
mod starts;
mod stop;
mod strangers;
mod terminal; // cut: terminal
mod written;
