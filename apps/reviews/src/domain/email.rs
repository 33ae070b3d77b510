//! Email addresses, of which there are several ways to write one.

use std::collections::HashSet;

use shared::{email, unicode};

/// An email address in lower case and in composed form. All ways to write it have one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address that was checked when it was stored.
    pub(crate) fn stored(address: String) -> Self {
        Self(address)
    }

    /// One that somebody logs in with, as typed but in lower case: earlier versions stored addresses
    /// in the form in which they came, and accepted characters that cannot be seen.
    pub fn entered(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if email::is_plausible(text) {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(EMAIL_EXPECTED)
        }
    }

    /// What an account is stored by and attempts are counted by: one text for all ways to write the address, whatever
    /// the case of its letters (`ς` is a small `Σ` as `σ` is) and the form of its host (`xn--bcher-kva.example` is
    /// `bücher.example`).
    pub(crate) fn key(&self) -> String {
        let address = with_host(&normalized(&self.0), |host| {
            let (host, valid) = idna::domain_to_unicode(host);
            valid.ok().map(|()| host)
        });
        unicode::composed(&address.chars().flat_map(fold).collect::<String>())
    }

    /// The texts that an account of this address may be stored by. Earlier versions stored it as it was typed, composed or
    /// decomposed, with its host in either form, and with the `ς` that the lower case of a word has at its end.
    pub(crate) fn spellings(&self) -> Vec<String> {
        let (key, normalized) = (self.key(), normalized(&self.0));
        let to_ascii = |address: &str| with_host(address, |host| idna::domain_to_ascii(host).ok());
        let mut spellings = vec![
            self.0.clone(),
            unicode::decomposed(&normalized),
            to_ascii(&normalized),
            key.replace('σ', "Σ").to_lowercase(),
            to_ascii(&key),
            normalized,
            key,
        ];
        let mut known = HashSet::new();
        spellings.retain(|spelling| known.insert(spelling.clone()));
        spellings
    }
}

const EMAIL_EXPECTED: &str = "Give an e-mail address such as dom@fastandfurious.com";

fn normalized(address: &str) -> String {
    // Lower case may take letters apart again.
    unicode::composed(&unicode::composed(address).to_lowercase())
}

/// The address with its host in another form, where it has one.
fn with_host(address: &str, change: impl FnOnce(&str) -> Option<String>) -> String {
    let changed = address.rsplit_once('@').and_then(|(mailbox, host)| {
        let host = change(host)?;
        Some(format!("{mailbox}@{host}"))
    });
    changed.unwrap_or_else(|| address.to_owned())
}

/// The small form of a letter's capital, so that all small forms become one: `ς` and `σ`, `ſ` and `s`. A letter whose
/// capital is several, such as `ß`, stays what it is.
fn fold(letter: char) -> impl Iterator<Item = char> {
    let mut capital = letter.to_uppercase();
    let capital = match (capital.next(), capital.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    };
    capital.to_lowercase()
}

/// One that somebody registers with: what cannot be seen in it would make a second account that
/// looks like the first.
impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let address = normalized(text.trim());
        if email::is_plausible(&address) && email::is_readable(&address) {
            Ok(Self(address))
        } else {
            Err(EMAIL_EXPECTED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_however_it_is_typed() {
        let email = |text: &str| Email::try_from(text.to_owned());
        assert_eq!(
            email(" Dom@FastAndFurious.com\n"),
            email("dom@fastandfurious.com")
        );
        for bad in [
            "",
            "dom",
            "dom@",
            "@example.com",
            "dom@example",
            "a@b@example.com",
            "d om@example.com",
            "dom@example..com",
            "a\r\nBcc: x@y.z",
            "$ne",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_that_looks_like_another_is_the_other_or_refused() {
        let email = |text: &str| Email::try_from(text.to_owned());
        for same in [
            "jose\u{301}@example.com",
            "JOSÉ@example.com",
            "JOSE\u{301}@Example.com",
        ] {
            assert_eq!(email(same), email("josé@example.com"), "{same:?}");
        }
        // A capital whose small form has two characters.
        assert_eq!(email("İ@example.com"), email("I\u{307}@example.com"));
        for hidden in [
            '\u{0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fffb}',
            '\u{e0001}',
            '\u{e000}',
            '\u{f8ff}',
            '\u{10fffd}',
            '\u{fdd0}',
            '\u{fffc}',
            '\u{fffd}',
            '\u{fffe}',
            '\u{1ffff}',
        ] {
            for bad in [
                format!("a{hidden}b@example.com"),
                format!("{hidden}a@example.com"),
                format!("a@example{hidden}.com"),
                format!("a@example.com{hidden}"),
            ] {
                assert!(email(&bad).is_err(), "{bad:?}");
            }
        }
    }

    #[test]
    fn all_ways_to_write_an_address_have_one_key() {
        let key = |text: &str| Email::try_from(text.to_owned()).map(|email| email.key());
        for same in [
            &[
                "ΝΊΚΟΣ@example.com",
                "νίκος@example.com",
                "νίκοσ@example.com",
            ][..],
            &["jeſſe@example.com", "Jesse@example.com"],
            &["straße@example.com", "STRAẞE@example.com"],
            &[
                "ada@bücher.example",
                "ada@BÜCHER.example",
                "Ada@xn--bcher-kva.example",
                "ada@XN--BCHER-KVA.EXAMPLE",
                "ada@bu\u{308}cher.example",
            ],
            &[
                "ada@οδος.example",
                "ada@xn--pxavbm.example",
                "ada@ΟΔΟΣ.example",
                "ada@xn--pxavbq.example",
            ],
        ] {
            for other in same {
                assert_eq!(key(other), key(same[0]), "{other}");
            }
        }
        for (one, other) in [
            ("straße@example.com", "strasse@example.com"),
            ("jose@example.com", "josé@example.com"),
            ("ada@bucher.example", "ada@bücher.example"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        // A host that cannot be converted stays what it is.
        assert_eq!(key("ada@xn--a.example"), Ok("ada@xn--a.example".to_owned()));
    }

    #[test]
    fn most_addresses_are_looked_for_once() {
        let spellings = |text: &str| Email::entered(text).unwrap().spellings();
        assert_eq!(spellings("Dom@Example.com"), ["dom@example.com"]);
        assert_eq!(spellings("d+om_1@sub.example.com").len(), 1);
    }
}
