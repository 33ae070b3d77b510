//! The file of settings that a connection is written to.

use std::path::Path;
use std::{fs, io};

use anyhow::Context as _;
use shared::dotenv::merged;

use crate::atomic_write;

/// Sets variables in a file, which may be missing. The file appears at once with all of it, readable by its owner only.
pub(super) fn write(path: &Path, variables: &[(&str, String)]) -> anyhow::Result<()> {
    let shown = path.display();
    let before = match atomic_write::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("reading {shown}")),
    };
    // Where the file is a link, what it leads to is changed, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    atomic_write::replace(&target, merged(&before, variables).as_bytes())
        .with_context(|| format!("writing {shown}"))
}
