//! Discord's own forms, on the way in and out: the one place that knows both serenity and the plain
//! values that commands work on.

pub mod command;
pub mod interaction;
pub mod response;
pub mod rest;

pub use rest::{DISCORD, Rest, RestError};
