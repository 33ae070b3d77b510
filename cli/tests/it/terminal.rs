//! A terminal to type into and to read from: tmux, with nothing of the person's own settings.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A command that runs in a terminal of 100 columns; ended when dropped.
pub(crate) struct Terminal {
    directory: TempDir,
}

impl Terminal {
    /// Starts the tool with these arguments; `None`, loudly, where there is no tmux.
    pub(crate) fn start(arguments: &str, environment: &[(&str, &str)]) -> Option<Self> {
        if Command::new("tmux").arg("-V").output().is_err() {
            eprintln!("skipped: tmux is not installed");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let script = format!(
            "trap : INT; {} {arguments}; echo \"exit code $?\"; cat",
            env!("CARGO_BIN_EXE_astra-dev")
        );
        let terminal = Self { directory };
        let mut command = terminal.tmux();
        command.envs(environment.iter().copied());
        command.args(["new-session", "-d", "-x", "100", "-y", "40", "-c"]);
        command.arg(terminal.directory.path()).arg(script);
        assert!(command.status().unwrap().success());
        Some(terminal)
    }

    fn tmux(&self) -> Command {
        let mut command = Command::new("tmux");
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("TERM", "screen-256color")
            .env("SHELL", "/bin/sh")
            .env("LC_ALL", "C.UTF-8")
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(self.directory.path().join("tmux"));
        command
    }

    /// The directory the tool runs in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        let output = self
            .tmux()
            .args(["capture-pane", "-p", "-J"])
            .output()
            .unwrap();
        let screen = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = screen.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned() + "\n"
    }

    /// Waits until the screen has this text.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "no {text:?} in:\n{screen}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for a question and answers it.
    pub(crate) fn answer(&self, question: &str, answer: &str) {
        self.wait_for(question);
        if !answer.is_empty() {
            let typed = self
                .tmux()
                .args(["send-keys", "-l", answer])
                .status()
                .unwrap();
            assert!(typed.success());
        }
        self.key("Enter");
    }

    /// Whether the cursor is seen.
    pub(crate) fn shows_cursor(&self) -> bool {
        let asked = self
            .tmux()
            .args(["display-message", "-p", "#{cursor_flag}"])
            .output();
        asked.unwrap().stdout.starts_with(b"1")
    }

    pub(crate) fn key(&self, key: &str) {
        assert!(
            self.tmux()
                .args(["send-keys", key])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Arguments of every process of this user's that can be read: what `ps` would show.
    pub(crate) fn processes() -> String {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        lines
            .map(|line| String::from_utf8_lossy(&line).replace('\0', " ") + "\n")
            .collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.tmux().arg("kill-server").output());
    }
}
