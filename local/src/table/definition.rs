//! What a table is: its columns, its primary key, its indexes; kept as one JSON text.

use std::sync::Arc;

use crate::json::{self, Object, Value};
use crate::table::column_type::{ColumnType, Shown, UserType};
use crate::table::index::Index;

/// Whether a clustering column orders rows by its values or against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_field_names, reason = "`type` is a reserved word")]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Unique in the table for all time: a column added after another of its name was dropped is another column.
    pub(crate) number: u32,
    pub(crate) column_type: ColumnType,
}

/// A table without its name and rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableDefinition {
    /// Those of the partition key, then the clustering columns, then the others by name.
    columns: Vec<Column>,
    partition: usize,
    clustering: Vec<Direction>,
    next_number: u32,
    /// The names and types of columns that were dropped: a name comes back only with a type that reads the old values.
    dropped: Vec<(String, String)>,
    indexes: Vec<Index>,
}

impl TableDefinition {
    /// `key` are the partition columns followed by the clustering columns; `others` come in any order.
    pub(crate) fn new(
        key: Vec<(String, ColumnType)>,
        clustering: Vec<Direction>,
        others: Vec<(String, ColumnType)>,
    ) -> Self {
        let mut definition = Self {
            columns: Vec::new(),
            partition: key.len() - clustering.len(),
            clustering,
            next_number: 0,
            dropped: Vec::new(),
            indexes: Vec::new(),
        };
        for (name, column_type) in key {
            let number = definition.take_number();
            definition.columns.push(Column {
                name,
                number,
                column_type,
            });
        }
        for (name, column_type) in others {
            definition.add_column(name, column_type);
        }
        definition
    }

