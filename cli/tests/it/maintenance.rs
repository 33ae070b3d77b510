//! `astra-dev backup`, `restore`, `check` and `compact`, and the console's button.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::connect::alone;
use crate::{Server, TOKEN};

/// A directory in which a server keeps `data`, with one document.
fn served() -> (tempfile::TempDir, Server) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let server = Server::start(&["--data", data.to_str().unwrap()]);
    server.post("/v1", TOKEN, r#"{"createKeyspace":{"name":"shop"}}"#);
    server.command("/shop", &json!({"createCollection": {"name": "things"}}));
    insert(&server, "teapot");
    (directory, server)
}

fn insert(server: &Server, id: &str) {
    let answer = server.command(
        "/shop/things",
        &json!({"insertOne": {"document": {"_id": id}}}),
    );
    assert_eq!(answer["status"]["insertedIds"], json!([id]));
}

fn count(server: &Server) -> Value {
    server.command("/shop/things", &json!({"countDocuments": {}}))["status"]["count"].clone()
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    alone(directory, arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_backup_of_a_served_database_is_restored_elsewhere() {
    let (directory, server) = served();
    let folder = directory.path();
    let backup = run(folder, &["backup", "copy.db"]);
    assert!(backup.status.success(), "{}", said(&backup.stderr));
    assert!(
        said(&backup.stdout).contains(" kB, copied and verified in "),
        "{}",
        said(&backup.stdout)
    );
    insert(&server, "kettle");

    let again = run(folder, &["backup", "copy.db"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again.stderr).contains("hint: --force overwrites it"));
    let in_use = run(folder, &["restore", "copy.db", "--force"]);
    assert!(
        said(&in_use.stderr).contains("in use by another process"),
        "{}",
        said(&in_use.stderr)
    );
    assert_eq!(count(&server), 2);

    let restored = run(folder, &["restore", "copy.db", "--data", "restored"]);
    assert!(restored.status.success(), "{}", said(&restored.stderr));
    let data = folder.join("restored");
    let restored = Server::start(&["--data", data.to_str().unwrap()]);
    assert_eq!(count(&restored), 1);
}

#[test]
fn a_check_reads_a_served_database_and_a_repair_needs_it_alone() {
    let (directory, server) = served();
    let folder = directory.path();
    let check = run(folder, &["check"]);
    assert!(check.status.success(), "{}", said(&check.stderr));
    assert_eq!(
        said(&check.stdout),
        "checked 1 document, 1 index entries, 0 vectors, 0 rows: nothing is wrong\n"
    );
    let refused = run(folder, &["check", "--repair"]);
    assert!(said(&refused.stderr).contains("in use by another process"));
    assert!(server.stop("-TERM").success());

    let file = rusqlite::Connection::open(folder.join("data/astra.db")).unwrap();
    file.execute("DELETE FROM entries_1", []).unwrap();
    drop(file);
    let check = run(folder, &["check", "--json"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(
        said(&check.stderr).contains("run `astra-dev check --repair`"),
        "{}",
        said(&check.stderr)
    );
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(report["problems"][0]["place"], "shop.things");
    let repair = run(folder, &["check", "--repair"]);
    assert!(repair.status.success(), "{}", said(&repair.stderr));
    assert!(
        said(&repair.stdout).ends_with("nothing is wrong\n"),
        "{}",
        said(&repair.stdout)
    );
    let compact = run(folder, &["compact"]);
    assert!(compact.status.success(), "{}", said(&compact.stderr));
    assert!(said(&compact.stdout).contains(" kB before, "));
}

/// What a browser gets for a form that it sends to the console.
fn submit(server: &Server, path: &str, form: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let address = &server.address;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn the_console_downloads_a_backup() {
    let (directory, server) = served();
    let answer = submit(&server, "/console/backup", "");
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = said(&answer[..end]).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(
        head.contains("content-disposition: attachment; filename=\"astra-20"),
        "{head}"
    );
    let folder = directory.path();
    fs::write(folder.join("download.db"), &answer[end + 4..]).unwrap();
    let restored = run(folder, &["restore", "download.db", "--data", "restored"]);
    assert!(restored.status.success(), "{}", said(&restored.stderr));
    let left = fs::read_dir(folder.join("data")).unwrap();
    let names: Vec<String> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().all(|name| !name.starts_with(".backup")),
        "{names:?}"
    );
}

#[test]
fn slow_commands_are_logged_with_what_they_read_and_no_value() {
    let mut server = Server::start(&["--in-memory", "--slow-ms", "0"]);
    server.post("/v1", TOKEN, r#"{"createKeyspace":{"name":"shop"}}"#);
    server.command("/shop", &json!({"createCollection": {"name": "things"}}));
    server.command(
        "/shop/things",
        &json!({"find": {"filter": {"price": 12_345}}}),
    );
    let mut stderr = server.process.stderr.take().unwrap();
    assert!(server.stop("-TERM").success());
    let mut log = String::new();
    stderr.read_to_string(&mut log).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains("find shop/things took"))
        .unwrap();
    assert!(
        line.contains("WARN") && line.contains("reads documents by the index"),
        "{log}"
    );
    assert!(!log.contains("12345"), "{log}");
}

#[test]
fn the_console_explains_a_command() {
    let (_directory, server) = served();
    let form =
        "target=shop%2Fthings&command=%7B%22find%22%3A%7B%22filter%22%3A%7B%22_id%22%3A1%7D%7D%7D";
    let page = submit(&server, "/console/commands/explain", form);
    assert!(
        said(&page).contains("<p>reads 1 document by `_id`</p>"),
        "{}",
        said(&page)
    );
}

#[test]
fn memory_has_a_limit_that_can_be_set() {
    let server = Server::start(&["--in-memory", "--memory-limit", "1"]);
    server.post("/v1", TOKEN, r#"{"createKeyspace":{"name":"shop"}}"#);
    server.command("/shop", &json!({"createCollection": {"name": "things"}}));
    let document = json!({"texts": vec!["x".repeat(5000); 300]});
    let full = server.command(
        "/shop/things",
        &json!({"insertOne": {"document": document}}),
    );
    let message = full["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("its limit of 1 MB") && message.contains("`--memory-limit`"),
        "{message}"
    );
}
