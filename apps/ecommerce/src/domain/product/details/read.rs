//! Reading one field of a form about a product: the value, or one sentence about what is wrong.

use crate::domain::money::{Currency, Money, price_in_cents};

/// How many pieces can be counted.
const MAX_STOCK: u64 = 1_000_000;
/// The longest name, in characters.
const NAME: usize = 120;
/// The longest tagline.
pub(in crate::domain::product) const TAGLINE: usize = 200;
/// The longest description.
pub(in crate::domain::product) const DESCRIPTION: usize = 6_000;
/// The longest name or value of an option.
pub(in crate::domain::product) const OPTION: usize = 60;

/// What a product is called.
pub(in crate::domain::product) fn name(typed: &str) -> Result<String, String> {
    text("a name", typed, 1, NAME)
}

/// Whether a text has at most so many characters.
pub(in crate::domain::product) fn at_most(longest: usize, text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length > longest {
        return Err(format!(
            "Use at most {longest} characters; these are {length}"
        ));
    }
    Ok(())
}

/// Text, with what it is in words, of so many characters and without what no keyboard types.
pub(super) fn text(
    what: &str,
    typed: &str,
    shortest: usize,
    longest: usize,
) -> Result<String, String> {
    // Browsers send the line breaks of a text area as CR LF.
    let text = typed.trim().replace("\r\n", "\n");
    if text.chars().count() < shortest {
        return Err(format!("Enter {what}"));
    }
    at_most(longest, &text)?;
    if text
        .chars()
        .any(|letter| letter.is_control() && letter != '\n')
    {
        Err("Remove the control characters".to_owned())
    } else {
        Ok(text)
    }
}

/// Lines that are not empty.
pub(in crate::domain::product) fn lines(typed: &str) -> Result<Vec<String>, String> {
    let text = text("highlights", typed, 0, 1_500)?;
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    if lines.len() > 10 {
        Err("Use at most 10 lines".to_owned())
    } else {
        Ok(lines)
    }
}

/// Values separated by commas.
pub(super) fn list(typed: &str) -> Vec<String> {
    typed
        .split(',')
        .map(|value| value.trim().chars().take(OPTION).collect::<String>())
        .filter(|value| !value.is_empty())
        .collect()
}

/// The longest address on another site.
const LONGEST_ADDRESS: usize = 2_000;

/// The address of one of the shop's own files, or one on another site over `https`.
pub(in crate::domain::product) fn picture(typed: &str) -> Result<String, &'static str> {
    let address = typed.trim();
    let is_own = address.starts_with('/') && !address.starts_with("//") && address.len() <= 200;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if (is_own && address.bytes().all(is_plain)) || is_https_url(address) {
        Ok(address.to_owned())
    } else {
        Err(
            "Enter a link that starts with https://, or a file of this shop such as /static/products/orbit.svg",
        )
    }
}

/// Whether this is an absolute address over `https`, as it stands in a link: encoded, and without a password.
pub fn is_https_url(address: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\`".contains(&byte);
    let Some(rest) = address.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = host.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && host.contains('.')
        && !host.contains('@');
    is_host && address.len() <= LONGEST_ADDRESS && address.bytes().all(is_plain)
}

/// What one piece costs.
pub(super) fn price(typed: &str, currency: Currency) -> Result<Money, &'static str> {
    match price_in_cents(typed.trim()) {
        Ok(0) => Err("Enter a price above nothing"),
        Ok(cents) => Ok(Money::new(cents, currency)),
        Err(expected) => Err(expected),
    }
}

/// A number of pieces; nothing for not counted.
pub(super) fn counted(typed: &str) -> Result<Option<u64>, String> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    whole("how many there are", typed).map(Some)
}

/// A whole number, with what it is in words.
pub(super) fn whole(what: &str, typed: &str) -> Result<u64, String> {
    let number = typed.trim();
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    number
        .parse()
        .ok()
        .filter(|number| is_number && *number <= MAX_STOCK)
        .ok_or_else(|| format!("Enter {what} as a whole number from 0 to 1,000,000"))
}
