//! From JSON to lists, sets, maps and user-defined values.
//!
//! The API takes a map in two forms, as an object and as an array of `[key, value]` pairs, and tells the second from a
//! list by its shape alone: an array all of whose elements are arrays of two is a map, whatever the column.

use crate::json::Value;
use crate::table::column_type::{Element, Scalar, UserType};
use crate::table::value::{CqlValue, Mismatch};

/// The elements of a list or a set.
pub(super) fn items(json: &Value, element: &Element) -> Result<Vec<CqlValue>, Mismatch> {
    let items = match json {
        Value::Array(items) if !is_pairs(items) => items,
        Value::Array(_) => return Err(Mismatch::new("expected an array of values, found pairs")),
        _ => return Err(Mismatch::expected("an array", json)),
    };
    items.iter().map(|item| element.read(item)).collect()
}

/// A set of these values, in order and without repetition.
pub(super) fn set(mut values: Vec<CqlValue>) -> CqlValue {
    values.sort_by(CqlValue::compare);
    values.dedup_by(|later, earlier| later.compare(earlier).is_eq());
    CqlValue::Set(values)
}

/// A map of these entries, in the order of the keys. The last entry of a key counts.
pub(super) fn map_of(mut entries: Vec<(CqlValue, CqlValue)>) -> CqlValue {
    entries.reverse();
    entries.sort_by(|(one, _), (other, _)| one.compare(other));
    entries.dedup_by(|(later, _), (earlier, _)| later.compare(earlier).is_eq());
    CqlValue::Map(entries)
}

pub(super) fn map(json: &Value, key: Scalar, element: &Element) -> Result<CqlValue, Mismatch> {
    let read = |(name, value): (Value, &Value)| Ok((key.read(&name)?, element.read(value)?));
    entries(json)?
        .into_iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map(map_of)
}

/// A value with the fields the object names; the others are null.
pub(super) fn user_value(json: &Value, user_type: &UserType) -> Result<CqlValue, Mismatch> {
    let mut fields = vec![None; user_type.fields.len()];
    for (name, value) in entries(json)? {
        let name = name
            .as_str()
            .ok_or_else(|| Mismatch::expected("the name of a field", &name))?;
        let (position, value) = user_type.read_field(name, value)?;
        fields[position] = value;
    }
    Ok(CqlValue::UserType(fields))
}

/// The entries of a map in either form. An object that is an extended value, such as `{"$date": 1}`, is no map.
fn entries(json: &Value) -> Result<Vec<(Value, &Value)>, Mismatch> {
    let extended = |name: &str| matches!(name, "$binary" | "$date");
    match json {
        Value::Object(object) if object.len() == 1 && object.keys().any(|name| extended(name)) => {
            Err(Mismatch::new("expected an object or an array of pairs"))
        }
        Value::Object(object) => {
            let fields = object.iter();
            Ok(fields
                .map(|(name, value)| (Value::from(name.as_str()), value))
                .collect())
        }
        Value::Array(items) if is_pairs(items) => Ok(items.iter().filter_map(pair).collect()),
        _ => Err(Mismatch::expected(
            "an object or an array of [key, value] pairs",
            json,
        )),
    }
}

fn pair(json: &Value) -> Option<(Value, &Value)> {
    match json.as_array()? {
        [key, value] => Some((key.clone(), value)),
        _ => None,
    }
}

fn is_pairs(items: &[Value]) -> bool {
    let is_pair = |item: &Value| item.as_array().is_some_and(|pair| pair.len() == 2);
    !items.is_empty() && items.iter().all(is_pair)
}

impl CqlValue {
    /// A list, set or map with more elements or entries: at the end of a list, in place of entries with equal keys.
    pub(crate) fn with(&self, added: &Self) -> Self {
        match (self, added) {
            (Self::List(old), Self::List(added)) => Self::List([old.as_slice(), added].concat()),
            (Self::Set(old), Self::Set(added)) => set([old.as_slice(), added].concat()),
            (Self::Map(old), Self::Map(added)) => map_of([old.as_slice(), added].concat()),
            (old, _) => old.clone(),
        }
    }

