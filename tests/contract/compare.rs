//! What makes two answers the same.

use std::time::{SystemTime, UNIX_EPOCH};

use bigdecimal::BigDecimal;
use indexmap::IndexMap;

use crate::json::{Json, Number};

/// Differences beyond these are not looked for.
const MOST: usize = 7;

/// Lists of names that are sets whatever the step says.
const SETS: [&str; 4] = [
    ".status.collections",
    ".status.tables",
    ".status.indexes",
    ".status.types",
];

/// Lists where `got` differs from `expect`, each with its path. `unordered` makes `documents` a set.
pub(crate) fn differences(expect: &Json, got: &Json, path: &str, unordered: bool) -> Vec<String> {
    let mut comparison = Comparison {
        unordered,
        found: Vec::new(),
    };
    comparison.compare(expect, got, path);
    comparison.found
}

/// An answer without what is never asserted, and with `{ks}` for the keyspace.
pub(crate) fn clean(value: &Json, keyspace: &str) -> Json {
    match value {
        Json::Object(fields) if is_error(fields) => Json::Object(
            ["errorCode", "family", "scope", "documentIds"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), clean(fields.get(name)?, keyspace))))
                .collect(),
        ),
        Json::Object(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| (name.replace(keyspace, "{ks}"), clean(value, keyspace)))
                .collect(),
        ),
        Json::List(items) => Json::List(items.iter().map(|item| clean(item, keyspace)).collect()),
        Json::String(text) => Json::String(text.replace(keyspace, "{ks}")),
        other => other.clone(),
    }
}

/// Errors and warnings are compared by code, family and scope: their texts and ids are the server's own.
fn is_error(fields: &IndexMap<String, Json>) -> bool {
    fields.contains_key("errorCode")
        && (fields.contains_key("family") || fields.contains_key("message"))
}

struct Comparison {
    unordered: bool,
    found: Vec<String>,
}

impl Comparison {
    fn compare(&mut self, expect: &Json, got: &Json, path: &str) {
        if self.found.len() >= MOST {
            return;
        }
        match expect {
            Json::Object(fields) => match Pattern::of(fields) {
                Some(pattern) => self.pattern(&pattern, expect, got, path),
                None => self.object(fields, expect, got, path),
            },
            Json::List(items) => self.list(items, expect, got, path),
            _ if expect == got => {}
            _ => self.wanted(expect, got, path),
        }
    }

    fn wanted(&mut self, expect: &Json, got: &Json, path: &str) {
        let (expect, got) = (expect.short(160), got.short(160));
        self.found.push(format!("{path}: want {expect}, got {got}"));
    }

    fn object(&mut self, fields: &IndexMap<String, Json>, expect: &Json, got: &Json, path: &str) {
        let Json::Object(others) = got else {
            return self.wanted(expect, got, path);
        };
        for (name, value) in fields {
            if let Some(other) = others.get(name) {
                self.compare(value, other, &format!("{path}.{name}"));
            } else {
                let value = value.short(160);
                self.found
                    .push(format!("{path}.{name}: missing (want {value})"));
            }
        }
        for (name, value) in others {
            if !fields.contains_key(name) {
                let value = value.short(160);
                self.found
                    .push(format!("{path}.{name}: unexpected {value}"));
            }
        }
    }

