//! What `connect` and `status` say of a database in trouble, and what is used of one.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Output;
use std::thread;

use crate::connect::{alone, answering, with_token};
use crate::{Server, astra_dev};

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What `status` says of the server there.
fn status(address: &str) -> Output {
    run("status", address)
}

fn run(command: &str, address: &str) -> Output {
    let directory = tempfile::tempdir().unwrap();
    let mut command = alone(directory.path(), &[command]);
    command
        .env("DATA_API_URL", format!("http://{address}"))
        .env("DATA_API_USERNAME", "cassandra")
        .env("DATA_API_PASSWORD", "cassandra");
    command.output().unwrap()
}

/// A server that closes every connection without an answer.
fn closing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream.unwrap().read(&mut [0; 4096]));
        }
    });
    address
}

#[test]
fn a_database_that_wakes_up_is_named_by_connect_and_status() {
    let waking = answering(
        "503 Service Unavailable",
        r#"{"message":"Resuming your database, please try again shortly."}"#,
    );
    for output in [with_token(&waking, &[]), status(&waking)] {
        let said = said(&output);
        assert!(said.contains("was paused and is being resumed"), "{said}");
        assert!(said.contains("wait a minute or two"), "{said}");
    }
}

#[test]
fn an_empty_reply_and_a_gateway_are_an_outage_and_no_mistake() {
    let empty = closing();
    let gateway = answering("503 Service Unavailable", "no healthy upstream");
    for output in [
        with_token(&empty, &[]),
        status(&empty),
        with_token(&gateway, &[]),
        status(&gateway),
    ] {
        let said = said(&output);
        assert!(said.contains("does not answer"), "{said}");
        assert!(said.contains("try again in a moment"), "{said}");
    }
}

#[test]
fn tokens_without_rights_and_limits_are_told_from_wrong_tokens() {
    let refusal = |code: &str| {
        let body = format!(r#"{{"errors":[{{"errorCode":"{code}","message":"no"}}]}}"#);
        said(&with_token(
            &answering("401 Unauthorized", body.leak()),
            &[],
        ))
    };
    let revoked = refusal("UNAUTHENTICATED_REQUEST");
    assert!(revoked.contains("wrong token"), "{revoked}");
    let narrow = refusal("UNAUTHORIZED_ACCESS");
    let wanted = "the token is right, but may not read the keyspace default_keyspace";
    assert!(narrow.contains(wanted), "{narrow}");
    let busy = said(&with_token(&answering("429 Too Many Requests", ""), &[]));
    assert!(busy.contains("takes no more requests"), "{busy}");
}

#[test]
fn serve_keeps_the_limits_of_astra_and_status_shows_what_is_used() {
    let server = Server::start(&["--in-memory", "--limits", "astra"]);
    assert!(run("seed", &server.address).status.success());
    let shown = status(&server.address);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("collections: 1, tables: 1, indexes: 1"),
        "{shown}"
    );
    let help = astra_dev(&["serve", "--help"]).output().unwrap();
    assert!(String::from_utf8(help.stdout).unwrap().contains("--limits"));
}
