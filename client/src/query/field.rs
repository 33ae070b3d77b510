//! A field of a struct, and what can be said of it.

mod column;
mod lists;
mod maps;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;

use self::column::{Column, Subject};
pub use self::maps::Having;
use super::encode::{Encoded, encode, encode_all, failed};
use super::projection::{Share, Slice};
use super::{Filter, Numeric, Operand, Projection, Untyped, Update};
use crate::field_path::field_path;
use crate::model::{CollectionDocument, TableRow};
use crate::schema::ColumnType;
use crate::sort::Sort;
use crate::value::Vector;

/// A field of type `T` in documents or rows of type `R`. The functions of a struct with
/// `#[derive(CollectionDocument)]` or `#[derive(TableRow)]` return it.
///
/// Its methods are the operators of the Data API. Those on `R: CollectionDocument` are for
/// collections, those on `R: TableRow` for tables, the others for both. On a list there are also
/// those of `T: List`, on a map those of `T: Map`. On a struct with `#[derive(Fields)]` there is a
/// method for each of its fields.
///
/// A field is also the name itself, for [`distinct`](crate::Collection::distinct) or as a key in
/// `json!`: `String::from(Review::rating())`.
#[must_use = "a field does nothing until it is given to a command"]
pub struct Field<R, T> {
    path: Cow<'static, str>,
    /// Of a table.
    column: Option<Column>,
    /// Why the path cannot be written.
    problem: Option<String>,
    of: PhantomData<fn() -> (R, T)>,
}

/// A struct inside of documents, whose fields can be named in filters and updates. Derive it for
/// the structs that a document consists of: `Review::author().name()`.
///
/// A table has no such paths, so that its user-defined types do not need it.
pub trait Fields {
    /// What has a method for each field.
    type Of<R: CollectionDocument + 'static>: ?Sized + 'static;

    /// The field as what has those methods.
    #[doc(hidden)]
    fn of<R: CollectionDocument + 'static, T: 'static>(field: &Field<R, T>) -> &Self::Of<R>;
}

impl<F: Fields> Fields for Option<F> {
    type Of<R: CollectionDocument + 'static> = F::Of<R>;

    fn of<R: CollectionDocument + 'static, T: 'static>(field: &Field<R, T>) -> &F::Of<R> {
        F::of(field)
    }
}

impl<F: Fields> Fields for Box<F> {
    type Of<R: CollectionDocument + 'static> = F::Of<R>;

    fn of<R: CollectionDocument + 'static, T: 'static>(field: &Field<R, T>) -> &F::Of<R> {
        F::of(field)
    }
}

impl<R: CollectionDocument + 'static, T: Fields + 'static> Deref for Field<R, T> {
    type Target = T::Of<R>;

    fn deref(&self) -> &T::Of<R> {
        T::of(self)
    }
}

impl<R, T> Field<R, T> {
    /// For the derives.
    #[doc(hidden)]
    pub const fn of_document(path: &'static str) -> Self {
        Self::new(Cow::Borrowed(path), None, None)
    }

    /// For the derives.
    #[doc(hidden)]
    pub const fn of_row(name: &'static str, kind: fn() -> ColumnType, is_key: bool) -> Self {
        let column = Column { kind, is_key };
        Self::new(Cow::Borrowed(name), Some(column), None)
    }

    /// For the derives: a field of the struct in this field.
    #[doc(hidden)]
    pub fn inner<U>(&self, path: &'static str) -> Field<R, U> {
        self.below(Ok(path.to_owned()))
    }

    const fn new(path: Cow<'static, str>, column: Option<Column>, problem: Option<String>) -> Self {
        Self {
            path,
            column,
            problem,
            of: PhantomData,
        }
    }

    /// Further down the path; `below` is escaped.
    fn below<U>(&self, below: Result<String, String>) -> Field<R, U> {
        let (path, problem) = match below {
            Ok(below) => (format!("{}.{below}", self.path), self.problem.clone()),
            Err(problem) => (self.path.clone().into_owned(), Some(problem)),
        };
        Field::new(Cow::Owned(path), self.column, problem)
    }

    /// The name of a column, or the path of a field of a document, escaped.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same field, whose operators take anything that serializes.
    pub fn untyped(self) -> Field<R, Untyped> {
        Field::new(self.path, self.column, self.problem)
    }

    /// Compares it by an operator that is chosen when the program runs, or newer than this crate:
    /// `"$gte"`.
    pub fn filter_by(
        self,
        operator: impl Into<Cow<'static, str>>,
        operand: impl Serialize,
    ) -> Filter<R> {
        self.filter(Subject::Elements, operator, encode(operand))
    }

    /// Changes it by an operator that is chosen when the program runs, or newer than this crate:
    /// `"$inc"`.
    pub fn change_by(
        self,
        operator: impl Into<Cow<'static, str>>,
        operand: impl Serialize,
    ) -> Update<R> {
        self.change(operator, encode(operand))
    }

