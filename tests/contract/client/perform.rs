//! Recorded commands as calls of the client's methods, and their results as the answer they came from.

use astra_db::{
    Collection, DeleteResult, Document, DocumentId, Error, InsertManyError, InsertOutcome,
    ReturnDocument, Sort, UpdateResult, Value,
};

/// The commands the client has methods for.
pub(crate) const KNOWN: [&str; 13] = [
    "insertOne",
    "insertMany",
    "find",
    "findOne",
    "updateOne",
    "updateMany",
    "deleteOne",
    "deleteMany",
    "findOneAndUpdate",
    "findOneAndReplace",
    "findOneAndDelete",
    "countDocuments",
    "estimatedDocumentCount",
];

/// The client's types leave no way to say it: a filter that is no object, an option of the wrong type.
pub(crate) struct NotExpressible;

type Said<T> = Result<T, NotExpressible>;

/// Makes the call and writes its result as an answer.
pub(crate) async fn perform(
    collection: &Collection,
    name: &str,
    payload: &Document,
) -> Said<Value> {
    let command = Command::read(payload, members(name))?;
    let result = match name {
        "insertOne" => insert_one(collection, &command).await?,
        "insertMany" => insert_many(collection, &command).await?,
        "find" => find(collection, &command).await?,
        "findOne" => find_one(collection, &command).await?,
        "updateOne" => update_one(collection, &command).await?,
        "updateMany" => update_many(collection, &command).await?,
        "deleteOne" | "deleteMany" => delete(collection, name, &command).await?,
        "findOneAndUpdate" | "findOneAndReplace" => {
            find_and_change(collection, name, &command).await?
        }
        "findOneAndDelete" => find_and_delete(collection, &command).await?,
        _ => count(collection, name, &command).await?,
    };
    Ok(result.unwrap_or_else(|error| refusal(&error)))
}

/// What each command may have, as far as the client is concerned.
fn members(name: &str) -> &'static [&'static str] {
    match name {
        "insertOne" => &["document"],
        "insertMany" => &["documents", "options"],
        "find" | "findOne" => &["filter", "sort", "projection", "options"],
        "updateOne" => &["filter", "sort", "update", "options"],
        "updateMany" => &["filter", "update", "options"],
        "deleteOne" => &["filter", "sort", "options"],
        "findOneAndUpdate" => &["filter", "sort", "projection", "update", "options"],
        "findOneAndReplace" => &["filter", "sort", "projection", "replacement", "options"],
        "findOneAndDelete" => &["filter", "sort", "projection"],
        _ => &["filter", "options"],
    }
}

/// The members of a command, every one of them of a kind the client can send.
struct Command<'a> {
    payload: &'a Document,
    filter: Document,
    sort: Option<Sort>,
    projection: Option<&'a Document>,
    options: Document,
}

impl<'a> Command<'a> {
    fn read(payload: &'a Document, known: &[&str]) -> Said<Self> {
        let object = |name: &str| match payload.get(name) {
            None => Ok(None),
            Some(value) => value.as_object().map(Some).ok_or(NotExpressible),
        };
        if payload.iter().any(|(name, _)| !known.contains(&name)) {
            return Err(NotExpressible);
        }
        Ok(Self {
            payload,
            filter: object("filter")?.cloned().unwrap_or_default(),
            sort: object("sort")?
                .filter(|sort| !sort.is_empty())
                .cloned()
                .map(Sort::from),
            projection: object("projection")?,
            options: object("options")?.cloned().unwrap_or_default(),
        })
    }

    /// The filter of a write; the client refuses one of nothing but empty logical operators.
    fn filter_of_write(&self) -> Said<&Document> {
        if !self.filter.is_empty() && asks_nothing(&Value::from(self.filter.clone())) {
            return Err(NotExpressible);
        }
        Ok(&self.filter)
    }

