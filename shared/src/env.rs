//! Typed look-ups of environment variables that collect every problem before anything is reported.
//!
//! A person who has three settings wrong should read about three settings, not fix one, start again and meet the next.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::SecretString;

/// Reads settings through a look-up and notes what is wrong with them.
///
/// The look-up is a closure, [`dotenv::below`](crate::dotenv::below) in `main` and [`of`] in tests, so that nothing has to change the
/// environment of the process. A variable that is empty counts as not set, and white space around a value is dropped:
/// both come from `.env` and compose files.
///
/// ```
/// use shared::env::{self, Env, SettingsErrors};
///
/// struct Settings { retries: u8 }
///
/// fn read(lookup: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<Settings, SettingsErrors> {
///     let mut env = Env::new(&lookup);
///     let retries = env.parse_or("RETRIES", 3, "a number such as 3");
///     env.finish(|| Ok(Settings { retries: retries? }))
/// }
///
/// assert_eq!(read(env::of(&[("RETRIES", "5")])).unwrap().retries, 5);
/// assert_eq!(
///     read(env::of(&[("RETRIES", "often")])).err().unwrap().to_string(),
///     "1 setting needs attention:\n  RETRIES is \"often\", expected a number such as 3",
/// );
/// ```
pub struct Env<'a> {
    lookup: &'a dyn Fn(&str) -> Option<OsString>,
    problems: Vec<String>,
}

/// Stands for a problem that has been noted in an [`Env`]: only [`Env::problem`] makes one.
///
/// It lets a reader of settings use `?` without carrying the problem itself around.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Noted;

/// Every problem found in the settings, in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors(Vec<String>);

/// A look-up over pairs, for tests and for settings that come from elsewhere.
///
/// ```
/// let lookup = shared::env::of(&[("PORT", "0")]);
/// assert_eq!(lookup("PORT"), Some("0".into()));
/// assert_eq!(lookup("HOST"), None);
/// ```
pub fn of(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> + use<> {
    let map: BTreeMap<String, OsString> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.into()))
        .collect();
    move |name| map.get(name).cloned()
}

impl<'a> Env<'a> {
    /// Starts reading through `lookup`.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// The text of a variable, `None` where it is not set or empty. A value that is not UTF-8 is noted as a problem.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let Ok(value) = (self.lookup)(name)?.into_string() else {
            self.problem(format!("{name} is not valid UTF-8, expected plain text"));
            return None;
        };
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The text of a variable that must not be shown.
    pub fn secret(&mut self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// A variable read as `T`, or `default` where it is not set.
    ///
    /// `expected` completes the sentence "`NAME` is …, expected", with an example: `"a number such as 8080"`.
    pub fn parse_or<T: FromStr>(
        &mut self,
        name: &str,
        default: T,
        expected: &str,
    ) -> Result<T, Noted> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| self.problem(format!("{name} is {text:?}, expected {expected}"))),
        }
    }

    /// A number within `range`, or `default` where the variable is not set.
    pub fn number_or<T: FromStr + PartialOrd + fmt::Display>(
        &mut self,
        name: &str,
        default: T,
        range: RangeInclusive<T>,
    ) -> Result<T, Noted> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (from, to) = range.into_inner();
            self.problem(format!(
                "{name} is {text:?}, expected a number from {from} to {to}"
            ))
        })
    }

    /// Notes a problem: a sentence that names the variable, what is wrong with it, and an example of what is right.
    /// It must not contain a secret.
    pub fn problem(&mut self, sentence: impl Into<String>) -> Noted {
        self.problems.push(sentence.into());
        Noted
    }

    /// Builds the settings, or reports every problem noted on the way.
    pub fn finish<T>(self, build: impl FnOnce() -> Result<T, Noted>) -> Result<T, SettingsErrors> {
        match build() {
            Ok(settings) if self.problems.is_empty() => Ok(settings),
            _ => Err(SettingsErrors(self.problems)),
        }
    }
}

impl fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}

impl SettingsErrors {
    /// The problems, one sentence each.
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 setting needs attention:")?,
            count => write!(f, "{count} settings need attention:")?,
        }
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for SettingsErrors {}
