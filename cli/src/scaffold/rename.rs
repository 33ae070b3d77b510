//! The application's new name, wherever the old one names the package, its crate or its program.
//!
//! The old name may be an ordinary word, too: `reviews` is a sample and one of its tables. So it is replaced where it can
//! only mean the package, and nowhere else.

use std::path::Path;

/// From one package name to another.
pub(super) struct Renaming {
    old: String,
    new: String,
    old_crate: String,
    new_crate: String,
}

/// In front of a package's name.
const BEFORE: [&str; 14] = [
    "-p ",
    "--package ",
    "--package=",
    "--bin ",
    "--bin=",
    "APP=",
    "APP:-",
    "CARGO_BIN_EXE_",
    "apps/",
    "debug/",
    "release/",
    "usage: ",
    "$ ",
    "/bin/",
];

/// How the sources start this tool, and how somebody does who has it, but not its sources.
const RUNNING_THE_TOOL: [&str; 2] = ["cargo run -p astra-dev -- ", "astra-dev "];

/// Behind the name of a crate in a log filter: `ecommerce=debug`.
const LEVELS: [&str; 6] = ["=trace", "=debug", "=info", "=warn", "=error", "=off"];

impl Renaming {
    pub(super) fn new(old: &str, new: &str) -> Self {
        Self {
            old: old.to_owned(),
            new: new.to_owned(),
            old_crate: old.replace('-', "_"),
            new_crate: new.replace('-', "_"),
        }
    }

    /// What a file says.
    pub(super) fn text(&self, path: &str, text: &str) -> String {
        if !path.starts_with(&format!("apps/{}/", self.old)) {
            return self.commands(text);
        }
        let end = Path::new(path).extension();
        let (is_rust, is_page) = (end == Some("rs".as_ref()), end == Some("md".as_ref()));
        // A library does not name itself, but its module of the same word; its documentation may name it.
        let is_library = is_rust && path.contains("/src/") && !path.ends_with("/src/main.rs");
        let mut lines: Vec<String> = Vec::new();
        for line in text.split('\n') {
            if is_page && self.is_title(line) {
                lines.push(line.replace(&self.old, &self.new));
                continue;
            }
            let mut line = self.commands(line);
            let is_documentation = ["///", "//!"]
                .iter()
                .any(|mark| line.trim_start().starts_with(mark));
            if !is_library {
                line = self.code_spans(&line);
            }
            lines.push(if is_library && !is_documentation {
                line
            } else {
                self.crate_paths(&line)
            });
        }
        lines.join("\n")
    }

    /// `# reviews`
    fn is_title(&self, line: &str) -> bool {
        let title = line.trim_start_matches('#');
        title.len() < line.len() && title.trim() == self.old
    }

    /// The name alone between backticks. A library means its module of the same word.
    fn code_spans(&self, line: &str) -> String {
        replace_words(line, &self.old, &self.new, |before, behind| {
            before.ends_with('`') && behind.starts_with('`')
        })
    }

    /// The lock file; cargo takes out of it by itself what is not needed any more.
    pub(super) fn lock(&self, lock: &str) -> String {
        let name = |name: &str| format!("\nname = \"{name}\"\n");
        lock.replace(&name(&self.old), &name(&self.new))
    }

    /// The package in commands, paths and messages.
    fn commands(&self, text: &str) -> String {
        let [from, to] = RUNNING_THE_TOOL;
        let text = text.replace(from, to);
        // The application is the root of its project.
        let text = text.replace(&format!("apps/{}/", self.old), "");
        let is_a_word = !self.old.contains('-');
        let text = replace_words(&text, &self.old, &self.new, |before, behind| {
            BEFORE.iter().any(|word| before.ends_with(word))
                // `discord-bot register`: a command with its argument. `reviews` alone may be a table.
                || (before.ends_with('`') && (behind.starts_with(' ') || (!is_a_word && behind.starts_with('`'))))
        });
        replace_words(&text, &self.old_crate, &self.new_crate, |_, behind| {
            LEVELS.iter().any(|level| behind.starts_with(level))
        })
    }

    /// `ecommerce::app`, but not `store::ecommerce::app`.
    fn crate_paths(&self, line: &str) -> String {
        replace_words(line, &self.old_crate, &self.new_crate, |before, behind| {
            behind.starts_with("::") && !before.ends_with("::") && !before.ends_with('.')
        })
    }
}

/// Replaces a word where what stands before and behind it says so.
pub(super) fn replace_words(
    text: &str,
    old: &str,
    new: &str,
    fits: impl Fn(&str, &str) -> bool,
) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for (start, _) in text.match_indices(old) {
        let (before, behind) = (&text[..start], &text[start + old.len()..]);
        let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        // CARGO_BIN_EXE_ and APP:- end with a part of a word themselves.
        let begins =
            !before.ends_with(part_of_word) || BEFORE.iter().any(|word| before.ends_with(word));
        if begins && !behind.starts_with(part_of_word) && fits(before, behind) {
            replaced.push_str(&text[done..start]);
            replaced.push_str(new);
            done = start + old.len();
        }
    }
    replaced.push_str(&text[done..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_word_stays_where_it_is_no_package() {
        let renaming = Renaming::new("reviews", "my-cars");
        let test = "use reviews::app;\nlet rows = store::reviews::all();\nlet reviews = vec![]; // reviews\nenv!(\"CARGO_BIN_EXE_reviews\")";
        assert_eq!(
            renaming.text("apps/reviews/tests/it/main.rs", test),
            "use my_cars::app;\nlet rows = store::reviews::all();\nlet reviews = vec![]; // reviews\nenv!(\"CARGO_BIN_EXE_my-cars\")"
        );
        let library = "//! use reviews::app;\nuse crate::reviews;\nreviews::all();\nstruct Row; // \"reviews\"";
        assert_eq!(
            renaming.text("apps/reviews/src/routes.rs", library),
            "//! use my_cars::app;\nuse crate::reviews;\nreviews::all();\nstruct Row; // \"reviews\""
        );
    }

    #[test]
    fn commands_and_paths_follow() {
        let renaming = Renaming::new("discord-bot", "my-bot");
        let page = "cargo run -p discord-bot -- seed; target/release/discord-bot; see apps/discord-bot/src, `discord-bot register` and `discord-bot`\ncargo run -p astra-dev -- serve\nRUST_LOG=discord_bot=debug; a discord-bot; discord-bots";
        assert_eq!(
            renaming.text("apps/discord-bot/README.md", page),
            "cargo run -p my-bot -- seed; target/release/my-bot; see src, `my-bot register` and `my-bot`\nastra-dev serve\nRUST_LOG=my_bot=debug; a discord-bot; discord-bots"
        );
        let renaming = Renaming::new("reviews", "my-cars");
        assert_eq!(
            renaming.text(
                "apps/reviews/README.md",
                "# reviews\n## reviews of all\nThe reviews of `reviews`; `reviews health`"
            ),
            "# my-cars\n## reviews of all\nThe reviews of `my-cars`; `my-cars health`"
        );
    }
}
