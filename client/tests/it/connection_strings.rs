//! The one-line form of a database.

use astra_db::{ConnectionString, DataApiClient, Environment, Error};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Outcome, Script, Server, failure};

const ASTRA: &str = "https://01234567-89ab-cdef-0123-456789abcdef-us-east1.apps.astra.datastax.com";

fn parse(text: &str) -> ConnectionString {
    text.parse().unwrap()
}

#[test]
fn the_classic_form_of_astra_is_read() {
    let uri = parse(&format!(
        "{ASTRA}/api/json/v1/shop?applicationToken=AstraCS%3Aab%3Acd"
    ));
    assert_eq!(uri.endpoint(), ASTRA);
    assert_eq!(uri.api_path(), "api/json/v1");
    assert_eq!(uri.keyspace(), "shop");
    assert_eq!(uri.environment(), Environment::Astra);
    assert_eq!(uri.connect().unwrap().keyspace_name(), Some("shop"));
}

#[test]
fn the_forms_people_write_by_hand_are_read_too() {
    for (text, api_path, keyspace) in [
        ("http://localhost:8181/v1/ks", "v1", "ks"),
        ("http://localhost:8181/v1/ks/", "v1", "ks"),
        ("  http://localhost:8181/v1/ks\n", "v1", "ks"),
        ("http://localhost:8181/ks", "", "ks"),
        (
            "https://gateway.example/data/api/v2/ks",
            "data/api/v2",
            "ks",
        ),
        ("http://[::1]:8181/v1/with%20space", "v1", "with space"),
        ("http://localhost:8181/v1/ks?", "v1", "ks"),
    ] {
        let uri = parse(text);
        assert_eq!(
            (uri.api_path(), uri.keyspace()),
            (api_path, keyspace),
            "{text}"
        );
        assert_eq!(uri.environment(), Environment::Other);
    }
}

#[tokio::test]
async fn the_token_is_decoded_and_a_plus_stays_a_plus() {
    for (written, token) in [
        ("AstraCS:a:b", "AstraCS:a:b"),
        ("AstraCS%3Aa", "AstraCS:a"),
        ("a+b%2Bc%3D", "a+b+c="),
    ] {
        let server = Server::answering("{}").await;
        let text = format!("{}/v1/ks?applicationToken={written}", server.address());
        parse(&text)
            .connect()
            .unwrap()
            .command(json!({"find": {}}))
            .await
            .unwrap();
        assert_eq!(server.only().header("token"), Some(token));
        assert_eq!(server.only().path, "/v1/ks");
    }
}

#[tokio::test]
async fn a_user_comes_inside_or_apart() {
    let server = Server::answering("{}").await;
    let host = server.address().trim_start_matches("http://");
    let inside = parse(&format!("http://cassandra:p%40ss@{host}/v1/ks"));
    let apart = parse(&format!("http://{host}/v1/ks")).user("cassandra", "p@ss");
    assert_eq!(inside.expose(), apart.expose());
    for uri in [inside, apart] {
        uri.connect()
            .unwrap()
            .command(json!({"find": {}}))
            .await
            .unwrap();
    }
    for seen in server.seen() {
        assert_eq!(
            seen.header("token"),
            Some("Cassandra:Y2Fzc2FuZHJh:cEBzcw==")
        );
    }
}

#[tokio::test]
async fn other_settings_come_by_a_builder() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let builder = DataApiClient::builder()
        .token("ignored")
        .transport(script.clone());
    let uri = parse("http://host/v1/ks?applicationToken=t");
    uri.connect_with(builder)
        .unwrap()
        .command(json!({"find": {}}))
        .await
        .unwrap();
    let request = &script.requests()[0];
    assert_eq!(
        (&*request.root, request.path.as_str()),
        ("http://host/v1", "ks")
    );
    assert_eq!(request.headers["token"], "t");
}