    /// All columns, in the order in which the API lists them.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn partition_columns(&self) -> &[Column] {
        &self.columns[..self.partition]
    }

    pub(crate) fn clustering_columns(&self) -> &[Column] {
        &self.columns[self.partition..self.key_length()]
    }

    pub(crate) fn key_columns(&self) -> &[Column] {
        &self.columns[..self.key_length()]
    }

    fn key_length(&self) -> usize {
        self.partition + self.clustering.len()
    }

    /// The directions of the clustering columns.
    pub(crate) fn clustering(&self) -> &[Direction] {
        &self.clustering
    }

    /// Where a column stands among [`Self::columns`]; the first [`Self::key_columns`] are the primary key.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let (key, others) = self.columns.split_at(self.key_length());
        let in_key = key.iter().position(|column| column.name == name);
        in_key.or_else(|| {
            let found = others.binary_search_by(|column| column.name.as_str().cmp(name));
            found.ok().map(|position| key.len() + position)
        })
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.position(name).map(|position| &self.columns[position])
    }

    pub(crate) fn is_key_column(&self, name: &str) -> bool {
        self.key_columns().iter().any(|column| column.name == name)
    }

    pub(crate) fn is_partition_column(&self, name: &str) -> bool {
        let mut partition = self.partition_columns().iter();
        partition.any(|column| column.name == name)
    }

    /// The names of all columns, for a message.
    pub(crate) fn names(&self) -> String {
        quoted(self.columns.iter().map(|column| column.name.as_str()))
    }

    /// Its indexes, by name.
    pub(crate) fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    pub(crate) fn add_index(&mut self, index: Index) {
        self.indexes.push(index);
        self.indexes.sort_by(|one, other| one.name.cmp(&other.name));
    }

    pub(crate) fn drop_index(&mut self, name: &str) {
        self.indexes.retain(|index| index.name != name);
    }

    /// Adds a column beside the key.
    pub(crate) fn add_column(&mut self, name: String, column_type: ColumnType) -> u32 {
        let number = self.take_number();
        self.columns.push(Column {
            name,
            number,
            column_type,
        });
        let key = self.key_length();
        self.columns[key..].sort_by(|one, other| one.name.cmp(&other.name));
        number
    }

    /// Drops a column that is not of the key, and remembers that it was there.
    pub(crate) fn drop_column(&mut self, name: &str) -> Option<Column> {
        let position = self.position(name)?;
        let column = self.columns.remove(position);
        self.dropped.retain(|(dropped, _)| dropped != name);
        let old = (column.name.clone(), column.column_type.in_cql());
        self.dropped.push(old);
        Some(column)
    }

    /// Whether a column of this name was dropped whose values this type could not have. A type that was made by
    /// `createType` has none: the database remembers a tuple in its place.
    pub(crate) fn was_dropped_with_another_type(
        &self,
        name: &str,
        column_type: &ColumnType,
    ) -> bool {
        let mut dropped = self.dropped.iter();
        dropped.any(|(dropped, old)| {
            let has_user_type = column_type.user_type().is_some();
            dropped == name && (has_user_type || !reads_values_of(&column_type.in_cql(), old))
        })
    }

    /// Changes the type of a column in a way that leaves its values readable.
    pub(crate) fn retype(&mut self, name: &str, change: impl FnOnce(&mut ColumnType)) {
        let column = self.columns.iter_mut().find(|column| column.name == name);
        if let Some(column) = column {
            change(&mut column.column_type);
        }
    }

    /// Puts the changed form of a user-defined type in the place of the old one.
    pub(crate) fn replace_user_type(&mut self, new: &Arc<UserType>) {
        for column in &mut self.columns {
            column.column_type.replace_user_type(new);
        }
    }

    /// Whether a column is made of the user-defined type of this name.
    pub(crate) fn uses(&self, user_type: &str) -> bool {
        let mut used = self
            .columns
            .iter()
            .filter_map(|column| column.column_type.user_type());
        used.any(|used| used.name == user_type)
    }

    fn take_number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    /// `columns` and `primaryKey` as listTables shows them.
    pub(crate) fn describe(&self) -> Object {
        let names = |columns: &[Column]| -> Vec<Value> {
            columns
                .iter()
                .map(|column| column.name.as_str().into())
                .collect()
        };
        let directions = self.clustering_columns().iter().zip(&self.clustering);
        let sort: Object = directions
            .map(|(column, direction)| (column.name.as_str(), direction.as_number()))
            .collect();
        let mut key = Object::from([("partitionBy", names(self.partition_columns()))]);
        key.insert("partitionSort", sort);
        Object::from([
            ("columns", describe_columns(&self.columns, Shown::InSchema)),
            ("primaryKey", key),
        ])
    }

    /// The text under which the definition is kept.
    pub(crate) fn to_text(&self) -> String {
        let column = |column: &Column| -> Value {
            let mut kept = Object::from([("name", column.name.as_str())]);
            kept.insert("number", column.number);
            kept.insert("type", column.column_type.describe(Shown::InSchema));
            kept.into()
        };
        let directions = self
            .clustering
            .iter()
            .map(|direction| direction.as_number().into());
        let dropped = self.dropped.iter();
        let mut kept = Object::new();
        kept.insert(
            "columns",
            self.columns.iter().map(column).collect::<Vec<_>>(),
        );
        kept.insert("partition", self.partition);
        kept.insert("clustering", directions.collect::<Vec<Value>>());
        kept.insert("nextNumber", self.next_number);
        kept.insert(
            "dropped",
            dropped
                .map(|(name, old)| (name.as_str(), old.as_str()))
                .collect::<Object>(),
        );
        kept.insert(
            "indexes",
            self.indexes.iter().map(Index::to_value).collect::<Vec<_>>(),
        );
        Value::from(kept).to_json()
    }

    /// Reads what [`Self::to_text`] wrote. `user_type` finds types by name.
    pub(crate) fn from_text(
        text: &str,
        user_type: &impl Fn(&str) -> Option<Arc<UserType>>,
    ) -> Option<Self> {
        let kept = json::parse_stored(text).ok()?;
        let kept = kept.as_object()?;
        let column = |column: &Value| {
            let column = column.as_object()?;
            Some(Column {
                name: column.get("name")?.as_str()?.to_owned(),
                number: number(column.get("number")?)?,
                column_type: ColumnType::from_description(
                    column.get("type")?.as_object()?,
                    user_type,
                )?,
            })
        };
        let dropped = kept.get("dropped")?.as_object()?.iter();
        Some(Self {
            columns: all(kept.get("columns")?, column)?,
            partition: number(kept.get("partition")?)?,
            clustering: all(kept.get("clustering")?, Direction::from_value)?,
            next_number: number(kept.get("nextNumber")?)?,
            dropped: dropped
                .map(|(name, old)| Some((name.clone(), old.as_str()?.to_owned())))
                .collect::<Option<_>>()?,
            indexes: all(kept.get("indexes")?, Index::from_value)?,
        })
    }
}

