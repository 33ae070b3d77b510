//! What makes an email address, and with the feature `email` the sending of messages.
//!
//! An application keeps an [`Unsent`] in the document that a message speaks of, written together with the change that the
//! message reports. So no crash can lose one, and none is sent about a change that was not stored. A worker claims it, has
//! [`Mailer::attempt`] send the message, and removes it.
//!
//! Delivery is at least once: a process that dies between the server's answer and the removal sends the message again.
//! That is better than a confirmation that never arrives, and every try carries the same `Message-ID`, by which mail
//! systems recognize the second one.

#[cfg(feature = "email")]
mod folder;
#[cfg(feature = "email")]
mod mailer;
#[cfg(feature = "email")]
mod message;
#[cfg(feature = "email")]
mod settings;
mod unsent;

pub use self::unsent::Unsent;
#[cfg(feature = "email")]
pub use self::{
    mailer::{Mailer, NotSent},
    message::Email,
    settings::{EmailSettings, Server},
};

use crate::unicode;

/// Catches typing errors. Whether an address exists, only a message to it can tell.
///
/// ```
/// use shared::email::is_plausible;
///
/// assert!(is_plausible("ada@example.com"));
/// assert!(!is_plausible("ada@example") && !is_plausible("ada lovelace@example.com"));
/// ```
pub fn is_plausible(address: &str) -> bool {
    let is_odd = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '<' | '>' | ',' | ';' | '"')
    };
    address.len() <= 254
        && !address.chars().any(is_odd)
        && address.rsplit_once('@').is_some_and(|(mailbox, host)| {
            !mailbox.is_empty()
                && !mailbox.contains('@')
                && host.contains('.')
                && host.split('.').all(|label| !label.is_empty())
        })
}

/// Whether every character of an address can be seen and has a meaning: one that cannot makes two addresses look alike.
pub fn is_readable(address: &str) -> bool {
    !address
        .chars()
        .any(|letter| unicode::is_invisible(letter) || unicode::is_meaningless(letter))
}
