//! The words of a text as the tokenizers of Lucene find them.
//!
//! The standard one follows UAX #29 with emoji as words of their own (UTS #51), characters of scripts that are written
//! without spaces together (Thai, Khmer), and ideographs and hiragana each alone
//! (<https://lucene.apache.org/core/9_0_0/core/org/apache/lucene/analysis/standard/StandardTokenizer.html>).

use icu_properties::props::{
    BinaryProperty, EmojiModifier, EmojiModifierBase, ExtendedPictographic, GeneralCategory,
    GeneralCategoryGroup, LineBreak, RegionalIndicator, Script, WordBreak,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// UTF-16 units of a word; a longer one is cut.
const MAX_WORD: usize = 255;

const JOINER: char = '\u{200d}';
const AS_TEXT: char = '\u{fe0e}';
const AS_EMOJI: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

pub(super) fn words(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    let (mut words, mut at, mut window) = (Vec::new(), 0, Window::default());
    while at < text.len() {
        let end = window.end(&text, at);
        let length = longest(&text[at..end]);
        if length > 0 {
            words.push(text[at..at + length].iter().collect());
            at += length;
        } else {
            at += without_word(&text[at..]);
        }
    }
    words
}

/// How far a word can reach.
#[derive(Default)]
struct Window {
    from: usize,
    to: usize,
    units: usize,
}

impl Window {
    /// The position after the longest word that could begin at a position, which never goes back.
    fn end(&mut self, text: &[char], from: usize) -> usize {
        let units = |part: &[char]| part.iter().map(|letter| letter.len_utf16()).sum::<usize>();
        if from < self.to {
            self.units -= units(&text[self.from..from]);
        } else {
            (self.to, self.units) = (from, 0);
        }
        self.from = from;
        while let Some(letter) = text.get(self.to)
            && self.units + letter.len_utf16() <= MAX_WORD
        {
            self.units += letter.len_utf16();
            self.to += 1;
        }
        self.to
    }
}

/// How many characters can be passed over where no word begins: all of a run that only leads to a word, as far as a word
/// could not begin in it either.
fn without_word(text: &[char]) -> usize {
    let run = match text.first() {
        Some(&JOINER) => after(text, 1, |letter| letter == JOINER),
        Some(letter) if word_break(*letter) == WordBreak::ExtendNumLet => {
            after(text, 1, |letter| {
                extends(letter) || word_break(letter) == WordBreak::ExtendNumLet
            })
        }
        _ => 1,
    };
    if run < MAX_WORD {
        run
    } else {
        run - (MAX_WORD - 1)
    }
}

/// Runs of letters.
pub(super) fn letters(text: &str) -> Vec<String> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    runs(text, |letter| {
        GeneralCategoryGroup::Letter.contains(categories.get(letter))
    })
}

/// Runs of anything but white space. Spaces that do not break lines are none, as in Java.
pub(super) fn between_spaces(text: &str) -> Vec<String> {
    let is_space = |letter: char| match letter {
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        '\u{1c}'..='\u{1f}' => true,
        other => other.is_whitespace(),
    };
    runs(text, |letter| !is_space(letter))
}

fn runs(text: &str, belongs: impl Fn(char) -> bool) -> Vec<String> {
    let (mut runs, mut run, mut units) = (Vec::new(), String::new(), 0);
    for letter in text.chars() {
        if belongs(letter) {
            run.push(letter);
            units += letter.len_utf16();
        }
        if (!belongs(letter) || units >= MAX_WORD) && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
            units = 0;
        }
    }
    runs.extend(Some(run).filter(|run| !run.is_empty()));
    runs
}

/// How many characters the longest word has that begins here; 0 if none does.
fn longest(text: &[char]) -> usize {
    let found = [
        alphanumeric(text),
        emoji(text),
        keycap(text),
        flag(text),
        unspaced(text),
        ideograph(text),
    ];
    found.into_iter().max().unwrap_or(0)
}

fn is<P: BinaryProperty>(letter: char) -> bool {
    CodePointSetData::new::<P>().contains(letter)
}

