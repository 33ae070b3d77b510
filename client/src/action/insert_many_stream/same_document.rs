//! Whether a document that is there already is the one that was to be stored.

use std::collections::HashMap;

use serde_json::json;
use serde_json::value::RawValue;

use crate::action::Find;
use crate::error::Result;
use crate::handle::NamedRef;
use crate::options::Options;
use crate::read_query::Contents;
use crate::value::{Document, Value};

/// Fields that the server does not return as they were sent.
const WRITE_ONLY: [&str; 4] = ["$vector", "$vectorize", "$lexical", "$hybrid"];

/// Reads the documents that have the `_id`s of these, and answers of each whether they are the same:
/// by an earlier load, or by a request whose answer was lost.
pub(super) async fn are_there(
    collection: &NamedRef,
    options: &Options,
    documents: &[&RawValue],
) -> Result<Vec<bool>> {
    let sent: Vec<Option<Document>> = documents
        .iter()
        .map(|document| document.get().parse().ok())
        .collect();
    let id = |document: &Document| document.get("_id").cloned();
    let ids: Vec<Value> = sent.iter().flatten().filter_map(id).collect();
    let found: Vec<Document> = Find::new(
        collection.clone(),
        Contents::Documents,
        json!({"_id": {"$in": ids}}),
    )
    .projection(json!({"*": 1}))
    .with_options(|_| options.clone())
    .all()
    .await?;
    let mut found: HashMap<Value, Document> = found
        .into_iter()
        .filter_map(|document| Some((comparable_id(&document)?, document)))
        .collect();
    let is_there = |document: Option<Document>| {
        let mut document = document?;
        let found = found.get_mut(&comparable_id(&document)?)?;
        Some(are_same(found, &mut document))
    };
    let there = sent.into_iter().map(is_there);
    Ok(there.map(Option::unwrap_or_default).collect())
}

fn are_same(there: &mut Document, sent: &mut Document) -> bool {
    for document in [&mut *there, &mut *sent] {
        for field in WRITE_ONLY.into_iter().chain(["_id"]) {
            document.remove(field);
        }
    }
    there == sent || lowercase_ids(there) == lowercase_ids(sent)
}

fn comparable_id(document: &Document) -> Option<Value> {
    document.get("_id").map(lowercase_ids_of)
}

/// UUIDs and object ids come back in lower case.
fn lowercase_ids(document: &Document) -> Document {
    let field = |(name, value): (&str, &Value)| {
        let value = match value {
            Value::String(text) if matches!(name, "$uuid" | "$objectId") => {
                Value::from(text.to_ascii_lowercase())
            }
            other => lowercase_ids_of(other),
        };
        (name.to_owned(), value)
    };
    document.iter().map(field).collect()
}

/// The depth of a parsed value is limited.
fn lowercase_ids_of(value: &Value) -> Value {
    match value {
        Value::Object(document) => Value::Object(lowercase_ids(document)),
        Value::Array(values) => Value::Array(values.iter().map(lowercase_ids_of).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_the_same_when_they_mean_the_same() {
        let parse = |text: &str| text.parse::<Document>().expect("a document");
        let same = |a: &str, b: &str| are_same(&mut parse(a), &mut parse(b));
        assert!(same(
            r#"{"_id":1,"a":1.0,"b":[{"$uuid":"AB"}]}"#,
            r#"{"b":[{"$uuid":"ab"}],"a":1,"$vector":[1]}"#
        ));
        assert!(!same(r#"{"a":1}"#, r#"{"a":2}"#));
        assert!(!same(r#"{"a":"A"}"#, r#"{"a":"a"}"#));
    }
}
