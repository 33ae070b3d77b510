//! Proxies, certificates and versions, against servers that insist on them.

use astra_db::http::Version;
use astra_db::{DataApiClient, DataApiClientBuilder, Environment, Error, TlsVersion};

use crate::support::{Outcome, Script, Server, builder, failure, tls_server};

const KEYSPACES: &str = r#"{"status": {"keyspaces": ["a"]}}"#;

fn keyspaces_json(_: &[u8]) -> String {
    KEYSPACES.to_owned()
}

async fn keyspaces(builder: DataApiClientBuilder, endpoint: &str) -> astra_db::Result<Vec<String>> {
    let client = builder.build()?;
    let strict =
        client.with_options(|options| options.retry(astra_db::DefaultRetryPolicy::never()));
    strict.database(endpoint)?.list_keyspaces().await
}

#[tokio::test]
async fn requests_on_plain_http_go_through_the_proxy_that_is_named() {
    let proxy = Server::answering(KEYSPACES).await;
    let named = proxy.address().replace("http://", "http://ada:secret@");
    let found = keyspaces(builder().proxy(named), "http://data-api.invalid:8181").await;
    assert_eq!(found.unwrap(), ["a"]);
    let seen = proxy.only();
    assert_eq!(seen.uri, "http://data-api.invalid:8181/v1");
    assert_eq!(
        seen.header("proxy-authorization"),
        Some("Basic YWRhOnNlY3JldA==")
    );
    assert_eq!(seen.header("token"), Some("secret-token"));
}

#[tokio::test]
async fn requests_on_https_go_through_a_tunnel_of_the_proxy() {
    let server = tls_server::start(rustls::ALL_VERSIONS, keyspaces_json);
    let (proxy, asked) = tls_server::tunnel(server);
    let builder = builder()
        .proxy(format!("http://{proxy}"))
        .root_certificate_pem(tls_server::ROOT);
    assert_eq!(
        keyspaces(builder, "https://localhost:8181").await.unwrap(),
        ["a"]
    );
    assert_eq!(*asked.lock().unwrap(), ["CONNECT localhost:8181 HTTP/1.1"]);
}

#[tokio::test]
async fn the_devops_api_is_asked_through_the_same_proxy() {
    let proxy = Server::answering("[]").await;
    let client = DataApiClient::builder()
        .token("secret-token")
        .proxy(proxy.address())
        .options(|options| options.devops_url("http://devops.invalid/v2"))
        .build()
        .unwrap();
    assert!(
        client
            .admin()
            .unwrap()
            .list_databases()
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        proxy
            .only()
            .uri
            .starts_with("http://devops.invalid/v2/databases")
    );
}

#[tokio::test]
async fn a_certificate_of_an_own_authority_is_trusted_once_it_is_given() {
    let server = format!(
        "https://{}",
        tls_server::start(rustls::ALL_VERSIONS, keyspaces_json)
    );
    let error = failure(keyspaces(builder(), &server).await);
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert_eq!(error.scheme_mismatch(), None);
    let trusting = builder().root_certificate_pem(tls_server::ROOT);
    assert_eq!(keyspaces(trusting, &server).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn a_server_with_an_older_tls_than_is_accepted_is_refused() {
    let old = tls_server::start(&[&rustls::version::TLS12], keyspaces_json);
    let server = format!("https://{old}");
    let builder = || builder().root_certificate_pem(tls_server::ROOT);
    let accepting = builder().min_tls(TlsVersion::Tls12);
    assert_eq!(keyspaces(accepting, &server).await.unwrap(), ["a"]);
    let error = failure(keyspaces(builder().min_tls(TlsVersion::Tls13), &server).await);
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    let new = format!(
        "https://{}",
        tls_server::start(&[&rustls::version::TLS13], keyspaces_json)
    );
    let strict = builder().min_tls(TlsVersion::Tls13);
    assert_eq!(keyspaces(strict, &new).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn http_2_is_spoken_from_the_first_byte_on_demand() {
    let server = Server::answering(KEYSPACES).await;
    keyspaces(builder(), server.address()).await.unwrap();
    let known = builder().http2_prior_knowledge();
    keyspaces(known, server.address()).await.unwrap();
    let versions: Vec<Version> = server.seen().iter().map(|seen| seen.version).collect();
    assert_eq!(versions, [Version::HTTP_11, Version::HTTP_2]);
}

#[test]
fn settings_that_cannot_be_used_are_named_when_the_client_is_built() {
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let script = || Script::of([Outcome::Reply(200, "{}")]);
    for (builder, expected) in [
        (
            builder().proxy("ada:secret@proxy"),
            "the proxy is not a valid URL",
        ),
        (
            builder().proxy("ftp://ada:secret@proxy"),
            "the proxy is not a valid URL",
        ),
        (
            builder().root_certificate_pem("no certificate"),
            "the root certificate is not valid PEM",
        ),
        (
            builder().root_certificate_pem(broken),
            "root_certificate_pem",
        ),
        (
            builder().min_tls(TlsVersion::Tls13).transport(script()),
            "min_tls has no effect",
        ),
        (
            builder().proxy("http://proxy").transport(script()),
            "proxy has no effect",
        ),
    ] {
        let error = failure(builder.build());
        let said = format!("{error} {error:?}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("secret@"), "{said}");
    }
    let client = builder()
        .environment(Environment::Other)
        .proxy("http://ada:secret@proxy");
    assert!(!format!("{client:?}").contains("secret@"));
    assert!(!format!("{:?}", client.build().unwrap()).contains("secret@"));
}
