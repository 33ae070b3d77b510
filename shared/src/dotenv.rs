//! Files of `NAME=value` lines such as `.env`: read as a shell and docker compose read them, and changed without touching
//! what others wrote.

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
        Ok(text) => match malformed_line(&text) {
            None => parse(&text),
            Some(line) => return Err(DotenvError::Malformed { line }),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(DotenvError::Unreadable(error)),
    };
    Ok(move |name: &str| environment(name).or_else(|| file.get(name).map(OsString::from)))
}

/// The variables in a text. A line that is none is passed over, as a shell script may stand around them.
pub fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, value) = assignment(line)?;
            Some((name.to_owned(), unquoted(value).0))
        })
        .collect()
}

/// The same text with these variables set: in their places if they were there, else at the end. Every other line stays
/// as it is.
pub fn merged(text: &str, variables: &[(&str, String)]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut left: Vec<&(&str, String)> = variables.iter().collect();
    for line in text.lines() {
        let name = assignment(line).map(|(name, _)| name);
        let set = variables.iter().find(|(set, _)| Some(*set) == name);
        let Some((set, value)) = set else {
            lines.push(line.to_owned());
            continue;
        };
        // A name that stands there twice is set once: the last one would count.
        if left.iter().any(|(name, _)| name == set) {
            let export = if line.trim_start().starts_with("export ") {
                "export "
            } else {
                ""
            };
            lines.push(format!("{export}{}", line_of(set, value)));
            left.retain(|(name, _)| name != set);
        }
    }
    lines.extend(left.iter().map(|(name, value)| line_of(name, value)));
    lines.join("\n") + "\n"
}

/// `NAME=value`, quoted where a shell needs it.
pub fn line_of(name: &str, value: &str) -> String {
    format!("{name}={}", quoted(value))
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let (name, value) = line.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some((name, value.trim()))
}

/// The first line that is not blank, a comment or `NAME=value`, from 1.
fn malformed_line(text: &str) -> Option<usize> {
    let is_blank = |text: &str| text.is_empty() || text.starts_with('#');
    let is_read = |line: &str| {
        let value = assignment(line).map(|(_, value)| unquoted(value).1);
        is_blank(line.trim()) || value.flatten().is_some_and(|after| is_blank(after.trim()))
    };
    text.lines()
        .position(|line| !is_read(line))
        .map(|at| at + 1)
}

/// A value, and what stands after it; `None` where its quote is not closed.
fn unquoted(value: &str) -> (String, Option<&str>) {
    if let Some(inside) = value.strip_prefix('\'') {
        let (text, after) = match inside.split_once('\'') {
            Some((text, after)) => (text, Some(after)),
            None => (inside, None),
        };
        return (text.to_owned(), after);
    }
    if let Some(inside) = value.strip_prefix('"') {
        return unescaped(inside);
    }
    // Without quotes, white space and what begins with "#" after it is a comment.
    let is_comment = |at: &(usize, char)| value[..at.0].ends_with(char::is_whitespace);
    let mut hashes = value.char_indices().filter(|at| at.1 == '#');
    let end = hashes.find(is_comment).map_or(value.len(), |at| at.0);
    let text = value[..end].trim_end();
    let word = text.find(char::is_whitespace).unwrap_or(text.len());
    (text.to_owned(), Some(&text[word..]))
}

/// Up to the closing quote, with `\"`, `\\`, `\$`, `` \` `` and `\n` taken back, and what stands after it.
fn unescaped(inside: &str) -> (String, Option<&str>) {
    let mut text = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return (text, Some(characters.as_str())),
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some(escaped @ ('"' | '\\' | '$' | '`')) => text.push(escaped),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    (text, None)
}

/// A value as a word of the shell, in quotes where it needs them.
pub fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/@%+,=[]".contains(c);
    if value.chars().all(is_plain) {
        return value.to_owned();
    }
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let mut text = String::from("\"");
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '$' | '`') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
    text
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
    use test_support::small_stack;

    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        for value in [
            "plain",
            "",
            "two words",
            "it's",
            r#"a"b'c$d`e\f"#,
            "#x",
            "a #b",
        ] {
            let text = merged("", &[("SECRET", value.to_owned())]);
            assert_eq!(parse(&text)["SECRET"], value, "{text}");
            assert_eq!(malformed_line(&text), None, "{text}");
        }
    }

    #[test]
    fn a_shell_reads_what_is_written() {
        let value = r#"a"b'c$d`e\f g"#;
        let script = format!(
            "{}printf %s \"$SECRET\"",
            merged("", &[("SECRET", value.to_owned())])
        );
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), value);
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        let before =
            "# mine\nPORT=1\n\nexport KEY = odd\nexport URL='old' # why\nURL=older\nOTHER=\"x y\"";
        let variables = [("URL", "new".to_owned()), ("ADDED", "1".to_owned())];
        assert_eq!(
            merged(before, &variables),
            "# mine\nPORT=1\n\nexport KEY = odd\nexport URL=new\nOTHER=\"x y\"\nADDED=1\n"
        );
    }

    #[test]
    fn comments_and_quotes_are_understood() {
        let text = "A=1 # one\nB='2 # two'\n C = 3\nexport D=\"4\\\"\"\nnothing\n#E=5\nF=";
        let expected = [("A", "1"), ("B", "2 # two"), ("D", "4\""), ("F", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parse(text), BTreeMap::from(expected));
    }

    #[test]
    fn values_are_read_as_a_shell_reads_them() {
        let text =
            "# a comment\n\nPORT=8080\t# here\nexport HOST='0.0.0.0'\nTOKEN='a$b #c'\nPORT=9\n";
        let read = parse(text);
        assert_eq!(malformed_line(text), None);
        let value = |name: &str| read.get(name).map(String::as_str);
        assert_eq!(value("PORT"), Some("9"));
        assert_eq!(value("HOST"), Some("0.0.0.0"));
        assert_eq!(value("TOKEN"), Some("a$b #c"));
    }

    #[test]
    fn a_malformed_line_is_named_and_not_shown() {
        for line in ["TOKEN=hush hush", "TOKEN='hush", "hush", "A='b\nc' hush"] {
            let text = format!("# TOKEN=hush\nHOST=a\n{line}");
            assert_eq!(malformed_line(&text), Some(3), "{line}");
            let error = DotenvError::Malformed { line: 3 };
            assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
        }
    }

    #[test]
    fn adversarial_files_of_settings_keep_what_is_set() {
        const PIECES: &[&[u8]] = &[
            b"A",
            b"=",
            b"\"",
            b"'",
            b"\\",
            b"#",
            b" #",
            b"$",
            b"`",
            b"\n",
            b"\r\n",
            b"export ",
            b"A=1\n",
            b"\xef\xbb\xbf",
            b"\xff",
        ];
        let strategy = (small_stack::text(PIECES), "[ -~]{0,40}");
        small_stack::check(strategy, |(text, value)| {
            malformed_line(&text);
            let read = parse(&text);
            let before: usize = read
                .iter()
                .map(|(name, value)| name.len() + value.len())
                .sum();
            assert!(before <= text.len());
            let merged = merged(&text, &[("A", value.clone())]);
            assert_eq!(parse(&merged)["A"], value, "{merged}");
            for (name, value) in read.iter().filter(|(name, _)| *name != "A") {
                assert_eq!(&parse(&merged)[name], value);
            }
        });
    }
}
