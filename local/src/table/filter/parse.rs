//! Filters as JSON has them.

use super::comparison::{Comparison, Containment, Relation, Test, Unfit};
use super::tree::{Group, Logic, Written};
use crate::error::{ApiError, document, filter};
use crate::json::{Object, Value};
use crate::language::{MAX_NESTING, nests_too_deep};
use crate::number::Decimal;
use crate::table::column_type::ColumnType;
use crate::table::definition::TableDefinition;
use crate::table::index::Part;
use crate::uuid_text;

/// Comparisons in one filter.
const MAX_COMPARISONS: usize = 64;
/// Values of one `$in` or `$nin`.
const MAX_VALUES: usize = 100;

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
                "'{key}' of the map '{name}' needs an object with $in, $nin or $all; it is {}.",
                value.kind()
            )));
        };
        container(into, name, part, tests)?;
    }
    Ok(())
}

fn container(into: &mut Written, name: &str, part: Part, tests: &Object) -> Result<(), ApiError> {
    for (operator, value) in tests {
        let containment = match operator.as_str() {
            "$in" => Containment::Any,
            "$nin" => Containment::None,
            "$all" => Containment::All,
            _ => {
                return Err(bad_container(format!(
                    "The operator '{operator}' does not work on the column '{name}'. Those that do are: $in, $nin, $all."
                )));
            }
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
        let test = match operator.as_str() {
            "$eq" => Test::equal(name, operand(value)?),
            "$ne" => Test::is(name, Relation::NotEqual, operand(value)?),
            "$gt" => ordered(name, operator, Relation::Greater, value)?,
            "$gte" => ordered(name, operator, Relation::GreaterOrEqual, value)?,
            "$lt" => ordered(name, operator, Relation::Less, value)?,
            "$lte" => ordered(name, operator, Relation::LessOrEqual, value)?,
            "$in" => Test::In(values(operator, value)?),
            "$nin" => Test::NotIn(values(operator, value)?),
            "$match" => match operand(value)? {
                Value::String(text) => Test::Match(text),
                other => {
                    return Err(invalid(format!(
                        "'$match' needs a string; it has {}.",
                        other.kind()
                    )));
                }
            },
            "$exists" | "$size" | "$all" => for_collections(name, operator, value)?,
            "$uuid" | "$objectId" | "$date" | "$binary" => {
                let whole = Value::from(Object::from([(operator, value.clone())]));
                let kept = if operator == "$binary" {
                    whole
                } else {
                    operand(&whole)?
                };
                into.comparisons
                    .push(compare(name, Test::equal(name, kept)));
                return Ok(());
            }
            unknown if unknown.starts_with('$') => {
                return Err(filter::FILTER_UNSUPPORTED_OPERATOR.because(format!(
                    "There is no operator '{unknown}'. Those for columns are: $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $match."
                )));
            }
            _ => {
                let whole = operand(&Value::from(tests.clone()))?;
                into.comparisons
                    .push(compare(name, Test::equal(name, whole)));
                return Ok(());
            }
        };
        into.comparisons.push(compare(name, test));
    }
    Ok(())
}

impl Test {
    fn equal(column: &str, value: Value) -> Self {
        Self::is(column, Relation::Equal, value)
    }

    fn is(column: &str, relation: Relation, value: Value) -> Self {
        let unfit = |is_object, what: &str| {
            let message = format!(
                "The column '{column}' cannot be compared with {what}. Compare it with a value of its type."
            );
            Self::Unfit(Unfit {
                is_object,
                error: filter::FILTER_UNSUPPORTED_DATA_TYPE.because(message),
            })
        };
        match &value {
            Value::Null => unfit(false, "null: no value is equal or unequal to nothing"),
            Value::Array(_) => unfit(false, "an array"),
            Value::Object(object) if object.contains_key("$date") => {
                unfit(false, "a $date; write it as text")
            }
            Value::Object(object) if object.contains_key("$binary") && object.len() == 1 => {
                Self::Is(relation, value)
            }
            Value::Object(_) => unfit(true, "an object"),
            _ => Self::Is(relation, value),
        }
    }
}

fn ordered(
    name: &str,
    operator: &str,
    relation: Relation,
    value: &Value,
) -> Result<Test, ApiError> {
    let value = operand(value)?;
    let is_date = value
        .as_object()
        .is_some_and(|object| object.contains_key("$date"));
    match value {
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(Test::is(name, relation, value)),
        Value::Object(_) if is_date => Ok(Test::is(name, relation, value)),
        other => Err(invalid(format!(
            "'{operator}' needs a string, a number or a boolean; it has {}.",
            other.kind()
        ))),
    }
}

fn values(operator: &str, value: &Value) -> Result<Vec<Value>, ApiError> {
    match operand(value)? {
        Value::Array(values) => {
            check_count(operator, &values)?;
            Ok(values.into_iter().collect())
        }
        other => Err(invalid(format!(
            "'{operator}' needs an array; it has {}.",
            other.kind()
        ))),
    }
}

fn check_count(operator: &str, values: &[Value]) -> Result<(), ApiError> {
    if values.len() <= MAX_VALUES {
        return Ok(());
    }
    Err(invalid(format!(
        "'{operator}' has {} values; at most {MAX_VALUES} are possible.",
        values.len()
    )))
}

/// Operators columns do not have: their operands are checked nevertheless, then they are refused.
fn for_collections(column: &str, operator: &str, value: &Value) -> Result<Test, ApiError> {
    let value = operand(value)?;
    let fits = match (operator, &value) {
        ("$exists", value) => value.as_bool().is_some(),
        ("$all", value) => value.as_array().is_some_and(|values| !values.is_empty()),
        (_, Value::Number(number)) => {
            let number = Decimal::parse(number.as_str());
            number.is_whole() && number.truncated() >= 0
        }
        _ => false,
    };
    if !fits {
        return Err(invalid(format!(
            "'{operator}' cannot have {}.",
            value.kind()
        )));
    }
    let message = format!("'{operator}' does not work on the column '{column}'.");
    Ok(Test::Unfit(Unfit {
        is_object: false,
        error: filter::FILTER_UNSUPPORTED_OPERATOR.because(message),
    }))
}

fn operands(values: &[Value]) -> Result<Vec<Value>, ApiError> {
    values.iter().map(operand).collect()
}

/// An operand with the extended values in it as plain ones; dates stay.
fn operand(value: &Value) -> Result<Value, ApiError> {
    match value {
        Value::Array(items) => operands(items).map(Value::from),
        Value::Object(object) => match (object.len(), object.first()) {
            (1, Some((name, content))) if name.starts_with('$') => extended(name, content),
            _ => {
                let members = object
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), operand(value)?)));
                members.collect::<Result<Object, _>>().map(Value::Object)
            }
        },
        scalar => Ok(scalar.clone()),
    }
}