    /// Compares the whole of the field.
    fn compare(self, operator: &'static str, operand: Encoded) -> Filter<R> {
        self.filter(Subject::Whole, operator, operand)
    }

    fn filter(
        self,
        subject: Subject,
        operator: impl Into<Cow<'static, str>>,
        operand: Encoded,
    ) -> Filter<R> {
        let operator = operator.into();
        let operand = match (self.problem, self.column) {
            (Some(problem), _) => failed(problem),
            (None, None) => operand,
            (None, Some(column)) => column.checked_filter(&self.path, subject, &operator, operand),
        };
        Filter::compare(self.path, operator, operand)
    }

    fn change(self, operator: impl Into<Cow<'static, str>>, operand: Encoded) -> Update<R> {
        let operand = match (self.problem, self.column) {
            (Some(problem), _) => failed(problem),
            (None, Some(column)) if column.is_key => failed(format_args!(
                "`{}` is part of the primary key and cannot be updated: insert another row",
                self.path
            )),
            _ => operand,
        };
        Update::change(self.path, operator.into(), operand)
    }

    /// It is this value.
    #[doc(alias = "$eq")]
    pub fn eq(self, value: impl Operand<T>) -> Filter<R> {
        self.compare("$eq", encode(value))
    }

    /// It is not this value. A document without the field matches, a row without a value does not.
    #[doc(alias = "$ne")]
    pub fn ne(self, value: impl Operand<T>) -> Filter<R> {
        self.compare("$ne", encode(value))
    }

    /// It is less than this value. Values of other types never match.
    #[doc(alias = "$lt")]
    pub fn lt(self, value: impl Operand<T>) -> Filter<R> {
        self.compare("$lt", encode(value))
    }

    /// It is this value or less. Values of other types never match.
    #[doc(alias = "$lte")]
    pub fn lte(self, value: impl Operand<T>) -> Filter<R> {
        self.compare("$lte", encode(value))
    }

    /// It is greater than this value. Values of other types never match.
    #[doc(alias = "$gt")]
    pub fn gt(self, value: impl Operand<T>) -> Filter<R> {
        self.compare("$gt", encode(value))
    }

    /// It is this value or greater. Values of other types never match.
    #[doc(alias = "$gte")]
    pub fn gte(self, value: impl Operand<T>) -> Filter<R> {
        self.compare("$gte", encode(value))
    }

    /// It is one of these values, at most 100.
    #[doc(alias = "$in")]
    pub fn is_in(self, values: impl IntoIterator<Item = impl Operand<T>>) -> Filter<R> {
        self.compare("$in", encode_all(values))
    }

    /// It is none of these values, at most 100. A document without the field matches, a row without
    /// a value does not.
    #[doc(alias = "$nin")]
    pub fn not_in(self, values: impl IntoIterator<Item = impl Operand<T>>) -> Filter<R> {
        self.compare("$nin", encode_all(values))
    }

    /// It has these words: of a collection the field `$lexical`, of a table a column with a text
    /// index.
    #[doc(alias = "$match")]
    pub fn matches(self, words: impl Into<String>) -> Filter<R> {
        let words: String = words.into();
        self.compare("$match", encode(words))
    }

    /// Sets it.
    #[doc(alias = "$set")]
    pub fn set(self, value: impl Operand<T>) -> Update<R> {
        self.change("$set", encode(value))
    }

    /// Removes the field, or erases the value of the column.
    #[doc(alias = "$unset")]
    pub fn unset(self) -> Update<R> {
        self.change("$unset", encode(1))
    }

    /// The smallest first.
    pub fn asc(self) -> Sort {
        Sort::ascending(self.path)
    }

    /// The greatest first.
    pub fn desc(self) -> Sort {
        Sort::descending(self.path)
    }

    /// The most similar to a vector first: of a collection the field `$vector`, of a table a vector
    /// column with an index.
    pub fn near(self, vector: impl Into<Vector>) -> Sort {
        Sort::vector_column(self.path, vector)
    }

    /// The most similar to a text first: of a collection the field `$vectorize` or `$lexical`, of a
    /// table a vector column with an embedding service or a column with a text index.
    pub fn near_text(self, text: impl Into<String>) -> Sort {
        Sort::text_column(self.path, text)
    }

    /// Answers this field, and only those that are included.
    pub fn include(self) -> Projection<R> {
        Projection::field(self.path, Share::Whole(1))
    }

    /// Answers all fields but those that are excluded.
    pub fn exclude(self) -> Projection<R> {
        Projection::field(self.path, Share::Whole(0))
    }
}

