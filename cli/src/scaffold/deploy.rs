//! What deploys the applications, in `docker` and `.github`: for all of them in the sources, for one in a copy.

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
}

impl<'a> Deployment<'a> {
    pub(super) fn new(samples: &'a [Sample], sample: &'a Sample, name: &'a str) -> Self {
        let sample = &sample.name;
        Self {
            samples,
            sample,
            name,
        }
    }

    /// Where a file goes: `lambda/ecommerce.yaml` under the new name, nowhere if it is about another program.
    pub(super) fn path(&self, path: &str) -> Option<String> {
        let is_other = |word: &str| word == TOOL || (self.is_sample(word) && word != self.sample);
        if path.split(['/', '.']).any(is_other) {
            return None;
        }
        Some(replace_words(path, self.sample, self.name, |_, _| true))
    }

    /// What a file says. Here the name of a sample is always that of its program, and whichever it is, the one that a copy
    /// has is meant.
    pub(super) fn text(&self, text: &str) -> String {
        let lines = text.split('\n').filter(|line| !self.is_about_another(line));
        let lines: Vec<String> = lines.map(|line| self.line(line)).collect();
        lines.join("\n")
    }

    fn line(&self, line: &str) -> String {
        let mut line = self.without_lists(line);
        for sample in self.samples {
            line = replace_words(&line, &sample.name, self.name, |_, _| true);
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

    /// A row of a table or an item of a list that begins with the name of another program.
    fn is_about_another(&self, line: &str) -> bool {
        let Some(entry) = line.strip_prefix("| ").or_else(|| line.strip_prefix("- ")) else {
            return false;
        };
        let entry = entry.trim_start_matches(['`', '*', '[']);
        let end = entry.find(|c: char| !c.is_alphanumeric() && c != '-');
        let word = &entry[..end.unwrap_or(entry.len())];
        self.is_program(word) && word != self.sample
    }

    fn is_program(&self, word: &str) -> bool {
        word == TOOL || self.is_sample(word)
    }

    fn is_sample(&self, word: &str) -> bool {
        self.samples.iter().any(|sample| sample.name == word)
    }
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
        check(&Deployment::new(&samples, &samples[0], "my-bot"));
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
                        CodeUri: release/discord-bot.zip\n| `reviews` | 1 |\n| `discord-bot` | 2 |\ncap_drop: [ALL]";
            assert_eq!(
                deployment.text(text),
                "ARG APP=my-bot\nname: ${APP:-my-bot}\napp: [my-bot]\n\
                 CodeUri: release/my-bot.zip\n| `my-bot` | 2 |\ncap_drop: [ALL]"
            );
        });
    }
}
