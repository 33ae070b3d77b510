//! What alterTable asks for: read, then carried out on a definition.

use std::sync::Arc;

use crate::error::{ApiError, database, request, schema};
use crate::json::{Object, Value, lenient};
use crate::table::column_type::{ColumnType, UserType, VectorType};
use crate::table::cql_name::needs_quotes;
use crate::table::definition::{TableDefinition, quoted};
use crate::table::definition_request::{decode_columns, refused_column};
use crate::table::type_request::{CheckService, TypeRequest, decode_service, find_user_type};

/// An alteration of a table: read, not yet held against it.
#[derive(Debug)]
pub(crate) enum TableAlteration {
    Add(Vec<(String, TypeRequest)>),
    Drop(Vec<String>),
    AddVectorize(Vec<(String, Object)>),
    DropVectorize(Vec<String>),
}

/// Why an alteration was not made.
#[derive(Debug)]
pub(crate) enum Problem {
    /// It is not possible on the table.
    Request(ApiError),
    /// It seemed possible; the database had the last word.
    Database(ApiError),
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self::Request(error)
    }
}

const OPERATIONS: &str = "add, drop, addVectorize, dropVectorize";

impl TableAlteration {
    /// Tells an operation that cannot be read, whatever table it is for. What it lacks is not told yet: for that the
    /// table has to be there.
    pub(crate) fn check(operation: &Value) -> Result<(), ApiError> {
        let later = [
            &request::COMMAND_FIELD_VALUE_INVALID,
            &schema::MISSING_ALTER_TABLE_OPERATIONS,
        ];
        match Self::decode(operation) {
            Err(error) if !later.contains(&error.kind) => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn decode(operation: &Value) -> Result<Self, ApiError> {
        let mismatch = |problem: &str| {
            request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                "'operation' must be an object with exactly one of {OPERATIONS}: {problem}."
            ))
        };
        let object = operation.as_object().filter(|object| object.len() == 1);
        let (name, value) = object
            .and_then(Object::first)
            .ok_or_else(|| mismatch("it is something else"))?;
        if !OPERATIONS.split(", ").any(|known| known == name) {
            return Err(request::COMMAND_UNKNOWN.because(format!(
                "There is no operation '{name}' on a table. The operations are: {OPERATIONS}."
            )));
        }
        let Value::Object(value) = value else {
            return Err(mismatch(&format!("'{name}' has {}", value.kind())));
        };
        if let Some(unknown) = value.keys().find(|key| *key != "columns") {
            return Err(request::COMMAND_FIELD_UNKNOWN.because(format!(
                "The operation '{name}' has no field '{unknown}'. Its field is: columns."
            )));
        }
        let columns = value.get("columns").unwrap_or(&Value::Null);
        match name {
            "add" => decode_columns(members(name, columns)?).map(Self::Add),
            "drop" => names(name, columns).map(Self::Drop),
            "addVectorize" => {
                let services = members(name, columns)?.iter().map(|(column, service)| {
                    let service = decode_service(Some(service))?.unwrap_or_default();
                    Ok((column.clone(), service))
                });
                services.collect::<Result<_, _>>().map(Self::AddVectorize)
            }
            _ => names(name, columns).map(Self::DropVectorize),
        }
    }

    /// Carries it out on a definition, all of it or, with an error, to no use.
    pub(crate) fn apply(
        self,
        table: &mut TableDefinition,
        user_type: &impl Fn(&str) -> Option<Arc<UserType>>,
        check_service: &CheckService<'_>,
    ) -> Result<(), Problem> {
        match self {
            Self::Add(columns) => add(table, &columns, user_type, check_service),
            Self::Drop(columns) => drop_columns(table, &columns),
            Self::AddVectorize(services) => {
                add_vectorize(table, services, check_service).map_err(Problem::Request)
            }
            Self::DropVectorize(columns) => {
                check_vectors(table, &columns, &DROPPING)?;
                for column in columns {
                    set_service(table, &column, None);
                }
                Ok(())
            }
        }
    }
}

fn members<'v>(operation: &str, columns: &'v Value) -> Result<&'v Object, ApiError> {
    match columns {
        Value::Object(columns) if !columns.is_empty() => Ok(columns),
        Value::Object(_) | Value::Null => Err(nothing(operation)),
        other => Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
            "The 'columns' of '{operation}' must be an object; they are {}.",
            other.kind()
        ))),
    }
}

