//! Strings as indexes see them: folded for regular indexes, taken apart into terms for text indexes.

mod porter;
mod words;

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

use crate::json::{Object, Value};

/// What a regular index makes equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Folding {
    pub(crate) ascii: bool,
    pub(crate) case_sensitive: bool,
    pub(crate) normalize: bool,
}

impl Default for Folding {
    fn default() -> Self {
        Self {
            ascii: false,
            case_sensitive: true,
            normalize: false,
        }
    }
}

impl Folding {
    /// Reads the options of an index. What is left out is as [`Self::default`].
    pub(crate) fn from_options(options: &Object) -> Self {
        let given = |name: &str| options.get(name).and_then(Value::as_bool);
        let usual = Self::default();
        Self {
            ascii: given("ascii").unwrap_or(usual.ascii),
            case_sensitive: given("caseSensitive").unwrap_or(usual.case_sensitive),
            normalize: given("normalize").unwrap_or(usual.normalize),
        }
    }

    pub(crate) fn describe(self) -> Object {
        Object::from([
            ("ascii", self.ascii),
            ("caseSensitive", self.case_sensitive),
            ("normalize", self.normalize),
        ])
    }

    /// Whether any two different strings become equal.
    pub(crate) fn changes_anything(self) -> bool {
        self != Self::default()
    }

    /// Strings that fold to the same text are equal to the index.
    pub(crate) fn fold(self, text: &str) -> String {
        let mut text = text.to_owned();
        if !self.case_sensitive {
            text = text.to_lowercase();
        }
        if self.normalize {
            text = ComposingNormalizer::new_nfc().normalize(&text).into_owned();
        }
        if self.ascii {
            text = to_ascii(&text);
        }
        text
    }
}

/// Letters without a decomposition that have a usual form in ASCII.
const ASCII_FORMS: [(char, &str); 14] = [
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('æ', "ae"),
    ('Æ', "AE"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('ø', "o"),
    ('Ø', "O"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ł', "l"),
    ('Ł', "L"),
    ('þ', "th"),
    ('ı', "i"),
];

/// Puts ASCII in the place of each character that has a form in it; others stay.
fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match ascii_form(letter) {
            Some(form) => out.push_str(&form),
            None => out.push(letter),
        }
    }
    out
}

fn ascii_form(letter: char) -> Option<String> {
    if letter.is_ascii() {
        return None;
    }
    if let Some((_, form)) = ASCII_FORMS.iter().find(|(other, _)| *other == letter) {
        return Some((*form).to_owned());
    }
    let decomposed = DecomposingNormalizer::new_nfkd()
        .normalize(letter.encode_utf8(&mut [0; 4]))
        .into_owned();
    let form: String = decomposed.chars().filter(|part| !is_mark(*part)).collect();
    (!form.is_empty() && form.is_ascii()).then_some(form)
}

/// Diacritical marks that combine with the letter before them.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// Very common words the `stop` analyzer leaves out: Lucene's list for English
/// (<https://lucene.apache.org/core/9_0_0/analysis/common/org/apache/lucene/analysis/en/EnglishAnalyzer.html>).
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "to", "was", "will", "with",
];

/// Filters of one analyzer. There are six kinds; each is applied to every term.
const MAX_FILTERS: usize = 32;

