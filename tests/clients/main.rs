//! The official clients of the Data API, unmodified, against the unmodified `astra-dev serve`.
//!
//! Each client takes its tour in its own language, with that language's test runner; the tours are in the folders named
//! after the clients, and can be taken by hand against any server.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod client;
mod programs;
mod server;

use std::process::Command;

use client::Client;

#[tokio::test]
async fn python() {
    let Some(astrapy) = Client::installed("astrapy", "requirements.txt") else {
        return;
    };
    let mut pytest = Command::new(astrapy.folder.join("bin/python"));
    pytest
        .args(["-m", "pytest", "-p", "no:cacheprovider", "-r", "s"])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    astrapy.tour(pytest).await;
}

/// The tools of `astra-dev mcp`, to a client that knows nothing of the Data API.
#[tokio::test]
async fn mcp() {
    let Some(sdk) = Client::installed("mcp", "requirements.txt") else {
        return;
    };
    let Some(program) = server::program() else {
        return;
    };
    let mut pytest = Command::new(sdk.folder.join("bin/python"));
    pytest
        .args(["-m", "pytest", "-p", "no:cacheprovider", "-r", "s"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ASTRA_DEV", program);
    sdk.tour(pytest).await;
}

#[tokio::test]
async fn typescript() {
    let Some(astra_db_ts) = Client::installed("astra-db-ts", "package-lock.json") else {
        return;
    };
    let files = astra_db_ts.beside_its_packages("mjs");
    let tests = files
        .iter()
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"));
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).args(tests);
    astra_db_ts.tour(node).await;
}

#[tokio::test]
async fn java() {
    let Some(astra_db_java) = Client::installed("astra-db-java", "pom.xml") else {
        return;
    };
    let Some(classes) = astra_db_java.compiled() else {
        return;
    };
    let mut junit = Command::new("java");
    junit
        .arg("-cp")
        .arg(astra_db_java.class_path())
        .args([
            "org.junit.platform.console.ConsoleLauncher",
            "execute",
            "--disable-banner",
            "--disable-ansi-colors",
        ])
        .args(["--details=tree", "--fail-if-no-tests", "--class-path"])
        .arg(&classes)
        .arg("--scan-class-path")
        .arg(&classes);
    astra_db_java.tour(junit).await;
}
