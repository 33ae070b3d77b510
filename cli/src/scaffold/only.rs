//! Parts of files that are about some programs only.
//!
//! They stand between the comments `# only: ecommerce, reviews` and `# end only`, in Markdown `<!-- only: … -->` and
//! `<!-- end only -->`. `workspace` is the workspace of the samples itself, which no project is. What only projects have is a
//! comment here: `# project: run cargo test`.

/// In front of a line that only projects have.
const PROJECT: &str = "# project: ";

/// What of a text is about a sample, without the comments.
pub(super) fn about(sample: &str, text: &str) -> String {
    if !text.contains("only: ") && !text.contains(PROJECT) {
        return text.to_owned();
    }
    let mut is_about = true;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        match comment(line) {
            Some("end only") => is_about = true,
            Some(comment) if comment.starts_with("only: ") => {
                let mut names = comment["only: ".len()..].split(", ");
                is_about = names.any(|name| name == sample);
            }
            _ if is_about => lines.push(line.strip_prefix(PROJECT).unwrap_or(line)),
            _ => {}
        }
    }
    lines.join("\n")
}

fn comment(line: &str) -> Option<&str> {
    let line = line.trim();
    let markdown = line
        .strip_prefix("<!-- ")
        .and_then(|line| line.strip_suffix(" -->"));
    markdown.or_else(|| line.strip_prefix("# "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_others_is_left_out() {
        assert_eq!(about("reviews", "a\n# project: b c\nd"), "a\nb c\nd");
        let text = "a\n# only: ecommerce, reviews\nb\n# end only\n<!-- only: discord-bot -->\nc\n<!-- end only -->\nd # only: x";
        assert_eq!(about("reviews", text), "a\nb\nd # only: x");
        assert_eq!(about("discord-bot", text), "a\nc\nd # only: x");
    }
}
