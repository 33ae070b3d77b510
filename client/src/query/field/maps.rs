//! Fields that are maps.

use super::super::encode::{encode, encode_all, wrapped};
use super::super::{Filter, Map, Operand, Update};
use super::column::Subject;
use super::{CollectionDocument, Field, TableRow, key_text};
use crate::field_path::field_path;

impl<R: CollectionDocument, T: Map> Field<R, T> {
    /// The value of this key, as a field of its own. The key is taken literally, dots included.
    pub fn key(self, key: impl Operand<T::Key>) -> Field<R, T::Value> {
        self.below(key_text(key).map(|key| field_path([key])))
    }
}

/// Which of the values asked for a map has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Having {
    /// At least one.
    Any,
    /// Every one.
    All,
    /// Not one.
    None,
}

impl Having {
    fn operator(self) -> &'static str {
        match self {
            Self::Any => "$in",
            Self::All => "$all",
            Self::None => "$nin",
        }
    }
}

impl<R: TableRow, T: Map> Field<R, T> {
    /// The map has any, all or none of these keys.
    #[doc(alias = "$keys")]
    pub fn has_keys(
        self,
        having: Having,
        keys: impl IntoIterator<Item = impl Operand<T::Key>>,
    ) -> Filter<R> {
        let operand = wrapped(having.operator(), encode_all(keys));
        self.filter(Subject::Elements, "$keys", operand)
    }

    /// The map has any, all or none of these values.
    #[doc(alias = "$values")]
    pub fn has_values(
        self,
        having: Having,
        values: impl IntoIterator<Item = impl Operand<T::Value>>,
    ) -> Filter<R> {
        let operand = wrapped(having.operator(), encode_all(values));
        self.filter(Subject::Elements, "$values", operand)
    }

    /// The map has any, all or none of these keys with these values.
    pub fn has_entries(
        self,
        having: Having,
        entries: impl IntoIterator<Item = (impl Operand<T::Key>, impl Operand<T::Value>)>,
    ) -> Filter<R> {
        self.filter(Subject::Elements, having.operator(), encode_all(entries))
    }

    /// Adds a key with a value, or replaces its value.
    #[doc(alias = "$push")]
    pub fn insert(self, key: impl Operand<T::Key>, value: impl Operand<T::Value>) -> Update<R> {
        self.change("$push", encode((key, value)))
    }

    /// Adds keys with their values, or replaces their values.
    #[doc(alias("$push", "$each"))]
    pub fn insert_each(
        self,
        entries: impl IntoIterator<Item = (impl Operand<T::Key>, impl Operand<T::Value>)>,
    ) -> Update<R> {
        self.change("$push", wrapped("$each", encode_all(entries)))
    }

    /// Removes these keys.
    #[doc(alias = "$pullAll")]
    pub fn remove_keys(self, keys: impl IntoIterator<Item = impl Operand<T::Key>>) -> Update<R> {
        self.change("$pullAll", encode_all(keys))
    }
}
