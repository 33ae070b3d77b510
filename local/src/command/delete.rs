//! `deleteOne`, `deleteMany` and `findOneAndDelete`.

use super::Command;
use super::arguments::Arguments;
use super::fields::{FILTER, PROJECTION, SORT};
use super::rule::Rule;
use super::shape::{Field, Shape};
use crate::error::ApiError;
use crate::json::Value;

#[derive(Debug)]
pub(crate) struct DeleteOne {
    pub(crate) filter: Value,
    pub(crate) sort: Option<Value>,
}

impl Command for DeleteOne {
    const SHAPE: Shape = Shape::of(&[FILTER.rules(&[Rule::Given]), SORT, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            filter: arguments.clause("filter"),
            sort: arguments.json("sort"),
        })
    }

    fn clauses(&self) -> (Option<&Value>, Option<&Value>) {
        (Some(&self.filter), self.sort.as_ref())
    }
}

#[derive(Debug)]
pub(crate) struct DeleteMany {
    pub(crate) filter: Option<Value>,
}

impl Command for DeleteMany {
    const SHAPE: Shape = Shape::of(&[FILTER, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            filter: arguments.json("filter"),
        })
    }

    fn clauses(&self) -> (Option<&Value>, Option<&Value>) {
        (self.filter.as_ref(), None)
    }
}

#[derive(Debug)]
pub(crate) struct FindOneAndDelete {
    pub(crate) filter: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) projection: Option<Value>,
}

impl Command for FindOneAndDelete {
    const SHAPE: Shape = Shape::of(&[FILTER, SORT, PROJECTION]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            filter: arguments.json("filter"),
            sort: arguments.json("sort"),
            projection: arguments.json("projection"),
        })
    }

    fn clauses(&self) -> (Option<&Value>, Option<&Value>) {
        (self.filter.as_ref(), self.sort.as_ref())
    }
}
