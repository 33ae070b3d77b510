//! Whether a document satisfies a condition.

use std::cmp::Ordering;

use super::condition::{Comparison, Condition, Range, Test};
use super::operand::Operand;
use crate::document::id::DocumentId;
use crate::document::scalar::{Content, Scalar, same_content};
use crate::document::special;
use crate::json::{Object, Value};
use crate::path::DocumentPath;

impl Condition {
    /// Decides for a document, of which `part` is indexed.
    pub(super) fn holds(&self, document: &Object, part: &Object) -> bool {
        match self {
            Self::All => true,
            Self::And(members) => members.iter().all(|member| member.holds(document, part)),
            Self::Or(members) => members.iter().any(|member| member.holds(document, part)),
            Self::Compare(comparison) => comparison.holds(document, part),
        }
    }
}

impl Comparison {
    fn holds(&self, document: &Object, part: &Object) -> bool {
        if let Test::Match(terms) = &self.test {
            let text = document.get(special::LEXICAL).and_then(Value::as_str);
            return text.is_some_and(|text| terms.are_in(text));
        }
        let found = match self.test.ids() {
            // The key of a document can be compared though its `_id` be not indexed.
            Some(ids) => document
                .get(special::ID)
                .and_then(|id| DocumentId::from_value(id).ok())
                .is_some_and(|id| ids.contains(&id)),
            None => content(&self.path, part).is_some_and(|content| self.test.holds(&content)),
        };
        found != self.negated
    }
}

/// What a comparison of this path sees of a document.
pub(super) fn content<'a>(path: &DocumentPath, part: &'a Object) -> Option<Content<'a>> {
    let value = path.find(part)?;
    match path.segments().next() {
        Some(name) if special::is_special(name) => {
            (path.segments().len() == 1 && !value.is_null()).then_some(Content::Opaque)
        }
        _ => Some(Content::at_path(value)),
    }
}

impl Test {
    fn holds(&self, content: &Content<'_>) -> bool {
        match self {
            Self::Equal(operand) => equal(content, operand),
            Self::In(operands) => operands.iter().any(|operand| match operand {
                Operand::Scalar(scalar, _) => is_or_contains(content, scalar),
                Operand::Container(_) => equal(content, operand),
            }),
            Self::All(operands) => operands.iter().all(|operand| match operand {
                Operand::Scalar(scalar, _) => is_or_contains(content, scalar),
                Operand::Container(value) => {
                    elements(content).any(|element| same_content(element, value))
                }
            }),
            Self::Range(range, bound) => content
                .ordering_scalar()
                .and_then(|scalar| scalar.compare(bound))
                .is_some_and(|order| range.includes(order)),
            Self::Property(property) => (property.holds)(content, &property.operand),
            Self::Id(_) | Self::IdIn(_) | Self::Match(_) => false,
        }
    }
}

impl Range {
    fn includes(self, order: Ordering) -> bool {
        match self {
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

fn equal(content: &Content<'_>, operand: &Operand) -> bool {
    match (content, operand) {
        (Content::Scalar(found), Operand::Scalar(scalar, _)) => found == scalar,
        (_, Operand::Scalar(Scalar::Null, _)) => false,
        (_, Operand::Scalar(scalar, _)) => is_or_contains(content, scalar),
        (Content::Array(items), Operand::Container(Value::Array(wanted))) => {
            items.len() == wanted.len()
                && items
                    .iter()
                    .zip(wanted)
                    .all(|(item, wanted)| same_content(item, wanted))
        }
        (Content::Object(object), Operand::Container(Value::Object(wanted))) => {
            object.len() == wanted.len()
                && object
                    .iter()
                    .zip(wanted)
                    .all(|((name, value), (other, wanted))| {
                        name == other && same_content(value, wanted)
                    })
        }
        _ => false,
    }
}

fn is_or_contains(content: &Content<'_>, scalar: &Scalar<'_>) -> bool {
    let is = |content: &Content<'_>| matches!(content, Content::Scalar(found) if found == scalar);
    is(content) || elements(content).any(|element| is(&Content::in_array(element)))
}

fn elements<'a>(content: &Content<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    let items: &[Value] = match content {
        Content::Array(items) => items,
        _ => &[],
    };
    items.iter()
}
