//! Puts the sources of the workspace into the program, so that `create` works anywhere and offline, with the very version
//! that was built.
//!
//! A table of `include_bytes!` rather than an archive or a crate that embeds folders: nothing is unpacked, nothing is
//! compiled for it, and cargo knows when to build again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What of the workspace's root may be needed by a project. The crates `cli`, `console` and `tests` are about the workspace
/// itself; the crates below `tests` are for anybody.
const PARTS: [&str; 22] = [
    ".ci/run",
    ".clippy.toml",
    ".dockerignore",
    ".github/workflows/gate.yml",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "apps",
    "client",
    "docker/Dockerfile",
    "docker/README.md",
    "docker/compose.astra.yaml",
    "docker/compose.selfhosted.yaml",
    "docker/compose.yaml",
    "docker/fly.toml",
    "docker/lambda",
    "local",
    "shared",
    "tests/stripe",
    "tests/support",
    "tests/three_nodes",
];

/// What a crate is published without.
const UNPUBLISHED: [&str; 4] = ["benches", "examples", "proptest-regressions", "tests"];

/// Names with a dot in front that belong to the sources. Others may hold secrets.
const DOTTED: [&str; 5] = [
    ".ci",
    ".dockerignore",
    ".env.example",
    ".github",
    ".gitignore",
];

fn main() -> io::Result<()> {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("not run by cargo"))?;
    let root = fs::canonicalize(Path::new(&manifest).join(".."))?;
    let mut files = Vec::new();
    for part in PARTS {
        let path = root.join(part);
        println!("cargo::rerun-if-changed={}", path.display());
        if path.exists() {
            collect(&path, &mut files)?;
        }
    }
    files.sort();
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("not run by cargo"))?;
    fs::write(Path::new(&out).join("sources.rs"), table(&root, &files)?)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    // Cargo marks its build directories with this file, wherever they are.
    if path.join("CACHEDIR.TAG").exists() {
        return Ok(());
    }
    // The applications are the users' own, with their tests.
    let is_published = path.join("Cargo.toml").exists()
        && path.parent().is_none_or(|parent| !parent.ends_with("apps"));
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_source(&name) && !(is_published && UNPUBLISHED.contains(&name.as_ref())) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// Leaves out what running or testing leaves behind.
fn is_source(name: &str) -> bool {
    let left_behind = [
        ".new",
        ".profraw",
        ".db",
        ".db-wal",
        ".db-shm",
        ".sqlite",
        ".sqlite-wal",
        ".sqlite-shm",
    ];
    let is_hidden = name.starts_with('.') && !DOTTED.contains(&name);
    !is_hidden
        && name != "data"
        && name != "target"
        && !left_behind.iter().any(|end| name.ends_with(end))
}

fn table(root: &Path, files: &[PathBuf]) -> io::Result<String> {
    let mut table = String::from("&[\n");
    for file in files {
        let inside = file.strip_prefix(root).map_err(io::Error::other)?;
        let inside = inside.to_string_lossy().replace('\\', "/");
        let path = file.to_string_lossy();
        let executable = is_executable(file)?;
        writeln!(table, "    File {{ path: {inside:?}, bytes: include_bytes!({path:?}), executable: {executable} }},")
            .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    Ok(table)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> io::Result<bool> {
    Ok(false)
}