fn names(operation: &str, columns: &Value) -> Result<Vec<String>, ApiError> {
    if columns.is_null() {
        return Err(nothing(operation));
    }
    match lenient::texts(columns.clone()) {
        Ok(names) if names.is_empty() => Err(nothing(operation)),
        Ok(names) => Ok(names),
        Err(_) => Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
            "The 'columns' of '{operation}' must be an array of names."
        ))),
    }
}

fn nothing(operation: &str) -> ApiError {
    schema::MISSING_ALTER_TABLE_OPERATIONS.because(format!(
        "The operation '{operation}' names no columns. Name at least one in 'columns'."
    ))
}

fn add(
    table: &mut TableDefinition,
    columns: &[(String, TypeRequest)],
    user_type: &impl Fn(&str) -> Option<Arc<UserType>>,
    check_service: &CheckService<'_>,
) -> Result<(), Problem> {
    let mut types = Vec::with_capacity(columns.len());
    for (name, asked) in columns {
        types.push((name, asked.judge(name, check_service)?));
    }
    let unsupported = quoted(
        types
            .iter()
            .filter(|(_, found)| found.is_none())
            .map(|(name, _)| name.as_str()),
    );
    if !unsupported.is_empty() {
        return Err(Problem::Request(
            schema::CANNOT_ADD_UNSUPPORTED_DATA_TYPE_COLUMNS.because(format!(
                "The columns {unsupported} have types that only tables made in CQL can have."
            )),
        ));
    }
    let existing = quoted(
        columns
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| table.column(name).is_some()),
    );
    if !existing.is_empty() {
        return Err(Problem::Request(schema::CANNOT_ADD_EXISTING_COLUMNS.because(format!(
            "The table already has the columns {existing}. Drop them first, or choose other names."
        ))));
    }
    for (name, column_type) in types {
        if let Some(mut column_type) = column_type {
            find_user_type(&mut column_type, user_type).map_err(Problem::Database)?;
            check_added(table, name, &column_type)?;
            table.add_column(name.clone(), column_type);
        }
    }
    Ok(())
}

fn check_added(
    table: &TableDefinition,
    name: &str,
    column_type: &ColumnType,
) -> Result<(), Problem> {
    if table.was_dropped_with_another_type(name, column_type) {
        return Err(Problem::Database(schema::CANNOT_ADD_PREVIOUSLY_DROPPED_COLUMN.because(format!(
            "A column '{name}' was dropped before that had another type. Add it with the old type, or under another name."
        ))));
    }
    match refused_column(name, column_type) {
        None => Ok(()),
        Some(problem) => Err(Problem::Database(
            database::UNEXPECTED_DRIVER_ERROR.because(problem),
        )),
    }
}

fn drop_columns(table: &mut TableDefinition, columns: &[String]) -> Result<(), Problem> {
    let those = |fits: &dyn Fn(&str) -> bool| {
        quoted(columns.iter().map(String::as_str).filter(|name| fits(name)))
    };
    let key = those(&|name| table.is_key_column(name));
    if !key.is_empty() {
        return Err(Problem::Request(
            schema::CANNOT_DROP_PRIMARY_KEY_COLUMNS.because(format!(
                "The columns {key} belong to the primary key, which never changes."
            )),
        ));
    }
    let unknown = those(&|name| table.column(name).is_none());
    if !unknown.is_empty() {
        return Err(Problem::Request(
            schema::CANNOT_DROP_UNKNOWN_COLUMNS.because(format!(
                "The table has no columns {unknown}. It has: {}.",
                table.names()
            )),
        ));
    }
    let indexed = those(&|name| table.is_indexed(name));
    if !indexed.is_empty() {
        let message = format!("The columns {indexed} are indexed. Drop their indexes first.");
        return Err(if those(&|name| is_seen_indexed(table, name)).is_empty() {
            Problem::Database(database::INVALID_DATABASE_QUERY.because(message))
        } else {
            Problem::Request(schema::CANNOT_DROP_INDEXED_COLUMNS.because(message))
        });
    }
    for column in columns {
        table.drop_column(column);
    }
    Ok(())
}

/// Whether the real server sees that a column is indexed: it looks for indexes of its bare name.
fn is_seen_indexed(table: &TableDefinition, name: &str) -> bool {
    let whole = table.column(name).is_some_and(|column| {
        matches!(
            column.column_type,
            ColumnType::Scalar(_) | ColumnType::Vector(_)
        )
    });
    whole && table.is_indexed(name) && !needs_quotes(name)
}