    /// A member that is an object and has to be there.
    fn object(&self, name: &str) -> Said<&'a Document> {
        self.payload
            .get(name)
            .and_then(Value::as_object)
            .ok_or(NotExpressible)
    }

    fn only_options(&self, known: &[&str]) -> Said<()> {
        if self.options.iter().all(|(name, _)| known.contains(&name)) {
            Ok(())
        } else {
            Err(NotExpressible)
        }
    }

    fn flag(&self, name: &str) -> Said<bool> {
        self.options
            .get(name)
            .map_or(Ok(false), |value| value.as_bool().ok_or(NotExpressible))
    }

    fn number(&self, name: &str) -> Said<Option<u32>> {
        let number = |value: &Value| {
            value
                .as_i64()
                .and_then(|number| number.try_into().ok())
                .ok_or(NotExpressible)
        };
        self.options.get(name).map(number).transpose()
    }

    fn text(&self, name: &str) -> Said<Option<&str>> {
        self.options
            .get(name)
            .map(|value| value.as_str().ok_or(NotExpressible))
            .transpose()
    }

    fn by_vector(&self) -> bool {
        let sort = self.payload.get("sort");
        sort.is_some_and(|sort| {
            sort.get("$vector")
                .or_else(|| sort.get("$vectorize"))
                .is_some()
        })
    }
}

/// Applies a setter if there is a value for it.
macro_rules! set {
    ($builder:ident.$setter:ident($value:expr)) => {
        if let Some(value) = $value {
            $builder = $builder.$setter(value);
        }
    };
}

type Outcome = astra_db::Result<Value>;

async fn insert_one(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    let result = collection.insert_one(command.object("document")?).await;
    Ok(result.map(|result| status("insertedIds", Value::Array(vec![result.inserted_id.into()]))))
}

async fn insert_many(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&["ordered", "returnDocumentResponses"])?;
    let documents = command
        .payload
        .get("documents")
        .and_then(Value::as_array)
        .ok_or(NotExpressible)?;
    let documents: Option<Vec<&Document>> = documents.iter().map(Value::as_object).collect();
    let documents = documents
        .filter(|documents| (1..=100).contains(&documents.len()))
        .ok_or(NotExpressible)?;
    if !command.flag("returnDocumentResponses")? {
        return Err(NotExpressible);
    }
    let insert = collection
        .insert_many(documents)
        .ordered(command.flag("ordered")?)
        .chunk_size(100);
    Ok(match insert.await {
        Ok(result) => {
            let ok = |id| outcome("OK", Some(id));
            Ok(Value::Array(
                result.inserted_ids.into_iter().map(ok).collect(),
            ))
        }
        Err(Error::InsertMany(error)) => Ok(outcomes(&error)),
        Err(other) => Err(other),
    })
}

fn outcomes(error: &InsertManyError) -> Value {
    let write = |what: &InsertOutcome| match what {
        InsertOutcome::Inserted(id) => outcome("OK", Some(id.clone())),
        InsertOutcome::Failed(error) | InsertOutcome::Unknown(Some(error)) => {
            outcome(error.code.as_str(), None)
        }
        InsertOutcome::Skipped => outcome("SKIPPED", None),
        other => outcome(&format!("{other:?}"), None),
    };
    Value::Array(error.outcomes.iter().map(write).collect())
}

pub(crate) fn outcome(what: &str, id: Option<DocumentId>) -> Value {
    let mut outcome = Document::from([("outcome", what)]);
    if let Some(id) = id {
        outcome.insert("_id", id);
    }
    Value::Object(outcome)
}

async fn find(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&[
        "limit",
        "skip",
        "pageState",
        "includeSimilarity",
        "includeSortVector",
    ])?;
    let with_vector = command.flag("includeSortVector")?;
    if with_vector && !command.by_vector() {
        return Err(NotExpressible);
    }
    let mut find = collection
        .find(&command.filter)
        .include_sort_vector(with_vector);
    find = find.include_similarity(command.flag("includeSimilarity")?);
    set!(find.sort(command.sort.clone()));
    set!(find.projection(command.projection));
    set!(find.limit(command.number("limit")?));
    set!(find.skip(command.number("skip")?));
    set!(find.page_state(command.text("pageState")?));
    Ok(find.page().await.map(|page| {
        let documents = Value::Array(page.items.into_iter().map(Value::Object).collect());
        let next = Value::from(page.next_page_state.map(|state| state.to_string()));
        let data = Document::from([("documents", documents), ("nextPageState", next)]);
        Value::Object(Document::from([("data", data)]))
    }))
}

async fn find_one(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&["includeSimilarity", "includeSortVector"])?;
    let mut find = collection
        .find_one(&command.filter)
        .include_sort_vector(command.flag("includeSortVector")?);
    find = find.include_similarity(command.flag("includeSimilarity")?);
    set!(find.sort(command.sort.clone()));
    set!(find.projection(command.projection));
    Ok(find.await.map(document))
}

