//! `astra-dev serve`.

use std::net::TcpListener;

use crate::{Server, TOKEN, astra_dev};

const CREATE: &str = r#"{"createKeyspace":{"name":"shop"}}"#;
const LIST: &str = r#"{"findKeyspaces":{}}"#;

/// What a run that cannot start says on standard error.
fn refusal(arguments: &[&str]) -> String {
    let output = astra_dev(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_banner_tells_all_that_is_needed_to_send_a_command() {
    let server = Server::start(&["--in-memory"]);
    assert!(
        server.banner.contains(&format!("\n  Token    {TOKEN}\n")),
        "{}",
        server.banner
    );
    assert!(
        server
            .banner
            .contains("\n  Data     in memory, gone when this stops\n"),
        "{}",
        server.banner
    );
    let (status, body) = server.post("/v1", TOKEN, CREATE);
    assert_eq!(
        (status.as_str(), body.as_str()),
        ("HTTP/1.1 200 OK", r#"{"status":{"ok":1}}"#)
    );
}

#[test]
fn data_is_there_after_stopping_and_starting_again() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("new").to_str().unwrap().to_owned();
    for signal in ["-INT", "-TERM"] {
        let server = Server::start(&["--data", &data]);
        server.post("/v1", TOKEN, CREATE);
        assert!(server.stop(signal).success());
    }
    let server = Server::start(&["--data", &data]);
    assert_eq!(
        server.post("/v1", TOKEN, LIST).1,
        r#"{"status":{"keyspaces":["shop"]}}"#
    );
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap();
    let _server = Server::start(&["--data", data]);
    assert_eq!(
        refusal(&["serve", "--port", "0", "--data", data]),
        format!(
            "error: the data directory {data} is in use by another process; stop it, or give this one a directory of its own\n"
        )
    );
}

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let data = file.path().join("data").to_str().unwrap().to_owned();
    let said = refusal(&["serve", "--port", "0", "--data", &data]);
    assert!(
        said.starts_with(&format!("error: cannot use the data directory {data};")),
        "{said}"
    );
    assert!(said.contains("\n  because: Not a directory"), "{said}");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_eq!(
        refusal(&["serve", "--in-memory", "--port", &port]),
        format!(
            "error: port {port} is in use on 127.0.0.1; stop what uses it, or choose another with --port\n"
        )
    );
}

#[test]
fn health_tells_by_its_exit_code_whether_the_server_is_ready() {
    let server = Server::start(&["--in-memory"]);
    let port = server.address.rsplit_once(':').unwrap().1.to_owned();
    let ask = || {
        let mut health = astra_dev(&["health"]);
        health
            .env("ASTRA_DEV_HOST", "0.0.0.0")
            .env("ASTRA_DEV_PORT", &port);
        let output = health.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(ask(), (Some(0), String::new()));
    assert!(server.stop("-TERM").success());
    let (code, said) = ask();
    assert_eq!(code, Some(1));
    assert!(
        said.contains("nothing answers on http://127.0.0.1:"),
        "{said}"
    );
}

#[test]
fn only_the_configured_user_and_token_are_let_in() {
    let server = Server::start(&[
        "--in-memory",
        "--username",
        "ann",
        "--password",
        "s3cret",
        "--token",
        "AstraCS:mine",
    ]);
    assert!(
        !server.banner.contains("s3cret") && !server.banner.contains("czNjcmV0"),
        "{}",
        server.banner
    );
    for token in ["Cassandra:YW5u:czNjcmV0", "AstraCS:mine"] {
        assert_eq!(server.post("/v1", token, LIST).0, "HTTP/1.1 200 OK");
    }
    for token in [TOKEN, "AstraCS:other", ""] {
        assert_eq!(
            server.post("/v1", token, LIST).0,
            "HTTP/1.1 401 Unauthorized"
        );
    }
}

#[test]
fn variables_stand_in_for_options_and_help_shows_no_password() {
    let help = |name: &str, value: &str| {
        let output = astra_dev(&["serve", "--help"])
            .env(name, value)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(help("ASTRA_DEV_PORT", "9999").contains("[env: ASTRA_DEV_PORT=9999]"));
    assert!(!help("ASTRA_DEV_PASSWORD", "s3cret").contains("s3cret"));
}
