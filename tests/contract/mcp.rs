//! What only answers of the MCP endpoint have: streams of events, batches, and lists without an order.

use indexmap::IndexMap;

use crate::golden::{Body, Step};
use crate::json::Json;

/// Where messages go.
pub(crate) const PATH: &str = "/v1/mcp";

/// What clients accept.
pub(crate) const ACCEPT: &str = "application/json, text/event-stream";

/// Whether a step sends a message to the endpoint.
pub(crate) fn is_mcp(step: &Step) -> bool {
    step.target == "mcp"
}

/// The messages of a stream of events that are answers, as a list.
pub(crate) fn answers_of_events(stream: &str) -> String {
    let data = |event: &str| -> String {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
    };
    let stream = stream.replace('\r', "");
    let messages = stream.split("\n\n").map(data);
    let answers = messages.filter(|message| {
        Json::parse(message).is_ok_and(|message| message.get("method").is_none())
    });
    format!("[{}]", answers.collect::<Vec<_>>().join(","))
}

/// An answer in the form in which it is compared: a batch in the order of its ids, tools and what they require by name,
/// and of a JSON-RPC error its code.
pub(crate) fn in_order(step: &Step, answer: Json) -> Json {
    if !is_mcp(step) {
        return answer;
    }
    let is_batch = matches!(&step.body, Body::Json(Json::List(_)));
    match answer {
        Json::List(mut answers) if is_batch => {
            answers.sort_by_key(|answer| answer.get("id").map(Json::to_text));
            Json::List(
                answers
                    .into_iter()
                    .map(|answer| ordered(answer, ""))
                    .collect(),
            )
        }
        // A stream with one answer is that answer.
        Json::List(mut answers) => answers
            .pop()
            .map_or(Json::Null, |answer| ordered(answer, "")),
        answer => ordered(answer, ""),
    }
}

fn ordered(value: Json, name: &str) -> Json {
    let Json::Object(mut fields) = value else {
        return value;
    };
    let is_code = matches!(fields.get("code"), Some(Json::Number(_)));
    if name == "error" && is_code && fields.contains_key("message") {
        fields.retain(|name, _| name == "code");
    }
    let list = match name {
        "result" => "tools",
        "inputSchema" => "required",
        _ => "",
    };
    if let Some(Json::List(items)) = fields.get_mut(list) {
        let key = |item: &Json| item.get("name").unwrap_or(item).to_text();
        items.sort_by_key(key);
    }
    let fields = fields.into_iter().map(|(name, value)| {
        let value = match value {
            Json::List(items) if name == "tools" => {
                Json::List(items.into_iter().map(|item| ordered(item, "")).collect())
            }
            other => ordered(other, &name),
        };
        (name, value)
    });
    Json::Object(fields.collect::<IndexMap<_, _>>())
}

/// Whether an answer says that something failed.
pub(crate) fn is_failure(answer: &Json) -> bool {
    let is_error = answer
        .get("result")
        .and_then(|result| result.get("isError"));
    answer.get("error").is_some() || is_error == Some(&Json::Bool(true))
}
