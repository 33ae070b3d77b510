//! The HTTP client for services, shared by all engines of the process.
//!
//! It has a thread of its own, so that an engine can wait for it wherever it is called from.

use std::io;
use std::sync::LazyLock;
use std::sync::mpsc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;
use uuid::Uuid;

use crate::providers::call::{Failure, Outgoing, Reply};

/// Within this a service has to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a call is sent at most.
const ATTEMPTS: usize = 4;

/// Bytes of an answer at most: vectors for the largest call there can be are half of it.
const MAX_REPLY: usize = 64 * 1024 * 1024;

struct Client {
    runtime: Runtime,
    http: reqwest::Client,
}

static CLIENT: LazyLock<Result<Client, String>> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("astra-local providers")
        .enable_all()
        .build()
        .map_err(|error: io::Error| error.to_string())?;
    let http = reqwest::Client::builder()
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .referer(false)
        .build()
        .map_err(|error| error.without_url().to_string())?;
    Ok(Client { runtime, http })
});

/// Sends all of them at the same time and waits until each was answered or given up.
pub(in crate::providers) fn send_all(calls: Vec<Outgoing>) -> Vec<Result<Reply, Failure>> {
    let client = match &*CLIENT {
        Ok(client) => client,
        Err(problem) => {
            return calls
                .iter()
                .map(|_| Err(Failure::Connection(problem.clone())))
                .collect();
        }
    };
    let waiting: Vec<_> = calls
        .into_iter()
        .map(|call| {
            let (answer, outcome) = mpsc::sync_channel(1);
            let http = client.http.clone();
            client.runtime.spawn(async move {
                // Nobody waits any longer where the thread that asked is gone.
                let reply = send(&http, &call).await;
                let _ = answer.send(reply.map(|reply| without_secrets(reply, &call.headers)));
            });
            outcome
        })
        .collect();
    let gone = |_| Err(Failure::Connection("the call was given up".to_owned()));
    waiting
        .into_iter()
        .map(|outcome| outcome.recv().unwrap_or_else(gone))
        .collect()
}

/// The reply without the secrets that were sent: a service can repeat them in an error, which goes on to the client.
fn without_secrets(mut reply: Reply, sent: &HeaderMap) -> Reply {
    if (200..300).contains(&reply.status) {
        return reply;
    }
    let mut text = String::from_utf8_lossy(&reply.body).into_owned();
    for secret in sent.values().filter(|value| value.is_sensitive()) {
        // A scheme such as `Bearer` comes before the secret itself.
        let secret = secret
            .to_str()
            .ok()
            .and_then(|it| it.split(' ').next_back());
        if let Some(secret) = secret.filter(|it| !it.is_empty()) {
            text = text.replace(secret, "[REDACTED]");
        }
    }
    reply.body = text.into_bytes();
    reply
}

/// Sends a call, again where it timed out.
async fn send(http: &reqwest::Client, call: &Outgoing) -> Result<Reply, Failure> {
    let mut pause = call.pauses.first;
    for _ in 1..ATTEMPTS {
        let outcome = send_once(http, call).await;
        if !is_timeout(&outcome) {
            return outcome;
        }
        sleep(varied(pause)).await;
        pause = (pause * 2).min(call.pauses.most);
    }
    send_once(http, call).await
}

fn is_timeout(outcome: &Result<Reply, Failure>) -> bool {
    match outcome {
        Ok(reply) => reply.timed_out(),
        Err(failure) => matches!(failure, Failure::Timeout),
    }
}

/// Half of the pause up to half more than it.
fn varied(pause: Duration) -> Duration {
    let [random, ..] = Uuid::new_v4().into_bytes();
    pause / 2 + pause * u32::from(random) / u32::from(u8::MAX)
}

async fn send_once(http: &reqwest::Client, call: &Outgoing) -> Result<Reply, Failure> {
    let request = http
        .post(&call.url)
        .headers(call.headers.clone())
        .header(CONTENT_TYPE, "application/json")
        .body(call.body.clone());
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(error) => return Err(failure(error).await),
    };
    let status = response.status().as_u16();
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => break,
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_REPLY => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                let problem = "its answer is too large".to_owned();
                return Err(Failure::Connection(problem));
            }
            Err(error) => return Err(failure(error).await),
        }
    }
    Ok(Reply {
        status,
        content_type,
        body,
    })
}

async fn failure(error: reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Timeout;
    }
    let host = error.url().and_then(|url| {
        let port = url.port_or_known_default()?;
        Some((url.host_str()?.to_owned(), port))
    });
    if let (true, Some(host)) = (error.is_connect(), host)
        && tokio::net::lookup_host(host).await.is_err()
    {
        return Failure::UnknownHost;
    }
    // The URL is left out: there may be a secret in it.
    let error = error.without_url();
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| {
        error.source()
    });
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    Failure::Connection(causes.join(": "))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::json::Object;

    /// Answers one call after the other with these statuses and counts them.
    fn answering(statuses: &'static [u16]) -> (String, thread::JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let served = thread::spawn(move || {
            for status in statuses {
                let (mut stream, _) = listener.accept().expect("a call");
                let mut heard = [0; 4096];
                let _ = stream.read(&mut heard).expect("a request");
                let head = format!(
                    "HTTP/1.1 {status} Said\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
                );
                stream.write_all(head.as_bytes()).expect("an answer");
            }
            statuses.len()
        });
        (url, served)
    }

    fn status_after(statuses: &'static [u16]) -> (u16, usize) {
        let (url, served) = answering(statuses);
        let mut replies = send_all(vec![Outgoing::new(url, &Object::new())]);
        let reply = replies.pop().expect("an outcome").expect("an answer");
        (reply.status, served.join().expect("a server"))
    }

    #[test]
    fn a_secret_that_a_service_repeats_is_not_handed_on() {
        let mut call = Outgoing::new(String::new(), &Object::new());
        let key = reqwest::header::HeaderValue::from_static("sk-SECRET");
        call.secret(reqwest::header::AUTHORIZATION, "Bearer ", &key);
        let reply = Reply {
            status: 401,
            content_type: None,
            body: b"Incorrect API key provided: Bearer sk-SECRET".to_vec(),
        };
        let reply = without_secrets(reply, &call.headers);
        let said = String::from_utf8(reply.body).expect("text");
        assert_eq!(said, "Incorrect API key provided: Bearer [REDACTED]");
    }

    #[test]
    fn a_call_that_timed_out_is_sent_again_three_times_at_most() {
        assert_eq!(status_after(&[408, 408, 200]), (200, 3));
        assert_eq!(status_after(&[408, 408, 408, 408]), (408, 4));
    }

    #[test]
    fn other_answers_are_taken_as_they_are() {
        for status in [200, 401, 429, 500, 503] {
            let statuses: &'static [u16] = vec![status].leak();
            assert_eq!(status_after(statuses), (status, 1));
        }
    }

    #[test]
    fn nobody_who_listens_is_a_failed_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        drop(listener);
        let outcome = send_all(vec![Outgoing::new(url, &Object::new())]).pop();
        assert!(matches!(outcome, Some(Err(Failure::Connection(_)))));
    }
}
