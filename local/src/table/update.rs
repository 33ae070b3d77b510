//! Updates of rows: `$set`, `$unset`, `$push` and `$pullAll`.

mod push;

use crate::error::{ApiError, update};
use crate::json::{Object, Value};
use crate::language::update::operators as collections;
use crate::table::assignment::{self, Assignment, Reading, UPDATE, is_container};
use crate::table::column_type::{ColumnType, Element};
use crate::table::definition::{TableDefinition, quoted};
use crate::table::row::Row;
use crate::table::value::{CqlValue, Mismatch, Unreadable};

/// An update whose values have their types.
#[derive(Debug)]
pub(crate) struct Update(Changes);

/// What becomes of a column.
#[derive(Debug)]
enum Change {
    Set(Option<CqlValue>),
    /// To the vector of a text, which is still to be made.
    SetVectorOf(String),
    /// Elements or entries to add.
    Push(Option<CqlValue>),
    /// Elements, or keys of entries, to remove.
    Pull(Vec<CqlValue>),
}

/// Columns by their positions, and what becomes of them.
type Changes = Vec<(usize, Change)>;

/// An operator that tables have.
struct Operator {
    name: &'static str,
    /// The problems of the first are told first.
    told: u8,
    read: fn(&Object, &TableDefinition) -> Result<Changes, ApiError>,
}

/// In the order in which messages list them.
static OPERATORS: [Operator; 4] = [
    Operator {
        name: "$set",
        told: 1,
        read: read_set,
    },
    Operator {
        name: "$unset",
        told: 2,
        read: read_unset,
    },
    Operator {
        name: "$push",
        told: 0,
        read: read_push,
    },
    Operator {
        name: "$pullAll",
        told: 3,
        read: read_pull,
    },
];

impl Update {
    pub(crate) fn parse(clause: &Value, table: &TableDefinition) -> Result<Self, ApiError> {
        let clause = operators(clause)?;
        let mut changes = Vec::new();
        let mut operators = OPERATORS.each_ref();
        operators.sort_by_key(|operator| operator.told);
        for operator in operators {
            if let Some(arguments) = clause.get(operator.name).and_then(Value::as_object) {
                changes.extend((operator.read)(arguments, table)?);
            }
        }
        let foreign = clause
            .keys()
            .map(String::as_str)
            .filter(|name| !is_of_tables(name));
        let foreign = quoted(foreign);
        if !foreign.is_empty() {
            return Err(
                update::UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE.because(format!(
                    "Tables do not have the operators {foreign}. They have: {}.",
                    names(", ")
                )),
            );
        }
        check_changes(&changes, table)?;
        Ok(Self(changes))
    }

    /// The texts that the vectors of columns are to be made of, by the positions of the columns.
    pub(crate) fn texts(&self) -> Vec<(usize, String)> {
        let texts = self.0.iter().filter_map(|(position, change)| match change {
            Change::SetVectorOf(text) => Some((*position, text.clone())),
            _ => None,
        });
        texts.collect()
    }

    /// Gives columns the vectors of their texts.
    pub(crate) fn set_vectors(&mut self, vectors: Vec<Assignment>) {
        for (position, vector) in vectors {
            let found = self.0.iter_mut().find(|(changed, _)| *changed == position);
            if let Some((_, change)) = found {
                *change = Change::Set(vector);
            }
        }
    }

    pub(crate) fn apply(&self, row: &mut Row) {
        for (position, change) in &self.0 {
            let value = change.apply(row.value(*position));
            row.set(*position, value.filter(|value| !value.is_nothing()));
        }
    }
}

fn is_of_tables(name: &str) -> bool {
    OPERATORS.iter().any(|operator| operator.name == name)
}

/// The names of all operators, for messages, with this before the last.
fn names(last: &str) -> String {
    let names: Vec<_> = OPERATORS.iter().map(|operator| operator.name).collect();
    match names.split_last() {
        Some((name, others)) => format!("{}{last}{name}", others.join(", ")),
        None => String::new(),
    }
}

/// The operators of a clause, each with an object.
fn operators(clause: &Value) -> Result<&Object, ApiError> {
    let Value::Object(clause) = clause else {
        return Err(update::UNSUPPORTED_UPDATE_DATA_TYPE.because(format!(
            "An update must be an object of operators such as {{\"$set\": {{…}}}}; it is {}.",
            clause.kind()
        )));
    };
    for (name, arguments) in clause {
        if !is_of_tables(name) && collections::named(name).is_none() {
            return Err(update::UNSUPPORTED_UPDATE_OPERATION.because(format!(
                "There is no update operator '{name}'. Tables have: {}.",
                names(", ")
            )));
        }
        if arguments.as_object().is_none() {
            return Err(update::UNSUPPORTED_UPDATE_DATA_TYPE.because(format!(
                "The argument of '{name}' must be an object of columns; it is {}.",
                arguments.kind()
            )));
        }
    }
    Ok(clause)
}