impl Direction {
    fn as_number(self) -> i32 {
        match self {
            Self::Ascending => 1,
            Self::Descending => -1,
        }
    }

    /// Reads `1` or `-1`.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        match value.as_number()?.as_str() {
            "1" => Some(Self::Ascending),
            "-1" => Some(Self::Descending),
            _ => None,
        }
    }

    pub(crate) fn is_descending(self) -> bool {
        self == Self::Descending
    }
}

/// An object of the types of columns.
pub(crate) fn describe_columns<'a>(
    columns: impl IntoIterator<Item = &'a Column>,
    shown: Shown,
) -> Object {
    columns
        .into_iter()
        .map(|column| (column.name.as_str(), column.column_type.describe(shown)))
        .collect()
}

/// Names for a message: `'a', 'b'`.
pub(crate) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("'{name}'"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether values written as one type can be read as another: to the database, a dropped column may still have some
/// (`isValueCompatibleWith` of Cassandra's types).
fn reads_values_of(new: &str, old: &str) -> bool {
    new == old
        || matches!(
            (new, old),
            ("blob", _)
                | ("text", "ascii")
                | ("varint", "int" | "bigint" | "timestamp")
                | ("bigint", "timestamp")
                | ("timestamp" | "time", "bigint")
                | ("date", "int")
        )
}

fn all<T>(values: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    values.as_array()?.iter().map(read).collect()
}

fn number<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_number()?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::column_type::Scalar;

    fn crew() -> TableDefinition {
        let text = || ColumnType::Scalar(Scalar::Text);
        TableDefinition::new(
            vec![("ship".to_owned(), text()), ("name".to_owned(), text())],
            vec![Direction::Descending],
            vec![
                ("rank".to_owned(), ColumnType::Scalar(Scalar::Int)),
                ("age".to_owned(), ColumnType::Scalar(Scalar::Int)),
            ],
        )
    }

    #[test]
    fn key_columns_come_first_and_the_others_by_name() {
        let mut crew = crew();
        crew.add_column("mail".to_owned(), ColumnType::Scalar(Scalar::Text));
        let names: Vec<_> = crew
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(names, ["ship", "name", "age", "mail", "rank"]);
        assert_eq!(
            Value::from(crew.describe()).to_json(),
            r#"{"columns":{"ship":{"type":"text"},"name":{"type":"text"},"age":{"type":"int"},"mail":{"type":"text"},"rank":{"type":"int"}},"primaryKey":{"partitionBy":["ship"],"partitionSort":{"name":-1}}}"#
        );
    }

    #[test]
    fn a_definition_is_read_as_it_was_written() {
        let mut crew = crew();
        crew.drop_column("rank");
        let again = TableDefinition::from_text(&crew.to_text(), &|_| None);
        assert_eq!(again, Some(crew));
    }

    #[test]
    fn a_dropped_name_comes_back_with_a_new_number_and_a_type_that_reads_the_old_values() {
        let mut crew = crew();
        let old = crew.drop_column("age").map(|column| column.number);
        for (scalar, refused) in [
            (Scalar::Int, false),
            (Scalar::Varint, false),
            (Scalar::Text, true),
        ] {
            let column_type = ColumnType::Scalar(scalar);
            assert_eq!(
                crew.was_dropped_with_another_type("age", &column_type),
                refused
            );
        }
        let new = crew.add_column("age".to_owned(), ColumnType::Scalar(Scalar::Int));
        assert_ne!(old, Some(new));
    }
}
