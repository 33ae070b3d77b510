//! Where commands go.

use astra_db::{ConfigErrorKind, DataApiClient, Document, Environment, Error, HttpTransport};
use serde_json::json;

use crate::support::{Outcome, Script, Server, builder, failure, scripted};

const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

fn in_environment(environment: Environment, endpoint: &str) -> Result<String, Error> {
    let client = DataApiClient::builder().environment(environment).build()?;
    Ok(client.database(endpoint)?.endpoint().to_owned())
}

#[test]
fn the_stage_of_astra_follows_from_the_host() {
    for (domain, environment) in [
        ("astra", Environment::Astra),
        ("astra-dev", Environment::AstraDev),
        ("astra-test", Environment::AstraTest),
    ] {
        let endpoint = format!("https://{ID}-us-east1.apps.{domain}.datastax.com");
        let db = DataApiClient::new("AstraCS:x").database(&endpoint).unwrap();
        assert_eq!(
            (db.environment(), db.endpoint()),
            (environment, endpoint.as_str())
        );
        assert_eq!(db.keyspace_name(), Some("default_keyspace"));
    }
}

#[test]
fn an_endpoint_is_cut_to_scheme_host_and_port() {
    let found = in_environment(Environment::Hcd, "  HTTP://LocalHost:8181/  ").unwrap();
    assert_eq!(found, "http://localhost:8181");
}

#[test]
fn endpoints_that_cannot_work_are_refused_with_what_to_do() {
    let astra = "https://x.apps.astra.datastax.com";
    for (environment, endpoint, hint) in [
        (Environment::Hcd, "", "the endpoint is empty"),
        (Environment::Hcd, "localhost:8181", "neither http nor https"),
        (Environment::Hcd, "AstraCS", "no URL"),
        (Environment::Hcd, "ftp://host", "neither http nor https"),
        (
            Environment::Hcd,
            "http://host/v1",
            "has a path: write only http://host.",
        ),
        (
            Environment::Hcd,
            "http://host?applicationToken=t",
            "connection string",
        ),
        (Environment::Hcd, "http://u:p@host", "connection string"),
        (
            Environment::Hcd,
            astra,
            "belongs to the environment astra, but hcd is set",
        ),
        (
            Environment::AstraDev,
            astra,
            "belongs to the environment astra, but astra-dev is set",
        ),
        (
            Environment::Astra,
            "http://x.apps.astra.datastax.com",
            "not https",
        ),
        (
            Environment::Astra,
            "http://localhost:8181",
            "Environment::Hcd",
        ),
    ] {
        let error = failure(in_environment(environment, endpoint));
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains(hint), "{endpoint}: {error}");
        assert!(!error.to_string().contains("u:p"), "{error}");
    }
}

#[test]
fn an_endpoint_that_does_not_tell_what_it_is_needs_an_environment() {
    let error = failure(DataApiClient::new("t").database("http://localhost:8181"));
    assert!(error.to_string().contains("set the environment"), "{error}");
    in_environment(Environment::Astra, "https://data.my-company.com").unwrap();
}

#[test]
fn an_id_and_a_region_name_an_astra_database() {
    let builder = DataApiClient::builder().environment(Environment::AstraDev);
    let db = builder
        .build()
        .unwrap()
        .database_by_id(ID, "eu-west-1")
        .unwrap();
    assert_eq!(
        db.endpoint(),
        format!("https://{ID}-eu-west-1.apps.astra-dev.datastax.com")
    );

    let client = DataApiClient::new("t");
    let error = failure(client.database_by_id("my-db", "eu-west-1"));
    assert!(error.to_string().contains("expected a UUID"), "{error}");
    for region in ["", "EU", "eu west", "eu.evil.com/"] {
        let error = failure(client.database_by_id(ID, region));
        assert!(error.to_string().contains("no region"), "{error}");
    }
    let error = failure(builder_of(Environment::Dse).database_by_id(ID, "eu-west-1"));
    assert!(error.to_string().contains("belong to Astra"), "{error}");
}

fn builder_of(environment: Environment) -> DataApiClient {
    DataApiClient::builder()
        .environment(environment)
        .build()
        .unwrap()
}