/// What is malformed, and a part of the sentence about it.
const UNUSABLE: &[(&str, &str)] = &[
    ("", "empty"),
    ("shop", "no URL"),
    ("AstraCS:s3cret", "neither http nor https"),
    ("mongodb://host/v1/ks", "neither http nor https"),
    ("http://", "no URL"),
    ("http://host:99999/v1/ks", "no URL"),
    ("http://host", "keyspace is missing"),
    ("http://host/", "keyspace is missing"),
    ("http://host/v1", "keyspace is missing"),
    ("http://host/v1/", "keyspace is missing"),
    (
        "https://x.apps.astra.datastax.com/api/json/v1?applicationToken=t",
        "keyspace is missing",
    ),
    ("http://host/v1//ks", "two slashes"),
    (
        "http://host/v1/ks?applicationToken=",
        "applicationToken is empty",
    ),
    (
        "http://host/v1/ks?applicationToken",
        "applicationToken is empty",
    ),
    (
        "http://host/v1/ks?applicationToken=a&applicationToken=b",
        "more than one applicationToken",
    ),
    ("http://host/v1/ks?token=AstraCS:s3cret", "only parameter"),
    ("http://host/v1/ks?AstraCS:s3cret", "only parameter"),
    (
        "http://host/v1/ks?applicationToken=%zz",
        "not properly encoded",
    ),
    (
        "http://host/v1/ks?applicationToken=%ff",
        "not properly encoded",
    ),
    (
        "http://host/v1/ks?applicationToken=a%0Ab",
        "not properly encoded",
    ),
    ("http://host/v1/ks?applicationToken=a b", "a space"),
    ("http://host/v1/k s", "a space"),
    (
        "http://host/v1/ks?applicationToken=[REDACTED]",
        "left out when it was printed",
    ),
    ("http://host/v1/ks#fragment", "%23"),
    ("http://user@host/v1/ks", "a user and a password"),
    ("http://:p@host/v1/ks", "a user and a password"),
    (
        "http://u:p@host/v1/ks?applicationToken=t",
        "both a user and a token",
    ),
    (
        "http://u:[REDACTED]@host/v1/ks",
        "left out when it was printed",
    ),
    (
        "https://u:p@x.apps.astra.datastax.com/api/json/v1/ks",
        "Astra takes no user",
    ),
    (
        "http://x.apps.astra.datastax.com/api/json/v1/ks?applicationToken=t",
        "https",
    ),
];

#[test]
fn everything_malformed_is_a_clear_error() {
    let secret = "AstraCS:s3cret";
    for (text, hint) in UNUSABLE {
        let error = failure(text.parse::<ConnectionString>());
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(error.to_string().contains(hint), "{text}: {error}");
        assert!(!format!("{error:?} {error}").contains(secret), "{error:?}");
    }
}

