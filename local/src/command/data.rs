//! The commands on documents and rows.

use super::arguments::{Argument, Arguments};
use super::rerank::FindAndRerank;
use super::shape::invalid;
use crate::error::ApiError;
use crate::json::{Object, Value};
use crate::limits::Limits;

/// A command that reads or writes documents or rows. Clauses are as sent: what they mean depends on the target.
#[derive(Debug)]
pub(crate) enum DataCommand {
    InsertOne(InsertOne),
    InsertMany(InsertMany),
    Find(Find),
    FindOne(FindOne),
    FindAndRerank(Box<FindAndRerank>),
    UpdateOne(UpdateOne),
    UpdateMany(UpdateMany),
    FindOneAndUpdate(FindOneAndUpdate),
    FindOneAndReplace(FindOneAndReplace),
    FindOneAndDelete(FindOneAndDelete),
    DeleteOne(DeleteOne),
    DeleteMany(DeleteMany),
    CountDocuments(CountDocuments),
    EstimatedDocumentCount,
}

#[derive(Debug)]
pub(crate) struct InsertOne {
    pub(crate) document: Value,
}

#[derive(Debug)]
pub(crate) struct InsertMany {
    pub(crate) documents: Vec<Value>,
    pub(crate) ordered: bool,
    pub(crate) return_document_responses: bool,
}

#[derive(Debug)]
pub(crate) struct Find {
    pub(crate) filter: Option<Value>,
    /// A null that was sent is here: it is an error of its own.
    pub(crate) projection: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) limit: Option<u32>,
    pub(crate) skip: Option<u32>,
    pub(crate) page_state: Option<String>,
    pub(crate) include_similarity: bool,
    pub(crate) include_sort_vector: bool,
}

#[derive(Debug)]
pub(crate) struct FindOne {
    pub(crate) filter: Option<Value>,
    pub(crate) projection: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) include_similarity: bool,
    pub(crate) include_sort_vector: bool,
}

#[derive(Debug)]
pub(crate) struct UpdateOne {
    pub(crate) filter: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) update: Value,
    pub(crate) upsert: bool,
}

#[derive(Debug)]
pub(crate) struct UpdateMany {
    pub(crate) filter: Option<Value>,
    pub(crate) update: Value,
    pub(crate) upsert: bool,
    pub(crate) page_state: Option<String>,
}

#[derive(Debug)]
pub(crate) struct FindOneAndUpdate {
    pub(crate) filter: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) projection: Option<Value>,
    pub(crate) update: Value,
    pub(crate) return_document: ReturnDocument,
    pub(crate) upsert: bool,
}

#[derive(Debug)]
pub(crate) struct FindOneAndReplace {
    pub(crate) filter: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) projection: Option<Value>,
    pub(crate) replacement: Object,
    pub(crate) return_document: ReturnDocument,
    pub(crate) upsert: bool,
}

