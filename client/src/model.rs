//! Definitions made of types: what `#[derive(TableRow)]`, `#[derive(Udt)]` and
//! `#[derive(CollectionDocument)]` implement.
//!
//! The traits can be implemented by hand just as well.

mod value;

use indexmap::IndexMap;
use serde::Serialize;

pub use value::{ColumnValue, ElementValue, FieldValue, KeyValue, ListValue};

use crate::schema::{CollectionDefinition, IndexDescriptor, TableDefinition, TypeDefinition};

/// A struct that is a row of one table.
///
/// `#[derive(TableRow)]` implements it: the columns are the fields as serde names them, their types
/// follow from the types of the fields (see [`ColumnValue`]).
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use astra_db::model::TableRow as _;
/// use astra_db::schema::{ColumnType, Order, TableDefinition};
/// use astra_db::table::{Timestamp, Uuid};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, astra_db::TableRow)]
/// #[table(name = "reviews")]
/// #[serde(rename_all = "camelCase")]
/// struct Review {
///     #[partition_key]
///     vehicle_id: Uuid,
///     #[clustering(desc)]
///     written_at: Timestamp,
///     #[index]
///     rating: Option<i32>,
/// }
///
/// let definition = TableDefinition::default()
///     .column("vehicleId", ColumnType::Uuid)
///     .column("writtenAt", ColumnType::Timestamp)
///     .column("rating", ColumnType::Int)
///     .partition_by(["vehicleId"])
///     .partition_sort("writtenAt", Order::Descending);
/// assert_eq!(Review::definition(), definition);
/// assert_eq!(Review::written_at().path(), "writtenAt");
/// assert_eq!(Review::indexes()[0].name, "reviews_rating_idx");
///
/// # let review: Review = serde_json::from_str(
/// #     r#"{"vehicleId": "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55", "writtenAt": "2024-01-31T12:00:00Z"}"#,
/// # )?;
/// // A filter for this row and no other; a key that lacks a column does not compile.
/// let key: ReviewKey = review.key();
/// # assert_eq!(
/// #     serde_json::to_value(&key)?,
/// #     serde_json::json!({"vehicleId": "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55", "writtenAt": "2024-01-31T12:00:00Z"}),
/// # );
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait TableRow {
    /// The columns of the primary key. Written as JSON it is a filter for one row.
    type Key: Serialize;

    /// The name of the table.
    const TABLE_NAME: &'static str;

    /// The primary key of this row.
    fn key(&self) -> Self::Key;

    /// The columns and the primary key of the table.
    fn definition() -> TableDefinition;

    /// The indexes of the table.
    fn indexes() -> Vec<IndexDescriptor>;

    /// The user-defined types its columns need.
    fn types() -> UserTypes;
}

/// A struct that is a value of one user-defined type.
///
/// `#[derive(Udt)]` implements it and [`ColumnValue`], so that the struct can be the type of a
/// field of a row.
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use astra_db::model::{ColumnValue as _, Udt as _};
/// use astra_db::schema::{ColumnType, TypeDefinition};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, astra_db::Udt)]
/// #[udt(name = "address")]
/// struct Address {
///     street: Option<String>,
///     number: i32,
/// }
///
/// let definition =
///     TypeDefinition::default().field("street", ColumnType::Text).field("number", ColumnType::Int);
/// assert_eq!(Address::definition(), definition);
/// assert_eq!(Vec::<Address>::column_type(), ColumnType::list(ColumnType::user_defined("address")));
/// ```
pub trait Udt {
    /// The name of the type.
    const TYPE_NAME: &'static str;

    /// The fields of the type.
    fn definition() -> TypeDefinition;
}

/// A struct that is a document of one collection.
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use astra_db::model::CollectionDocument as _;
/// use astra_db::schema::{CollectionDefinition, DefaultIdType, SimilarityMetric};
/// use astra_db::Vector;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, astra_db::CollectionDocument)]
/// #[collection(
///     name = "songs",
///     default_id = "uuidv7",
///     vector(dimension = 3, metric = "cosine"),
///     lexical = false,
/// )]
/// struct Song {
///     title: String,
///     #[not_indexed]
///     lyrics: String,
///     #[serde(rename = "$vector")]
///     vector: Vector,
/// }
///
/// let definition = CollectionDefinition::default()
///     .default_id(DefaultIdType::UuidV7)
///     .vector(3, SimilarityMetric::Cosine)
///     .no_lexical()
///     .indexing_deny(["lyrics"]);
/// assert_eq!(Song::definition(), definition);
/// assert_eq!((Song::COLLECTION_NAME, Song::title().path()), ("songs", "title"));
/// ```
pub trait CollectionDocument {
    /// The name of the collection.
    const COLLECTION_NAME: &'static str;

    /// The settings of the collection.
    fn definition() -> CollectionDefinition;
}

/// User-defined types by their names, in the order they were met.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserTypes(IndexMap<&'static str, TypeDefinition>);

impl UserTypes {
    /// Adds the type of a struct.
    pub fn insert<T: Udt + ?Sized>(&mut self) {
        self.0.insert(T::TYPE_NAME, T::definition());
    }

    /// The types in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &TypeDefinition)> {
        self.0.iter().map(|(name, definition)| (*name, definition))
    }
}