/// The codes of an operation on columns of vectors.
struct VectorCodes {
    unknown: &'static crate::error::Kind,
    not_vectors: &'static crate::error::Kind,
}

const ADDING: VectorCodes = VectorCodes {
    unknown: &schema::CANNOT_VECTORIZE_UNKNOWN_COLUMNS,
    not_vectors: &schema::CANNOT_VECTORIZE_NON_VECTOR_COLUMNS,
};

const DROPPING: VectorCodes = VectorCodes {
    unknown: &schema::CANNOT_DROP_VECTORIZE_FROM_UNKNOWN_COLUMNS,
    not_vectors: &schema::CANNOT_DROP_VECTORIZE_FROM_NON_VECTOR_COLUMNS,
};

fn check_vectors(
    table: &TableDefinition,
    columns: &[String],
    codes: &VectorCodes,
) -> Result<(), ApiError> {
    let those = |fits: &dyn Fn(&str) -> bool| {
        quoted(columns.iter().map(String::as_str).filter(|name| fits(name)))
    };
    let unknown = those(&|name| table.column(name).is_none());
    if !unknown.is_empty() {
        return Err(codes.unknown.because(format!(
            "The table has no columns {unknown}. It has: {}.",
            table.names()
        )));
    }
    let others = those(&|name| {
        table
            .column(name)
            .is_some_and(|column| !matches!(column.column_type, ColumnType::Vector(_)))
    });
    if others.is_empty() {
        return Ok(());
    }
    Err(codes.not_vectors.because(format!(
        "The columns {others} hold no vectors. Embedding services are for columns of vectors."
    )))
}

fn add_vectorize(
    table: &mut TableDefinition,
    mut services: Vec<(String, Object)>,
    check_service: &CheckService<'_>,
) -> Result<(), ApiError> {
    let columns: Vec<_> = services.iter().map(|(column, _)| column.clone()).collect();
    check_vectors(table, &columns, &ADDING)?;
    for (name, service) in &mut services {
        let dimension = table
            .column(name)
            .and_then(|column| match &column.column_type {
                ColumnType::Vector(vector) => i64::try_from(vector.dimension).ok(),
                _ => None,
            });
        check_service(service, dimension)?;
    }
    for (column, service) in services {
        set_service(table, &column, Some(service));
    }
    Ok(())
}

