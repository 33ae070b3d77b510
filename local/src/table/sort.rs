//! The order in which rows are answered.

mod compare;
#[cfg(test)]
mod tests;

use crate::definition::Metric;
use crate::error::{ApiError, database, sort, warning};
use crate::json::{Object, Value};
use crate::table::column_type::{ColumnType, VectorType};
use crate::table::definition::{Column, Direction, TableDefinition, quoted};
use crate::table::filter::Filter;
use crate::vector;

pub(crate) use self::compare::sort_rows;

/// Rows of one vector search.
const MAX_VECTOR_LIMIT: u32 = 1000;

/// A sort whose columns exist.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sort {
    None,
    /// Columns by their positions.
    Columns(Vec<(usize, Direction)>),
    /// A column of vectors, and the vector to search for.
    Vector(usize, Vec<f32>),
    /// A column of vectors, and a text to make the vector of.
    Vectorize(usize, String),
    /// A column of texts, and the text to search for.
    Lexical(usize, String),
}

/// Who brings rows in order by columns.
#[derive(Debug)]
pub(crate) enum Sorted {
    /// The key: as declared, or the other way round (true).
    ByKey(bool),
    /// Memory, with the warning that says why.
    InMemory(ApiError),
    /// Nobody.
    Impossible(ApiError),
}

impl Sort {
    pub(crate) fn parse(sort: Option<&Value>, table: &TableDefinition) -> Result<Self, ApiError> {
        let columns = match sort {
            None | Some(Value::Null) => return Ok(Self::None),
            Some(Value::Object(columns)) => resolve(columns, table)?,
            Some(other) => {
                return Err(sort::SORT_CLAUSE_INVALID.because(format!(
                    "A sort must be an object such as {{\"name\": 1}}; it is {}.",
                    other.kind()
                )));
            }
        };
        let special =
            |(position, value): &(usize, &Value)| match table.columns()[*position].column_type {
                ColumnType::Vector(_) => true,
                ColumnType::Scalar(scalar) => scalar.is_text() && value.as_str().is_some(),
                _ => false,
            };
        match columns.iter().find(|column| special(column)) {
            Some(_) if columns.len() > 1 => Err(sort::CANNOT_SORT_ON_SPECIAL_WITH_OTHERS.because(
                "A sort by a vector, or by a text, stands alone. Leave the other columns out.",
            )),
            Some((position, value)) => special_sort(*position, &table.columns()[*position], value),
            None => {
                let direction = |(position, value)| {
                    Ok((position, direction(&table.columns()[position], value)?))
                };
                let columns: Vec<_> = columns
                    .into_iter()
                    .map(direction)
                    .collect::<Result<_, ApiError>>()?;
                Ok(if columns.is_empty() {
                    Self::None
                } else {
                    Self::Columns(columns)
                })
            }
        }
    }

    /// Checks what a special sort needs: a limit, an index, a vector of the right length.
    pub(crate) fn check(
        &self,
        table: &TableDefinition,
        limit: Option<u32>,
        skips: bool,
    ) -> Result<(), ApiError> {
        let column = |position: &usize| &table.columns()[*position];
        match self {
            Self::None | Self::Columns(_) => Ok(()),
            Self::Lexical(position, _) => check_lexical(column(position), table, skips),
            Self::Vector(position, vector) => {
                check_window(column(position), limit, skips)?;
                index_metric(column(position), table)?;
                check_length(column(position), vector)
            }
            Self::Vectorize(position, text) => {
                check_window(column(position), limit, skips)?;
                index_metric(column(position), table)?;
                check_service(column(position), text)
            }
        }
    }
}

impl Sorted {
    pub(crate) fn decide(
        columns: &[(usize, Direction)],
        filter: &Filter,
        table: &TableDefinition,
        skips: bool,
    ) -> Self {
        if skips {
            return Self::InMemory(warning::IN_MEMORY_SORTING_DUE_SKIP_OPTIONS.because(
                "The rows before those to skip have to be read and sorted in memory. Filter further instead.",
            ));
        }
        let clustering = table.clustering_columns();
        let first = table.partition_columns().len();
        let is_clustering = |position: usize| (first..first + clustering.len()).contains(&position);
        let reason = if !columns.iter().all(|(position, _)| is_clustering(*position)) {
            &warning::IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING
        } else if columns
            .iter()
            .enumerate()
            .any(|(number, (position, _))| *position != first + number)
        {
            &warning::IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING
        } else if !table
            .partition_columns()
            .iter()
            .all(|column| filter.fixes(&column.name))
        {
            &warning::IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED
        } else {
            return along_key(columns, table);
        };
        let sorted = quoted(
            columns
                .iter()
                .map(|(position, _)| table.columns()[*position].name.as_str()),
        );
        let clustering = quoted(clustering.iter().map(|column| column.name.as_str()));
        Self::InMemory(reason.because(format!(
            "Rows are sorted by {sorted} in memory. They lie in order of the clustering columns ({clustering}) inside one partition."
        )))
    }

    pub(crate) fn warning(&self) -> Option<ApiError> {
        match self {
            Self::InMemory(warning) => Some(warning.clone()),
            Self::ByKey(_) | Self::Impossible(_) => None,
        }
    }
}