#[tokio::test]
async fn each_level_has_its_path() {
    let server = Server::answering("{}").await;
    let db = server.database(builder());
    db.command(json!({"findKeyspaces": {}}))
        .no_keyspace()
        .await
        .unwrap();
    db.command(json!({"findCollections": {}})).await.unwrap();
    db.command(json!({"find": {}}))
        .collection("c")
        .await
        .unwrap();
    db.keyspace("other")
        .command(json!({"find": {}}))
        .table("t")
        .await
        .unwrap();
    let custom = builder().api_path("/stargate/api/json/v1/");
    server
        .database(custom)
        .command(json!({"find": {}}))
        .collection("c")
        .await
        .unwrap();
    let at_the_root = builder().api_path("");
    server
        .database(at_the_root)
        .command(json!({"find": {}}))
        .collection("c")
        .await
        .unwrap();
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        paths,
        [
            "/v1",
            "/v1/ks",
            "/v1/ks/c",
            "/v1/other/t",
            "/stargate/api/json/v1/ks/c",
            "/ks/c"
        ]
    );
}

#[tokio::test]
async fn astra_has_its_own_api_path() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let builder = DataApiClient::builder().environment(Environment::Astra);
    let client = builder.transport(script.clone()).build().unwrap();
    client
        .database("https://x")
        .unwrap()
        .command(json!({"find": {}}))
        .await
        .unwrap();
    let request = &script.requests()[0];
    assert_eq!(&*request.root, "https://x/api/json/v1");
    assert_eq!(request.path, "default_keyspace");
}

#[tokio::test]
async fn a_name_cannot_escape_its_place_in_the_path() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let db = scripted(&script);
    for name in ["", ".", ".."] {
        let error = failure(db.command(json!({"find": {}})).collection(name).await);
        assert!(
            error
                .to_string()
                .contains("letters, digits and underscores"),
            "{error}"
        );
        failure(db.keyspace(name).command(json!({"find": {}})).await);
    }
    assert_eq!(script.attempts(), 0);
    db.command(json!({"find": {}}))
        .collection("a/../b?c#d é")
        .await
        .unwrap();
    assert_eq!(script.requests()[0].path, "ks/a%2F..%2Fb%3Fc%23d%20%C3%A9");
}

#[tokio::test]
async fn without_a_keyspace_the_error_says_how_to_choose_one() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let db = builder()
        .transport(script.clone())
        .build()
        .unwrap()
        .database("x")
        .unwrap();
    assert_eq!(db.keyspace_name(), None);
    let error = failure(db.list_collection_names().await);
    assert!(
        error.to_string().contains("db.keyspace(\"name\")"),
        "{error}"
    );
    assert_eq!(script.attempts(), 0);
}

#[test]
fn choosing_a_keyspace_leaves_the_handle_as_it_was() {
    let db = scripted(&Script::of([Outcome::NotSent]));
    let other = db.keyspace("other");
    assert_eq!(
        (db.keyspace_name(), other.keyspace_name()),
        (Some("ks"), Some("other"))
    );
}

#[test]
fn an_api_path_that_breaks_the_url_is_refused() {
    for path in ["v1?x", "v1#x", "v 1", "v1\n"] {
        let error = failure(builder().api_path(path).build());
        assert!(error.to_string().contains("API path"), "{error}");
    }
}

/// What a transport of one's own is told of the endpoint.
#[test]
fn an_endpoint_means_the_same_whoever_carries_the_requests() {
    let astra = format!("https://{ID}-us-east1.apps.astra.datastax.com");
    let own = |builder: astra_db::DataApiClientBuilder| {
        let http = HttpTransport::from(astra_db::reqwest::Client::new());
        builder.token("t").transport(http).build().unwrap()
    };
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let scripted = DataApiClient::builder().transport(script).build().unwrap();
    for client in [own(DataApiClient::builder()), scripted] {
        let db = client.database(&format!(" {astra}/ ")).unwrap();
        assert_eq!(db.environment(), Environment::Astra);
        assert_eq!(db.endpoint(), astra);
        assert_eq!(db.keyspace_name(), Some("default_keyspace"));

        let db = client.database("http://localhost:8181").unwrap();
        assert_eq!(db.environment(), Environment::Other);
        assert_eq!(db.keyspace_name(), None);

        let error = failure(client.database(&format!("{astra}/api/json/v1")));
        assert!(error.to_string().contains("has a path"), "{error}");
    }
    let hcd = own(DataApiClient::builder().environment(Environment::Hcd));
    let error = failure(hcd.database(&astra));
    assert!(error.to_string().contains("but hcd is set"), "{error}");
    assert_eq!(
        hcd.database("http://hcd:8181").unwrap().environment(),
        Environment::Hcd
    );
}

