//! `updateOne`, `updateMany`, `findOneAndUpdate` and `findOneAndReplace`.

use super::arguments::Arguments;
use super::fields::{FILTER, PAGE_STATE, PROJECTION, SORT};
use super::rule::Rule;
use super::shape::{Field, Shape};
use super::{Clauses, Command};
use crate::error::ApiError;
use crate::json::{Object, Value};
use crate::language::update;

const UPDATE: Field = Field::clause("update")
    .property("updateClause")
    .checked(update::check)
    .rules(&[Rule::Given]);
const FIND_ONE_AND_OPTIONS: Field = Field::shape(
    "options",
    &Shape::of(&[
        Field::text("returnDocument").rules(&[Rule::OneOf(&["after", "before"])]),
        Field::flag("upsert"),
    ]),
);

#[derive(Debug)]
pub(crate) struct UpdateOne {
    pub(crate) clauses: Clauses,
    pub(crate) update: Value,
    pub(crate) upsert: bool,
}

impl Command for UpdateOne {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        SORT,
        UPDATE,
        Field::shape("options", &Shape::of(&[Field::flag("upsert")])),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            clauses: Clauses::take(arguments),
            update: arguments.clause("update"),
            upsert: arguments.options().is_on("upsert"),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

#[derive(Debug)]
pub(crate) struct UpdateMany {
    pub(crate) clauses: Clauses,
    pub(crate) update: Value,
    pub(crate) upsert: bool,
    pub(crate) page_state: Option<String>,
}

impl Command for UpdateMany {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        UPDATE,
        Field::shape("options", &Shape::of(&[Field::flag("upsert"), PAGE_STATE])),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        Ok(Self {
            clauses: Clauses::take(arguments),
            update: arguments.clause("update"),
            upsert: options.is_on("upsert"),
            page_state: options.text("pageState"),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

#[derive(Debug)]
pub(crate) struct FindOneAndUpdate {
    pub(crate) clauses: Clauses,
    pub(crate) update: Value,
    pub(crate) return_document: ReturnDocument,
    pub(crate) upsert: bool,
}

impl Command for FindOneAndUpdate {
    const SHAPE: Shape = Shape::of(&[FILTER, SORT, PROJECTION, UPDATE, FIND_ONE_AND_OPTIONS]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        Ok(Self {
            clauses: Clauses::take(arguments),
            update: arguments.clause("update"),
            return_document: ReturnDocument::take(&mut options),
            upsert: options.is_on("upsert"),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

#[derive(Debug)]
pub(crate) struct FindOneAndReplace {
    pub(crate) clauses: Clauses,
    pub(crate) replacement: Object,
    pub(crate) return_document: ReturnDocument,
    pub(crate) upsert: bool,
}

impl Command for FindOneAndReplace {
    const SHAPE: Shape = Shape::of(&[
        FILTER,
        SORT,
        PROJECTION,
        Field::object("replacement")
            .property("replacementDocument")
            .rules(&[Rule::Given]),
        FIND_ONE_AND_OPTIONS,
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        Ok(Self {
            clauses: Clauses::take(arguments),
            replacement: arguments.object("replacement").unwrap_or_default(),
            return_document: ReturnDocument::take(&mut options),
            upsert: options.is_on("upsert"),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

/// Which state of a changed document is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReturnDocument {
    #[default]
    Before,
    After,
}

impl ReturnDocument {
    fn take(options: &mut Arguments) -> Self {
        if options.text("returnDocument").as_deref() == Some("after") {
            Self::After
        } else {
            Self::Before
        }
    }
}
