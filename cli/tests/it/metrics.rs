//! What `astra-dev serve` tells of itself: metrics, and a line for each request.

mod exposition;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use exposition::Exposition;

use crate::{Server, TOKEN};

/// A request without a body.
fn get(server: &Server, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let host = &server.address;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn metrics(server: &Server) -> Exposition {
    let answer = get(server, "/metrics", "");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        head.contains("\r\ncontent-type: text/plain; version=0.0.4"),
        "{head}"
    );
    Exposition::parse(body)
}

/// `data_api_requests_total` of these labels.
fn requests(metrics: &Exposition, command: &str, status: u16, code: &str) -> Option<u64> {
    metrics.value(&format!(
        r#"data_api_requests_total{{command="{command}",error_code="{code}",status="{status}"}}"#
    ))
}

const CREATE: &str = r#"{"createKeyspace":{"name":"shop"}}"#;

/// Path, token and body. The last two are refused before their bodies are read.
const REQUESTS: [(&str, &str, &str); 10] = [
    ("/v1", TOKEN, CREATE),
    (
        "/v1/shop",
        TOKEN,
        r#"{"createCollection":{"name":"products"}}"#,
    ),
    (
        "/v1/shop/products",
        TOKEN,
        r#"{"insertOne":{"document":{"_id":1}}}"#,
    ),
    (
        "/v1/shop/products",
        TOKEN,
        r#"{"insertOne":{"document":{"_id":1}}}"#,
    ),
    (
        "/v1/shop/products",
        TOKEN,
        r#"{"find":{"options":{"limit":-1}}}"#,
    ),
    ("/v1/shop/products", TOKEN, r#"{"find":{}}"#),
    ("/api/json/v1/shop/nothing", TOKEN, r#"{"find":{}}"#),
    ("/v1/shop", TOKEN, r#"{"makeTea":{}}"#),
    ("/v1", "wrong", CREATE),
    ("/nowhere", TOKEN, CREATE),
];

#[test]
fn the_metrics_count_what_was_sent() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&["--data", directory.path().to_str().unwrap()]);
    let answers = REQUESTS.map(|(path, token, body)| server.post(path, token, body).1);
    let metrics = metrics(&server);

    let counted = |command, status, code| requests(&metrics, command, status, code);
    assert_eq!(counted("createKeyspace", 200, ""), Some(1));
    assert_eq!(counted("insertOne", 200, ""), Some(1));
    assert_eq!(
        counted("insertOne", 200, "DOCUMENT_ALREADY_EXISTS"),
        Some(1)
    );
    assert_eq!(counted("find", 200, ""), Some(1));
    assert_eq!(counted("find", 200, "COMMAND_FIELD_VALUE_INVALID"), Some(1));
    assert_eq!(counted("find", 200, "UNKNOWN_COLLECTION_OR_TABLE"), Some(1));
    assert_eq!(counted("", 200, "COMMAND_UNKNOWN"), Some(1));
    assert_eq!(counted("", 401, "UNAUTHENTICATED_REQUEST"), Some(1));
    assert_eq!(counted("", 404, ""), Some(1));
    assert_eq!(metrics.sum("data_api_requests_total"), 10);
    assert_eq!(metrics.sum("data_api_request_duration_seconds_count"), 10);
    // The one that asks for the metrics.
    assert_eq!(metrics.value("data_api_requests_in_flight"), Some(1));

    let bytes = |texts: &[&str]| texts.iter().map(|text| text.len() as u64).sum::<u64>();
    let read: Vec<&str> = REQUESTS[..8].iter().map(|(.., body)| *body).collect();
    let sent = bytes(&read);
    let answered = bytes(&answers[..9].iter().map(String::as_str).collect::<Vec<_>>());
    let value = |name: &str| metrics.value(name).unwrap();
    assert_eq!(value("data_api_command_bytes_total"), sent);
    assert_eq!(value("data_api_answer_bytes_total"), answered);
}

#[test]
fn the_metrics_tell_what_the_server_takes() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&["--data", directory.path().to_str().unwrap()]);
    server.post("/v1", TOKEN, r#"{"createKeyspace":{"name":"shop"}}"#);
    let told = metrics(&server);
    let size = |file: &str| directory.path().join(file).metadata().unwrap().len();
    assert_eq!(
        told.value("data_api_database_bytes"),
        Some(size("astra.db"))
    );
    assert_eq!(
        told.value("data_api_write_ahead_log_bytes"),
        Some(size("astra.db-wal"))
    );
    assert!(size("astra.db") + size("astra.db-wal") > 4096);
    let build = format!(
        r#"astra_dev_build_info{{version="{}"}}"#,
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(told.value(&build), Some(1));
    if cfg!(target_os = "linux") {
        assert!(told.value("process_resident_memory_bytes").unwrap() > 1_000_000);
    }
    let in_memory = metrics(&Server::start(&["--in-memory"]));
    assert_eq!(in_memory.value("data_api_database_bytes"), None);
}

#[test]
fn names_that_clients_make_up_make_no_series() {
    const TIMES: usize = 10_000;
    let server = Server::start(&["--in-memory"]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let sender = std::thread::spawn(move || {
        for number in 1..=TIMES {
            let body = format!(r#"{{"made{number}Up":{{}}}}"#);
            let end = if number == TIMES {
                "Connection: close\r\n"
            } else {
                ""
            };
            let mut request = String::new();
            write!(
                request,
                "POST /v1/ks{number}/c{number}?q={number} HTTP/1.1\r\nHost: x\r\nToken: {TOKEN}\r\n{end}Content-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
            stream.write_all(request.as_bytes()).unwrap();
        }
    });
    let mut text = String::new();
    answers.read_to_string(&mut text).unwrap();
    sender.join().unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK\r\n").count(), TIMES);

    let metrics = metrics(&server);
    assert_eq!(
        requests(&metrics, "", 200, "COMMAND_UNKNOWN"),
        Some(TIMES as u64)
    );
    assert!(metrics.len() < 40, "{metrics:?}");
}

#[test]
fn where_other_machines_can_ask_the_metrics_are_for_the_user() {
    let server = Server::start(&[
        "--in-memory",
        "--host",
        "0.0.0.0",
        "--username",
        "ann",
        "--password",
        "s:3cret",
    ]);
    let status = |headers: &str| {
        let answer = get(&server, "/metrics", headers);
        answer.split_whitespace().nth(1).unwrap().to_owned()
    };
    // ann:s:3cret, and others.
    assert_eq!(status("Authorization: Basic YW5uOnM6M2NyZXQ=\r\n"), "200");
    for other in [
        "",
        "Authorization: Basic YW5uOng=\r\n",
        "Authorization: Basic !\r\n",
        "Authorization: Bearer YW5uOnM6M2NyZXQ=\r\n",
    ] {
        assert_eq!(status(other), "401", "{other}");
    }
}

#[test]
fn each_request_is_a_line_where_that_was_asked_for() {
    let mut server = Server::start(&["--in-memory", "--log-requests"]);
    let lines = BufReader::new(server.process.stderr.take().unwrap()).lines();
    server.post("/v1", TOKEN, r#"{"createKeyspace":{"name":"shop"}}"#);
    server.post(
        "/v1/shop?token=AstraCS:query",
        TOKEN,
        r#"{"dropTable":{"name":"secretname"}}"#,
    );
    server.post("/v1/shop/a%0Ab", "AstraCS:wrong", "{}");
    server.post(&format!("/{}", "long".repeat(1000)), "", "");
    get(&server, "/console/connect?target=secretname", "");
    let lines: Vec<String> = lines.take(5).map(Result::unwrap).collect();
    let shown: Vec<String> = lines.iter().map(|line| without_times(line)).collect();
    assert_eq!(shown[0], "POST /v1 createKeyspace 200 … ms");
    assert_eq!(
        shown[1],
        "POST /v1/shop dropTable 200 CANNOT_DROP_UNKNOWN_TABLE … ms"
    );
    assert_eq!(
        shown[2],
        "POST /v1/shop/a%0Ab 401 UNAUTHENTICATED_REQUEST … ms"
    );
    assert!(
        shown[3].len() < 200 && shown[3].ends_with("… 404 … ms"),
        "{}",
        shown[3]
    );
    assert_eq!(shown[4], "GET /console/connect 200 … ms");
    let all = lines.concat();
    assert!(
        !all.contains("AstraCS") && !all.contains("secretname") && !all.contains("Y2Fz"),
        "{all}"
    );
}

/// A line from its method on, with its duration left out.
fn without_times(line: &str) -> String {
    let start = line.find("POST").or(line.find("GET")).unwrap();
    let (before, milliseconds) = line[start..]
        .trim_end_matches(" ms")
        .rsplit_once(' ')
        .unwrap();
    milliseconds.parse::<f64>().unwrap();
    format!("{before} … ms")
}

#[test]
fn requests_are_no_lines_unless_asked_for() {
    let mut server = Server::start(&["--in-memory"]);
    let mut stderr = server.process.stderr.take().unwrap();
    server.post("/v1", TOKEN, r#"{"findKeyspaces":{}}"#);
    server.stop("-TERM");
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
}
