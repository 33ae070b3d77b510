//! `astra-dev connect` with a person at a terminal.

use std::net::TcpListener;

use crate::Server;
use crate::connect::steady;
use crate::terminal::Terminal;

#[test]
fn a_person_answers_and_gets_a_connection_that_works() {
    // By variable: an option of the server would be seen where the test looks for it.
    let typed = "AstraCS:typed:by:hand";
    let server = Server::start_with(&["--in-memory"], &[("ASTRA_DEV_TOKEN", typed)]);
    let Some(terminal) = Terminal::start("connect --write", &[]) else {
        return;
    };
    terminal.answer("Which database?", "");
    terminal.answer("or endpoint", &format!("http://{}", server.address));
    terminal.answer("Application token", typed);
    terminal.wait_for("Keyspace");
    assert!(!Terminal::processes().contains("typed:by"));
    terminal.answer("Keyspace", "shop");
    terminal.wait_for("Make it?");
    terminal.key("y");
    let screen = terminal.wait_for("exit code");
    assert!(!screen.contains("typed"), "{screen}");
    insta::assert_snapshot!("asked_and_works", steady(&screen, &server.address));
    let written = std::fs::read_to_string(terminal.directory().join(".env")).unwrap();
    assert!(written.contains("typed%3Aby%3Ahand"), "{written}");
}

#[test]
fn a_wrong_token_at_the_prompt_is_named_and_not_shown() {
    let server = Server::start(&["--in-memory", "--token", "AstraCS:another"]);
    let arguments = format!(
        "connect --endpoint http://{} --keyspace shop",
        server.address
    );
    let Some(terminal) = Terminal::start(&arguments, &[]) else {
        return;
    };
    terminal.answer("Application token", "AstraCS:typed:wrong");
    let screen = terminal.wait_for("exit code");
    assert!(!screen.contains("typed"), "{screen}");
    insta::assert_snapshot!("asked_wrong_token", steady(&screen, &server.address));
}

#[test]
fn a_host_that_is_not_reached_is_named() {
    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let Some(terminal) = Terminal::start("connect", &[("ASTRA_DB_KEYSPACE", "shop")]) else {
        return;
    };
    terminal.wait_for("Which database?");
    terminal.key("Down");
    terminal.key("Enter");
    // What stands there is the default; the test's own address takes its place.
    terminal.answer("URL", &format!("http://{unused}"));
    terminal.answer("User", "ann");
    terminal.answer("Password", "s3cret");
    let screen = terminal.wait_for("exit code");
    assert!(!screen.contains("s3cret"), "{screen}");
    insta::assert_snapshot!("asked_unreachable", steady(&screen, &unused.to_string()));
}

#[test]
fn each_answer_is_checked_before_the_next_question() {
    let Some(terminal) = Terminal::start("connect --no-test", &[]) else {
        return;
    };
    terminal.answer("Which database?", "");
    terminal.answer("or endpoint", "nonsense");
    terminal.wait_for("nonsense\" is no");
    terminal.key("C-u");
    for _ in 0.."nonsense".len() {
        terminal.key("BSpace");
    }
    terminal.answer("or endpoint", "01234567-89ab-cdef-0123-456789abcdef");
    terminal.answer("Region", "us east");
    terminal.wait_for("us east\"");
    for _ in 0.."us east".len() {
        terminal.key("BSpace");
    }
    terminal.answer("Region", "us-east-2");
    terminal.answer("Application token", "Bearer AstraCS:1");
    terminal.wait_for("leave that word out");
    terminal.answer("Application token", "AstraCS:typed");
    terminal.answer("Keyspace", "my-shop");
    terminal.wait_for("cannot be the name of a keyspace");
    for _ in 0.."my-shop".len() {
        terminal.key("BSpace");
    }
    terminal.answer("Keyspace", "shop");
    let screen = terminal.wait_for("exit code");
    assert!(
        screen.ends_with("exit code 0\n") && !screen.contains("typed"),
        "{screen}"
    );
}

#[test]
fn a_connection_string_is_asked_for_and_not_shown() {
    let Some(terminal) = Terminal::start("connect --no-test", &[]) else {
        return;
    };
    terminal.wait_for("Which database?");
    terminal.key("Down");
    terminal.key("Down");
    terminal.key("Enter");
    terminal.answer("Connection string", "http://ann:s3cret@h");
    terminal.wait_for("keyspace is missing");
    terminal.answer("Connection string", "http://ann:s3cret@h/v1/shop");
    let screen = terminal.wait_for("exit code");
    assert!(
        screen.contains("\nDATA_API_URI=http://ann:[REDACTED]@h/v1/shop\n"),
        "{screen}"
    );
    assert!(
        screen.ends_with("exit code 0\n") && !screen.contains("s3cret"),
        "{screen}"
    );
}
