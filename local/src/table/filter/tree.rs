//! Comparisons in groups, and how `$not` is pushed down to them.

use super::comparison::{Comparison, Test};
use crate::error::{ApiError, filter};
use crate::json::Value;

/// Comparisons and groups of which all must hold, or any.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) any: bool,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) groups: Vec<Self>,
}

/// A group as it is written, before `$not` is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
    Not,
}

/// A group as it is written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) logic: Logic,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) groups: Vec<Self>,
}

impl Written {
    pub(super) fn new(logic: Logic) -> Self {
        Self {
            logic,
            comparisons: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// The same without `$not`: a negated group becomes the inverse of what is in it. One comparison, or groups alone,
    /// go to the group around it; else any of the inverses must hold.
    pub(super) fn resolve(self) -> Result<Group, ApiError> {
        let mut resolved = Group {
            any: self.logic == Logic::Or,
            comparisons: self.comparisons,
            groups: Vec::new(),
        };
        for group in self.groups {
            let negated = group.logic == Logic::Not;
            let inner = group.resolve()?;
            if negated {
                resolved.absorb(inner.inverse()?);
            } else {
                resolved.add(inner);
            }
        }
        Ok(resolved)
    }
}

impl Group {
    pub(super) fn is_empty(&self) -> bool {
        self.comparisons.is_empty() && self.groups.is_empty()
    }

    /// How many comparisons there are in all.
    pub(super) fn count(&self) -> usize {
        self.comparisons.len() + self.groups.iter().map(Self::count).sum::<usize>()
    }

    /// Groups of nothing say nothing.
    fn add(&mut self, group: Self) {
        if !group.is_empty() {
            self.groups.push(group);
        }
    }

    /// Takes in what a negated group has become.
    fn absorb(&mut self, mut inverse: Self) {
        if inverse.groups.is_empty() && inverse.comparisons.len() == 1 {
            self.comparisons.append(&mut inverse.comparisons);
        } else if inverse.comparisons.is_empty() {
            for group in inverse.groups {
                self.add(group);
            }
        } else {
            self.add(inverse);
        }
    }

    fn inverse(self) -> Result<Self, ApiError> {
        let comparisons = self.comparisons.into_iter().map(Comparison::inverse);
        let groups = self.groups.into_iter().map(Self::inverse);
        Ok(Self {
            any: !self.any,
            comparisons: comparisons.collect::<Result<_, _>>()?,
            groups: groups.collect::<Result<_, _>>()?,
        })
    }

    /// Shows every comparison: those of this group by the kind of their test, then those of its groups.
    pub(super) fn visit<'a>(&'a self, show: &mut impl FnMut(&'a Comparison)) {
        let mut comparisons: Vec<_> = self.comparisons.iter().collect();
        comparisons.sort_by_key(|comparison| comparison.test.rank());
        comparisons.into_iter().for_each(&mut *show);
        for group in &self.groups {
            group.visit(show);
        }
    }
}

impl Comparison {
    fn inverse(self) -> Result<Self, ApiError> {
        let test = match self.test {
            Test::Is(relation, value) => Test::Is(relation.inverse(), value),
            Test::In(values) => Test::NotIn(values),
            Test::NotIn(values) => Test::In(values),
            Test::Contains(part, containment, values) => {
                Test::Contains(part, containment.inverse(), values)
            }
            Test::Unfit(unfit) => Test::Unfit(unfit),
            Test::Match(_) => {
                return Err(filter::FILTER_INVALID_EXPRESSION
                    .because("'$match' cannot be negated. Use it outside of '$not'."));
            }
        };
        Ok(Self {
            column: self.column,
            test,
        })
    }
}

impl Test {
    fn rank(&self) -> u8 {
        match self {
            Self::Is(_, Value::String(_)) => 0,
            Self::Is(_, Value::Number(_)) => 1,
            Self::Is(_, Value::Bool(_)) => 2,
            Self::Is(..) => 3,
            Self::In(_) | Self::NotIn(_) => 4,
            Self::Contains(..) => 5,
            Self::Match(_) => 6,
            Self::Unfit(_) => 7,
        }
    }
}