fn check_changes(changes: &[(usize, Change)], table: &TableDefinition) -> Result<(), ApiError> {
    if changes.is_empty() {
        return Err(update::MISSING_UPDATE_OPERATIONS.because(format!(
            "The update changes nothing. Give at least one column to {}.",
            names(" or ")
        )));
    }
    let columns = table.columns();
    let mut positions: Vec<_> = changes.iter().map(|(position, _)| *position).collect();
    positions.sort_unstable();
    let twice = positions.windows(2).filter(|pair| pair[0] == pair[1]);
    let twice = quoted(twice.map(|pair| columns[pair[0]].name.as_str()));
    if !twice.is_empty() {
        return Err(
            update::UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS.because(format!(
                "The columns {twice} are changed by more than one operator. Use one for each."
            )),
        );
    }
    let key = positions
        .iter()
        .filter(|position| **position < table.key_columns().len());
    let key = quoted(key.map(|position| columns[*position].name.as_str()));
    if key.is_empty() {
        return Ok(());
    }
    Err(update::UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS.because(format!(
        "The columns {key} belong to the primary key, which never changes. Insert a row with the new key, and delete this one."
    )))
}

fn read_set(arguments: &Object, table: &TableDefinition) -> Result<Changes, ApiError> {
    let assignments = assignment::read(arguments, table, &UPDATE)?;
    let values = assignments.values.into_iter();
    let values = values.map(|(position, value)| (position, Change::Set(value)));
    let texts = assignments.texts.into_iter();
    let texts = texts.map(|(position, text)| (position, Change::SetVectorOf(text)));
    Ok(values.chain(texts).collect())
}

fn read_unset(arguments: &Object, table: &TableDefinition) -> Result<Changes, ApiError> {
    let columns = assignment::positions(arguments, table, &UPDATE)?;
    Ok(columns
        .into_iter()
        .map(|(position, _)| (position, Change::Set(None)))
        .collect())
}

fn read_push(arguments: &Object, table: &TableDefinition) -> Result<Changes, ApiError> {
    let mut items = Object::with_capacity(arguments.len());
    for (name, argument) in arguments {
        let column_type = table.column(name).map(|column| &column.column_type);
        items.insert(name.as_str(), push::items(column_type, argument)?);
    }
    let columns = assignment::positions(&items, table, &UPDATE)?;
    check_containers("$push", &columns, table)?;
    let mut reading = Reading::new(&UPDATE);
    for (position, items) in columns {
        let column = &table.columns()[position];
        // An empty array stands for no entries here, which a map does not take as a value.
        let nothing = items.as_array().is_some_and(<[Value]>::is_empty);
        let value = if nothing {
            Ok(None)
        } else {
            column.column_type.read(items)
        };
        reading.take(column, position, value);
    }
    Ok(reading
        .finish()?
        .values
        .into_iter()
        .map(|(position, items)| (position, Change::Push(items)))
        .collect())
}

fn read_pull(arguments: &Object, table: &TableDefinition) -> Result<Changes, ApiError> {
    let columns = assignment::positions(arguments, table, &UPDATE)?;
    check_containers("$pullAll", &columns, table)?;
    let mut reading = Reading::new(&UPDATE);
    for (position, removed) in columns {
        let column = &table.columns()[position];
        // What to remove is a list, whatever it is removed from.
        let removed = removed_list(&column.column_type, removed);
        reading.take(column, position, removed);
    }
    let changes = reading
        .finish()?
        .values
        .into_iter()
        .map(|(position, removed)| match removed {
            Some(CqlValue::List(removed)) => (position, Change::Pull(removed)),
            _ => (position, Change::Pull(Vec::new())),
        });
    Ok(changes.collect())
}

fn removed_list(column_type: &ColumnType, removed: &Value) -> Result<Option<CqlValue>, Unreadable> {
    let element = match column_type {
        ColumnType::List(element) | ColumnType::Set(element) => element.clone(),
        ColumnType::Map(key, _) => Element::Scalar(*key),
        _ => {
            return Err(Unreadable::Mismatch(Mismatch::expected(
                "a list, set or map",
                removed,
            )));
        }
    };
    ColumnType::List(element).read(removed)
}

fn check_containers(
    operator: &str,
    columns: &[(usize, &Value)],
    table: &TableDefinition,
) -> Result<(), ApiError> {
    let columns = columns
        .iter()
        .map(|(position, _)| &table.columns()[*position]);
    let others = columns.filter(|column| !is_container(&column.column_type));
    let others = quoted(others.map(|column| column.name.as_str()));
    if others.is_empty() {
        return Ok(());
    }
    Err(update::UNSUPPORTED_UPDATE_OPERATOR.because(format!(
        "'{operator}' works on lists, sets and maps, which {others} are not. Use $set."
    )))
}

