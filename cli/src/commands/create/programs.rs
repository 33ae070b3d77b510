//! The programs a project needs: cargo, rustc, git.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context as _, anyhow};
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use crate::output::{self, hinted};

/// A command that ends with the future that waits for it.
fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

/// A program that leads a group of its own. Who drops it while it runs ends it with all that it has started: compilers, and
/// tests with the programs these start, which would go on writing.
struct Group(Child);

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        // None once it has been waited for.
        let id = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw) {
            // The last of them may have ended this moment.
            kill_process_group(group, Signal::KILL).unwrap_or_default();
        }
    }
}

/// Refuses to go on without a Rust that is new enough.
pub(super) async fn check_rust(oldest: &str) -> anyhow::Result<()> {
    let asked = command("cargo").arg("--version").output().await;
    let Some(version) = version(&asked) else {
        return Err(hinted(
            "cargo was not found, so the project cannot be checked",
            "install Rust from https://rustup.rs, or leave the check out with --no-check",
        ));
    };
    if numbers(&version) < numbers(oldest) {
        return Err(hinted(
            format!("Rust {version} is too old: the project needs {oldest}"),
            "`rustup update` brings a newer one; --no-check leaves the check out",
        ));
    }
    Ok(())
}

/// Refuses to go on without git.
pub(super) async fn check_git() -> anyhow::Result<()> {
    let asked = command("git").arg("--version").output().await;
    if asked.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    Err(hinted(
        "git was not found",
        "install it, or leave the repository out with --no-git",
    ))
}

/// "1.95.0" of "cargo 1.95.0 (…)".
fn version(asked: &io::Result<Output>) -> Option<String> {
    let output = asked
        .as_ref()
        .ok()
        .filter(|output| output.status.success())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.split_whitespace().nth(1).map(str::to_owned)
}

fn numbers(version: &str) -> Vec<u32> {
    let version = version.split('-').next().unwrap_or_default();
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

/// Has cargo build the application or run its tests, as a person would. What cargo says goes to standard error.
pub(super) async fn check(root: &Path, verb: &str, offline: bool) -> anyhow::Result<()> {
    let mut cargo = command("cargo");
    cargo.arg(verb).current_dir(root);
    if offline {
        cargo.arg("--offline");
    }
    #[cfg(unix)]
    cargo.process_group(0);
    let mut running = Group(
        cargo
            .stdout(io::stderr())
            .spawn()
            .context("running cargo")?,
    );
    let status = running.0.wait().await.context("running cargo")?;
    if status.success() {
        return Ok(());
    }
    Err(hinted(
        "the project does not build here, or its tests do not pass; cargo said why",
        if offline {
            "a dependency that was never fetched cannot be used with --offline; --no-check leaves the check out"
        } else {
            "a C compiler is needed (cc; SQLite is built from source), and a connection for the dependencies; --no-check leaves the check out"
        },
    ))
}

/// Formats the application: its new name is longer or shorter than the old one, and sorted elsewhere. Where there is no
/// rustfmt, its gate will say so.
pub(super) async fn format(root: &Path, package: &str) {
    let mut cargo = command("cargo");
    cargo.args(["fmt", "--package", package]).current_dir(root);
    drop(
        cargo
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await,
    );
}

/// Lets cargo take out of the lock file what is not needed. It does so by itself at the next build, so a failure, for one
/// because nothing was fetched yet, is none.
pub(super) async fn tidy_lock(root: &Path) {
    let mut cargo = command("cargo");
    cargo
        .args(["metadata", "--offline", "--format-version", "1"])
        .current_dir(root);
    drop(
        cargo
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await,
    );
}

/// Makes a repository with one commit, unless the project lies in one. How git is set up may prevent it, for one because
/// it signs commits with a key that is not here: the project is complete without.
pub(super) async fn commit(root: &Path, message: &str) {
    match first_commit(root, message).await {
        Ok(true) => {}
        Ok(false) => output::note("It lies in a git repository already: no other one is made."),
        Err(error) => output::note(&format!(
            "warning: the project is complete, but git made no first commit: {error:#}\n\
             hint: once that is mended, `git init`, `git add --all` and `git commit` in the project make it"
        )),
    }
}

async fn first_commit(root: &Path, message: &str) -> anyhow::Result<bool> {
    let inside = git(root, &["rev-parse", "--is-inside-work-tree"]).await?;
    if inside.status.success() {
        return Ok(false);
    }
    checked(&git(root, &["init", "--quiet"]).await?)?;
    checked(&git(root, &["add", "--all"]).await?)?;
    // Hooks for every repository of a person are about that person's own commits.
    let mut arguments = vec!["-c", "core.hooksPath=/dev/null"];
    // Without a name or an email address git commits nothing.
    for (name, setting) in [
        ("user.name", "user.name=astra-dev"),
        ("user.email", "user.email=astra-dev@localhost"),
    ] {
        let known = git(root, &["config", "--get", name]).await?;
        if known.stdout.trim_ascii().is_empty() {
            arguments.extend(["-c", setting]);
        }
    }
    arguments.extend(["commit", "--quiet", "--no-verify", "-m", message]);
    checked(&git(root, &arguments).await?)?;
    Ok(true)
}

/// What makes git work on another repository than that of its folder: hooks and aliases run with it.
const OTHER_REPOSITORY: [&str; 8] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

async fn git(directory: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
    let mut git = command("git");
    for variable in OTHER_REPOSITORY {
        git.env_remove(variable);
    }
    git.args(arguments).current_dir(directory);
    git.output().await.context("running git")
}

fn checked(output: &Output) -> anyhow::Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    Err(anyhow!("{}", lines.join("; ")))
}

/// Resolves when the process is asked to stop, by Ctrl-C or SIGTERM.
pub(super) async fn stop_requested() {
    #[cfg(unix)]
    if let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    drop(tokio::signal::ctrl_c().await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(numbers("1.100.0") > numbers("1.95"));
        assert!(numbers("1.95.0") >= numbers("1.95"));
        assert!(numbers("1.94.2") < numbers("1.95"));
        assert!(numbers("1.96.0-nightly") > numbers("1.95"));
    }
}
