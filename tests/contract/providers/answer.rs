//! What a request is answered: its vectors or scores, or what its directives ask for.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use serde_json::{Value, json};

use super::form;
use super::words::{directives, logit, vector, words};

/// A request that is answered with an error.
pub(super) struct Refused {
    status: u16,
    message: String,
}

impl Refused {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message }
    }
}

/// An answer, after a while.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) kind: Option<&'static str>,
    pub(super) body: Vec<u8>,
    pub(super) seconds: u64,
}

const JSON: Option<&str> = Some("application/json");

/// How often each tag was seen: for failures that end by themselves.
static SEEN: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

/// A request as it came.
pub(super) struct Request<'r> {
    pub(super) provider: &'static str,
    /// The model or endpoint of its path.
    pub(super) named: &'r str,
    pub(super) path: &'r str,
    pub(super) headers: &'r HashMap<String, String>,
    pub(super) body: &'r [u8],
}

impl Answer {
    fn new(status: u16, kind: Option<&'static str>, body: &[u8]) -> Self {
        Self {
            status,
            kind,
            body: body.to_vec(),
            seconds: 0,
        }
    }
}

/// The answer to a request, or none to drop the connection.
pub(super) fn answer(request: &Request<'_>) -> Option<Answer> {
    match try_answer(request) {
        Ok(answer) => answer,
        Err(refused) if request.provider == "mistral" && refused.status == 401 => {
            Some(Answer::new(401, None, b"Unauthorized"))
        }
        Err(Refused { status, message }) => {
            let body = error_body(request.provider, status, &message).to_string();
            Some(Answer::new(status, JSON, body.as_bytes()))
        }
    }
}

fn try_answer(request: &Request<'_>) -> Result<Option<Answer>, Refused> {
    let Request { provider, .. } = *request;
    let body: Value =
        serde_json::from_slice(request.body).map_err(|_| Refused::new(400, "not JSON"))?;
    form::check_key(provider, |name| request.headers.get(name).cloned())?;
    let fields = body
        .as_object()
        .ok_or_else(|| Refused::new(400, "the body must be an object"))?;
    let (texts, dimension) = form::read(provider, fields, request.named)?;
    let parsed: Vec<_> = texts.iter().map(|text| directives(text)).collect();
    let mut asked = Asked {
        flags: Vec::new(),
        dimension,
        seconds: 0,
    };
    for (at, (directives, _)) in parsed.iter().enumerate() {
        for directive in directives {
            let (name, argument) = directive.split_once(':').unwrap_or((directive, ""));
            match (name, argument) {
                ("first", argument) => fail_at_first(provider, argument)?,
                ("expect", argument) => expect(argument, at, texts.len(), &body, request)?,
                ("dim", argument) => asked.dimension = argument.parse().unwrap(),
                ("slow", argument) => asked.seconds = argument.parse().unwrap_or(7),
                ("drop", _) => return Ok(None),
                ("204", _) => return Ok(Some(Answer::new(204, None, b""))),
                (status, how) if status.len() == 3 && status.parse::<u16>().is_ok() => {
                    return with_status(status.parse().unwrap(), how).map(Some);
                }
                (flag, _) => asked.flags.push(flag),
            }
        }
    }
    let texts: Vec<&str> = parsed.iter().map(|(_, text)| *text).collect();
    let answer = asked
        .unusable(provider)
        .unwrap_or_else(|| Answer::new(200, JSON, &asked.body(provider, &texts)));
    Ok(Some(Answer {
        seconds: asked.seconds,
        ..answer
    }))
}

fn with_status(status: u16, how: &str) -> Result<Answer, Refused> {
    match how {
        "empty" => Ok(Answer::new(status, None, b"")),
        "text" => Ok(Answer::new(
            status,
            Some("text/plain"),
            b"something went wrong",
        )),
        _ => Err(Refused::new(status, format!("asked for {status}"))),
    }
}

/// What the directives of the texts ask for.
struct Asked<'t> {
    flags: Vec<&'t str>,
    dimension: usize,
    seconds: u64,
}

