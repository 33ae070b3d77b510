//! The commands on documents and rows.

use super::arguments::Arguments;
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
    FindAndRerank(FindAndRerank),
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
    pub(super) fn build(
        name: &str,
        arguments: &mut Arguments,
        limits: &Limits,
    ) -> Option<Result<Self, Vec<ApiError>>> {
        let command = match name {
            "insertOne" => Self::InsertOne(InsertOne {
                document: clause(arguments, "document"),
            }),
            "insertMany" => {
                return Some(InsertMany::build(arguments, limits).map(Self::InsertMany));
            }
            "find" => return Some(Find::build(arguments, limits).map(Self::Find)),
            "findOne" => Self::FindOne(FindOne::build(arguments)),
            "findAndRerank" => {
                let command = FindAndRerank::build(arguments, limits).map(Self::FindAndRerank);
                return Some(command.map_err(|error| vec![error]));
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

/// A clause whose presence its rules have made sure of.
fn clause(arguments: &mut Arguments, name: &str) -> Value {
    arguments.json(name).unwrap_or(Value::Null)
}

impl InsertMany {
    fn build(arguments: &mut Arguments, limits: &Limits) -> Result<Self, Vec<ApiError>> {
        let documents = arguments.list("documents").unwrap_or_default();
        if documents.len() > limits.insert_documents {
            let problem = format!(
                "holds {} documents, at most {} are possible",
                documents.len(),
                limits.insert_documents
            );
            return Err(vec![invalid("command.documents", &problem)]);
        }
        let mut options = arguments.options();
        Ok(Self {
            documents,
            ordered: options.is_on("ordered"),
            return_document_responses: options.is_on("returnDocumentResponses"),
        })
    }
}

impl Find {
    fn build(arguments: &mut Arguments, limits: &Limits) -> Result<Self, Vec<ApiError>> {
        let mut options = arguments.options();
        let find = Self {
            filter: arguments.json("filter"),
            projection: arguments.json("projection"),
            sort: arguments.json("sort"),
            limit: options.count("limit"),
            skip: options.count("skip"),
            page_state: options.text("pageState"),
            include_similarity: options.is_on("includeSimilarity"),
            include_sort_vector: options.is_on("includeSortVector"),
        };
        let violations = find.violations(limits);
        if violations.is_empty() {
            Ok(find)
        } else {
            Err(violations)
        }
    }

    /// What skip and limit may be depends on the sort.
    fn violations(&self, limits: &Limits) -> Vec<ApiError> {
        let mut violations = Vec::new();
        let by_vector = is_vector_sort(self.sort.as_ref());
        if self.skip.is_some() && by_vector {
            violations.push(invalid(
                "command.options.skip",
                "cannot be used with a vector sort",
            ));
        } else if self.skip.is_some() && is_unsorted(self.sort.as_ref()) {
            violations.push(invalid(
                "command.options.skip",
                "can be used only with a sort",
            ));
        }
        if let Some(limit) = self
            .limit
            .filter(|limit| by_vector && *limit > limits.vector_search)
        {
            let problem = format!(
                "must be at most {} for a vector sort; it is {limit}",
                limits.vector_search
            );
            violations.push(invalid("command.options.limit", &problem));
        }
        violations
    }
}

fn is_vector_sort(sort: Option<&Value>) -> bool {
    let sort = sort.and_then(Value::as_object);
    sort.is_some_and(|sort| sort.contains_key("$vector") || sort.contains_key("$vectorize"))
}

fn is_unsorted(sort: Option<&Value>) -> bool {
    sort.is_none_or(|sort| sort.as_object().is_some_and(Object::is_empty))
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
