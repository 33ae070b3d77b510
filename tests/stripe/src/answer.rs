//! Objects and lists of them, as the API answers them.

use serde_json::{Value, json};

use crate::books::Books;
use crate::params::Params;
use crate::refusal::Refusal;

/// An answer with what the request asked to see whole.
pub(crate) fn expanded(
    books: &Books,
    mut object: Value,
    params: &Params,
) -> Result<Value, Refusal> {
    for (_, path) in params.entries("expand") {
        books.expand(&mut object, path.itself().unwrap_or_default())?;
    }
    Ok(object)
}

/// A list as the API answers it, newest first.
pub(crate) fn listed(
    mut objects: Vec<Value>,
    path: &str,
    params: &Params,
) -> Result<Value, Refusal> {
    let limit = params.integer("limit")?.unwrap_or(10);
    let limit = usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| Refusal::invalid("This value must be between 1 and 100."))?;
    objects.reverse();
    if let Some(last) = params.text("starting_after") {
        let before = objects.iter().position(|object| object["id"] == last);
        objects = objects.split_off(before.map_or(objects.len(), |before| before + 1));
    }
    let has_more = objects.len() > limit;
    objects.truncate(limit);
    Ok(json!({ "object": "list", "url": path, "has_more": has_more, "data": objects }))
}