/// Rows lie in one order and can be read in two.
fn along_key(columns: &[(usize, Direction)], table: &TableDefinition) -> Sorted {
    let mut agree = columns
        .iter()
        .zip(table.clustering())
        .map(|((_, asked), declared)| asked == declared);
    let first = agree.next().unwrap_or(true);
    if agree.all(|agrees| agrees == first) {
        return Sorted::ByKey(!first);
    }
    Sorted::Impossible(database::INVALID_DATABASE_QUERY.because(
        "The sort is neither in the order of the clustering columns nor in the reverse one. Sort by all of them as declared, or by all the other way round.",
    ))
}

fn resolve<'v>(
    columns: &'v Object,
    table: &TableDefinition,
) -> Result<Vec<(usize, &'v Value)>, ApiError> {
    let unknown = columns
        .keys()
        .map(String::as_str)
        .filter(|name| table.column(name).is_none());
    let unknown = quoted(unknown);
    if !unknown.is_empty() {
        return Err(sort::CANNOT_SORT_UNKNOWN_COLUMNS.because(format!(
            "The sort uses columns the table does not have: {unknown}. It has: {}.",
            table.names()
        )));
    }
    let found = columns
        .iter()
        .filter_map(|(name, value)| Some((table.position(name)?, value)));
    Ok(found.collect())
}

fn special_sort(position: usize, column: &Column, value: &Value) -> Result<Sort, ApiError> {
    match (&column.column_type, value) {
        (ColumnType::Scalar(_), value) => {
            let text = value.as_str().unwrap_or_default();
            Ok(Sort::Lexical(position, text.to_owned()))
        }
        (_, Value::Array(_) | Value::Object(_)) => {
            Ok(Sort::Vector(position, vector::of_sort(value)?))
        }
        (_, Value::String(text)) => Ok(Sort::Vectorize(position, text.clone())),
        (_, other) => Err(sort::INVALID_VECTOR_SORT_EXPRESSION.because(format!(
            "The column '{}' holds vectors and is sorted by a vector, not by {}.",
            column.name,
            other.kind()
        ))),
    }
}

fn direction(column: &Column, value: &Value) -> Result<Direction, ApiError> {
    if let Some(direction) = Direction::from_value(value) {
        return Ok(direction);
    }
    let name = &column.name;
    Err(match value {
        Value::Array(_) => sort::CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS.because(format!(
            "The column '{name}' holds no vectors. Sort it by 1 or -1."
        )),
        Value::String(_) => sort::CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN.because(format!(
            "The column '{name}' holds no vectors. Sort it by 1 or -1."
        )),
        other => sort::INVALID_REGULAR_SORT_EXPRESSION.because(format!(
            "The column '{name}' is sorted by 1 (ascending) or -1 (descending), not by {}.",
            other.kind()
        )),
    })
}

fn check_window(column: &Column, limit: Option<u32>, skips: bool) -> Result<(), ApiError> {
    if let Some(limit) = limit.filter(|limit| *limit > MAX_VECTOR_LIMIT) {
        return Err(sort::CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX.because(format!(
            "A sort by the vectors of '{}' answers {MAX_VECTOR_LIMIT} rows at most; the limit is {limit}.",
            column.name
        )));
    }
    if skips {
        return Err(sort::CANNOT_VECTOR_SORT_WITH_SKIP_OPTION
            .because("A sort by vectors cannot skip rows. Leave the option 'skip' out."));
    }
    Ok(())
}

/// The metric of the vector index that a sort by a column needs.
pub(crate) fn index_metric(column: &Column, table: &TableDefinition) -> Result<Metric, ApiError> {
    table.metric(&column.name).ok_or_else(|| {
        sort::CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS.because(format!(
            "The column '{}' has no vector index. Make one with createVectorIndex.",
            column.name
        ))
    })
}

fn check_length(column: &Column, vector: &[f32]) -> Result<(), ApiError> {
    match &column.column_type {
        ColumnType::Vector(expected) if expected.dimension == vector.len() => Ok(()),
        _ => Err(
            sort::CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS.because(format!(
                "The vector has {} numbers; the column '{}' is of type {}.",
                vector.len(),
                column.name,
                column.column_type.in_cql()
            )),
        ),
    }
}

fn check_lexical(column: &Column, table: &TableDefinition, skips: bool) -> Result<(), ApiError> {
    if skips {
        return Err(sort::CANNOT_LEXICAL_SORT_WITH_SKIP_OPTION
            .because("A sort by a text cannot skip rows. Leave the option 'skip' out."));
    }
    if table.is_indexed(&column.name) {
        return Ok(());
    }
    Err(
        sort::CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS.because(format!(
            "The column '{}' has no text index. Make one with createTextIndex.",
            column.name
        )),
    )
}

fn check_service(column: &Column, text: &str) -> Result<(), ApiError> {
    match &column.column_type {
        ColumnType::Vector(VectorType {
            service: Some(_), ..
        }) if text.trim().is_empty() => Err(sort::SORT_CLAUSE_VALUE_INVALID.because(format!(
            "The text to sort the column '{}' by is blank. Give one that says something.",
            column.name
        ))),
        ColumnType::Vector(VectorType {
            service: Some(_), ..
        }) => Ok(()),
        _ => Err(no_service(column)),
    }
}

/// The error about a text for a column that makes no vectors of texts.
pub(crate) fn no_service(column: &Column) -> ApiError {
    sort::CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION.because(format!(
        "The column '{}' has no embedding service to make a vector from the text. Sort by a vector.",
        column.name
    ))
}
