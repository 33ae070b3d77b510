//! `/ping`: is anybody there?

use crate::answer::{Answer, Message};
use crate::commands::{Access, Command};

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: "ping",
        description: "Asks whether I am there",
        options: Vec::new(),
        access: Access::Everyone,
    }
}

/// Says so.
pub fn run() -> Answer {
    Message::text("Pong!").into()
}
