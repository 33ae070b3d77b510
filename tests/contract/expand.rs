//! Macros in what a step sends: generated strings, paths, lists, objects and nesting, and values of earlier answers.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use indexmap::IndexMap;

use crate::json::Json;

/// Writes out the macros of `value`. `{ks}` stands for the keyspace and `answers` are those of the earlier steps.
pub(crate) fn expand(
    value: &Json,
    keyspace: &str,
    answers: &[Option<Json>],
) -> anyhow::Result<Json> {
    let inner = |value: &Json| expand(value, keyspace, answers);
    Ok(match value {
        Json::String(text) => Json::String(text.replace("{ks}", keyspace)),
        Json::List(items) => Json::List(items.iter().map(inner).collect::<anyhow::Result<_>>()?),
        Json::Object(fields) if fields.contains_key("$gen") => generate(fields, inner)?,
        Json::Object(fields) => match (fields.get("$from"), fields.len()) {
            (Some(from), 1) => from_answer(from, answers)?,
            _ => Json::Object(
                fields
                    .iter()
                    .map(|(name, value)| Ok((name.replace("{ks}", keyspace), inner(value)?)))
                    .collect::<anyhow::Result<_>>()?,
            ),
        },
        other => other.clone(),
    })
}

fn from_answer(from: &Json, answers: &[Option<Json>]) -> anyhow::Result<Json> {
    let Some([step, path]) = from.as_list() else {
        bail!("$from is {}, not [step, path]", from.short(80));
    };
    let step = step
        .as_integer()
        .and_then(|step| usize::try_from(step).ok());
    let step = step.context("the step in $from is not a number")?;
    let path = path.as_str().context("the path in $from is not text")?;
    let answer = answers.get(step).and_then(Option::as_ref);
    let answer =
        answer.with_context(|| format!("step {step} has no answer to take {path} from"))?;
    Ok(answer.dig(path)?.clone())
}

fn generate(
    fields: &IndexMap<String, Json>,
    expand: impl Fn(&Json) -> anyhow::Result<Json>,
) -> anyhow::Result<Json> {
    let kind = fields.get("$gen").and_then(Json::as_str);
    let number = |name| fields.get(name).and_then(Json::as_integer).unwrap_or(0);
    let text = |name, default| fields.get(name).and_then(Json::as_str).unwrap_or(default);
    let template = |name| {
        fields
            .get(name)
            .cloned()
            .unwrap_or_else(|| Json::from("{i}"))
    };
    let (count, start) = (number("n"), number("start"));
    Ok(match kind {
        Some("string") => Json::String(text("of", "x").repeat(usize::try_from(count)?)),
        Some("path") => Json::String(vec![text("of", "a"); usize::try_from(count)?].join(".")),
        Some("array") => {
            let item = expand(&template("item"))?;
            let items = (start..start + count).map(|index| fill(&item, index));
            Json::List(items.collect::<anyhow::Result<_>>()?)
        }
        Some("object") => {
            let key = match fields.get("key") {
                Some(key) => expand(key)?,
                None => Json::from("p{i}"),
            };
            let key = key.as_str().context("the key of an object is not text")?;
            let value = template("value");
            let property = |index| Ok((fill_text(key, index)?, fill(&value, index)?));
            Json::Object((0..count).map(property).collect::<anyhow::Result<_>>()?)
        }
        Some("nest") => {
            let in_list = fields.get("array").and_then(Json::as_bool).unwrap_or(false);
            let leaf = fields.get("leaf").cloned().unwrap_or_else(|| Json::from(1));
            let key = text("key", "a");
            (0..count).fold(leaf, |inner, _| {
                if in_list {
                    Json::List(vec![inner])
                } else {
                    Json::Object(IndexMap::from([(key.to_owned(), inner)]))
                }
            })
        }
        other => bail!("$gen does not know {other:?}"),
    })
}

/// The template with `index` for its `{i}`. A string that is nothing but `{i}`, `{i+1}`, `{i*2}` or `{i%7}` is a number.
fn fill(template: &Json, index: i64) -> anyhow::Result<Json> {
    Ok(match template {
        Json::String(text) => match reckon(text, index) {
            Some(number) => Json::from(number),
            None => Json::String(fill_text(text, index)?),
        },
        Json::List(items) => {
            let items = items.iter().map(|item| fill(item, index));
            Json::List(items.collect::<anyhow::Result<_>>()?)
        }
        Json::Object(fields) => {
            let fill =
                |(name, value): (&String, _)| Ok((fill_text(name, index)?, fill(value, index)?));
            Json::Object(fields.iter().map(fill).collect::<anyhow::Result<_>>()?)
        }
        other => other.clone(),
    })
}

