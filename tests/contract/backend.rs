//! Who is asked: the engine in this process, or a Data API over HTTP.

#[cfg(test)]
use std::{collections::VecDeque, sync::Mutex};

use anyhow::Context as _;
use astra_local::{Engine, ProviderKeys, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use reqwest::header::{HeaderMap, HeaderName};

use crate::json::Json;
use crate::mcp;

/// A request as a step describes it.
#[derive(Debug)]
pub(crate) struct Call {
    /// Another method than POST.
    pub(crate) method: Option<String>,
    pub(crate) path: String,
    /// Headers beside or instead of the usual ones; one without a value is left out.
    pub(crate) headers: Vec<(String, Option<String>)>,
    pub(crate) body: Option<String>,
}

/// What a backend makes of a request.
#[derive(Debug)]
pub(crate) enum Reply {
    Answer {
        status: u16,
        /// In lower case.
        headers: IndexMap<String, Json>,
        body: String,
    },
    /// The request is about HTTP, and this backend does not speak it.
    NotHere,
}

#[derive(Debug)]
pub(crate) enum Backend {
    InProcess(Engine),
    Http(Server),
    /// Given answers, to test the runner itself.
    #[cfg(test)]
    Script(Script),
}

impl Backend {
    /// Whether it can be asked what is about HTTP.
    pub(crate) fn speaks_http(&self) -> bool {
        !matches!(self, Self::InProcess(_))
    }

    pub(crate) async fn send(&self, call: &Call) -> anyhow::Result<Reply> {
        match self {
            Self::InProcess(engine) => Ok(in_process(engine, call)),
            Self::Http(server) => server.send(call).await,
            #[cfg(test)]
            Self::Script(script) => script.next(),
        }
    }
}

/// Asks the engine itself. What only HTTP has is left out: methods, headers, encoded and longer paths, doubled slashes.
fn in_process(engine: &Engine, call: &Call) -> Reply {
    let Some(rest) = call.path.strip_prefix("/v1") else {
        return Reply::NotHere;
    };
    let mut names = rest.split('/').skip(1);
    let (keyspace, name, more) = (names.next(), names.next(), names.next());
    let only_http = call.path == mcp::PATH
        || call.method.is_some()
        || !call.headers.iter().all(|(name, _)| is_of_engine(name))
        || more.is_some()
        || [keyspace, name].contains(&Some(""))
        || call.path.contains('%');
    if only_http {
        return Reply::NotHere;
    }
    let body = call.body.as_deref().unwrap_or_default().as_bytes();
    let response = engine.with_keys(keys(call)).execute(Request {
        keyspace,
        name,
        body,
    });
    Reply::Answer {
        status: response.status,
        headers: IndexMap::new(),
        body: String::from_utf8_lossy(&response.body).into_owned(),
    }
}

/// Whether a header is not about HTTP: keys of services, which an engine takes as well, and what it does not need.
fn is_of_engine(name: &str) -> bool {
    ["x-embedding-", "reranking-", "feature-flag-"]
        .iter()
        .any(|prefix| name.to_ascii_lowercase().starts_with(prefix))
}

fn keys(call: &Call) -> ProviderKeys {
    let mut headers = HeaderMap::new();
    let usual = ("Token".to_owned(), Some("Cassandra:Zw==:cw==".to_owned()));
    for (name, value) in std::iter::once(&usual).chain(&call.headers) {
        if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), value)
            && let Ok(value) = value.parse()
        {
            headers.insert(name, value);
        }
    }
    ProviderKeys::from_headers(&headers)
}

/// A Data API at a URL.
#[derive(Debug)]
pub(crate) struct Server {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Server {
    pub(crate) fn new(url: &str, username: &str, password: &str) -> Self {
        let (username, password) = (STANDARD.encode(username), STANDARD.encode(password));
        Self {
            client: reqwest::Client::new(),
            url: url.trim_end_matches('/').to_owned(),
            token: format!("Cassandra:{username}:{password}"),
        }
    }

    async fn send(&self, call: &Call) -> anyhow::Result<Reply> {
        let method = call.method.as_deref().unwrap_or("POST").parse()?;
        let url = format!("{}{}", self.url, call.path);
        let mut request = self.client.request(method, &url);
        let usual = [
            ("Token", self.token.as_str()),
            ("Content-Type", "application/json"),
        ];
        for (name, value) in usual {
            let replaced = |(other, _): &(String, _)| other.eq_ignore_ascii_case(name);
            if !call.headers.iter().any(replaced) {
                request = request.header(name, value);
            }
        }
        for (name, value) in &call.headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.with_context(|| url.clone())?;
        let status = response.status().as_u16();
        let headers: IndexMap<String, Json> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), Json::from(value.to_str().unwrap_or(""))))
            .collect();
        let events = Json::from("text/event-stream");
        let is_stream = headers.get("content-type") == Some(&events);
        let body = match is_stream {
            // It stays open.
            true if call.method.as_deref() == Some("GET") => String::new(),
            true => mcp::answers_of_events(&response.text().await.context(url)?),
            false => response.text().await.context(url)?,
        };
        Ok(Reply::Answer {
            status,
            headers,
            body,
        })
    }
}

/// Answers prepared in advance, given out in order.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Script(Mutex<VecDeque<(u16, String)>>);

#[cfg(test)]
impl Script {
    pub(crate) fn new(answers: &[(u16, &str)]) -> Self {
        let answers = answers
            .iter()
            .map(|(status, body)| (*status, (*body).to_owned()));
        Self(Mutex::new(answers.collect()))
    }

    fn next(&self) -> anyhow::Result<Reply> {
        let answer = self.0.lock().unwrap().pop_front();
        let (status, body) = answer.context("the script has no more answers")?;
        Ok(Reply::Answer {
            status,
            headers: IndexMap::new(),
            body,
        })
    }
}
