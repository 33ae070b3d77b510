//! What the types of fields have inside.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use indexmap::{IndexMap, IndexSet};

use crate::column_value::{Double, Float};
use crate::value::Number;

/// A type that is written as a list, so that its field can be asked for elements. Implement it for
/// a list of your own:
///
/// ```
/// #[derive(serde::Serialize, serde::Deserialize)]
/// #[serde(transparent)]
/// struct Tags(Vec<String>);
///
/// impl astra_db::query::List for Tags {
///     type Element = String;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list",
    note = "a list type of your own needs `impl astra_db::query::List for {Self}`"
)]
pub trait List {
    /// The type of the elements.
    type Element;
}

/// A type that is written as an object with keys of one type and values of one type, so that its
/// field can be asked for keys. Implement it for a map of your own, as [`List`] for a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map",
    note = "a map type of your own needs `impl astra_db::query::Map for {Self}`"
)]
pub trait Map {
    /// The type of the keys, which are written as text.
    type Key;
    /// The type of the values.
    type Value;
}

/// A type that is written as a number, so that its field can be counted up and multiplied.
/// Implement it for a number of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    note = "a number type of your own needs `impl astra_db::query::Numeric for {Self} {{}}`"
)]
pub trait Numeric {}

macro_rules! lists {
    ($([$($parameter:ident),*] $type:ty),* $(,)?) => {$(
        impl<T, $($parameter),*> List for $type {
            type Element = T;
        }
    )*};
}

lists! {
    [] Vec<T>, [] VecDeque<T>, [] BTreeSet<T>, [S] HashSet<T, S>, [S] IndexSet<T, S>,
}

impl<T, const COUNT: usize> List for [T; COUNT] {
    type Element = T;
}

impl<L: List> List for Option<L> {
    type Element = L::Element;
}

macro_rules! maps {
    ($([$($parameter:ident),*] $type:ty),* $(,)?) => {$(
        impl<K, V, $($parameter),*> Map for $type {
            type Key = K;
            type Value = V;
        }
    )*};
}

maps! {
    [] BTreeMap<K, V>, [S] HashMap<K, V, S>, [S] IndexMap<K, V, S>,
}

impl<M: Map> Map for Option<M> {
    type Key = M::Key;
    type Value = M::Value;
}

macro_rules! numbers {
    ($($type:ty),* $(,)?) => {$(impl Numeric for $type {})*};
}

numbers! {
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, Number, Float, Double,
}

impl<N: Numeric> Numeric for Option<N> {}
