//! "Take out what you do not need": every row of that table in an application's README names files and marked lines. They are
//! deleted from a copy of the workspace, and what is left compiles without a warning.
//!
//! A line is marked by a comment at its end, `// cut: gateway`, several lines by one comment before and one after them,
//! `// cut: gateway` and `// end: gateway`. Whatever begins a comment in that kind of file does: `//`, `#`, `{#`, `<!--`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tree;

/// The section whose rows leave tests that pass. After a row of another one, tests of what is gone are to be taken out, too.
const LEAVES_TESTS: &str = "Take out what you do not need";
const ENDINGS: &[&str] = &[
    ".rs", ".toml", ".html", ".txt", ".md", ".css", ".js", ".yaml", ".yml", ".example",
];

/// A row of the table.
#[derive(Debug)]
struct Cut {
    app: String,
    what: String,
    leaves_tests: bool,
    /// Files and folders, from the root of the workspace.
    deleted: Vec<String>,
    /// Which marks, and the files they are in.
    marks: Vec<String>,
    marked: Vec<String>,
}

/// One row, to have an answer soon; the others are in `.ci/full`.
#[test]
fn the_first_cut_of_the_bot_compiles_without_a_warning() {
    let Some(cut) = cuts().into_iter().find(|cut| cut.app == "discord-bot") else {
        return;
    };
    let copy = Workspace::begin();
    copy.take_out(&cut);
    copy.check(&cut).unwrap();
}

#[test]
#[ignore = "a check for each row: .ci/full"]
fn every_cut_compiles_without_a_warning() {
    let said = cuts().into_iter().filter_map(|cut| {
        let copy = Workspace::begin();
        copy.take_out(&cut);
        copy.check(&cut).err()
    });
    assert_eq!(said.collect::<Vec<_>>().join("\n"), "");
}

#[test]
#[ignore = "the tests of an application for each row: .ci/full"]
fn every_cut_passes_the_tests_that_are_left() {
    for cut in cuts().into_iter().filter(|cut| cut.leaves_tests) {
        let copy = Workspace::begin();
        copy.take_out(&cut);
        let mut tests = copy.cargo(&["test", "-p", &cut.app]);
        assert!(tests.status().unwrap().success(), "{cut:#?}");
    }
}

#[test]
fn every_cut_names_what_is_there() {
    for cut in cuts() {
        for path in &cut.deleted {
            assert!(tree::root().join(path).exists(), "{path}: {cut:#?}");
        }
        let mut found = marked(&cut);
        found.retain(|file| !cut.deletes(file));
        let mut named = cut.marked.clone();
        named.sort();
        assert_eq!(found, named, "files with marked lines: {cut:#?}");
    }
}

#[test]
fn marked_lines_and_blocks_are_taken_out_and_nothing_else() {
    let text = "one\ntwo // cut: a\n// cut: b\nthree\n// end: b\n# cut: a\nfour\n# end: a\n<!-- cut: a -->\nfive\n<!-- end: a -->\nsix\n";
    let a = [String::from("a")];
    assert_eq!(
        without(text, &a).unwrap(),
        "one\n// cut: b\nthree\n// end: b\nsix\n"
    );
    let open = without("# cut: a\none\n", &a).unwrap_err();
    assert!(open.contains("end: a"), "{open}");
    assert_eq!(without(text, &["c".to_owned()]).unwrap(), text);
}

/// The rows of all applications.
fn cuts() -> Vec<Cut> {
    let readmes = tree::files(&["README.md"]).into_iter();
    let readmes = readmes.filter_map(|file| {
        let app = file.path.strip_prefix("apps/")?;
        let app = app.strip_suffix("/README.md")?.to_owned();
        Some((app, file.text))
    });
    readmes
        .flat_map(|(app, text)| in_page(&app, &text))
        .collect()
}

/// The rows of every section whose heading begins with "Take out".
fn in_page(app: &str, page: &str) -> Vec<Cut> {
    let sections = page.split("\n#").filter_map(|section| {
        let section = section.trim_start_matches('#').trim_start();
        section.starts_with("Take out ").then_some(section)
    });
    let rows = sections.flat_map(|section| {
        let leaves_tests = section.starts_with(LEAVES_TESTS);
        let rows = section.lines().filter(|line| line.starts_with("| "));
        rows.skip(1)
            .map(move |row| Cut::read(app, row, leaves_tests))
    });
    rows.collect()
}

impl Cut {
    fn read(app: &str, row: &str, leaves_tests: bool) -> Self {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [what, files, lines] = cells[..] else {
            panic!("{app}: `{row}` has not three cells");
        };
        let (marks, marked) = code(lines)
            .into_iter()
            .partition::<Vec<_>, _>(|text| text.starts_with("cut: "));
        let from_root = |path: String| format!("apps/{app}/{}", path.trim_end_matches('/'));
        Self {
            app: app.to_owned(),
            what: what.to_owned(),
            leaves_tests,
            deleted: code(files).into_iter().map(from_root).collect(),
            marks: marks
                .iter()
                .map(|mark| mark.replacen("cut: ", "", 1))
                .collect(),
            marked: marked.into_iter().map(from_root).collect(),
        }
    }

    fn deletes(&self, file: &str) -> bool {
        let mut deleted = self.deleted.iter();
        deleted.any(|path| file == path || file.starts_with(&format!("{path}/")))
    }
}

