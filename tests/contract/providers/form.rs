//! What the services ask of a request: its form, its model, its key.

use serde_json::{Map, Value};

use super::answer::Refused;

/// A field of a body: its name, the kind of its value, and whether it has to be there.
type Field = (&'static str, fn(&Value) -> bool, bool);

fn fields(provider: &str) -> &'static [Field] {
    const MODEL: Field = ("model", Value::is_string, true);
    const INPUT: Field = ("input", Value::is_array, true);
    match provider {
        "openai" | "azureOpenAI" => &[INPUT, MODEL, ("dimensions", Value::is_i64, false)],
        "jinaAI" => &[
            INPUT,
            MODEL,
            ("dimensions", Value::is_i64, false),
            ("task", Value::is_string, false),
            ("late_chunking", Value::is_boolean, false),
        ],
        "mistral" => &[INPUT, MODEL, ("encoding_format", Value::is_string, false)],
        "nvidia" => &[INPUT, MODEL, ("input_type", Value::is_string, true)],
        "upstageAI" => &[("input", Value::is_string, true), MODEL],
        "voyageAI" => &[
            INPUT,
            MODEL,
            ("input_type", Value::is_string, false),
            ("truncation", Value::is_boolean, false),
        ],
        "huggingface" => &[
            ("inputs", Value::is_array, true),
            ("options", Value::is_object, false),
        ],
        "rerank" => &[
            MODEL,
            ("query", Value::is_object, true),
            ("passages", Value::is_array, true),
            ("truncate", Value::is_string, false),
        ],
        _ => &[INPUT],
    }
}

/// Texts of one request at most.
fn batch(provider: &str) -> usize {
    match provider {
        "openai" | "azureOpenAI" => 2048,
        "nvidia" => 8,
        "upstageAI" => 1,
        "rerank" => 10,
        _ => 32,
    }
}

/// The numbers in the vectors of a model; 0 where the request says it. None for models there are not.
fn dimension(provider: &str, model: &str) -> Option<usize> {
    let known: &[(&str, usize)] = match provider {
        "openai" | "azureOpenAI" => &[
            ("text-embedding-3-small", 0),
            ("text-embedding-3-large", 0),
            ("text-embedding-ada-002", 1536),
        ],
        "jinaAI" => &[
            ("jina-embeddings-v2-base-en", 768),
            ("jina-embeddings-v2-base-de", 768),
            ("jina-embeddings-v2-base-es", 768),
            ("jina-embeddings-v2-base-code", 768),
            ("jina-embeddings-v2-base-zh", 768),
            ("jina-embeddings-v3", 0),
        ],
        "mistral" => &[("mistral-embed", 1024)],
        "nvidia" => &[("NV-Embed-QA", 1024)],
        "upstageAI" => &[
            ("solar-embedding-1-large-query", 4096),
            ("solar-embedding-1-large-passage", 4096),
        ],
        "voyageAI" => &[
            ("voyage-large-2-instruct", 1024),
            ("voyage-law-2", 1024),
            ("voyage-code-2", 1536),
            ("voyage-large-2", 1536),
            ("voyage-2", 1024),
            ("voyage-finance-2", 1024),
            ("voyage-multilingual-2", 1024),
        ],
        _ => &[
            ("sentence-transformers/all-MiniLM-L6-v2", 384),
            ("intfloat/multilingual-e5-large", 1024),
            ("intfloat/multilingual-e5-large-instruct", 1024),
            ("BAAI/bge-small-en-v1.5", 384),
            ("BAAI/bge-base-en-v1.5", 768),
            ("BAAI/bge-large-en-v1.5", 1024),
        ],
    };
    let found = known.iter().find(|(name, _)| *name == model);
    found.map(|(_, dimension)| *dimension)
}

