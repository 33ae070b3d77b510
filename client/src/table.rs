//! Tables: rows of one type, what can be done with them, and the types of their columns.
//!
//! A table speaks another JSON than a collection: a UUID is plain text, a point in time is ISO
//! 8601, `NaN` is a string. [`Date`], [`Time`], [`Timestamp`], [`Duration`], [`Uuid`], [`Float`],
//! [`Double`] and [`map`] are fields of your own structs for what plain types of Rust would write
//! otherwise; see [`ColumnType`](crate::schema::ColumnType) for the whole list. Two of them have a
//! namesake in [`value`](crate::value) for collections. They convert into each other; the names are
//! the same because a program seldom needs both in one place, and `table::Timestamp` says which it
//! is where it does.
//!
//! ```
//! use std::collections::{BTreeMap, BTreeSet};
//! use std::net::IpAddr;
//!
//! use astra_db::table::{Date, Duration, Timestamp, Uuid};
//! use astra_db::{Binary, Number, Vector};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Vehicle {
//!     id: Uuid,
//!     make: String,
//!     year: i16,
//!     price: Option<Number>,
//!     built: Option<Date>,
//!     seen: Option<Timestamp>,
//!     warranty: Option<Duration>,
//!     seen_from: Option<IpAddr>,
//!     picture: Option<Binary>,
//!     embedding: Option<Vector>,
//!     tags: BTreeSet<String>,
//!     #[serde(with = "astra_db::table::map")]
//!     mileage: BTreeMap<i32, i64>,
//!     keeper: Option<Address>,
//! }
//!
//! /// A user-defined type.
//! #[derive(Serialize, Deserialize)]
//! struct Address {
//!     street: Option<String>,
//!     zip: Option<i32>,
//! }
//! ```
//!
//! # Missing, null and empty
//!
//! The server leaves a column without a value out of the row. [`Table::find`] puts it back from the
//! description of the columns that comes with every answer: an empty list, set or map reads as
//! such, and everything else as `null`, `None`. The fields of a user-defined type are not put back;
//! serde reads a missing `Option` as `None`.
//!
//! The other way round, `None` is written as `null`, which **erases** the column of a row that is
//! there. `#[serde(skip_serializing_if = "Option::is_none")]` leaves it as it is.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use serde::Serialize;

pub use crate::column_value::{
    Date, Double, Duration, Float, InvalidText, Row, Time, Timestamp, Uuid, map,
};

#[cfg(feature = "rust_decimal")]
pub use crate::column_value::decimal;

use crate::action::{
    DeleteRows, Distinct, DropSchema, Find, FindOne, InsertMany, InsertManyStream, InsertOne,
    UpdateRow, write,
};
use crate::database::Database;
use crate::error::{InsertManyError, Result};
use crate::handle::NamedRef;
use crate::model::TableRow;
use crate::options::Options;
use crate::read_query::Contents;
use crate::schema::TableDefinition;

/// A table whose rows are read and written as `R`.
///
/// `R` is a struct of yours with serde's derives, its fields named as the columns, or [`Row`] for
/// rows of any shape. The handle is cheap to clone; making one sends nothing, and does not check
/// that the table exists.
///
/// Filters and updates are anything that serializes to a JSON object: [`serde_json::json!`], what the
/// fields of a struct make, checked by the compiler (see [`query`](crate::query)), a [`Row`], or a
/// struct of the key's columns. Names are those of columns, dots and all.
///
/// ```no_run
/// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
/// use astra_db::table::{Timestamp, Uuid};
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Debug, Serialize, Deserialize)]
/// struct Review {
///     vehicle: Uuid,
///     at: Timestamp,
///     rating: i32,
///     text: Option<String>,
/// }
///
/// let reviews = db.table::<Review>("reviews");
/// let vehicle = Uuid::now_v7();
/// reviews.insert_one(&Review { vehicle, at: Timestamp::now(), rating: 5, text: None }).await?;
/// // The latest first: the order the table keeps them in, or the reverse.
/// let latest = reviews.find(json!({"vehicle": vehicle})).sort([("at", -1)]).limit(5).all().await?;
/// # Ok(())
/// # }
/// ```
pub struct Table<R = Row> {
    inner: NamedRef,
    item: PhantomData<fn() -> R>,
}

impl Database {
    /// A table of this keyspace, its rows read and written as `R`. It need not exist yet.
    ///
    /// ```
    /// # fn run(db: astra_db::Database) {
    /// let anything = db.table::<astra_db::Row>("reviews");
    /// # }
    /// ```
    pub fn table<R>(&self, name: impl Into<Arc<str>>) -> Table<R> {
        Table {
            inner: NamedRef {
                database: self.clone(),
                name: name.into(),
            },
            item: PhantomData,
        }
    }