/// What stands in backticks.
fn code(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The files of an application that have lines to delete.
fn marked(cut: &Cut) -> Vec<String> {
    let folder = format!("apps/{}/", cut.app);
    let files = tree::files(ENDINGS).into_iter();
    let files = files.filter(|file| file.path.starts_with(&folder));
    let has_marks =
        |file: &tree::File| without(&file.text, &cut.marks).is_ok_and(|less| less != file.text);
    files.filter(has_marks).map(|file| file.path).collect()
}

/// The text without the lines that carry one of these marks.
fn without(text: &str, marks: &[String]) -> Result<String, String> {
    let mut kept = String::new();
    let mut open = None;
    for line in text.split_inclusive('\n') {
        let ends =
            open.is_some_and(|mark: &String| comment(line, "end: ") == Some((true, mark.as_str())));
        let begins = marks.iter().find_map(|mark| {
            let (alone, named) = comment(line, "cut: ")?;
            (named == mark).then_some((alone, mark))
        });
        match (open, begins) {
            (Some(_), _) if ends => open = None,
            (Some(_), _) | (None, Some((false, _))) => {}
            (None, Some((true, mark))) => open = Some(mark),
            (None, None) => kept.push_str(line),
        }
    }
    open.map_or(Ok(kept), |mark| Err(format!("no line says `end: {mark}`")))
}

/// What a comment at the end of a line says after `word`, and whether the line is nothing else.
fn comment<'a>(line: &'a str, word: &str) -> Option<(bool, &'a str)> {
    let (before, named) = line.trim_end().rsplit_once(word)?;
    let before = before.trim();
    let openers = ["//", "#", "{#", "<!--", "/*"];
    let code = openers
        .iter()
        .rev()
        .find_map(|opener| before.strip_suffix(opener))?;
    let named = ["-->", "#}", "*/"]
        .iter()
        .find_map(|closer| named.strip_suffix(closer))
        .unwrap_or(named);
    Some((code.trim().is_empty(), named.trim()))
}

/// A copy of the workspace beside the compiled files. It is brought up to date instead of made anew, so that what did not change is
/// not compiled again. Its crates have a version of their own: cargo would otherwise take them for the workspace's and
/// overwrite one's compiled files by the other's.
struct Workspace(PathBuf);

impl Workspace {
    fn begin() -> Self {
        let copy = Self(target().join("cuts"));
        let mut wanted = BTreeMap::new();
        collect(tree::root(), Path::new(""), &mut wanted);
        copy.remove_others(Path::new(""), &wanted);
        for (path, mut bytes) in wanted {
            if path == Path::new("Cargo.toml") || path == Path::new("Cargo.lock") {
                let text = String::from_utf8(bytes).unwrap();
                bytes = other_version(&path, &text).into_bytes();
            }
            copy.write(&path, &bytes);
        }
        copy
    }

    fn remove_others(&self, folder: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>) {
        let Ok(entries) = std::fs::read_dir(self.0.join(folder)) else {
            return;
        };
        for entry in entries {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                self.remove_others(&path, wanted);
            } else if !wanted.contains_key(&path) {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) {
        let path = self.0.join(path);
        if std::fs::read(&path).is_ok_and(|present| present == bytes) {
            return;
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn take_out(&self, cut: &Cut) {
        for path in &cut.deleted {
            let path = self.0.join(path);
            let deleted = if path.is_dir() {
                std::fs::remove_dir_all(&path)
            } else {
                std::fs::remove_file(&path)
            };
            deleted.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        for path in &cut.marked {
            let text = std::fs::read_to_string(self.0.join(path)).unwrap();
            let less = without(&text, &cut.marks);
            let less = less.unwrap_or_else(|problem| panic!("{path}: {problem}"));
            assert_ne!(text, less, "{path} has no line marked {:?}", cut.marks);
            self.write(Path::new(path), less.as_bytes());
        }
    }

    fn cargo(&self, args: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap());
        cargo
            .args(args)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target());
        cargo
    }

    /// Compiles the application. The error is whatever the compiler says of any crate of the workspace.
    fn check(&self, cut: &Cut) -> Result<(), String> {
        let mut cargo = self.cargo(&["check", "-p", &cut.app, "--message-format=json"]);
        let output = cargo.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let messages = stdout.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            message["message"]["rendered"].as_str().map(str::to_owned)
        });
        let said: String = messages.collect();
        if output.status.success() && said.is_empty() {
            return Ok(());
        }
        let (app, what) = (&cut.app, &cut.what);
        let failed = String::from_utf8_lossy(&output.stderr);
        Err(format!("{app} without \"{what}\":\n{said}\n{failed}"))
    }
}

/// Where this test was compiled to: `target/debug/deps/…`.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().to_owned()
}

/// Every file of the workspace but what git passes over.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let path = folder.join(&name);
        if entry.file_type().unwrap().is_dir() {
            let skipped = name == ".git" || name == "target" || path == Path::new("data");
            if !skipped {
                collect(root, &path, files);
            }
        } else if name != ".env" && name != ".git" {
            files.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// The workspace's version, wherever its manifest or its crates in the lock file name it.
fn other_version(path: &Path, text: &str) -> String {
    let manifest = tree::read("Cargo.toml");
    let (_, package) = manifest.split_once("[workspace.package]").unwrap();
    let (_, version) = package.split_once("version = \"").unwrap();
    let (version, _) = version.split_once('"').unwrap();
    let other = format!("{version}-cut");
    if path == Path::new("Cargo.toml") {
        return text
            .replace(
                &format!("version = \"{version}\""),
                &format!("version = \"{other}\""),
            )
            .replace(
                &format!("version = \"={version}\""),
                &format!("version = \"={other}\""),
            );
    }
    // Packages of a registry have a source.
    let packages = text.split("\n\n").map(|package| {
        if package.contains("\nsource = ") {
            package.to_owned()
        } else {
            package.replace(
                &format!("\nversion = \"{version}\""),
                &format!("\nversion = \"{other}\""),
            )
        }
    });
    packages.collect::<Vec<_>>().join("\n\n")
}
