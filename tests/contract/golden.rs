//! The recorded scenarios, read from `tests/golden`.
//!
//! The files are YAML in JSON's own flow style. They are read through a parser's events because those still have the
//! text of a number and tell `"1"` from `1`; a deserializer would already have rounded.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::json::Json;

/// A sequence of requests that has a keyspace of its own.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
    /// Keyspaces the steps create, to be dropped afterwards.
    pub(crate) extra_keyspaces: Vec<String>,
}

/// A request and the answer it got.
#[derive(Debug)]
pub(crate) struct Step {
    /// `general`, `keyspace`, or the name of a collection or table.
    pub(crate) target: String,
    pub(crate) body: Body,
    pub(crate) http: Http,
    pub(crate) status: u16,
    /// Headers of the answer, in lower case.
    pub(crate) headers: IndexMap<String, Json>,
    /// The body of the answer; without it the body is not looked at.
    pub(crate) expect: Option<Json>,
    /// The name of a series of pages: the last one is compared as their union.
    pub(crate) pages: Option<String>,
    /// The documents are a set.
    pub(crate) unordered: bool,
    /// The real server failed inside: any refusal is right.
    pub(crate) any_error: bool,
}

/// What a step sends.
#[derive(Debug)]
pub(crate) enum Body {
    /// A value with macros, see [`crate::expand`].
    Json(Json),
    /// Text sent as it is.
    Raw(String),
    Empty,
}

/// Where a request differs from the usual POST.
#[derive(Debug, Default)]
pub(crate) struct Http {
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    /// A header that is null is left out of the request.
    pub(crate) headers: IndexMap<String, Json>,
}

impl Step {
    /// The name of the command, where the body is one.
    pub(crate) fn command(&self) -> Option<&str> {
        match &self.body {
            Body::Json(body) => body.as_object()?.keys().next().map(String::as_str),
            Body::Raw(_) | Body::Empty => None,
        }
    }
}

/// The folder of the recorded answers.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// Reads the scenarios of one topic.
pub(crate) fn load(topic: &str) -> anyhow::Result<Vec<Scenario>> {
    let path = folder().join(format!("{topic}.yaml"));
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    scenarios(&text).with_context(|| path.display().to_string())
}

pub(crate) fn scenarios(text: &str) -> anyhow::Result<Vec<Scenario>> {
    let file = yaml(text)?;
    let list = file.get("scenarios").and_then(Json::as_list);
    list.context("no list of scenarios")?
        .iter()
        .map(scenario)
        .collect()
}

fn scenario(value: &Json) -> anyhow::Result<Scenario> {
    let known = [
        "name",
        "about",
        "steps",
        "fresh",
        "headers",
        "extra_keyspaces",
        "transient_ok",
    ];
    let fields = fields(value, &known)?;
    let name = text(fields, "name")?.context("a scenario without a name")?;
    let steps = fields.get("steps").and_then(Json::as_list);
    let steps = steps.with_context(|| format!("{name} has no steps"))?;
    let extra = fields.get("extra_keyspaces").and_then(Json::as_list);
    let headers = fields.get("headers").and_then(Json::as_object);
    let step = |value: &Json| -> anyhow::Result<Step> {
        let mut step = step(value)?;
        for (name, value) in headers.into_iter().flatten() {
            let headers = &mut step.http.headers;
            headers.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Ok(step)
    };
    Ok(Scenario {
        steps: steps
            .iter()
            .enumerate()
            .map(|(index, value)| step(value).with_context(|| format!("{name} [{index}]")))
            .collect::<anyhow::Result<_>>()?,
        extra_keyspaces: extra
            .unwrap_or_default()
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        name,
    })
}

fn step(value: &Json) -> anyhow::Result<Step> {
    // Marks for the recorder and the reader (note, absent, complete, count_only, written) change nothing here: count_only
    // and written are already part of `expect`. An unknown mark is refused, because it could be one that ought to matter.
    let known = [
        "target",
        "note",
        "http",
        "send",
        "send_raw",
        "absent",
        "pages",
        "count_only",
        "complete",
        "unordered",
        "written",
        "any_error",
        "keep_headers",
        "headers",
        "status",
        "expect",
    ];
    let fields = fields(value, &known)?;
    let status = fields.get("status").and_then(Json::as_integer);
    Ok(Step {
        target: text(fields, "target")?.context("no target")?,
        body: match (fields.get("send"), text(fields, "send_raw")?) {
            (_, Some(raw)) => Body::Raw(raw),
            (Some(body), None) => Body::Json(body.clone()),
            (None, None) => Body::Empty,
        },
        http: fields
            .get("http")
            .map(http)
            .transpose()?
            .unwrap_or_default(),
        status: status.context("no status")?.try_into()?,
        headers: fields
            .get("headers")
            .and_then(Json::as_object)
            .cloned()
            .unwrap_or_default(),
        expect: fields.get("expect").cloned(),
        pages: text(fields, "pages")?,
        unordered: mark(fields, "unordered")?,
        any_error: mark(fields, "any_error")?,
    })
}

fn http(value: &Json) -> anyhow::Result<Http> {
    let fields = fields(value, &["method", "path", "headers"])?;
    let headers = fields.get("headers").and_then(Json::as_object);
    Ok(Http {
        method: text(fields, "method")?,
        path: text(fields, "path")?,
        headers: headers.cloned().unwrap_or_default(),
    })
}

fn fields<'a>(value: &'a Json, known: &[&str]) -> anyhow::Result<&'a IndexMap<String, Json>> {
    let fields = value.as_object().context("not an object")?;
    for name in fields.keys() {
        ensure!(
            known.contains(&name.as_str()),
            "the runner does not know the mark {name}"
        );
    }
    Ok(fields)
}

