//! A filter's values as values of the columns.

use super::comparison::{Comparison, Relation, Test};
use super::matches::{Components, Condition, TypedTest};
use super::tree::Group;
use crate::error::{ApiError, database, filter};
use crate::json::Value;
use crate::table::column_type::{ColumnType, Element, Scalar};
use crate::table::definition::{Column, TableDefinition};
use crate::table::index::Part;
use crate::table::value::{CqlValue, Mismatch};
use crate::text::Folding;

/// A condition, and what the database would say of it first, if anything.
pub(super) struct Typed {
    pub(super) condition: Condition,
    pub(super) refusal: Option<ApiError>,
}

/// Gives the values of a filter their types. The columns exist.
pub(super) fn typed(group: &Group, table: &TableDefinition) -> Result<Typed, ApiError> {
    let mut reader = Reader {
        table,
        refusal: None,
    };
    let condition = reader.group(group)?;
    Ok(Typed {
        condition,
        refusal: reader.refusal,
    })
}

struct Reader<'t> {
    table: &'t TableDefinition,
    refusal: Option<ApiError>,
}

impl Reader<'_> {
    fn group(&mut self, group: &Group) -> Result<Condition, ApiError> {
        let mut parts = Vec::with_capacity(group.comparisons.len() + group.groups.len());
        for comparison in &group.comparisons {
            parts.push(self.comparison(comparison)?);
        }
        for inner in &group.groups {
            parts.push(self.group(inner)?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ if group.any => Condition::Any(parts),
            _ => Condition::All(parts),
        })
    }

    fn comparison(&mut self, comparison: &Comparison) -> Result<Condition, ApiError> {
        let Some(position) = self.table.position(&comparison.column) else {
            return Err(filter::UNKNOWN_TABLE_COLUMNS
                .because(format!("The table has no column '{}'.", comparison.column)));
        };
        let column = &self.table.columns()[position];
        let test = match &comparison.test {
            Test::Is(relation, value) => self.relation(column, *relation, value)?,
            Test::In(values) => {
                let values = self.values(column, values)?;
                match self.table.folding(&column.name, Part::Whole) {
                    Some(folding) => folded(folding, &values),
                    None => self
                        .terms(column, texts(&values))
                        .unwrap_or(TypedTest::In(values)),
                }
            }
            Test::NotIn(values) => TypedTest::NotIn(self.values(column, values)?),
            Test::Contains(part, containment, values) => {
                self.refuse_none(&column.name, values);
                let components = components(column, *part, values)?;
                let folding = self.table.folding(&column.name, *part);
                TypedTest::Contains(*containment, components, folding)
            }
            Test::Match(text) => self
                .terms(column, [text.as_str()])
                .unwrap_or(TypedTest::Never),
            Test::Unfit(unfit) => return Err(unfit.error.clone()),
        };
        Ok(Condition::Test(position, test))
    }

    fn relation(
        &self,
        column: &Column,
        relation: Relation,
        value: &Value,
    ) -> Result<TypedTest, ApiError> {
        // The real server takes bytes for equality only.
        if value.as_object().is_some() && !matches!(relation, Relation::Equal | Relation::NotEqual)
        {
            return Err(bad_value(
                column,
                &Mismatch::expected("a value with an order", value),
            ));
        }
        let typed = scalar_of(column)
            .ok_or_else(|| Mismatch::expected("$in, $nin or $all", value))
            .and_then(|scalar| scalar.read(value))
            .map_err(|mismatch| bad_value(column, &mismatch))?;
        if relation == Relation::Equal
            && let CqlValue::Text(text) = &typed
        {
            if let Some(folding) = self.table.folding(&column.name, Part::Whole) {
                return Ok(TypedTest::Folded(folding, vec![folding.fold(text)]));
            }
            if let Some(terms) = self.terms(column, [text.as_str()]) {
                return Ok(terms);
            }
        }
        // An index of addresses orders those of four bytes among those of sixteen, and what it finds is tested again.
        if relation.is_slice()
            && let CqlValue::Inet(address) = &typed
            && self
                .table
                .regular_index(&column.name, Part::Whole)
                .is_some()
        {
            return Ok(TypedTest::IndexedAddress(relation, *address));
        }
        Ok(TypedTest::Is(relation, typed))
    }

    /// A column with a text index is searched for the terms of one of some texts.
    fn terms<'v>(
        &self,
        column: &Column,
        texts: impl IntoIterator<Item = &'v str>,
    ) -> Option<TypedTest> {
        let analyzer = self.table.analyzer(&column.name)?;
        let terms = texts.into_iter().map(|text| analyzer.terms(text));
        Some(TypedTest::Terms(analyzer.clone(), terms.collect()))
    }

    fn values(&mut self, column: &Column, values: &[Value]) -> Result<Vec<CqlValue>, ApiError> {
        self.refuse_none(&column.name, values);
        let mut typed = Vec::with_capacity(values.len());
        for value in values {
            if value.is_null() {
                let message = format!(
                    "The values for the column '{}' have null among them. Leave it out.",
                    column.name
                );
                self.refusal
                    .get_or_insert_with(|| database::INVALID_DATABASE_QUERY.because(message));
                continue;
            }
            let value = scalar_of(column)
                .ok_or_else(|| Mismatch::expected("a column without parts", value))
                .and_then(|scalar| scalar.read(value));
            typed.push(value.map_err(|mismatch| bad_value(column, &mismatch))?);
        }
        Ok(typed)
    }

    fn refuse_none(&mut self, column: &str, values: &[Value]) {
        if values.is_empty() {
            let message = format!(
                "There are no values to look for in the column '{column}'. Give at least one."
            );
            self.refusal
                .get_or_insert_with(|| database::UNSUPPORTED_DATABASE_QUERY.because(message));
        }
    }
}

