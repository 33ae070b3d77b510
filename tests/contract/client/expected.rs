//! What is to be expected of the client, from what was recorded of the server.

use astra_db::{Document, DocumentId, Value};

use super::perform::outcome;

/// A command without the options that have their default, which it is the same whether one sends.
pub(crate) fn without_defaults(command: &Document) -> Value {
    let mut command = command.clone();
    let Some((name, Value::Object(payload))) = command
        .iter()
        .next()
        .map(|(name, value)| (name.to_owned(), value.clone()))
    else {
        return Value::Object(command);
    };
    let mut payload = payload;
    if payload
        .get("filter")
        .is_none_or(|filter| filter.to_string() == "{}")
    {
        payload.remove("filter");
    }
    if payload
        .get("sort")
        .is_some_and(|sort| sort.to_string() == "{}")
    {
        payload.remove("sort");
    }
    // The order of the keys of a sort counts: compared as text.
    if let Some(sort) = payload.get("sort").map(ToString::to_string) {
        payload.insert("sort", sort);
    }
    let is_default = |name: &str, value: &Value| {
        value.as_bool() == Some(false)
            || (name == "returnDocument" && value.as_str() == Some("before"))
    };
    let options = payload
        .remove("options")
        .and_then(|options| Document::try_from(options).ok())
        .unwrap_or_default();
    let options: Document = options
        .into_iter()
        .filter(|(name, value)| !is_default(name, value))
        .collect();
    if !options.is_empty() {
        payload.insert("options", options);
    }
    command.insert(name, payload);
    Value::Object(command)
}

/// The part of an answer that the client hands out for a command, in the form [`perform`](super::perform::perform) writes it.
pub(crate) fn handed_out(name: &str, payload: &Document, answer: &Value) -> Value {
    let (data, state, errors) = (
        answer.get("data"),
        answer.get("status"),
        answer.get("errors"),
    );
    let codes = |errors: &Value| -> Vec<Value> {
        let errors = errors.as_array().unwrap_or_default().iter();
        errors
            .filter_map(|error| error.get("errorCode"))
            .cloned()
            .collect()
    };
    if name == "insertMany" {
        return handed_out_of_many(payload, state, &errors.map(codes).unwrap_or_default());
    }
    if let Some(errors) = errors {
        return Value::Object(Document::from([("errors", Value::Array(codes(errors)))]));
    }
    let mut expected = Document::new();
    if let Some(data) = data {
        expected.insert("data", data.clone());
    }
    let state = state
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let state = match name {
        "countDocuments" if state.contains_key("moreData") => {
            Document::from([("more than", state.get("count").cloned().unwrap_or_default())])
        }
        "findOneAndDelete" => Document::new(),
        _ => {
            let handed = [
                "insertedIds",
                "matchedCount",
                "modifiedCount",
                "upsertedId",
                "deletedCount",
                "count",
            ];
            state
                .into_iter()
                .filter(|(name, _)| handed.contains(&name.as_str()))
                .collect()
        }
    };
    if !state.is_empty() {
        expected.insert("status", state);
    }
    Value::Object(expected)
}

fn handed_out_of_many(payload: &Document, state: Option<&Value>, codes: &[Value]) -> Value {
    let responses = state
        .and_then(|state| state.get("documentResponses"))
        .and_then(Value::as_array);
    let Some(responses) = responses else {
        // The command failed as a whole: so did each document.
        let documents = payload
            .get("documents")
            .and_then(Value::as_array)
            .unwrap_or_default();
        let code = codes.first().and_then(Value::as_str).unwrap_or_default();
        return Value::Array(documents.iter().map(|_| outcome(code, None)).collect());
    };
    let write = |response: &Value| match response.get("status").and_then(Value::as_str) {
        Some("OK") => outcome("OK", response.get("_id").cloned().map(DocumentId::from)),
        Some("ERROR") => {
            let index = response
                .get("errorsIdx")
                .and_then(Value::as_i64)
                .and_then(|index| usize::try_from(index).ok());
            let code = index
                .and_then(|index| codes.get(index))
                .and_then(Value::as_str);
            outcome(code.unwrap_or_default(), None)
        }
        other => outcome(other.unwrap_or_default(), None),
    };
    Value::Array(responses.iter().map(write).collect())
}