fn text(fields: &IndexMap<String, Json>, name: &str) -> anyhow::Result<Option<String>> {
    match fields.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(other) => bail!("{name} is {}, not text", other.short(40)),
    }
}

fn mark(fields: &IndexMap<String, Json>, name: &str) -> anyhow::Result<bool> {
    match fields.get(name) {
        None => Ok(false),
        Some(value) => value
            .as_bool()
            .with_context(|| format!("{name} is not a boolean")),
    }
}

/// Reads a YAML document of mappings, lists and scalars.
fn yaml(text: &str) -> anyhow::Result<Json> {
    let mut open: Vec<Node> = vec![Node::List(Vec::new())];
    for event in Parser::new_from_str(text) {
        let (event, span) = event?;
        let line = span.start.line();
        let value = match event {
            Event::MappingStart(..) => {
                open.push(Node::Object(IndexMap::new(), None));
                continue;
            }
            Event::SequenceStart(..) => {
                open.push(Node::List(Vec::new()));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => open.pop().context("unbalanced")?.into(),
            Event::Scalar(text, ScalarStyle::Plain, ..) => {
                Json::from_word(&text).unwrap_or_else(|| Json::String(text.into_owned()))
            }
            Event::Scalar(text, ..) => Json::String(text.into_owned()),
            Event::Alias(_) => bail!("line {line}: aliases are not used here"),
            _ => continue,
        };
        let parent = open.last_mut().context("unbalanced")?;
        parent.add(value).with_context(|| format!("line {line}"))?;
    }
    match open.pop() {
        Some(Node::List(mut documents)) if documents.len() == 1 => {
            documents.pop().context("no document")
        }
        _ => bail!("not one document"),
    }
}

/// A list or mapping that is still being read; a mapping with the key whose value comes next.
enum Node {
    List(Vec<Json>),
    Object(IndexMap<String, Json>, Option<String>),
}

impl Node {
    fn add(&mut self, value: Json) -> anyhow::Result<()> {
        match self {
            Self::List(items) => items.push(value),
            Self::Object(fields, key) => match (key.take(), value) {
                (Some(name), value) => {
                    ensure!(!fields.contains_key(&name), "{name} is there twice");
                    fields.insert(name, value);
                }
                (None, Json::String(name)) => *key = Some(name),
                (None, other) => bail!("{} is not a name", other.short(40)),
            },
        }
        Ok(())
    }
}

impl From<Node> for Json {
    fn from(node: Node) -> Self {
        match node {
            Node::List(items) => Self::List(items),
            Node::Object(fields, _) => Self::Object(fields),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_digits_kinds_and_order() {
        let text = "a: {\"z\": 1.0e+20, \"b\": \"1\", \"c\": [0.10, null, true, \"\\u00e9\\n\"]}\nd: plain words";
        let expected = r#"{"a": {"z": 1.0e+20, "b": "1", "c": [0.10, null, true, "é\n"]}, "d": "plain words"}"#;
        assert_eq!(yaml(text).unwrap().to_text(), expected);
    }

    #[test]
    fn a_mark_the_runner_does_not_know_is_refused() {
        let text = "scenarios:\n- name: a\n  steps:\n  - target: general\n    status: 200\n    skip: true\n";
        let error = scenarios(text).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "a [0]: the runner does not know the mark skip"
        );
    }

    #[test]
    fn a_step_is_read_with_all_its_marks() {
        let text = r#"scenarios:
- name: a
  headers: {"X": "z", "Y": "of all"}
  extra_keyspaces: ["{ks}_b"]
  steps:
  - target: "c"
    http: {"method": "GET", "headers": {"Token": null, "X": "y"}}
    send_raw: "{"
    pages: p
    unordered: true
    any_error: true
    status: 404
"#;
        let scenario = scenarios(text).unwrap().remove(0);
        assert_eq!(scenario.extra_keyspaces, ["{ks}_b"]);
        let step = &scenario.steps[0];
        assert!(matches!(&step.body, Body::Raw(raw) if raw == "{"));
        assert_eq!(step.http.method.as_deref(), Some("GET"));
        let headers = [
            ("Token".to_owned(), Json::Null),
            ("X".to_owned(), Json::from("y")),
            ("Y".to_owned(), Json::from("of all")),
        ];
        assert_eq!(step.http.headers, IndexMap::from(headers));
        assert!(step.unordered && step.any_error && step.expect.is_none());
        assert_eq!((step.status, step.pages.as_deref()), (404, Some("p")));
    }
}
