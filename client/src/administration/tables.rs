//! Making, listing, changing and dropping tables, their indexes and types.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Serialize;

use crate::action::{CreateSchema, DropSchema, ListSchema, Place, awaited, call_options};
use crate::column_value::Row;
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;
use crate::schema::{
    Column, Columns, IndexDefinition, IndexDescriptor, ServiceOptions, TableDefinition,
    TableDescriptor, TextIndex, VectorIndex,
};
use crate::table::Table;

impl Database {
    fn place(&self) -> Place {
        Place {
            database: self.clone(),
            table: None,
        }
    }

    /// Makes a table in the keyspace of this handle.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::{ColumnType, Order, TableDefinition};
    ///
    /// let definition = TableDefinition::default()
    ///     .column("vehicle", ColumnType::Uuid)
    ///     .column("at", ColumnType::Timestamp)
    ///     .column("rating", ColumnType::Int)
    ///     .partition_by(["vehicle"])
    ///     .partition_sort("at", Order::Descending);
    /// let reviews = db.create_table("reviews", definition).if_not_exists().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_already_exists`](crate::Error::is_already_exists) when there is a table of this
    /// name, unless [`if_not_exists`](CreateTable::if_not_exists) is asked for.
    #[doc(alias = "createTable")]
    pub fn create_table(
        &self,
        name: impl Into<Arc<str>>,
        definition: impl Borrow<TableDefinition>,
    ) -> CreateTable {
        let name = name.into();
        CreateTable {
            create: CreateSchema::new(self.place(), "createTable", &*name, definition.borrow()),
            table: self.table(name),
        }
    }

    /// The tables of the keyspace with their columns and keys.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// for found in db.list_tables().await? {
    ///     // What is listed can be made again elsewhere.
    ///     db.keyspace("copy").create_table(found.name, found.definition).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listTables")]
    pub fn list_tables(&self) -> ListSchema<TableDescriptor> {
        ListSchema::new(self.place(), "listTables", true)
    }

    /// The names of the tables of the keyspace.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// let names: Vec<String> = db.list_table_names().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listTables")]
    pub fn list_table_names(&self) -> ListSchema<String> {
        ListSchema::new(self.place(), "listTables", false)
    }

    /// Drops a table with all that is in it.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// db.drop_table("reviews").if_exists().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "dropTable")]
    pub fn drop_table(&self, name: impl Into<String>) -> DropSchema {
        DropSchema::new(self, "dropTable", name)
    }

    /// Drops an index, which is found by its name alone: names of indexes are unique in a keyspace.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// db.drop_index("vehicles_by_make").if_exists().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "dropIndex")]
    pub fn drop_index(&self, name: impl Into<String>) -> DropSchema {
        DropSchema::new(self, "dropIndex", name)
    }
}

/// Makes a table. Made by [`Database::create_table`]; awaiting it answers the [`Table`].
#[derive(Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct CreateTable {
    create: CreateSchema,
    table: Table<Row>,
}

impl CreateTable {
    /// One time limit for this call: all of its requests, retries and waits.
    pub fn timeout(self, timeout: std::time::Duration) -> Self {
        self.with_options(|options| options.timeout(timeout))
    }

    /// Other options for this call only.
    pub fn with_options(self, change: impl FnOnce(Options) -> Options) -> Self {
        Self {
            create: self.create.with_options(change),
            ..self
        }
    }

    /// Leaves a table that is there under this name as it is, whatever its definition. The call is
    /// then repeated when its answer is lost.
    pub fn if_not_exists(self) -> Self {
        Self {
            create: self.create.if_not_exists(),
            ..self
        }
    }

    async fn run(self) -> Result<Table<Row>> {
        self.create.run().await?;
        Ok(self.table)
    }
}

awaited!(CreateTable => Table<Row>);

impl<R> Table<R> {
    fn place(&self) -> Place {
        Place {
            database: self.database().clone(),
            table: Some(self.name().into()),
        }
    }

    fn alter(&self, operation: Operation) -> AlterTable {
        AlterTable {
            options: Arc::clone(self.database().options()),
            place: self.place(),
            operation,
        }
    }

    /// Adds columns.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::ColumnType;
    ///
    /// vehicles.add_columns([("doors", ColumnType::TinyInt), ("colours", ColumnType::list(ColumnType::Text))]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_already_exists`](crate::Error::is_already_exists) when there is a column of one
    /// of the names.
    #[doc(alias = "alterTable")]
    pub fn add_columns<N: Into<String>, C: Into<Column>>(
        &self,
        columns: impl IntoIterator<Item = (N, C)>,
    ) -> AlterTable {
        let columns = columns.into_iter().collect();
        self.alter(Operation::Add { columns })
    }

    /// Drops columns with all their values. Columns of the key and indexed ones are refused.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// vehicles.drop_columns(["doors"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "alterTable")]
    pub fn drop_columns<N: Into<String>>(
        &self,
        columns: impl IntoIterator<Item = N>,
    ) -> AlterTable {
        let columns = columns.into_iter().map(Into::into).collect();
        self.alter(Operation::Drop { columns })
    }

