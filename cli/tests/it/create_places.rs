//! `astra-dev create` in places and with settings of git that are not as usual.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::create::{create, fake_cargo, names_in, run, text};

#[test]
fn an_empty_folder_that_is_there_is_filled_and_stays_what_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let place = |name: &str| directory.path().join(name);
    for name in ["here", "empty", "real"] {
        fs::create_dir(place(name)).unwrap();
    }
    symlink(place("real"), place("link")).unwrap();
    let make = |within: &Path, dir: &str| {
        let said = run(
            within,
            &["mine", "--sample", "reviews", "--no-check", "--dir", dir],
        );
        assert!(said.status.success(), "{dir}: {}", text(&said.stderr));
        text(&said.stderr)
    };
    assert!(!make(&place("here"), ".").contains("  cd "));
    assert!(make(directory.path(), "empty").contains("  cd empty\n"));
    make(directory.path(), "link/");
    assert!(make(directory.path(), "with space").contains("  cd 'with space'\n"));
    for name in ["here", "empty", "real", "link", "with space"] {
        assert!(place(name).join("src/main.rs").exists(), "{name}");
        assert!(place(name).join(".git").exists(), "{name}");
    }
    assert!(place("link").is_symlink());
    assert_eq!(names_in(directory.path()).len(), 5);
}

#[test]
fn what_would_fail_after_the_check_is_found_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let asked = directory.path().join("asked");
    let cargo = fake_cargo(&format!("echo \"$@\" >> {}", asked.display()));
    fs::create_dir(directory.path().join("full")).unwrap();
    fs::write(directory.path().join("full/mine.txt"), "precious").unwrap();
    symlink("nowhere", directory.path().join("dangling")).unwrap();
    symlink("full", directory.path().join("link")).unwrap();
    for (dir, code, expected) in [
        (".", 1, "the folder . is there and not empty"),
        ("..", 1, "the folder .. is there and not empty"),
        ("full", 1, "the folder full is there and not empty"),
        ("link", 1, "the folder link is there and not empty"),
        ("full/mine.txt", 1, "full/mine.txt is a file"),
        ("dangling", 1, "dangling is a link that leads nowhere"),
        ("no/where", 1, "there is no folder "),
        ("a:b", 1, "its path has a character that separates paths"),
        // Nobody can make a folder there, root neither.
        ("/proc/mine", 1, "writing in /proc/mine"),
        ("", 2, "a value is required for '--dir <DIR>'"),
    ] {
        let arguments = ["mine", "--sample", "reviews", "--dir", dir];
        let said = create(directory.path(), Some(cargo.path()), &arguments)
            .output()
            .unwrap();
        let words = text(&said.stderr);
        assert!(words.contains(expected), "{dir}: {words}");
        assert_eq!(said.status.code(), Some(code), "{dir}");
        assert!(!asked.exists(), "{dir}: cargo was asked");
    }
    assert_eq!(names_in(directory.path()).len(), 3);
}

#[test]
fn a_failed_check_takes_away_what_it_has_made_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let cargo = fake_cargo("[ $1 = test ] || exit 0\nmkdir target; echo mine > mine.txt; exit 1");
    for dir in [".", "new"] {
        let arguments = ["mine", "--sample", "reviews", "--dir", dir];
        let said = create(directory.path(), Some(cargo.path()), &arguments)
            .output()
            .unwrap();
        assert_eq!(said.status.code(), Some(1), "{}", text(&said.stderr));
        let place = directory.path().join(dir);
        assert_eq!(names_in(&place), ["mine.txt"], "{dir}");
        fs::remove_file(place.join("mine.txt")).unwrap();
    }
}

const BY_THE_TOOL: &str = "astra-dev <astra-dev@localhost>";
const NO_COMMIT: &str = "git made no first commit: ";

/// Settings of git, the author of the first commit, and what is said if there is none.
const SETTINGS: [(&str, Option<&str>, &str); 7] = [
    ("", Some(BY_THE_TOOL), ""),
    (
        "[user]\nemail = ann@example.com",
        Some("astra-dev <ann@example.com>"),
        "",
    ),
    ("[user]\nname = Ann", Some("Ann <astra-dev@localhost>"), ""),
    ("[user]\nuseConfigOnly = true", Some(BY_THE_TOOL), ""),
    (
        "[commit]\ngpgsign = true\n[gpg]\nprogram = /no/such/gpg",
        None,
        NO_COMMIT,
    ),
    ("[core]\nautocrlf = true\nsafecrlf = true", None, NO_COMMIT),
    ("[init]\ndefaultBranch = a..b", None, NO_COMMIT),
];

#[test]
fn however_git_is_set_up_the_project_is_finished() {
    let hooks = tempfile::tempdir().unwrap();
    for hook in [
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
    ] {
        let path = hooks.path().join(hook);
        fs::write(&path, "#!/bin/sh\ntouch ran\nexit 1\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let hooks = format!("[core]\nhooksPath = {}", hooks.path().display());
    let hooked = (hooks.as_str(), Some(BY_THE_TOOL), "");
    let cases = SETTINGS.into_iter().chain([hooked]);
    for (settings, author, said) in cases {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("settings");
        fs::write(&file, settings).unwrap();
        let arguments = ["mine", "--sample", "reviews", "--no-check"];
        let mut command = create(directory.path(), None, &arguments);
        let made = command.env("GIT_CONFIG_GLOBAL", &file).output().unwrap();
        let words = text(&made.stderr);
        assert!(
            made.status.success() && words.contains(said),
            "{settings}: {words}"
        );
        let project = directory.path().join("mine");
        assert!(project.join("Cargo.toml").exists() && !project.join("ran").exists());
        let log = Command::new("git")
            .arg("-C")
            .arg(&project)
            .args(["log", "--format=%an <%ae>"])
            .output()
            .unwrap();
        assert_eq!(
            text(&log.stdout).lines().next(),
            author,
            "{settings}: {words}"
        );
    }
}

#[test]
fn another_repository_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let git = |folder: &str, arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(directory.path().join(folder))
            .args(arguments)
            .output()
            .unwrap();
        text(&output.stdout)
    };
    fs::create_dir(directory.path().join("theirs")).unwrap();
    git("theirs", &["init", "--quiet"]);
    let theirs = directory.path().join("theirs/.git");
    // As for a command that a hook of theirs starts.
    let made = create(
        directory.path(),
        None,
        &["mine", "--sample", "reviews", "--no-check"],
    )
    .env("GIT_DIR", &theirs)
    .env("GIT_INDEX_FILE", theirs.join("index"))
    .output()
    .unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert_eq!(git("mine", &["log", "--format=%an"]), "astra-dev\n");
    assert_eq!(git("theirs", &["status", "--short"]), "");
    // Within a repository no other one is made.
    let made = run(
        &directory.path().join("theirs"),
        &["inner", "--sample", "reviews", "--no-check"],
    );
    assert!(text(&made.stderr).contains("It lies in a git repository already"));
    assert!(!directory.path().join("theirs/inner/.git").exists());
}