#[derive(Debug)]
pub(crate) struct FindOneAndDelete {
    pub(crate) filter: Option<Value>,
    pub(crate) sort: Option<Value>,
    pub(crate) projection: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct DeleteOne {
    pub(crate) filter: Value,
    pub(crate) sort: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct DeleteMany {
    pub(crate) filter: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct CountDocuments {
    pub(crate) filter: Option<Value>,
}

/// Which state of a changed document is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReturnDocument {
    #[default]
    Before,
    After,
}

impl DataCommand {
    /// Builds a command from arguments that keep the rules of its shape. None if the name is not a data command's.
    pub(super) fn build(name: &str, arguments: &mut Arguments) -> Option<Result<Self, ApiError>> {
        let command = match name {
            "insertOne" => Self::InsertOne(InsertOne {
                document: clause(arguments, "document"),
            }),
            "insertMany" => Self::InsertMany(InsertMany::build(arguments)),
            "find" => Self::Find(Find::build(arguments)),
            "findOne" => Self::FindOne(FindOne::build(arguments)),
            "findAndRerank" => {
                let command = FindAndRerank::build(arguments).map(Box::new);
                return Some(command.map(Self::FindAndRerank));
            }
            "updateOne" => Self::UpdateOne(UpdateOne::build(arguments)),
            "updateMany" => Self::UpdateMany(UpdateMany::build(arguments)),
            "findOneAndUpdate" => Self::FindOneAndUpdate(FindOneAndUpdate::build(arguments)),
            "findOneAndReplace" => Self::FindOneAndReplace(FindOneAndReplace::build(arguments)),
            "findOneAndDelete" => Self::FindOneAndDelete(FindOneAndDelete {
                filter: arguments.json("filter"),
                sort: arguments.json("sort"),
                projection: arguments.json("projection"),
            }),
            "deleteOne" => Self::DeleteOne(DeleteOne {
                filter: clause(arguments, "filter"),
                sort: arguments.json("sort"),
            }),
            "deleteMany" => Self::DeleteMany(DeleteMany {
                filter: arguments.json("filter"),
            }),
            "countDocuments" => Self::CountDocuments(CountDocuments {
                filter: arguments.json("filter"),
            }),
            "estimatedDocumentCount" => Self::EstimatedDocumentCount,
            _ => return None,
        };
        Some(Ok(command))
    }
}

impl DataCommand {
    /// The filter and the sort of the command, where it has them.
    pub(crate) fn clauses(&self) -> (Option<&Value>, Option<&Value>) {
        match self {
            Self::InsertOne(_) | Self::InsertMany(_) | Self::EstimatedDocumentCount => (None, None),
            Self::Find(Find { filter, sort, .. })
            | Self::FindOne(FindOne { filter, sort, .. })
            | Self::UpdateOne(UpdateOne { filter, sort, .. })
            | Self::FindOneAndUpdate(FindOneAndUpdate { filter, sort, .. })
            | Self::FindOneAndReplace(FindOneAndReplace { filter, sort, .. })
            | Self::FindOneAndDelete(FindOneAndDelete { filter, sort, .. }) => {
                (filter.as_ref(), sort.as_ref())
            }
            Self::DeleteOne(DeleteOne { filter, sort }) => (Some(filter), sort.as_ref()),
            Self::UpdateMany(UpdateMany { filter, .. })
            | Self::DeleteMany(DeleteMany { filter })
            | Self::CountDocuments(CountDocuments { filter }) => (filter.as_ref(), None),
            Self::FindAndRerank(command) => (command.filter.as_ref(), None),
        }
    }
}

/// A clause whose presence its rules have made sure of.
fn clause(arguments: &mut Arguments, name: &str) -> Value {
    arguments.json(name).unwrap_or(Value::Null)
}

/// What the arguments break together, or by a limit that can be set.
pub(super) fn violation(command: &str, arguments: &Arguments, limits: &Limits) -> Option<ApiError> {
    match command {
        "insertMany" => InsertMany::violation(arguments, limits),
        "find" => Find::violation(arguments, limits),
        _ => None,
    }
}

impl InsertMany {
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

    fn build(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            documents: arguments.list("documents").unwrap_or_default(),
            ordered: options.is_on("ordered"),
            return_document_responses: options.is_on("returnDocumentResponses"),
        }
    }
}

impl Find {
    fn build(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            filter: arguments.json("filter"),
            projection: arguments.json("projection"),
            sort: arguments.json("sort"),
            limit: options.count("limit"),
            skip: options.count("skip"),
            page_state: options.text("pageState"),
            include_similarity: options.is_on("includeSimilarity"),
            include_sort_vector: options.is_on("includeSortVector"),
        }
    }

    /// What skip and limit may be depends on the sort. One that is there but empty is as good as any; only `$vector`
    /// counts as a search for vectors here.
    fn violation(arguments: &Arguments, limits: &Limits) -> Option<ApiError> {
        const SKIP: &str = "command.options.skip";
        let Some(Argument::Arguments(options)) = arguments.get("options") else {
            return None;
        };
        let has_skip = options.get("skip").is_some();
        let Some(Argument::Json(sort)) = arguments.get("sort") else {
            return has_skip.then(|| invalid(SKIP, "can be used only with a sort"));
        };
        if sort
            .as_object()
            .is_none_or(|sort| !sort.contains_key("$vector"))
        {
            return None;
        }
        if has_skip {
            return Some(invalid(SKIP, "cannot be used with a vector sort"));
        }
        let most = limits.vector_search;
        match options.get("limit") {
            Some(Argument::Integer(limit)) if i64::from(*limit) > i64::from(most) => {
                let problem = format!("must be at most {most} for a vector sort; it is {limit}");
                Some(invalid("command.options.limit", &problem))
            }
            _ => None,
        }
    }
}

impl FindOne {
    fn build(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            filter: arguments.json("filter"),
            projection: arguments.json("projection"),
            sort: arguments.json("sort"),
            include_similarity: options.is_on("includeSimilarity"),
            include_sort_vector: options.is_on("includeSortVector"),
        }
    }
}

impl UpdateOne {
    fn build(arguments: &mut Arguments) -> Self {
        Self {
            filter: arguments.json("filter"),
            sort: arguments.json("sort"),
            update: clause(arguments, "update"),
            upsert: arguments.options().is_on("upsert"),
        }
    }
}

impl UpdateMany {
    fn build(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            filter: arguments.json("filter"),
            update: clause(arguments, "update"),
            upsert: options.is_on("upsert"),
            page_state: options.text("pageState"),
        }
    }
}

impl FindOneAndUpdate {
    fn build(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            filter: arguments.json("filter"),
            sort: arguments.json("sort"),
            projection: arguments.json("projection"),
            update: clause(arguments, "update"),
            return_document: ReturnDocument::take(&mut options),
            upsert: options.is_on("upsert"),
        }
    }
}

impl FindOneAndReplace {
    fn build(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            filter: arguments.json("filter"),
            sort: arguments.json("sort"),
            projection: arguments.json("projection"),
            replacement: arguments.object("replacement").unwrap_or_default(),
            return_document: ReturnDocument::take(&mut options),
            upsert: options.is_on("upsert"),
        }
    }
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