    /// The table that `R` is a row of.
    ///
    /// ```
    /// # #[cfg(feature = "derive")]
    /// # fn run(db: astra_db::Database) {
    /// use astra_db::TableRow;
    /// use astra_db::table::Uuid;
    ///
    /// #[derive(serde::Serialize, serde::Deserialize, TableRow)]
    /// #[table(name = "vehicles")]
    /// struct Vehicle {
    ///     #[partition_key]
    ///     id: Uuid,
    /// }
    ///
    /// let vehicles = db.table_of::<Vehicle>();
    /// assert_eq!(vehicles.name(), "vehicles");
    /// # }
    /// ```
    pub fn table_of<R: TableRow>(&self) -> Table<R> {
        self.table(R::TABLE_NAME)
    }
}

impl<R> Table<R> {
    /// The name of the table.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The database and keyspace it is in, with the options of this handle.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// The same table, its rows read and written as `S`; for projections, say.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Make { make: String }
    ///
    /// let makes = vehicles.clone_with_type::<Make>().find(json!({})).projection(json!({"make": 1})).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clone_with_type<S>(&self) -> Table<S> {
        Table {
            inner: self.inner.clone(),
            item: PhantomData,
        }
    }

    /// The same table with changed options; this handle stays as it is.
    ///
    /// ```
    /// # fn run(vehicles: astra_db::Table) {
    /// use std::time::Duration;
    ///
    /// let hasty = vehicles.with_options(|options| options.timeout(Duration::from_secs(2)));
    /// # }
    /// ```
    #[must_use]
    pub fn with_options(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let database = self.database().with_options(change);
        database.table(Arc::clone(&self.inner.name))
    }

    /// Its columns and its primary key; `None` if it does not exist.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// if let Some(definition) = vehicles.definition().await? {
    ///     println!("{:?}", definition.columns.get("year"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn definition(&self) -> Result<Option<TableDefinition>> {
        let found = self.database().list_tables().await?;
        let this = found.into_iter().find(|found| found.name == self.name());
        Ok(this.map(|found| found.definition))
    }

    /// Whether it exists in its keyspace.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// assert!(vehicles.exists().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exists(&self) -> Result<bool> {
        let names = self.database().list_table_names().await?;
        Ok(names.iter().any(|name| name == self.name()))
    }

    /// Drops it with all that is in it.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// vehicles.drop().if_exists().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn drop(&self) -> DropSchema {
        self.database().drop_table(self.name())
    }

    /// Finds rows, page by page; `{}` finds all. What can be asked, with examples: [`Find`].
    ///
    /// A filter that does not name the partition, or a column without an index, makes the server
    /// read the whole table: the answer says so in its warnings.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use serde_json::json;
    ///
    /// let page = vehicles.find(json!({"make": "Volvo", "year": {"$gte": 2020}})).page().await?;
    /// for warning in &page.warnings {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn find(&self, filter: impl Serialize) -> Find<R> {
        Find::new(self.inner.clone(), Contents::Rows, filter)
    }

    /// Finds one row, the first by the sort if there is one. Examples: [`FindOne`].
    #[doc(alias = "findOne")]
    pub fn find_one(&self, filter: impl Serialize) -> FindOne<R> {
        FindOne::new(self.inner.clone(), Contents::Rows, filter)
    }

    /// Writes columns of the one row with this primary key, whether it is there or not. The
    /// operators and an example: [`UpdateRow`].
    #[doc(alias = "updateOne")]
    pub fn update_one(&self, key: impl Serialize, update: impl Serialize) -> UpdateRow {
        UpdateRow::new(self.inner.clone(), key, update)
    }

    /// Deletes the one row with this primary key. Example: [`DeleteRows`].
    #[doc(alias = "deleteOne")]
    pub fn delete_one(&self, key: impl Serialize) -> DeleteRows {
        DeleteRows::one(self.inner.clone(), key)
    }

    /// Deletes the rows of a partition, or some of them: the filter has every column of the
    /// partition, and may have clustering columns in their order. A filter without any condition is
    /// refused, [`delete_all`](Self::delete_all) deletes all rows. Example: [`DeleteRows`].
    #[doc(alias = "deleteMany")]
    pub fn delete_many(&self, filter: impl Serialize) -> DeleteRows {
        DeleteRows::many(self.inner.clone(), filter)
    }

    /// Deletes every row in one step. See [`DeleteRows`].
    #[doc(alias = "deleteMany")]
    pub fn delete_all(&self) -> DeleteRows {
        DeleteRows::all(self.inner.clone())
    }

    /// The different values of a column among the rows that match.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// let makes = vehicles.distinct("make", serde_json::json!({})).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct(&self, column: impl Into<String>, filter: impl Serialize) -> Distinct {
        Distinct::of_column(self.inner.clone(), column.into(), filter)
    }
}

