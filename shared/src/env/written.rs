//! What is written down about an application's variables: for the test that holds it to the settings.
//!
//! ```
//! use shared::env::written;
//!
//! let asked = written::asked_for(&[&[]], |lookup| drop(lookup("PORT")));
//! assert_eq!(asked, written::in_table("| `PORT` | `8080` | where it listens |"));
//! assert_eq!(asked, written::in_example("# Where it listens\n# PORT=8080"));
//! ```

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;

/// The variables that `read` asks for, called once for each of the environments. Which are looked at depends on which
/// are set.
pub fn asked_for(
    environments: &[&[(&str, &str)]],
    read: impl Fn(&dyn Fn(&str) -> Option<OsString>),
) -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    for pairs in environments {
        let known = super::of(pairs);
        read(&|name| {
            asked.borrow_mut().insert(name.to_owned());
            known(name)
        });
    }
    asked.into_inner()
}

/// The variables in the first column of a page's tables: ``| `PORT` |``.
pub fn in_table(page: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    names(rows.filter_map(|row| row.split('`').next()))
}

/// The variables that an `.env.example` names, set or in a comment: `PORT=8080`, `# PORT=8080`.
pub fn in_example(example: &str) -> BTreeSet<String> {
    let lines = example.lines().map(|line| line.trim_start_matches("# "));
    names(
        lines
            .filter_map(|line| line.split_once('='))
            .map(|(name, _)| name),
    )
}

/// What an `.env.example` sets as it is: the lines that are no comments.
pub fn set_by_example(example: &str) -> Vec<(&str, &str)> {
    let lines = example.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).collect()
}

/// The files of these folders that a page names, as they stand in it: `` `src/main.rs` ``.
pub fn files<'page>(page: &'page str, folders: &[&str]) -> Vec<&'page str> {
    let words = page.split('`').skip(1).step_by(2);
    let is_file = |name: &&str| {
        let begins = folders.iter().any(|folder| name.starts_with(folder));
        begins && !name.contains(['<', '*', ' '])
    };
    words.filter(is_file).collect()
}

fn names<'text>(texts: impl Iterator<Item = &'text str>) -> BTreeSet<String> {
    let is_name = |text: &&str| {
        let mut bytes = text.bytes();
        !text.is_empty() && bytes.all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    texts.filter(is_name).map(str::to_owned).collect()
}
