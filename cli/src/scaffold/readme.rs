//! The front page of a project, and that of its `vendor`.

use std::collections::BTreeMap;

use super::Sample;

/// The README of a project that is built by Rust of this version or a newer one: that of its application, `page`, with what
/// is to be known of the project before it.
pub(super) fn readme(sample: &Sample, name: &str, rust: &str, page: &str) -> String {
    let Sample {
        name: sample,
        description,
    } = sample;
    let version = env!("CARGO_PKG_VERSION");
    let page = page.split_once('\n').map_or("", |(_title, page)| page);
    let questions = contents(page);
    format!(
        "\
# {name}

{description}. Made from the sample `{sample}` of astra-dev {version}.

```sh
cargo run                   # no account, no configuration: the data is in ./data
cargo test                  # its tests, offline
```

You need Rust {rust} or newer and a C compiler (SQLite is built from source). The first build takes a few minutes.

On this page: {questions}.

| Folder | What it is |
|---|---|
| `src`, `tests` and what lies beside them | The application: yours to change |
| [docker](docker/README.md) | What deploys it: containers, AWS Lambda, fly.io |
| [vendor](vendor/README.md) | The crates it stands on: they need not be opened |
| `.ci/run` | The gate a change has to pass: formatting, clippy, tests, documentation; on GitHub it runs for every change |

**On a database of yours.** `astra-dev connect --write` asks for what it needs, tries the connection out, and writes `.env`;
[.env.example](.env.example) has all settings there are. Then `cargo run`. Nothing set means the
embedded database, in `./data`.
{page}
Licensed under [Apache-2.0](LICENSE).
"
    )
}

/// How long a line of Markdown is at most.
const WIDTH: usize = 116;

/// Links to the sections of a page.
fn contents(page: &str) -> String {
    let mut is_code = false;
    let titles = page.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code && line.starts_with("## ")
    });
    let links = titles.map(|title| {
        let title = title.trim_start_matches("## ");
        let anchor: String = title
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        format!("[{title}](#{anchor})")
    });
    let mut text = String::new();
    let mut width = "On this page: ".len();
    for link in links {
        let separator = match width + link.len() {
            _ if text.is_empty() => "",
            longer if longer > WIDTH => " ·\n",
            _ => " · ",
        };
        width = if separator.ends_with('\n') {
            0
        } else {
            width + separator.len()
        };
        width += link.len();
        text.extend([separator, &link]);
    }
    text
}

/// What a crate in `vendor` is, and whether it is to be published.
const CRATES: [(&str, &str, bool); 7] = [
    ("astra-db", "the client of the Data API", true),
    ("astra-db-derive", "its derives", true),
    (
        "astra-local",
        "the Data API over SQLite, inside the application while no database is named",
        true,
    ),
    ("shared", "settings, connect, logs, serve", false),
    (
        "test-support",
        "what tests use: a clock, a server as a process, a browser",
        false,
    ),
    ("stripe-stand-in", "a stand-in for Stripe, for tests", false),
    ("three-nodes", "a database of three nodes, for tests", false),
];

/// The README of `vendor`, which has these crates.
pub(super) fn vendor(crates: &BTreeMap<String, String>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let there = CRATES
        .iter()
        .filter(|(name, ..)| crates.values().any(|it| it == name));
    let lines = there.map(|(name, what, is_published)| {
        let published = if *is_published {
            "; to be on crates.io one day"
        } else {
            ""
        };
        format!("- [{name}]({name}): {what}{published}\n")
    });
    let lines: String = lines.collect();
    format!(
        "\
# vendor

The crates the application stands on, of astra-dev {version}, as they would be published: without their tests and benches.

{lines}
For a newer version replace this folder with that of a project that a newer `astra-dev create` makes, then run `cargo test`.
What you change here is lost then. Of a crate from crates.io, `Cargo.toml` names the version in place of the path.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_linked_as_github_names_them() {
        let page = "a\n## What it's for: `x`\n```sh\n## no\n```\n## Invite it\n";
        assert_eq!(
            contents(page),
            "[What it's for: `x`](#what-its-for-x) · [Invite it](#invite-it)"
        );
    }
}
