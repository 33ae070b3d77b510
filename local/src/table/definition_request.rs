//! The definition of createTable: read, then judged.

use crate::error::{ApiError, database, request, schema};
use crate::json::{Object, Value};
use crate::language::{MAX_NESTING, nests_too_deep};
use crate::table::column_type::{ColumnType, Element, Scalar};
use crate::table::definition::{Direction, TableDefinition, quoted};
use crate::table::type_request::{CheckService, TypeRequest};

/// Columns or fields of one definition. Far fewer are of use; with more, comparing each with each takes long.
const MAX_NAMES: usize = 10_000;

/// A definition as it was asked for: read, not yet judged.
#[derive(Debug)]
pub(crate) struct DefinitionRequest {
    columns: Vec<(String, TypeRequest)>,
    partition: Vec<String>,
    clustering: Vec<(String, Direction)>,
}

impl DefinitionRequest {
    /// Tells a definition that cannot be read, whatever keyspace it is for. What it lacks is not told yet: for that the
    /// keyspace has to be there.
    pub(crate) fn check(definition: &Value) -> Result<(), ApiError> {
        let Value::Object(definition) = definition else {
            return Ok(());
        };
        match Self::decode(definition) {
            Err(error) if error.kind != &request::COMMAND_FIELD_VALUE_INVALID => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn decode(definition: &Object) -> Result<Self, ApiError> {
        let unknown = definition
            .keys()
            .find(|key| !matches!(key.as_str(), "columns" | "primaryKey"));
        if let Some(unknown) = unknown {
            return Err(request::COMMAND_FIELD_UNKNOWN.because(format!(
                "The definition of a table has no field '{unknown}'. Its fields are: columns, primaryKey."
            )));
        }
        let columns = match definition.get("columns") {
            Some(Value::Object(columns)) => decode_columns(columns)?,
            Some(value) if !value.is_null() => return Err(not_an_object("columns", value)),
            _ => return Err(missing("columns")),
        };
        let (partition, clustering) = decode_key(definition.get("primaryKey"))?;
        Ok(Self {
            columns,
            partition,
            clustering,
        })
    }

    /// Judges all that needs no look at the keyspace. User-defined types still have their names only.
    pub(crate) fn judge(
        self,
        check_service: &CheckService<'_>,
    ) -> Result<TableDefinition, ApiError> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for (name, asked) in &self.columns {
            columns.push((name.as_str(), asked.judge(name, check_service)?));
        }
        let has = |name: &str| columns.iter().any(|(column, _)| *column == name);
        let sort: Vec<_> = self
            .clustering
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        if let Some(problem) = unknown_columns("partitionSort", &sort, has) {
            return Err(schema::UNKNOWN_PARTITION_SORT_COLUMNS.because(problem));
        }
        if self.partition.is_empty() {
            return Err(schema::MISSING_PARTITION_COLUMNS.because(
                "The primary key has no partition columns. Name at least one column in 'partitionBy'.",
            ));
        }
        let partition: Vec<_> = self.partition.iter().map(String::as_str).collect();
        if let Some(problem) = unknown_columns("partitionBy", &partition, has) {
            return Err(schema::UNKNOWN_PARTITION_COLUMNS.because(problem));
        }
        let mut types = Vec::with_capacity(columns.len());
        for (name, column_type) in columns {
            let column_type = column_type.ok_or_else(|| unsupported_type(name))?;
            types.push((name.to_owned(), column_type));
        }
        Ok(self.assemble(types))
    }

    fn assemble(&self, mut columns: Vec<(String, ColumnType)>) -> TableDefinition {
        let mut key = Vec::new();
        let names = self
            .partition
            .iter()
            .chain(self.clustering.iter().map(|(name, _)| name));
        for name in names {
            // A name given twice stands for one column.
            if let Some(position) = columns.iter().position(|(column, _)| column == name) {
                key.push(columns.remove(position));
            }
        }
        let directions = self
            .clustering
            .iter()
            .map(|(_, direction)| *direction)
            .collect();
        TableDefinition::new(key, directions, columns)
    }

    /// A column that is in both parts of the primary key.
    pub(crate) fn doubled_key_column(&self) -> Option<&str> {
        let mut names = self.clustering.iter().map(|(name, _)| name);
        names
            .find(|name| self.partition.contains(name))
            .map(String::as_str)
    }
}

/// Reads columns with their types.
pub(crate) fn decode_columns(columns: &Object) -> Result<Vec<(String, TypeRequest)>, ApiError> {
    if columns.len() > MAX_NAMES {
        return Err(database::INVALID_DATABASE_QUERY.because(format!(
            "The definition has {} columns or fields; the database can have at most {MAX_NAMES}. Put those of one type into a map.",
            columns.len()
        )));
    }
    let decode = |(name, asked): (&String, &Value)| {
        if name.trim().is_empty() {
            return Err(request::COMMAND_FIELD_VALUE_INVALID
                .because("A column has a blank name. Give each column a name."));
        }
        if nests_too_deep(asked) {
            return Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                "The type of '{name}' nests deeper than {MAX_NESTING} levels. Types nest two levels at most."
            )));
        }
        Ok((name.clone(), TypeRequest::decode(asked)?))
    };
    columns.iter().map(decode).collect()
}

type Key = (Vec<String>, Vec<(String, Direction)>);

fn decode_key(value: Option<&Value>) -> Result<Key, ApiError> {
    match value {
        None | Some(Value::Null) => Err(missing("primaryKey")),
        Some(Value::String(column)) => Ok((vec![column.clone()], Vec::new())),
        Some(Value::Object(key)) => Ok((
            decode_partition(key.get("partitionBy"))?,
            decode_clustering(key.get("partitionSort"))?,
        )),
        Some(other) => Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
            "'primaryKey' must be the name of a column, or an object with 'partitionBy' and 'partitionSort'; it is {}.",
            other.kind()
        ))),
    }
}

