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
use crate::json::{Object, Value};
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

    /// What it is about, where it has clauses that say so.
    fn clauses(&self) -> Option<&Clauses> {
        None
    }
}

/// Which documents or rows a command is about, in which order, and what of them is answered.
#[derive(Debug)]
pub(crate) struct Clauses {
    pub(crate) filter: Option<Value>,
    pub(crate) sort: Option<Value>,
    /// A null that was sent is here: it is an error of its own.
    pub(crate) projection: Option<Value>,
}

impl Clauses {
    /// Those that the command has.
    pub(crate) fn take(arguments: &mut Arguments) -> Self {
        Self {
            filter: arguments.json("filter"),
            sort: arguments.json("sort"),
            projection: arguments.json("projection"),
        }
    }
}

/// Something that is to be made with a name and a definition.
#[derive(Debug)]
pub(crate) struct NamedDefinition {
    pub(crate) name: Option<String>,
    pub(crate) definition: Object,
    pub(crate) if_not_exists: bool,
}

impl NamedDefinition {
    pub(crate) fn take(arguments: &mut Arguments) -> Self {
        Self {
            name: arguments.text("name"),
            // Its rules have made sure of it.
            definition: arguments.object("definition").unwrap_or_default(),
            if_not_exists: arguments.options().is_on("ifNotExists"),
        }
    }
}
