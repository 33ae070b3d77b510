//! A table as it is held in memory, with the SQL of its rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::vector_cache::VectorCache;
use crate::json::Value;
use crate::table::column_type::Shown;
use crate::table::definition::{TableDefinition, describe_columns};

/// The bytes that a row lies under.
pub(crate) type RowKey = Arc<[u8]>;

/// One table as it was defined last. Two tables that had the same name at different times differ in their number.
#[derive(Debug)]
pub(crate) struct Table {
    pub(super) id: i64,
    /// The keyspace it lies in.
    pub(crate) keyspace: String,
    /// Its name, unique in the keyspace.
    pub(crate) name: String,
    pub(crate) definition: TableDefinition,
    /// All its columns with their types as they stand beside rows, written as JSON once: every read of whole rows answers it.
    pub(crate) schema: Arc<str>,
    /// The indexes of its vectors, by the positions of the columns that have a vector index.
    vectors: BTreeMap<usize, Arc<VectorCache<RowKey>>>,
    pub(super) sql: Statements,
}

impl Table {
    pub(super) fn new(id: i64, keyspace: &str, name: &str, definition: TableDefinition) -> Self {
        let columns = definition.columns().iter().enumerate();
        let vectors = columns
            .filter(|(_, column)| definition.metric(&column.name).is_some())
            .map(|(position, _)| (position, Arc::default()));
        let vectors = vectors.collect();
        let schema = describe_columns(definition.columns(), Shown::BesideRows);
        Self {
            id,
            keyspace: keyspace.to_owned(),
            name: name.to_owned(),
            schema: Value::from(schema).to_json().into(),
            sql: Statements::new(id, &definition),
            vectors,
            definition,
        }
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = (usize, &Arc<VectorCache<RowKey>>)> {
        let vectors = self.vectors.iter();
        vectors.map(|(position, cache)| (*position, cache))
    }

    /// The index of the vectors of the column at a position.
    pub(crate) fn vectors_at(&self, position: usize) -> Option<&VectorCache<RowKey>> {
        self.vectors.get(&position).map(|cache| &**cache)
    }

    /// Whether this is another form of the same table, not another table of its name.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// The SQL of one table, composed once for each form it has.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) select: String,
    pub(super) by_key: String,
    pub(super) forwards: String,
    pub(super) forwards_to_end: String,
    pub(super) backwards: String,
    pub(super) backwards_from_end: String,
    pub(super) put: String,
    pub(super) delete: String,
    pub(super) truncate: String,
    pub(super) count_up_to: String,
}

impl Statements {
    pub(super) fn new(id: i64, definition: &TableDefinition) -> Self {
        let columns = definition
            .columns()
            .iter()
            .fold(String::new(), |mut columns, column| {
                let _ = write!(columns, ", c{}", column.number);
                columns
            });
        let places = (0..definition.columns().len()).fold(String::new(), |mut places, number| {
            let _ = write!(places, ", ?{}", number + 3);
            places
        });
        let select = format!("SELECT key, marked{columns} FROM rows_{id}");
        Self {
            by_key: format!("{select} WHERE key = ?1"),
            forwards: format!("{select} WHERE key >= ?1 AND key < ?2 ORDER BY key"),
            forwards_to_end: format!("{select} WHERE key >= ?1 ORDER BY key"),
            backwards: format!("{select} WHERE key >= ?1 AND key < ?2 ORDER BY key DESC"),
            backwards_from_end: format!("{select} WHERE key >= ?1 ORDER BY key DESC"),
            put: format!(
                "INSERT OR REPLACE INTO rows_{id} (key, marked{columns}) VALUES (?1, ?2{places})"
            ),
            delete: format!("DELETE FROM rows_{id} WHERE key = ?1"),
            truncate: format!("DELETE FROM rows_{id}"),
            count_up_to: format!("SELECT count(*) FROM (SELECT 1 FROM rows_{id} LIMIT ?1)"),
            select,
        }
    }
}
