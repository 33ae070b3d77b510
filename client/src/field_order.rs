//! Where in a command the order of fields means something, so that it is an error if it is lost
//! ([`lost_order`](crate::lost_order)): in a sort, in a document, and in an object that a filter or
//! an update names whole.

use serde::Serialize;
use serde::ser::Error as _;
use serde_json::value::RawValue;

use crate::lost_order::watched;
use crate::value::{Document, Value};

/// What happened and what to do.
const LOST: &str = "`json!` has sorted the fields of an object whose order matters, as serde_json does without \
     its feature `preserve_order`: write it with `astra_db::doc!` (a sort as [(\"price\", 1), (\"rating\", -1)]), or turn \
     that feature on in your program";

/// Writes a part of a command; fails if the order of its fields means something and is lost.
/// `matters` finds out whether it does.
pub(crate) fn write<T: Serialize + ?Sized>(
    thing: &T,
    matters: fn(&Value) -> bool,
) -> serde_json::Result<Box<RawValue>> {
    let (json, lost) = watched::<T, _>(|| serde_json::value::to_raw_value(thing));
    let json = json?;
    if lost && json.get().parse().is_ok_and(|value: Value| matters(&value)) {
        return Err(serde_json::Error::custom(LOST));
    }
    Ok(json)
}

/// A sort: the order of its fields is all there is to it.
pub(crate) fn of_sort(value: &Value) -> bool {
    value.as_object().is_some_and(|sort| sort.len() > 1)
}

/// A document, all of which is stored as it is written.
pub(crate) fn of_document(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(of_document),
        Value::Object(fields) => {
            let operators = fields.iter().all(|(name, _)| name.starts_with('$'));
            (fields.len() > 1 && !operators) || fields.iter().any(|(_, value)| of_document(value))
        }
        _ => false,
    }
}

/// A filter or an update: the order of its paths means nothing, that of an object compared with or
/// written to one of them does.
pub(crate) fn of_operands(value: &Value) -> bool {
    let Value::Object(fields) = value else {
        return false;
    };
    fields.iter().any(|(name, value)| match value {
        Value::Object(_) if name.starts_with('$') => of_operands(value),
        Value::Array(filters) if matches!(name, "$and" | "$or") => filters.iter().any(of_operands),
        value => of_document(value),
    })
}

/// A command with its name, as a caller has written it.
pub(crate) fn of_command(command: &Value) -> bool {
    let payloads = command.as_object().into_iter().flat_map(Document::iter);
    let mut parts = payloads
        .filter_map(|(_, payload)| payload.as_object())
        .flat_map(Document::iter);
    parts.any(|(name, part)| match name {
        "filter" | "update" => of_operands(part),
        "document" | "documents" | "replacement" => of_document(part),
        "sort" => of_sort(part),
        "definition" => {
            let key = part.get("primaryKey");
            key.and_then(|key| key.get("partitionSort"))
                .is_some_and(of_sort)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.parse().expect("JSON")
    }

    #[test]
    fn the_order_matters_in_documents_and_in_objects_named_whole() {
        for (text, matters) in [
            (r#"{"a":1}"#, false),
            (r#"{"a":1,"b":2}"#, true),
            (r#"{"a":[{"b":{"c":1,"d":2}}]}"#, true),
            (r#"{"a":{"$date":1}}"#, false),
            ("[1,2]", false),
        ] {
            assert_eq!(of_document(&value(text)), matters, "{text}");
        }
        for (text, matters) in [
            (r#"{"a":1,"b":{"$gt":1,"$lt":2}}"#, false),
            (r#"{"a":{"x":1}}"#, false),
            (r#"{"a":{"x":1,"y":2}}"#, true),
            (r#"{"a":{"$eq":{"x":1,"y":2}}}"#, true),
            (
                r#"{"$and":[{"a":1,"b":2},{"c":{"$in":[1,{"x":1}]}}]}"#,
                false,
            ),
            (r#"{"$or":[{"c":{"$in":[{"x":1,"y":2}]}}]}"#, true),
            (r#"{"$not":{"a":1,"b":2}}"#, false),
            (r#"{"$set":{"b":1,"a":2},"$inc":{"n":1}}"#, false),
            (r#"{"$set":{"a":{"x":1,"y":2}}}"#, true),
            (r#"{"$push":{"a":{"$each":[1,2],"$position":0}}}"#, false),
            (
                r#"{"$push":{"a":{"$each":[{"x":1,"y":2}],"$position":0}}}"#,
                true,
            ),
        ] {
            assert_eq!(of_operands(&value(text)), matters, "{text}");
        }
        for (text, matters) in [
            (
                r#"{"find":{"filter":{"a":1,"b":2},"sort":{"a":1},"options":{"limit":1,"skip":2}}}"#,
                false,
            ),
            (r#"{"find":{"sort":{"a":1,"b":-1}}}"#, true),
            (r#"{"insertOne":{"document":{"a":1,"b":-1}}}"#, true),
            (
                r#"{"insertMany":{"documents":[{"a":1}],"options":{"ordered":true,"x":1}}}"#,
                false,
            ),
            (
                r#"{"createTable":{"name":"t","definition":{"columns":{"a":"int","b":"int"},
                "primaryKey":{"partitionBy":["a"],"partitionSort":{"b":1}}}}}"#,
                false,
            ),
            (
                r#"{"createTable":{"definition":{"primaryKey":{"partitionSort":{"b":1,"c":-1}}}}}"#,
                true,
            ),
        ] {
            assert_eq!(of_command(&value(text)), matters, "{text}");
        }
    }
}
