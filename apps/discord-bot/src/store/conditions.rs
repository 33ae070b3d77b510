//! Filters, written out for the database.

use astra_db::Filter as Where;
use astra_db::query::{Field, Untyped};

use crate::domain::document::{Document, NameKey};
use crate::domain::field;
use crate::domain::filter::{Condition, Filter};
use crate::domain::id::GuildId;

/// The one place that writes a filter out for the database. Every condition holds besides the others,
/// so that none can take the place of another, least of all of the guild.
pub(super) fn conditions(guild: GuildId, filter: &Filter) -> Where<Document> {
    let conditions = filter.conditions().iter().map(condition);
    conditions.fold(Document::guild().eq(guild), Where::and)
}

fn condition(condition: &Condition) -> Where<Document> {
    let operator = format!("${}", condition.operator.name());
    path(&condition.field).filter_by(operator, &condition.value)
}

/// Where a field lies in a stored document. Names are compared as they are.
fn path(field: &field::Field) -> Field<Document, Untyped> {
    match field {
        field::Field::Name => Document::name().untyped(),
        field::Field::Author => Document::author().id().untyped(),
        field::Field::Body(names) => Document::body().nested(names),
    }
}

/// What a field is sorted by. Names are sorted whatever their case.
pub(super) fn sorted_by(field: &field::Field) -> Field<Document, Untyped> {
    match field {
        field::Field::Name => Document::key().untyped(),
        other => path(other),
    }
}

/// Documents whose name begins like this: from it to before its longest continuation.
pub(super) fn named_like(beginning: &NameKey) -> Where<Document> {
    let end = format!("{}\u{10ffff}", beginning.as_str());
    let key = Document::key();
    key.clone().gte(beginning).and(key.untyped().lt(end))
}
