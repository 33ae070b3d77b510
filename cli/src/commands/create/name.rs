//! Names a project may have.

use syn::Ident;

use crate::output::misused;
use crate::scaffold::{self, Sample};

/// A longer one is cut by whatever has to show it.
const LONGEST: usize = 64;

/// What `syn` does not count among the keywords: they are some in an edition only.
const KEYWORDS_OF_EDITIONS: [&str; 1] = ["gen"];

/// Crates that come with the compiler, and attributes of its tools.
const OF_RUST: [&str; 9] = [
    "alloc",
    "clippy",
    "core",
    "main",
    "miri",
    "proc_macro",
    "rustfmt",
    "std",
    "test",
];

/// A crate of this name would hide the type.
const TYPES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

/// Folders of a build, and folders that `.gitignore` and `.dockerignore` leave out.
const FOLDERS: [&str; 7] = [
    "build",
    "data",
    "deps",
    "examples",
    "incremental",
    "node_modules",
    "target",
];

/// Whether a name can be that of a package, a program and a folder.
pub(super) fn check(name: &str, sample: &Sample) -> anyhow::Result<()> {
    if let Some(problem) = form(name) {
        let hint = match suggestion(name, sample) {
            Some(suggestion) => format!("{suggestion} would do"),
            None => "my-project would do".to_owned(),
        };
        return Err(misused(
            format!("{name:?} cannot be the name of a project: {problem}"),
            hint,
        ));
    }
    match meaning(name, sample)? {
        None => Ok(()),
        Some(meaning) => Err(misused(
            format!("{name} cannot be the name of a project: {meaning}"),
            format!("my-{name} would do"),
        )),
    }
}

/// What is wrong with how a name is written.
fn form(name: &str) -> Option<&'static str> {
    let is_part = |part: &str| {
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !part.is_empty() && part.chars().all(is_allowed)
    };
    if !name.split(['-', '_']).all(is_part) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some("lowercase letters, digits and single - make one, a letter first");
    }
    (name.len() > LONGEST).then_some("it is longer than 64 characters")
}

/// What a name means already to Rust, to cargo, to Windows or to the sample.
fn meaning(name: &str, sample: &Sample) -> anyhow::Result<Option<&'static str>> {
    let crate_name = name.replace('-', "_");
    let is = |names: &[&str]| names.contains(&crate_name.as_str());
    if syn::parse_str::<Ident>(&crate_name).is_err() || is(&KEYWORDS_OF_EDITIONS) {
        return Ok(Some("it is a keyword of Rust"));
    }
    if is(&OF_RUST) {
        return Ok(Some("Rust has something of that name"));
    }
    if is(&TYPES) {
        return Ok(Some("Rust has a type of that name"));
    }
    if is(&FOLDERS) {
        return Ok(Some(
            "a folder that builds leave behind or ignore has that name",
        ));
    }
    if is_device(&crate_name) {
        return Ok(Some("Windows has a device of that name"));
    }
    let taken = scaffold::taken_names()?;
    if taken.contains(name)
        || taken.contains(&crate_name)
        || taken.contains(&name.replace('_', "-"))
    {
        return Ok(Some("a crate it depends on has that name"));
    }
    if name != sample.name && scaffold::names_in_code(sample)?.contains(&crate_name) {
        return Ok(Some("the code of the sample uses that name"));
    }
    Ok(None)
}

/// Names that no file can have on Windows, whatever its ending.
fn is_device(name: &str) -> bool {
    let is_numbered = ["com", "lpt"].iter().any(|port| {
        let number = name.strip_prefix(port).unwrap_or_default();
        number.len() == 1 && number.starts_with(|c: char| c.is_ascii_digit())
    });
    is_numbered || matches!(name, "aux" | "con" | "nul" | "prn")
}

fn suggestion(name: &str, sample: &Sample) -> Option<String> {
    let words = name.to_lowercase();
    let words = words.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit());
    let joined = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let joined = joined.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let short: String = joined.chars().take(LONGEST).collect();
    let short = short.trim_end_matches('-');
    (!short.is_empty() && check(short, sample).is_ok()).then(|| short.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Hinted;

    fn sample(name: &str) -> Sample {
        let mut samples = scaffold::samples().unwrap().into_iter();
        samples.find(|sample| sample.name == name).unwrap()
    }

    fn shop() -> Sample {
        sample("ecommerce")
    }

    #[test]
    fn names_of_packages_are_taken() {
        let longest = "a".repeat(64);
        let names = [
            "my-shop",
            "shop2",
            "a",
            "my_shop",
            "ecommerce",
            "reviews",
            "discord-bot",
            "shop",
            "bot",
            "garage",
            "com",
            "com10",
            "union",
            "auto",
            "raw",
            "safe",
            "default",
            "macro-rules",
            "x86-64",
            "generator",
            &longest,
        ];
        for sample in scaffold::samples().unwrap() {
            for name in names {
                check(name, &sample)
                    .unwrap_or_else(|error| panic!("{name} of {}: {error}", sample.name));
            }
        }
    }

    #[test]
    fn names_with_another_meaning_are_refused() {
        // Every keyword of the Reference, of all editions: strict, reserved, and the raw identifiers that cannot be.
        let keywords = "abstract as async await become box break const continue crate do dyn else enum extern false \
            final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static \
            struct super trait true try type typeof unsafe unsized use virtual where while yield";
        let of_rust = "alloc clippy core main proc_macro proc-macro rustfmt std test";
        let types = "bool char str u8 i128 usize f64";
        let folders = "build data deps examples incremental node_modules target";
        let devices = "aux con nul prn com0 com1 com9 lpt0 lpt1 lpt9";
        let crates =
            "axum serde_json serde-json astra-db astra_db astra-dev shared tests tokio rustls h2";
        let code = "stripe stripe-core stripe-types";
        let cases = [
            (keywords, "a keyword of Rust"),
            (of_rust, "Rust has something"),
            (types, "Rust has a type"),
            (folders, "a folder that builds"),
            (devices, "Windows has a device"),
            (crates, "a crate it depends on"),
            (code, "the code of the sample"),
        ];
        for (names, reason) in cases {
            for name in names.split_whitespace() {
                let error = check(name, &shop()).expect_err(name);
                assert!(error.to_string().contains(reason), "{error}");
                let hint = error.downcast::<Hinted>().unwrap().hint;
                assert_eq!(hint, format!("my-{name} would do"));
                check(&format!("my-{name}"), &shop()).unwrap();
            }
        }
    }

    #[test]
    fn others_are_refused_with_one_that_would_do() {
        let too_long = "a".repeat(65);
        let cut = format!("{} would do", "a".repeat(64));
        let cases = [
            ("My Shop!", "my-shop would do"),
            ("2fast", "fast would do"),
            ("../up", "up would do"),
            ("-x-", "x would do"),
            ("a--b", "a-b would do"),
            ("a-_b", "a-b would do"),
            ("my__shop", "my-shop would do"),
            ("", "my-project would do"),
            ("é", "my-project would do"),
            ("Yield", "my-project would do"),
            (".", "my-project would do"),
            ("con.txt", "con-txt would do"),
            (&too_long, &cut),
        ];
        for (name, expected) in cases {
            let hint = check(name, &shop())
                .unwrap_err()
                .downcast::<Hinted>()
                .unwrap()
                .hint;
            assert_eq!(hint, expected, "{name}");
        }
    }
}
