//! Names that Rust sources use for crates and modules.

use std::collections::BTreeSet;

/// The names that a crate of the same name would be mistaken for, in files with their paths. Programs and tests see that crate
/// beside everything they name themselves; the library is that crate, and sees only the others it depends on.
pub(super) fn names(files: &[(&str, &str)]) -> BTreeSet<String> {
    let (mut outside, mut inside, mut modules) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (path, text) in files {
        let is_library = path.contains("/src/") && !path.ends_with("/src/main.rs");
        let lines = text.lines().map(str::trim_start);
        for line in lines.filter(|line| !line.starts_with("//")) {
            modules.extend(module(line).filter(|_| is_library));
            let roots = if is_library {
                &mut inside
            } else {
                &mut outside
            };
            roots.extend(roots_in(line));
            // What a library imports without `crate::` is a crate, or a module of the same word.
            outside.extend(imported(line).filter(|_| is_library));
        }
    }
    outside.extend(inside.difference(&modules).copied());
    outside.into_iter().map(str::to_owned).collect()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first words of paths: `axum` of `axum::extract::State`.
fn roots_in(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("::").filter_map(|(end, _)| {
        let before = &line[..end];
        let start = before.trim_end_matches(is_part);
        let root = &before[start.len()..];
        let is_root =
            !start.ends_with([':', '.']) && root.starts_with(|c: char| c.is_ascii_lowercase());
        is_root.then_some(root)
    })
}

fn imported(line: &str) -> Option<&str> {
    let (_, path) = line
        .split_once("use ")
        .filter(|(before, _)| before.is_empty() || before.starts_with("pub"))?;
    let (root, _) = path.trim_start_matches("::").split_once("::")?;
    root.chars().all(is_part).then_some(root)
}

fn module(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("mod ")?;
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    (before.is_empty() || before.starts_with("pub")).then_some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_the_library_are_its_own_and_crates_are_not() {
        let files = [
            (
                "a/src/lib.rs",
                "mod cart;\npub mod views;\nuse ::stripe::Client;\nlet x = views::page(sha::new());\n// use no::thing",
            ),
            (
                "a/src/main.rs",
                "use sample::start;\nfn main() { start::run(a.b::<u8>()) }",
            ),
            (
                "a/tests/it/main.rs",
                "mod shop;\nuse shop::Shop;\nlet x = Vec::new();",
            ),
        ];
        let names: Vec<String> = names(&files).into_iter().collect();
        assert_eq!(names, ["sample", "sha", "shop", "start", "stripe"]);
    }
}
