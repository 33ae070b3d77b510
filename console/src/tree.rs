//! Values as people like to read them: fields below each other, types in colours, times as times, vectors and long text
//! shortened.
//!
//! However large a value is, a page stays of a size that a browser can show: a [`Room`] says how much there may be, and what is
//! left out is counted.

use askama::Template;
use astra_db::{Binary, Document, Timestamp, Value, Vector};

use super::format::{count, visible};

/// How much of a value is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Fields and elements, all levels together.
    nodes: usize,
    /// Characters of one text before the rest is folded away.
    text: usize,
    /// Characters that may be folded away, all texts together; more is left out.
    folded: usize,
    /// Levels that are open at first.
    open: usize,
}

impl Room {
    /// One of many values on a page.
    pub(super) const ENTRY: Self = Self {
        nodes: 60,
        text: 160,
        folded: 0,
        open: 1,
    };
    /// The value that a page is about.
    pub(super) const PAGE: Self = Self {
        nodes: 4_000,
        text: 600,
        folded: 200_000,
        open: 3,
    };
    /// The answer to a command: open down to the fields of its documents.
    pub(super) const ANSWER: Self = Self {
        open: 4,
        ..Self::PAGE
    };
}

/// A value, ready to be placed in a template: `{{ tree }}`.
#[derive(Debug, Template)]
#[template(path = "_tree.html")]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// What is not shown: `12 more fields`.
    left_out: Option<String>,
}

/// A field, an element, or a value by itself.
#[derive(Debug, Template)]
#[template(path = "_node.html")]
struct Node {
    key: Option<String>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Leaf(Leaf),
    Branch {
        /// `3 fields`
        size: String,
        open: bool,
        below: Tree,
    },
}

/// A value that has nothing below it.
#[derive(Debug, Default)]
struct Leaf {
    /// The class of its colour.
    kind: &'static str,
    text: String,
    /// The rest of a long text, folded away.
    rest: Option<(String, String)>,
    /// What is not shown, or what the value is.
    note: Option<String>,
}

// The templates below escape every text they place.
impl askama::filters::HtmlSafe for Tree {}
impl askama::filters::HtmlSafe for Node {}

impl Tree {
    /// A value with as much of it as there is room for.
    pub(super) fn of(value: &Value, room: Room) -> Self {
        let mut room = room;
        match value {
            Value::Object(fields) if special(None, value).is_none() => {
                Self::fields(fields, &mut room, 0)
            }
            value => Self {
                nodes: vec![Node::of(None, value, &mut room, 0)],
                left_out: None,
            },
        }
    }

    /// A document with as much of it as there is room for.
    pub(super) fn document(document: &Document, room: Room) -> Self {
        let mut room = room;
        Self::fields(document, &mut room, 0)
    }

    fn fields(fields: &Document, room: &mut Room, depth: usize) -> Self {
        let nodes = fields
            .iter()
            .map(|(name, value)| (Some(name.to_owned()), value));
        Self::filled(nodes, "field", room, depth)
    }

    fn elements(values: &[Value], room: &mut Room, depth: usize) -> Self {
        let nodes = values
            .iter()
            .enumerate()
            .map(|(index, value)| (Some(index.to_string()), value));
        Self::filled(nodes, "element", room, depth)
    }

    fn filled<'a>(
        mut values: impl Iterator<Item = (Option<String>, &'a Value)>,
        unit: &str,
        room: &mut Room,
        depth: usize,
    ) -> Self {
        let mut nodes = Vec::new();
        while room.nodes > 0 {
            let Some((key, value)) = values.next() else {
                break;
            };
            room.nodes -= 1;
            nodes.push(Node::of(key, value, room, depth));
        }
        let left_out = values.count();
        Self {
            nodes,
            left_out: (left_out > 0)
                .then(|| format!("{} not shown", count(left_out, &format!("more {unit}")))),
        }
    }
}

