//! What indexes ask of the rows they cover.

use crate::error::{ApiError, database};
use crate::table::definition::TableDefinition;
use crate::table::index::{Index, IndexKind, Part};
use crate::table::row::Row;
use crate::table::value::CqlValue;
use crate::text::MAX_TERM_BYTES;
use crate::vector;

/// Checks the values of a row that are indexed.
pub(crate) fn check_indexed(row: &Row, table: &TableDefinition) -> Result<(), ApiError> {
    for index in table.indexes() {
        let value = table
            .position(&index.column)
            .and_then(|position| row.value(position));
        match (&index.kind, value) {
            (IndexKind::Vector(metric, _), Some(CqlValue::Vector(numbers))) => {
                vector::check(numbers, numbers.len(), *metric)?;
            }
            (IndexKind::Regular(part, _), Some(value)) => check_terms(index, *part, value)?,
            (IndexKind::Text(analyzer), Some(CqlValue::Text(text)))
                if !analyzer.has_room_for(text) =>
            {
                return Err(database::INVALID_DATABASE_QUERY.because(format!(
                    "The words of a text for the column '{}' have more than {MAX_TERM_BYTES} bytes. Shorten it, or drop \
                     the index '{}'.",
                    index.column, index.name
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_terms(index: &Index, part: Part, value: &CqlValue) -> Result<(), ApiError> {
    let too_long =
        |value: &CqlValue| matches!(value, CqlValue::Text(text) if text.len() > MAX_TERM_BYTES);
    let found = match (part, value) {
        (Part::Whole, value) => too_long(value),
        (_, CqlValue::List(items) | CqlValue::Set(items)) => items.iter().any(too_long),
        (Part::Keys, CqlValue::Map(entries)) => entries.iter().any(|(key, _)| too_long(key)),
        (Part::Values, CqlValue::Map(entries)) => entries.iter().any(|(_, value)| too_long(value)),
        (_, CqlValue::Map(entries)) => entries
            .iter()
            .any(|(key, value)| too_long(key) || too_long(value)),
        _ => false,
    };
    if !found {
        return Ok(());
    }
    Err(database::INVALID_DATABASE_QUERY.because(format!(
        "A text for the indexed column '{}' has more than {MAX_TERM_BYTES} bytes. Shorten it, or drop the index '{}'.",
        index.column, index.name
    )))
}
