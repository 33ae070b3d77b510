//! Whole sessions with the tool, as a person has them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::print_stderr, reason = "a test that cannot run here says so")]

mod chromium;
mod connect;
mod connect_asks;
mod console;
mod copy;
mod create;
mod create_places;
mod db;
mod describe;
mod export;
mod import;
mod import_files;
mod maintenance;
mod mcp;
mod metrics;
mod outage;
mod serve;
mod terminal;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};

/// What a server takes that nobody has given another password.
const TOKEN: &str = "Cassandra:Y2Fzc2FuZHJh:Y2Fzc2FuZHJh";

fn astra_dev(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_astra-dev"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A server that listens; killed when dropped.
struct Server {
    process: Child,
    /// Host and port.
    address: String,
    /// What it said when it started.
    banner: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut process = astra_dev(&["serve", "--port", "0"])
            .args(arguments)
            .envs(environment.iter().copied())
            .spawn()
            .unwrap();
        let mut banner = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        while !banner.ends_with("Ctrl-C stops it.\n") {
            assert_ne!(
                lines.read_line(&mut banner).unwrap(),
                0,
                "no banner: {banner}"
            );
        }
        let url = banner
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap();
        let address = url.trim_start_matches("http://").to_owned();
        process.stdout = Some(lines.into_inner());
        Self {
            process,
            address,
            banner,
        }
    }

    /// Posts a body and gives the status line and body of the answer.
    fn post(&self, path: &str, token: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: x\r\nToken: {token}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    /// Sends a command as the standard user and gives the answer.
    fn command(&self, path: &str, command: &serde_json::Value) -> serde_json::Value {
        let (_, body) = self.post(&format!("/v1{path}"), TOKEN, &command.to_string());
        serde_json::from_str(&body).unwrap()
    }

    /// Sends a signal and waits for the end.
    fn stop(mut self, signal: &str) -> ExitStatus {
        // The shell has `kill` built in; as a program of its own a slim image may lack it.
        let kill = format!("kill {signal} {}", self.process.id());
        let asked = Command::new("sh").args(["-c", &kill]).status();
        assert!(asked.unwrap().success());
        self.process.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
