//! `deleteOne`, `deleteMany` and `findOneAndDelete`.

use super::arguments::Arguments;
use super::fields::{FILTER, PROJECTION, SORT};
use super::rule::Rule;
use super::shape::{Field, Shape};
use super::{Clauses, Command};
use crate::error::ApiError;

#[derive(Debug)]
pub(crate) struct DeleteOne {
    pub(crate) clauses: Clauses,
}

impl Command for DeleteOne {
    const SHAPE: Shape = Shape::of(&[FILTER.rules(&[Rule::Given]), SORT, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            clauses: Clauses::take(arguments),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

#[derive(Debug)]
pub(crate) struct DeleteMany {
    pub(crate) clauses: Clauses,
}

impl Command for DeleteMany {
    const SHAPE: Shape = Shape::of(&[FILTER, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            clauses: Clauses::take(arguments),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}

#[derive(Debug)]
pub(crate) struct FindOneAndDelete {
    pub(crate) clauses: Clauses,
}

impl Command for FindOneAndDelete {
    const SHAPE: Shape = Shape::of(&[FILTER, SORT, PROJECTION]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            clauses: Clauses::take(arguments),
        })
    }

    fn clauses(&self) -> Option<&Clauses> {
        Some(&self.clauses)
    }
}