fn set_service(table: &mut TableDefinition, column: &str, new: Option<Object>) {
    table.retype(column, |column_type| {
        if let ColumnType::Vector(VectorType { service, .. }) = column_type {
            *service = new;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::table::column_type::Scalar;
    use crate::table::index::{Index, IndexKind, Part};

    fn table() -> TableDefinition {
        let column = |name: &str| (name.to_owned(), ColumnType::Scalar(Scalar::Int));
        let vector = VectorType {
            dimension: 2,
            service: None,
        };
        let mut table = TableDefinition::new(
            vec![column("id")],
            Vec::new(),
            vec![
                column("a"),
                column("B"),
                column("c"),
                ("v".to_owned(), ColumnType::Vector(vector)),
            ],
        );
        for name in ["B", "c"] {
            table.add_index(Index {
                name: format!("by_{name}"),
                column: name.to_owned(),
                kind: IndexKind::Regular(Part::Whole, None),
            });
        }
        table
    }

    /// The columns afterwards, or the error and whether it comes from the database.
    fn altered(json: &str) -> Result<String, (&'static Kind, bool)> {
        let json = crate::json::parse(json.as_bytes()).expect("JSON");
        let alteration = TableAlteration::decode(&json).map_err(|error| (error.kind, false))?;
        let mut table = table();
        let no_service = |_: &mut Object, _: Option<i64>| {
            Err(schema::INVALID_CREATE_COLLECTION_OPTIONS.because("No."))
        };
        match alteration.apply(&mut table, &|_| None, &no_service) {
            Ok(()) => Ok(table.names()),
            Err(Problem::Request(error)) => Err((error.kind, false)),
            Err(Problem::Database(error)) => Err((error.kind, true)),
        }
    }

    #[test]
    fn columns_are_added_and_dropped() {
        let added = altered(r#"{"add":{"columns":{"b":"text","d":{"type":"int"}}}}"#);
        assert_eq!(added.as_deref(), Ok("'id', 'B', 'a', 'b', 'c', 'd', 'v'"));
        assert_eq!(
            altered(r#"{"drop":{"columns":["a","v"]}}"#).as_deref(),
            Ok("'id', 'B', 'c'")
        );
        assert_eq!(
            altered(r#"{"dropVectorize":{"columns":["v"]}}"#).as_deref(),
            Ok("'id', 'B', 'a', 'c', 'v'")
        );
    }

    #[test]
    fn scalars_are_taken_for_names_of_columns() {
        for (json, kind) in [
            (
                r#"{"drop":{"columns":[7]}}"#,
                &schema::CANNOT_DROP_UNKNOWN_COLUMNS,
            ),
            (
                r#"{"dropVectorize":{"columns":[true]}}"#,
                &schema::CANNOT_DROP_VECTORIZE_FROM_UNKNOWN_COLUMNS,
            ),
            (
                r#"{"drop":{"columns":[{}]}}"#,
                &request::REQUEST_STRUCTURE_MISMATCH,
            ),
        ] {
            assert_eq!(altered(json), Err((kind, false)), "{json}");
        }
    }

    #[test]
    fn alterations_that_cannot_be_are_told_apart() {
        for (json, kind) in [
            ("{}", &request::REQUEST_STRUCTURE_MISMATCH),
            (
                r#"{"add":{},"drop":{}}"#,
                &request::REQUEST_STRUCTURE_MISMATCH,
            ),
            (r#"{"rename":{}}"#, &request::COMMAND_UNKNOWN),
            (r#"{"add":null}"#, &request::REQUEST_STRUCTURE_MISMATCH),
            (
                r#"{"add":{"columns":{}}}"#,
                &schema::MISSING_ALTER_TABLE_OPERATIONS,
            ),
            (r#"{"drop":{}}"#, &schema::MISSING_ALTER_TABLE_OPERATIONS),
            (r#"{"add":{"bogus":1}}"#, &request::COMMAND_FIELD_UNKNOWN),
            (
                r#"{"add":{"columns":{"a":"text"}}}"#,
                &schema::CANNOT_ADD_EXISTING_COLUMNS,
            ),
            (
                r#"{"add":{"columns":{"a":"counter"}}}"#,
                &schema::CANNOT_ADD_UNSUPPORTED_DATA_TYPE_COLUMNS,
            ),
            (
                r#"{"drop":{"columns":["id","z"]}}"#,
                &schema::CANNOT_DROP_PRIMARY_KEY_COLUMNS,
            ),
            (
                r#"{"drop":{"columns":["z","c"]}}"#,
                &schema::CANNOT_DROP_UNKNOWN_COLUMNS,
            ),
            (
                r#"{"drop":{"columns":["c"]}}"#,
                &schema::CANNOT_DROP_INDEXED_COLUMNS,
            ),
            (
                r#"{"addVectorize":{"columns":{"z":{}}}}"#,
                &schema::CANNOT_VECTORIZE_UNKNOWN_COLUMNS,
            ),
            (
                r#"{"addVectorize":{"columns":{"a":{}}}}"#,
                &schema::CANNOT_VECTORIZE_NON_VECTOR_COLUMNS,
            ),
            (
                r#"{"addVectorize":{"columns":{"v":{}}}}"#,
                &schema::INVALID_CREATE_COLLECTION_OPTIONS,
            ),
            (
                r#"{"dropVectorize":{"columns":["a"]}}"#,
                &schema::CANNOT_DROP_VECTORIZE_FROM_NON_VECTOR_COLUMNS,
            ),
        ] {
            assert_eq!(altered(json), Err((kind, false)), "{json}");
        }
    }

    #[test]
    fn some_alterations_only_the_database_refuses() {
        for (json, kind) in [
            (
                r#"{"drop":{"columns":["B"]}}"#,
                &database::INVALID_DATABASE_QUERY,
            ),
            (
                r#"{"add":{"columns":{"u":{"type":"userDefined","udtName":"z"}}}}"#,
                &schema::UNKNOWN_USER_DEFINED_TYPE,
            ),
            (
                r#"{"add":{"columns":{"u":{"type":"set","valueType":"duration"}}}}"#,
                &database::UNEXPECTED_DRIVER_ERROR,
            ),
        ] {
            assert_eq!(altered(json), Err((kind, true)), "{json}");
        }
    }
}
