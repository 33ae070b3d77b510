//! What the shop is called and which money it takes. Change it here, and the colours in
//! `static/tokens.css`.

use crate::domain::money::Currency;

/// The name over the door.
pub const NAME: &str = "Ursa";
/// What it stands for, for search engines and shared links.
pub const DESCRIPTION: &str =
    "Phones, sound and time: a small collection of things made to be kept.";
/// Where people write to.
pub const SUPPORT_EMAIL: &str = "hello@ursa.example";
/// The money all prices are in.
pub(crate) const CURRENCY: Currency = Currency::Usd;