    /// A list or set without the elements that equal one of some values, a map without entries of such keys.
    pub(crate) fn without(&self, removed: &[Self]) -> Self {
        let mut removed: Vec<_> = removed.iter().collect();
        removed.sort_by(|one, other| one.compare(other));
        let stays = |value: &Self| {
            removed
                .binary_search_by(|removed| removed.compare(value))
                .is_err()
        };
        match self {
            Self::List(items) => {
                Self::List(items.iter().filter(|item| stays(item)).cloned().collect())
            }
            Self::Set(items) => {
                Self::Set(items.iter().filter(|item| stays(item)).cloned().collect())
            }
            Self::Map(entries) => Self::Map(
                entries
                    .iter()
                    .filter(|(key, _)| stays(key))
                    .cloned()
                    .collect(),
            ),
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::json;
    use crate::table::column_type::{ColumnType, Field};

    fn round_trip(column_type: &ColumnType, text: &str) -> Option<String> {
        let json = json::parse(text.as_bytes()).expect("JSON");
        match column_type.read(&json) {
            Ok(Some(value)) => Some(value.to_json(column_type).to_json()),
            Ok(None) => Some("null".to_owned()),
            Err(_) => None,
        }
    }

    fn map_type(key: Scalar) -> ColumnType {
        ColumnType::Map(key, Element::Scalar(Scalar::Int))
    }

    #[test]
    fn sets_and_maps_are_kept_in_order_and_lists_as_given() {
        let text = Element::Scalar(Scalar::Text);
        for (column_type, given, kept) in [
            (
                ColumnType::List(text.clone()),
                r#"["b","a","b"]"#,
                r#"["b","a","b"]"#,
            ),
            (
                ColumnType::Set(text.clone()),
                r#"["b","a","b"]"#,
                r#"["a","b"]"#,
            ),
            (
                map_type(Scalar::Text),
                r#"{"b":2,"a":1}"#,
                r#"{"a":1,"b":2}"#,
            ),
            (map_type(Scalar::Text), r#"[["a",1],["a",2]]"#, r#"{"a":2}"#),
            (
                map_type(Scalar::Int),
                "[[2,20],[-1,10]]",
                "[[-1,10],[2,20]]",
            ),
            (
                map_type(Scalar::Uuid),
                r#"{"00000000-0000-0000-0000-000000000001":1}"#,
                r#"[["00000000-0000-0000-0000-000000000001",1]]"#,
            ),
            (map_type(Scalar::Text), "{}", "null"),
            (ColumnType::List(text), "[]", "null"),
        ] {
            assert_eq!(
                round_trip(&column_type, given).as_deref(),
                Some(kept),
                "{given}"
            );
        }
    }

    #[test]
    fn containers_of_the_wrong_shape_are_refused() {
        let list = ColumnType::List(Element::Scalar(Scalar::Int));
        for (column_type, given) in [
            (&list, "5"),
            (&list, "[null]"),
            (&list, "[\"x\"]"),
            (&list, "[[1,2]]"),
            (&list, "{\"a\":1}"),
            (&map_type(Scalar::Int), r#"{"1":1}"#),
            (&map_type(Scalar::Int), "[]"),
            (&map_type(Scalar::Text), r#"[["a"]]"#),
            (&map_type(Scalar::Text), r#"[["a",1,2]]"#),
            (&map_type(Scalar::Text), r#"{"a":null}"#),
            (&map_type(Scalar::Text), "[[null,1]]"),
            (&map_type(Scalar::Text), r#"{"$date":1}"#),
        ] {
            assert_eq!(round_trip(column_type, given), None, "{given}");
        }
    }

    #[test]
    fn user_defined_values_may_leave_fields_out_but_not_invent_any() {
        let fields = [("city", Scalar::Text), ("zip", Scalar::Int)];
        let fields = fields.map(|(name, scalar)| Field {
            name: name.to_owned(),
            scalar,
        });
        let user_type = Arc::new(UserType {
            keyspace: "ks".to_owned(),
            name: "address".to_owned(),
            fields: fields.into(),
        });
        let column = ColumnType::UserType(Arc::clone(&user_type));
        let list = ColumnType::List(Element::UserType(user_type));
        for (column_type, given, kept) in [
            (&column, r#"{"zip":1}"#, Some(r#"{"zip":1}"#)),
            (&column, r#"[["city","x"]]"#, Some(r#"{"city":"x"}"#)),
            (&column, r#"{"zip":null}"#, Some("null")),
            (&column, "{}", Some("null")),
            (&list, "[{}]", Some("[{}]")),
            (&column, r#"{"CITY":"x"}"#, None),
            (&column, r#"{"zip":"x"}"#, None),
            (&column, "\"x\"", None),
        ] {
            assert_eq!(round_trip(column_type, given).as_deref(), kept, "{given}");
        }
    }
}
