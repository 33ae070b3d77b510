//! What hashing passwords leaves of the real binary's memory.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::json;

/// Kilobytes of memory that a process has, as Linux counts them.
fn resident_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[tokio::test]
async fn a_hundred_wrong_passwords_do_not_keep_memory() {
    let data = tempfile::tempdir().unwrap();
    let mut app = Command::new(env!("CARGO_BIN_EXE_reviews"))
        .env_clear()
        .env("DATA_DIR", data.path())
        .env("PORT", "0")
        .env("RUST_LOG", "error")
        .env("LOGIN_ATTEMPTS", "1000")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let stdout = app.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut url).unwrap();
    let sessions = format!("{}/api/sessions", url.trim());
    let client = reqwest::Client::new();
    let log_in = async || {
        let wrong = json!({ "email": "nobody@example.com", "password": "a wrong guess" });
        let request = client
            .post(&sessions)
            .header("content-type", "application/json")
            .body(wrong.to_string());
        assert_eq!(request.send().await.unwrap().status(), 401);
    };
    log_in().await;
    let before = resident_kb(app.id());
    for _ in 0..10 {
        futures_util::future::join_all((0..10).map(|_| log_in())).await;
    }
    let after = resident_kb(app.id());
    app.kill().unwrap();
    app.wait().unwrap();
    // Other systems count otherwise.
    if let (Some(before), Some(after)) = (before, after) {
        let kept = after.saturating_sub(before);
        assert!(kept < 19 * 1024, "{before} kB before, {after} kB after");
    }
}
