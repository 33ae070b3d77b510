//! The definition of a table, as it is given to `createTable` and listed by `listTables`: what is
//! listed can be given again.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::column::{Column, Columns};

/// The columns of a table and its primary key.
///
/// ```
/// use astra_db::schema::{ColumnType, Order, TableDefinition};
///
/// let reviews = TableDefinition::default()
///     .column("vehicle", ColumnType::Uuid)
///     .column("at", ColumnType::Timestamp)
///     .column("user", ColumnType::Text)
///     .column("rating", ColumnType::Int)
///     .column("tags", ColumnType::set(ColumnType::Text))
///     .partition_by(["vehicle"])
///     .partition_sort("at", Order::Descending)
///     .partition_sort("user", Order::Ascending);
/// assert_eq!(
///     serde_json::to_value(&reviews.primary_key)?,
///     serde_json::json!({"partitionBy": ["vehicle"], "partitionSort": {"at": -1, "user": 1}}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TableDefinition {
    /// The columns, those of the key included.
    pub columns: Columns,
    /// Which of them tell rows apart, and how rows are kept together.
    pub primary_key: PrimaryKey,
}

impl TableDefinition {
    /// Adds a column.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, column: impl Into<Column>) -> Self {
        self.columns.insert(name, column);
        self
    }

    /// The columns whose values decide which rows are kept together: a partition is what one
    /// request can read in order.
    #[must_use]
    pub fn partition_by<N: Into<String>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.primary_key.partition_by = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a clustering column: rows of a partition are in the order of these, one after the
    /// other, and told apart by them.
    #[must_use]
    pub fn partition_sort(mut self, column: impl Into<String>, order: Order) -> Self {
        self.primary_key.partition_sort.push((column.into(), order));
        self
    }
}

/// What tells the rows of a table apart. It cannot be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrimaryKey {
    /// The columns that decide in which partition a row is.
    pub partition_by: Vec<String>,
    /// The clustering columns with the order of the rows within a partition.
    #[serde(serialize_with = "write_partition_sort")]
    pub partition_sort: Vec<(String, Order)>,
}

impl PrimaryKey {
    /// The columns of the key, those of the partition first: the order of
    /// [`InsertOneResult::inserted_id`](crate::InsertOneResult::inserted_id).
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let sorted = self.partition_sort.iter().map(|(name, _)| name.as_str());
        self.partition_by.iter().map(String::as_str).chain(sorted)
    }
}

/// Smallest first, or greatest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `1`
    Ascending,
    /// `-1`
    Descending,
}

impl Serialize for Order {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i8(match self {
            Self::Ascending => 1,
            Self::Descending => -1,
        })
    }
}

impl<'de> Deserialize<'de> for Order {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i8::deserialize(deserializer)? {
            1 => Ok(Self::Ascending),
            -1 => Ok(Self::Descending),
            other => Err(serde::de::Error::custom(format_args!(
                "expected 1 or -1, found {other}"
            ))),
        }
    }
}

fn write_partition_sort<S: Serializer>(
    columns: &[(String, Order)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(columns.iter().map(|(name, order)| (name, order)))
}

/// The name of the only column, or the long form.
impl<'de> Deserialize<'de> for PrimaryKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Column(String),
            #[serde(rename_all = "camelCase")]
            Columns {
                partition_by: Vec<String>,
                #[serde(default)]
                partition_sort: PartitionSort,
            },
        }

        Ok(match Written::deserialize(deserializer)? {
            Written::Column(name) => Self {
                partition_by: vec![name],
                partition_sort: Vec::new(),
            },
            Written::Columns {
                partition_by,
                partition_sort: PartitionSort(partition_sort),
            } => Self {
                partition_by,
                partition_sort,
            },
        })
    }
}

/// An object whose order counts.
#[derive(Default)]
struct PartitionSort(Vec<(String, Order)>);

impl<'de> Deserialize<'de> for PartitionSort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sorted;

        impl<'de> Visitor<'de> for Sorted {
            type Value = PartitionSort;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("columns with 1 or -1")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let entries = std::iter::from_fn(|| map.next_entry().transpose());
                entries.collect::<Result<_, _>>().map(PartitionSort)
            }
        }

        deserializer.deserialize_map(Sorted)
    }
}

/// A table as [`Database::list_tables`](crate::Database::list_tables) gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableDescriptor {
    /// Its name.
    pub name: String,
    /// Its columns and primary key.
    pub definition: TableDefinition,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ColumnType;

    /// As `listTables` writes it.
    const LISTED: &str = r#"{"name":"t","definition":{"columns":{
        "id":{"type":"text"},
        "m":{"type":"map","keyType":"int","valueType":"text"},
        "v":{"type":"vector","dimension":3,"apiSupport":{"createTable":true,"insert":true,"read":true,"filter":false,"cqlDefinition":"vector<float, 3>"}},
        "a":{"type":"list","valueType":{"type":"userDefined","udtName":"address"}},
        "t":{"type":"UNSUPPORTED","apiSupport":{"createTable":false,"insert":false,"read":false,"filter":false,"cqlDefinition":"tuple<int>"}},
        "n":{"type":"newer"}},
        "primaryKey":{"partitionBy":["id"],"partitionSort":{"z":-1,"a":1}}}}"#;

    #[test]
    fn what_is_listed_is_read_and_can_be_given_again() {
        let TableDescriptor { definition, .. } = serde_json::from_str(LISTED).expect("a table");
        let kind = |name: &str| {
            definition
                .columns
                .get(name)
                .map(|column| column.kind.clone())
        };
        let address = ColumnType::list(ColumnType::user_defined("address"));
        assert_eq!(kind("a"), Some(address));
        assert_eq!(kind("n"), Some(ColumnType::Other("newer".to_owned())));
        let cql_definition = Some("tuple<int>".to_owned());
        assert_eq!(kind("t"), Some(ColumnType::Unsupported { cql_definition }));
        let vector = definition.columns.get("v").expect("a vector");
        assert_eq!(vector.kind, ColumnType::vector(3));
        assert!(
            vector
                .api_support
                .as_ref()
                .is_some_and(|support| support.insert && !support.filter)
        );
        let key: Vec<&str> = definition.primary_key.columns().collect();
        assert_eq!(key, ["id", "z", "a"]);

        let given = serde_json::to_string(&definition).expect("JSON");
        insta::assert_snapshot!(given, @r#"{"columns":{"id":{"type":"text"},"m":{"type":"map","keyType":"int","valueType":"text"},"v":{"type":"vector","dimension":3},"a":{"type":"list","valueType":{"type":"userDefined","udtName":"address"}},"t":{"type":"UNSUPPORTED"},"n":{"type":"newer"}},"primaryKey":{"partitionBy":["id"],"partitionSort":{"z":-1,"a":1}}}"#);
    }

    #[test]
    fn short_forms_are_read_too() {
        let definition: TableDefinition =
            serde_json::from_str(r#"{"columns":{"id":"uuid"},"primaryKey":"id"}"#)
                .expect("a table");
        let expected = TableDefinition::default()
            .column("id", ColumnType::Uuid)
            .partition_by(["id"]);
        assert_eq!(definition, expected);
        assert!(serde_json::from_str::<Order>("2").is_err());
    }
}
