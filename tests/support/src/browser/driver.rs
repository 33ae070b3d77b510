//! chromedriver as a process of its own, on any free port.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::skipped;

#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    pub(super) url: String,
    http: reqwest::Client,
}

impl Driver {
    /// Starts it; says why not where it or the browser is not installed.
    pub(super) fn start() -> Option<Self> {
        for program in ["chromium", "chromedriver"] {
            let version = Command::new(program).arg("--version").output();
            if !version.is_ok_and(|version| version.status.success()) {
                skipped(&format!(
                    "{program} is not installed, so no browser was asked"
                ));
                return None;
            }
        }
        // It takes a port of IPv4 that is free, and ends where that of IPv6 is not.
        let (process, port) = (0..5).find_map(|_| launch()).expect("chromedriver starts");
        Some(Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
        })
    }

    /// A command that is not part of the standard.
    pub(super) async fn post(&self, session: &str, command: &str, body: Value) -> Value {
        let request = self
            .http
            .post(format!("{}/session/{session}/{command}", self.url))
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap().text().await.unwrap();
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].take()
    }
}

/// A chromedriver and its port, unless it ends without one.
fn launch() -> Option<(Child, String)> {
    let mut process = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(process.stdout.take().unwrap());
    let port = said.lines().find_map(|line| {
        let line = line.unwrap();
        let port = line.split("started successfully on port ").nth(1)?;
        Some(port.trim_end_matches('.').to_owned())
    });
    if port.is_none() {
        process.wait().unwrap();
    }
    Some((process, port?))
}

impl Drop for Driver {
    fn drop(&mut self) {
        // chromedriver takes its browsers with it.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

pub(super) fn from_base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}
