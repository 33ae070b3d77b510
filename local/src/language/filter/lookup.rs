//! Where the index has the documents a comparison can be true of.

use std::ops::Bound;

use super::condition::{Comparison, Range, Test};
use super::entry_range::EntryRange;
use super::operand::Operand;
use crate::document::entries::{
    CONTAINER, ELEMENT, OWN, TEXT_HASH, TEXT_PREFIX, container_bytes, kind, scalar_bytes,
};
use crate::document::fingerprint;
use crate::document::lexical;
use crate::document::scalar::Scalar;
use crate::json::Value;

/// Entries of the index that hold the documents of a comparison: a document that satisfies it has an entry at this
/// path in one of the ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lookup {
    /// The dotted path, with `&` escapes.
    pub(crate) path: String,
    pub(crate) ranges: Vec<EntryRange>,
    /// Whether every document found satisfies the comparison; else only [`super::Filter::matches`] can tell.
    pub(crate) exact: bool,
}

impl Comparison {
    /// How to find the documents of this comparison, if an index can help. It cannot with negations, which documents
    /// without the path satisfy, and not with `_id`, which has a key of its own.
    pub(crate) fn lookup(&self) -> Option<Lookup> {
        if self.negated {
            return None;
        }
        let (ranges, exact) = match &self.test {
            Test::Equal(operand) => equal(operand),
            Test::In(operands) => {
                let lookups: Vec<_> = operands.iter().map(any_of).collect();
                let exact = lookups.iter().all(|(_, exact)| *exact);
                (
                    lookups.into_iter().flat_map(|(ranges, _)| ranges).collect(),
                    exact,
                )
            }
            Test::All(operands) => {
                let (ranges, exact) = contained(operands.first()?);
                (ranges, exact && operands.len() == 1)
            }
            Test::Range(range, bound) => in_range(*range, bound),
            Test::Property(property) => (vec![property.entries?(&property.operand)], true),
            Test::Match(terms) => {
                let (from, until) = lexical::term_range(terms.all.first()?);
                let range = EntryRange::Range {
                    from: Bound::Included(from),
                    to: Bound::Excluded(until),
                };
                (vec![range], terms.all.len() == 1)
            }
            Test::Id(_) | Test::IdIn(_) => return None,
        };
        Some(Lookup {
            path: self.path.as_str().to_owned(),
            ranges,
            exact,
        })
    }
}

fn equal(operand: &Operand) -> (Vec<EntryRange>, bool) {
    match operand {
        Operand::Scalar(Scalar::Null, _) => (
            vec![EntryRange::Point(scalar_bytes(OWN, &Scalar::Null))],
            true,
        ),
        operand => any_of(operand),
    }
}

/// A value that is, or an array that contains, the operand; exactly the operand if it is an array or object.
fn any_of(operand: &Operand) -> (Vec<EntryRange>, bool) {
    match operand {
        Operand::Scalar(..) => contained(operand),
        Operand::Container(value) => (vec![EntryRange::Point(whole(OWN, value))], false),
    }
}

/// A value that is or contains the operand; only one that contains it if the operand is an array or object.
fn contained(operand: &Operand) -> (Vec<EntryRange>, bool) {
    match operand {
        Operand::Scalar(scalar, _) => {
            let points = [OWN, ELEMENT].map(|base| EntryRange::Point(scalar_bytes(base, scalar)));
            (points.into(), !is_cut(scalar))
        }
        Operand::Container(value) => (vec![EntryRange::Point(whole(ELEMENT, value))], false),
    }
}

fn whole(base: u8, value: &Value) -> Vec<u8> {
    container_bytes(base, &fingerprint::of_container(value))
}

fn in_range(range: Range, bound: &Scalar<'static>) -> (Vec<EntryRange>, bool) {
    let tag = OWN + kind(bound);
    let cut = is_cut(bound);
    let mut ranges = vec![beside(range, tag, scalar_bytes(OWN, bound), cut)];
    if let Scalar::Text(text) = bound {
        // Arrays and objects stand among the texts, by fingerprints that are never cut.
        ranges.push(beside(
            range,
            OWN + CONTAINER,
            container_bytes(OWN, text),
            false,
        ));
    }
    (ranges, !cut)
}

/// The part of a tag's entries on one side of a bound. Beside a bound that was cut the entries of all texts with the
/// same beginning are included.
fn beside(range: Range, tag: u8, mut bound: Vec<u8>, cut: bool) -> EntryRange {
    let (first, end) = (Bound::Included(vec![tag]), Bound::Excluded(vec![tag + 1]));
    if cut {
        bound.truncate(bound.len() - TEXT_HASH);
    }
    match range {
        Range::Greater if !cut => EntryRange::Range {
            from: Bound::Excluded(bound),
            to: end,
        },
        Range::Greater | Range::GreaterOrEqual => EntryRange::Range {
            from: Bound::Included(bound),
            to: end,
        },
        Range::Less if !cut => EntryRange::Range {
            from: first,
            to: Bound::Excluded(bound),
        },
        Range::Less | Range::LessOrEqual => {
            if cut {
                bound.extend([u8::MAX; TEXT_HASH + 1]);
            }
            EntryRange::Range {
                from: first,
                to: Bound::Included(bound),
            }
        }
    }
}

fn is_cut(scalar: &Scalar<'_>) -> bool {
    matches!(scalar, Scalar::Text(text) if text.len() > TEXT_PREFIX)
}
