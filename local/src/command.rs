//! What a command is: the arguments it takes, of which kinds, under which rules.

pub(crate) mod arguments;
pub(crate) mod collection_options;
pub(crate) mod delete;
pub(crate) mod fields;
pub(crate) mod find;
pub(crate) mod insert;
pub(crate) mod rule;
pub(crate) mod service;
pub(crate) mod shape;
pub(crate) mod update;

use self::arguments::Arguments;
use self::shape::Shape;
use crate::error::ApiError;
use crate::json::Value;
use crate::limits::Limits;

/// A command with its arguments. Clauses are as sent: what they mean depends on what the command is for.
pub(crate) trait Command: Sized {
    const SHAPE: Shape;

    /// Takes arguments that keep the rules of the shape. Some commands differ in their names alone.
    fn read(name: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError>;

    /// What the arguments break together, or by a limit that can be set.
    fn violation(_arguments: &Arguments, _limits: &Limits) -> Option<ApiError> {
        None
    }

    /// The filter and the sort, where it has them.
    fn clauses(&self) -> (Option<&Value>, Option<&Value>) {
        (None, None)
    }
}
