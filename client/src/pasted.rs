//! What comes along when a token or an address is copied: said exactly, without repeating the text.

/// What is wrong with a token or a key, as the end of a sentence that begins with its name.
pub(crate) fn token_flaw(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("is empty: set it, or leave it out".into());
    }
    if let Some(flaw) = flaw(text) {
        return Some(flaw);
    }
    let scheme = text
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("bearer "));
    if scheme.is_some() {
        return Some(
            "begins with \"Bearer \": leave that word out, only the token itself is sent".into(),
        );
    }
    let end = |text: &str| text.trim().len() < text.len();
    match text
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || !c.is_ascii())
    {
        Some('\n' | '\r') if end(text) => {
            Some("begins or ends with a line break, as text read from a file does: trim it".into())
        }
        Some(c) if end(text) && c.is_whitespace() => {
            Some("begins or ends with a space: trim it".into())
        }
        Some(c) if c.is_whitespace() || c.is_control() => {
            Some("has a space or a line break in it: copy it again, in one piece".into())
        }
        Some(c) => Some(format!(
            "has the character {} in it, which no token has: copy it again, as plain text",
            code_point(c)
        )),
        None => None,
    }
}

/// What is wrong with any text that was copied: characters that cannot be seen, quotation marks.
pub(crate) fn flaw(text: &str) -> Option<String> {
    if text.starts_with('\u{feff}') {
        return Some(
            "begins with a byte order mark (U+FEFF), which some editors put before a text: save \
             the file without it"
                .into(),
        );
    }
    if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        return Some(format!(
            "has an invisible character ({}) in it: copy it again, as plain text",
            code_point(c)
        ));
    }
    let trimmed = text.trim();
    (trimmed.starts_with(is_quote) || trimmed.ends_with(is_quote))
        .then(|| "has a quotation mark at its beginning or end: leave it out".into())
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Zero-width characters, marks of direction, the byte order mark, the soft hyphen.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '«' | '»' | '\u{2018}'..='\u{201f}')
}
