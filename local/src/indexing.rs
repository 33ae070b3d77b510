//! Which paths of a collection are indexed: the `indexing` option of createCollection.
//!
//! What is not indexed cannot be filtered or sorted, and in return escapes the limits on strings, arrays and objects.

use std::borrow::Cow;

use crate::definition::IndexingDefinition;
use crate::error::{ApiError, projection};
use crate::json::{Object, Value};
use crate::path::{DocumentPath, PathError};
use crate::paths::{Layer, Paths, Step};

/// The fields that are indexed under any `allow` list, and under a `deny` of everything.
const ALWAYS: [&str; 3] = ["$vector", "$vectorize", "$lexical"];

/// The indexed part of a collection's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Indexing {
    #[default]
    Everything,
    /// `deny: ["*"]`: nothing can be filtered, but `_id` for equality.
    Nothing,
    /// Only these paths and what lies below them.
    Allow(Paths<()>),
    /// All but these paths and what lies below them.
    Deny(Paths<()>),
}

impl Indexing {
    /// What a collection's definition says.
    pub(crate) fn of(definition: Option<&IndexingDefinition>) -> Result<Self, PathError> {
        match definition {
            None => Ok(Self::Everything),
            Some(IndexingDefinition::Allow(paths)) => Self::allow(paths),
            Some(IndexingDefinition::Deny(paths)) => Self::deny(paths),
        }
    }

    /// The definition `{"allow": [...]}`. An empty list and `["*"]` mean everything.
    pub(crate) fn allow(paths: &[String]) -> Result<Self, PathError> {
        if paths.is_empty() || paths == ["*"] {
            return Ok(Self::Everything);
        }
        let paths = paths.iter().map(String::as_str);
        read(paths.chain(ALWAYS)).map(Self::Allow)
    }

    /// The definition `{"deny": [...]}`. An empty list means everything, `["*"]` nothing.
    pub(crate) fn deny(paths: &[String]) -> Result<Self, PathError> {
        if paths.is_empty() {
            Ok(Self::Everything)
        } else if paths == ["*"] {
            Ok(Self::Nothing)
        } else {
            read(paths.iter().map(String::as_str)).map(Self::Deny)
        }
    }

    /// Whether what is at a path, given by its segments, can be filtered and sorted by.
    pub(crate) fn covers<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> bool {
        match self {
            Self::Everything => true,
            Self::Nothing => false,
            Self::Allow(paths) => hold(paths, segments),
            Self::Deny(paths) => !hold(paths, segments),
        }
    }

    /// Checks the path of a filter or sort: where only a part of the documents is indexed, every part of it must have a
    /// name, as in a projection.
    pub(crate) fn check_parts(&self, path: &DocumentPath) -> Result<(), ApiError> {
        if *self == Self::Everything || !path.has_empty_segment() {
            return Ok(());
        }
        Err(projection::UNSUPPORTED_PROJECTION_PARAM.because(format!(
            "The path `{path}` has an empty part. In a collection with the option `indexing`, every part of a path to filter \
             or sort by needs a name."
        )))
    }

    /// Whether vectors can be searched: unless they are denied by name.
    pub(crate) fn covers_vectors(&self) -> bool {
        matches!(self, Self::Nothing) || self.covers(["$vector"])
    }

    /// The document without what is not indexed. Listed paths go through arrays by field name, as projections do.
    pub(crate) fn indexed_part<'a>(&self, document: &'a Object) -> Cow<'a, Object> {
        match self {
            Self::Everything => Cow::Borrowed(document),
            Self::Nothing => {
                let special = document
                    .iter()
                    .filter(|(name, _)| ALWAYS.contains(&name.as_str()));
                Cow::Owned(
                    special
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect(),
                )
            }
            Self::Allow(paths) => Cow::Owned(paths.root().keep(document)),
            Self::Deny(paths) => Cow::Owned(paths.root().drop(document)),
        }
    }
}

fn read<'a>(paths: impl Iterator<Item = &'a str>) -> Result<Paths<()>, PathError> {
    let paths = paths.map(|path| Ok((DocumentPath::parse_lenient(path)?, ())));
    paths.collect::<Result<_, _>>().map(Paths::outermost)
}