/// How a text index takes strings apart into terms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Analyzer {
    /// As it was given.
    given: Value,
    tokenizer: Tokenizer,
    filters: Vec<TermFilter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokenizer {
    /// Words as Unicode has them (UAX #29).
    Words,
    Letters,
    Whitespace,
    Whole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TermFilter {
    Lowercase,
    Uppercase,
    AsciiFolding,
    Stop,
    /// Takes `'s` from the end of words.
    Possessive,
    PorterStem,
}

impl Analyzer {
    /// Reads the name of an analyzer, or an object of a `tokenizer` and `filters`, each with a `name`. The problem is
    /// the error.
    pub(crate) fn from_value(given: &Value) -> Result<Self, String> {
        let (tokenizer, filters) = match given {
            Value::String(name) => named(name).ok_or_else(|| {
                format!(
                    "There is no analyzer '{name}' here. Those that exist are: standard, simple, whitespace, stop, lowercase, keyword, english."
                )
            })?,
            Value::Object(object) => from_parts(object)?,
            other => return Err(format!("An analyzer is a name or an object; it is {}.", other.kind())),
        };
        Ok(Self {
            given: given.clone(),
            tokenizer,
            filters,
        })
    }

    pub(crate) fn describe(&self) -> Value {
        self.given.clone()
    }

    /// The terms of a text, in order.
    pub(crate) fn terms(&self, text: &str) -> Vec<String> {
        let tokens: Vec<String> = match self.tokenizer {
            Tokenizer::Words => words::words(text),
            Tokenizer::Letters => words::letters(text),
            Tokenizer::Whitespace => words::between_spaces(text),
            Tokenizer::Whole => vec![text.to_owned()],
        };
        self.filters
            .iter()
            .fold(tokens, |tokens, filter| filter.apply(tokens))
    }
}

impl TermFilter {
    fn apply(self, terms: Vec<String>) -> Vec<String> {
        let terms = terms.into_iter();
        match self {
            Self::Lowercase => terms.map(|term| letter_by_letter(&term, lower)).collect(),
            Self::Uppercase => terms.map(|term| letter_by_letter(&term, upper)).collect(),
            Self::AsciiFolding => terms.map(|term| to_ascii(&term)).collect(),
            Self::Stop => terms
                .filter(|term| !STOP_WORDS.contains(&term.as_str()))
                .collect(),
            Self::Possessive => terms.map(|term| without_possessive(&term)).collect(),
            Self::PorterStem => terms.map(|term| porter::stem(&term)).collect(),
        }
    }
}

fn without_possessive(term: &str) -> String {
    let owner = term.strip_suffix(['s', 'S']);
    let owner = owner.and_then(|owner| owner.strip_suffix(['\'', '\u{2019}', '\u{ff07}']));
    owner.unwrap_or(term).to_owned()
}

/// Terms change their case letter by letter: `İ` becomes `i`, and `ß` stays in upper case.
fn letter_by_letter(term: &str, change: fn(char) -> char) -> String {
    term.chars().map(change).collect()
}

fn lower(letter: char) -> char {
    // Of the letters only `İ` has a form of two, of which the first is the one.
    letter.to_lowercase().next().unwrap_or(letter)
}

fn upper(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    if let (Some(capital), None) = (capitals.next(), capitals.next()) {
        return capital;
    }
    // Greek letters with an iota below have a capital of one letter and one of two.
    let distance = match letter {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => 0,
    };
    char::from_u32(u32::from(letter) + distance).unwrap_or(letter)
}

fn named(name: &str) -> Option<(Tokenizer, Vec<TermFilter>)> {
    Some(match name.to_ascii_lowercase().as_str() {
        "standard" => (Tokenizer::Words, vec![TermFilter::Lowercase]),
        "simple" => (Tokenizer::Letters, vec![TermFilter::Lowercase]),
        "whitespace" => (Tokenizer::Whitespace, Vec::new()),
        "stop" => (
            Tokenizer::Letters,
            vec![TermFilter::Lowercase, TermFilter::Stop],
        ),
        "lowercase" => (Tokenizer::Whole, vec![TermFilter::Lowercase]),
        "keyword" => (Tokenizer::Whole, Vec::new()),
        "english" => (
            Tokenizer::Words,
            vec![
                TermFilter::Possessive,
                TermFilter::Lowercase,
                TermFilter::Stop,
                TermFilter::PorterStem,
            ],
        ),
        _ => return None,
    })
}

fn from_parts(parts: &Object) -> Result<(Tokenizer, Vec<TermFilter>), String> {
    let unknown = parts.iter().find(|(name, value)| {
        let empty = value.as_array().is_some_and(<[Value]>::is_empty);
        !(matches!(name.as_str(), "tokenizer" | "filters") || (*name == "charFilters" && empty))
    });
    if let Some((unknown, _)) = unknown {
        return Err(format!(
            "The part '{unknown}' of an analyzer is not known here. The parts are: tokenizer, filters."
        ));
    }
    let tokenizer = match name_of(parts.get("tokenizer")).as_deref() {
        Some("standard") => Tokenizer::Words,
        Some("letter") => Tokenizer::Letters,
        Some("whitespace") => Tokenizer::Whitespace,
        Some("keyword") => Tokenizer::Whole,
        _ => return Err("An analyzer needs a 'tokenizer' with one of the names standard, letter, whitespace, keyword.".to_owned()),
    };
    let filters = parts
        .get("filters")
        .and_then(Value::as_array)
        .unwrap_or_default();
    if filters.len() > MAX_FILTERS {
        return Err(format!(
            "An analyzer has at most {MAX_FILTERS} filters; here are {}.",
            filters.len()
        ));
    }
    let filters = filters.iter().map(|filter| match name_of(Some(filter)).as_deref() {
        Some("lowercase") => Ok(TermFilter::Lowercase),
        Some("uppercase") => Ok(TermFilter::Uppercase),
        Some("asciifolding") => Ok(TermFilter::AsciiFolding),
        Some("stop") => Ok(TermFilter::Stop),
        Some("englishpossessive") => Ok(TermFilter::Possessive),
        Some("porterstem") => Ok(TermFilter::PorterStem),
        _ => Err("A filter of an analyzer needs one of the names lowercase, uppercase, asciifolding, stop, englishpossessive, porterstem.".to_owned()),
    });
    Ok((tokenizer, filters.collect::<Result<_, _>>()?))
}

fn name_of(part: Option<&Value>) -> Option<String> {
    let name = part?.as_object()?.get("name")?.as_str()?;
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_equal_what_its_options_say() {
        let folding = |ascii, case_sensitive, normalize| Folding {
            ascii,
            case_sensitive,
            normalize,
        };
        assert_eq!(
            folding(true, true, false).fold("Résumé Ærø ﬁn"),
            "Resume AEro fin"
        );
        assert_eq!(folding(false, false, false).fold("RÉSUMÉ"), "résumé");
        assert_eq!(folding(false, true, true).fold("e\u{301}"), "é");
        assert_eq!(folding(true, true, false).fold("Ωμέγα 日本"), "Ωμέγα 日本");
        assert_eq!(Folding::default().fold("É"), "É");
    }

    #[test]
    fn analyzers_find_the_words_of_a_text() {
        let terms = |analyzer: &str| {
            Analyzer::from_value(&Value::from(analyzer))
                .expect("an analyzer")
                .terms("The quick-brown Fox's 2nd den")
        };
        assert_eq!(
            terms("standard"),
            ["the", "quick", "brown", "fox's", "2nd", "den"]
        );
        assert_eq!(
            terms("simple"),
            ["the", "quick", "brown", "fox", "s", "nd", "den"]
        );
        assert_eq!(
            terms("whitespace"),
            ["The", "quick-brown", "Fox's", "2nd", "den"]
        );
        assert_eq!(terms("stop"), ["quick", "brown", "fox", "s", "nd", "den"]);
        assert_eq!(terms("english"), ["quick", "brown", "fox", "2nd", "den"]);
    }

    #[test]
    fn case_changes_letter_by_letter() {
        for (text, lower_case, upper_case) in [
            ("İstanbul", "istanbul", "İSTANBUL"),
            ("straße", "straße", "STRAßE"),
            ("STRAẞE", "straße", "STRAẞE"),
            ("ΟΔΟΣ", "οδοσ", "ΟΔΟΣ"),
            ("ﬁn ŉ", "ﬁn ŉ", "ﬁN ŉ"),
            ("ᾀ ᾳ ᾼ", "ᾀ ᾳ ᾳ", "ᾈ ᾼ ᾼ"),
            ("ı", "ı", "I"),
        ] {
            assert_eq!(letter_by_letter(text, lower), lower_case);
            assert_eq!(letter_by_letter(text, upper), upper_case);
        }
    }

    #[test]
    fn an_analyzer_can_be_put_together_of_parts() {
        let parts = crate::json::parse(
            br#"{"tokenizer":{"name":"whitespace"},"filters":[{"name":"lowercase"}]}"#,
        )
        .expect("JSON");
        assert_eq!(
            Analyzer::from_value(&parts)
                .expect("an analyzer")
                .terms("A b"),
            ["a", "b"]
        );
        let english = crate::json::parse(
            br#"{"tokenizer":{"name":"standard","args":{}},"filters":[{"name":"lowercase"},{"name":"stop"},
                 {"name":"porterstem"},{"name":"asciifolding"}],"charFilters":[]}"#,
        )
        .expect("JSON");
        assert_eq!(
            Analyzer::from_value(&english)
                .expect("an analyzer")
                .terms("The Caf\u{e9}s are connecting"),
            ["cafe", "connect"]
        );
        for unknown in [r#""klingon""#, r#"{"tokenizer":{"name":"x"}}"#, "{}", "7"] {
            let unknown = crate::json::parse(unknown.as_bytes()).expect("JSON");
            assert!(Analyzer::from_value(&unknown).is_err());
        }
    }
}
