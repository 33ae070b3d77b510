//! The client's tables against the recorded answers of the real server: what it reads out of them, and that it sends
//! what was recorded.

use astra_db::schema::{IndexDescriptor, TableDescriptor, TypeDescriptor};
use astra_db::{DataApiClient, Database, DefaultRetryPolicy, Document, Error, Row, Value};

use crate::client::script::Script;
use crate::client::{exact, sample};
use crate::expand::expand;
use crate::golden::{self, Body, Scenario, Step};
use crate::json::Json;

const TOPICS: [&str; 9] = [
    "10-table-types",
    "11-table-keys-and-reads",
    "12-table-writes",
    "13-table-container-filters",
    "14-table-indexes",
    "15-table-vectors",
    "16-table-schema",
    "17-user-types",
    "18-table-more",
];

#[tokio::test]
async fn every_recorded_answer_about_tables_is_read_as_it_was_meant() {
    let mut checked = 0;
    let mut failures = Vec::new();
    for scenario in TOPICS.iter().flat_map(|topic| golden::load(topic).unwrap()) {
        for (index, command, answer) in commands(&scenario) {
            match check(&command, &answer).await {
                Some(Ok(())) => checked += 1,
                Some(Err(what)) => failures.push(format!("{} [{index}]: {what}", scenario.name)),
                None => {}
            }
        }
    }
    crate::say(&format!(
        "client, recorded answers about tables: {checked} steps passed"
    ));
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
    assert!(checked > 500, "{checked} checked");
}

/// The commands of a scenario with what was answered to them.
fn commands(scenario: &Scenario) -> Vec<(usize, Document, Value)> {
    let mut answers: Vec<Option<Json>> = Vec::new();
    let mut commands = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let answer = step.expect.as_ref().map(sample);
        if let (Some(answer), Some(command)) = (&answer, command(step, &answers)) {
            commands.push((index, command, exact(answer)));
        }
        answers.push(answer);
    }
    commands
}

fn command(step: &Step, answers: &[Option<Json>]) -> Option<Document> {
    let usual = step.http.method.is_none() && step.http.path.is_none() && step.status == 200;
    match &step.body {
        Body::Json(body) if usual => expand(body, "ks", answers).unwrap().to_text().parse().ok(),
        _ => None,
    }
}

/// Makes the call; `None` if it is about something else, or if the client has no way to say it.
async fn check(command: &Document, answer: &Value) -> Option<Result<(), String>> {
    let script = Script::answering(answer);
    let client = DataApiClient::builder()
        .transport(script.clone())
        .retry(DefaultRetryPolicy::never())
        .build();
    let database = client.and_then(|client| client.database("recorded"));
    let database = database.unwrap().keyspace("ks");
    let (name, payload) = command.iter().next()?;
    let seen = perform(&database, name, payload.as_object()?).await?;
    let expected = match answer.get("errors").and_then(Value::as_array) {
        Some([first, ..]) => Err(first.get("errorCode").cloned().unwrap_or_default()),
        _ => Ok(expected(name, answer)?),
    };
    let sent = script.first()?;
    if sent.get(name).map(without_options) != Some(without_options(payload)) {
        return Some(Err(format!("sent {sent} instead of {command}")));
    }
    (seen != expected)
        .then(|| Err(format!("read {seen:?} instead of {expected:?}")))
        .or(Some(Ok(())))
}

