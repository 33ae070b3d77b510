//! `astra-dev create`.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::connect::alone;
use crate::terminal::Terminal;

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The tool with git, Rust and the given programs, and without the settings of whoever runs the test.
pub(crate) fn create(directory: &Path, programs: Option<&Path>, arguments: &[&str]) -> Command {
    let mut path = std::env::var_os("PATH").unwrap();
    if let Some(programs) = programs {
        let mut with = programs.as_os_str().to_owned();
        with.push(":");
        with.push(path);
        path = with;
    }
    let mut command = alone(directory, &["create"]);
    command.args(arguments).env("PATH", path);
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Output {
    create(directory, None, arguments).output().unwrap()
}

/// A folder with a program `cargo` that does what the script says.
pub(crate) fn fake_cargo(script: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cargo");
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'cargo 1.999.0 (test)' && exit\n{script}\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

pub(crate) fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_project_is_whole_and_under_version_control() {
    let directory = tempfile::tempdir().unwrap();
    let said = run(
        directory.path(),
        &["my-shop", "--sample", "ecommerce", "--no-check"],
    );
    assert!(said.status.success(), "{}", text(&said.stderr));
    assert_eq!(text(&said.stdout), "my-shop\n");
    assert_eq!(names_in(directory.path()), ["my-shop"]);
    let project = directory.path().join("my-shop");
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(&project)
            .args(arguments)
            .output()
            .unwrap();
        text(&output.stdout)
    };
    assert_eq!(
        git(&["log", "--format=%s"]),
        "Start from the sample ecommerce of astra-dev 0.1.0\n"
    );
    assert_eq!(git(&["status", "--short"]), "");
    assert!(git(&["ls-files"]).lines().any(|file| file == "src/main.rs"));
    let mode = project
        .join(".ci/run")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o111, 0o111);
    let main = fs::read_to_string(project.join("src/main.rs")).unwrap();
    assert!(main.contains("use my_shop::"), "{main}");
}

#[test]
fn it_is_checked_before_it_is_there_and_nothing_is_left_if_it_fails() {
    let directory = tempfile::tempdir().unwrap();
    let asked = directory.path().join("asked");
    let arguments = [
        "mine",
        "--sample",
        "reviews",
        "--offline",
        "--dir",
        "place/mine",
        "--no-git",
    ];
    let failing = fake_cargo("echo 'error: linker `cc` not found' >&2; exit 101");
    fs::create_dir(directory.path().join("place")).unwrap();
    let failed = create(directory.path(), Some(failing.path()), &arguments)
        .output()
        .unwrap();
    assert_eq!(failed.status.code(), Some(1));
    insta::assert_snapshot!("check_failed", steady(&text(&failed.stderr)));
    assert_eq!(names_in(&directory.path().join("place")), [""; 0]);

    let passing = fake_cargo(&format!(
        "echo \"$@\" >> {}; test -f vendor/astra-db/Cargo.toml",
        asked.display()
    ));
    let made = create(directory.path(), Some(passing.path()), &arguments)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let asked = fs::read_to_string(asked).unwrap();
    // Exactly what a person types next, so that nothing is left to compile then.
    let asked: Vec<&str> = asked.lines().take(3).collect();
    assert_eq!(
        asked,
        ["fmt --package mine", "build --offline", "test --offline"]
    );
    let manifest = fs::read_to_string(directory.path().join("place/mine/Cargo.toml")).unwrap();
    assert!(manifest.contains("name = \"mine\""), "{manifest}");
    assert_eq!(names_in(&directory.path().join("place")), ["mine"]);
    assert!(!directory.path().join("place/mine/.git").exists());
}

