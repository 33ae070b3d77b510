//! Links in Markdown that lead to files a copy does not have: they lead to where the samples come from instead.

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
    let mut pieces = text.split("](");
    let mut mended = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        mended.push_str("](");
        let (link, rest) = piece.split_once(')').unwrap_or((piece, ""));
        let (target, _) = link.split_once('#').unwrap_or((link, ""));
        // Rustdoc's own links, such as [`Row`](table::Row), are none to files.
        let is_file = target.contains('/') && !target.contains("::") && !target.contains("://");
        match resolved(directory, target) {
            Some(path) if is_file && !there.contains(&path) => {
                mended.extend([repository, "/tree/main/", &path]);
            }
            _ => mended.push_str(link),
        }
        if piece.len() > link.len() {
            mended.push(')');
            mended.push_str(rest);
        }
    }
    mended
}

/// The path below the root; none if the link leads out of it.
fn resolved(directory: &str, target: &str) -> Option<String> {
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
    fn only_links_to_files_that_are_not_there_change() {
        let there: BTreeSet<String> = ["client", "client/README.md"].map(str::to_owned).into();
        let of = |text| mended(text, "apps/mine", &there, "https://a/b");
        assert_eq!(
            of("[x](../../client/README.md#top) y"),
            "[x](../../client/README.md#top) y"
        );
        assert_eq!(
            of("[x](../../docker/README.md) y"),
            "[x](https://a/b/tree/main/docker/README.md) y"
        );
        assert_eq!(
            of("[`R`](table::Row) [y](https://c/d) [z](#here) ]( end"),
            "[`R`](table::Row) [y](https://c/d) [z](#here) ]( end"
        );
    }
}