impl<R: TableRow> Table<R> {
    /// Finds the row with this primary key.
    #[cfg_attr(feature = "derive", doc = "```no_run")]
    #[cfg_attr(not(feature = "derive"), doc = "```ignore")]
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::TableRow;
    /// use astra_db::table::Uuid;
    ///
    /// #[derive(serde::Serialize, serde::Deserialize, TableRow)]
    /// #[table(name = "vehicles")]
    /// struct Vehicle {
    ///     #[partition_key]
    ///     id: Uuid,
    ///     doors: i32,
    /// }
    ///
    /// let vehicles = db.table_of::<Vehicle>();
    /// let key = VehicleKey { id: Uuid::now_v7() };
    /// vehicles.update_by_key(&key, Vehicle::doors().set(4)).await?;
    /// let vehicle: Option<Vehicle> = vehicles.find_by_key(&key).await?;
    /// vehicles.delete_by_key(&key).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findOne")]
    pub fn find_by_key(&self, key: impl Borrow<R::Key>) -> FindOne<R> {
        self.find_one(key.borrow())
    }

    /// Writes columns of the row with this primary key, whether it is there or not. See
    /// [`UpdateRow`].
    #[doc(alias = "updateOne")]
    pub fn update_by_key(&self, key: impl Borrow<R::Key>, update: impl Serialize) -> UpdateRow {
        self.update_one(key.borrow(), update)
    }

    /// Deletes the row with this primary key. See [`DeleteRows`].
    #[doc(alias = "deleteOne")]
    pub fn delete_by_key(&self, key: impl Borrow<R::Key>) -> DeleteRows {
        self.delete_one(key.borrow())
    }
}

impl<R: Serialize> Table<R> {
    /// Stores a row, over one of the same primary key if there is one.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use astra_db::Row;
    /// use astra_db::table::Uuid;
    ///
    /// let row = Row::new().with("id", Uuid::now_v7()).with("make", "Volvo");
    /// let key: Row = vehicles.insert_one(row).await?.inserted_id;
    /// let id: Uuid = key.read("id").expect("the key of this table");
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "insertOne")]
    pub fn insert_one(&self, row: impl Borrow<R>) -> InsertOne<Row> {
        InsertOne::new(self.inner.clone(), row.borrow())
    }

    /// Stores rows, in as many requests as it takes.
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), astra_db::Error> {
    /// use astra_db::{Error, Row};
    /// use astra_db::table::Uuid;
    ///
    /// let rows = (0..1000).map(|n| Row::new().with("id", Uuid::now_v7()).with("year", 1900 + n % 200));
    /// match vehicles.insert_many(rows).await {
    ///     Ok(result) => println!("{} stored", result.inserted_ids.len()),
    ///     Err(Error::InsertManyRows(error)) => {
    ///         for (index, failure) in error.failed() {
    ///             eprintln!("row {index}: {failure}");
    ///         }
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "insertMany")]
    pub fn insert_many<'a, B: Borrow<R>>(
        &self,
        rows: impl IntoIterator<Item = B, IntoIter: Send + 'a>,
    ) -> InsertMany<'a, Row>
    where
        R: 'a,
    {
        let rows = rows.into_iter().map(|row| write(row.borrow()));
        InsertMany::new(self.inner.clone(), rows, InsertManyError::of_rows)
    }

    /// Stores the rows of a stream, as many as there are, in bounded memory and at the pace of the
    /// server. Rows of keys that are there already are written over, column by column. More:
    /// [`InsertManyStream`].
    ///
    /// ```no_run
    /// # async fn run(vehicles: astra_db::Table) -> Result<(), Box<dyn std::error::Error>> {
    /// # let rows = futures_util::stream::empty::<astra_db::Row>();
    /// let progress = vehicles.insert_many_stream(rows).await?;
    /// println!("{} rows stored", progress.inserted);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "insertMany")]
    #[doc(alias = "bulk insert")]
    pub fn insert_many_stream<B: Borrow<R>>(
        &self,
        rows: impl Stream<Item = B> + Send + 'static,
    ) -> InsertManyStream {
        let rows = rows.map(|row| write(row.borrow()));
        InsertManyStream::new::<Row>(self.inner.clone(), rows)
    }
}

impl<R> Clone for Table<R> {
    fn clone(&self) -> Self {
        self.clone_with_type()
    }
}

impl<R> fmt::Debug for Table<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Table")
            .field(&self.database().keyspace_name())
            .field(&self.name())
            .finish()
    }
}
