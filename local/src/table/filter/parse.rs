//! Filters as JSON has them.

use super::comparison::{Comparison, Containment, Test, Unfit};
use super::operand::{invalid, operand, operands};
use super::operators::{self, check_count};
use super::tree::{Group, Logic, Written};
use crate::error::{ApiError, filter};
use crate::json::{Object, Value};
use crate::language::{MAX_NESTING, nests_too_deep};
use crate::table::column_type::ColumnType;
use crate::table::definition::TableDefinition;
use crate::table::index::Part;

/// Comparisons in one filter.
const MAX_COMPARISONS: usize = 64;

pub(super) fn parse(filter: Option<&Value>, table: &TableDefinition) -> Result<Group, ApiError> {
    let root = understand(filter, table)?;
    refuse_unfit(&root)?;
    Ok(root)
}

/// Reads a filter, whether or not its operands fit their columns.
pub(super) fn understand(
    filter: Option<&Value>,
    table: &TableDefinition,
) -> Result<Group, ApiError> {
    let written = match filter {
        None | Some(Value::Null) => return Ok(Group::default()),
        Some(filter @ Value::Object(_)) if nests_too_deep(filter) => {
            return Err(invalid(format!(
                "The filter nests deeper than {MAX_NESTING} levels. Write it with fewer logical operators."
            )));
        }
        Some(Value::Object(filter)) => {
            let mut root = Written::new(Logic::And);
            object(&mut root, filter, table)?;
            root
        }
        Some(other) => {
            return Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(format!(
                "A filter must be an object; it is {}.",
                other.kind()
            )));
        }
    };
    let root = written.resolve()?;
    if root.count() > MAX_COMPARISONS {
        return Err(filter::FILTER_FIELDS_LIMIT_VIOLATION.because(format!(
            "The filter has {} comparisons; at most {MAX_COMPARISONS} are possible.",
            root.count()
        )));
    }
    Ok(root)
}

/// Operands that fit no column are told last, objects after all others.
fn refuse_unfit(root: &Group) -> Result<(), ApiError> {
    let mut first: Option<&Unfit> = None;
    root.visit(&mut |comparison| {
        if let Test::Unfit(unfit) = &comparison.test
            && first.is_none_or(|first| first.is_object && !unfit.is_object)
        {
            first = Some(unfit);
        }
    });
    first.map_or(Ok(()), |unfit| Err(unfit.error.clone()))
}

fn object(into: &mut Written, filter: &Object, table: &TableDefinition) -> Result<(), ApiError> {
    for (name, value) in filter {
        match value {
            Value::Object(inner) if name == "$not" => {
                let mut group = Written::new(Logic::Not);
                object(&mut group, inner, table)?;
                into.groups.push(group);
            }
            Value::Object(tests) => column(into, name, tests, table)?,
            Value::Array(items) => group(into, name, items, table)?,
            _ if name == "$vector" || name == "$vectorize" => {
                return Err(invalid(format!(
                    "'{name}' is for collections and cannot be in a table's filter. Sort by a vector column instead."
                )));
            }
            scalar => into
                .comparisons
                .push(compare(name, Test::equal(name, scalar.clone()))),
        }
    }
    Ok(())
}

fn group(
    into: &mut Written,
    name: &str,
    items: &[Value],
    table: &TableDefinition,
) -> Result<(), ApiError> {
    let logic = match name {
        "$and" => Logic::And,
        "$or" => Logic::Or,
        _ => {
            let column = table.column(name).map(|column| &column.column_type);
            let advice = if matches!(column, Some(ColumnType::Vector(_))) || name == "$vector" {
                "Vectors cannot be filtered by. Sort by a vector column instead."
            } else {
                "Use $in for one of several values, and $and or $or for several filters."
            };
            return Err(invalid(format!(
                "'{name}' cannot be compared with an array like this. {advice}"
            )));
        }
    };
    let mut group = Written::new(logic);
    for item in items {
        members(&mut group, item, name, table)?;
    }
    into.groups.push(group);
    Ok(())
}

