//! Files of `NAME=value` lines: read as a shell and docker compose read them, and changed without touching what others wrote.

use std::collections::BTreeMap;

/// The variables in a text. A line that is none is passed over, as a shell script may stand around them.
pub fn parse(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, value) = assignment(line)?;
            Some((name.to_owned(), unquoted(value)))
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

fn unquoted(value: &str) -> String {
    if let Some(inside) = value.strip_prefix('\'') {
        return inside.split('\'').next().unwrap_or_default().to_owned();
    }
    if let Some(inside) = value.strip_prefix('"') {
        return unescaped(inside);
    }
    // Without quotes, white space and what begins with "#" after it is a comment.
    let end = value.find(" #").unwrap_or(value.len());
    value[..end].trim_end().to_owned()
}

/// Up to the closing quote, with `\"`, `\\`, `\$`, `` \` `` and `\n` taken back.
fn unescaped(inside: &str) -> String {
    let mut text = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some(escaped @ ('"' | '\\' | '$' | '`')) => text.push(escaped),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
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
