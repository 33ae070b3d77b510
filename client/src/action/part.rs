//! The parts of a command that callers give as anything that serialises.

use std::any::type_name;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::column_value::Row;
use crate::command::encode_error;
use crate::error::{ConfigErrorKind, Error, Result};
use crate::field_order;
use crate::value::{Document, Value};

/// A part of a command, written as JSON when it is given, so that an action borrows nothing. What
/// cannot be written fails the action when it is awaited.
#[derive(Debug)]
pub(crate) struct Part {
    name: &'static str,
    given: Given,
    json: serde_json::Result<Box<RawValue>>,
}

/// How an empty filter came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// By a method whose name says that everything is meant.
    ForAll,
    /// As JSON, with `json!` or a [`Document`](crate::Document): `{}` was written.
    Json,
    /// As a struct or a map, whose fields may all have been left out.
    Other,
}

impl Part {
    /// The filter of a method whose name says that everything is meant.
    pub(crate) fn for_all() -> Self {
        Self {
            given: Given::ForAll,
            ..Self::new("filter", &Document::new())
        }
    }

    pub(crate) fn new<V: Serialize + ?Sized>(name: &'static str, value: &V) -> Self {
        let order_matters = match name {
            "document" | "replacement" => field_order::of_document,
            "filter" | "update" => field_order::of_operands,
            _ => |_: &Value| false,
        };
        Self {
            name,
            given: if is_json::<V>() {
                Given::Json
            } else {
                Given::Other
            },
            json: field_order::write(value, order_matters),
        }
    }

    /// The JSON, which has to be an object: `null` or an empty list where a filter is expected
    /// would otherwise mean every document.
    pub(crate) fn object(self, command: &str) -> Result<Box<RawValue>> {
        let Self { name, json, .. } = self;
        let json =
            json.map_err(|source| encode_error(&format!("the {name} of {command}"), source))?;
        if json.get().starts_with('{') {
            return Ok(json);
        }
        let beginning: String = json.get().chars().take(40).collect();
        Err(Error::config(format!(
            "the {name} of {command} has to be a JSON object, not {beginning}"
        )))
    }

    /// The filter of a write to one document. A struct whose fields are all left out, or conditions
    /// that are empty lists, would make it a write to any document; `{}` says so on purpose.
    pub(crate) fn filter_of_one(self, command: &str) -> Result<Box<RawValue>> {
        let given = self.given;
        let filter = self.object(command)?;
        match conditions(&filter) {
            Conditions::Some => Ok(filter),
            Conditions::None if given == Given::Json => Ok(filter),
            _ => Err(Error::advised(
                ConfigErrorKind::EmptyFilter,
                format!(
                    "the filter of {command} has no condition, so that it would take any document"
                ),
                "set one of its fields, or write json!({}) where any document will do",
            )),
        }
    }

    /// The filter of a write to many documents or rows. One without any condition would make it a
    /// write to all of them; `for_all` is the method for that.
    pub(crate) fn filter_of_many(self, command: &str, for_all: &str) -> Result<Box<RawValue>> {
        let given = self.given;
        let filter = self.object(command)?;
        match conditions(&filter) {
            Conditions::Some => Ok(filter),
            _ if given == Given::ForAll => Ok(filter),
            _ => Err(Error::advised(
                ConfigErrorKind::EmptyFilter,
                format!(
                    "the filter of {command} has no condition, so that it would take everything"
                ),
                format!("set one of its fields, or use {for_all}"),
            )),
        }
    }
}

/// Whether it is one of the types that JSON is written in.
fn is_json<V: ?Sized>() -> bool {
    let written_in = [
        type_name::<serde_json::Value>(),
        type_name::<serde_json::Map<String, serde_json::Value>>(),
        type_name::<Value>(),
        type_name::<Document>(),
        type_name::<Row>(),
    ];
    written_in.contains(&type_name::<V>().trim_start_matches('&'))
}

/// What a filter asks of a document.
enum Conditions {
    Some,
    /// `{}`
    None,
    /// `{"$and": []}`, which the server takes for `{}`.
    EmptyLists,
}

fn conditions(filter: &RawValue) -> Conditions {
    let text = filter.get();
    let first = text.trim_start_matches(|c: char| c == '{' || c.is_ascii_whitespace());
    if first.starts_with('}') {
        return Conditions::None;
    }
    // Almost every filter begins with the name of a field.
    if first.starts_with("\"$") && text.parse().is_ok_and(|filter| asks_nothing(&filter)) {
        return Conditions::EmptyLists;
    }
    Conditions::Some
}

/// Whether all of it is empty logical operators. A parsed value is not nested deeply.
fn asks_nothing(filter: &Value) -> bool {
    match filter {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, value)| matches!(name, "$and" | "$or" | "$not") && asks_nothing(value)),
        Value::Array(filters) => filters.iter().all(asks_nothing),
        _ => false,
    }
}

pub(crate) fn optional_object(part: Option<Part>, command: &str) -> Result<Option<Box<RawValue>>> {
    part.map(|part| part.object(command)).transpose()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[derive(Default, Serialize)]
    struct Wanted {
        #[serde(skip_serializing_if = "Option::is_none")]
        brand: Option<String>,
    }

    #[test]
    fn only_what_was_written_as_json_may_be_empty_in_a_write_to_one() {
        let one = |part: Part| part.filter_of_one("deleteOne").is_ok();
        assert!(one(Part::new("filter", &json!({}))));
        assert!(one(Part::new("filter", &&json!({}))));
        assert!(one(Part::new("filter", &crate::Document::new())));
        assert!(!one(Part::new("filter", &Wanted::default())));
        assert!(!one(Part::new("filter", &BTreeMap::<String, i32>::new())));
        let brand = Some("Acme".to_owned());
        assert!(one(Part::new("filter", &Wanted { brand })));
    }

    #[test]
    fn conditions_are_seen_through_empty_lists() {
        for empty in [
            json!({}),
            json!({"$and": []}),
            json!({"$or": [], "$and": [{}]}),
            json!({"$and": [{"$or": []}, {"$not": {}}]}),
        ] {
            let many = Part::new("filter", &empty).filter_of_many("deleteMany", "delete_all()");
            assert!(many.is_err(), "{empty}");
            let one = Part::new("filter", &empty).filter_of_one("deleteOne");
            assert_eq!(one.is_ok(), empty == json!({}), "{empty}");
        }
        for condition in [
            json!({"a": 1}),
            json!({"$and": [{"a": 1}]}),
            json!({"$or": [{}, {"a": {}}]}),
            json!({"$vector": {"$exists": true}}),
            json!({"_id": {"$nin": []}}),
        ] {
            let many = Part::new("filter", &condition).filter_of_many("deleteMany", "delete_all()");
            assert!(many.is_ok(), "{condition}");
        }
    }
}