fn decode_partition(value: Option<&Value>) -> Result<Vec<String>, ApiError> {
    let names = value.and_then(Value::as_array).and_then(|items| {
        let names = items.iter().map(|item| item.as_str().map(str::to_owned));
        names.collect::<Option<Vec<_>>>()
    });
    names.ok_or_else(|| {
        request::REQUEST_STRUCTURE_MISMATCH
            .because("The primary key's 'partitionBy' must be an array of column names.")
    })
}

fn decode_clustering(value: Option<&Value>) -> Result<Vec<(String, Direction)>, ApiError> {
    let columns = match value {
        None => return Ok(Vec::new()),
        Some(value) => value.as_object().and_then(|columns| {
            let columns = columns.iter();
            columns
                .map(|(name, direction)| Some((name.clone(), Direction::from_value(direction)?)))
                .collect::<Option<Vec<_>>>()
        }),
    };
    columns.ok_or_else(|| {
        request::REQUEST_STRUCTURE_MISMATCH.because(
            "The primary key's 'partitionSort' must be an object of column names, each with 1 (ascending) or -1 (descending).",
        )
    })
}

fn unknown_columns(part: &str, names: &[&str], has: impl Fn(&str) -> bool) -> Option<String> {
    let unknown: Vec<_> = names.iter().copied().filter(|name| !has(name)).collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "'{part}' names {}, which 'columns' does not define. Define every column of the primary key.",
            quoted(unknown.into_iter())
        )
    })
}

fn unsupported_type(column: &str) -> ApiError {
    schema::UNSUPPORTED_DATA_TYPE_TABLE_CREATION.because(format!(
        "The column '{column}' has a type that only tables made in CQL can have. Use 'uuid' for timeuuid, 'bigint' for counter."
    ))
}

fn missing(part: &str) -> ApiError {
    request::COMMAND_FIELD_VALUE_INVALID.because(format!(
        "The definition of a table needs the field '{part}'."
    ))
}

fn not_an_object(part: &str, value: &Value) -> ApiError {
    request::REQUEST_STRUCTURE_MISMATCH.because(format!(
        "'{part}' must be an object; it is {}.",
        value.kind()
    ))
}

/// Why the database would not make such a table, if so.
pub(crate) fn refused_by_database(definition: &TableDefinition) -> Option<String> {
    for column in definition.key_columns() {
        let fit = match &column.column_type {
            ColumnType::Scalar(scalar) => *scalar != Scalar::Duration,
            ColumnType::Vector(_) => true,
            _ => false,
        };
        if !fit {
            return Some(format!(
                "The column '{}' is of type {}, which cannot be in a primary key.",
                column.name,
                column.column_type.in_cql()
            ));
        }
    }
    let mut columns = definition.columns().iter();
    columns.find_map(|column| refused_column(&column.name, &column.column_type))
}

/// Sets are kept in order, and durations have none: is a month longer than thirty days?
pub(crate) fn refused_column(name: &str, column_type: &ColumnType) -> Option<String> {
    let ColumnType::Set(element) = column_type else {
        return None;
    };
    let unordered = match element {
        Element::Scalar(scalar) => *scalar == Scalar::Duration,
        Element::UserType(used) => {
            let mut fields = used.fields.iter();
            fields.any(|field| field.scalar == Scalar::Duration)
        }
    };
    unordered.then(|| {
        format!("The column '{name}' is a set with durations, which have no order. Use a list.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn judged(json: &str) -> Result<TableDefinition, &'static Kind> {
        let json = crate::json::parse(json.as_bytes()).expect("JSON");
        DefinitionRequest::decode(json.as_object().expect("an object"))
            .and_then(|request| request.judge(&|_, _| Ok(1)))
            .map_err(|error| error.kind)
    }

    #[test]
    fn a_key_is_one_name_or_two_parts() {
        let one =
            judged(r#"{"columns":{"b":"int","a":"text"},"primaryKey":"b"}"#).expect("a table");
        assert_eq!(one.partition_columns().len(), 1);
        let two = r#"{"columns":{"c":"int","b":"int","a":"text"},
            "primaryKey":{"partitionBy":["b","b"],"partitionSort":{"c":-1}}}"#;
        let two = judged(two).expect("a table");
        assert_eq!(
            (two.partition_columns().len(), two.clustering()),
            (1, &[Direction::Descending][..])
        );
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        for (key, kind) in [
            (r#"["a"]"#, &request::REQUEST_STRUCTURE_MISMATCH),
            (
                r#"{"partitionBy":"a"}"#,
                &request::REQUEST_STRUCTURE_MISMATCH,
            ),
            (
                r#"{"partitionBy":["a"],"partitionSort":{"b":2}}"#,
                &request::REQUEST_STRUCTURE_MISMATCH,
            ),
            (r#"{"partitionBy":[]}"#, &schema::MISSING_PARTITION_COLUMNS),
            (
                r#"{"partitionBy":["z"]}"#,
                &schema::UNKNOWN_PARTITION_COLUMNS,
            ),
            (
                r#"{"partitionBy":[],"partitionSort":{"z":1}}"#,
                &schema::UNKNOWN_PARTITION_SORT_COLUMNS,
            ),
            ("null", &request::COMMAND_FIELD_VALUE_INVALID),
        ] {
            let json = format!(r#"{{"columns":{{"a":"text","b":"int"}},"primaryKey":{key}}}"#);
            assert_eq!(judged(&json).map(drop), Err(kind), "{key}");
        }
    }
}