/// The members of an item of `$and` or `$or` belong to the group itself, as do those of arrays in it.
fn members(
    group: &mut Written,
    item: &Value,
    name: &str,
    table: &TableDefinition,
) -> Result<(), ApiError> {
    match item {
        Value::Object(filter) => object(group, filter, table),
        Value::Array(items) => {
            for item in items {
                let Value::Object(filter) = item else {
                    return Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(format!(
                        "What is in '{name}' must be objects; here is {}.",
                        item.kind()
                    )));
                };
                object(group, filter, table)?;
            }
            Ok(())
        }
        other => Err(invalid(format!(
            "What is in '{name}' must be objects; here is {}.",
            other.kind()
        ))),
    }
}

fn column(
    into: &mut Written,
    name: &str,
    tests: &Object,
    table: &TableDefinition,
) -> Result<(), ApiError> {
    match table.column(name).map(|column| &column.column_type) {
        Some(ColumnType::List(_) | ColumnType::Set(_)) => {
            container(into, name, Part::Values, tests)
        }
        Some(ColumnType::Map(..)) => {
            let before = into.comparisons.len();
            map(into, name, tests)?;
            // What asks nothing of the map is taken for operators of other columns.
            if into.comparisons.len() == before {
                scalar(into, name, tests)?;
            }
            Ok(())
        }
        _ => scalar(into, name, tests),
    }
}

fn map(into: &mut Written, name: &str, tests: &Object) -> Result<(), ApiError> {
    for (key, value) in tests {
        let part = match key.to_ascii_lowercase().as_str() {
            "$keys" => Part::Keys,
            "$values" => Part::Values,
            _ => {
                container(
                    into,
                    name,
                    Part::Entries,
                    &Object::from([(key, value.clone())]),
                )?;
                continue;
            }
        };
        let Value::Object(tests) = value else {
            return Err(bad_container(format!(
                "'{key}' of the map '{name}' needs an object with {}; it is {}.",
                operators::containments(" or "),
                value.kind()
            )));
        };
        container(into, name, part, tests)?;
    }
    Ok(())
}

fn container(into: &mut Written, name: &str, part: Part, tests: &Object) -> Result<(), ApiError> {
    for (operator, value) in tests {
        let Some(containment) = operators::containment(operator) else {
            return Err(bad_container(format!(
                "The operator '{operator}' does not work on the column '{name}'. Those that do are: {}.",
                operators::containments(", ")
            )));
        };
        let is_pair = |value: &Value| value.as_array().is_some_and(|pair| pair.len() == 2);
        let values = value
            .as_array()
            .filter(|values| part != Part::Entries || values.iter().all(is_pair));
        let Some(values) = values else {
            return Err(bad_container(match part {
                Part::Entries => format!(
                    "The operator '{operator}' on the entries of the map '{name}' needs an array of [key, value] pairs."
                ),
                _ => format!(
                    "The operator '{operator}' on the column '{name}' needs an array of values."
                ),
            }));
        };
        let values = operands(values)?;
        if containment == Containment::All && values.is_empty() {
            return Err(invalid("'$all' needs at least one value.".to_owned()));
        }
        if containment != Containment::All {
            check_count(operator, &values)?;
        }
        into.comparisons
            .push(compare(name, Test::Contains(part, containment, values)));
    }
    Ok(())
}

fn scalar(into: &mut Written, name: &str, tests: &Object) -> Result<(), ApiError> {
    for (operator, value) in tests {
        if let Some(read) = operators::named(operator) {
            let test = read(name, operator, value)?;
            into.comparisons.push(compare(name, test));
            continue;
        }
        let whole = match operator.as_str() {
            "$binary" => Object::from([(operator, value.clone())]).into(),
            "$uuid" | "$objectId" | "$date" => {
                operand(&Object::from([(operator, value.clone())]).into())?
            }
            unknown if unknown.starts_with('$') => {
                return Err(filter::FILTER_UNSUPPORTED_OPERATOR.because(format!(
                    "There is no operator '{unknown}'. Those for columns are: {}.",
                    operators::names()
                )));
            }
            _ => operand(&Value::from(tests.clone()))?,
        };
        into.comparisons
            .push(compare(name, Test::equal(name, whole)));
        return Ok(());
    }
    Ok(())
}

fn compare(column: &str, test: Test) -> Comparison {
    Comparison {
        column: column.to_owned(),
        test,
    }
}

fn bad_container(message: String) -> ApiError {
    filter::INVALID_MAP_SET_LIST_FILTER.because(message)
}
