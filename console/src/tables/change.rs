//! What was changed in a row: only that is sent, so that nobody's work on the rest is undone.

use astra_db::schema::TableDefinition;
use astra_db::{Document, Error, Row, Table, Value};

/// Columns with their new values; null takes the value away.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change(Document);

impl Change {
    /// The columns of the table, and those that are not of it but were written, whose values differ. A column that is not
    /// there is null.
    pub(super) fn new(definition: &TableDefinition, before: &Row, after: &Row) -> Self {
        let own = definition.columns.iter().map(|(name, _)| name);
        let others = after.iter().map(|(name, _)| name);
        let others = others.filter(|name| definition.columns.get(name).is_none());
        let value = |row: &Row, name: &str| row.get(name).cloned().unwrap_or_default();
        let changed = own.chain(others).filter_map(|name| {
            let after = value(after, name);
            (value(before, name) != after).then_some((name, after))
        });
        Self(changed.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The part of it that is about some columns.
    pub(super) fn of_columns(&self, is_one: impl Fn(&str) -> bool) -> Self {
        let columns = self.0.iter().filter(|(name, _)| is_one(name));
        Self(columns.map(|(name, value)| (name, value.clone())).collect())
    }

    /// Writes it to the row of this key.
    pub(super) async fn send(self, table: &Table, key: Row) -> Result<(), Error> {
        let Some(update) = self.update() else {
            return Ok(());
        };
        table.update_one(key, update).await.map(drop)
    }

    fn update(self) -> Option<Document> {
        let (unset, set): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|(_, value)| value.is_null());
        let unset = unset.into_iter().map(|(name, _)| (name, Value::from("")));
        let parts: [(&str, Document); 2] = [
            ("$set", set.into_iter().collect()),
            ("$unset", unset.collect()),
        ];
        let parts = parts.into_iter().filter(|(_, columns)| !columns.is_empty());
        let update: Document = parts.collect();
        (!update.is_empty()).then_some(update)
    }
}

#[cfg(test)]
mod tests {
    use astra_db::schema::ColumnType;

    use super::*;

    #[test]
    fn only_what_differs_is_written() {
        let definition = ["id", "a", "b", "c"]
            .into_iter()
            .fold(TableDefinition::default(), |table, name| {
                table.column(name, ColumnType::Int)
            });
        let change = |before: &str, after: &str| {
            let change = Change::new(
                &definition,
                &before.parse().unwrap(),
                &after.parse().unwrap(),
            );
            change.update().map(|update| update.to_string())
        };
        assert_eq!(
            change(r#"{"id":1,"a":1}"#, r#"{"a":1.0,"id":1,"b":null}"#),
            None
        );
        let update = change(r#"{"id":1,"a":1,"b":2}"#, r#"{"id":1,"a":3,"c":4,"x":5}"#);
        assert_eq!(
            update.as_deref(),
            Some(r#"{"$set":{"a":3,"c":4,"x":5},"$unset":{"b":""}}"#)
        );
    }
}