impl<R: CollectionDocument, T> Field<R, T> {
    /// A field inside of this one whose name is known only when the program runs. Names are taken
    /// literally.
    ///
    /// ```
    /// # #[cfg(feature = "derive")] {
    /// use astra_db::{CollectionDocument, Document};
    ///
    /// #[derive(serde::Serialize, serde::Deserialize, CollectionDocument)]
    /// #[collection(name = "phones")]
    /// struct Phone {
    ///     extras: Document,
    /// }
    ///
    /// let foldable = Phone::extras().nested(["display", "folds"]).eq(true);
    /// assert_eq!(serde_json::to_string(&foldable).unwrap(), r#"{"extras.display.folds":true}"#);
    /// # }
    /// ```
    pub fn nested<N: AsRef<str>>(self, names: impl IntoIterator<Item = N>) -> Field<R, Untyped> {
        self.below(Ok(field_path(names)))
    }

    /// There is such a field, `null` included.
    #[doc(alias = "$exists")]
    pub fn exists(self) -> Filter<R> {
        self.compare("$exists", encode(true))
    }

    /// There is no such field.
    #[doc(alias = "$exists")]
    pub fn is_missing(self) -> Filter<R> {
        self.compare("$exists", encode(false))
    }

    /// Sets it in a document that an upsert makes.
    #[doc(alias = "$setOnInsert")]
    pub fn set_on_insert(self, value: impl Operand<T>) -> Update<R> {
        self.change("$setOnInsert", encode(value))
    }

    /// Sets it to the time of the server.
    #[doc(alias = "$currentDate")]
    pub fn set_to_now(self) -> Update<R> {
        self.change("$currentDate", encode(true))
    }

    /// Sets it where this value is less.
    #[doc(alias = "$min")]
    pub fn min(self, value: impl Operand<T>) -> Update<R> {
        self.change("$min", encode(value))
    }

    /// Sets it where this value is greater.
    #[doc(alias = "$max")]
    pub fn max(self, value: impl Operand<T>) -> Update<R> {
        self.change("$max", encode(value))
    }

    /// Moves its value to another field.
    #[doc(alias = "$rename")]
    pub fn rename(self, to: Self) -> Update<R> {
        self.change("$rename", encode(String::from(to)))
    }

    /// Answers the first elements of the array, or with a negative number the last.
    #[doc(alias = "$slice")]
    pub fn slice(self, count: i32) -> Projection<R> {
        let slice = Slice::End(count);
        Projection::field(self.path, Share::Slice { slice })
    }

    /// Returns this number of elements of the array after the skipped ones; a negative number of these
    /// counts from the end.
    #[doc(alias = "$slice")]
    pub fn slice_after(self, skip: i32, count: u32) -> Projection<R> {
        let slice = Slice::Part(skip, count);
        Projection::field(self.path, Share::Slice { slice })
    }
}

impl<R: CollectionDocument> Field<R, Untyped> {
    /// A field of the document that its struct does not have, by the names on its path. They are
    /// taken literally.
    ///
    /// ```
    /// # #[cfg(feature = "derive")] {
    /// use astra_db::{CollectionDocument, Field};
    ///
    /// #[derive(serde::Serialize, serde::Deserialize, CollectionDocument)]
    /// #[collection(name = "phones")]
    /// struct Phone {
    ///     price: u32,
    /// }
    ///
    /// let old = Field::<Phone, _>::named(["legacy", "v1.0"]).exists();
    /// let old = old.and(Phone::price().gt(100));
    /// assert_eq!(
    ///     serde_json::to_string(&old).unwrap(),
    ///     r#"{"legacy.v1&.0":{"$exists":true},"price":{"$gt":100}}"#,
    /// );
    /// # }
    /// ```
    pub fn named<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::new(Cow::Owned(field_path(names)), None, None)
    }
}

impl<R: CollectionDocument, T: Numeric> Field<R, T> {
    /// Adds to it; a field that is missing counts as 0.
    #[doc(alias = "$inc")]
    pub fn inc(self, by: impl Numeric + Serialize) -> Update<R> {
        self.change("$inc", encode(by))
    }

    /// Multiplies it; a field that is missing becomes 0.
    #[doc(alias = "$mul")]
    pub fn multiply(self, by: impl Numeric + Serialize) -> Update<R> {
        self.change("$mul", encode(by))
    }
}

impl<R, T> From<Field<R, T>> for String {
    fn from(field: Field<R, T>) -> Self {
        field.path.into_owned()
    }
}

impl<R, T> Clone for Field<R, T> {
    fn clone(&self) -> Self {
        Self::new(self.path.clone(), self.column, self.problem.clone())
    }
}

impl<R, T> fmt::Debug for Field<R, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Field").field(&self.path).finish()
    }
}

/// Text of a key of an object in JSON.
fn key_text(key: impl Serialize) -> Result<String, String> {
    let json = encode(key)?;
    match json.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(json.get()).map_err(|error| error.to_string()),
        Some(b'{' | b'[' | b'n') | None => Err("a key of a map has to be text".to_owned()),
        _ => Ok(json.get().to_owned()),
    }
}