/// Whether a character is one of the pictures that Unicode keeps for emoji. Lucene goes by Unicode 14, when many signs that
/// never became emoji were among them, such as `★`.
fn is_pictograph(letter: char) -> bool {
    is::<ExtendedPictographic>(letter)
        || matches!(letter,
            '\u{2388}' | '\u{2600}'..='\u{2605}' | '\u{2607}'..='\u{2612}' | '\u{2614}'..='\u{2685}'
            | '\u{2690}'..='\u{2705}' | '\u{2708}'..='\u{2712}' | '\u{2763}'..='\u{2767}'
            | '\u{1f000}'..='\u{1f0ff}' | '\u{1f10d}'..='\u{1f10f}' | '\u{1f12f}' | '\u{1f16c}'..='\u{1f16f}'
            | '\u{1f1ad}'..='\u{1f1e5}' | '\u{1f201}'..='\u{1f20f}' | '\u{1f23c}'..='\u{1f23f}'
            | '\u{1f249}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f53d}' | '\u{1f546}'..='\u{1f64f}'
            | '\u{1f680}'..='\u{1f6ff}' | '\u{1f774}'..='\u{1f77f}' | '\u{1f7d5}'..='\u{1f7ff}'
            | '\u{1f80c}'..='\u{1f80f}' | '\u{1f848}'..='\u{1f84f}' | '\u{1f85a}'..='\u{1f85f}'
            | '\u{1f888}'..='\u{1f88f}' | '\u{1f8ae}'..='\u{1f8ff}' | '\u{1f90c}'..='\u{1f93a}'
            | '\u{1f93c}'..='\u{1f945}' | '\u{1f947}'..='\u{1faff}' | '\u{1fc00}'..='\u{1fffd}'
        )
}

fn word_break(letter: char) -> WordBreak {
    match letter {
        // Digits of full width.
        '\u{ff10}'..='\u{ff19}' => WordBreak::Numeric,
        _ if is::<EmojiModifier>(letter) => WordBreak::Other,
        _ => CodePointMapData::<WordBreak>::new().get(letter),
    }
}

/// Whether a character belongs to the one before it.
fn extends(letter: char) -> bool {
    matches!(
        word_break(letter),
        WordBreak::Extend | WordBreak::Format | WordBreak::ZWJ
    )
}

/// As [`extends`], without the two that say how an emoji is to look.
fn extends_emoji(letter: char) -> bool {
    !matches!(letter, AS_TEXT | AS_EMOJI) && extends(letter)
}

/// The position after what belongs to the characters before it.
fn after(text: &[char], from: usize, belongs: fn(char) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|letter| belongs(**letter)).count()
}

/// Whether words of letters and digits can have a character of a class.
fn is_in_words(class: WordBreak) -> bool {
    use WordBreak as W;
    matches!(
        class,
        W::ALetter
            | W::HebrewLetter
            | W::Numeric
            | W::Katakana
            | W::ExtendNumLet
            | W::MidLetter
            | W::MidNum
            | W::MidNumLet
            | W::SingleQuote
            | W::DoubleQuote
    )
}

/// What a word of letters and digits can go on with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Katakana,
    Letter,
    Hebrew,
    /// After a quotation mark that belongs to a Hebrew word.
    Quoted,
    Number,
    Connected,
}

