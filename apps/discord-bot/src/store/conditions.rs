//! Filters, written out for the database.

use astra_db::{Document as Fields, Value, field_path};
use serde_json::json;

use crate::domain::field::Field;
use crate::domain::filter::Filter;
use crate::domain::id::GuildId;

/// What a field is wanted for. Names are compared as they are, and sorted whatever their case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To compare it.
    Compare,
    /// To sort by it.
    Sort,
}

/// The one place that writes a filter out for the database. Each condition stands by itself, so that
/// none can take the place of another, least of all of the guild.
pub(super) fn conditions(guild: GuildId, filter: &Filter) -> Vec<Value> {
    let mut all = vec![json!({ "guild": guild }).into()];
    all.extend(filter.conditions().iter().map(|condition| {
        let operator = format!("${}", condition.operator.name());
        let comparison = Fields::from([(operator, condition.value.clone())]);
        Value::from(Fields::from([(
            path(&condition.field, Use::Compare),
            Value::from(comparison),
        )]))
    }));
    all
}

/// All of them together.
pub(super) fn and(all: Vec<Value>) -> Value {
    Value::from(Fields::from([("$and", Value::Array(all))]))
}

/// Where a field lies in a stored document.
pub(super) fn path(field: &Field, purpose: Use) -> String {
    match field {
        Field::Name => match purpose {
            Use::Compare => "name".to_owned(),
            Use::Sort => "key".to_owned(),
        },
        Field::Author => "author.id".to_owned(),
        Field::Body(names) => {
            field_path(std::iter::once("body").chain(names.iter().map(String::as_str)))
        }
    }
}

/// Texts that begin like this one: from it to before its longest continuation.
pub(super) fn beginning_with(text: &str) -> serde_json::Value {
    json!({ "$gte": text, "$lt": format!("{text}\u{10ffff}") })
}