impl Node {
    fn of(key: Option<String>, value: &Value, room: &mut Room, depth: usize) -> Self {
        let content = match special(key.as_deref(), value) {
            Some(leaf) => Content::Leaf(leaf),
            None => Content::of(value, room, depth),
        };
        Self {
            key: key.map(|key| visible(&key)),
            content,
        }
    }
}

impl Content {
    fn of(value: &Value, room: &mut Room, depth: usize) -> Self {
        match value {
            Value::Array(_) | Value::Object(_) if depth >= DEPTH => {
                Self::Leaf(Leaf::noted("word", "…", "nested too deep to be shown"))
            }
            Value::Array(values) if is_short(values) => {
                let values: Vec<String> = values
                    .iter()
                    .map(|value| visible(&value.to_string()))
                    .collect();
                Self::Leaf(Leaf::new("list", &format!("[{}]", values.join(", "))))
            }
            Value::Array(values) if !values.is_empty() => Self::Branch {
                size: count(values.len(), "element"),
                open: depth + 1 < room.open,
                below: Tree::elements(values, room, depth + 1),
            },
            Value::Object(fields) if !fields.is_empty() => Self::Branch {
                size: count(fields.len(), "field"),
                open: depth + 1 < room.open,
                below: Tree::fields(fields, room, depth + 1),
            },
            Value::String(text) => Self::Leaf(Leaf::text(text, room)),
            Value::Number(number) => Self::Leaf(Leaf::new("number", number.as_str())),
            // `null`, `true`, `false` and `{}`.
            other => Self::Leaf(Leaf::new("word", &other.to_string())),
        }
    }
}

/// Levels that are shown. The API takes 16; an answer has a few of its own around them.
const DEPTH: usize = 24;

/// Longest list on one line, in elements and in characters of all of them.
const LIST: (usize, usize) = (12, 72);

/// Whether a list is read best on one line.
fn is_short(values: &[Value]) -> bool {
    let is_scalar = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_));
    values.len() <= LIST.0
        && values.iter().all(is_scalar)
        && values
            .iter()
            .map(|value| value.to_string().len())
            .sum::<usize>()
            <= LIST.1
}

impl Leaf {
    fn new(kind: &'static str, text: &str) -> Self {
        Self {
            kind,
            text: text.to_owned(),
            ..Self::default()
        }
    }

    fn noted(kind: &'static str, text: &str, note: impl Into<String>) -> Self {
        Self {
            note: Some(note.into()),
            ..Self::new(kind, text)
        }
    }

    fn text(text: &str, room: &mut Room) -> Self {
        let Some((end, _)) = text.char_indices().nth(room.text) else {
            return Self::new("string", &format!("\"{}\"", visible(text)));
        };
        let (start, rest) = text.split_at(end);
        let more = count(rest.chars().count(), "more character");
        let start = format!("\"{}", visible(start));
        if rest.len() > room.folded {
            return Self::noted("string", &start, format!("… {more}"));
        }
        room.folded -= rest.len();
        Self {
            rest: Some((more, format!("{}\"", visible(rest)))),
            ..Self::new("string", &start)
        }
    }
}

/// What the API wraps in an object because JSON has no such thing, and vectors.
fn special(key: Option<&str>, value: &Value) -> Option<Leaf> {
    if key == Some("$vector") {
        return vector(value);
    }
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let (name, inner) = fields.iter().next()?;
    match name {
        "$date" => value.decode::<Timestamp>().ok().map(|at| {
            let raw = format!("$date {}", at.as_millis());
            match jiff::Timestamp::from_millisecond(at.as_millis()) {
                Ok(time) => Leaf::noted("special", &time.strftime("%F %T%.f UTC").to_string(), raw),
                Err(_) => Leaf::new("special", &raw),
            }
        }),
        "$uuid" => Some(Leaf::noted("special", &visible(inner.as_str()?), "uuid")),
        "$objectId" => Some(Leaf::noted(
            "special",
            &visible(inner.as_str()?),
            "objectId",
        )),
        "$binary" => value.decode::<Binary>().ok().map(|binary| {
            let bytes = count(binary.as_slice().len(), "byte");
            let start: String = inner
                .as_str()
                .unwrap_or_default()
                .chars()
                .take(32)
                .collect();
            Leaf::noted("special", &start, format!("binary, {bytes}"))
        }),
        _ => None,
    }
}