impl Asked<'_> {
    fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// An answer in which there is nothing to find.
    fn unusable(&self, provider: &str) -> Option<Answer> {
        let broken = br#"{"data": [{"index": 0, "embedding": [0.1,"#;
        let page = b"<html><body>hello</body></html>";
        if self.has("json") {
            Some(Answer::new(200, JSON, broken))
        } else if self.has("html") {
            Some(Answer::new(200, Some("text/html"), page))
        } else if self.has("empty") {
            Some(Answer::new(200, JSON, b""))
        } else if self.has("array") && provider != "huggingface" {
            Some(Answer::new(200, JSON, b"[1, 2]"))
        } else {
            None
        }
    }

    fn body(&self, provider: &str, texts: &[&str]) -> Vec<u8> {
        let tokens: usize = texts.iter().map(|text| words(text).len()).sum();
        let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
        let mut out = if provider == "rerank" {
            json!({"rankings": rankings(texts), "usage": usage})
        } else {
            let data = data(texts, self.dimension, &|flag: &str| self.has(flag));
            if provider == "huggingface" {
                let vectors = data.iter().map(|item| item["embedding"].clone());
                return vectors.collect::<Value>().to_string().into_bytes();
            }
            let mut out = json!({"object": "list", "data": data, "usage": usage});
            if self.has("extra") {
                out["extra"] = json!({"nobody": "knows"});
            }
            if self.has("nulldata") {
                out["data"] = Value::Null;
            }
            out
        };
        if let Some(fields) = out.as_object_mut() {
            fields.retain(|name, _| {
                !(name == "data" && self.has("nodata") || name == "usage" && self.has("nousage"))
            });
        }
        out.to_string().into_bytes()
    }
}

fn data(texts: &[&str], dimension: usize, has: &impl Fn(&str) -> bool) -> Vec<Value> {
    let entry = |index: usize, vector: Vec<f64>| {
        let mut entry = json!({"object": "embedding", "index": index, "embedding": vector});
        if has("string") && index == 0 {
            entry["embedding"][0] = "x".into();
        }
        if has("extra") {
            entry["extra"] = true.into();
        }
        entry
    };
    let vectors = texts.iter().map(|text| vector(text, dimension));
    let mut data: Vec<_> = vectors
        .enumerate()
        .map(|(index, vector)| entry(index, vector))
        .collect();
    if has("fewer") {
        data.pop();
    }
    if has("more") {
        data.push(entry(
            texts.len(),
            vector(texts.last().unwrap_or(&""), dimension),
        ));
    }
    if has("reverse") {
        data.reverse();
    }
    data
}

fn rankings(texts: &[&str]) -> Vec<Value> {
    let Some((query, passages)) = texts.split_first() else {
        return Vec::new();
    };
    let scores = passages.iter().map(|passage| logit(query, passage));
    let mut scores: Vec<_> = scores.enumerate().collect();
    scores.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    scores
        .into_iter()
        .map(|(index, logit)| json!({"index": index, "logit": logit}))
        .collect()
}

/// `503:TAG` fails the first time the tag is seen, `503*3:TAG` the first three times.
fn fail_at_first(provider: &str, argument: &str) -> Result<(), Refused> {
    let (status, tag) = argument.split_once(':').unwrap_or((argument, ""));
    let (status, times) = status.split_once('*').unwrap_or((status, "1"));
    let mut seen = SEEN.lock().unwrap();
    let count = seen.entry(format!("{provider}{tag}")).or_default();
    *count += 1;
    if *count <= times.parse().unwrap() {
        return Err(Refused::new(
            status.parse().unwrap(),
            format!("time {count}"),
        ));
    }
    Ok(())
}

/// Refuses a request that has not this field, header, number of texts, place of the text or path.
fn expect(
    argument: &str,
    at: usize,
    count: usize,
    body: &Value,
    request: &Request<'_>,
) -> Result<(), Refused> {
    let (name, wanted) = argument.split_once('=').unwrap_or((argument, ""));
    let got = match name {
        "batch" => count.to_string(),
        "at" => at.to_string(),
        "path" => request.path.to_owned(),
        name => match (request.headers.get(name), body.get(name)) {
            (Some(header), _) => header.clone(),
            (None, Some(Value::String(text))) => text.clone(),
            (None, Some(Value::Null) | None) => "-".to_owned(),
            (None, Some(other)) => other.to_string(),
        },
    };
    if got.replace('_', " ") == wanted.replace('_', " ") {
        return Ok(());
    }
    Err(Refused::new(
        400,
        format!("expected {name}={wanted}, got {got}"),
    ))
}

fn error_body(provider: &str, status: u16, message: &str) -> Value {
    let error = json!({"message": message, "type": "invalid_request_error", "param": null, "code": status.to_string()});
    match provider {
        "jinaAI" | "voyageAI" => json!({"detail": message}),
        "upstageAI" if status == 401 => json!({"message": message}),
        "openai" | "azureOpenAI" | "upstageAI" => json!({"error": error}),
        "huggingface" => json!({"error": message}),
        _ => json!({"object": "error", "message": message, "type": "invalid_request_error"}),
    }
}