#[test]
fn what_is_wrong_is_said_exactly_and_without_the_secret() {
    for (text, hint) in [
        ("http://u:s3cret/w@host/v1/ks", "write \"/\" as %2F"),
        ("http://u:12/s3cret@host:8181/v1/ks", "write \"/\" as %2F"),
        ("http://u:s3cret#w@host/v1/ks", "write \"#\" as %23"),
        ("http://u:s3cret?w@host/v1/ks", "write \"?\" as %3F"),
        (
            "https://host/v1/ks?applicationToken=s3cret#b",
            "write \"#\" as %23",
        ),
        (
            "https://host/v1/ks?applicationToken=a&s3cret",
            "is written %26",
        ),
        ("'http://u:s3cret@host/v1/ks'", "quotation mark"),
        ("“http://u:s3cret@host/v1/ks”", "quotation mark"),
        ("\u{feff}http://u:s3cret@host/v1/ks", "byte order mark"),
        (
            "http://u:s3cret@host/v1/ks\u{200b}",
            "invisible character (U+200B)",
        ),
        ("http://u:s3 cret@host/v1/ks", "%20"),
    ] {
        let error = failure(text.parse::<ConnectionString>());
        assert!(error.to_string().contains(hint), "{text}: {error}");
        assert!(!format!("{error:?} {error}").contains("s3"), "{error:?}");
    }
    // An unescaped "@" or ":" in a password is no trouble: the last "@" counts.
    let uri = parse("http://us:p@s:s@host:8181/v1/ks");
    assert_eq!(uri.expose(), "http://us:p%40s%3As@host:8181/v1/ks");
    let uri = parse("https://host/v1/ks?applicationToken=a/b@c");
    assert_eq!(
        uri.expose(),
        "https://host/v1/ks?applicationToken=a%2Fb%40c"
    );

    for (endpoint, hint) in [
        ("http://host/v1", "has a path: write only http://host,"),
        ("http://host?k=ks", "has a part after \"?\""),
        (
            "http://u:s3cret@host",
            "has a user: write only http://host,",
        ),
    ] {
        let error = failure(ConnectionString::new(endpoint, "ks")).to_string();
        assert!(error.contains(hint), "{endpoint}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn printing_leaves_the_secrets_out() {
    let uri = parse("https://host/v1/ks?applicationToken=s3cret");
    assert_eq!(
        uri.to_string(),
        "https://host/v1/ks?applicationToken=[REDACTED]"
    );
    assert_eq!(
        format!("{uri:?}"),
        "ConnectionString(https://host/v1/ks?applicationToken=[REDACTED])"
    );
    let uri = parse("https://user:s3cret@host/v1/ks");
    assert_eq!(uri.to_string(), "https://user:[REDACTED]@host/v1/ks");
}

#[test]
fn one_can_be_put_together() {
    let uri = ConnectionString::new(ASTRA, "shop")
        .unwrap()
        .token("AstraCS:a+b");
    assert_eq!(
        uri.expose(),
        format!("{ASTRA}/api/json/v1/shop?applicationToken=AstraCS%3Aa%2Bb")
    );
    for (endpoint, keyspace) in [
        ("http://host/v1", "ks"),
        ("http://u:p@host", "ks"),
        ("http://host", ""),
    ] {
        assert!(
            ConnectionString::new(endpoint, keyspace).is_err(),
            "{endpoint} {keyspace}"
        );
    }
}

proptest! {
    /// What is printed reads back as it was, whatever is in keyspace and credentials.
    #[test]
    fn printing_and_reading_are_inverse(
        keyspace in "[^\\p{Cc}]{1,12}",
        token in "[^\\p{Cc}]{1,40}",
        user in proptest::option::of(("[^\\p{Cc}]{1,9}", "[^\\p{Cc}]{1,20}")),
        port in proptest::option::of(1_u16..),
    ) {
        prop_assume!(!matches!(keyspace.as_str(), "." | ".."));
        let endpoint = port.map_or("http://host".to_owned(), |port| format!("http://host:{port}"));
        let uri = ConnectionString::new(&endpoint, &keyspace).unwrap();
        let uri = match &user {
            Some((name, password)) => uri.user(name, password.as_str()),
            None => uri.token(token.as_str()),
        };
        let text = uri.expose();
        let again: ConnectionString = text.parse().unwrap();
        prop_assert_eq!(again.keyspace(), keyspace.as_str());
        prop_assert_eq!(again.expose(), text);
        let secret = user.map_or(token, |(_, password)| password);
        // Short secrets may occur by chance in what is around them.
        if secret.len() > 12 {
            let (shown, debugged) = (uri.to_string(), format!("{uri:?}"));
            prop_assert!(!shown.contains(&secret) && !debugged.contains(&secret));
        }
    }

    /// Whatever is put in, the answer is a value or an error.
    #[test]
    fn reading_never_panics(text in ".{0,60}", tail in "(http://|https://)?[a-z:/@?%=&#\\[\\]]{0,40}") {
        let _ = text.parse::<ConnectionString>();
        let _ = tail.parse::<ConnectionString>();
    }
}

#[test]
fn a_database_is_one_call_away() {
    let db = DataApiClient::connect("http://ann:secret@localhost:8181/v1/shop").unwrap();
    assert_eq!(
        (db.endpoint(), db.keyspace_name()),
        ("http://localhost:8181", Some("shop"))
    );
    let error = failure(DataApiClient::connect("http://localhost:8181"));
    assert!(error.to_string().contains("keyspace is missing"), "{error}");
}
