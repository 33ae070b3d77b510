//! The document an upsert starts from.

use super::read_path;
use super::target::Target;
use crate::document::special;
use crate::error::ApiError;
use crate::json::{Object, Value};
use crate::language::filter::{Filter, Test};

/// The document a filter describes: the values it asks to be equal to, outside of `$and` and `$or`.
///
/// # Errors
///
/// If the paths of the filter cannot be those of one document, such as `a` and `a.b`.
pub(crate) fn upsert_document(filter: &Filter) -> Result<Object, ApiError> {
    let mut document = Value::Object(Object::new());
    for comparison in filter.top_level().filter(|comparison| !comparison.negated) {
        let value = match &comparison.test {
            Test::Id(id) => id.to_value(),
            Test::Equal(operand) => operand.to_value(),
            _ => continue,
        };
        if comparison
            .path
            .segments()
            .first()
            .is_some_and(|name| special::is_special(name))
        {
            continue;
        }
        let path = read_path(comparison.path.as_str())?;
        Target::find_or_create(&mut document, &path)?.set(value);
    }
    match document {
        Value::Object(document) => Ok(document),
        // No path leads to the document itself.
        _ => Ok(Object::new()),
    }
}

/// The document a replacement takes the place of if there is none: only the `_id` of the filter.
pub(crate) fn upsert_id(filter: &Filter) -> Object {
    let id = filter
        .top_level()
        .filter(|comparison| !comparison.negated)
        .find_map(|comparison| match &comparison.test {
            Test::Id(id) => Some(id.to_value()),
            _ => None,
        });
    id.map(|id| (special::ID, id)).into_iter().collect()
}
