//! The different values of a field; the server has no command for it.

use std::sync::Arc;

use indexmap::IndexSet;
use serde::Serialize;

use super::find::Find;
use super::{awaited, call_options};
use crate::deadline::{Deadline, Requests};
use crate::error::{Error, Result};
use crate::field_path::{field_path, split_field_path};
use crate::handle::NamedRef;
use crate::options::Options;
use crate::read_query::Contents;
use crate::timeouts::TimeoutCategory;
use crate::value::{Document, Value};

/// The different values of a field, or of a column. Made by
/// [`Collection::distinct`](crate::Collection::distinct) and
/// [`Table::distinct`](crate::Table::distinct).
///
/// In a collection the path is one as in filters, `address.city`; see [`field_path`] for names with dots in them.
/// An array on the way is gone through element by element, or at one place if the path has a number
/// there; an array at the end counts as its elements. Values are told apart exactly, numbers by
/// value; they come in the order they were met.
///
/// In a table it is the name of a column. A list or set counts as its elements, a map as one value
/// or, with keys other than text, as its pairs; a row without a value does not count.
///
/// There is no command for this: every document that matches is read, its field only, page by page.
/// Time limits hold per page, [`timeout`](Self::timeout) for all of them.
///
/// ```no_run
/// # async fn run(products: astra_db::Collection) -> Result<(), astra_db::Error> {
/// use serde_json::json;
///
/// for tag in products.distinct("tags", json!({"stock": {"$gt": 0}})).await? {
///     println!("{tag}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Distinct {
    path: Path,
    find: Find<Document>,
    options: Arc<Options>,
}

/// What is looked at.
#[derive(Debug)]
enum Path {
    /// A field path, still to be split.
    Written(String),
    /// A column, whatever is in its name.
    Column(String),
}

impl Distinct {
    pub(crate) fn new(collection: NamedRef, path: String, filter: impl Serialize) -> Self {
        Self {
            path: Path::Written(path),
            options: collection.options(),
            find: Find::new(collection, Contents::Documents, filter),
        }
    }

    /// Rows are read as they come: without the columns that have no value.
    pub(crate) fn of_column(table: NamedRef, column: String, filter: impl Serialize) -> Self {
        Self {
            path: Path::Column(column),
            options: table.options(),
            find: Find::new(table, Contents::Documents, filter),
        }
    }

    call_options!();

    async fn run(self) -> Result<Vec<Value>> {
        let (names, projection) = match self.path {
            Path::Written(path) => {
                let names =
                    split_field_path(&path).map_err(|error| Error::config(error.to_string()))?;
                let projection = projection_for(&names);
                (names, projection)
            }
            Path::Column(name) => {
                let projection = Document::from([(name.as_str(), 1)]);
                (vec![name], projection)
            }
        };
        let find = self
            .find
            .projection(projection)
            .with_options(|_| Options::clone(&self.options));
        let (query, mut state) = find.into_query()?;
        let deadline = Deadline::start(&self.options, TimeoutCategory::General, Requests::Many);
        let mut values = IndexSet::new();
        loop {
            let page = query.page_within(&deadline.for_request(), state).await?;
            for document in page.documents {
                let document = document.map_err(Error::Decode)?;
                collect(&Value::Object(document), &names, &mut values);
            }
            state = page.next_page_state;
            if state.is_none() {
                return Ok(values.into_iter().collect());
            }
        }
    }
}

awaited!(Distinct => Vec<Value>);

/// The least of a document that holds the path. Projections know no places in arrays, and `{"_id":
/// 1}` alone is no inclusion but the whole document, so a field that hardly exists goes with it.
fn projection_for(names: &[String]) -> Document {
    let is_place = |name: &String| name.parse::<usize>().is_ok();
    let reachable: Vec<&String> = names.iter().take_while(|name| !is_place(name)).collect();
    match (reachable.first().map(|name| name.as_str()), names.first()) {
        (Some("_id"), _) => Document::from([("_id", 1), ("_id only", 1)]),
        (Some(_), _) => Document::from([(field_path(reachable), 1)]),
        (None, Some(name)) => Document::from([(field_path([name]), 1)]),
        (None, None) => Document::new(),
    }
}

fn collect(value: &Value, names: &[String], values: &mut IndexSet<Value>) {
    match (names.split_first(), value) {
        (None, Value::Array(elements)) => values.extend(elements.iter().cloned()),
        (None, value) => {
            values.insert(value.clone());
        }
        (Some((name, rest)), Value::Object(document)) => {
            if let Some(value) = document.get(name) {
                collect(value, rest, values);
            }
        }
        (Some((name, rest)), Value::Array(elements)) => match name.parse::<usize>() {
            Ok(place) => {
                if let Some(element) = elements.get(place) {
                    collect(element, rest, values);
                }
            }
            Err(_) => elements
                .iter()
                .for_each(|element| collect(element, names, values)),
        },
        (Some(_), _) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distinct(documents: &[&str], path: &str) -> Vec<String> {
        let names = split_field_path(path).expect("a path");
        let mut values = IndexSet::new();
        for document in documents {
            collect(&document.parse().expect("JSON"), &names, &mut values);
        }
        values.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_are_told_apart_by_value_and_long_ones_exactly() {
        let documents = [
            r#"{"n":1}"#,
            r#"{"n":1.0}"#,
            r#"{"n":9007199254740993}"#,
            r#"{"n":9007199254740992}"#,
            r#"{"n":"1"}"#,
        ];
        assert_eq!(
            distinct(&documents, "n"),
            ["1", "9007199254740993", "9007199254740992", "\"1\""]
        );
    }

    #[test]
    fn arrays_are_gone_through_or_entered_at_a_place() {
        let documents = [
            r#"{"a":[{"k":[1,2]},{"k":3},5]}"#,
            r#"{"a":{"k":2}}"#,
            r#"{"a":null}"#,
            "{}",
        ];
        assert_eq!(distinct(&documents, "a.k"), ["1", "2", "3"]);
        assert_eq!(distinct(&documents, "a.1.k"), ["3"]);
        assert_eq!(distinct(&documents, "a.0.k.1"), ["2"]);
        assert_eq!(
            distinct(&documents, "a"),
            [r#"{"k":[1,2]}"#, r#"{"k":3}"#, "5", r#"{"k":2}"#, "null"]
        );
    }

    #[test]
    fn names_with_dots_are_reached_by_their_escaped_path() {
        assert_eq!(
            distinct(&[r#"{"a.b":{"R&D":1},"a":{"b":2}}"#], "a&.b.R&&D"),
            ["1"]
        );
    }

    #[test]
    fn the_projection_holds_the_path_and_little_else() {
        let projection =
            |path: &str| projection_for(&split_field_path(path).expect("a path")).to_string();
        assert_eq!(projection("a.b"), r#"{"a.b":1}"#);
        assert_eq!(projection("a&.b.0.c"), r#"{"a&.b":1}"#);
        assert_eq!(projection("0"), r#"{"0":1}"#);
        assert_eq!(projection("_id"), r#"{"_id":1,"_id only":1}"#);
    }
}