/// Whether one of the paths leads to a place given by its segments, or to something it lies in.
fn hold<'a>(paths: &Paths<()>, segments: impl IntoIterator<Item = &'a str>) -> bool {
    let mut layer = paths.root();
    for segment in segments {
        match layer.at(segment) {
            None => return false,
            Some(Step::End(())) => return true,
            Some(Step::Below(below)) => layer = below,
        }
    }
    false
}

impl Layer<'_, ()> {
    fn keep(&self, object: &Object) -> Object {
        let kept = object.iter().filter_map(|(name, value)| {
            let value = match self.at(name)? {
                Step::End(()) => value.clone(),
                Step::Below(layer) => layer.keep_value(value),
            };
            Some((name.clone(), value))
        });
        kept.collect()
    }

    fn keep_value(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) => Value::Object(self.keep(object)),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.keep_value(item)).collect())
            }
            scalar => scalar.clone(),
        }
    }

    fn drop(&self, object: &Object) -> Object {
        let kept = object.iter().filter_map(|(name, value)| {
            let value = match self.at(name) {
                None => value.clone(),
                Some(Step::End(())) => return None,
                Some(Step::Below(layer)) => layer.drop_value(value),
            };
            Some((name.clone(), value))
        });
        kept.collect()
    }

    fn drop_value(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) => Value::Object(self.drop(object)),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.drop_value(item)).collect())
            }
            scalar => scalar.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn paths(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn covers(indexing: &Indexing, path: &str) -> bool {
        indexing.covers(DocumentPath::parse_lenient(path).unwrap().segments())
    }

    fn part(indexing: &Indexing, text: &str) -> String {
        let document = json::parse(text.as_bytes()).unwrap();
        let part = indexing
            .indexed_part(document.as_object().unwrap())
            .into_owned();
        Value::from(part).to_json()
    }

    #[test]
    fn an_allowed_path_covers_itself_and_what_is_below() {
        let indexing = Indexing::allow(&paths(&["addr.city"])).unwrap();
        assert!(covers(&indexing, "addr.city"));
        assert!(covers(&indexing, "addr.city.x"));
        assert!(!covers(&indexing, "addr"));
        assert!(!covers(&indexing, "_id"));
        assert!(covers(&indexing, "$vector"));
    }

    #[test]
    fn a_denied_path_leaves_its_parent_covered() {
        let indexing = Indexing::deny(&paths(&["meta.raw"])).unwrap();
        assert!(covers(&indexing, "meta"));
        assert!(!covers(&indexing, "meta.raw"));
        assert!(!covers(&indexing, "meta.raw.x"));
    }

    #[test]
    fn stars_and_empty_lists_have_their_own_meaning() {
        assert_eq!(
            Indexing::allow(&paths(&["*"])).unwrap(),
            Indexing::Everything
        );
        assert_eq!(Indexing::allow(&[]).unwrap(), Indexing::Everything);
        assert_eq!(Indexing::deny(&[]).unwrap(), Indexing::Everything);
        let nothing = Indexing::deny(&paths(&["*"])).unwrap();
        assert!(!covers(&nothing, "_id") && !covers(&nothing, "$vector"));
    }

    #[test]
    fn the_indexed_part_goes_through_arrays_by_field_name() {
        let text = r#"{"_id":1,"a":[{"b":1,"c":2},7],"d":{"b":3}}"#;
        let allow = Indexing::allow(&paths(&["a.b"])).unwrap();
        assert_eq!(part(&allow, text), r#"{"a":[{"b":1},7]}"#);
        let deny = Indexing::deny(&paths(&["a.b", "d"])).unwrap();
        assert_eq!(part(&deny, text), r#"{"_id":1,"a":[{"c":2},7]}"#);
    }

    #[test]
    fn the_order_of_overlapping_paths_does_not_matter() {
        let one = Indexing::deny(&paths(&["a.b", "a"])).unwrap();
        let other = Indexing::deny(&paths(&["a", "a.b"])).unwrap();
        assert_eq!(one, other);
    }
}
