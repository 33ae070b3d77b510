//! Which documents a filter has to look at: by key, by index entry, or all of them.
//!
//! A plan names candidates; [`Plan::exact`] says whether each of them satisfies the
//! filter or has yet to be asked. The planner knows no operator: comparisons say where in the index their hits lie.

use std::ops::Bound;

use crate::document::entries::{OWN, OWN_END};
use crate::language::filter::{self, Condition, Filter};
use crate::storage::documents::Place;
use crate::storage::entries::EntryRange;
use crate::storage::{Collection, Reader, StorageError};

/// How many entries are counted at most to tell which of two comparisons has fewer hits.
const COUNTED: usize = 1000;
/// Looking at a document costs about as much as reading this many index entries, or as finding the place of so many
/// documents.
const ENTRIES_PER_DOCUMENT: usize = 30;
const PLACES_PER_DOCUMENT: usize = 5;

/// How much of the answer the caller is going to read, and in which order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// In the default order, and only documents beyond this place; `None` for any order.
    pub(crate) after: Option<Place>,
    /// As many of them as this; `None` for all.
    pub(crate) limit: Option<usize>,
}

impl Wanted {
    /// All documents, in any order.
    pub(crate) const ALL: Self = Self {
        after: None,
        limit: None,
    };

    /// Any so many, in any order.
    pub(crate) const fn any(limit: usize) -> Self {
        Self {
            after: None,
            limit: Some(limit),
        }
    }

    /// The first so many.
    pub(crate) const fn first(limit: usize) -> Self {
        Self {
            after: Some(Place::BEGINNING),
            limit: Some(limit),
        }
    }

    /// So many from where a page ended, or from the beginning.
    pub(crate) fn page(after: Option<Place>, limit: usize) -> Self {
        Self {
            after: after.or(Some(Place::BEGINNING)),
            limit: Some(limit),
        }
    }
}

/// Where the candidates come from.
#[derive(Debug)]
pub(crate) enum Route {
    /// The documents with these keys.
    Keys(Vec<Vec<u8>>),
    /// The documents that have one of these entries, each of which is a single value.
    Points(Vec<EntryRange>),
    /// These documents, by number.
    Documents(Vec<i64>),
    /// Every document.
    Scan,
}

/// How to find the documents that satisfy a filter.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) route: Route,
    /// Every candidate satisfies the filter: none needs to be parsed and asked.
    pub(crate) exact: bool,
}

/// Decides how to find what `filter` selects.
pub(crate) fn choose(
    reader: &Reader<'_>,
    collection: &Collection,
    filter: &Filter,
    wanted: Wanted,
) -> Result<Plan, StorageError> {
    let condition = filter.condition();
    if let Some(keys) = filter.id_keys() {
        return Ok(Plan {
            route: Route::Keys(keys),
            exact: is_one_comparison(condition),
        });
    }
    let scan = Plan {
        route: Route::Scan,
        exact: matches!(condition, Condition::All),
    };
    let Some(access) = Access::of(reader, collection, condition)? else {
        return Ok(scan);
    };
    let exact = access.exact;
    // Entries of one value are in the order of numbers, so they need not be read to the end unless another is wanted.
    if access.points && wanted.after.is_none() {
        return Ok(Plan {
            route: Route::Points(access.ranges),
            exact,
        });
    }
    let collected = access.collect(reader, collection, wanted)?;
    Ok(collected.map_or(scan, |documents| Plan {
        route: Route::Documents(documents),
        exact,
    }))
}

fn is_one_comparison(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(_) => true,
        Condition::And(members) => {
            matches!(members.as_slice(), [member] if is_one_comparison(member))
        }
        Condition::All | Condition::Or(_) => false,
    }
}

/// A part of the index that holds every document a condition selects.
#[derive(Debug)]
struct Access {
    ranges: Vec<EntryRange>,
    /// Every range is a single value.
    points: bool,
    /// A document has no more than one entry at the path that such ranges can hold, so two conditions on it hold where
    /// the ranges meet.
    single: bool,
    exact: bool,
    /// How many conditions this speaks for.
    conditions: usize,
}

impl Access {
    /// The best access for a condition, or `None` when only asking each document can tell.
    fn of(
        reader: &Reader<'_>,
        collection: &Collection,
        condition: &Condition,
    ) -> Result<Option<Self>, StorageError> {
        match condition {
            Condition::All => Ok(None),
            Condition::Compare(comparison) => comparison
                .lookup()
                .map(|lookup| Self::at(reader, lookup))
                .transpose(),
            Condition::And(members) => Self::of_best(reader, collection, members),
            Condition::Or(members) => Self::of_each(reader, collection, members),
        }
    }

    fn at(reader: &Reader<'_>, lookup: filter::Lookup) -> Result<Self, StorageError> {
        let points = lookup
            .ranges
            .iter()
            .all(|range| matches!(range, filter::EntryRange::Point(_)));
        let mut access = Self {
            ranges: Vec::new(),
            points,
            single: true,
            exact: lookup.exact,
            conditions: 1,
        };
        // A path that no document ever had has no number; then there is nothing to look through.
        let Some(path) = reader.path_number(&lookup.path)? else {
            return Ok(Self {
                points: true,
                ..access
            });
        };
        for range in lookup.ranges {
            let (from, until) = half_open(range);
            access.single &=
                from.as_slice() >= [OWN].as_slice() && until.as_slice() <= [OWN_END].as_slice();
            access.ranges.push(EntryRange { path, from, until });
        }
        Ok(access)
    }

