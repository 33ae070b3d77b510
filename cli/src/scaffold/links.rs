//! Links in Markdown: they follow the files to where a project has them. Of those to other files, or to where the samples
//! come from, the words stay.

/// The links of a page that lies in `directory` here, as a project has it in `new_directory`. `moved` says where a file or
/// directory goes.
pub(super) fn mended(
    text: &str,
    [directory, new_directory]: [&str; 2],
    moved: impl Fn(&str) -> Option<String>,
    repository: &str,
) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, label, target, behind)) = next_link(rest) {
        mended.push_str(before);
        let (path, place) = target.split_once('#').unwrap_or((target, ""));
        // Rustdoc's own links, such as [`Row`](table::Row), are none to files.
        let is_file = path.contains(['/', '.']) && !path.contains("::") && !path.contains("://");
        let new_target = if target.starts_with(repository) {
            None
        } else if is_file {
            let new = resolved(directory, path).and_then(|path| moved(&path));
            let hash = if place.is_empty() { "" } else { "#" };
            new.map(|new| format!("{}{hash}{place}", relative(new_directory, &new)))
        } else {
            Some(target.to_owned())
        };
        match new_target {
            Some(target) => mended.extend(["[", label, "](", &target, ")"]),
            None => mended.push_str(label),
        }
        rest = behind;
    }
    mended.push_str(rest);
    mended
}

/// The way from a directory to a path, both below the root.
fn relative(directory: &str, path: &str) -> String {
    let from: Vec<&str> = directory
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let to: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other);
    let common = common.count();
    let up = std::iter::repeat_n("..", from.len() - common);
    let way: Vec<&str> = up.chain(to[common..].iter().copied()).collect();
    if way.is_empty() {
        return ".".to_owned();
    }
    way.join("/")
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
    fn links_follow_what_is_moved_and_others_become_their_words() {
        let moved = |path: &str| match path {
            "client/README.md" => Some("vendor/astra-db/README.md".to_owned()),
            "apps/mine/src/main.rs" => Some("src/main.rs".to_owned()),
            "docker" => Some("docker".to_owned()),
            _ => None,
        };
        let from = |here: [&str; 2], text| mended(text, here, moved, "https://a/b");
        let of = |text| from(["apps/mine", ""], text);
        assert_eq!(
            of("[x](../../client/README.md#top) [y](../../docker) z"),
            "[x](vendor/astra-db/README.md#top) [y](docker) z"
        );
        assert_eq!(of("[x](../../local/README.md) y"), "x y");
        assert_eq!(of("the [x](https://a/b#y), [z](#z)"), "the x, [z](#z)");
        assert_eq!(
            of("[`R`](table::Row) [y](https://c/d) [z](#here) ]( end"),
            "[`R`](table::Row) [y](https://c/d) [z](#here) ]( end"
        );
        assert_eq!(
            from(["docker", "docker"], "[x](../apps/mine/src/main.rs)"),
            "[x](../src/main.rs)"
        );
    }
}