    /// Has services compute the vectors of vector columns from text.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::ServiceOptions;
    ///
    /// let service = ServiceOptions::new("nvidia", "NV-Embed-QA");
    /// vehicles.add_vectorize([("embedding", service)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "alterTable")]
    pub fn add_vectorize<N: Into<String>>(
        &self,
        columns: impl IntoIterator<Item = (N, ServiceOptions)>,
    ) -> AlterTable {
        let columns = columns.into_iter();
        self.alter(Operation::AddVectorize {
            columns: columns
                .map(|(name, service)| (name.into(), service))
                .collect(),
        })
    }

    /// Leaves the vectors of vector columns to the caller again.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// vehicles.drop_vectorize(["embedding"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "alterTable")]
    pub fn drop_vectorize<N: Into<String>>(
        &self,
        columns: impl IntoIterator<Item = N>,
    ) -> AlterTable {
        let columns = columns.into_iter().map(Into::into).collect();
        self.alter(Operation::DropVectorize { columns })
    }

    /// Makes an index of any kind; of a column by its name, one for filters.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::{IndexedColumn, RegularIndex};
    ///
    /// vehicles.create_index("vehicles_by_year", "year").if_not_exists().await?;
    /// vehicles.create_index("vehicles_by_make", RegularIndex::new("make").case_sensitive(false)).await?;
    /// vehicles.create_index("vehicles_by_extra", IndexedColumn::Keys("extras".into())).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_already_exists`](crate::Error::is_already_exists) when the keyspace has an index
    /// of this name, unless [`if_not_exists`](CreateSchema::if_not_exists) is asked for.
    #[doc(alias = "createIndex")]
    pub fn create_index(
        &self,
        name: impl Into<String>,
        index: impl Into<IndexDefinition>,
    ) -> CreateSchema {
        let index = index.into();
        let command = match &index {
            IndexDefinition::Vector(_) => "createVectorIndex",
            IndexDefinition::Text(_) => "createTextIndex",
            IndexDefinition::Regular(_) | IndexDefinition::Unknown { .. } => "createIndex",
        };
        CreateSchema::new(self.place(), command, name, &index)
    }

    /// Makes an index of a vector column, for sorts by it.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::{SimilarityMetric, VectorIndex};
    ///
    /// let index = VectorIndex::new("embedding").metric(SimilarityMetric::DotProduct);
    /// vehicles.create_vector_index("vehicles_by_likeness", index).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createVectorIndex")]
    pub fn create_vector_index(
        &self,
        name: impl Into<String>,
        index: impl Into<VectorIndex>,
    ) -> CreateSchema {
        self.create_index(name, index.into())
    }

    /// Makes an index of the words of a text column, for `$match` and sorts by text.
    ///
    /// ```
    /// # async fn run(reviews: astra_db::Table) -> Result<(), astra_db::Error> {
    /// reviews.create_text_index("reviews_by_words", "body").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "createTextIndex")]
    pub fn create_text_index(
        &self,
        name: impl Into<String>,
        index: impl Into<TextIndex>,
    ) -> CreateSchema {
        self.create_index(name, index.into())
    }

    /// The indexes of the table.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table, copy: astra_db::Table) -> Result<(), astra_db::Error> {
    /// for found in vehicles.list_indexes().await? {
    ///     // What is listed can be made again elsewhere.
    ///     copy.create_index(format!("copy_{}", found.name), found.definition).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listIndexes")]
    pub fn list_indexes(&self) -> ListSchema<IndexDescriptor> {
        ListSchema::new(self.place(), "listIndexes", true)
    }

    /// The names of the indexes of the table.
    ///
    /// ```
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// let names: Vec<String> = vehicles.list_index_names().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listIndexes")]
    pub fn list_index_names(&self) -> ListSchema<String> {
        ListSchema::new(self.place(), "listIndexes", false)
    }
}

/// Changes the columns of a table. Made by [`Table::add_columns`], [`Table::drop_columns`],
/// [`Table::add_vectorize`] and [`Table::drop_vectorize`].
#[derive(Clone)]
#[must_use = "a command is sent when it is awaited"]
pub struct AlterTable {
    place: Place,
    operation: Operation,
    options: Arc<Options>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Operation {
    Add {
        columns: Columns,
    },
    Drop {
        columns: Vec<String>,
    },
    AddVectorize {
        columns: IndexMap<String, ServiceOptions>,
    },
    DropVectorize {
        columns: Vec<String>,
    },
}

#[derive(Serialize)]
struct AlterPayload<'a> {
    operation: &'a Operation,
}

impl AlterTable {
    call_options!();

    async fn run(self) -> Result<()> {
        let payload = AlterPayload {
            operation: &self.operation,
        };
        let sent = self
            .place
            .send("alterTable", &payload, &self.options, false);
        sent.await.map(drop)
    }
}

awaited!(AlterTable => ());

impl fmt::Debug for AlterTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AlterTable")
            .field("table", &self.place.table)
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
