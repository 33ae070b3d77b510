//! What the column of a table refuses.

use super::super::encode::{Encoded, failed};
use crate::schema::ColumnType;

#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) kind: fn() -> ColumnType,
    pub(super) is_key: bool,
}

/// What of a column is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Whole,
    /// The elements of a list or a set, or the entries of a map.
    Elements,
}

impl Column {
    /// The operand, unless the server would refuse the comparison, or crash over it.
    pub(super) fn checked_filter(
        self,
        name: &str,
        subject: Subject,
        operator: &str,
        operand: Encoded,
    ) -> Encoded {
        if let Some(advice) = refusal(&(self.kind)(), subject, operator) {
            return failed(format_args!(
                "a table cannot filter by `{name}` like this: {advice}"
            ));
        }
        match operand {
            Ok(json) if json.get() == "null" => failed(format_args!(
                "a table cannot filter for rows without a value in `{name}`: leave the condition out"
            )),
            operand => operand,
        }
    }
}

/// What to do instead.
fn refusal(kind: &ColumnType, subject: Subject, operator: &str) -> Option<&'static str> {
    let is_range = matches!(operator, "$lt" | "$lte" | "$gt" | "$gte");
    Some(match kind {
        ColumnType::Vector { .. } => "it is a vector, so sort with `near`",
        ColumnType::UserDefined(_) => "it is of a user-defined type, so filter by another column",
        ColumnType::Unsupported { .. } => "the Data API does not support its type",
        ColumnType::List(_) | ColumnType::Set(_) if subject == Subject::Whole => {
            "it is a list or a set, so use `contains`, `contains_any`, `contains_all` or `contains_none`"
        }
        ColumnType::Map(..) if subject == Subject::Whole => {
            "it is a map, so use `has_keys`, `has_values` or `has_entries`"
        }
        ColumnType::Blob if operator != "$eq" => "it is a blob, so use `eq`",
        ColumnType::Duration if is_range => "durations have no order, so use `eq` or `is_in`",
        ColumnType::Text | ColumnType::Ascii => return None,
        _ if operator == "$match" => "it is not text, so use `eq`",
        _ => return None,
    })
}
