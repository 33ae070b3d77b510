//! Text on its way to Discord: measured, shortened, and kept from being read as markdown.

/// What begins and ends a block of code.
const FENCE: &str = "```";

/// The length of a text, in UTF-16 units.
///
/// Discord's API counts code points (<https://github.com/discord/discord-api-docs/issues/1315>), its
/// clients count UTF-16 units. There are never more of the first than of the second (an emoji outside
/// the basic plane is one and two), so what fits by this measure fits.
pub fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A text of at most `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clipped<const MAX: usize>(String);

impl<const MAX: usize> Clipped<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text if it fits, else its beginning and `…`.
pub fn clip<const MAX: usize>(text: &str) -> Clipped<MAX> {
    Clipped(clip_to(text, MAX))
}

/// The same with a limit known only when running.
pub fn clip_to(text: &str, max: usize) -> String {
    if length(text) <= max {
        return text.to_owned();
    }
    let mut room = max.saturating_sub(1);
    let mut clipped: String = text
        .chars()
        .take_while(|letter| {
            let fits = letter.len_utf16() <= room;
            room = room.saturating_sub(letter.len_utf16());
            fits
        })
        .collect();
    // A backslash left at the end would escape whatever comes after the text.
    let backslashes = clipped.len() - clipped.trim_end_matches('\\').len();
    if backslashes % 2 == 1 {
        clipped.pop();
    }
    if max > 0 {
        clipped.push('…');
    }
    clipped
}

/// The same for markdown, in which a block of code that is cut is closed again: an open one would
/// show everything after it as code.
pub fn clip_markdown(markdown: &str, max: usize) -> String {
    let clipped = clip_to(markdown, max);
    if !is_fence_open(&clipped) {
        return clipped;
    }
    let closing = format!("\n{FENCE}");
    let room = max.saturating_sub(length(&closing)).max(1);
    let begun = clip_to(markdown, room);
    if is_fence_open(&begun) {
        begun + &closing
    } else {
        begun
    }
}

fn is_fence_open(markdown: &str) -> bool {
    markdown.matches(FENCE).count() % 2 == 1
}

/// Text that a person wrote, to be shown as it is: no markdown, no link, no mention.
///
/// ```
/// use discord_bot::answer::text::escape;
///
/// assert_eq!(escape("**loud**"), r"\*\*loud\*\*");
/// assert!(!escape("@everyone").contains("@everyone"));
/// ```
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // Mentions are recognised before escapes are: an invisible space takes them apart.
            '@' => escaped.push_str("@\u{200b}"),
            // A direction left open, or a line, would spill over into what comes after it.
            letter if letter.is_control() || is_directional(letter) => escaped.push(' '),
            letter if letter.is_ascii_punctuation() && letter != '\'' && letter != ',' => {
                escaped.extend(['\\', letter]);
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Text in a block of code, where Discord shows everything as it is: the fence is all that could
/// end it.
pub fn code_block(language: &str, code: &str) -> String {
    // Between every two: three are never left side by side, however many there are.
    let code = code.replace("``", "`\u{200b}`");
    format!("{FENCE}{language}\n{code}\n{FENCE}")
}

/// Unicode's explicit directions, UAX #9.
fn is_directional(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_left_alone_and_a_longer_one_ends_in_an_ellipsis() {
        assert_eq!(clip_to("teapot", 6), "teapot");
        assert_eq!(clip_to("teapots", 6), "teapo…");
        assert_eq!(clip_to("🫖🫖🫖", 5), "🫖🫖…");
        assert_eq!(clip_to("🫖🫖🫖", 4), "🫖…");
        assert_eq!(clip_to("teapot", 0), "");
    }

    #[test]
    fn an_escape_is_not_cut_in_two() {
        assert_eq!(clip_to(r"ab\*cd", 4), "ab…");
        assert_eq!(clip_to(r"a\\*cd", 4), r"a\\…");
    }

    #[test]
    fn a_block_of_code_that_is_cut_is_closed_wherever_it_is_cut() {
        let markdown = format!("before {} after", code_block("json", "{\"a\": 1}"));
        for max in 0..=length(&markdown) {
            let clipped = clip_markdown(&markdown, max);
            assert!(length(&clipped) <= max, "{max}: {clipped}");
            assert!(!is_fence_open(&clipped), "{max}: {clipped}");
            assert_eq!(clipped.is_empty(), max == 0);
        }
        assert_eq!(clip_markdown(&markdown, length(&markdown)), markdown);
    }

    #[test]
    fn code_cannot_leave_its_block() {
        for backticks in 3..12 {
            let block = code_block("json", &"`".repeat(backticks));
            assert_eq!(block.matches("```").count(), 2, "{block}");
        }
    }
}
