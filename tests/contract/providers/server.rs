//! The server of the stand-ins. It speaks just as much HTTP as it takes, because it has to break off connections, too.

use std::collections::HashMap;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::answer::{Answer, Request, answer};
use super::provider_of;

/// Starts the stand-ins on a free port. Returns their address.
pub(crate) async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Answers the one request of a connection.
async fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let target = line.split(' ').nth(1).unwrap_or_default();
    let path = target
        .split('?')
        .next()
        .unwrap_or_default()
        .replace("//", "/");
    let headers = headers(&mut stream).await?;
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    let Some((provider, named)) = provider_of(&path) else {
        return reply(&mut stream, 404, Some("application/json"), b"{}").await;
    };
    let request = Request {
        provider,
        named: &named,
        path: &path,
        headers: &headers,
        body: &body,
    };
    let Some(Answer {
        status,
        kind,
        body,
        seconds,
    }) = answer(&request)
    else {
        return Ok(());
    };
    if seconds > 0 {
        // What is asked for here is a service that is slow.
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
    reply(&mut stream, status, kind, &body).await
}

async fn headers(stream: &mut BufReader<TcpStream>) -> std::io::Result<HashMap<String, String>> {
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
            None => return Ok(headers),
        }
    }
}

async fn reply(
    stream: &mut BufReader<TcpStream>,
    status: u16,
    kind: Option<&str>,
    body: &[u8],
) -> std::io::Result<()> {
    let kind = kind.map(|kind| format!("Content-Type: {kind}\r\n"));
    let length = (status != 204).then(|| format!("Content-Length: {}\r\n", body.len()));
    let head = [
        format!("HTTP/1.1 {status} Answer\r\nConnection: close\r\n"),
        kind.unwrap_or_default(),
        length.unwrap_or_default(),
        "\r\n".to_owned(),
    ]
    .concat();
    stream.write_all(&[head.as_bytes(), body].concat()).await?;
    stream.flush().await
}
