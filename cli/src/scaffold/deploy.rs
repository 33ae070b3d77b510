//! What deploys the applications, in `docker` and `.github`: for all of them in the sources, for one in a copy.

use std::path::Path;

use super::Sample;
use super::rename::replace_words;

/// A program of the sources that no copy has.
const TOOL: &str = "astra-dev";

/// Whether a file is one of these.
pub(super) fn deploys(path: &str) -> bool {
    path.starts_with("docker/") || path.starts_with(".github/")
}

/// The files that deploy, made to be about one application of a new name.
pub(super) struct Deployment<'a> {
    samples: &'a [Sample],
    sample: &'a str,
    name: &'a str,
    /// Where the samples come from, which is not where a copy comes from.
    repository: &'a str,
}

impl<'a> Deployment<'a> {
    pub(super) fn new(
        samples: &'a [Sample],
        sample: &'a Sample,
        name: &'a str,
        repository: &'a str,
    ) -> Self {
        let sample = &sample.name;
        Self {
            samples,
            sample,
            name,
            repository,
        }
    }

    pub(super) fn sample(&self) -> &str {
        self.sample
    }

    /// Where a file goes: `lambda/ecommerce.yaml` under the new name, nowhere if it is about another program.
    pub(super) fn path(&self, path: &str) -> Option<String> {
        let is_other = |word: &str| word == TOOL || (self.is_sample(word) && word != self.sample);
        if path.split(['/', '.']).any(is_other) {
            return None;
        }
        Some(replace_words(path, self.sample, self.name, |_, _| true))
    }

    /// What a file says. Here the name of a sample is that of its program unless it is a word of a sentence, and whichever it
    /// is, the one that a copy has is meant; but of a page, the items of lists and rows of tables that are about another
    /// program are left out.
    pub(super) fn text(&self, path: &str, text: &str) -> String {
        let is_page = Path::new(path).extension().is_some_and(|end| end == "md");
        let blocks = blocks(text).into_iter();
        let blocks = blocks.filter(|block| !is_page || !self.is_about_another(block));
        let lines = blocks.flatten();
        let lines = lines.filter(|line| is_page || !line.contains(self.repository));
        let lines = lines.map(|line| self.line(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn line(&self, line: &str) -> String {
        let mut line = self.without_lists(line);
        for sample in self.samples {
            line = replace_words(&line, &sample.name, self.name, |before, behind| {
                !is_in_sentence(before, behind)
            });
        }
        line
    }

    /// `[ecommerce, reviews, discord-bot, astra-dev]` is a list of one.
    fn without_lists(&self, line: &str) -> String {
        if let Some((before, rest)) = line.split_once('[')
            && let Some((list, behind)) = rest.split_once(']')
            && list.split(',').all(|word| self.is_program(word.trim()))
        {
            return format!("{before}[{}]{behind}", self.name);
        }
        line.to_owned()
    }

    /// Whether these lines are an item or a row that names other programs only.
    fn is_about_another(&self, block: &[&str]) -> bool {
        let is_entry = block.first().is_some_and(|line| is_entry(line));
        let names = |word: &str| block.iter().any(|line| names(line, word));
        let samples = self.samples.iter().map(|sample| sample.name.as_str());
        let mut others = samples
            .chain([TOOL, "-p tests"])
            .filter(|word| *word != self.sample);
        is_entry && !names(self.sample) && others.any(names)
    }

    fn is_program(&self, word: &str) -> bool {
        word == TOOL || self.is_sample(word)
    }

    fn is_sample(&self, word: &str) -> bool {
        self.samples.iter().any(|sample| sample.name == word)
    }
}

/// Whether what stands between is a word of a sentence: "Vehicle reviews on tables", not "docker run -t reviews .".
fn is_in_sentence(before: &str, behind: &str) -> bool {
    let is_word = |text: &str| {
        let text = text.trim_end_matches([',', '.', ';', ':']);
        !text.is_empty() && text.chars().all(char::is_alphabetic)
    };
    let is_code = before.matches('`').count() % 2 == 1;
    let previous = before
        .strip_suffix(' ')
        .and_then(|text| text.rsplit(' ').next());
    let next = behind
        .strip_prefix(' ')
        .and_then(|text| text.split(' ').next());
    let goes_on = behind.starts_with([',', '.', ';', ':']) || next.is_some_and(is_word);
    !is_code && goes_on && previous.is_some_and(is_word)
}

/// Lines, but an item of a list with those that go on with it.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in text.split('\n') {
        match blocks.last_mut() {
            Some(item) if item[0].starts_with("- ") && line.starts_with("  ") => item.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    blocks
}

fn is_entry(line: &str) -> bool {
    line.starts_with("- ") || line.starts_with("| ")
}

fn names(text: &str, word: &str) -> bool {
    replace_words(text, word, "", |_, _| true) != text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about_the_bot(check: impl Fn(&Deployment<'_>)) {
        let sample = |name: &str| Sample {
            name: name.to_owned(),
            description: String::new(),
        };
        let samples = ["discord-bot", "ecommerce", "reviews"].map(sample);
        check(&Deployment::new(
            &samples,
            &samples[0],
            "my-bot",
            "https://a/b",
        ));
    }

    #[test]
    fn files_of_other_programs_stay_behind() {
        about_the_bot(|deployment| {
            let path = |path| deployment.path(path);
            assert_eq!(
                path("docker/Dockerfile").as_deref(),
                Some("docker/Dockerfile")
            );
            assert_eq!(
                path("docker/lambda/discord-bot.yaml").as_deref(),
                Some("docker/lambda/my-bot.yaml")
            );
            assert_eq!(path("docker/lambda/reviews.yaml"), None);
            assert_eq!(path("docker/compose.astra-dev.yaml"), None);
        });
    }

    #[test]
    fn whichever_program_is_named_the_one_there_is_is_meant() {
        about_the_bot(|deployment| {
            let text = "ARG APP=ecommerce\nname: ${APP:-ecommerce}\napp: [ecommerce, reviews, discord-bot, astra-dev]\n\
                        CodeUri: release/discord-bot.zip\ncap_drop: [ALL]\n- run: echo ecommerce\n\
                        Description: Vehicle reviews on tables, a page of reviews.\nLABEL source=\"https://a/b\" \\\n# -t reviews .";
            assert_eq!(
                deployment.text(".github/workflows/images.yml", text),
                "ARG APP=my-bot\nname: ${APP:-my-bot}\napp: [my-bot]\n\
                 CodeUri: release/my-bot.zip\ncap_drop: [ALL]\n- run: echo my-bot\n\
                 Description: Vehicle reviews on tables, a page of reviews.\n# -t my-bot ."
            );
        });
    }

    #[test]
    fn a_page_says_nothing_of_other_programs() {
        about_the_bot(|deployment| {
            let page = "APP=ecommerce\n\n- **Payments** of\n  `ecommerce`.\n- All.\n- `discord-bot`, unlike `reviews`.\n\n| `reviews` | 1 |\n| `discord-bot` | 2 |\n- See `cargo test -p tests`";
            assert_eq!(
                deployment.text("docker/README.md", page),
                "APP=my-bot\n\n- All.\n- `my-bot`, unlike `my-bot`.\n\n| `my-bot` | 2 |"
            );
        });
    }
}
