//! Making a table what a struct says it is.

use std::fmt;
use std::marker::PhantomData;

use crate::action::awaited;
use crate::column_value::Row;
use crate::database::Database;
use crate::error::Result;
use crate::model::TableRow;
use crate::options::Options;
use crate::schema::TableDefinition;
use crate::sync::{Found, SyncPlan, SyncStep, Wanted, compare};
use crate::table::Table;

/// How often it is planned anew because another program makes the same table.
const ATTEMPTS: u32 = 5;

impl Database {
    /// Makes the table of a row what `#[derive(TableRow)]` says it is: creates its user-defined types,
    /// the table, columns and indexes where they are missing. Run it when the program starts; a
    /// second time it does nothing.
    ///
    /// Nothing is dropped or changed unless it is asked for; what differs is told of as
    /// [`drift`](SyncPlan::drift). Programs that start together may all do it.
    #[cfg_attr(feature = "derive", doc = "```no_run")]
    #[cfg_attr(not(feature = "derive"), doc = "```ignore")]
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// #[derive(serde::Serialize, serde::Deserialize, astra_db::TableRow)]
    /// #[table(name = "vehicles")]
    /// struct Vehicle {
    ///     #[partition_key]
    ///     id: astra_db::table::Uuid,
    ///     #[index]
    ///     make: String,
    /// }
    ///
    /// // What would be done?
    /// println!("{}", db.sync_table::<Vehicle>().plan().await?);
    /// // Do it.
    /// let done = db.sync_table::<Vehicle>().await?;
    /// for drift in &done.drift {
    ///     eprintln!("{drift}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the commands. What was done before stays, and the next time goes on from there.
    pub fn sync_table<R: TableRow>(&self) -> SyncTable<R> {
        SyncTable {
            database: self.clone(),
            drop_columns: false,
            drop_indexes: false,
            row: PhantomData,
        }
    }
}

/// Makes a table what a struct says it is. Made by [`Database::sync_table`]; awaiting it answers
/// what was done and what differs still.
#[must_use = "nothing is done until it is awaited"]
pub struct SyncTable<R> {
    database: Database,
    drop_columns: bool,
    drop_indexes: bool,
    row: PhantomData<fn() -> R>,
}

impl<R: TableRow> SyncTable<R> {
    /// Drops columns that the struct does not have, with **all their values** and their indexes.
    pub fn drop_columns(mut self, drop_columns: bool) -> Self {
        self.drop_columns = drop_columns;
        self
    }

    /// Drops indexes that the struct does not have, and makes those anew that differ.
    pub fn drop_indexes(mut self, drop_indexes: bool) -> Self {
        self.drop_indexes = drop_indexes;
        self
    }

    /// Other options for this call only.
    pub fn with_options(self, change: impl FnOnce(Options) -> Options) -> Self {
        Self {
            database: self.database.with_options(change),
            ..self
        }
    }

    /// What would be done, without doing it.
    pub async fn plan(&self) -> Result<SyncPlan> {
        let wanted = Wanted {
            drop_columns: self.drop_columns,
            drop_indexes: self.drop_indexes,
            ..Wanted::of::<R>()
        };
        Ok(compare(&wanted, &self.look(&wanted).await?))
    }

    async fn look(&self, wanted: &Wanted) -> Result<Found> {
        let table = self.table();
        let types = match wanted.types.iter().next() {
            Some(_) => self.database.list_types().await?,
            None => Vec::new(),
        };
        let definition: Option<TableDefinition> = table.definition().await?;
        let indexes = match definition {
            Some(_) => table.list_indexes().await?,
            None => Vec::new(),
        };
        Ok(Found {
            table: definition,
            indexes,
            types,
        })
    }

    fn table(&self) -> Table<Row> {
        self.database.table(R::TABLE_NAME)
    }

    async fn take(&self, step: SyncStep) -> Result<()> {
        let (database, table) = (&self.database, self.table());
        match step {
            SyncStep::CreateCollection { name, definition } => {
                let create = database.create_collection(name).definition(*definition);
                create.await.map(drop)
            }
            SyncStep::CreateType { name, definition } => {
                database.create_type(name, definition).await
            }
            SyncStep::AddFields { type_name, fields } => {
                let change = database.alter_type(type_name);
                let fields = fields.iter();
                let change = fields.fold(change, |change, (name, column)| {
                    change.add(name, column.clone())
                });
                change.await
            }
            SyncStep::CreateTable { name, definition } => {
                database.create_table(name, definition).await.map(drop)
            }
            SyncStep::AddColumns { columns } => {
                let columns = columns.iter();
                let columns = columns.map(|(name, column)| (name, column.clone()));
                table.add_columns(columns).await
            }
            SyncStep::DropIndex { name } => database.drop_index(name).if_exists().await,
            SyncStep::DropColumns { names } => table.drop_columns(names).await,
            SyncStep::CreateIndex { index } => {
                table.create_index(index.name, index.definition).await
            }
        }
    }
}

impl<R: TableRow + 'static> SyncTable<R> {
    async fn run(self) -> Result<SyncPlan> {
        let mut done = Vec::new();
        let mut attempt = 1;
        'plan: loop {
            let plan = self.plan().await?;
            for step in plan.steps {
                match self.take(step.clone()).await {
                    Ok(()) => done.push(step),
                    // Somebody was faster: what is there now?
                    Err(error) if error.is_already_exists() && attempt < ATTEMPTS => {
                        attempt += 1;
                        continue 'plan;
                    }
                    Err(error) => return Err(error),
                }
            }
            let drift = plan.drift;
            return Ok(SyncPlan { steps: done, drift });
        }
    }
}

awaited!(SyncTable<R> => SyncPlan, R: TableRow + 'static);

impl<R> fmt::Debug for SyncTable<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SyncTable")
            .field("row", &std::any::type_name::<R>())
            .field("drop_columns", &self.drop_columns)
            .field("drop_indexes", &self.drop_indexes)
            .finish_non_exhaustive()
    }
}