    /// All members hold, so the one with the fewest hits leads and the others are asked.
    fn of_best(
        reader: &Reader<'_>,
        collection: &Collection,
        members: &[Condition],
    ) -> Result<Option<Self>, StorageError> {
        let members = flatten(members);
        let mut accesses: Vec<Self> = Vec::new();
        for member in &members {
            let Some(access) = Self::of(reader, collection, member)? else {
                continue;
            };
            match accesses.iter_mut().find(|other| other.meets(&access)) {
                Some(other) => other.narrow(&access),
                None => accesses.push(access),
            }
        }
        let Some(mut best) = accesses.pop() else {
            return Ok(None);
        };
        let mut fewest = if accesses.is_empty() {
            0
        } else {
            best.count(reader, collection, COUNTED)?
        };
        for access in accesses {
            // One more than the fewest, to tell as many from more.
            let count = access.count(reader, collection, fewest + 1)?;
            if count < fewest || (count == fewest && access.points && !best.points) {
                (best, fewest) = (access, count);
            }
        }
        best.exact &= best.conditions == members.len();
        best.conditions = 1;
        Ok(Some(best))
    }

    /// Whether both speak of the one entry documents have at the same path.
    fn meets(&self, other: &Self) -> bool {
        let path = |access: &Self| access.ranges.first().map(|range| range.path);
        self.single && other.single && path(self).is_some() && path(self) == path(other)
    }

    /// Leaves what both hold.
    fn narrow(&mut self, other: &Self) {
        let mut both = Vec::new();
        for range in &self.ranges {
            for with in &other.ranges {
                let (from, until) = (
                    range.from.as_slice().max(&with.from),
                    range.until.as_slice().min(&with.until),
                );
                if from < until {
                    both.push(EntryRange {
                        path: range.path,
                        from: from.to_vec(),
                        until: until.to_vec(),
                    });
                }
            }
        }
        self.points |= other.points || both.is_empty();
        self.exact &= other.exact;
        self.conditions += 1;
        self.ranges = both;
    }

    /// Any member may hold, so each has to have an access.
    fn of_each(
        reader: &Reader<'_>,
        collection: &Collection,
        members: &[Condition],
    ) -> Result<Option<Self>, StorageError> {
        let mut all = Self {
            ranges: Vec::new(),
            points: true,
            single: false,
            exact: true,
            conditions: 1,
        };
        for member in members {
            let Some(access) = Self::of(reader, collection, member)? else {
                return Ok(None);
            };
            all.ranges.extend(access.ranges);
            all.points &= access.points;
            all.exact &= access.exact;
        }
        Ok(Some(all))
    }

    fn count(
        &self,
        reader: &Reader<'_>,
        collection: &Collection,
        bound: usize,
    ) -> Result<usize, StorageError> {
        let mut count = 0;
        for range in &self.ranges {
            if count >= bound {
                break;
            }
            count += reader.count_entries(collection, range, bound - count)?;
        }
        Ok(count)
    }

    /// The documents in all ranges, in order, or `None` when there are so many that a scan is cheaper.
    ///
    /// Every page of a find collects anew, so the number allowed is the one where this costs what scanning on to the
    /// next page would: with `h` hits among `n` documents a page of `p` takes `h` entries or `p·n/h` documents.
    fn collect(
        self,
        reader: &Reader<'_>,
        collection: &Collection,
        wanted: Wanted,
    ) -> Result<Option<Vec<i64>>, StorageError> {
        let documents = reader.newest_document(collection)?;
        let worth = if wanted.after.is_some() {
            PLACES_PER_DOCUMENT
        } else {
            ENTRIES_PER_DOCUMENT
        };
        let allowed = match wanted.limit {
            Some(page) => page.saturating_mul(documents).saturating_mul(worth).isqrt(),
            None => documents / 2,
        };
        let mut found = Vec::new();
        for range in &self.ranges {
            let room = allowed.max(COUNTED).saturating_sub(found.len());
            if !reader.documents_in(collection, range, room, &mut found)? {
                return Ok(None);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(Some(found))
    }
}

/// Members of an And in an And belong to the outer one.
fn flatten(members: &[Condition]) -> Vec<&Condition> {
    let mut flat = Vec::new();
    for member in members {
        match member {
            Condition::And(inner) => flat.extend(flatten(inner)),
            Condition::All => {}
            _ => flat.push(member),
        }
    }
    flat
}

/// The bytes right after `value`, and bytes after any value: entries compare as byte strings, tags are below 0xff.
fn half_open(range: filter::EntryRange) -> (Vec<u8>, Vec<u8>) {
    let successor = |mut value: Vec<u8>| {
        value.push(0);
        value
    };
    match range {
        filter::EntryRange::Point(value) => (value.clone(), successor(value)),
        filter::EntryRange::Range { from, to } => {
            let from = match from {
                Bound::Included(value) => value,
                Bound::Excluded(value) => successor(value),
                Bound::Unbounded => Vec::new(),
            };
            let until = match to {
                Bound::Included(value) => successor(value),
                Bound::Excluded(value) => value,
                Bound::Unbounded => vec![0xff],
            };
            (from, until)
        }
    }
}