fn alphanumeric(text: &[char]) -> usize {
    use WordBreak as W;
    let class = |at: usize| text.get(at).map(|letter| word_break(*letter));
    let (mut at, mut end, mut state) = (0, 0, State::Begin);
    while let Some(class_here) = class(at).filter(|class| is_in_words(*class)) {
        let next = after(text, at + 1, extends);
        let beyond = |wanted: &[WordBreak]| {
            let class = class(next).filter(|class| wanted.contains(class))?;
            Some((class, after(text, next + 1, extends)))
        };
        let step = match (state, class_here) {
            (State::Begin, W::ExtendNumLet) => Some((State::Begin, next)),
            (_, W::ExtendNumLet) => Some((State::Connected, next)),
            (State::Begin | State::Connected | State::Katakana, W::Katakana) => {
                Some((State::Katakana, next))
            }
            (State::Katakana, _) => None,
            (_, W::ALetter) => Some((State::Letter, next)),
            (_, W::HebrewLetter) => Some((State::Hebrew, next)),
            (_, W::Numeric) => Some((State::Number, next)),
            (State::Hebrew, W::SingleQuote) => Some((State::Quoted, next)),
            (State::Hebrew, W::DoubleQuote) => {
                beyond(&[W::HebrewLetter]).map(|(_, after)| (State::Quoted, after))
            }
            (State::Letter | State::Hebrew, W::MidLetter | W::MidNumLet | W::SingleQuote) => {
                beyond(&[W::ALetter, W::HebrewLetter]).map(|(class, after)| {
                    let hebrew = class == W::HebrewLetter;
                    (if hebrew { State::Hebrew } else { State::Letter }, after)
                })
            }
            (State::Number, W::MidNum | W::MidNumLet | W::SingleQuote) => {
                beyond(&[W::Numeric]).map(|(_, after)| (State::Number, after))
            }
            _ => None,
        };
        let Some((reached, position)) = step else {
            break;
        };
        (state, at) = (reached, position);
        if state != State::Begin {
            end = at;
        }
    }
    end
}

/// Emoji with their modifiers, and several of them joined to one.
fn emoji(text: &[char]) -> usize {
    let mut at = after(text, 0, |letter| letter == JOINER);
    let mut end = 0;
    let is_modifier = |at: usize| {
        text.get(at)
            .is_some_and(|letter| is::<EmojiModifier>(*letter))
    };
    let is_emoji = |at: usize| text.get(at).is_some_and(|letter| is_pictograph(*letter));
    while is_emoji(at) || (is_modifier(at) && (at == 0 || end > 0)) {
        let emoji = text[at];
        let plain = after(text, at + 1, extends_emoji);
        if is::<EmojiModifierBase>(emoji) && is_modifier(plain) {
            end = plain;
            at = plain;
            continue;
        }
        let shown_as_emoji = is_emoji(at) && text.get(plain) == Some(&AS_EMOJI);
        end = plain + usize::from(shown_as_emoji);
        let next = after(text, end, |letter| letter == JOINER);
        if text[next - 1] != JOINER {
            break;
        }
        at = next;
    }
    end
}

/// A digit, `#` or `*` as on a key.
fn keycap(text: &[char]) -> usize {
    if !matches!(text.first(), Some('0'..='9' | '#' | '*')) {
        return 0;
    }
    let plain = after(text, 1, extends_emoji);
    if text.get(plain..plain + 2) == Some(&[AS_EMOJI, KEYCAP]) {
        after(text, plain + 2, extends_emoji)
    } else if text[1..plain].contains(&KEYCAP) {
        plain
    } else {
        0
    }
}

/// Two regional indicators.
fn flag(text: &[char]) -> usize {
    let indicator = |at: usize| {
        text.get(at)
            .is_some_and(|letter| is::<RegionalIndicator>(*letter))
    };
    if !indicator(0) {
        return 0;
    }
    let second = after(text, 1, extends);
    if indicator(second) {
        after(text, second + 1, extends)
    } else {
        0
    }
}

/// Characters of scripts that need a dictionary to be taken apart.
fn unspaced(text: &[char]) -> usize {
    let breaks = CodePointMapData::<LineBreak>::new();
    let mut end = 0;
    while let Some(letter) = text.get(end)
        && breaks.get(*letter) == LineBreak::ComplexContext
    {
        end = after(text, end + 1, extends);
    }
    end
}

