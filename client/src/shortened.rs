//! Text of others in messages: as much as helps, however long it is.

/// The beginning of a text, with a sign where more of it follows.
pub(crate) fn shortened(text: &str, characters: usize) -> String {
    let mut shortened: String = text.chars().take(characters).collect();
    if shortened.len() < text.len() {
        shortened.push('…');
    }
    shortened
}
