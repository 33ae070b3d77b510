//! What a document has to satisfy: comparisons, and groups of which all or any hold.

use super::entry_range::EntryRange;
use super::operand::Operand;
use super::terms::Terms;
use crate::document::id::DocumentId;
use crate::document::scalar::{Content, Scalar};
use crate::path::DocumentPath;

/// What a document has to satisfy.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// Nothing.
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Compare(Comparison),
}

/// A comparison of what is at one path.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub(crate) path: DocumentPath,
    pub(crate) test: Test,
    /// Whether the documents are meant for which the test fails, those without the path among them.
    pub(crate) negated: bool,
}

/// The operators, without their negations.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// `$eq`: the scalar itself or an array that contains it; exactly the array or object; only null itself for null.
    Equal(Operand),
    /// `$in`: any of these. Null is found in arrays as well.
    In(Vec<Operand>),
    /// `$all`: the value is or contains each of these.
    All(Vec<Operand>),
    /// `$gt` and its kin, among values of one type.
    Range(Range, Scalar<'static>),
    /// `$exists`, `$size`.
    Property(Property),
    /// `$eq` of `_id`.
    Id(DocumentId),
    /// `$in` of `_id`.
    IdIn(Vec<DocumentId>),
    /// `$match` of `$lexical`.
    Match(Terms),
}

/// What only its operator knows of a value that is there.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(super) operand: Scalar<'static>,
    pub(super) holds: fn(&Content<'_>, &Scalar<'static>) -> bool,
    /// Where the index has the documents for which it holds, and no others, if it has them in one place.
    pub(super) entries: Option<fn(&Scalar<'static>) -> EntryRange>,
}

/// The direction of a comparison by order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Condition {
    pub(super) fn ids(&self) -> Option<&[DocumentId]> {
        match self {
            Self::And(members) => members.iter().find_map(Self::ids),
            Self::Compare(comparison) if !comparison.negated => comparison.test.ids(),
            _ => None,
        }
    }
}

impl Test {
    /// The ids a test of `_id` compares with.
    pub(super) fn ids(&self) -> Option<&[DocumentId]> {
        match self {
            Self::Id(id) => Some(std::slice::from_ref(id)),
            Self::IdIn(ids) => Some(ids),
            _ => None,
        }
    }
}
