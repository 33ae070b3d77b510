//! What makes an email address.

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
