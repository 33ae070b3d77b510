//! How a text is taken apart into terms.

use super::MAX_TERM_BYTES;
use super::filters::{TermFilter, stemmer_of};
use super::tokenizers::Tokenizer;
use crate::json::{Object, Value};

/// Filters of one analyzer. Each is applied to every term.
const MAX_FILTERS: usize = 32;

/// Analyzers of languages without stems: words in lower case.
const WITHOUT_STEMS: [&str; 17] = [
    "armenian",
    "basque",
    "bengali",
    "bulgarian",
    "catalan",
    "cjk",
    "czech",
    "estonian",
    "galician",
    "hindi",
    "indonesian",
    "irish",
    "latvian",
    "lithuanian",
    "persian",
    "sorani",
    "thai",
];

/// How a text index takes strings apart into terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Analyzer {
    /// As it was given.
    given: Value,
    tokenizer: Tokenizer,
    filters: Vec<TermFilter>,
}

/// Why there is no such analyzer: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UnknownAnalyzer {
    /// It is neither the name of one nor an object.
    Name(String),
    /// A part of the object is not known.
    Part(String),
}

impl UnknownAnalyzer {
    pub(crate) fn problem(self) -> String {
        match self {
            Self::Name(problem) | Self::Part(problem) => problem,
        }
    }
}

impl Analyzer {
    /// The analyzer of texts for which none was chosen.
    pub(crate) const STANDARD: &str = "standard";

    /// Reads the name of an analyzer, or an object of a `tokenizer` and `filters`, each with a `name`.
    pub(crate) fn from_value(given: &Value) -> Result<Self, UnknownAnalyzer> {
        let (tokenizer, filters) = match given {
            Value::String(name) => named(&name.to_ascii_lowercase()).ok_or_else(|| {
                UnknownAnalyzer::Name(format!(
                    "There is no analyzer '{name}' here. Those that exist are: standard, simple, whitespace, stop, \
                     lowercase, keyword, and names of languages such as english."
                ))
            })?,
            Value::Object(object) => from_parts(object).map_err(UnknownAnalyzer::Part)?,
            other => {
                return Err(UnknownAnalyzer::Name(format!(
                    "An analyzer is a name or an object; it is {}.",
                    other.kind()
                )));
            }
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
        if text.trim().is_empty() {
            return Vec::new();
        }
        let tokens = self.tokenizer.cut(text);
        let terms = self
            .filters
            .iter()
            .fold(tokens, |tokens, filter| filter.apply(tokens));
        terms.into_iter().filter(|term| !term.is_empty()).collect()
    }

    /// The terms of a text that is searched for, each once.
    pub(crate) fn query(&self, text: &str) -> Vec<String> {
        let mut terms = self.terms(text);
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// Whether a text can be stored: the bytes of its terms together are limited.
    pub(crate) fn has_room_for(&self, text: &str) -> bool {
        let terms = self.terms(text);
        terms.iter().map(String::len).sum::<usize>() <= MAX_TERM_BYTES
    }
}

fn named(name: &str) -> Option<(Tokenizer, Vec<TermFilter>)> {
    let lower = || vec![TermFilter::Lowercase];
    Some(match name {
        Analyzer::STANDARD => (Tokenizer::Words, lower()),
        "simple" => (Tokenizer::Letters, lower()),
        "whitespace" => (Tokenizer::Whitespace, Vec::new()),
        "stop" => (
            Tokenizer::Letters,
            vec![TermFilter::Lowercase, TermFilter::Stop],
        ),
        "lowercase" => (Tokenizer::Whole, lower()),
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
        language if WITHOUT_STEMS.contains(&language) => (Tokenizer::Words, lower()),
        language => {
            let stems = TermFilter::Stem(stemmer_of(language)?);
            (Tokenizer::Words, vec![TermFilter::Lowercase, stems])
        }
    })
}

fn from_parts(parts: &Object) -> Result<(Tokenizer, Vec<TermFilter>), String> {
    if parts.is_empty() {
        return Err("An analyzer of parts needs at least one of them.".to_owned());
    }
    let known = ["tokenizer", "filters", "charFilters"];
    if let Some(unknown) = parts.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(format!(
            "The part '{unknown}' of an analyzer is not known. The parts are: {}.",
            known.join(", ")
        ));
    }
    if !list(parts, "charFilters").is_empty() {
        return Err("There are no character filters here. Leave 'charFilters' out.".to_owned());
    }
    let tokenizer = match parts.get("tokenizer") {
        None | Some(Value::Null) => Tokenizer::Whole,
        Some(part) => {
            let (name, arguments) = name_of(part, "tokenizer")?;
            Tokenizer::named(&name, &arguments)?
        }
    };
    let filters = list(parts, "filters");
    if filters.len() > MAX_FILTERS {
        return Err(format!(
            "An analyzer has at most {MAX_FILTERS} filters; here are {}.",
            filters.len()
        ));
    }
    let filters = filters.iter().map(|part| {
        let (name, arguments) = name_of(part, "filter")?;
        TermFilter::named(&name, &arguments)
    });
    Ok((tokenizer, filters.collect::<Result<_, _>>()?))
}

fn list<'a>(parts: &'a Object, name: &str) -> &'a [Value] {
    let list = parts.get(name).and_then(Value::as_array);
    list.unwrap_or_default()
}

fn name_of(part: &Value, what: &str) -> Result<(String, Object), String> {
    let found = part.as_object().and_then(|part| {
        let name = part.get("name")?.as_str()?.to_ascii_lowercase();
        let arguments = part.get("args").and_then(Value::as_object);
        Some((name, arguments.cloned().unwrap_or_default()))
    });
    found.ok_or_else(|| format!("A {what} of an analyzer must be an object with a 'name'."))
}

#[cfg(test)]
mod tests {
    use super::*;

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
