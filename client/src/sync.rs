//! What it takes to make a table what a struct says it is.

mod compare;

use std::fmt;

use crate::schema::{
    CollectionDefinition, Column, ColumnType, Columns, IndexDescriptor, Order, PrimaryKey,
    TableDefinition, TypeDefinition,
};

pub(crate) use compare::{Found, Wanted, compare};

/// What [`Database::sync_table`](crate::Database::sync_table) or
/// [`Database::sync_collection`](crate::Database::sync_collection) will do, or did.
///
/// It is written out line by line, for a log or a terminal.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SyncPlan {
    /// What will be done, or was done, in this order.
    pub steps: Vec<SyncStep>,
    /// Where the database differs from the struct and is left as it is.
    pub drift: Vec<Drift>,
}

impl SyncPlan {
    /// Whether there is nothing to do and nothing differs.
    pub fn is_in_sync(&self) -> bool {
        self.steps.is_empty() && self.drift.is_empty()
    }
}

impl fmt::Display for SyncPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(formatter, "{step}")?;
        }
        for drift in &self.drift {
            writeln!(formatter, "left as it is: {drift}")?;
        }
        Ok(())
    }
}

/// One command.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SyncStep {
    /// Makes the collection.
    CreateCollection {
        /// Its name.
        name: String,
        /// Its settings.
        definition: Box<CollectionDefinition>,
    },
    /// Makes a user-defined type.
    CreateType {
        /// Its name.
        name: String,
        /// Its fields.
        definition: TypeDefinition,
    },
    /// Adds fields to a user-defined type.
    AddFields {
        /// The name of the type.
        type_name: String,
        /// The new fields.
        fields: Columns,
    },
    /// Makes the table.
    CreateTable {
        /// Its name.
        name: String,
        /// Its columns and key.
        definition: TableDefinition,
    },
    /// Adds columns to the table.
    AddColumns {
        /// The new columns.
        columns: Columns,
    },
    /// Drops an index, because it was asked to.
    DropIndex {
        /// Its name.
        name: String,
    },
    /// Drops columns with all their values, because it was asked to.
    DropColumns {
        /// Their names.
        names: Vec<String>,
    },
    /// Makes an index of the table.
    CreateIndex {
        /// Its name and definition.
        index: IndexDescriptor,
    },
}

impl fmt::Display for SyncStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateCollection { name, .. } => write!(formatter, "create collection {name}"),
            Self::CreateType { name, definition } => {
                write!(
                    formatter,
                    "create type {name} ({})",
                    Listed(&definition.fields)
                )
            }
            Self::AddFields { type_name, fields } => {
                write!(formatter, "add to type {type_name}: {}", Listed(fields))
            }
            Self::CreateTable { name, definition } => {
                write!(
                    formatter,
                    "create table {name} ({})",
                    Listed(&definition.columns)
                )
            }
            Self::AddColumns { columns } => {
                write!(formatter, "add columns: {}", Listed(columns))
            }
            Self::DropIndex { name } => write!(formatter, "drop index {name}"),
            Self::DropColumns { names } => {
                write!(formatter, "drop columns: {}", names.join(", "))
            }
            Self::CreateIndex { index } => write!(formatter, "create index {}", index.name),
        }
    }
}

/// A difference that is only told of: repairing it would lose data, or cannot be done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Drift {
    /// A setting of the collection is another. It cannot be changed.
    CollectionSetting {
        /// Where it is in the definition: `vector.metric`.
        name: String,
        /// The setting of the struct, `null` if it has none.
        wanted: serde_json::Value,
        /// The setting of the collection, `null` if it has none.
        found: serde_json::Value,
    },
    /// The primary key is another. It cannot be changed.
    PrimaryKey {
        /// The key of the struct.
        wanted: PrimaryKey,
        /// The key of the table.
        found: PrimaryKey,
    },
    /// A column has another type. It cannot be changed, and the database does not take a column of
    /// this name with another type even after the column was dropped.
    ColumnType {
        /// The name of the column.
        column: String,
        /// The type in the struct.
        wanted: ColumnType,
        /// The type in the table.
        found: ColumnType,
    },
    /// The struct has no such column. `drop_columns` drops it.
    UnknownColumn {
        /// The name of the column.
        column: String,
        /// What it is.
        found: Column,
    },
    /// A field of a user-defined type has another type. It cannot be changed.
    FieldType {
        /// The name of the type.
        type_name: String,
        /// The name of the field.
        field: String,
        /// The type in the struct.
        wanted: ColumnType,
        /// The type in the database.
        found: ColumnType,
    },
    /// The struct has no such field. Fields of a type cannot be dropped.
    UnknownField {
        /// The name of the type.
        type_name: String,
        /// The name of the field.
        field: String,
    },
    /// An index is of something else, or in another way. `drop_indexes` makes it anew.
    Index {
        /// The index of the struct.
        wanted: IndexDescriptor,
        /// The index of the table.
        found: IndexDescriptor,
    },
    /// The struct has no such index. `drop_indexes` drops it.
    UnknownIndex {
        /// The index of the table.
        found: IndexDescriptor,
    },
}

impl fmt::Display for Drift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CollectionSetting {
                name,
                wanted,
                found,
            } => write!(formatter, "setting {name} is {found}, not {wanted}"),
            Self::PrimaryKey { wanted, found } => write!(
                formatter,
                "the primary key is {}, not {}",
                Key(found),
                Key(wanted)
            ),
            Self::ColumnType {
                column,
                wanted,
                found,
            } => write!(
                formatter,
                "column {column} is {}, not {}",
                Kind(found),
                Kind(wanted)
            ),
            Self::UnknownColumn { column, found } => write!(
                formatter,
                "column {column} ({}) is not in the struct",
                Kind(&found.kind)
            ),
            Self::FieldType {
                type_name,
                field,
                wanted,
                found,
            } => write!(
                formatter,
                "field {field} of type {type_name} is {}, not {}",
                Kind(found),
                Kind(wanted)
            ),
            Self::UnknownField { type_name, field } => {
                write!(
                    formatter,
                    "field {field} of type {type_name} is not in the struct"
                )
            }
            Self::Index { wanted, found } if wanted.name == found.name => {
                write!(formatter, "index {} is defined otherwise", found.name)
            }
            Self::Index { wanted, found } => write!(
                formatter,
                "index {} takes the place of {}",
                found.name, wanted.name
            ),
            Self::UnknownIndex { found } => {
                write!(formatter, "index {} is not in the struct", found.name)
            }
        }
    }
}

/// A type as the API names it.
struct Kind<'a>(&'a ColumnType);

impl fmt::Display for Kind<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match serde_json::to_value(self.0) {
            Ok(serde_json::Value::String(name)) => formatter.write_str(&name),
            Ok(written) => write!(formatter, "{written}"),
            Err(_) => write!(formatter, "{:?}", self.0),
        }
    }
}

struct Listed<'a>(&'a Columns);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (name, column)) in self.0.iter().enumerate() {
            let separator = if position > 0 { ", " } else { "" };
            write!(formatter, "{separator}{name} {}", Kind(&column.kind))?;
        }
        Ok(())
    }
}

struct Key<'a>(&'a PrimaryKey);

impl fmt::Display for Key<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "({})", self.0.partition_by.join(", "))?;
        for (column, order) in &self.0.partition_sort {
            let order = match order {
                Order::Ascending => "ascending",
                Order::Descending => "descending",
            };
            write!(formatter, ", {column} {order}")?;
        }
        Ok(())
    }
}
