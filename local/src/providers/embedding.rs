//! Texts to vectors.

use http::HeaderName;
use http::header::AUTHORIZATION;

use super::call::{Outgoing, Pauses};
use super::catalogue::{Authentication, LOCAL, Provider};
use super::client::send_all;
use super::reply::EMBEDDING;
use super::service::EmbeddingService;
use super::{Providers, ngrams};
use crate::error::{ApiError, embedding_provider};
use crate::json::{Object, Value};

/// What a vector is for: some models make other ones of stored texts than of those that are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Storing,
    Searching,
}

impl Purpose {
    /// The word that a provider has for a text that is stored, or `query`.
    fn or_query(self, stored: &'static str) -> &'static str {
        match self {
            Self::Storing => stored,
            Self::Searching => "query",
        }
    }
}

impl Providers {
    /// A vector for each text, in calls as large as the provider takes them.
    pub(crate) fn embed(
        &self,
        service: &EmbeddingService,
        texts: &[String],
        purpose: Purpose,
    ) -> Result<Vec<Vec<f32>>, ApiError> {
        let batch = service.provider.batch;
        let vectors = self.embed_in_calls_of(batch, service, texts, purpose)?;
        check_count(service.provider, vectors.len(), texts.len())?;
        Ok(vectors)
    }

    /// A vector for one text. A provider may answer more of them; only the first counts.
    pub(crate) fn embed_one(
        &self,
        service: &EmbeddingService,
        text: &str,
        purpose: Purpose,
    ) -> Result<Vec<f32>, ApiError> {
        let texts = [text.to_owned()];
        let vectors = self.embed_in_calls_of(1, service, &texts, purpose)?;
        let first = vectors.into_iter().next();
        first.ok_or_else(|| EMBEDDING.unusable(service.provider.name, "has no vector"))
    }

    /// A vector for each text in one call, however many there are, as the real server does for tables.
    pub(crate) fn embed_in_one_call(
        &self,
        service: &EmbeddingService,
        texts: &[String],
    ) -> Result<Vec<Vec<f32>>, ApiError> {
        let vectors = self.embed_in_calls_of(usize::MAX, service, texts, Purpose::Searching)?;
        check_count(service.provider, vectors.len(), texts.len())?;
        Ok(vectors)
    }

    fn embed_in_calls_of(
        &self,
        batch: usize,
        service: &EmbeddingService,
        texts: &[String],
        purpose: Purpose,
    ) -> Result<Vec<Vec<f32>>, ApiError> {
        let provider = service.provider;
        self.check_keys(provider)?;
        if provider.name == LOCAL {
            return Ok(texts.iter().map(|text| ngrams::vector(text)).collect());
        }
        let calls = texts
            .chunks(batch)
            .map(|texts| self.call(service, texts, purpose))
            .collect::<Result<_, _>>()?;
        let mut vectors = Vec::with_capacity(texts.len());
        for outcome in send_all(calls) {
            let answer = EMBEDDING.read(provider.name, outcome, quotes(provider))?;
            vectors.extend(read_vectors(service, &answer)?);
        }
        Ok(vectors)
    }

    fn check_keys(&self, provider: &Provider) -> Result<(), ApiError> {
        let name = provider.name;
        let missing = match provider.authentication {
            Authentication::Key(_) if self.keys.embedding.is_none() => "x-embedding-api-key",
            Authentication::AccessKeys if self.keys.access_id.is_none() => "x-embedding-access-id",
            Authentication::AccessKeys if self.keys.secret_id.is_none() => "x-embedding-secret-id",
            _ => return Ok(()),
        };
        Err(
            embedding_provider::EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED.because(format!(
                "The embedding provider '{name}' needs a key. Send it in the header '{missing}'."
            )),
        )
    }

    fn call(
        &self,
        service: &EmbeddingService,
        texts: &[String],
        purpose: Purpose,
    ) -> Result<Outgoing, ApiError> {
        let provider = service.provider;
        let url = self.features.provider_url(provider.name).or(provider.url);
        let Some(url) = url else {
            return Err(embedding_provider::EMBEDDING_PROVIDER_UNAVAILABLE.because(format!(
                "The local Data API does not call '{}', whose requests are signed. Use another provider, or compute \
                 the vectors and send them as they are.",
                provider.name
            )));
        };
        let mut url = filled(url, service);
        if provider.name == "openai" {
            url = format!("{}/embeddings", url.trim_end_matches('/'));
        }
        let mut call = Outgoing::new(url, &body(service, texts, purpose));
        if provider.name == "jinaAI" {
            call.pauses = Pauses::LONG;
        }
        self.sign(service, &mut call);
        Ok(call)
    }

    fn sign(&self, service: &EmbeddingService, call: &mut Outgoing) {
        let key = self.keys.embedding.as_ref();
        match service.provider.name {
            "azureOpenAI" => {
                if let Some(key) = key {
                    call.secret(HeaderName::from_static("api-key"), "", key);
                }
            }
            "nvidia" => self.sign_for_nvidia(key, call),
            _ => {
                if let Some(key) = key {
                    call.secret(AUTHORIZATION, "Bearer ", key);
                }
            }
        }
        for (header, parameter) in [
            ("openai-organization", "organizationId"),
            ("openai-project", "projectId"),
        ] {
            if let Some(Ok(value)) = service.parameter(parameter).map(str::parse) {
                call.headers.insert(HeaderName::from_static(header), value);
            }
        }
    }