/// The texts of a request, and how many numbers their vectors have. `named` is the model or endpoint of its path.
pub(super) fn read(
    provider: &str,
    body: &Map<String, Value>,
    named: &str,
) -> Result<(Vec<String>, usize), Refused> {
    let known = fields(provider);
    for (name, value) in body {
        let Some((_, fits, _)) = known.iter().find(|(known, ..)| known == name) else {
            return Err(Refused::new(400, format!("unknown field '{name}'")));
        };
        if !fits(value) {
            return Err(Refused::new(
                400,
                format!("field '{name}' has the wrong type"),
            ));
        }
    }
    let missing = known
        .iter()
        .find(|(name, _, needed)| *needed && !body.contains_key(*name));
    if let Some((name, ..)) = missing {
        return Err(Refused::new(400, format!("field '{name}' is missing")));
    }
    let texts = texts_of(provider, body)?;
    // The query of a reranker is the first of them.
    let count = texts.len() - usize::from(provider == "rerank");
    let most = batch(provider);
    if !(1..=most).contains(&count) {
        return Err(Refused::new(
            400,
            format!("batch of {count}, the limit is {most}"),
        ));
    }
    Ok((texts, dimension_of(provider, body, named)?))
}

/// How many numbers are in each vector that a request asks for.
fn dimension_of(provider: &str, body: &Map<String, Value>, named: &str) -> Result<usize, Refused> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if provider == "rerank" {
        return match text("model") {
            Some("nvidia/llama-3.2-nv-rerankqa-1b-v2") => Ok(0),
            _ => Err(Refused::new(404, "unknown model")),
        };
    }
    if provider == "huggingfaceDedicated" {
        let digits = named.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        return Ok(digits.parse().unwrap_or(8));
    }
    let model = if provider == "huggingface" {
        named
    } else {
        text("model").unwrap_or_default()
    };
    let fixed = dimension(provider, model)
        .ok_or_else(|| Refused::new(404, format!("the model '{model}' does not exist")))?;
    let asked = body.get("dimensions").and_then(Value::as_u64);
    let dimension = match (fixed, asked) {
        (0, Some(asked)) => usize::try_from(asked).unwrap(),
        (0, None) => {
            return Err(Refused::new(
                400,
                format!("`dimensions` are missing for {model}"),
            ));
        }
        (_, Some(_)) => return Err(Refused::new(400, format!("{model} takes no `dimensions`"))),
        (fixed, None) => fixed,
    };
    let kinds: &[&str] = match provider {
        "nvidia" => &["query", "passage"],
        "voyageAI" => &["query", "document"],
        _ => return Ok(dimension),
    };
    match text("input_type") {
        Some(kind) if !kinds.contains(&kind) => Err(Refused::new(400, "unknown input_type")),
        _ => Ok(dimension),
    }
}

fn texts_of(provider: &str, body: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    let texts: Option<Vec<String>> = match provider {
        "rerank" => {
            let passages = body["passages"].as_array().into_iter().flatten();
            let texts = std::iter::once(&body["query"]).chain(passages);
            let text = |value: &Value| Some(value.get("text")?.as_str()?.to_owned());
            texts.map(text).collect()
        }
        _ => match body.get("input").or_else(|| body.get("inputs")) {
            Some(Value::String(text)) => Some(vec![text.clone()]),
            Some(Value::Array(texts)) => texts
                .iter()
                .map(|text| Some(text.as_str()?.to_owned()))
                .collect(),
            _ => None,
        },
    };
    texts.ok_or_else(|| Refused::new(400, "the input must be strings"))
}

/// Keys that start with `bad`, `poor` and `busy` are refused, as are missing ones.
pub(super) fn check_key(
    provider: &str,
    header: impl Fn(&str) -> Option<String>,
) -> Result<(), Refused> {
    let key = match provider {
        "azureOpenAI" => header("api-key"),
        _ => header("authorization"),
    };
    let key = key.unwrap_or_default();
    let key = key.strip_prefix("Bearer").unwrap_or(&key).trim();
    if key.is_empty() {
        return Err(Refused::new(401, "no key"));
    }
    for (prefix, status) in [("bad", 401), ("poor", 403), ("busy", 429)] {
        if key.starts_with(prefix) {
            return Err(Refused::new(status, "key refused"));
        }
    }
    Ok(())
}
