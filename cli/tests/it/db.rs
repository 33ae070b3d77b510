//! `astra-dev db`, beside a stand-in for the DevOps API.

#[path = "../../../client/tests/it/support/devops_server.rs"]
mod devops_server;
#[path = "../../../client/tests/it/support/tls_server.rs"]
mod tls_server;

use std::process::Output;

use serde_json::{Value, json};

use crate::connect::alone;
use devops_server::{DevOpsServer, TOKEN};

/// The stand-in, and the runtime that it runs on.
struct Astra {
    server: DevOpsServer,
    _runtime: tokio::runtime::Runtime,
}

impl Astra {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = runtime.block_on(DevOpsServer::start());
        Self {
            server,
            _runtime: runtime,
        }
    }

    fn db(&self, token: &str, arguments: &[&str]) -> Output {
        let directory = tempfile::tempdir().unwrap();
        alone(directory.path(), &[&["db"], arguments].concat())
            .env("ASTRA_DB_APPLICATION_TOKEN", token)
            .env("ASTRA_DEVOPS_URL", &self.server.url)
            .output()
            .unwrap()
    }

    fn must(&self, arguments: &[&str]) -> (String, String) {
        let output = self.db(TOKEN, arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{err}");
        (out, err)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_database_is_created_listed_and_gets_a_keyspace_by_its_name() {
    let astra = Astra::start();
    let (out, err) = astra.must(&["create", "shop", "--cloud", "gcp", "--region", "us-east1"]);
    assert_eq!(out, "shop is ACTIVE\n");
    assert!(err.contains("PENDING …"), "{err}");
    assert!(
        err.contains(
            "astra-dev connect --id 01234567-89ab-cdef-0123-000000000000 --region us-east1"
        ),
        "{err}"
    );
    let (out, _) = astra.must(&["keyspace", "shop", "reviews"]);
    assert_eq!(out, "shop has the keyspace reviews\n");
    let (out, _) = astra.must(&["list"]);
    assert_eq!(
        out,
        "01234567-89ab-cdef-0123-000000000000  ACTIVE        GCP us-east1      shop\n    \
         keyspaces: default_keyspace, reviews\n",
    );
    let (out, _) = astra.must(&["list", "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&all[0]["name"], &all[0]["keyspaces"][1]),
        (&"shop".into(), &"reviews".into())
    );
}

impl Astra {
    /// A database whose keyspaces are those of the stand-in: `default_keyspace`, and `reviews` once it
    /// was made. Answers the proxy that leads there.
    fn data_api(&self) -> String {
        let server = self.server.clone();
        let database = tls_server::start(rustls::ALL_VERSIONS, move |command| {
            let is_made = server.seen("/keyspaces/reviews") > 0;
            let command = String::from_utf8_lossy(command);
            if command.contains("findKeyspaces") {
                let mut keyspaces = vec!["default_keyspace"];
                keyspaces.extend(is_made.then_some("reviews"));
                return json!({"status": {"keyspaces": keyspaces}}).to_string();
            }
            if is_made {
                return json!({"status": {"collections": [], "ok": 1}}).to_string();
            }
            let error =
                json!({"errorCode": "UNKNOWN_KEYSPACE", "family": "REQUEST", "message": "no"});
            json!({"errors": [error]}).to_string()
        });
        let (proxy, _) = tls_server::tunnel(database);
        format!("http://{proxy}")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        const ID: &str = "01234567-89ab-cdef-0123-000000000000";
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("empty.jsonl"), "").unwrap();
        let authority = directory.path().join("root.pem");
        std::fs::write(&authority, tls_server::ROOT).unwrap();
        alone(directory.path(), arguments)
            .env(
                "ASTRA_DB_API_ENDPOINT",
                format!("https://{ID}-us-east1.apps.astra.datastax.com"),
            )
            .env("ASTRA_DB_APPLICATION_TOKEN", TOKEN)
            .env("ASTRA_DB_KEYSPACE", "reviews")
            .env("ASTRA_DEVOPS_URL", &self.server.url)
            .env("HTTPS_PROXY", self.data_api())
            .env("SSL_CERT_FILE", &authority)
            .output()
            .unwrap()
    }
}

#[test]
fn connect_makes_a_missing_keyspace_on_astra_when_it_is_asked_to() {
    let astra = Astra::start();
    astra.must(&["create", "shop"]);
    let output = astra.run(&["connect"]);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(
        err.contains("make it with `astra-dev connect --create-keyspace`"),
        "{err}"
    );
    assert_eq!(astra.server.seen("/keyspaces/reviews"), 0);

    let output = astra.run(&["connect", "--create-keyspace"]);
    let err = text(&output.stderr);
    assert!(output.status.success(), "{err}");
    assert!(err.contains("Made the keyspace reviews."), "{err}");
    assert!(err.contains("The connection works"), "{err}");
    assert_eq!(astra.server.seen("/keyspaces/reviews"), 1);
}

#[test]
fn import_makes_a_missing_keyspace_on_astra_with_its_collection() {
    let astra = Astra::start();
    astra.must(&["create", "shop"]);
    let output = astra.run(&["import", "empty.jsonl", "-c", "things", "--create"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(astra.server.seen("/keyspaces/reviews"), 1);
}

#[test]
fn a_sleeping_database_is_resumed_by_its_name_or_id() {
    let astra = Astra::start();
    let id = astra.server.database("shop", &["HIBERNATED"]);
    for name in ["shop", &id] {
        assert_eq!(astra.must(&["resume", name]).0, "shop is ACTIVE\n");
    }
    assert_eq!(astra.server.seen("/resume"), 1);
}

#[test]
fn what_is_missing_or_refused_is_said_with_what_to_do() {
    let astra = Astra::start();
    for _ in 0..2 {
        astra.server.database("twin", &["ACTIVE"]);
    }
    let cases: [(&str, &[&str], i32, &[&str]); 4] = [
        (
            TOKEN,
            &["resume", "nothing"],
            1,
            &["there is no database nothing", "astra-dev db list"],
        ),
        (
            TOKEN,
            &["resume", "twin"],
            1,
            &["several databases have the name twin", "use the id"],
        ),
        (
            "AstraCS:wrong",
            &["list"],
            1,
            &[
                "the databases could not be listed",
                "JWT not valid",
                "application token",
            ],
        ),
        (
            "",
            &["list"],
            2,
            &["ASTRA_DB_APPLICATION_TOKEN is not set", "Astra portal"],
        ),
    ];
    for (token, arguments, code, parts) in cases {
        let output = astra.db(token, arguments);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{err}");
        for part in parts {
            assert!(err.contains(part), "{part} in {err}");
        }
        assert!(!err.contains("wrong"), "{err}");
    }
    astra.server.refuse(&[429; 3]);
    let err = text(&astra.db(TOKEN, &["list"]).stderr);
    assert!(
        err.contains("HTTP 429") && err.contains("wait a moment and try again"),
        "{err}"
    );
}
