//! Strings that regular indexes take for equal.

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
pub(super) fn to_ascii(text: &str) -> String {
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
}
