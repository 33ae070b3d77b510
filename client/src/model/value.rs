//! Which type of column a type of Rust needs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::UserTypes;
use crate::column_value::{Date, Double, Duration, Float, Time, Timestamp, Uuid};
use crate::schema::ColumnType;
use crate::value::{Binary, Number};

/// A type that a column can hold, see the table at [`ColumnType`].
///
/// An `Option` is a column that may be without a value. A [`Number`] is a `decimal`,
/// `#[column(type = "varint")]` makes it a `varint`. A [`Vector`](crate::Vector) is not among them:
/// `#[vector(dimension = ..)]` says what its type does not. A `Vec` is a `list`,
/// `#[column(type = "set")]` makes it a `set`.
///
/// ```
/// use astra_db::model::{ColumnValue, ElementValue, KeyValue};
/// use astra_db::schema::ColumnType;
/// use astra_db::table::Uuid;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// #[serde(transparent)]
/// struct VehicleId(Uuid);
///
/// impl ColumnValue for VehicleId {
///     fn column_type() -> ColumnType {
///         ColumnType::Uuid
///     }
/// }
/// impl ElementValue for VehicleId {} // in lists, sets and maps, too
/// impl KeyValue for VehicleId {} // in primary keys, and as key of a map
///
/// assert_eq!(Vec::<VehicleId>::column_type(), ColumnType::list(ColumnType::Uuid));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a column",
    note = "a vector needs `#[vector(dimension = ..)]`, a struct `#[derive(Udt)]`, and `#[column(type = \"..\")]` names a primitive type",
    note = "UUIDs and points in time in tables are `astra_db::table::Uuid` and `astra_db::table::Timestamp`"
)]
pub trait ColumnValue {
    /// The type of the column.
    fn column_type() -> ColumnType;

    /// Collects the user-defined types in it.
    fn user_types(types: &mut UserTypes) {
        let _ = types;
    }
}

/// A type that a list, a set or the values of a map can be of: a primitive one, or a user-defined.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a list, a set or a map",
    note = "elements are of primitive or user-defined types, and never without a value"
)]
pub trait ElementValue: ColumnValue {}

/// A type that a field of a user-defined type can have: a primitive one, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a field of a user-defined type",
    note = "such fields are of primitive types; `#[column(type = \"..\")]` names one"
)]
pub trait FieldValue: ColumnValue {}

/// A type that a column of a primary key, and the key of a map, can have: a primitive one but
/// `duration`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a key",
    note = "keys are of primitive types other than `duration`, and never without a value"
)]
pub trait KeyValue: ElementValue {}

/// A type that is written as a list, so that `#[column(type = "set")]` can make its column a set: a
/// `Vec`, for elements Rust has no order and no hash for. What is read of a set is in the order of
/// the server, and every element is there once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a set",
    note = "a `Vec` can; a `BTreeSet` or a `HashSet` is one without being told"
)]
pub trait ListValue: ColumnValue {
    /// The type of the elements.
    fn element_type() -> ColumnType;
}

impl<T: ElementValue> ListValue for Vec<T> {
    fn element_type() -> ColumnType {
        T::column_type()
    }
}

impl<T: ListValue> ListValue for Option<T> {
    fn element_type() -> ColumnType {
        T::element_type()
    }
}

macro_rules! primitives {
    ($($type:ty => $column:ident),* $(,)?) => {$(
        impl ColumnValue for $type {
            fn column_type() -> ColumnType {
                ColumnType::$column
            }
        }
        impl ElementValue for $type {}
        impl FieldValue for $type {}
    )*};
}

primitives! {
    String => Text,
    i8 => TinyInt,
    i16 => SmallInt,
    i32 => Int,
    i64 => BigInt,
    i128 => VarInt,
    Number => Decimal,
    f32 => Float,
    Float => Float,
    f64 => Double,
    Double => Double,
    bool => Boolean,
    Date => Date,
    Time => Time,
    Timestamp => Timestamp,
    Duration => Duration,
    Uuid => Uuid,
    IpAddr => Inet,
    Ipv4Addr => Inet,
    Ipv6Addr => Inet,
    Binary => Blob,
}

macro_rules! keys {
    ($($type:ty),* $(,)?) => {$(impl KeyValue for $type {})*};
}

keys! {
    String, i8, i16, i32, i64, i128, Number, f32, Float, f64, Double, bool, Date, Time, Timestamp,
    Uuid, IpAddr, Ipv4Addr, Ipv6Addr, Binary,
}

/// Types of other crates that are written as columns want it.
macro_rules! of_other_crates {
    ($($feature:literal: $($type:ty => $column:ident),*;)*) => {$(
        #[cfg(feature = $feature)]
        primitives! { $($type => $column),* }
        #[cfg(feature = $feature)]
        keys! { $($type),* }
    )*};
}

of_other_crates! {
    "uuid": ::uuid::Uuid => Uuid;
    "jiff": jiff::Timestamp => Timestamp, jiff::civil::Date => Date, jiff::civil::Time => Time;
    "chrono": chrono::DateTime<chrono::Utc> => Timestamp, chrono::NaiveDate => Date,
        chrono::NaiveTime => Time;
}

impl<T: ColumnValue> ColumnValue for Option<T> {
    fn column_type() -> ColumnType {
        T::column_type()
    }

    fn user_types(types: &mut UserTypes) {
        T::user_types(types);
    }
}

impl<T: FieldValue> FieldValue for Option<T> {}

macro_rules! containers {
    ($($type:ident<$($parameter:ident),*> => $column:ident),* $(,)?) => {$(
        impl<T: ElementValue, $($parameter),*> ColumnValue for $type<T, $($parameter),*> {
            fn column_type() -> ColumnType {
                ColumnType::$column(T::column_type())
            }

            fn user_types(types: &mut UserTypes) {
                T::user_types(types);
            }
        }
    )*};
}

containers! {
    Vec<> => list,
    BTreeSet<> => set,
    HashSet<S> => set,
}

macro_rules! maps {
    ($($type:ident<$($parameter:ident),*>),* $(,)?) => {$(
        impl<K: KeyValue, V: ElementValue, $($parameter),*> ColumnValue for $type<K, V, $($parameter),*> {
            fn column_type() -> ColumnType {
                ColumnType::map(K::column_type(), V::column_type())
            }

            fn user_types(types: &mut UserTypes) {
                V::user_types(types);
            }
        }
    )*};
}

maps! {
    BTreeMap<>,
    HashMap<S>,
}
