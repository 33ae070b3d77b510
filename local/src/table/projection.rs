//! Which columns of a row are answered.

use crate::error::{ApiError, projection};
use crate::json::{Object, Value};
use crate::table::column_type::Shown;
use crate::table::definition::{Column, TableDefinition, describe_columns, quoted};
use crate::table::row::Row;

/// The selected columns, by their positions in the table.
#[derive(Debug)]
pub(crate) struct Projection(Vec<usize>);

/// What a projection says of each column it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Include,
    Exclude,
}

impl Projection {
    pub(crate) fn parse(
        projection: Option<&Value>,
        table: &TableDefinition,
    ) -> Result<Self, ApiError> {
        let all = || Self((0..table.columns().len()).collect());
        let named = match projection {
            Some(Value::Object(named)) if !named.is_empty() => named,
            Some(Value::Array(items)) if !items.is_empty() => {
                return Err(projection::UNSUPPORTED_PROJECTION_DEFINITION.because(
                    "A projection must be an object such as {\"name\": 1}; it is an array.",
                ));
            }
            _ => return Ok(all()),
        };
        let mode = mode(named)?;
        if named.contains_key("*") {
            return match mode {
                Mode::Include => Ok(all()),
                Mode::Exclude => Err(nothing_left("The projection excludes all columns", table)),
            };
        }
        let columns = table.columns().iter().enumerate();
        let wanted = columns
            .filter(|(_, column)| named.contains_key(&column.name) == (mode == Mode::Include));
        let selected: Vec<_> = wanted.map(|(position, _)| position).collect();
        if selected.is_empty() {
            let problem = match mode {
                Mode::Include => format!(
                    "The projection names only columns that the table does not have: {}",
                    quoted(named.keys().map(String::as_str))
                ),
                Mode::Exclude => "The projection excludes all columns".to_owned(),
            };
            return Err(nothing_left(&problem, table));
        }
        Ok(Self(selected))
    }

    pub(crate) fn positions(&self) -> &[usize] {
        &self.0
    }

    pub(crate) fn apply(&self, row: &Row, table: &TableDefinition) -> Object {
        row.to_object(self.columns(table))
    }

    /// Whether nothing is left out.
    pub(crate) fn is_whole(&self, table: &TableDefinition) -> bool {
        self.0.len() == table.columns().len()
    }

    /// `projectionSchema`: the selected columns with their types.
    pub(crate) fn describe(&self, table: &TableDefinition) -> Object {
        describe_columns(
            self.columns(table).map(|(_, column)| column),
            Shown::BesideRows,
        )
    }

    fn columns<'t>(&self, table: &'t TableDefinition) -> impl Iterator<Item = (usize, &'t Column)> {
        let found = self
            .0
            .iter()
            .filter_map(|position| Some((*position, table.columns().get(*position)?)));
        found.collect::<Vec<_>>().into_iter()
    }
}

/// All columns must be included, or all excluded.
fn mode(named: &Object) -> Result<Mode, ApiError> {
    let mut common = None;
    for (name, value) in named {
        let bad = |problem: &str| {
            projection::UNSUPPORTED_PROJECTION_PARAM.because(format!(
                "The projection of '{name}' is not valid: {problem}."
            ))
        };
        if name.is_empty() {
            return Err(bad("a column has a name"));
        }
        if name == "*" && named.len() > 1 {
            return Err(bad("'*' stands for all columns and stands alone"));
        }
        let mode = match value {
            Value::Bool(false) => Mode::Exclude,
            Value::Number(number) if is_zero(number.as_str()) => Mode::Exclude,
            Value::Number(_) | Value::Bool(true) => Mode::Include,
            _ => {
                return Err(bad(
                    "a column is included by 1 or true, excluded by 0 or false",
                ));
            }
        };
        if common.is_some_and(|common| common != mode) {
            return Err(bad(
                "some columns are included and others excluded; do one or the other",
            ));
        }
        common = Some(mode);
    }
    Ok(common.unwrap_or(Mode::Include))
}

fn is_zero(number: &str) -> bool {
    number.parse::<f64>().is_ok_and(|number| number == 0.0)
}

fn nothing_left(problem: &str, table: &TableDefinition) -> ApiError {
    projection::UNKNOWN_TABLE_COLUMNS
        .because(format!("{problem}. The table has: {}.", table.names()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::table::column_type::{ColumnType, Scalar};

    fn selected(json: &str) -> Result<String, &'static Kind> {
        let column = |name: &str| (name.to_owned(), ColumnType::Scalar(Scalar::Int));
        let table = TableDefinition::new(
            vec![column("id")],
            Vec::new(),
            vec![column("a"), column("b")],
        );
        let json = crate::json::parse(json.as_bytes()).expect("JSON");
        let projection = Projection::parse(Some(&json), &table).map_err(|error| error.kind)?;
        let names: Vec<_> = projection.describe(&table).keys().cloned().collect();
        Ok(names.join(" "))
    }

    #[test]
    fn columns_are_included_or_excluded_the_key_too() {
        for (json, columns) in [
            ("{}", "id a b"),
            ("null", "id a b"),
            (r#""x""#, "id a b"),
            (r#"{"*":1}"#, "id a b"),
            (r#"{"b":1,"a":true,"z":5}"#, "a b"),
            (r#"{"id":0,"z":false}"#, "a b"),
        ] {
            assert_eq!(selected(json).as_deref(), Ok(columns), "{json}");
        }
    }

    #[test]
    fn what_selects_nothing_or_mixes_is_refused() {
        for (json, kind) in [
            (r#"{"z":1}"#, &projection::UNKNOWN_TABLE_COLUMNS),
            (r#"{"*":0}"#, &projection::UNKNOWN_TABLE_COLUMNS),
            (
                r#"{"a":1,"b":0}"#,
                &projection::UNSUPPORTED_PROJECTION_PARAM,
            ),
            (r#"{"a":"x"}"#, &projection::UNSUPPORTED_PROJECTION_PARAM),
            (
                r#"{"a":{"$slice":1}}"#,
                &projection::UNSUPPORTED_PROJECTION_PARAM,
            ),
            (
                r#"{"*":1,"a":1}"#,
                &projection::UNSUPPORTED_PROJECTION_PARAM,
            ),
        ] {
            assert_eq!(selected(json), Err(kind), "{json}");
        }
    }
}
