//! A server that speaks TLS with a certificate of an authority nobody knows, and a proxy to it.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// The authority, in PEM.
pub(crate) const ROOT: &[u8] = include_bytes!("tls/root.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/server.pem");
const KEY: &[u8] = include_bytes!("tls/server.key");

/// Answers each request, and ends the connection. Its certificate is for `localhost`, `127.0.0.1` and
/// databases on Astra.
pub(crate) fn start(
    versions: &[&'static SupportedProtocolVersion],
    answer: impl Fn(&[u8]) -> String + Send + Sync + 'static,
) -> String {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        );
    let config = Arc::new(config.unwrap());
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        // A client that does not trust the certificate ends here.
        let Some((_, length)) = head(&mut stream) else {
            return;
        };
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let body = answer(&body);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.get_mut().write_all(answer.as_bytes()).unwrap();
        stream.get_mut().conn.send_close_notify();
        drop(stream.get_mut().flush());
    })
}

/// A proxy that makes tunnels to this address, whatever it is asked for. What it is asked for is in
/// the list.
pub(crate) fn tunnel(to: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let address = listen(move |mut client| {
        let (first, _) = head(&mut BufReader::new(&client)).unwrap();
        seen.lock().unwrap().push(first);
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let server = TcpStream::connect(&to).unwrap();
        let (mut from_client, mut to_server) =
            (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
        drop(std::io::copy(&mut &server, &mut client));
    });
    (address, asked)
}

fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

/// The first line of a request and the length of its body.
fn head(stream: &mut impl std::io::BufRead) -> Option<(String, usize)> {
    let mut first = String::new();
    stream.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => return Some((first.trim_end().to_owned(), length)),
        }
    }
}