async fn update_one(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&["upsert"])?;
    let mut update = collection.update_one(command.filter_of_write()?, command.object("update")?);
    set!(update.sort(command.sort.clone()));
    Ok(update
        .upsert(command.flag("upsert")?)
        .await
        .map(|result| Value::from(Document::from([("status", updated(result))]))))
}

async fn update_many(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&["upsert"])?;
    let change = command.object("update")?;
    let filter = command.filter_of_write()?;
    let update = if filter.is_empty() {
        collection.update_all(change)
    } else {
        collection.update_many(filter, change)
    };
    Ok(update
        .upsert(command.flag("upsert")?)
        .await
        .map(|result| Value::from(Document::from([("status", updated(result))]))))
}

async fn delete(collection: &Collection, name: &str, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&[])?;
    let result = if name == "deleteMany" {
        let filter = command.filter_of_write()?;
        if filter.is_empty() {
            collection.delete_all().await
        } else {
            collection.delete_many(filter).await
        }
    } else {
        command.object("filter")?;
        let mut delete = collection.delete_one(command.filter_of_write()?);
        set!(delete.sort(command.sort.clone()));
        delete.await
    };
    let count = |result: DeleteResult| result.deleted_count.map_or(Value::from(-1), Value::from);
    Ok(result.map(|result| status("deletedCount", count(result))))
}

async fn find_and_change(
    collection: &Collection,
    name: &str,
    command: &Command<'_>,
) -> Said<Outcome> {
    command.only_options(&["upsert", "returnDocument"])?;
    let upsert = command.flag("upsert")?;
    let state = match command.text("returnDocument")? {
        None | Some("before") => ReturnDocument::Before,
        Some("after") => ReturnDocument::After,
        Some(_) => return Err(NotExpressible),
    };
    let result = if name == "findOneAndUpdate" {
        let mut action =
            collection.find_one_and_update(command.filter_of_write()?, command.object("update")?);
        set!(action.sort(command.sort.clone()));
        set!(action.projection(command.projection));
        action.upsert(upsert).return_document(state).details().await
    } else {
        let mut action = collection
            .find_one_and_replace(command.filter_of_write()?, command.object("replacement")?);
        set!(action.sort(command.sort.clone()));
        set!(action.projection(command.projection));
        action.upsert(upsert).return_document(state).details().await
    };
    Ok(result.map(|found| {
        let found = found.into_value();
        let data = Document::from([("document", Value::from(found.document))]);
        Value::Object(Document::from([
            ("data", data),
            ("status", updated(found.result)),
        ]))
    }))
}

async fn find_and_delete(collection: &Collection, command: &Command<'_>) -> Said<Outcome> {
    let mut action = collection.find_one_and_delete(command.filter_of_write()?);
    set!(action.sort(command.sort.clone()));
    set!(action.projection(command.projection));
    Ok(action.await.map(document))
}

async fn count(collection: &Collection, name: &str, command: &Command<'_>) -> Said<Outcome> {
    command.only_options(&[])?;
    let result = if name == "countDocuments" {
        collection.count_documents(&command.filter, 1000).await
    } else {
        collection.estimated_document_count().await
    };
    Ok(match result {
        Err(Error::TooManyToCount {
            counted,
            server_limit: true,
        }) => Ok(status("more than", Value::from(counted))),
        result => result.map(|count| status("count", Value::from(count))),
    })
}

fn status(name: &str, value: Value) -> Value {
    Value::Object(Document::from([(
        "status",
        Document::from([(name, value)]),
    )]))
}

fn document(found: Option<Document>) -> Value {
    Value::Object(Document::from([(
        "data",
        Document::from([("document", Value::from(found))]),
    )]))
}

fn updated(result: UpdateResult) -> Document {
    let mut status = Document::new();
    status.insert("matchedCount", result.matched_count);
    status.insert("modifiedCount", result.modified_count);
    if let Some(id) = result.upserted_id {
        status.insert("upsertedId", id);
    }
    status
}

fn refusal(error: &Error) -> Value {
    let codes = error.api_errors().map(|errors| {
        errors
            .errors()
            .iter()
            .map(|error| Value::from(error.code.as_str()))
    });
    match codes {
        Some(codes) => Value::Object(Document::from([("errors", Value::Array(codes.collect()))])),
        None => Value::from(error.to_string()),
    }
}

fn asks_nothing(filter: &Value) -> bool {
    match filter {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, value)| ["$and", "$or", "$not"].contains(&name) && asks_nothing(value)),
        Value::Array(filters) => filters.iter().all(asks_nothing),
        _ => false,
    }
}
