//! `insertOne` and `insertMany`: each row takes the place of the values it names in the row of its key.

use std::collections::HashMap;
use std::sync::Arc;

use super::vectorize::vectors_of;
use crate::command::insert::{InsertMany, InsertOne};
use crate::error::ApiError;
use crate::exec::call::{Call, OnTable};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::rows::StoredRow;
use crate::storage::{Storage, Table, Writer};
use crate::table::assignment::{Assignment, Assignments, read_row};
use crate::table::column_type::Shown;
use crate::table::definition::{TableDefinition, describe_columns};
use crate::table::index_rules::check_indexed;
use crate::table::row::{Row, check_key, key_bytes};
use crate::table::value::CqlValue;

impl OnTable for InsertOne {
    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        insert_one(call, table, &self.document)
    }
}

impl OnTable for InsertMany {
    fn run(&self, call: &Call<'_>, table: &Arc<Table>) -> Result<Answer, ApiError> {
        insert_many(call, table, self)
    }
}

fn insert_one(call: &Call<'_>, table: &Arc<Table>, row: &Value) -> Result<Answer, ApiError> {
    let outcomes = insert(call, table, std::slice::from_ref(row), true)?;
    Ok(answer(&outcomes, &table.definition))
}

fn insert_many(
    call: &Call<'_>,
    table: &Arc<Table>,
    command: &InsertMany,
) -> Result<Answer, ApiError> {
    let outcomes = insert(call, table, &command.documents, command.ordered)?;
    Ok(if command.return_document_responses {
        answer_in_detail(&outcomes, &table.definition)
    } else {
        answer(&outcomes, &table.definition)
    })
}

/// What became of a row: with its key, where it has one.
#[derive(Debug)]
enum Outcome {
    Inserted(Vec<Value>),
    /// The key is empty where the row could not be read.
    Failed(Vec<Value>, ApiError),
    Skipped(Vec<Value>),
}

/// A row that can be inserted.
#[derive(Debug)]
struct Insertion {
    key: Vec<CqlValue>,
    assignments: Vec<Assignment>,
}

fn insert(
    call: &Call<'_>,
    table: &Arc<Table>,
    rows: &[Value],
    ordered: bool,
) -> Result<Vec<Outcome>, ApiError> {
    let definition = &table.definition;
    let (mut outcomes, mut insertions) = (Vec::with_capacity(rows.len()), Vec::new());
    // What the request itself says wrong is told of every row, what the database says only of rows it comes to.
    let mut read: Vec<_> = rows.iter().map(|row| read_row(row, definition)).collect();
    embed_texts(call, definition, &mut read, ordered)?;
    let mut stopped = false;
    for assignments in read {
        let insertion = match assignments {
            Ok(assignments) => Insertion::new(assignments.values, definition),
            Err(error) => {
                stopped |= ordered;
                outcomes.push(Outcome::Failed(Vec::new(), error));
                continue;
            }
        };
        let key = insertion.shown_key();
        if stopped {
            outcomes.push(Outcome::Skipped(key));
        } else if let Err(error) = insertion.check(definition) {
            stopped = ordered;
            outcomes.push(Outcome::Failed(key, error));
        } else {
            outcomes.push(Outcome::Inserted(key));
            insertions.push(insertion);
        }
    }
    if !insertions.is_empty() {
        write(call.storage, table, insertions)?;
    }
    Ok(outcomes)
}

/// Gives the rows that are going to be inserted the vectors of their texts. Where one cannot be made, none of the rows is
/// inserted.
fn embed_texts(
    call: &Call<'_>,
    table: &TableDefinition,
    rows: &mut [Result<Assignments, ApiError>],
    ordered: bool,
) -> Result<(), ApiError> {
    let end = rows.iter().position(|row| ordered && row.is_err());
    let to_insert = rows.iter_mut().take(end.unwrap_or(usize::MAX));
    let mut with_text: Vec<_> = to_insert.flatten().collect();
    let texts: Vec<_> = with_text.iter().flat_map(|row| row.texts.clone()).collect();
    let mut vectors = vectors_of(&texts, table, call.providers)?.into_iter();
    for row in &mut with_text {
        let texts = std::mem::take(&mut row.texts).len();
        row.values.extend(vectors.by_ref().take(texts));
    }
    Ok(())
}

