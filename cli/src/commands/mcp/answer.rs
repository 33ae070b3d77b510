//! What becomes of an answer of the Data API: the result of a call.

use std::error::Error as _;

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

/// Longest result, in bytes: more than an assistant can make use of.
const MAX_RESULT: usize = 256 << 10;

/// A call that succeeded, as text and as a structure.
pub(super) fn success(answer: Value, changed: bool) -> CallToolResult {
    let text = answer.to_string();
    if text.len() > MAX_RESULT {
        return failure(&too_long(text.len(), changed));
    }
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(answer);
    result
}

fn too_long(length: usize, changed: bool) -> String {
    let done = if changed {
        "The command was carried out, but its answer"
    } else {
        "The answer"
    };
    format!(
        "{done} has {length} bytes, more than the {MAX_RESULT} that are passed on. Ask for fewer fields with `projection`, \
         or for fewer documents with `options.limit`."
    )
}

/// A call that failed, with what to do about it.
pub(super) fn failure(problem: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(cut(problem))])
}

/// An error of the client: in words, and where the Data API refused the command, its codes.
pub(super) fn refused(error: &astra_db::Error) -> CallToolResult {
    let astra_db::Error::Api(refusal) = error else {
        return failure(&in_words(error));
    };
    let errors: Vec<Value> = refusal
        .errors()
        .iter()
        .map(|error| json!({"errorCode": error.code.as_str(), "message": cut(&error.message)}))
        .take(20)
        .collect();
    let mut result = failure(&in_words(error));
    result.structured_content = Some(json!({"errors": errors}));
    result
}

/// An error with its causes, on one line.
pub(super) fn in_words(error: &astra_db::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words.push_str(": ");
        words.push_str(&source.to_string());
        cause = source.source();
    }
    words
}

/// What is quoted from elsewhere has no length of its own.
fn cut(text: &str) -> &str {
    const LONGEST: usize = 4096;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