    /// Nvidia's services take the token of the Data API where no key is given, and the name of a tenant.
    pub(super) fn sign_for_nvidia(&self, key: Option<&http::HeaderValue>, call: &mut Outgoing) {
        if let Some(key) = key.or(self.keys.token.as_ref()) {
            call.secret(AUTHORIZATION, "Bearer ", key);
        }
        call.headers.insert(
            HeaderName::from_static("tenant-id"),
            http::HeaderValue::from_static("SINGLE-TENANT"),
        );
    }
}

fn check_count(provider: &Provider, vectors: usize, texts: usize) -> Result<(), ApiError> {
    if vectors == texts {
        return Ok(());
    }
    let problem = format!("has {vectors} vectors for {texts} texts");
    Err(EMBEDDING.unusable(provider.name, &problem))
}

/// The URL with its parameters filled in.
fn filled(url: &str, service: &EmbeddingService) -> String {
    let mut filled = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled.push_str(before);
        match name {
            "modelId" => encode(service.model.name, "/", &mut filled),
            name => encode(service.parameter(name).unwrap_or_default(), "", &mut filled),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Adds a text to a URL so that it stays inside its part of it.
fn encode(text: &str, allowed: &str, url: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) || allowed.contains(letter) {
            url.push(letter);
        } else {
            // Writing to a string does not fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

fn body(service: &EmbeddingService, texts: &[String], purpose: Purpose) -> Object {
    let model = service.model.name;
    let input: Vec<Value> = texts
        .iter()
        .map(|text| Value::from(text.as_str()))
        .collect();
    let mut body = Object::from([("input", input)]);
    match service.provider.name {
        "huggingface" => {
            let input = body.remove("input").unwrap_or(Value::Null);
            body.insert("inputs", input);
            body.insert("options", Object::from([("waitForModel", true)]));
        }
        "huggingfaceDedicated" => {}
        "upstageAI" => {
            if let [text] = texts {
                body.insert("input", text.as_str());
            }
            let purpose = purpose.or_query("passage");
            body.insert("model", format!("{model}-{purpose}"));
        }
        name => {
            body.insert("model", model);
            match name {
                "openai" | "azureOpenAI" if !model.ends_with("-ada-002") => {
                    body.insert("dimensions", service.dimension);
                }
                "jinaAI" => {
                    if model == "jina-embeddings-v3" {
                        body.insert("dimensions", service.dimension);
                    }
                    copy(service, "task", "task", &mut body);
                    copy(service, "late_chunking", "late_chunking", &mut body);
                }
                "mistral" => {
                    body.insert("encoding_format", "float");
                }
                "nvidia" => {
                    body.insert("input_type", purpose.or_query("passage"));
                }
                "voyageAI" => {
                    body.insert("input_type", purpose.or_query("document"));
                    copy(service, "autoTruncate", "truncation", &mut body);
                }
                _ => {}
            }
        }
    }
    body
}

fn copy(service: &EmbeddingService, parameter: &str, field: &str, body: &mut Object) {
    if let Some(value) = service.parameters.get(parameter) {
        body.insert(field, value.clone());
    }
}

/// Where a provider explains an error.
fn quotes(provider: &Provider) -> &'static [&'static [&'static str]] {
    match provider.name {
        "openai" | "azureOpenAI" => &[&["error", "message"]],
        "jinaAI" | "voyageAI" => &[&["detail"]],
        "huggingface" => &[&["error"]],
        "upstageAI" => &[&["message"], &["error", "message"]],
        _ => &[&["message"]],
    }
}

/// The vectors of an answer, in the order of the texts.
fn read_vectors(service: &EmbeddingService, answer: &Value) -> Result<Vec<Vec<f32>>, ApiError> {
    let unusable = |problem: &str| EMBEDDING.unusable(service.provider.name, problem);
    let vectors: Vec<&Value> = if service.provider.name == "huggingface" {
        let vectors = answer
            .as_array()
            .ok_or_else(|| unusable("is not an array of vectors"))?;
        vectors.iter().collect()
    } else {
        let answer = answer.as_object();
        if answer.is_some_and(|answer| answer.get("usage").is_none_or(Value::is_null)) {
            return Err(unusable("does not say what was used"));
        }
        let data = answer.and_then(|answer| answer.get("data")?.as_array());
        in_order(data.ok_or_else(|| unusable("has no 'data'"))?)
            .ok_or_else(|| unusable("has data without 'index' and 'embedding'"))?
    };
    let read = |vector: &Value| {
        let numbers = vector.as_array().unwrap_or_default().iter();
        let number = |number: &Value| number.as_number()?.as_str().parse().ok();
        let numbers: Option<Vec<f32>> = numbers.map(number).collect();
        let numbers =
            numbers.ok_or_else(|| unusable("has vectors of something else than numbers"))?;
        if numbers.len() == service.dimension {
            return Ok(numbers);
        }
        Err(unusable(&format!(
            "has a vector of {} numbers where {} are stored",
            numbers.len(),
            service.dimension
        )))
    };
    vectors.into_iter().map(read).collect()
}

/// The embeddings of some data by their index.
fn in_order(data: &[Value]) -> Option<Vec<&Value>> {
    let mut found = Vec::with_capacity(data.len());
    for item in data {
        let item = item.as_object()?;
        let index: usize = item.get("index")?.as_number()?.as_str().parse().ok()?;
        found.push((index, item.get("embedding")?));
    }
    found.sort_by_key(|(index, _)| *index);
    Some(found.into_iter().map(|(_, vector)| vector).collect())
}