/// The number of files changes with the sources.
fn steady(said: &str) -> String {
    let lines = said.lines().map(|line| {
        if line.starts_with("Wrote ") {
            "Wrote N files."
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn interrupted_it_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let started = tempfile::tempdir().unwrap();
    // It writes, and so does what it has started, for a while.
    let slow = fake_cargo(&format!(
        "[ $1 = test ] || exit 0\nmkdir target\n(for n in $(seq 100000); do : > target/$n; done) &\ntouch {}/yes; sleep 600",
        started.path().display()
    ));
    for signal in ["INT", "TERM"] {
        let mut creating = create(
            directory.path(),
            Some(slow.path()),
            &["mine", "--sample", "reviews"],
        )
        .spawn()
        .unwrap();
        let start = Instant::now();
        while !started.path().join("yes").exists() {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "cargo was not started"
            );
            thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(started.path().join("yes")).unwrap();
        let kill = format!("kill -{signal} {}", creating.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(creating.wait().unwrap().code(), Some(130));
        assert_eq!(names_in(directory.path()), [""; 0]);
    }
}

#[test]
fn what_cannot_be_made_is_refused_with_a_hint() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("full")).unwrap();
    fs::write(directory.path().join("full/mine.txt"), "precious").unwrap();
    fs::write(directory.path().join("file"), "").unwrap();
    let refused = |arguments: &[&str]| {
        let said = run(directory.path(), arguments);
        format!("{}: {}", said.status.code().unwrap(), text(&said.stderr))
    };
    let cases: [&[&str]; 9] = [
        &["full", "--sample", "ecommerce"],
        &["file", "--sample", "ecommerce"],
        &["mine", "--sample", "ecommerce", "--dir", "no/where"],
        &["My Shop", "--sample", "ecommerce"],
        &["test", "--sample", "ecommerce"],
        &["axum", "--sample", "ecommerce"],
        &["mine", "--sample", "blog"],
        &["mine"],
        &["--sample", "reviews"],
    ];
    insta::assert_snapshot!("create_refused", cases.map(refused).join("\n"));
    let without = |programs: &Path, more: &[&str]| {
        let mut command = create(directory.path(), None, &["mine", "--sample", "reviews"]);
        let said = command.args(more).env("PATH", programs).output().unwrap();
        assert_eq!(said.status.code(), Some(1));
        text(&said.stderr)
    };
    let empty = tempfile::tempdir().unwrap();
    let old = fake_cargo("");
    let script = fs::read_to_string(old.path().join("cargo"))
        .unwrap()
        .replace("1.999.0", "1.80.1");
    fs::write(old.path().join("cargo"), script).unwrap();
    let cases = [
        without(empty.path(), &[]),
        without(old.path(), &[]),
        without(empty.path(), &["--no-check"]),
    ];
    insta::assert_snapshot!("toolchain_missing", cases.join("\n"));
    assert_eq!(names_in(directory.path()).len(), 2);
    assert_eq!(
        fs::read_to_string(directory.path().join("full/mine.txt")).unwrap(),
        "precious"
    );
}

#[test]
fn the_samples_are_listed() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!("samples", text(&run(directory.path(), &["--list"]).stdout));
}

#[test]
fn a_person_is_asked_for_what_is_missing() {
    let Some(terminal) = Terminal::start("create --no-check --no-git", &[]) else {
        return;
    };
    terminal.wait_for("Which sample?");
    terminal.key("Down");
    terminal.key("Enter");
    terminal.answer("Name of the project", "Not Good");
    terminal.wait_for("cannot be the name of a project");
    for _ in 0.."Not Good".len() {
        terminal.key("BSpace");
    }
    terminal.answer("Name of the project", "my-own");
    terminal.wait_for("Make my-own in my-own");
    terminal.key("y");
    let screen = terminal.wait_for("exit code");
    assert!(screen.ends_with("exit code 0\n"), "{screen}");
    assert!(terminal.directory().join("my-own/src/main.rs").exists());
}

#[test]
fn ctrl_c_instead_of_an_answer_leaves_the_terminal_as_it_was() {
    let Some(choosing) = Terminal::start("create", &[]) else {
        return;
    };
    choosing.wait_for("Which sample?");
    assert!(!choosing.shows_cursor());
    choosing.key("C-c");
    choosing.wait_for("exit code 130");
    assert!(choosing.shows_cursor());

    let typing = Terminal::start("connect --url http://127.0.0.1:1 --username me", &[]).unwrap();
    typing.wait_for("Password (not shown)");
    typing.key("C-c");
    typing.wait_for("exit code 130");
    // What is typed now is seen, once as it is typed and once as `cat` repeats it.
    typing.answer("exit code 130", "seen");
    typing.wait_for("seen\nseen\n");
}

/// An application that runs; killed when dropped.
struct App {
    process: Child,
    address: String,
}

impl App {
    /// Starts the program that was built in a project, on any port; it tells its address on standard output.
    fn start(project: &Path, program: &Path, environment: &[(&str, &str)]) -> Self {
        let mut process = Command::new(program)
            .current_dir(project)
            .env("PORT", "0")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_start_matches("http://").to_owned();
        assert!(!address.is_empty(), "it did not tell its address");
        Self { process, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The build directory of this test, which has most of what a copy needs.
fn target() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_astra-dev"));
    program.parent().unwrap().parent().unwrap().to_owned()
}

/// Outside of any repository, and the same each time: what cargo builds of it replaces what it built the last time.
fn place_for(target: &Path) -> PathBuf {
    let mut hash = DefaultHasher::new();
    target.hash(&mut hash);
    let place = std::env::temp_dir().join(format!("astra-dev-tests-{:x}", hash.finish()));
    fs::create_dir_all(&place).unwrap();
    place
}

fn assert_nothing_left_to_compile(cargo: impl Fn(&[&str]) -> String) {
    for next in [
        &["build", "--offline"][..],
        &["test", "--offline", "--no-run"],
    ] {
        let said = cargo(next);
        assert!(
            !said.contains("Compiling"),
            "after the check, {next:?}: {said}"
        );
    }
}

/// Makes a project, there builds it, runs its tests (all, or those whose names have `tests`), starts it and asks it
/// something; nothing is downloaded.
fn build_test_and_run(
    sample: &str,
    tests: &str,
    environment: &[(&str, &str)],
    path: &str,
    expected: &str,
) {
    let target = target();
    let directory = place_for(&target);
    let name = format!("my-{sample}");
    let project = directory.join(&name);
    if project.exists() {
        fs::remove_dir_all(&project).unwrap();
    }
    // All tests are run by the check itself.
    let is_checked = tests.is_empty();
    let check = if is_checked {
        "--offline"
    } else {
        "--no-check"
    };
    let start = Instant::now();
    let made = create(&directory, None, &[&name, "--sample", sample, check])
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .unwrap();
    let mut said = text(&made.stderr);
    assert!(made.status.success(), "{said}");
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(&project);
        let output = cargo.env("CARGO_TARGET_DIR", &target).output().unwrap();
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{said}");
        said
    };
    if is_checked {
        assert_nothing_left_to_compile(cargo);
    } else {
        said = cargo(&["test", "--offline", tests]);
    }
    let seconds = start.elapsed().as_secs();
    // Under its new name it is as its own gate wants it.
    cargo(&["fmt", "--all", "--check"]);
    let passed = said
        .lines()
        .filter(|line| line.starts_with("test ") && line.ends_with("... ok"))
        .count();
    assert!(passed > 0, "no test ran: {said}");
    // Building changes nothing that is under version control, the lock file included.
    let status = Command::new("git")
        .arg("-C")
        .arg(&project)
        .args(["status", "--short"])
        .output()
        .unwrap();
    assert_eq!(text(&status.stdout), "");
    // Tests of a program build the program.
    let app = App::start(&project, &target.join("debug").join(&name), environment);
    let answer = app.get(path);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(expected),
        "{answer}"
    );
    let wrote = text(&made.stderr);
    let wrote = wrote.lines().next().unwrap_or_default();
    eprintln!("{name}: {wrote} Built, {passed} tests passed in {seconds} s; {path} answered.");
}

#[test]
fn a_project_builds_passes_a_test_and_answers_offline() {
    build_test_and_run(
        "reviews",
        "openapi",
        &[],
        "/api/openapi.json",
        "\"openapi\"",
    );
}

// `cargo test -p astra-dev --test it -- --ignored --nocapture --test-threads 1 every_sample` takes minutes: each builds a
// sample, runs all of its tests, starts it and asks it something.

#[test]
#[ignore = "builds a whole sample and runs all of its tests"]
fn every_sample_the_shop() {
    build_test_and_run("ecommerce", "", &[], "/", "<html");
}

#[test]
#[ignore = "builds a whole sample and runs all of its tests"]
fn every_sample_the_reviews() {
    build_test_and_run("reviews", "", &[], "/api/openapi.json", "\"openapi\"");
}

#[test]
#[ignore = "builds a whole sample and runs all of its tests"]
fn every_sample_the_bot() {
    let key = [
        ("DISCORD_APPLICATION_ID", "1300000000000000000"),
        (
            "DISCORD_PUBLIC_KEY",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        ),
    ];
    build_test_and_run("discord-bot", "", &key, "/health/live", "");
}
