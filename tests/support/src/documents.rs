//! What is written down about an application's variables: for the test that holds it to the settings.
//!
//! ```
//! use test_support::documents;
//!
//! let asked = documents::asked_for(&[&[]], |lookup| drop(lookup("PORT")));
//! assert_eq!(asked, documents::in_table("| `PORT` | `8080` | where it listens |"));
//! assert_eq!(asked, documents::in_example("# Where it listens\n# PORT=8080"));
//! ```

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use shared::env;

/// The variables that `read` asks for, called once for each of the environments. Which are looked at depends on which
/// are set.
pub fn asked_for(
    environments: &[&[(&str, &str)]],
    read: impl Fn(&dyn Fn(&str) -> Option<OsString>),
) -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    for pairs in environments {
        let known = env::of(pairs);
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

/// Asserts that the files of these folders that a page names (`` `src/main.rs` ``) exist, but for those that its reader
/// makes, and that it names at least `least`.
pub fn assert_files_exist(
    page: &str,
    root: &str,
    folders: &[&str],
    to_be_made: &[&str],
    least: usize,
) {
    let mut files = files(page, folders);
    files.retain(|file| !to_be_made.contains(file));
    assert!(
        files.len() >= least,
        "only {files:?} were found in the page"
    );
    for file in files {
        assert!(Path::new(root).join(file).exists(), "{file}");
    }
}

/// The files of these folders that a page names.
fn files<'page>(page: &'page str, folders: &[&str]) -> Vec<&'page str> {
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