fn write(
    storage: &Storage,
    table: &Arc<Table>,
    insertions: Vec<Insertion>,
) -> Result<(), ApiError> {
    let table = Arc::clone(table);
    storage.write(move |writer| {
        writer.require_table(&table)?;
        insertions
            .into_iter()
            .try_for_each(|insertion| insertion.put(writer, &table))
    })
}

impl Insertion {
    fn new(assignments: Vec<Assignment>, table: &TableDefinition) -> Self {
        let value = |position: usize| {
            let mut found = assignments
                .iter()
                .filter(|(assigned, _)| *assigned == position);
            found.next().and_then(|(_, value)| value.clone())
        };
        Self {
            key: (0..table.key_columns().len()).filter_map(value).collect(),
            assignments,
        }
    }

    fn shown_key(&self) -> Vec<Value> {
        self.key.iter().map(CqlValue::key_to_json).collect()
    }

    fn check(&self, table: &TableDefinition) -> Result<(), ApiError> {
        check_key(&self.key, table)?;
        let mut row = Row::of_key(self.key.clone(), table);
        self.assign_to(&mut row, table);
        check_indexed(&row, table)
    }

    fn assign_to(&self, row: &mut Row, table: &TableDefinition) {
        let key = table.key_columns().len();
        for (position, value) in self
            .assignments
            .iter()
            .filter(|(position, _)| *position >= key)
        {
            row.set(*position, value.clone());
        }
    }

    fn put(self, writer: &mut Writer<'_>, table: &Table) -> Result<(), ApiError> {
        let definition = &table.definition;
        let key = key_bytes(&self.key, definition);
        let mut row = match writer.row(table, &key)? {
            Some(old) => old.row,
            None => Row::of_key(self.key.clone(), definition),
        };
        self.assign_to(&mut row, definition);
        writer.put_row(table, &key, &StoredRow { row, marked: true })?;
        Ok(())
    }
}

fn key_schema(table: &TableDefinition) -> Object {
    describe_columns(table.key_columns(), Shown::BesideRows)
}

fn answer(outcomes: &[Outcome], table: &TableDefinition) -> Answer {
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Outcome::Inserted(key) => ids.push(Value::from(key.clone())),
            Outcome::Failed(_, error) => errors.push(error.clone()),
            Outcome::Skipped(_) => {}
        }
    }
    let mut status = Object::new();
    if !ids.is_empty() {
        status.insert("insertedIds", ids);
        status.insert("primaryKeySchema", key_schema(table));
    }
    Answer {
        status,
        errors,
        ..Answer::default()
    }
}

/// Answers for each row; equal errors are told once. What the columns of the keys are is said where there is a key.
fn answer_in_detail(outcomes: &[Outcome], table: &TableDefinition) -> Answer {
    let mut errors: Vec<ApiError> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    let (mut responses, mut any) = (Vec::with_capacity(outcomes.len()), false);
    for outcome in outcomes {
        let (key, word, error) = match outcome {
            Outcome::Inserted(key) => (key.clone(), "OK", None),
            Outcome::Skipped(key) => (key.clone(), "SKIPPED", None),
            Outcome::Failed(key, error) => {
                let number = *known
                    .entry((error.kind.code, &error.message))
                    .or_insert_with(|| {
                        errors.push(error.clone());
                        errors.len() - 1
                    });
                (key.clone(), "ERROR", Some(number))
            }
        };
        any |= !key.is_empty();
        let mut response = Object::from([("_id", Value::from(key)), ("status", word.into())]);
        if let Some(number) = error {
            response.insert("errorsIdx", number);
        }
        responses.push(Value::from(response));
    }
    let mut status = Object::new();
    if any {
        status.insert("primaryKeySchema", key_schema(table));
    }
    status.insert("documentResponses", responses);
    Answer {
        status,
        errors,
        ..Answer::default()
    }
}
