//! Which paths of a collection are indexed: the `indexing` option of createCollection.
//!
//! What is not indexed cannot be filtered or sorted, and in return escapes the limits on strings, arrays and objects.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::definition::IndexingDefinition;
use crate::json::{Object, Value};
use crate::language::path::{DocumentPath, PathError};

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
    Allow(Branch),
    /// All but these paths and what lies below them.
    Deny(Branch),
}

/// Paths as a tree of their segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Branch {
    /// Whether a path ends here, so that all below belongs to it.
    ends: bool,
    below: BTreeMap<String, Self>,
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
        let mut branch = Branch::of(paths)?;
        for field in ALWAYS {
            branch.add(std::slice::from_ref(&field.to_owned()));
        }
        Ok(Self::Allow(branch))
    }

    /// The definition `{"deny": [...]}`. An empty list means everything, `["*"]` nothing.
    pub(crate) fn deny(paths: &[String]) -> Result<Self, PathError> {
        if paths.is_empty() {
            Ok(Self::Everything)
        } else if paths == ["*"] {
            Ok(Self::Nothing)
        } else {
            Branch::of(paths).map(Self::Deny)
        }
    }

    /// Whether what is at a path, given by its segments, can be filtered and sorted by.
    pub(crate) fn covers(&self, segments: &[String]) -> bool {
        match self {
            Self::Everything => true,
            Self::Nothing => false,
            Self::Allow(branch) => branch.holds(segments),
            Self::Deny(branch) => !branch.holds(segments),
        }
    }

    /// Whether vectors can be searched: unless they are denied by name.
    pub(crate) fn covers_vectors(&self) -> bool {
        matches!(self, Self::Nothing) || self.covers(&["$vector".to_owned()])
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
            Self::Allow(branch) => Cow::Owned(branch.keep(document)),
            Self::Deny(branch) => Cow::Owned(branch.drop(document)),
        }
    }
}

impl Branch {
    fn of(paths: &[String]) -> Result<Self, PathError> {
        let mut root = Self::default();
        for path in paths {
            root.add(DocumentPath::parse_lenient(path)?.segments());
        }
        Ok(root)
    }

    fn add(&mut self, segments: &[String]) {
        match segments.split_first() {
            _ if self.ends => {}
            None => {
                self.ends = true;
                self.below.clear();
            }
            Some((first, rest)) => self.below.entry(first.clone()).or_default().add(rest),
        }
    }

    fn holds(&self, segments: &[String]) -> bool {
        self.ends
            || segments.split_first().is_some_and(|(first, rest)| {
                self.below
                    .get(first)
                    .is_some_and(|branch| branch.holds(rest))
            })
    }

    fn keep(&self, object: &Object) -> Object {
        let kept = object.iter().filter_map(|(name, value)| {
            let branch = self.below.get(name)?;
            Some((name.clone(), branch.keep_value(value)))
        });
        kept.collect()
    }

    fn keep_value(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) if !self.ends => Value::Object(self.keep(object)),
            Value::Array(items) if !self.ends => items
                .iter()
                .map(|item| self.keep_value(item))
                .collect::<Vec<_>>()
                .into(),
            _ => value.clone(),
        }
    }

    fn drop(&self, object: &Object) -> Object {
        let kept = object
            .iter()
            .filter_map(|(name, value)| match self.below.get(name) {
                None => Some((name.clone(), value.clone())),
                Some(branch) if branch.ends => None,
                Some(branch) => Some((name.clone(), branch.drop_value(value))),
            });
        kept.collect()
    }

    fn drop_value(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) => Value::Object(self.drop(object)),
            Value::Array(items) => items
                .iter()
                .map(|item| self.drop_value(item))
                .collect::<Vec<_>>()
                .into(),
            _ => value.clone(),
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
