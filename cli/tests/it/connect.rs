//! `astra-dev connect`, by options.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use astra_db::ConnectionString;

use crate::{Server, astra_dev};

pub(crate) const TOKEN: &str = "AstraCS:only:for:tests";

/// The tool in a directory and environment of its own.
pub(crate) fn alone(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = astra_dev(arguments);
    command
        .env_clear()
        .current_dir(directory)
        .stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What was said, with what differs from run to run taken out.
pub(crate) fn steady(said: &str, address: &str) -> String {
    let said = if address.is_empty() {
        said.to_owned()
    } else {
        said.replace(address, "127.0.0.1:PORT")
    };
    let times = said
        .split("took ")
        .map(|part| match part.split_once(" to ") {
            Some((_, rest)) if part.contains("(median)") => {
                let rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
                format!("N ms (median) to N {rest}")
            }
            _ => part.to_owned(),
        });
    times.collect::<Vec<_>>().join("took ")
}

/// Standard output, standard error and exit code, as one text to compare.
fn session(output: &Output, address: &str) -> String {
    let code = output.status.code().unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let said = format!("--- standard output\n{out}--- standard error\n{err}--- exit code {code}\n");
    steady(&said, address)
}

pub(crate) fn with_token(server: &str, arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    alone(
        directory.path(),
        &["connect", "--endpoint", &format!("http://{server}")],
    )
    .args(arguments)
    .env("ASTRA_DB_APPLICATION_TOKEN", TOKEN)
    .output()
    .unwrap()
}

fn server() -> Server {
    Server::start(&["--in-memory", "--token", TOKEN])
}

#[test]
fn a_missing_keyspace_is_made_when_asked_for_and_the_connection_works() {
    let server = server();
    let missing = with_token(&server.address, &["--keyspace", "shop"]);
    insta::assert_snapshot!("missing_keyspace", session(&missing, &server.address));
    let made = with_token(
        &server.address,
        &["--keyspace", "shop", "--create-keyspace"],
    );
    insta::assert_snapshot!("works", session(&made, &server.address));
    assert!(
        with_token(&server.address, &["--keyspace", "shop"])
            .status
            .success()
    );
}

#[test]
fn a_wrong_token_is_told_from_a_wrong_host_and_from_no_server() {
    let wrong = Server::start(&["--in-memory", "--token", "AstraCS:another"]);
    let refused = with_token(&wrong.address, &[]);
    insta::assert_snapshot!("wrong_token", session(&refused, &wrong.address));

    let unused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = with_token(&unused.to_string(), &[]);
    insta::assert_snapshot!("nobody_answers", session(&nobody, &unused.to_string()));

    // Reserved never to exist: RFC 6761.
    let nowhere = with_token("no-such-host.invalid", &[]);
    insta::assert_snapshot!("unknown_host", session(&nowhere, ""));
}

/// A server that gives one answer to everybody.
pub(crate) fn answering(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // The request fits into one read: a few headers and a command of 22 bytes.
            let mut request = [0; 4096];
            drop(stream.read(&mut request));
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    address
}

#[test]
fn a_paused_database_is_told_from_something_that_is_no_data_api() {
    // As awesome-astra.github.io/docs/pages/astra/resume-db and reports of users have it.
    let paused = answering(
        "503 Service Unavailable",
        r#"{"message":"Resuming your database, please try again shortly."}"#,
    );
    insta::assert_snapshot!("paused", session(&with_token(&paused, &[]), &paused));
    let waking = answering(
        "400 Bad Request",
        r#"{"message":"Your database is resuming from hibernation and will be available in the next few minutes."}"#,
    );
    let said = text(&with_token(&waking, &[]).stderr);
    assert!(said.contains("was paused and is being resumed"), "{said}");

    let page = answering("200 OK", "<html>");
    insta::assert_snapshot!("no_data_api", session(&with_token(&page, &[]), &page));
}

#[test]
fn the_env_file_gets_the_variables_and_keeps_the_rest() {
    let server = Server::start(&[
        "--in-memory",
        "--username",
        "ann",
        "--password",
        "pass 'w\"ord",
    ]);
    let url = format!("http://{}", server.address);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(".env");
    std::fs::write(&file, "# mine\nPORT=9090\nDATA_API_URL=http://old\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();

    let arguments = [
        "connect",
        "--url",
        &url,
        "--username",
        "ann",
        "--create-keyspace",
    ];
    let mut command = alone(directory.path(), &arguments);
    let mut running = command
        .args(["--keyspace", "shop", "--password-stdin", "--write"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(running.stdin.take().unwrap(), "pass 'w\"ord").unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        !text(&output.stdout).contains("ord"),
        "{}",
        text(&output.stdout)
    );
    assert!(
        !text(&output.stderr).contains("w\"ord"),
        "{}",
        text(&output.stderr)
    );

    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        written,
        format!(
            "# mine\nPORT=9090\nDATA_API_URL={url}\nDATA_API_USERNAME=ann\nDATA_API_PASSWORD=\"pass 'w\\\"ord\"\nASTRA_DB_KEYSPACE=shop\n"
        )
    );
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn nothing_is_written_when_the_connection_does_not_work() {
    let server = Server::start(&["--in-memory"]);
    let directory = tempfile::tempdir().unwrap();
    let endpoint = format!("http://{}", server.address);
    let run = |more: &[&str]| {
        alone(
            directory.path(),
            &["connect", "--endpoint", &endpoint, "--write", "mine.env"],
        )
        .args(more)
        .env("ASTRA_DB_APPLICATION_TOKEN", TOKEN)
        .output()
        .unwrap()
    };
    assert_eq!(run(&[]).status.code(), Some(1));
    assert!(!directory.path().join("mine.env").exists());
    assert!(run(&["--no-test"]).status.success());
    let written = std::fs::read_to_string(directory.path().join("mine.env")).unwrap();
    assert!(written.starts_with("DATA_API_URI="), "{written}");
}

#[test]
fn the_json_is_complete_and_the_string_in_it_connects() {
    let server = server();
    let output = with_token(
        &server.address,
        &[
            "--keyspace",
            "shop",
            "--create-keyspace",
            "--json",
            "--show-secrets",
        ],
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let uri: ConnectionString = report["connection_string"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(uri.keyspace(), "shop");
    assert_eq!(report["env"]["DATA_API_URI"], uri.expose());
    assert_eq!(report["tested"], true);
    assert_eq!(report["latency"]["round_trips"], 5);
    // Masked unless asked, and the mask is never taken for a token.
    let masked = with_token(&server.address, &["--json", "--no-test"]);
    let report: serde_json::Value = serde_json::from_slice(&masked.stdout).unwrap();
    assert!(!text(&masked.stdout).contains("only"));
    let masked = report["connection_string"].as_str().unwrap();
    assert!(masked.parse::<ConnectionString>().is_err());
}

#[test]
fn what_is_missing_or_too_much_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let refusal = |arguments: &[&str]| {
        let output = alone(directory.path(), &["connect"])
            .args(arguments)
            .output()
            .unwrap();
        session(&output, "")
    };
    let cases: [&[&str]; 6] = [
        &[],
        &["--id", "01234567-89ab-cdef-0123-456789abcdef"],
        &["--id", "nonsense", "--region", "us-east1"],
        &["--region", "us-east1"],
        &["--endpoint", "https://a.b", "--url", "http://c"],
        &["--url", "http://c", "--username", "ann"],
    ];
    insta::assert_snapshot!("incomplete", cases.map(refusal).join("\n"));
}

#[test]
fn a_whole_connection_string_is_taken() {
    let server = server();
    server.command("", &serde_json::json!({"createKeyspace": {"name": "shop"}}));
    let string = format!("http://cassandra:cassandra@{}/v1/shop", server.address);
    let directory = tempfile::tempdir().unwrap();
    let connect = |arguments: &[&str], variable: Option<&str>| {
        let mut command = alone(directory.path(), &["connect", "--write", "--show-secrets"]);
        command.args(arguments);
        if let Some(value) = variable {
            command.env("DATA_API_URI", value);
        }
        let said = command.output().unwrap();
        assert!(
            said.status.success(),
            "{arguments:?}: {}",
            text(&said.stderr)
        );
        let written = std::fs::read_to_string(directory.path().join(".env")).unwrap();
        assert_eq!(written, format!("DATA_API_URI={string}\n"));
        text(&said.stderr)
    };
    assert!(connect(&[&string], None).contains("warning: the list of processes"));
    connect(&["--url", &string], None);
    connect(&["--endpoint", &string], None);
    assert!(!connect(&[], Some(&string)).contains("warning"));
    let mut piped = alone(directory.path(), &["connect", "-", "--json"]);
    let mut piped = piped.stdin(Stdio::piped()).spawn().unwrap();
    write!(piped.stdin.take().unwrap(), "\u{feff}{string}\r\n").unwrap();
    let said = piped.wait_with_output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(report["tested"], true, "{}", text(&said.stderr));

    let refused = |arguments: &[&str], expected: &str| {
        let output = alone(directory.path(), &["connect"])
            .args(arguments)
            .output()
            .unwrap();
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(
            words.contains(expected) && !words.contains("s3cret"),
            "{words}"
        );
    };
    let other = ["--keyspace", "other"];
    refused(
        &[&[string.as_str()], &other[..]].concat(),
        "names the keyspace shop, but other",
    );
    refused(&[&string, "--url", "http://c"], "two databases are named");
    refused(&["http://ann:s3cret@h/v1"], "keyspace is missing");
    refused(
        &["http://h/v1/shop"],
        "neither a token nor a user and password",
    );
}

#[test]
fn a_line_of_a_file_of_settings_is_the_connection_string_that_it_sets() {
    let server = server();
    server.command("", &serde_json::json!({"createKeyspace": {"name": "shop"}}));
    let string = format!("http://cassandra:cassandra@{}/v1/shop", server.address);
    let directory = tempfile::tempdir().unwrap();
    for line in [
        format!("DATA_API_URI={string}\n"),
        format!("export DATA_API_URI='{string}'\r\n"),
    ] {
        let mut piped = alone(directory.path(), &["connect", "-"]);
        let mut piped = piped.stdin(Stdio::piped()).spawn().unwrap();
        write!(piped.stdin.take().unwrap(), "{line}").unwrap();
        let said = piped.wait_with_output().unwrap();
        assert!(said.status.success(), "{}", text(&said.stderr));
    }
    let argument = format!("DATA_API_URI={string}");
    let said = alone(directory.path(), &["connect", &argument]).output();
    assert!(said.unwrap().status.success());
}

#[test]
fn https_to_an_http_port_and_http_to_a_tls_port_are_told_apart() {
    let server = server();
    let connect = |endpoint: &str| {
        let directory = tempfile::tempdir().unwrap();
        let mut command = alone(directory.path(), &["connect", "--endpoint", endpoint]);
        let output = command
            .env("ASTRA_DB_APPLICATION_TOKEN", TOKEN)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    let said = connect(&format!("https://{}", server.address));
    assert!(
        said.contains("speaks plain HTTP, but the address begins with https://"),
        "{said}"
    );
    assert!(
        said.contains(&format!("hint: write http://{}\n", server.address)),
        "{said}"
    );
    // As nginx and Go answer in plain HTTP, and as a TLS library alone does.
    let words = answering(
        "400 Bad Request",
        "The plain HTTP request was sent to HTTPS port",
    );
    let said = connect(&format!("http://{words}"));
    assert!(
        said.contains(&format!("hint: write https://{words}\n")),
        "{said}"
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let alerting = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            drop(stream.read(&mut request));
            drop(stream.write_all(&[0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]));
        }
    });
    let said = connect(&format!("http://{alerting}"));
    assert!(
        said.contains(&format!("hint: write https://{alerting}\n")),
        "{said}"
    );
}

#[test]
fn a_secret_that_does_not_come_is_asked_for_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], input: &str| {
        let mut running = alone(directory.path(), &["connect"])
            .args(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        write!(running.stdin.take().unwrap(), "{input}").unwrap();
        let output = running.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    let own = ["--url", "http://h", "--username", "ann", "--password-stdin"];
    let astra = ["--endpoint", "https://h", "--token-stdin"];
    let cases: [(&[&str], &str, &str); 3] = [
        (&["-"], "connection string", "connect - < connection.txt"),
        (&own, "password", "--password-stdin < password.txt"),
        (&astra, "token", "--token-stdin < token.txt"),
    ];
    for (arguments, what, example) in cases {
        for input in ["", "\n", "\u{feff}  \r\n"] {
            let said = refused(arguments, input);
            let expected =
                format!("error: standard input is empty, but a {what} is expected on it\nhint: ");
            assert!(
                said.starts_with(&expected) && said.contains(example),
                "{said}"
            );
        }
    }
    let said = refused(&astra, "ASTRA_DB_API_ENDPOINT=https://s3cret\n");
    assert!(
        said.starts_with(
            "error: standard input sets ASTRA_DB_API_ENDPOINT, but a token is expected on it\nhint: "
        ) && !said.contains("s3cret"),
        "{said}"
    );
}

#[test]
fn the_command_of_the_readme_connects_to_a_server_that_has_just_started() {
    let server = Server::start(&["--in-memory"]);
    let readme = include_str!("../../README.md");
    let mut lines = readme.lines();
    let line = lines.find(|line| line.contains("astra-dev connect --url http://127.0.0.1:8181"));
    let line = line.expect("the README connects to `serve`");
    let line = line.replace("127.0.0.1:8181", &server.address);
    let directory = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let program = Path::new(env!("CARGO_BIN_EXE_astra-dev"));
        let output = Command::new("/bin/sh")
            .args(["-c", line])
            .env_clear()
            .env("PATH", program.parent().unwrap())
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    run(&line);
    // What it wrote is what the other verbs work on.
    run("astra-dev seed");
    run("astra-dev status");
    assert!(!directory.path().join("data").exists());
}