fn reckon(text: &str, index: i64) -> Option<i64> {
    let inside = text.strip_prefix("{i")?.strip_suffix('}')?;
    let Some(operator) = inside.chars().next() else {
        return Some(index);
    };
    let operand: i64 = inside.get(1..)?.parse().ok()?;
    match operator {
        '+' => Some(index + operand),
        '*' => Some(index * operand),
        '%' => Some(index % operand),
        _ => None,
    }
}

/// The text with every `{i}` replaced by `index` and every `{i:3}` by `index` padded to three digits.
fn fill_text(text: &str, index: i64) -> anyhow::Result<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{i") {
        out.push_str(&rest[..at]);
        let inside = &rest[at + 2..];
        match inside.split_once('}') {
            Some(("", after)) => {
                _ = write!(out, "{index}");
                rest = after;
            }
            Some((width, after)) if width.starts_with(':') => {
                let width: usize = width[1..].parse().with_context(|| text.to_owned())?;
                _ = write!(out, "{index:0width$}");
                rest = after;
            }
            _ => {
                out.push_str("{i");
                rest = inside;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        let answers = [
            None,
            Some(Json::parse(r#"{"data": {"next": "p2"}}"#).unwrap()),
        ];
        let value = Json::parse(text).unwrap();
        expand(&value, "golden_x", &answers).unwrap().to_text()
    }

    #[test]
    fn the_keyspace_stands_in_names_and_values() {
        assert_eq!(
            expanded(r#"{"{ks}": ["{ks}_b"]}"#),
            r#"{"golden_x": ["golden_x_b"]}"#
        );
    }

    #[test]
    fn strings_paths_lists_objects_and_nesting_are_generated() {
        assert_eq!(
            expanded(r#"{"$gen": "string", "n": 3, "of": "ab"}"#),
            r#""ababab""#
        );
        assert_eq!(
            expanded(
                r#"{"$gen": "array", "n": 2, "start": 9, "item": {"_id": "d{i:3}", "n": "{i}", "m": "{i%7}{i}"}}"#
            ),
            r#"[{"_id": "d009", "n": 9, "m": "{i%7}9"}, {"_id": "d010", "n": 10, "m": "{i%7}10"}]"#
        );
        assert_eq!(
            expanded(
                r#"{"$gen": "array", "n": 2, "start": 8, "item": ["{i+1}", "{i*2}", "{i%7}"]}"#
            ),
            "[[9, 16, 1], [10, 18, 2]]"
        );
        assert_eq!(
            expanded(r#"{"$gen": "object", "n": 2}"#),
            r#"{"p0": 0, "p1": 1}"#
        );
        assert_eq!(
            expanded(r#"{"$gen": "path", "n": 3, "of": "b"}"#),
            r#""b.b.b""#
        );
        assert_eq!(
            expanded(r#"{"$gen": "object", "n": 1, "key": {"$gen": "path", "n": 2}, "value": 7}"#),
            r#"{"a.a": 7}"#
        );
        assert_eq!(
            expanded(r#"{"$gen": "object", "n": 1, "key": {"$gen": "string", "n": 2, "of": "k"}}"#),
            r#"{"kk": 0}"#
        );
        assert_eq!(
            expanded(r#"{"$gen": "nest", "n": 2}"#),
            r#"{"a": {"a": 1}}"#
        );
        assert_eq!(
            expanded(r#"{"$gen": "nest", "n": 2, "array": true, "leaf": "x"}"#),
            r#"[["x"]]"#
        );
    }

    #[test]
    fn a_value_is_taken_from_an_earlier_answer() {
        assert_eq!(
            expanded(r#"{"state": {"$from": [1, "data.next"]}}"#),
            r#"{"state": "p2"}"#
        );
        let from = Json::parse(r#"{"$from": [0, "data.next"]}"#).unwrap();
        assert!(expand(&from, "golden_x", &[None]).is_err());
    }

    #[test]
    fn what_is_no_macro_is_left_alone() {
        let text = r#"{"$from": [1, "data.next"], "b": "{ix} {i"}"#;
        assert_eq!(expanded(text), text);
    }
}
