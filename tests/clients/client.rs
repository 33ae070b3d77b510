//! An official client: where it is installed, and its tour.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::server::{PASSWORD, Server, USERNAME};

/// Far more than any tour takes; what hangs must end all the same.
const DEADLINE: Duration = Duration::from_mins(8);

/// A client that `tests/clients/install` has installed.
#[derive(Debug)]
pub(crate) struct Client {
    name: &'static str,
    /// Where it is installed.
    pub(crate) folder: PathBuf,
    /// Where its tour is.
    sources: PathBuf,
}

impl Client {
    /// `None`, said aloud, where the version that `manifest` names is not installed.
    pub(crate) fn installed(name: &'static str, manifest: &str) -> Option<Self> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("clients")
            .join(name);
        let wanted = std::fs::read(sources.join(manifest)).unwrap();
        let folder = target_directory().join("clients").join(name);
        if std::fs::read(folder.join("installed")).ok() != Some(wanted) {
            say(&format!(
                "skipped: {name} is not installed, which tests/clients/install {name} does"
            ));
            return None;
        }
        Some(Self {
            name,
            folder,
            sources,
        })
    }

    /// Takes the tour: runs `command` beside its sources, against a server of its own, and prints what it prints.
    pub(crate) async fn tour(&self, mut command: Command) {
        let Some(server) = Server::start().await else {
            return;
        };
        command
            .current_dir(&self.sources)
            .env("DATA_API_URL", &server.url)
            .env("DATA_API_USERNAME", USERNAME)
            .env("DATA_API_PASSWORD", PASSWORD)
            .stdin(Stdio::null());
        let mut command = tokio::process::Command::from(command);
        let taken = tokio::time::timeout(DEADLINE, command.kill_on_drop(true).output()).await;
        let output = taken.expect("the tour ends in time").unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        say(&format!("{}\n{told}", self.name));
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {complaints}", self.name);
    }

    /// The files of the tour that end in `extension`, copied to where Node.js finds their packages: it looks for them in
    /// the folders above a file and nowhere else.
    pub(crate) fn beside_its_packages(&self, extension: &str) -> Vec<PathBuf> {
        let copy = |source: PathBuf| {
            let beside = self.folder.join(source.file_name()?);
            std::fs::copy(source, &beside).unwrap();
            Some(beside)
        };
        self.files(extension).into_iter().filter_map(copy).collect()
    }

    /// The compiled tour; `None`, said aloud, where there is no compiler.
    pub(crate) fn compiled(&self) -> Option<PathBuf> {
        let classes = self.folder.join("classes");
        // What an older tour left must not run with this one.
        if classes.exists() {
            std::fs::remove_dir_all(&classes).unwrap();
        }
        let compiled = Command::new("javac")
            .args(["-Xlint:all,-processing", "-Werror", "-proc:none", "-d"])
            .arg(&classes)
            .arg("-cp")
            .arg(self.class_path())
            .args(self.files("java"))
            .output();
        let Ok(compiled) = compiled else {
            say(&format!(
                "skipped: {} needs the compiler javac, which is not here",
                self.name
            ));
            return None;
        };
        let errors = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{errors}");
        Some(classes)
    }

    pub(crate) fn class_path(&self) -> OsString {
        self.folder.join("lib/*").into()
    }

    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.sources).unwrap();
        let mut files: Vec<_> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect();
        files.sort();
        files
    }
}

fn target_directory() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

/// Says it even when the test passes, whose standard output is kept from sight.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("standard error can be written to");
}
