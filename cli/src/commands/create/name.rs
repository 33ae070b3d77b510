//! Names a project may have.

use crate::output::hinted;
use crate::scaffold;

/// Names with a meaning of their own: to Rust, to cargo's folders, or to Windows.
const RESERVED: [&str; 65] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "aux",
    "become",
    "box",
    "break",
    "build",
    "com1",
    "con",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "lpt1",
    "macro",
    "main",
    "match",
    "mod",
    "move",
    "mut",
    "nul",
    "override",
    "priv",
    "prn",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "target",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
];

/// Whether a name can be that of a package, a program and a folder.
pub(super) fn check(name: &str) -> anyhow::Result<()> {
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        && name.len() <= 64;
    if !fits {
        let hint = match suggestion(name) {
            Some(suggestion) => format!("{suggestion} would do"),
            None => "my-project would do".to_owned(),
        };
        return Err(hinted(
            format!(
                "{name:?} cannot be the name of a project: small letters, digits and - make one, a letter first"
            ),
            hint,
        ));
    }
    let other = |c: &str| {
        hinted(
            format!("{name} cannot be the name of a project: {c}"),
            format!("my-{name} would do"),
        )
    };
    if RESERVED.contains(&name.replace('-', "_").as_str()) {
        return Err(other("it has a meaning of its own"));
    }
    let taken = scaffold::taken_names()?;
    if taken.contains(name)
        || taken.contains(&name.replace('_', "-"))
        || taken.contains(&name.replace('-', "_"))
    {
        return Err(other("a crate it depends on has that name"));
    }
    Ok(())
}

fn suggestion(name: &str) -> Option<String> {
    let words = name.to_lowercase();
    let words = words.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit());
    let joined = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let joined = joined.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let short: String = joined.chars().take(64).collect();
    let short = short.trim_end_matches('-');
    (!short.is_empty() && check(short).is_ok()).then(|| short.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Hinted;

    #[test]
    fn names_of_packages_are_taken() {
        for name in ["my-shop", "shop2", "a", "my_shop", "ecommerce", "reviews"] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn others_are_refused_with_one_that_would_do() {
        let hint = |name: &str| check(name).unwrap_err().downcast::<Hinted>().unwrap().hint;
        assert_eq!(hint("My Shop!"), "my-shop would do");
        assert_eq!(hint("2fast"), "fast would do");
        assert_eq!(hint("../up"), "up would do");
        assert_eq!(hint("-x-"), "x would do");
        assert_eq!(hint(""), "my-project would do");
        assert_eq!(hint("é"), "my-project would do");
        assert_eq!(hint("test"), "my-test would do");
        assert_eq!(hint("proc-macro"), "my-proc-macro would do");
        assert_eq!(hint("serde_json"), "my-serde_json would do");
        assert_eq!(hint("shared"), "my-shared would do");
        assert_eq!(hint("astra_db"), "my-astra_db would do");
    }
}