fn ideograph(text: &[char]) -> usize {
    let scripts = CodePointMapData::<Script>::new();
    match text.first() {
        Some(letter) if matches!(scripts.get(*letter), Script::Han | Script::Hiragana) => {
            after(text, 1, extends)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    #[test]
    fn words_are_those_of_lucene() {
        for (text, found) in [
            (
                "The quick-brown Fox's 2nd den",
                &["The", "quick", "brown", "Fox's", "2nd", "den"][..],
            ),
            (
                "3.14 v2.0 x_y user@example.com",
                &["3.14", "v2.0", "x_y", "user", "example.com"],
            ),
            (
                "1,000;5 a:b it''s _ __a__ '",
                &["1,000;5", "a:b", "it", "s", "__a__"],
            ),
            (
                "中文の カタカナ 한국어 ｶﾅ",
                &["中", "文", "の", "カタカナ", "한국어", "ｶﾅ"],
            ),
            ("ภาษาไทย ok", &["ภาษาไทย", "ok"]),
            ("צה\"ל ג' x", &["צה\"ל", "ג'", "x"]),
            ("cafe\u{301} １２", &["cafe\u{301}", "１２"]),
            ("→ ∑ ± § ¤ ✓ ☆ ★ ♫ ☇", &["★", "♫", "☇"]),
            ("© ™ 〰", &["©", "™", "〰"]),
            (
                "😀 café 😀😀a😀b",
                &["😀", "café", "😀", "😀", "a", "😀", "b"],
            ),
            ("👍🏽 👍 🏽 😀🏽", &["👍🏽", "👍", "🏽", "😀", "🏽"]),
            ("❤️ ❤︎ ❤", &["❤️", "❤", "❤"]),
            (
                "👨‍👩‍👧 🏳️‍🌈 👩🏽‍🚀 😀\u{200d}x",
                &["👨‍👩‍👧", "🏳️‍🌈", "👩🏽‍🚀", "😀\u{200d}", "x"],
            ),
            ("🇩🇪🇫🇷 🇩", &["🇩🇪", "🇫🇷"]),
            ("1️⃣ #️⃣ *⃣ # *", &["1️⃣", "#️⃣", "*⃣"]),
            (
                "\u{200d}\u{200d}😀 \u{301}_a __😀",
                &["\u{200d}\u{200d}😀", "_a", "😀"],
            ),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 x", &["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "x"]),
        ] {
            assert_eq!(words(text), found, "{text}");
        }
    }

    #[test]
    fn long_words_are_cut() {
        let text = "é".repeat(600);
        let lengths = |found: Vec<String>| -> Vec<usize> {
            found.iter().map(|word| word.chars().count()).collect()
        };
        assert_eq!(lengths(words(&text)), [255, 255, 90]);
        assert_eq!(lengths(letters(&text)), [255, 255, 90]);
        assert_eq!(lengths(between_spaces(&text)), [255, 255, 90]);
        let leading = format!("{}ab", "_".repeat(600));
        assert_eq!(lengths(words(&leading)), [255, 1]);
    }

    #[test]
    fn letters_and_spaces_are_those_of_java() {
        assert_eq!(letters("v2.0 x_y İé ½Ⅷ中"), ["v", "x", "y", "İé", "中"]);
        assert_eq!(letters("i\u{307}s 😀a😀"), ["i", "s", "a"]);
        assert_eq!(
            between_spaces("a\u{a0}b\tc\u{1f}d 😀 e\u{3000}f"),
            ["a\u{a0}b", "c", "d", "😀", "e", "f"]
        );
    }

    proptest! {
        #[test]
        fn adversarial_runs_are_taken_apart_on_a_small_stack(
            runs in prop::collection::vec((select(vec![
                "a", "_", "1", ".", "'", "\"", " ", "א", "ア", "中", "ก", "😀", "👍", "🏽", "\u{200d}", "\u{fe0f}", "\u{20e3}",
                "\u{301}", "🇩", "#",
            ]), 1..700_usize), 1..6),
        ) {
            let text: String = runs.iter().map(|(part, count)| part.repeat(*count)).collect();
            let small = std::thread::Builder::new().stack_size(256 * 1024);
            let found = small.spawn(move || {
                let found = [words(&text), letters(&text), between_spaces(&text)];
                (text, found)
            });
            let (text, found) = found.expect("a thread").join().expect("no panic");
            for words in found {
                let mut rest = text.as_str();
                for word in &words {
                    let at = rest.find(word.as_str());
                    prop_assert!(at.is_some() && !word.is_empty(), "{:?} in {:?}", word, text);
                    prop_assert!(word.encode_utf16().count() <= MAX_WORD + 1);
                    rest = &rest[at.unwrap_or(0) + word.len()..];
                }
            }
        }
    }
}
