//! Where in the order of keys the rows of a condition can lie.

use super::comparison::Relation;
use super::matches::{Condition, TypedTest};
use crate::table::definition::TableDefinition;
use crate::table::row::{is_descending, partition_bytes};
use crate::table::value::CqlValue;

/// Keys from one on, up to another that is not in the range, or without end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyRange {
    pub(crate) from: Vec<u8>,
    pub(crate) until: Option<Vec<u8>>,
}

/// Ranges beyond this number are not worth telling apart.
const MOST_RANGES: usize = 4096;

impl KeyRange {
    fn of_prefix(prefix: Vec<u8>) -> Self {
        Self {
            until: after_prefix(&prefix),
            from: prefix,
        }
    }

    pub(crate) fn contains(&self, key: &[u8]) -> bool {
        *self.from <= *key && self.until.as_ref().is_none_or(|until| *key < **until)
    }
}

/// Where the rows of a condition are. Other rows may be there too.
#[derive(Debug)]
pub(crate) enum Place<'c> {
    /// In ranges apart from each other: those of one partition in order, partitions in the order of the values asked for.
    Ranges(Vec<KeyRange>),
    /// Among those that have one of some values in the column at a position.
    Lookup(usize, Vec<&'c CqlValue>),
}

pub(crate) fn place<'c>(condition: &'c Condition, table: &TableDefinition) -> Place<'c> {
    let mut tests = Vec::new();
    conjunction(condition, &mut tests);
    if let Some(partitions) = partitions(&tests, table) {
        let ranges = partitions
            .into_iter()
            .flat_map(|partition| inside(partition, &tests, table));
        return Place::Ranges(ranges.collect());
    }
    lookup(&tests, table).unwrap_or_else(|| Place::Ranges(vec![KeyRange::of_prefix(Vec::new())]))
}

/// A column without whose value being one of some no row can fulfil the condition, if rows can be looked up by it.
fn lookup<'c>(tests: &[(usize, &'c TypedTest)], table: &TableDefinition) -> Option<Place<'c>> {
    tests.iter().find_map(|(position, _)| {
        let column = &table.columns()[*position];
        let values = fixed(tests, *position).filter(|_| table.has_lookup(column))?;
        Some(Place::Lookup(*position, values))
    })
}

/// The bytes with which the partitions' keys begin, where tests give all partition columns.
fn partitions(tests: &[(usize, &TypedTest)], table: &TableDefinition) -> Option<Vec<Vec<u8>>> {
    let mut keys: Vec<Vec<&CqlValue>> = vec![Vec::new()];
    for position in 0..table.partition_columns().len() {
        let values =
            fixed(tests, position).filter(|values| keys.len() * values.len() <= MOST_RANGES)?;
        keys = product(&keys, &values, |key, value| {
            [key.as_slice(), &[value]].concat()
        });
    }
    Some(keys.iter().map(|key| partition_bytes(key, table)).collect())
}

/// The ranges of one partition.
fn inside(
    partition: Vec<u8>,
    tests: &[(usize, &TypedTest)],
    table: &TableDefinition,
) -> Vec<KeyRange> {
    let mut prefixes = vec![partition];
    for position in table.partition_columns().len()..table.key_columns().len() {
        let descending = is_descending(position, table);
        let values =
            fixed(tests, position).filter(|values| prefixes.len() * values.len() <= MOST_RANGES);
        let Some(values) = values else {
            let ranges = prefixes
                .into_iter()
                .map(|prefix| slice(tests, position, descending, &prefix));
            return in_order(ranges.collect());
        };
        prefixes = product(&prefixes, &values, |prefix, value| {
            let mut longer = prefix.clone();
            value.encode_ordered(descending, &mut longer);
            longer
        });
    }
    in_order(prefixes.into_iter().map(KeyRange::of_prefix).collect())
}

fn product<'v, T>(
    some: &[T],
    values: &[&'v CqlValue],
    with: impl Fn(&T, &'v CqlValue) -> T,
) -> Vec<T> {
    let longer = some.iter().flat_map(|one| {
        values
            .iter()
            .map(|value| with(one, value))
            .collect::<Vec<_>>()
    });
    longer.collect()
}

fn in_order(mut ranges: Vec<KeyRange>) -> Vec<KeyRange> {
    ranges.sort();
    ranges
}

/// The tests that must all hold.
fn conjunction<'c>(condition: &'c Condition, into: &mut Vec<(usize, &'c TypedTest)>) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| conjunction(part, into)),
        Condition::Any(parts) if parts.len() == 1 => conjunction(&parts[0], into),
        Condition::Any(_) => {}
        Condition::Test(position, test) => into.push((*position, test)),
    }
}

/// The values a column can have, in order and each once, where a test says so.
fn fixed<'t>(tests: &[(usize, &'t TypedTest)], position: usize) -> Option<Vec<&'t CqlValue>> {
    let mut tests = tests.iter().filter(|(tested, _)| *tested == position);
    let mut values: Vec<_> = tests.find_map(|(_, test)| match test {
        TypedTest::Is(Relation::Equal, value) => Some(vec![value]),
        TypedTest::In(values) => Some(values.iter().collect()),
        _ => None,
    })?;
    values.sort_by(|one, other| one.compare(other));
    values.dedup_by(|one, other| one.equals(other));
    Some(values)
}

fn slice(
    tests: &[(usize, &TypedTest)],
    position: usize,
    descending: bool,
    prefix: &[u8],
) -> KeyRange {
    let mut range = KeyRange::of_prefix(prefix.to_vec());
    for (_, test) in tests.iter().filter(|(tested, _)| *tested == position) {
        let TypedTest::Is(relation, value) = test else {
            continue;
        };
        let mut bound = prefix.to_vec();
        value.encode_ordered(descending, &mut bound);
        let relation = if descending {
            relation.mirrored()
        } else {
            *relation
        };
        match relation {
            Relation::Greater => {
                range.from = range.from.max(after_prefix(&bound).unwrap_or_default());
            }
            Relation::GreaterOrEqual => range.from = range.from.max(bound),
            Relation::Less => range.until = lower(range.until, Some(bound)),
            Relation::LessOrEqual => range.until = lower(range.until, after_prefix(&bound)),
            Relation::Equal | Relation::NotEqual => {}
        }
    }
    range
}

impl Relation {
    fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// The lower of two ends, of which none means no end.
fn lower(one: Option<Vec<u8>>, other: Option<Vec<u8>>) -> Option<Vec<u8>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The least bytes beyond all that begin with a prefix; none where there are no such bytes.
pub(crate) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut after = prefix[..=last].to_vec();
    after[last] += 1;
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_prefix_is_the_next_bytes_of_its_length() {
        assert_eq!(after_prefix(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(after_prefix(&[1, 0xff]), Some(vec![2]));
        assert_eq!(after_prefix(&[0xff]), None);
        assert_eq!(after_prefix(&[]), None);
    }
}
