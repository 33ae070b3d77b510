//! Columns put to a test, as a filter says it.

use crate::error::ApiError;
use crate::json::Value;
use crate::table::index::Part;

/// A column put to a test.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    pub(super) column: String,
    pub(super) test: Test,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Is(Relation, Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    /// On lists, sets and maps.
    Contains(Part, Containment, Vec<Value>),
    Match(String),
    /// An operand no column can be compared with.
    Unfit(Unfit),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unfit {
    /// The real server finds objects out later than the others.
    pub(super) is_object: bool,
    pub(super) error: ApiError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How many of some values a list, set or map must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Containment {
    Any,
    None,
    All,
    NotAll,
}

impl Relation {
    pub(super) fn inverse(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// Whether it bounds a range.
    pub(super) fn is_slice(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl Containment {
    pub(super) fn inverse(self) -> Self {
        match self {
            Self::Any => Self::None,
            Self::None => Self::Any,
            Self::All => Self::NotAll,
            Self::NotAll => Self::All,
        }
    }
}
