//! What an edit changes, and how to change nothing else.
//!
//! Only fields that were edited are sent, so that other fields keep what others write to them meanwhile. The update names
//! the values it replaces in its filter: where one of them is another by now, nothing is changed.

use astra_db::schema::IndexingOptions;
use astra_db::{CollectionDefinition, Document, Value, field_path};

/// The difference between a document as it was shown and as it is wanted, top-level field by top-level field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    set: Vec<(String, Value)>,
    unset: Vec<String>,
}

/// The API takes at most 64 conditions in a filter.
const GUARDS: usize = 60;

impl Change {
    /// What leads from one to the other. Values are the same if they are written the same.
    pub(super) fn between(before: &Document, after: &Document) -> Self {
        let is_new = |(name, value): &(&str, &Value)| !is_same(before.get(name), Some(value));
        let set = after.iter().filter(is_new);
        let unset = before.iter().filter(|(name, _)| !after.contains_key(name));
        Self {
            set: set
                .map(|(name, value)| (name.to_owned(), value.clone()))
                .collect(),
            unset: unset.map(|(name, _)| name.to_owned()).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }

    /// The names of the fields it is about.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let set = self.set.iter().map(|(name, _)| name.as_str());
        set.chain(self.unset.iter().map(String::as_str))
    }

    /// Those of its fields in which two documents differ.
    pub(super) fn disputed<'a>(&'a self, one: &Document, other: &Document) -> Vec<&'a str> {
        self.fields()
            .filter(|name| !is_same(one.get(name), other.get(name)))
            .collect()
    }

    /// Another version of the document with this change in it.
    pub(super) fn applied_to(&self, document: &Document) -> Document {
        let mut document = document.clone();
        for name in &self.unset {
            document.remove(name);
        }
        for (name, value) in &self.set {
            document.insert(name.as_str(), value.clone());
        }
        document
    }

    /// Whether the fields are as this change wants them.
    pub(super) fn is_made_in(&self, document: &Document) -> bool {
        self.unset.iter().all(|name| !document.contains_key(name))
            && self
                .set
                .iter()
                .all(|(name, value)| document.get(name) == Some(value))
    }

    /// The update: `$set` and `$unset`.
    pub(super) fn update(&self) -> Document {
        let set: Document = self
            .set
            .iter()
            .map(|(name, value)| (path(name), value.clone()))
            .collect();
        let unset: Document = self.unset.iter().map(|name| (path(name), "")).collect();
        [("$set", set), ("$unset", unset)]
            .into_iter()
            .filter(|(_, fields)| !fields.is_empty())
            .collect()
    }

    /// The filter: this document, as long as the fields hold what they did. Fields that cannot be searched cannot be guarded
    /// this way; they are compared just before.
    pub(super) fn guard(
        &self,
        id: &Value,
        before: &Document,
        definition: &CollectionDefinition,
    ) -> Document {
        let guards = self
            .fields()
            .filter(|name| is_searchable(name, before.get(name), definition))
            .take(GUARDS)
            .map(|name| {
                let condition = match before.get(name) {
                    Some(value) => Document::from([("$eq", value.clone())]),
                    None => Document::from([("$exists", false)]),
                };
                (path(name), Value::from(condition))
            });
        std::iter::once(("_id".to_owned(), id.clone()))
            .chain(guards)
            .collect()
    }
}

fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.map(ToString::to_string) == other.map(ToString::to_string)
}

/// `$vector` and its like are names of the API, all others are names of fields.
fn path(name: &str) -> String {
    if name.starts_with('$') {
        name.to_owned()
    } else {
        field_path([name])
    }
}

fn is_searchable(name: &str, value: Option<&Value>, definition: &CollectionDefinition) -> bool {
    let path = path(name);
    let is_indexed = match &definition.indexing {
        Some(IndexingOptions::Allow(paths)) => paths
            .iter()
            .any(|allowed| *allowed == path || allowed == "*"),
        Some(IndexingOptions::Deny(paths)) => !paths
            .iter()
            .any(|denied| denied == "*" || begins(denied, &path)),
        _ => true,
    };
    is_indexed && !name.starts_with('$') && value.is_none_or(is_comparable)
}

/// Whether a path is this field or something inside of it.
fn begins(path: &str, field: &str) -> bool {
    path.strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Bytes are stored and not searched, wherever they are.
fn is_comparable(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().all(is_comparable),
        Value::Object(fields) => {
            !fields.contains_key("$binary") && fields.iter().all(|(_, value)| is_comparable(value))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        text.parse().unwrap()
    }

    fn change(before: &str, after: &str) -> Change {
        Change::between(&document(before), &document(after))
    }

    #[test]
    fn only_fields_that_were_edited_are_sent() {
        let change = change(
            r#"{"_id":1,"a":1,"b":{"c":1},"d":[1]}"#,
            r#"{"_id":1,"b":{"c":2},"a":1,"e.f":null}"#,
        );
        assert_eq!(
            change.update().to_string(),
            r#"{"$set":{"b":{"c":2},"e&.f":null},"$unset":{"d":""}}"#
        );
        assert!(self::change(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#).is_empty());
    }

    #[test]
    fn a_change_goes_into_what_others_have_made_of_the_document() {
        let change = change(
            r#"{"_id":1,"a":1,"b":1,"c":1}"#,
            r#"{"_id":1,"a":2,"c":1,"d":1}"#,
        );
        let theirs = document(r#"{"_id":1,"b":1,"a":3,"c":2}"#);
        let before = document(r#"{"_id":1,"a":1,"b":1,"c":1}"#);
        assert_eq!(change.disputed(&before, &theirs), ["a"]);
        assert_eq!(
            change.applied_to(&theirs).to_string(),
            r#"{"_id":1,"a":2,"c":2,"d":1}"#
        );
    }

    #[test]
    fn the_filter_names_what_the_update_replaces() {
        let before =
            document(r#"{"_id":1,"a":1,"gone":"x","$vector":[1],"bytes":{"$binary":"AA=="}}"#);
        let after = document(r#"{"_id":1,"a":2,"new":3,"$vector":[2],"bytes":{"$binary":"AQ=="}}"#);
        let change = Change::between(&before, &after);
        let open = change.guard(&Value::from(1), &before, &CollectionDefinition::default());
        assert_eq!(
            open.to_string(),
            r#"{"_id":1,"a":{"$eq":1},"new":{"$exists":false},"gone":{"$eq":"x"}}"#
        );
        let denied = CollectionDefinition::default().indexing_deny(["a.inside", "new"]);
        let denied = change.guard(&Value::from(1), &before, &denied);
        assert_eq!(denied.to_string(), r#"{"_id":1,"gone":{"$eq":"x"}}"#);
        let allowed = CollectionDefinition::default().indexing_allow(["gone"]);
        assert_eq!(change.guard(&Value::from(1), &before, &allowed), denied);
    }
}
