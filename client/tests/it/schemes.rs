//! https to a port that speaks HTTP, and http to a port that expects HTTPS.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use astra_db::{DataApiClient, Error, SchemeMismatch};

use crate::support::{Answer, Server, builder, failure};

async fn error_at(endpoint: &str) -> Error {
    let client: DataApiClient = builder().build().unwrap();
    failure(client.database(endpoint).unwrap().list_keyspaces().await)
}

/// A port that does this with every connection.
fn port(serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap());
        }
    });
    address
}

/// A port that answers every request with these bytes.
fn answering(answer: &'static [u8]) -> String {
    port(move |mut stream| {
        let read = stream.read(&mut [0; 16 << 10]).unwrap();
        assert_ne!(read, 0, "a request");
        stream.write_all(answer).unwrap();
    })
}

/// Speaks TLS alone: anything else is refused with an alert, as every TLS library does.
fn refuse(mut stream: TcpStream) {
    let mut acceptor = rustls::server::Acceptor::default();
    let mut first = vec![0; 16 << 10];
    let read = stream.read(&mut first).unwrap();
    acceptor.read_tls(&mut &first[..read]).unwrap();
    let (_, mut alert) = acceptor.accept().unwrap_err();
    let mut answer = Vec::new();
    alert.write(&mut answer).unwrap();
    stream.write_all(&answer).unwrap();
}

#[tokio::test]
async fn https_to_an_http_port_is_said_in_words() {
    let server = Server::answering("{}").await;
    let error = error_at(&server.address().replacen("http:", "https:", 1)).await;
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert_eq!(error.scheme_mismatch(), Some(SchemeMismatch::HttpsToHttp));
    assert!(
        error.to_string().ends_with(
            "the endpoint begins with https://, but the server seems to speak plain HTTP: write http://"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn http_to_a_tls_port_is_said_in_words() {
    let error = error_at(&format!("http://{}", port(refuse))).await;
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(error.scheme_mismatch(), Some(SchemeMismatch::HttpToHttps));
    assert!(
        error.to_string().ends_with(
            "the endpoint begins with http://, but the server seems to expect HTTPS: write https://"
        ),
        "{error}"
    );
}

/// nginx, Go and Apache answer in plain HTTP, Tomcat without the word HTTPS.
#[tokio::test]
async fn a_server_that_asks_for_https_in_plain_http_is_understood() {
    for body in [
        "<center>The plain HTTP request was sent to HTTPS port</center>",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Bad Request\nThis combination of host and port requires TLS.\r\n",
    ] {
        let server = Server::start(move |_| Answer::Http(400, body)).await;
        let error = error_at(server.address()).await;
        assert_eq!(error.scheme_mismatch(), Some(SchemeMismatch::HttpToHttps));
        assert!(error.to_string().ends_with("write https://"), "{error}");
    }
}

#[tokio::test]
async fn other_failures_have_nothing_to_do_with_the_scheme() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for endpoint in [format!("https://{free}"), format!("http://{free}")] {
        assert_eq!(error_at(&endpoint).await.scheme_mismatch(), None);
    }
    let odd = answering(b"HTTP/1.1 nonsense\r\n\r\n");
    let error = error_at(&format!("http://{odd}")).await;
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(error.scheme_mismatch(), None);
    let server = Server::start(|_| Answer::Broken).await;
    assert_eq!(error_at(server.address()).await.scheme_mismatch(), None);
    let server = Server::start(|_| Answer::Http(400, "no such tenant")).await;
    assert_eq!(error_at(server.address()).await.scheme_mismatch(), None);
}
