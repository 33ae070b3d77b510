//! Tokens, passwords and keys appear nowhere but in the request.

use std::io;
use std::sync::{Arc, Mutex};

use astra_db::http::{HeaderName, HeaderValue};
use astra_db::{
    AwsEmbeddingKeys, DataApiClient, EmbeddingKey, Options, RerankingKey, Token, UsernamePassword,
};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Answer, Outcome, Script, Server, builder, failure, scripted};

const SECRET: &str = "s3cret";

#[test]
fn nothing_prints_its_secrets() {
    let mut marked = HeaderValue::from_static(SECRET);
    marked.set_sensitive(true);
    let options = Options::default()
        .token(SECRET)
        .embedding(AwsEmbeddingKeys::new(SECRET, SECRET))
        .reranking(RerankingKey::new(SECRET))
        .header(HeaderName::from_static("x-key"), marked);
    let client = DataApiClient::new(SECRET).with_options(|_| options.clone());
    let db = client
        .database("https://x.apps.astra.datastax.com")
        .unwrap();
    let printed = [
        format!("{:?}", Token::from(SECRET)),
        format!("{:?}", UsernamePassword::new("u", SECRET)),
        format!("{:?}", EmbeddingKey::new(SECRET)),
        format!("{:?}", AwsEmbeddingKeys::new(SECRET, SECRET)),
        format!("{options:#?}"),
        format!("{client:#?}"),
        format!("{db:#?}"),
        format!("{:#?}", db.command(json!({"find": {}}))),
        format!("{:#?}", db.collection::<astra_db::Document>("c")),
        format!("{:#?}", builder().token(SECRET)),
    ];
    for text in printed {
        assert!(!text.contains(SECRET), "{text}");
        assert!(!text.contains("czNjcmV0"), "base64 of it: {text}");
    }
}

#[tokio::test]
async fn a_request_does_not_print_its_secrets_either() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let db =
        scripted(&script).with_options(|o| o.token(SECRET).embedding(EmbeddingKey::new(SECRET)));
    db.command(json!({"find": {"filter": {"card": "4242"}}}))
        .await
        .unwrap();
    let printed = format!("{:#?}", script.requests());
    assert!(
        !printed.contains(SECRET) && !printed.contains("4242"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_gateway_that_echoes_the_request_does_not_put_the_token_into_the_error() {
    let page = "<h1>403</h1> you sent token: s3cret and key k3y";
    let server = Server::start(move |_| Answer::Http(403, page)).await;
    let db = server.database(builder().token(SECRET));
    let db = db.with_options(|options| options.embedding(EmbeddingKey::new("k3y")));
    let error = failure(db.command(json!({"find": {}})).await);
    let printed = format!("{error} {error:?}");
    assert!(
        printed.contains("you sent token: [REDACTED] and key [REDACTED]"),
        "{printed}"
    );
    assert!(
        !printed.contains(SECRET) && !printed.contains("k3y"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_not_repeated_in_the_error() {
    let db = scripted(&Script::of([Outcome::Reply(200, "{}")]));
    let db = db.with_options(|options| options.token("s3cret\n"));
    let error = failure(db.command(json!({"find": {}})).await);
    assert!(error.to_string().contains("a line break"), "{error}");
    assert!(!format!("{error:?}").contains(SECRET));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The whole of the log at its most talkative, for one call that is repeated and then fails. The
/// subscriber is everybody's, as one of a single thread would miss spans that other tests were
/// the first to meet; what is looked for is named nowhere else.
#[tokio::test(start_paused = true)]
async fn the_log_has_the_conventional_names_and_neither_secrets_nor_documents() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let script = Script::of([Outcome::Reply(503, ""), Outcome::Reply(401, REFUSED)]);
    let db = scripted(&script)
        .keyspace("logged")
        .with_options(|options| options.token("l0gged"));
    failure(
        db.command(json!({"find": {"filter": {"card": "4242"}}}))
            .collection("c")
            .await,
    );
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<_> = text
        .lines()
        .filter(|line| line.contains("find logged/c"))
        .collect();
    let ours = ours.join("\n");
    for part in [
        "server.address=\"scripted\"",
        "otel.kind=\"client\"",
        "db.operation.name=find",
        "db.namespace=\"logged\"",
        "db.collection.name=\"c\"",
        "request.id=",
        "trying again",
        "http.request.resend_count=1",
        "error.type=\"api\"",
        "db.response.status_code=\"UNAUTHENTICATED_REQUEST\"",
    ] {
        assert!(ours.contains(part), "{part} is missing in {ours}");
    }
    assert!(!text.contains("l0gged") && !text.contains("4242"), "{ours}");
}

const REFUSED: &str = r#"{"errors": [{"errorCode": "UNAUTHENTICATED_REQUEST", "message": "m"}]}"#;

/// What comes along when a token is copied, and what is said about it.
const PASTED: [(&str, &str); 13] = [
    ("", "is empty"),
    ("\"s3cret\"", "has a quotation mark"),
    ("'s3cret", "has a quotation mark"),
    ("“s3cret”", "has a quotation mark"),
    ("\u{feff}s3cret", "byte order mark (U+FEFF)"),
    ("s3cret\u{200b}", "invisible character (U+200B)"),
    ("s3\u{2060}cret", "invisible character (U+2060)"),
    ("Bearer s3cret", "begins with \"Bearer \""),
    ("bearer s3cret", "begins with \"Bearer \""),
    ("s3cret\n", "begins or ends with a line break"),
    (" s3cret", "begins or ends with a space"),
    ("s3 cret", "has a space or a line break in it"),
    ("s3crét", "has the character U+00E9"),
];

#[tokio::test]
async fn a_token_that_was_pasted_with_more_than_itself_is_refused() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let command = json!({"findOne": {}});
    for (token, hint) in PASTED {
        let with_token = scripted(&script).with_options(|options| options.token(token));
        let with_key = scripted(&script).with_options(|o| o.embedding(EmbeddingKey::new(token)));
        for error in [
            failure(token.parse::<Token>()),
            failure(with_token.command(&command).await),
            failure(with_key.command(&command).await),
        ] {
            let text = format!("{error} {error:?}");
            assert!(text.contains(hint), "{token:?}: {error}");
            assert!(!text.contains("s3"), "{text}");
        }
    }
    assert_eq!(script.attempts(), 0);
    assert!("AstraCS:abc:123".parse::<Token>().is_ok());
}
