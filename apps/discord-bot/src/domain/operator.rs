//! How a field is compared: the Data API's own comparisons, by their names without the dollar sign.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a field is compared. A list compares equal to each of its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// Is it.
    Eq,
    /// Is not it, or is not there.
    Ne,
    /// Is more, or later in the alphabet.
    Gt,
    /// Is it or more.
    Gte,
    /// Is less.
    Lt,
    /// Is it or less.
    Lte,
    /// Is one of them.
    In,
    /// Is none of them, or is not there.
    Nin,
    /// Is there.
    Exists,
}

/// The text names no comparison.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no comparison: there are eq, ne, gt, gte, lt, lte, in, nin and exists. A field inside another one is \
     written with a dot, such as address.city."
)]
pub struct UnknownOperator(String);

impl Operator {
    /// All of them with a description, in the order of the list to choose from.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Eq, "is"),
        (Self::Ne, "is not"),
        (Self::Gt, "is more than"),
        (Self::Gte, "is at least"),
        (Self::Lt, "is less than"),
        (Self::Lte, "is at most"),
        (Self::In, "is one of (a, b, c)"),
        (Self::Nin, "is none of (a, b, c)"),
        (Self::Exists, "is there (true or false)"),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Exists => "exists",
        }
    }
}

impl FromStr for Operator {
    type Err = UnknownOperator;

    fn from_str(text: &str) -> Result<Self, UnknownOperator> {
        let known = Self::ALL.into_iter().map(|(operator, _)| operator);
        let mut called = known.filter(|operator| operator.name() == text);
        let shortened = || text.chars().take(40).collect();
        called.next().ok_or_else(|| UnknownOperator(shortened()))
    }
}