impl Change {
    fn apply(&self, old: Option<&CqlValue>) -> Option<CqlValue> {
        match self {
            Self::Set(new) => new.clone(),
            // It has been given its vector before.
            Self::SetVectorOf(_) | Self::Push(None) => old.cloned(),
            Self::Push(Some(added)) => Some(match old {
                None => added.clone(),
                Some(old) => old.with(added),
            }),
            Self::Pull(removed) => old.map(|old| old.without(removed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::table::column_type::Scalar;

    fn table() -> TableDefinition {
        let column = |name: &str, column_type| (name.to_owned(), column_type);
        let int = Element::Scalar(Scalar::Int);
        TableDefinition::new(
            vec![column("id", ColumnType::Scalar(Scalar::Text))],
            Vec::new(),
            vec![
                column("l", ColumnType::List(int.clone())),
                column("m", ColumnType::Map(Scalar::Text, int.clone())),
                column("n", ColumnType::Scalar(Scalar::Int)),
                column("s", ColumnType::Set(int)),
            ],
        )
    }

    fn parse(json: &str) -> Result<Update, &'static Kind> {
        let json = crate::json::parse(json.as_bytes()).expect("JSON");
        Update::parse(&json, &table()).map_err(|error| error.kind)
    }

    fn after(updates: &[&str]) -> String {
        let mut row = Row::of_key(vec![CqlValue::Text("a".to_owned())], &table());
        for json in updates {
            parse(json).expect("an update").apply(&mut row);
        }
        Value::from(row.to_object(table().columns().iter().enumerate())).to_json()
    }

    #[test]
    fn elements_and_entries_are_pushed_and_pulled() {
        let pushed = [
            r#"{"$push":{"l":1,"s":3,"m":{"a":1}}}"#,
            r#"{"$push":{"l":{"$each":[2,1]},"s":{"$each":[1,3]},"m":{"$each":[["b",2],{"a":5}]}}}"#,
        ];
        assert_eq!(
            after(&pushed),
            r#"{"id":"a","l":[1,2,1],"m":{"a":5,"b":2},"s":[1,3]}"#
        );
        let pulled = [
            pushed[0],
            pushed[1],
            r#"{"$pullAll":{"l":[1],"s":[7,3],"m":["b"]}}"#,
        ];
        assert_eq!(after(&pulled), r#"{"id":"a","l":[2],"m":{"a":5},"s":[1]}"#);
        let emptied = [
            pushed[0],
            r#"{"$pullAll":{"l":[1],"s":[3],"m":["a"]},"$set":{"n":1}}"#,
        ];
        assert_eq!(after(&emptied), r#"{"id":"a","n":1}"#);
    }

    #[test]
    fn problems_are_told_in_their_order() {
        for (json, kind) in [
            ("[]", &update::UNSUPPORTED_UPDATE_DATA_TYPE),
            (r#"{"$set":1}"#, &update::UNSUPPORTED_UPDATE_DATA_TYPE),
            (r#"{"n":1}"#, &update::UNSUPPORTED_UPDATE_OPERATION),
            (
                r#"{"$inc":{"n":1}}"#,
                &update::UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE,
            ),
            (
                r#"{"$inc":{"n":1},"$set":{"n":"x"}}"#,
                &update::INVALID_UPDATE_COLUMN_VALUES,
            ),
            (r#"{"$set":{}}"#, &update::MISSING_UPDATE_OPERATIONS),
            (r#"{"$set":{"z":1}}"#, &update::UNKNOWN_TABLE_COLUMNS),
            (
                r#"{"$set":{"n":1},"$unset":{"n":""}}"#,
                &update::UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS,
            ),
            (
                r#"{"$set":{"id":"b"}}"#,
                &update::UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS,
            ),
            (r#"{"$push":{"n":1}}"#, &update::UNSUPPORTED_UPDATE_OPERATOR),
            (
                r#"{"$push":{"l":[1]}}"#,
                &update::INVALID_PUSH_OPERATOR_USAGE,
            ),
            (
                r#"{"$push":{"l":null}}"#,
                &update::INVALID_UPDATE_COLUMN_VALUES,
            ),
            (
                r#"{"$push":{"m":{"a":1,"b":2}}}"#,
                &update::INVALID_PUSH_OPERATOR_USAGE,
            ),
            (
                r#"{"$push":{"l":{"$each":[1],"$position":0}}}"#,
                &update::INVALID_PUSH_OPERATOR_USAGE,
            ),
            (
                r#"{"$pullAll":{"l":1}}"#,
                &update::INVALID_UPDATE_COLUMN_VALUES,
            ),
        ] {
            assert_eq!(parse(json).map(drop), Err(kind), "{json}");
        }
    }
}
