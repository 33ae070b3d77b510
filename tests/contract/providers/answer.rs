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

/// The answer to a request, or none to drop the connection.
pub(super) fn answer(request: &Request<'_>) -> Option<Answer> {
    let plain = |status, kind, body: &[u8]| Answer {
        status,
        kind,
        body: body.to_vec(),
        seconds: 0,
    };
    match try_answer(request) {
        Ok(answer) => answer,
        Err(refused) if request.provider == "mistral" && refused.status == 401 => {
            Some(plain(401, None, b"Unauthorized"))
        }
        Err(Refused { status, message }) => {
            let body = error_body(request.provider, status, &message).to_string();
            Some(plain(status, JSON, body.as_bytes()))
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
    let (mut flags, mut changed, mut seconds) = (Vec::new(), dimension, 0);
    let fixed = |status, kind, body: &[u8], seconds| {
        let body = body.to_vec();
        Ok(Some(Answer {
            status,
            kind,
            body,
            seconds,
        }))
    };
    for (at, (directives, _)) in parsed.iter().enumerate() {
        for directive in directives {
            let (name, argument) = directive.split_once(':').unwrap_or((directive, ""));
            match (name, argument) {
                ("first", argument) => fail_at_first(provider, argument)?,
                ("expect", argument) => expect(argument, at, texts.len(), &body, request)?,
                ("dim", argument) => changed = argument.parse().unwrap(),
                ("slow", argument) => seconds = argument.parse().unwrap_or(7),
                ("drop", _) => return Ok(None),
                ("204", _) => return fixed(204, None, b"", 0),
                (status, how) if status.len() == 3 && status.parse::<u16>().is_ok() => {
                    let status = status.parse().unwrap();
                    return match how {
                        "empty" => fixed(status, None, b"", 0),
                        "text" => fixed(status, Some("text/plain"), b"something went wrong", 0),
                        _ => Err(Refused::new(status, format!("asked for {status}"))),
                    };
                }
                (flag, _) => flags.push(flag),
            }
        }
    }
    let has = |flag: &str| flags.contains(&flag);
    if has("json") {
        return fixed(
            200,
            JSON,
            br#"{"data": [{"index": 0, "embedding": [0.1,"#,
            seconds,
        );
    }
    if has("html") {
        return fixed(
            200,
            Some("text/html"),
            b"<html><body>hello</body></html>",
            seconds,
        );
    }
    if has("empty") {
        return fixed(200, JSON, b"", seconds);
    }
    if has("array") && provider != "huggingface" {
        return fixed(200, JSON, b"[1, 2]", seconds);
    }
    let tokens: usize = parsed.iter().map(|(_, text)| words(text).len()).sum();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    let texts: Vec<&str> = parsed.iter().map(|(_, text)| *text).collect();
    let mut out = if provider == "rerank" {
        json!({"rankings": rankings(&texts), "usage": usage})
    } else {
        let data = data(&texts, changed, &has);
        if provider == "huggingface" {
            let vectors: Vec<_> = data.iter().map(|item| item["embedding"].clone()).collect();
            return fixed(
                200,
                JSON,
                Value::from(vectors).to_string().as_bytes(),
                seconds,
            );
        }
        let mut out = json!({"object": "list", "data": data, "usage": usage});
        if has("extra") {
            out["extra"] = json!({"nobody": "knows"});
        }
        if has("nulldata") {
            out["data"] = Value::Null;
        }
        out
    };
    if let Some(fields) = out.as_object_mut() {
        fields.retain(|name, _| {
            !(name == "data" && has("nodata") || name == "usage" && has("nousage"))
        });
    }
    fixed(200, JSON, out.to_string().as_bytes(), seconds)
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
        "openai" | "azureOpenAI" => json!({"error": error}),
        "jinaAI" | "voyageAI" => json!({"detail": message}),
        "upstageAI" if status == 401 => json!({"message": message}),
        "upstageAI" => json!({"error": error}),
        "huggingface" => json!({"error": message}),
        _ => json!({"object": "error", "message": message, "type": "invalid_request_error"}),
    }
}
