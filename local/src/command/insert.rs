//! `insertOne` and `insertMany`.

use super::Command;
use super::arguments::{Argument, Arguments};
use super::rule::Rule;
use super::shape::{Field, Shape, invalid};
use crate::error::ApiError;
use crate::json::Value;
use crate::limits::Limits;

#[derive(Debug)]
pub(crate) struct InsertOne {
    pub(crate) document: Value,
}

impl Command for InsertOne {
    const SHAPE: Shape = Shape::of(&[
        Field::json("document").rules(&[Rule::Given]),
        Field::no_options(),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            document: arguments.clause("document"),
        })
    }
}

#[derive(Debug)]
pub(crate) struct InsertMany {
    pub(crate) documents: Vec<Value>,
    pub(crate) ordered: bool,
    pub(crate) return_document_responses: bool,
}

impl Command for InsertMany {
    const SHAPE: Shape = Shape::of(&[
        // Two rules, two errors where there is no list at all: the real server answers both.
        Field::list("documents").rules(&[Rule::Given, Rule::NotEmpty]),
        Field::shape(
            "options",
            &Shape::of(&[
                Field::flag("ordered"),
                Field::flag("returnDocumentResponses"),
            ]),
        ),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        let mut options = arguments.options();
        Ok(Self {
            documents: arguments.list("documents").unwrap_or_default(),
            ordered: options.is_on("ordered"),
            return_document_responses: options.is_on("returnDocumentResponses"),
        })
    }

    fn violation(arguments: &Arguments, limits: &Limits) -> Option<ApiError> {
        let Some(Argument::List(documents)) = arguments.get("documents") else {
            return None;
        };
        let (given, most) = (documents.len(), limits.insert_documents);
        (given > most).then(|| {
            let problem = format!("holds {given} documents, at most {most} are possible");
            invalid("command.documents", &problem)
        })
    }
}
