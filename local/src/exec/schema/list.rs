//! Listing what a keyspace has: by name, or explained.

use std::marker::PhantomData;

use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::fields::EXPLAIN;
use crate::command::shape::Shape;
use crate::error::ApiError;
use crate::exec::call::{Call, OnKeyspace};
use crate::exec::keyspace::unknown;
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::catalogue::Keyspace;

/// What a keyspace has several of.
pub(crate) trait Listed {
    /// The name of the list in the answer.
    const NAME: &'static str;

    fn list(keyspace: &Keyspace, explain: bool) -> Result<Vec<Value>, ApiError>;
}

#[derive(Debug)]
pub(crate) struct List<L> {
    explain: bool,
    listed: PhantomData<L>,
}

impl<L: Listed> Command for List<L> {
    const SHAPE: Shape = Shape::of(&[EXPLAIN]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            explain: arguments.options().is_on("explain"),
            listed: PhantomData,
        })
    }
}

impl<L: Listed> OnKeyspace for List<L> {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let catalogue = call.storage.catalogue();
        let found = catalogue
            .keyspace(call.keyspace)
            .ok_or_else(|| unknown(call.keyspace))?;
        let list = L::list(found, self.explain)?;
        Ok(Answer::of_status(Object::from([(L::NAME, list)])))
    }
}