#[tokio::test]
async fn a_request_to_astra_has_its_path_on_any_transport() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let client = DataApiClient::builder().transport(script.clone()).build();
    let db = client
        .unwrap()
        .database("https://x.apps.astra.datastax.com")
        .unwrap();
    db.command(json!({"findCollections": {}})).await.unwrap();
    let request = &script.requests()[0];
    assert_eq!(
        &*request.root,
        "https://x.apps.astra.datastax.com/api/json/v1"
    );
    assert_eq!(request.path, "default_keyspace");
}

#[test]
fn a_connect_timeout_that_would_reach_nobody_is_refused() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let builder = || builder().connect_timeout(std::time::Duration::from_secs(1));
    let error = failure(builder().transport(script).build());
    assert!(
        error.to_string().contains("HttpTransport::new(timeout)"),
        "{error}"
    );
    builder().build().unwrap();
}

#[test]
fn an_endpoint_says_what_it_has_that_belongs_elsewhere() {
    for (endpoint, hint) in [
        (
            "http://host:8181/v1",
            "has a path: write only http://host:8181.",
        ),
        (
            "http://host?a=b",
            "has a part after \"?\": write only http://host.",
        ),
        ("http://host#a", "has a part after \"#\""),
        ("http://u:p@host", "has a user"),
        (
            "\"http://host\"",
            "has a quotation mark at its beginning or end",
        ),
        (
            "\u{feff}http://host",
            "begins with a byte order mark (U+FEFF)",
        ),
        ("http://ho\u{200b}st", "has an invisible character (U+200B)"),
        (
            "http://u:123/s3cret@host",
            "an unescaped \"/\": write \"/\" as %2F",
        ),
    ] {
        let error = failure(in_environment(Environment::Hcd, endpoint)).to_string();
        assert!(error.contains(hint), "{endpoint}: {error}");
        assert!(
            !error.contains("s3cret") && !error.contains("123"),
            "{error}"
        );
    }
}

/// A program whose users write no Rust has to say by itself what they can do.
#[tokio::test]
async fn advice_that_names_methods_can_be_replaced() {
    let local = "http://localhost:8181";
    let unnamed = DataApiClient::new("t").database(local).map(drop);
    let without_tls = in_environment(Environment::Astra, local).map(drop);
    let elsewhere = builder_of(Environment::Other);
    let by_id = elsewhere.database_by_id(ID, "eu-west-1").map(drop);
    let names = elsewhere.database(local).unwrap().list_collection_names();
    let no_fields = std::collections::BTreeMap::<String, i32>::new();
    let db = Server::answering("{}").await.database(builder());
    let all = db.collection::<Document>("c").delete_many(&no_fields).await;
    let any = db.collection::<Document>("c").delete_one(&no_fields).await;
    for (result, kind) in [
        (unnamed, ConfigErrorKind::EnvironmentNeeded),
        (without_tls, ConfigErrorKind::AstraNeedsHttps),
        (by_id, ConfigErrorKind::IdOutsideAstra),
        (names.await.map(drop), ConfigErrorKind::KeyspaceNeeded),
        (all.map(drop), ConfigErrorKind::EmptyFilter),
        (any.map(drop), ConfigErrorKind::EmptyFilter),
    ] {
        let Error::Config(error) = failure(result) else {
            panic!("{kind:?}")
        };
        assert_eq!(error.kind, kind, "{error}");
        let problem = error.problem();
        assert!(
            error.message.starts_with(&format!("{problem}: ")),
            "{error}"
        );
        for of_rust in [
            "Environment::",
            ".database(",
            ".keyspace(",
            "json!",
            "delete_all",
        ] {
            assert!(!problem.contains(of_rust), "{problem}");
        }
    }
    let Error::Config(other) = failure(in_environment(Environment::Hcd, "ftp://host")) else {
        panic!("not a configuration error")
    };
    assert_eq!(
        (other.kind, other.problem()),
        (ConfigErrorKind::Other, &*other.message)
    );
}