/// What is read out of an answer, or the code of the error.
async fn perform(db: &Database, name: &str, payload: &Document) -> Option<Result<Value, Value>> {
    let table = db.table::<Row>("t");
    let object = |name: &str| payload.get(name).and_then(Value::as_object).cloned();
    let filter = || match payload.get("filter") {
        None => Some(Document::new()),
        Some(filter) => filter.as_object().cloned(),
    };
    let only = |known: &[&str]| payload.iter().all(|(name, _)| known.contains(&name));
    let read = match name {
        "find" if only(&["filter", "options"]) => {
            let page = table.find(filter()?).page().await;
            page.map(|page| Value::Array(page.items.into_iter().map(sparse).collect()))
        }
        "findOne" if only(&["filter", "options"]) => {
            let row = table.find_one(filter()?).await;
            row.map(|row| row.map(sparse).unwrap_or_default())
        }
        "insertOne" if only(&["document"]) => {
            let stored = table.insert_one(Row::from(object("document")?)).await;
            stored.map(|stored| Document::from(stored.inserted_id).into())
        }
        "updateOne" if only(&["filter", "update"]) => {
            let update = table.update_one(filter()?, object("update")?).await;
            update.map(|_| Value::Null)
        }
        "deleteOne" if only(&["filter"]) => table.delete_one(filter()?).await.map(|_| Value::Null),
        "deleteMany" if only(&["filter"]) => {
            let filter = filter()?;
            let deleted = if filter.is_empty() {
                table.delete_all()
            } else {
                table.delete_many(filter)
            };
            deleted.await.map(|_| Value::Null)
        }
        "listTables" if explained(payload) => listed::<TableDescriptor>(db.list_tables().await),
        "listIndexes" if explained(payload) => {
            listed::<IndexDescriptor>(table.list_indexes().await)
        }
        "listTypes" if explained(payload) => listed::<TypeDescriptor>(db.list_types().await),
        _ => return None,
    };
    match read {
        // Refused before it was sent: it is not what the client is for.
        Err(Error::Config(_)) => None,
        read => Some(read.map_err(|error| match error.code() {
            Some(code) => Value::from(code.to_string()),
            None => Value::from(error.to_string()),
        })),
    }
}

fn explained(payload: &Document) -> bool {
    let options = payload.get("options");
    options
        .and_then(|options| options.get("explain"))
        .and_then(Value::as_bool)
        == Some(true)
}

/// A list as JSON again.
fn listed<T: serde::Serialize>(listed: astra_db::Result<Vec<T>>) -> astra_db::Result<Value> {
    listed.map(|listed| Value::encode(&listed).unwrap())
}

/// A row without the columns that have no value, which the server leaves out.
fn sparse(row: Row) -> Value {
    let is_empty = |value: &Value| matches!(value.to_string().as_str(), "null" | "[]" | "{}");
    let columns = row.into_iter().filter(|(_, value)| !is_empty(value));
    Value::Object(columns.collect())
}

/// What an answer without errors means; `None` if nothing is to be read out of it.
fn expected(name: &str, answer: &Value) -> Option<Value> {
    let (data, status) = (answer.get("data"), answer.get("status"));
    Some(match name {
        "find" => {
            let rows = data?.get("documents")?.as_array()?.iter();
            let row = |row: &Value| Some(sparse(Document::try_from(row.clone()).ok()?.into()));
            Value::Array(rows.map(row).collect::<Option<_>>()?)
        }
        "findOne" => match data?.get("document")? {
            Value::Object(row) => sparse(row.clone().into()),
            other => other.clone(),
        },
        "insertOne" => {
            let schema = status?.get("primaryKeySchema")?.as_object()?;
            let key = status?
                .get("insertedIds")?
                .as_array()?
                .first()?
                .as_array()?;
            let columns = schema.iter().zip(key);
            let column = |((name, kind), value): ((&str, &Value), &Value)| {
                let is_blob = kind.get("type").and_then(Value::as_str) == Some("blob");
                let bytes = || Value::Object(Document::from([("$binary", value.clone())]));
                let value = if is_blob { bytes() } else { value.clone() };
                (name.to_owned(), value)
            };
            Value::Object(columns.map(column).collect())
        }
        "listTables" => without_support(status?.get("tables")?),
        "listIndexes" => without_support(status?.get("indexes")?),
        "listTypes" => without_support(status?.get("types")?),
        _ => Value::Null,
    })
}

/// A description without what cannot be given to a command that makes the thing.
fn without_support(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(without_support).collect()),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, value)| match *name {
                "apiSupport" => false,
                "options" => value.to_string() != "{}",
                _ => true,
            });
            let kept = kept.map(|(name, value)| (name.to_owned(), without_support(value)));
            Value::Object(kept.collect())
        }
        other => other.clone(),
    }
}

/// A command without options that say nothing, and with the filter that means all rows.
fn without_options(payload: &Value) -> Value {
    let Some(payload) = payload.as_object() else {
        return payload.clone();
    };
    let is_idle = |name: &str, value: &Value| {
        name == "options" || (name == "filter" && value.to_string() == "{}")
    };
    let kept = payload.iter().filter(|(name, value)| !is_idle(name, value));
    Value::Object(
        kept.map(|(name, value)| (name.to_owned(), value.clone()))
            .collect(),
    )
}