    fn list(&mut self, items: &[Json], expect: &Json, got: &Json, path: &str) {
        let Json::List(others) = got else {
            return self.wanted(expect, got, path);
        };
        if items.len() != others.len() {
            let (want, have) = (items.len(), others.len());
            let (expect, got) = (expect.short(160), got.short(160));
            let difference = format!("{path}: want {want} items {expect}, got {have} {got}");
            self.found.push(difference);
        } else if self.unordered && path.ends_with(".documents") || SETS.contains(&path) {
            self.set(items, others, path);
        } else {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                self.compare(item, other, &format!("{path}[{index}]"));
            }
        }
    }

    fn set(&mut self, items: &[Json], others: &[Json], path: &str) {
        let mut left: Vec<&Json> = others.iter().collect();
        let before = self.found.len();
        for item in items {
            let same = |other: &&Json| differences(item, other, path, false).is_empty();
            match left.iter().position(same) {
                Some(index) => _ = left.remove(index),
                None => self
                    .found
                    .push(format!("{path}: missing from set {}", item.short(160))),
            }
        }
        if self.found.len() > before {
            let left = Json::List(left.into_iter().cloned().collect());
            self.found
                .push(format!("{path}: instead got {}", left.short(160)));
        }
    }

    fn pattern(&mut self, pattern: &Pattern<'_>, expect: &Json, got: &Json, path: &str) {
        match pattern {
            Pattern::Kind(kind, fields) if !is_kind(kind, fields, got) => {
                self.wanted(expect, got, path);
            }
            Pattern::Near(number) if !is_near(number, got) => self.wanted(expect, got, path),
            Pattern::Exactly(text) if !is_exactly(text, got) => self.wanted(expect, got, path),
            Pattern::Written(text) if !is_written(text, got) => self.wanted(expect, got, path),
            Pattern::Kind(..) | Pattern::Near(_) | Pattern::Exactly(_) | Pattern::Written(_) => {}
            Pattern::Members(with, without) => self.members(with, without, got, path),
            Pattern::Has(fields) => self.has(fields, got, path),
        }
    }

    fn has(&mut self, fields: &Json, got: &Json, path: &str) {
        let (Some(wanted), Some(others)) = (fields.as_object(), got.as_object()) else {
            let got = got.short(160);
            self.found
                .push(format!("{path}: want an object, got {got}"));
            return;
        };
        let known = others.iter().filter(|(name, _)| wanted.contains_key(*name));
        let known = known.map(|(name, value)| (name.clone(), value.clone()));
        self.compare(fields, &Json::Object(known.collect()), path);
    }

    fn members(&mut self, with: &[Json], without: &[Json], got: &Json, path: &str) {
        let Json::List(others) = got else {
            let got = got.short(160);
            self.found.push(format!("{path}: want a list, got {got}"));
            return;
        };
        for item in with.iter().filter(|item| !others.contains(item)) {
            let item = item.short(160);
            self.found.push(format!("{path}: {item} is missing"));
        }
        for item in without.iter().filter(|item| others.contains(item)) {
            let item = item.short(160);
            self.found
                .push(format!("{path}: {item} should not be there"));
        }
    }
}