fn folded(folding: Folding, values: &[CqlValue]) -> TypedTest {
    TypedTest::Folded(
        folding,
        texts(values).map(|text| folding.fold(text)).collect(),
    )
}

fn texts(values: &[CqlValue]) -> impl Iterator<Item = &str> {
    values.iter().filter_map(|value| match value {
        CqlValue::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

fn components(column: &Column, part: Part, values: &[Value]) -> Result<Components, ApiError> {
    let read = |element: &Element| {
        let values = values.iter().map(|value| element.read(value));
        values.collect::<Result<_, _>>()
    };
    let components = match (&column.column_type, part) {
        (ColumnType::List(element) | ColumnType::Set(element), _) => {
            read(element).map(Components::Values)
        }
        (ColumnType::Map(key, _), Part::Keys) => read(&Element::Scalar(*key)).map(Components::Keys),
        (ColumnType::Map(key, element), Part::Entries) => {
            let entries = values.iter().map(|pair| entry(*key, element, pair));
            entries.collect::<Result<_, _>>().map(Components::Entries)
        }
        (ColumnType::Map(_, element), _) => read(element).map(Components::Values),
        _ => Err(Mismatch::expected("a column with parts", &Value::Null)),
    };
    components.map_err(|mismatch| bad_value(column, &mismatch))
}

fn entry(key: Scalar, element: &Element, pair: &Value) -> Result<(CqlValue, CqlValue), Mismatch> {
    match pair.as_array() {
        Some([name, value]) => Ok((key.read(name)?, element.read(value)?)),
        _ => Err(Mismatch::expected("a [key, value] pair", pair)),
    }
}

fn scalar_of(column: &Column) -> Option<Scalar> {
    column.column_type.scalar()
}

fn bad_value(column: &Column, mismatch: &Mismatch) -> ApiError {
    filter::INVALID_FILTER_COLUMN_VALUES.because(format!(
        "The filter's value for the column '{}' of type {} does not fit: {}.",
        column.name,
        column.column_type.in_cql(),
        mismatch.phrase()
    ))
}
