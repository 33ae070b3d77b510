//! Dropping tables, indexes and types.

use std::marker::PhantomData;

use super::refused::{Refused, changed};
use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::fields::{IF_EXISTS, NAME};
use crate::command::shape::Shape;
use crate::error::{ApiError, Kind};
use crate::exec::call::{Call, OnKeyspace};
use crate::response::Answer;
use crate::storage::Writer;

/// What can be dropped by name.
pub(crate) trait Dropped {
    /// What it is, for messages.
    const NOUN: &'static str;
    /// Where it is looked for, for messages.
    const PLACE: &'static str = "";
    /// The error where there is none of the name.
    const UNKNOWN: &'static Kind;

    /// Returns whether there was one.
    fn drop(writer: &mut Writer<'_>, keyspace: &str, name: &str) -> Result<bool, Refused>;
}

#[derive(Debug)]
pub(crate) struct Drop<D> {
    name: String,
    if_exists: bool,
    dropped: PhantomData<D>,
}

impl<D: Dropped> Command for Drop<D> {
    const SHAPE: Shape = Shape::of(&[NAME, IF_EXISTS]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            name: arguments.name(),
            if_exists: arguments.options().is_on("ifExists"),
            dropped: PhantomData,
        })
    }
}

impl<D: Dropped> OnKeyspace for Drop<D> {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let Self {
            name, if_exists, ..
        } = self;
        let keyspace = call.keyspace.to_owned();
        changed(call.storage.free(move |writer| {
            if D::drop(writer, &keyspace, &name)? || if_exists {
                return Ok(());
            }
            Err(Refused::by_database(
                D::UNKNOWN,
                format!(
                    "There is no {} '{name}'{}. Set the option 'ifExists' where it may be missing.",
                    D::NOUN,
                    D::PLACE
                ),
            ))
        }))
    }
}
