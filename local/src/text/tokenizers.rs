//! Texts cut into the first terms of an analyzer.

use super::filters::grams;
use super::words;
use crate::json::Object;

/// How a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tokenizer {
    /// Words as Unicode has them (UAX #29).
    Words,
    Letters,
    Whitespace,
    Whole,
    /// Runs of so many characters, across blanks too.
    Grams {
        least: usize,
        most: usize,
    },
    /// Such runs from the beginning of the text alone.
    EdgeGrams {
        least: usize,
        most: usize,
    },
}

/// The names of Lucene's tokenizers that exist here, for messages.
pub(super) const NAMES: &str = "standard, letter, whitespace, keyword, ngram, edgengram";

impl Tokenizer {
    /// The tokenizer of a name in lower case.
    pub(super) fn named(name: &str, arguments: &Object) -> Result<Self, String> {
        let sizes = || super::filters::gram_sizes(arguments, 1, 2);
        Ok(match name {
            "standard" => Self::Words,
            "letter" => Self::Letters,
            "whitespace" => Self::Whitespace,
            "keyword" => Self::Whole,
            "ngram" => {
                let (least, most) = sizes()?;
                Self::Grams { least, most }
            }
            "edgengram" => {
                let (least, most) = super::filters::gram_sizes(arguments, 1, 1)?;
                Self::EdgeGrams { least, most }
            }
            other => {
                return Err(format!(
                    "There is no tokenizer '{other}' here. Those that exist are: {NAMES}."
                ));
            }
        })
    }

    pub(super) fn cut(self, text: &str) -> Vec<String> {
        match self {
            Self::Words => words::words(text),
            Self::Letters => words::letters(text),
            Self::Whitespace => words::between_spaces(text),
            Self::Whole => vec![text.to_owned()],
            Self::Grams { least, most } => grams([text.to_owned()], least, most, false),
            Self::EdgeGrams { least, most } => grams([text.to_owned()], least, most, true),
        }
    }
}