/// An expectation that is not a value.
enum Pattern<'a> {
    /// `$match`: any value of a kind.
    Kind(&'a str, &'a IndexMap<String, Json>),
    /// `$approx`: a number close by.
    Near(&'a Json),
    /// `$num`: a number that no double holds.
    Exactly(&'a str),
    /// `$written`: a number in this form, so with these digits and this exponent.
    Written(&'a str),
    /// `$includes` and `$excludes`.
    Members(&'a [Json], &'a [Json]),
    /// `$has`: an object with at least these fields.
    Has(&'a Json),
}

impl<'a> Pattern<'a> {
    fn of(fields: &'a IndexMap<String, Json>) -> Option<Self> {
        let list = |name| fields.get(name).and_then(Json::as_list);
        if let Some(kind) = fields.get("$match") {
            return Some(Self::Kind(kind.as_str().unwrap_or_default(), fields));
        }
        if let Some(number) = fields.get("$approx") {
            return Some(Self::Near(number));
        }
        if let (Some(Json::String(text)), 1) = (fields.get("$num"), fields.len()) {
            return Some(Self::Exactly(text));
        }
        if let (Some(Json::String(text)), 1) = (fields.get("$written"), fields.len()) {
            return Some(Self::Written(text));
        }
        if let (Some(has), 1) = (fields.get("$has"), fields.len()) {
            return Some(Self::Has(has));
        }
        let (with, without) = (list("$includes"), list("$excludes"));
        (with.is_some() || without.is_some())
            .then(|| Self::Members(with.unwrap_or_default(), without.unwrap_or_default()))
    }
}

fn is_kind(kind: &str, fields: &IndexMap<String, Json>, got: &Json) -> bool {
    let text = got.as_str();
    match kind {
        "uuid" => text.and_then(uuid_version).is_some_and(|version| {
            let wanted = fields.get("version").and_then(Json::as_integer);
            wanted.is_none_or(|wanted| wanted == i64::from(version))
        }),
        "objectId" => text.is_some_and(|text| text.len() == 24 && is_hex(text)),
        "pageState" => text.is_some_and(|text| !text.is_empty()),
        "now" => number(got).is_some_and(|ms| (ms.nearest() - now_ms()).abs() < 600_000.0),
        "count" => number(got).is_some_and(|count| count.nearest() >= 0.0),
        "timestamp" => text.is_some_and(begins_like_a_timestamp),
        "documents" => got.as_list().map(<[_]>::len).is_some_and(|length| {
            fields.get("count").and_then(Json::as_integer) == i64::try_from(length).ok()
        }),
        "string" => text.is_some(),
        "array" => got.as_list().is_some(),
        "any" => true,
        _ => false,
    }
}

fn is_near(expect: &Json, got: &Json) -> bool {
    match (number(expect), number(got)) {
        (Some(expect), Some(got)) => (expect.nearest() - got.nearest()).abs() <= 1e-4,
        _ => false,
    }
}

fn is_exactly(expect: &str, got: &Json) -> bool {
    let expect: Result<BigDecimal, _> = expect.parse();
    match (expect, number(got)) {
        (Ok(expect), Some(got)) => expect == *got.value(),
        _ => false,
    }
}

/// `3E2` is the form of `3E+2`, and neither that of `300` or of `300.0`.
fn is_written(expect: &str, got: &Json) -> bool {
    let form = |number: &BigDecimal| number.as_bigint_and_exponent();
    let expect: Result<BigDecimal, _> = expect.parse();
    match (expect, number(got)) {
        (Ok(expect), Some(got)) => form(&expect) == form(got.value()),
        _ => false,
    }
}

fn number(value: &Json) -> Option<&Number> {
    match value {
        Json::Number(number) => Some(number),
        _ => None,
    }
}

/// The version of a UUID, `None` where the text is none.
fn uuid_version(text: &str) -> Option<u8> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    if !lengths.eq([8, 4, 4, 4, 12]) || !groups.iter().all(|group| is_hex(group)) {
        return None;
    }
    u8::from_str_radix(&groups[2][..1], 16).ok()
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `2026-11-21T14:30:00` and anything after it.
fn begins_like_a_timestamp(text: &str) -> bool {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    text.len() >= shape.len()
        && text.bytes().zip(shape).all(|(byte, shape)| match shape {
            b'd' => byte.is_ascii_digit(),
            shape => byte == *shape,
        })
}

fn now_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(f64::NAN, |since| since.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(expect: &str, got: &str) -> Vec<String> {
        compared(expect, got, false)
    }

    fn compared(expect: &str, got: &str, unordered: bool) -> Vec<String> {
        let (expect, got) = (Json::parse(expect).unwrap(), Json::parse(got).unwrap());
        differences(&expect, &got, "", unordered)
    }

    fn assert_same(expect: &str, got: &str) {
        assert_eq!(found(expect, got), [""; 0], "{expect} and {got}");
    }

    fn assert_different(expect: &str, got: &str) {
        assert_ne!(found(expect, got), [""; 0], "{expect} and {got}");
    }

    #[test]
    fn every_difference_has_its_path() {
        assert_eq!(
            found(
                r#"{"a": {"b": [1, 2]}, "c": 1}"#,
                r#"{"a": {"b": [1, 3]}, "d": null}"#
            ),
            [
                ".a.b[1]: want 2, got 3",
                ".c: missing (want 1)",
                ".d: unexpected null"
            ]
        );
        assert_eq!(found("[1, 2]", "[1]"), [": want 2 items [1, 2], got 1 [1]"]);
    }

    #[test]
    fn values_of_another_kind_differ() {
        let kinds = [
            "null", "true", "false", "1", "0", "\"1\"", "\"\"", "[]", "{}",
        ];
        for one in kinds {
            for other in kinds {
                assert_eq!(
                    found(one, other).is_empty(),
                    one == other,
                    "{one} and {other}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_compared_by_exact_value() {
        assert_same("5", "5.0");
        assert_same("1.0e+20", "100000000000000000000");
        assert_different("9007199254740993", "9007199254740992");
        assert_different("0.1", "0.1000000000000000055511151231257827");
        assert_same(
            r#"{"$num": "0.12345678901234567890"}"#,
            "0.1234567890123456789",
        );
        assert_different(
            r#"{"$num": "0.12345678901234567890"}"#,
            "0.12345678901234568",
        );
        assert_different(r#"{"$num": "1"}"#, "\"1\"");
    }

    #[test]
    fn the_form_of_a_number_can_be_asserted() {
        assert_same(r#"{"$written": "3E+2"}"#, "3E2");
        assert_same(r#"{"$written": "12E3"}"#, "1.2E+4");
        assert_same(r#"{"$written": "0"}"#, "0");
        for other in ["300", "300.0", "3E+3", "\"3E+2\"", "30E+1"] {
            assert_different(r#"{"$written": "3E+2"}"#, other);
        }
        assert_different(r#"{"$written": "0"}"#, "0.0");
        assert_different(r#"{"$written": "1.1"}"#, "1.10");
    }

    #[test]
    fn loose_numbers_are_loose_to_the_fourth_place() {
        assert_same(r#"{"$approx": 0.9717}"#, "0.97172841");
        assert_different(r#"{"$approx": 0.9717}"#, "0.972");
        assert_different(r#"{"$approx": 0.9717}"#, "null");
    }

    #[test]
    fn a_list_is_ordered_unless_it_is_a_set() {
        let expect = r#"{"data": {"documents": [{"a": [1, 2]}, {"a": 3}]}}"#;
        let swapped = r#"{"data": {"documents": [{"a": 3}, {"a": [1, 2]}]}}"#;
        assert!(!compared(expect, swapped, false).is_empty());
        assert!(compared(expect, swapped, true).is_empty());
        let inside = r#"{"data": {"documents": [{"a": [2, 1]}, {"a": 3}]}}"#;
        assert_eq!(
            compared(expect, inside, true),
            [
                r#".data.documents: missing from set {"a": [1, 2]}"#,
                r#".data.documents: instead got [{"a": [2, 1]}]"#,
            ]
        );
        let names = r#"{"status": {"collections": ["a", "b"]}}"#;
        assert_same(names, r#"{"status": {"collections": ["b", "a"]}}"#);
        assert_different(names, r#"{"status": {"collections": ["b", "b"]}}"#);
        assert_different(
            r#"{"status": {"insertedIds": ["a", "b"]}}"#,
            r#"{"status": {"insertedIds": ["b", "a"]}}"#,
        );
    }

    #[test]
    fn kinds_accept_their_values_and_no_others() {
        let uuid4 = "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"";
        assert_same(r#"{"$match": "uuid"}"#, uuid4);
        assert_same(r#"{"$match": "uuid", "version": 4}"#, uuid4);
        assert_different(r#"{"$match": "uuid", "version": 7}"#, uuid4);
        assert_different(r#"{"$match": "uuid"}"#, "\"3f2504e0-4f89-41d3-9a0c\"");
        assert_same(r#"{"$match": "objectId"}"#, "\"64f0c2a1b5d4e3f2a1b0c9d8\"");
        assert_different(r#"{"$match": "objectId"}"#, "\"64f0c2a1b5d4e3f2a1b0c9dx\"");
        assert_same(r#"{"$match": "pageState"}"#, "\"p\"");
        assert_different(r#"{"$match": "pageState"}"#, "\"\"");
        assert_different(r#"{"$match": "pageState"}"#, "null");
        assert_same(r#"{"$match": "now"}"#, &format!("{:.0}", now_ms()));
        assert_different(r#"{"$match": "now"}"#, "1700000000000");
        assert_same(r#"{"$match": "count"}"#, "0");
        assert_different(r#"{"$match": "count"}"#, "-1");
        assert_same(r#"{"$match": "timestamp"}"#, "\"2026-11-21T14:30:00Z\"");
        assert_different(r#"{"$match": "timestamp"}"#, "\"2026-11-21\"");
        assert_same(r#"{"$match": "documents", "count": 2}"#, "[1, {}]");
        assert_different(r#"{"$match": "documents", "count": 2}"#, "[1]");
        assert_different(r#"{"$match": "string"}"#, "1");
        assert_same(r#"{"$match": "any"}"#, "null");
        assert_different(r#"{"$match": "of-tomorrow"}"#, "1");
    }

    #[test]
    fn a_list_may_be_expected_with_and_without_members() {
        let expect = r#"{"$includes": [{"a": 1}], "$excludes": ["x"]}"#;
        assert_same(expect, r#"[2, {"a": 1.0}]"#);
        assert_eq!(
            found(expect, r#"["x"]"#),
            [r#": {"a": 1} is missing"#, r#": "x" should not be there"#]
        );
        assert_different(expect, "null");
    }

    #[test]
    fn only_what_is_asserted_of_an_error_is_kept() {
        let answer = r#"{"errors": [{"id": "1", "family": "REQUEST", "scope": "", "errorCode": "X", "message": "in ks1",
            "title": "t", "documentIds": ["ks1_a"]}], "data": {"errorCode": "ks1"}}"#;
        assert_eq!(
            clean(&Json::parse(answer).unwrap(), "ks1").to_text(),
            r#"{"errors": [{"errorCode": "X", "family": "REQUEST", "scope": "", "documentIds": ["{ks}_a"]}], "data": {"errorCode": "{ks}"}}"#
        );
    }
}