/// How many numbers of a vector are shown.
const OF_A_VECTOR: usize = 6;

fn vector(value: &Value) -> Option<Leaf> {
    let (length, first): (usize, Vec<String>) = if let Value::Array(numbers) = value {
        let first = numbers.iter().take(OF_A_VECTOR).map(ToString::to_string);
        (numbers.len(), first.collect())
    } else {
        let vector = value.decode::<Vector>().ok()?;
        let numbers = vector.as_slice();
        let first = numbers.iter().take(OF_A_VECTOR).map(ToString::to_string);
        (numbers.len(), first.collect())
    };
    let dots = if length > OF_A_VECTOR { ", …" } else { "" };
    let text = format!("[{}{dots}]", first.join(", "));
    Some(Leaf::noted(
        "number",
        &visible(&text),
        count(length, "dimension"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(json: &str, room: Room) -> String {
        let value: Value = json.parse().unwrap();
        Tree::of(&value, room).render().unwrap()
    }

    #[test]
    fn markup_in_names_and_values_stays_text() {
        let html = html(
            r#"{"<img src=x>": "</span><script>alert(1)</script>", "a": {"$uuid": "<b>"}}"#,
            Room::PAGE,
        );
        assert!(
            !html.contains("<img") && !html.contains("<script") && !html.contains("<b>"),
            "{html}"
        );
        assert!(html.contains("&#60;script&#62;alert(1)"), "{html}");
    }

    #[test]
    fn short_lists_are_on_one_line() {
        let html = html(
            r#"{"tags": ["a", 1.50, null], "none": [], "deep": [[]]}"#,
            Room::PAGE,
        );
        assert!(
            html.contains("[&#34;a&#34;, 1.50, null]") && html.contains(">[]<"),
            "{html}"
        );
        assert!(html.contains("1 element<"), "{html}");
    }

    #[test]
    fn numbers_keep_their_digits_and_dates_are_readable() {
        let html = html(
            r#"{"n": 12.1231231231231231230, "at": {"$date": 1700000000123}, "no": {"$date": 9e18}}"#,
            Room::PAGE,
        );
        assert!(html.contains(">12.1231231231231231230<"), "{html}");
        assert!(html.contains("2023-11-14 22:13:20.123 UTC"), "{html}");
        assert!(html.contains("$date 9000000000000000000"), "{html}");
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let array: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let json = format!(r#"{{"list": [{}], "after": 1}}"#, array.join(","));
        let html = html(&json, Room::ENTRY);
        assert!(html.contains("41 more elements not shown"), "{html}");
        assert!(html.contains("1 more field not shown"), "{html}");
    }

    #[test]
    fn long_text_is_folded_away_and_very_long_text_left_out() {
        let folded = html(&format!("\"{}\"", "é".repeat(700)), Room::PAGE);
        assert!(folded.contains("100 more characters"), "{folded}");
        let cut = html(&format!("\"{}\"", "x".repeat(900_000)), Room::PAGE);
        assert!(cut.contains("… 899,400 more characters") && cut.len() < 2_000);
    }

    #[test]
    fn a_vector_tells_its_dimension() {
        let html = html(
            r#"{"$vector": [0.25, 0.50, 1, 2, 3, 4, 5, 6]}"#,
            Room::ENTRY,
        );
        assert!(
            html.contains("[0.25, 0.50, 1, 2, 3, 4, …]") && html.contains("8 dimensions"),
            "{html}"
        );
        let packed = self::html(r#"{"$vector": {"$binary": "P4AAAAAAAAA="}}"#, Room::ENTRY);
        assert!(
            packed.contains("[1, 0]") && packed.contains("2 dimensions"),
            "{packed}"
        );
    }
}
