//! What hashing passwords leaves of the real binary's memory.

use std::process::Command;

use serde_json::json;
use test_support::{Running, resident_kb};

#[tokio::test]
async fn a_hundred_wrong_passwords_do_not_keep_memory() {
    let data = tempfile::tempdir().unwrap();
    let mut app = Command::new(env!("CARGO_BIN_EXE_reviews"));
    app.env_clear()
        .env("DATA_DIR", data.path())
        .env("RUST_LOG", "error")
        .env("LOGIN_ATTEMPTS", "1000");
    let mut app = Running::start(&mut app);
    let process = app.process().id();
    let sessions = format!("{}/api/sessions", app.url);
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
    let before = resident_kb(process);
    for _ in 0..10 {
        futures_util::future::join_all((0..10).map(|_| log_in())).await;
    }
    let after = resident_kb(process);
    // Other systems count otherwise.
    if let (Some(before), Some(after)) = (before, after) {
        let kept = after.saturating_sub(before);
        assert!(kept < 19 * 1024, "{before} kB before, {after} kB after");
    }
}
