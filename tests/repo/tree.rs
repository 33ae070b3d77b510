//! The files of the workspace.

use std::path::Path;

/// A text file of the workspace.
pub(crate) struct File {
    /// From the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// One file, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file whose name ends with one of `endings`, sorted by path.
pub(crate) fn files(endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    let mut open = vec![root().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                let skipped =
                    matches!(name, ".git" | "target" | "golden") || path == root().join("data");
                if !skipped {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(file(&path));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The sources of the crates, without their tests and benches.
pub(crate) fn sources() -> Vec<File> {
    let mut sources = files(&[".rs"]);
    sources.retain(|file| file.path.contains("/src/"));
    sources
}

impl File {
    /// The text up to the unit tests; nothing of a file of unit tests.
    pub(crate) fn without_tests(&self) -> &str {
        if self.path.ends_with("/tests.rs") {
            return "";
        }
        let end = self.text.find("\n#[cfg(test)]\nmod ");
        end.map_or(self.text.as_str(), |end| &self.text[..end])
    }
}

fn file(path: &Path) -> File {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let path = path.strip_prefix(root()).unwrap().to_str().unwrap();
    File {
        path: path.replace('\\', "/"),
        text,
    }
}
