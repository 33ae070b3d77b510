//! Links in Markdown that lead to files a copy does not have, or to where the samples come from: their words stay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Written;

/// Mends the links of every Markdown file.
pub(super) fn mend(files: &mut BTreeMap<String, Written>, repository: &str) {
    let mut there: BTreeSet<String> = files.keys().cloned().collect();
    for path in files.keys() {
        // The directories, too.
        there.extend(
            path.match_indices('/')
                .map(|(end, _)| path[..end].to_owned()),
        );
    }
    for file in files.values_mut().filter(|file| is_markdown(&file.path)) {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let directory = file
            .path
            .rsplit_once('/')
            .map_or("", |(directory, _)| directory);
        file.bytes = mended(&text, directory, &there, repository).into_bytes();
    }
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "md")
}

fn mended(text: &str, directory: &str, there: &BTreeSet<String>, repository: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, label, target, behind)) = next_link(rest) {
        mended.push_str(before);
        let (path, _) = target.split_once('#').unwrap_or((target, ""));
        // Rustdoc's own links, such as [`Row`](table::Row), are none to files.
        let is_file = path.contains('/') && !path.contains("::") && !path.contains("://");
        let is_there = || resolved(directory, path).is_some_and(|path| there.contains(&path));
        if target.starts_with(repository) || (is_file && !is_there()) {
            mended.push_str(label);
        } else {
            mended.extend(["[", label, "](", target, ")"]);
        }
        rest = behind;
    }
    mended.push_str(rest);
    mended
}

/// What stands before the first link, its words, its target, and what stands behind it.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    for (middle, _) in text.match_indices("](") {
        // Words of a link have no bracket in them, but for an image.
        let Some(start) = text[..middle].rfind('[') else {
            continue;
        };
        let target = &text[middle + 2..];
        let end = target.find(')')?;
        return Some((
            &text[..start],
            &text[start + 1..middle],
            &target[..end],
            &target[end + 1..],
        ));
    }
    None
}

/// The path below the root; none if the link leads out of it.
pub(super) fn resolved(directory: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_nowhere_become_their_words() {
        let there: BTreeSet<String> = ["client", "client/README.md"].map(str::to_owned).into();
        let of = |text| mended(text, "apps/mine", &there, "https://a/b");
        assert_eq!(
            of("[x](../../client/README.md#top) y"),
            "[x](../../client/README.md#top) y"
        );
        assert_eq!(of("[x](../../docker/README.md) y"), "x y");
        assert_eq!(of("the [x](https://a/b#y), [z](#z)"), "the x, [z](#z)");
        assert_eq!(
            of("[`R`](table::Row) [y](https://c/d) [z](#here) ]( end"),
            "[`R`](table::Row) [y](https://c/d) [z](#here) ]( end"
        );
    }
}
