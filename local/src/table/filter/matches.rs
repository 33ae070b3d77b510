//! Conditions on rows.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};

use super::{Containment, Relation};
use crate::table::row::Row;
use crate::table::text::{Analyzer, Folding};
use crate::table::value::CqlValue;

/// A filter with typed values. All of nothing is true; groups of any are never empty.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    /// The column at a position, and its test.
    Test(usize, TypedTest),
}

#[derive(Clone, Debug)]
pub(crate) enum TypedTest {
    Is(Relation, CqlValue),
    /// Less or greater both by its own bytes and as an address of sixteen bytes.
    IndexedAddress(Relation, IpAddr),
    In(Vec<CqlValue>),
    NotIn(Vec<CqlValue>),
    /// Equal to one of these folded texts when folded.
    Folded(Folding, Vec<String>),
    /// Has all of these terms.
    Terms(Analyzer, Vec<String>),
    Contains(Containment, Components, Option<Folding>),
    Never,
}

/// Parts of containers to look for.
#[derive(Clone, Debug)]
pub(crate) enum Components {
    Keys(Vec<CqlValue>),
    Values(Vec<CqlValue>),
    Entries(Vec<(CqlValue, CqlValue)>),
}

impl Condition {
    /// Shows the positions of the columns it looks at.
    pub(crate) fn columns(&self, show: &mut impl FnMut(usize)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.columns(show);
                }
            }
            Self::Test(position, _) => show(*position),
        }
    }

    pub(crate) fn holds(&self, row: &Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Test(position, test) => test.holds(row.value(*position)),
        }
    }
}

impl TypedTest {
    /// A column without a value passes only tests that say what a container must not have.
    fn holds(&self, value: Option<&CqlValue>) -> bool {
        match (self, value) {
            (Self::Contains(containment, components, folding), value) => {
                components.are_contained(*containment, value, *folding)
            }
            (Self::Is(relation, operand), Some(value)) => relation.holds(value.compare(operand)),
            (Self::IndexedAddress(relation, operand), Some(CqlValue::Inet(address))) => {
                let own = CqlValue::Inet(*address).compare(&CqlValue::Inet(*operand));
                relation.holds(own) && relation.holds(mapped(*address).cmp(&mapped(*operand)))
            }
            (Self::In(operands), Some(value)) => {
                operands.iter().any(|operand| operand.equals(value))
            }
            (Self::NotIn(operands), Some(value)) => {
                !operands.iter().any(|operand| operand.equals(value))
            }
            (Self::Folded(folding, texts), Some(CqlValue::Text(text))) => {
                texts.contains(&folding.fold(text))
            }
            (Self::Terms(analyzer, terms), Some(CqlValue::Text(text))) => {
                let found = analyzer.terms(text);
                !terms.is_empty() && terms.iter().all(|term| found.contains(term))
            }
            _ => false,
        }
    }
}

/// Addresses of four bytes lie among those of sixteen.
fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Components {
    fn are_contained(
        &self,
        containment: Containment,
        value: Option<&CqlValue>,
        folding: Option<Folding>,
    ) -> bool {
        // An index folds what is looked for, not what is ruled out.
        let folding =
            folding.filter(|_| matches!(containment, Containment::Any | Containment::All));
        let mut found = (0..self.len())
            .map(|number| value.is_some_and(|value| self.is_in(number, value, folding)));
        match containment {
            Containment::Any => found.any(|found| found),
            Containment::None => !found.any(|found| found),
            Containment::All => found.all(|found| found),
            Containment::NotAll => !found.all(|found| found),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Keys(values) | Self::Values(values) => values.len(),
            Self::Entries(entries) => entries.len(),
        }
    }

    fn is_in(&self, number: usize, value: &CqlValue, folding: Option<Folding>) -> bool {
        let equal = |one: &CqlValue, other: &CqlValue| match (folding, one, other) {
            (Some(folding), CqlValue::Text(one), CqlValue::Text(other)) => {
                folding.fold(one) == folding.fold(other)
            }
            _ => one.equals(other),
        };
        match (self, value) {
            (Self::Values(sought), CqlValue::List(items) | CqlValue::Set(items)) => {
                items.iter().any(|item| equal(item, &sought[number]))
            }
            (Self::Values(sought), CqlValue::Map(entries)) => entries
                .iter()
                .any(|(_, value)| equal(value, &sought[number])),
            (Self::Keys(sought), CqlValue::Map(entries)) => {
                entries.iter().any(|(key, _)| equal(key, &sought[number]))
            }
            (Self::Entries(sought), CqlValue::Map(entries)) => {
                let (key, value) = &sought[number];
                entries
                    .iter()
                    .any(|(one, other)| equal(one, key) && equal(other, value))
            }
            _ => false,
        }
    }
}
