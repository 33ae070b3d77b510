//! A server as its own process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A program that serves; killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    /// Where it listens; empty until that is known.
    pub url: String,
}

impl Running {
    /// Starts a program that prints its address, and waits for that.
    pub fn start(program: &mut Command) -> Self {
        let (mut running, address) = Self::launch(program);
        running.url = address.read().expect("the program starts");
        running
    }

    /// Starts a program on any free port, and returns where it will print its address.
    pub fn launch(program: &mut Command) -> (Self, Address) {
        if program.get_current_dir().is_none() {
            // A developer's .env is not for tests.
            program.current_dir(std::env::temp_dir());
        }
        let mut process = program
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let address = Address(process.stdout.take().unwrap());
        let url = String::new();
        (Self { process, url }, address)
    }

    /// The process itself.
    pub fn process(&mut self) -> &mut Child {
        &mut self.process
    }

    /// Asks the program to stop, as a supervisor does, and waits until it has.
    pub fn stop(mut self) {
        // The shell has `kill` built in; as a program of its own a slim image may lack it.
        let kill = format!("kill -TERM {}", self.process.id());
        let asked = Command::new("sh").args(["-c", &kill]).status();
        assert!(asked.unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Running {
    /// SIGKILL: the process gets no chance to tidy up.
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where a program that is about to serve prints its address.
#[derive(Debug)]
pub struct Address(ChildStdout);

impl Address {
    /// Waits for it; `None` where the program ended before it served.
    pub fn read(self) -> Option<String> {
        let mut url = String::new();
        BufReader::new(self.0).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        url.starts_with("http://").then_some(url)
    }
}

/// Kilobytes of memory that a process has, as Linux counts them; `None` on other systems.
pub fn resident_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
