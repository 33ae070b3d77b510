//! The file `.env` in the working directory, for settings that the environment does not have.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};

use crate::serve::LAMBDA_RUNTIME_API;

const FILE: &str = ".env";

/// `.env` cannot be used. The message names the line and never shows it, since it may hold a secret.
#[derive(Debug)]
pub enum DotenvError {
    /// The file is there and cannot be read.
    Unreadable(io::Error),
    /// A line is not `NAME=value`. The first line has the number 1.
    Malformed {
        /// Which line.
        line: usize,
    },
}

/// The look-up of a program: its environment and, for what is not set there, the file `.env` in the working directory if
/// there is one. On AWS Lambda there is none to read. Nothing is changed in the environment itself.
///
/// # Errors
///
/// When the file cannot be read, or a line of it is malformed.
pub fn below(
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<impl Fn(&str) -> Option<OsString>, DotenvError> {
    let file = match std::fs::read_to_string(FILE) {
        _ if environment(LAMBDA_RUNTIME_API).is_some() => BTreeMap::new(),
        Ok(text) => parse(&text)?,
        Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(DotenvError::Unreadable(error)),
    };
    Ok(move |name: &str| environment(name).or_else(|| file.get(name).map(OsString::from)))
}

/// The variables of a file. The last line counts that sets a variable.
fn parse(text: &str) -> Result<BTreeMap<String, String>, DotenvError> {
    variables(text).map_err(|_| DotenvError::Malformed {
        line: malformed_line(text),
    })
}

fn variables(text: &str) -> Result<BTreeMap<String, String>, dotenvy::Error> {
    dotenvy::Iter::new(text.as_bytes()).collect()
}

/// The line after the longest beginning that can be read: the error itself has a part of the line and no number.
fn malformed_line(text: &str) -> usize {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let beginnings = (0..lines.len()).rev();
    let mut readable = beginnings.filter(|count| variables(&lines[..*count].concat()).is_ok());
    readable.next().unwrap_or_default() + 1
}

impl std::fmt::Display for DotenvError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(_) => write!(f, "{FILE} cannot be read"),
            Self::Malformed { line } => write!(
                f,
                "line {line} of {FILE} is not NAME=value: put a value with spaces, quotes, `#` or `$` in single quotes"
            ),
        }
    }
}

impl std::error::Error for DotenvError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            Self::Malformed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_a_shell_reads_them() {
        let text =
            "# a comment\n\nPORT=8080 # here\nexport HOST='0.0.0.0'\nTOKEN='a$b #c'\nPORT=9\n";
        let read = parse(text).unwrap();
        let value = |name: &str| read.get(name).map(String::as_str);
        assert_eq!(value("PORT"), Some("9"));
        assert_eq!(value("HOST"), Some("0.0.0.0"));
        assert_eq!(value("TOKEN"), Some("a$b #c"));
    }

    #[test]
    fn a_malformed_line_is_named_and_not_shown() {
        for line in ["TOKEN=hush hush", "TOKEN='hush", "hush", "A='b\nc' hush"] {
            let error = parse(&format!("# TOKEN=hush\nHOST=a\n{line}")).unwrap_err();
            assert!(
                matches!(error, DotenvError::Malformed { line: 3 }),
                "{line}: {error}"
            );
            assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
        }
    }
}