fn extended(name: &str, content: &Value) -> Result<Value, ApiError> {
    let bad = || {
        document::SHRED_BAD_EJSON_VALUE.because(format!(
            "The value of '{name}' is not valid: {}.",
            content.to_json()
        ))
    };
    match (name, content) {
        ("$date", Value::Number(number)) if number.as_str().parse::<i64>().is_ok() => {
            Ok(Object::from([(name, content.clone())]).into())
        }
        ("$date", _) => Err(invalid(
            "'$date' needs a whole number, the milliseconds since 1970.".to_owned(),
        )),
        ("$uuid", Value::String(text)) => {
            let uuid = uuid_text::read(text);
            uuid.map(|uuid| Value::from(uuid.to_string()))
                .ok_or_else(bad)
        }
        ("$objectId", Value::String(text)) => {
            let valid = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            valid
                .then(|| Value::from(text.to_ascii_lowercase()))
                .ok_or_else(bad)
        }
        ("$binary", Value::String(_)) => Ok(content.clone()),
        ("$uuid" | "$objectId" | "$binary", _) => Err(bad()),
        _ => Err(invalid(format!("'{name}' is not possible here."))),
    }
}

fn compare(column: &str, test: Test) -> Comparison {
    Comparison {
        column: column.to_owned(),
        test,
    }
}

fn invalid(message: String) -> ApiError {
    filter::FILTER_INVALID_EXPRESSION.because(message)
}

fn bad_container(message: String) -> ApiError {
    filter::INVALID_MAP_SET_LIST_FILTER.because(message)
}
