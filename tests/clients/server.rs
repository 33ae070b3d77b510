//! `astra-dev serve` as a user starts it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::client::say;

pub(crate) const USERNAME: &str = "cassandra";
pub(crate) const PASSWORD: &str = "a password of its own";

/// A server on a free port with a directory of its own, both gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) url: String,
    _process: Child,
    _data: TempDir,
}

impl Server {
    /// `None`, said aloud, where `astra-dev` was not built.
    pub(crate) async fn start() -> Option<Self> {
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(program()?)
            .args(["serve", "--port", "0", "--data"])
            .arg(data.path())
            .env("ASTRA_DEV_USERNAME", USERNAME)
            .env("ASTRA_DEV_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(Duration::from_mins(1), said.next_line()).await;
        let first = first.expect("the server starts in time").unwrap();
        let first = first.expect("the server says where it listens");
        let (_, url) = first.split_once("listens on ").unwrap();
        let url = url.to_owned();
        // What it says later must not meet a closed pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Some(Self {
            url,
            _process: process,
            _data: data,
        })
    }
}

/// `cargo test --workspace` builds every program before it runs the first test, two folders above this one.
pub(crate) fn program() -> Option<PathBuf> {
    let this = std::env::current_exe().unwrap();
    let program = this.parent()?.parent()?.join("astra-dev");
    if !program.exists() {
        say("skipped: astra-dev is not built, which cargo test --workspace does");
        return None;
    }
    Some(program)
}
