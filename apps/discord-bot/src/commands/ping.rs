//! `/ping`: is anybody there?

use crate::answer::{Answer, Message};
use crate::domain::command::{Access, Command, Deferral};

/// What Discord is told.
pub fn register() -> Command {
    Command {
        name: "ping",
        description: "Asks whether I am there",
        options: Vec::new(),
        access: Access::Everyone,
        deferral: Deferral::Public,
    }
}

/// Says so.
pub fn run() -> Answer {
    Message::text("Pong!").into()
}
