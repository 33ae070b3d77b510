//! Fields that are lists or sets.

use serde::Serialize;

use super::super::encode::{Encoded, encode, encode_all, wrapped};
use super::super::{Filter, List, Operand, Update};
use super::column::Subject;
use super::{CollectionDocument, Field, TableRow};

/// The elements to push, at the end or somewhere.
#[derive(Serialize)]
struct Each<'a> {
    #[serde(rename = "$each")]
    each: &'a serde_json::value::RawValue,
    #[serde(rename = "$position")]
    position: i32,
}

fn each<T: Serialize>(elements: impl IntoIterator<Item = T>) -> Encoded {
    wrapped("$each", encode_all(elements))
}

impl<R, T: List> Field<R, T> {
    /// This is an element of it.
    pub fn contains(self, element: impl Operand<T::Element>) -> Filter<R> {
        match self.column {
            None => self.compare("$eq", encode(element)),
            Some(_) => self.contains_any([element]),
        }
    }

    /// One of these, at most 100, is an element of it.
    #[doc(alias = "$in")]
    pub fn contains_any(
        self,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Filter<R> {
        self.filter(Subject::Elements, "$in", encode_all(elements))
    }

    /// None of these, at most 100, is an element of it.
    #[doc(alias = "$nin")]
    pub fn contains_none(
        self,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Filter<R> {
        self.filter(Subject::Elements, "$nin", encode_all(elements))
    }

    /// All of these are elements of it.
    #[doc(alias = "$all")]
    pub fn contains_all(
        self,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Filter<R> {
        self.filter(Subject::Elements, "$all", encode_all(elements))
    }

    /// Adds an element at the end, or to the set.
    #[doc(alias = "$push")]
    pub fn push(self, element: impl Operand<T::Element>) -> Update<R> {
        // An object with a `$` would be taken for `$each`, which takes everything.
        let written = encode(&element);
        let is_object = written
            .as_ref()
            .is_ok_and(|json| json.get().starts_with('{'));
        if is_object {
            self.push_each([element])
        } else {
            self.change("$push", written)
        }
    }

    /// Adds elements at the end, or to the set.
    #[doc(alias("$push", "$each"))]
    pub fn push_each(
        self,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Update<R> {
        self.change("$push", each(elements))
    }
}

impl<R: CollectionDocument, T: List> Field<R, T> {
    /// It has this number of elements.
    #[doc(alias = "$size")]
    pub fn has_size(self, size: usize) -> Filter<R> {
        self.compare("$size", encode(size))
    }

    /// The element at this place, from 0.
    pub fn at(self, place: usize) -> Field<R, T::Element> {
        self.below(Ok(place.to_string()))
    }

    /// Adds elements before the one at this place; a negative place counts from the end.
    #[doc(alias("$push", "$position"))]
    pub fn push_each_at(
        self,
        position: i32,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Update<R> {
        let written = encode_all(elements).and_then(|each| {
            let each = &*each;
            encode(Each { each, position })
        });
        self.change("$push", written)
    }

    /// Adds an element that is not there yet.
    #[doc(alias = "$addToSet")]
    pub fn add_to_set(self, element: impl Operand<T::Element>) -> Update<R> {
        self.add_each_to_set([element])
    }

    /// Adds those elements that are not there yet.
    #[doc(alias("$addToSet", "$each"))]
    pub fn add_each_to_set(
        self,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Update<R> {
        self.change("$addToSet", each(elements))
    }

    /// Removes the first element.
    #[doc(alias = "$pop")]
    pub fn pop_first(self) -> Update<R> {
        self.change("$pop", encode(-1))
    }

    /// Removes the last element.
    #[doc(alias = "$pop")]
    pub fn pop_last(self) -> Update<R> {
        self.change("$pop", encode(1))
    }
}

impl<R: TableRow, T: List> Field<R, T> {
    /// Removes these elements, each wherever it stands.
    #[doc(alias = "$pullAll")]
    pub fn pull_all(
        self,
        elements: impl IntoIterator<Item = impl Operand<T::Element>>,
    ) -> Update<R> {
        self.change("$pullAll", encode_all(elements))
    }
}
