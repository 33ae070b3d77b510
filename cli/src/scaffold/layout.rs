//! Where the files of the sources lie in a project.

use std::collections::BTreeMap;

/// What every project has beside its crates.
const ALWAYS: [&str; 5] = [
    ".ci/run",
    ".clippy.toml",
    ".dockerignore",
    ".gitignore",
    "LICENSE",
];

/// The application at the root, and the crates it needs in `vendor`, by their names.
pub(super) struct Layout<'a> {
    application: &'a str,
    /// By directory.
    crates: &'a BTreeMap<String, String>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(application: &'a str, crates: &'a BTreeMap<String, String>) -> Self {
        Self {
            application,
            crates,
        }
    }

    /// Where a file or directory goes.
    pub(super) fn path(&self, path: &str) -> Option<String> {
        if ALWAYS.contains(&path) {
            return Some(path.to_owned());
        }
        if let Some(rest) = below(self.application, path) {
            return Some(rest.to_owned());
        }
        // `client/derive` is below `client`, but a crate of its own.
        let owners = self.crates.iter().filter_map(|(directory, name)| {
            let rest = below(directory, path)?;
            Some((directory.len(), format!("vendor/{name}/{rest}")))
        });
        let (_, path) = owners.max()?;
        Some(path.trim_end_matches('/').to_owned())
    }
}

/// The way from a directory to a path in it.
fn below<'path>(directory: &str, path: &'path str) -> Option<&'path str> {
    let rest = path.strip_prefix(directory)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_is_at_the_root_and_crates_are_in_vendor_under_their_names() {
        let crates = [("client", "astra-db"), ("client/derive", "astra-db-derive")];
        let crates = crates.map(|(directory, name)| (directory.to_owned(), name.to_owned()));
        let crates = BTreeMap::from(crates);
        let layout = Layout::new("apps/reviews", &crates);
        let path = |path| layout.path(path);
        assert_eq!(
            path("apps/reviews/src/main.rs").as_deref(),
            Some("src/main.rs")
        );
        assert_eq!(
            path("client/src/lib.rs").as_deref(),
            Some("vendor/astra-db/src/lib.rs")
        );
        assert_eq!(
            path("client/derive/src/lib.rs").as_deref(),
            Some("vendor/astra-db-derive/src/lib.rs")
        );
        assert_eq!(path("client").as_deref(), Some("vendor/astra-db"));
        assert_eq!(path("apps/reviews_of_others/src/main.rs"), None);
        assert_eq!(path("local/src/lib.rs"), None);
        assert_eq!(path("LICENSE").as_deref(), Some("LICENSE"));
    }
}
