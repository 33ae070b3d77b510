//! Conditions on rows.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv6Addr};

use super::comparison::{Containment, Relation};
use crate::table::row::Row;
use crate::table::value::CqlValue;
use crate::text::{Analyzer, Folding};

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
    /// Has all of the terms of one of some texts.
    Terms(Analyzer, Vec<Vec<String>>),
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
            (Self::Terms(analyzer, sought), Some(CqlValue::Text(text))) => {
                let found: HashSet<_> = analyzer.terms(text).into_iter().collect();
                sought
                    .iter()
                    .any(|terms| !terms.is_empty() && terms.iter().all(|term| found.contains(term)))
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
        let held = value.map_or_else(Vec::new, |value| self.held(value, folding));
        let mut found = (0..self.len()).map(|number| {
            let sought = self.sought(number, folding);
            held.binary_search_by(|held| compare(held, &sought)).is_ok()
        });
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

    fn sought(&self, number: usize, folding: Option<Folding>) -> Part<'_> {
        match self {
            Self::Keys(values) | Self::Values(values) => (folded(&values[number], folding), None),
            Self::Entries(entries) => {
                let (key, value) = &entries[number];
                (folded(key, folding), Some(folded(value, folding)))
            }
        }
    }

    /// The parts of a value that are looked at, in order: with many to look for in many, one by one would take hours.
    fn held<'v>(&self, value: &'v CqlValue, folding: Option<Folding>) -> Vec<Part<'v>> {
        let one = |part| (folded(part, folding), None);
        let mut held: Vec<Part<'v>> = match (self, value) {
            (Self::Values(_), CqlValue::List(items) | CqlValue::Set(items)) => {
                items.iter().map(one).collect()
            }
            (Self::Values(_), CqlValue::Map(entries)) => {
                entries.iter().map(|(_, value)| one(value)).collect()
            }
            (Self::Keys(_), CqlValue::Map(entries)) => {
                entries.iter().map(|(key, _)| one(key)).collect()
            }
            (Self::Entries(_), CqlValue::Map(entries)) => entries
                .iter()
                .map(|(key, value)| (folded(key, folding), Some(folded(value, folding))))
                .collect(),
            _ => Vec::new(),
        };
        held.sort_by(compare);
        held
    }
}

/// A value, or a key and its value.
type Part<'v> = (Cow<'v, CqlValue>, Option<Cow<'v, CqlValue>>);

fn folded(value: &CqlValue, folding: Option<Folding>) -> Cow<'_, CqlValue> {
    match (folding, value) {
        (Some(folding), CqlValue::Text(text)) => Cow::Owned(CqlValue::Text(folding.fold(text))),
        _ => Cow::Borrowed(value),
    }
}

fn compare(one: &Part<'_>, other: &Part<'_>) -> Ordering {
    one.0
        .compare(&other.0)
        .then_with(|| match (&one.1, &other.1) {
            (Some(one), Some(other)) => one.compare(other),
            _ => Ordering::Equal,
        })
}
