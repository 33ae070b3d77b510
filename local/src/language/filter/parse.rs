//! From the JSON of a filter to a [`Condition`].
//!
//! Two habits of the real server change what a filter means, and are kept: the members of an object inside `$or` are
//! alternatives like any others, and `$not` is pushed down to the comparisons before anything is evaluated.

use std::sync::Arc;

use super::comparison;
use super::condition::{Comparison, Condition, Range, Test};
use super::operand::Operand;
use crate::document::id::DocumentId;
use crate::document::special;
use crate::error::{ApiError, filter};
use crate::indexing::Indexing;
use crate::json::{Object, Value};
use crate::language::{MAX_NESTING, nests_too_deep};
use crate::text::Analyzer;

/// Comparisons a filter may have.
const MAX_COMPARISONS: usize = 64;

/// Reads a filter, which is neither absent nor null. Returns its comparisons outside of `$and` and `$or` as well.
pub(super) fn condition(
    filter: &Value,
    indexing: &Indexing,
    lexical: Option<&Arc<Analyzer>>,
) -> Result<(Condition, Vec<Comparison>), ApiError> {
    let Value::Object(object) = filter else {
        return Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(format!(
            "A filter must be an object, not {}.",
            filter.kind()
        )));
    };
    if nests_too_deep(filter) {
        return Err(filter::FILTER_INVALID_EXPRESSION.because(format!(
            "The filter nests deeper than {MAX_NESTING} levels. Write it with fewer logical operators."
        )));
    }
    let mut group = Group::new(Relation::And, lexical);
    group.add_object(object)?;
    group.check_id()?;
    let count = group.count(&|_| true);
    group.push_negation_down();
    if count > MAX_COMPARISONS {
        return Err(filter::FILTER_FIELDS_LIMIT_VIOLATION.because(format!(
            "The filter has {count} comparisons, more than the {MAX_COMPARISONS} allowed. Split the request."
        )));
    }
    group.check_comparisons(indexing)?;
    let top_level = group.comparisons.clone();
    Ok((group.into_condition(), top_level))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    And,
    Or,
    Not,
}

/// Comparisons and groups of them under one logical operator.
struct Group<'a> {
    /// How texts to match are taken apart, where there is lexical search.
    lexical: Option<&'a Arc<Analyzer>>,
    relation: Relation,
    comparisons: Vec<Comparison>,
    groups: Vec<Self>,
}

impl<'a> Group<'a> {
    fn new(relation: Relation, lexical: Option<&'a Arc<Analyzer>>) -> Self {
        Self {
            lexical,
            relation,
            comparisons: Vec::new(),
            groups: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.comparisons.is_empty() && self.groups.is_empty()
    }

    fn add_object(&mut self, object: &Object) -> Result<(), ApiError> {
        object
            .iter()
            .try_for_each(|(key, value)| self.add_member(key, value))
    }

    fn add_member(&mut self, key: &str, value: &Value) -> Result<(), ApiError> {
        match (key, value) {
            ("$not", Value::Object(object)) => {
                let mut inner = Self::new(Relation::Not, self.lexical);
                inner.add_object(object)?;
                self.add_group(inner);
            }
            (_, Value::Object(object)) => {
                comparison::of_field(key, object, self.lexical, &mut self.comparisons)?;
            }
            ("$and" | "$or", Value::Array(items)) => {
                let relation = if key == "$and" {
                    Relation::And
                } else {
                    Relation::Or
                };
                let mut inner = Self::new(relation, self.lexical);
                items
                    .iter()
                    .try_for_each(|item| inner.add_item(key, item))?;
                self.add_group(inner);
            }
            _ => self
                .comparisons
                .push(comparison::implicit(key, value, self.lexical)?),
        }
        Ok(())
    }

    /// Adds a member of a list under `$and` or `$or`.
    fn add_item(&mut self, key: &str, item: &Value) -> Result<(), ApiError> {
        match item {
            Value::Object(object) => self.add_object(object),
            Value::Array(items) => items.iter().try_for_each(|item| match item {
                Value::Object(object) => self.add_object(object),
                other => Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(no_filter(key, other))),
            }),
            other => Err(filter::FILTER_INVALID_EXPRESSION.because(no_filter(key, other))),
        }
    }

    /// Adds a group, unless it says nothing.
    fn add_group(&mut self, group: Self) {
        if !group.is_empty() {
            self.groups.push(group);
        }
    }

    fn count(&self, counts: &dyn Fn(&Comparison) -> bool) -> usize {
        let here = self
            .comparisons
            .iter()
            .filter(|comparison| counts(comparison))
            .count();
        here + self
            .groups
            .iter()
            .map(|group| group.count(counts))
            .sum::<usize>()
    }

    /// `_id` may be compared once, and not as an alternative.
    fn check_id(&self) -> Result<(), ApiError> {
        if self.count(&is_of_id) > 1 {
            return Err(filter::FILTER_MULTIPLE_ID_FILTER.because(
                "A filter can compare `_id` only once. Use `$in` for several ids, or another field.",
            ));
        }
        self.check_id_alternatives()
    }

    fn check_id_alternatives(&self) -> Result<(), ApiError> {
        if self.relation == Relation::Or && self.comparisons.iter().any(is_of_id) {
            return Err(filter::FILTER_INVALID_EXPRESSION
                .because("`_id` cannot be compared inside `$or`. Use `$in` for several ids."));
        }
        self.groups.iter().try_for_each(Self::check_id_alternatives)
    }

    /// Resolves the `$not` groups below this one into their opposites.
    fn push_negation_down(&mut self) {
        for mut group in std::mem::take(&mut self.groups) {
            group.push_negation_down();
            if group.relation == Relation::Not {
                self.adopt_opposite(group);
            } else {
                self.groups.push(group);
            }
        }
    }

    /// Takes in what a `$not` has become. One comparison and any number of groups become members of this group, which
    /// for several groups is not what `$not` says where this group is an `$and`, but what the real server does.
    fn adopt_opposite(&mut self, mut group: Self) {
        group.negate_members();
        match (group.comparisons.len(), group.groups.len()) {
            (1, 0) => self.comparisons.append(&mut group.comparisons),
            (0, _) => self.groups.append(&mut group.groups),
            _ => {
                group.relation = Relation::Or;
                self.add_group(group);
            }
        }
    }

    fn negate_members(&mut self) {
        for comparison in &mut self.comparisons {
            comparison.negate();
        }
        for group in &mut self.groups {
            group.relation = match group.relation {
                Relation::And => Relation::Or,
                Relation::Or => Relation::And,
                Relation::Not => Relation::Not,
            };
            group.negate_members();
        }
    }

    /// Checks what depends on the collection, and on what negation has made of the comparisons.
    fn check_comparisons(&self, indexing: &Indexing) -> Result<(), ApiError> {
        for comparison in &self.comparisons {
            comparison.check_match()?;
            comparison.check_indexed(indexing)?;
            comparison.check_excluded_ids()?;
        }
        self.groups
            .iter()
            .try_for_each(|group| group.check_comparisons(indexing))
    }

    fn into_condition(self) -> Condition {
        if self.is_empty() {
            return Condition::All;
        }
        // Of comparisons with no values none may be left, which is not the same as no filter.
        let everything = Condition::And(Vec::new());
        self.into_member().unwrap_or(everything)
    }

    /// The condition of a group, or none if it asks for nothing.
    ///
    /// Where all lists of `$in` in an `$and` are empty, it selects nothing; where all of `$nin` in an `$or` are, it
    /// selects everything. Any other empty list is left out, as the real server does, even where that changes what is
    /// selected.
    fn into_member(self) -> Option<Condition> {
        let lists = |negated: bool| {
            let mut lists = self
                .comparisons
                .iter()
                .filter(|comparison| comparison.negated == negated)
                .filter_map(Comparison::is_empty_list)
                .peekable();
            lists.peek().is_some() && lists.all(|is_empty| is_empty)
        };
        match self.relation {
            Relation::Or if lists(true) => return Some(Condition::All),
            Relation::And | Relation::Not if lists(false) => {
                return Some(Condition::Or(Vec::new()));
            }
            _ => {}
        }
        let comparisons = self
            .comparisons
            .into_iter()
            .filter(|comparison| comparison.is_empty_list() != Some(true))
            .map(Comparison::into_condition);
        let groups = self.groups.into_iter().filter_map(Self::into_member);
        let members: Vec<_> = comparisons.chain(groups).collect();
        match self.relation {
            _ if members.is_empty() => None,
            Relation::Or => Some(Condition::Or(members)),
            Relation::And | Relation::Not => Some(Condition::And(members)),
        }
    }
}

impl Comparison {
    /// Terms to match are looked for each by itself, so that the rarest can lead. Without any, nothing matches. Of more
    /// terms than a filter may have comparisons, the first leads.
    fn into_condition(self) -> Condition {
        let terms = match &self.test {
            Test::Match(terms) if terms.all.len() <= MAX_COMPARISONS => terms,
            _ => return Condition::Compare(self),
        };
        let each = terms.each().map(|term| {
            Condition::Compare(Self {
                path: self.path.clone(),
                test: Test::Match(term),
                negated: false,
            })
        });
        let mut each: Vec<_> = each.collect();
        match each.len() {
            0 => Condition::Or(each),
            1 => each.remove(0),
            _ => Condition::And(each),
        }
    }

    fn check_match(&self) -> Result<(), ApiError> {
        if self.negated && matches!(self.test, Test::Match(_)) {
            return Err(filter::FILTER_INVALID_EXPRESSION.because(
                "`$match` cannot be negated. Leave `$not` out, or filter by another field.",
            ));
        }
        Ok(())
    }

    /// Whether a comparison with a list has one without values. None for other comparisons, and for `$in` of `_id`, which
    /// is looked up by key.
    fn is_empty_list(&self) -> Option<bool> {
        match &self.test {
            Test::In(operands) => Some(operands.is_empty()),
            Test::IdIn(ids) if self.negated => Some(ids.is_empty()),
            _ => None,
        }
    }

    /// Turns the comparison into its opposite. The opposite of a range is the other side of the bound, so that
    /// documents without the path satisfy neither.
    fn negate(&mut self) {
        match &mut self.test {
            Test::Range(range, _) => *range = range.opposite(),
            _ => self.negated = !self.negated,
        }
    }

    fn check_indexed(&self, indexing: &Indexing) -> Result<(), ApiError> {
        if *indexing == Indexing::Everything {
            return Ok(());
        }
        if *indexing != Indexing::Nothing {
            indexing.check_parts(&self.path)?;
        }
        if indexing.covers(self.path.segments()) {
            let mut path: Vec<_> = self.path.segments().collect();
            let operands = match &self.test {
                Test::Equal(operand) => std::slice::from_ref(operand),
                Test::In(operands) | Test::All(operands) => operands,
                _ => &[],
            };
            return operands.iter().try_for_each(|operand| match operand {
                Operand::Container(value) => check_content_indexed(&mut path, value, indexing),
                Operand::Scalar(..) => Ok(()),
            });
        }
        match self.test.ids() {
            Some(_) if !self.negated => Ok(()),
            _ if is_of_id(self) => Err(filter::FILTER_ID_NOT_INDEXED.because(
                "The collection does not index `_id`, so it can only be compared by `$eq` and `$in`.",
            )),
            _ => Err(unindexed(self.path.as_str())),
        }
    }

    /// Ids other than strings and numbers cannot be excluded.
    fn check_excluded_ids(&self) -> Result<(), ApiError> {
        let plain = |id: &DocumentId| matches!(id, DocumentId::Text(_) | DocumentId::Number(_));
        match self.test.ids() {
            Some(ids) if self.negated && !ids.iter().all(plain) => {
                Err(filter::FILTER_UNSUPPORTED_DATA_TYPE.because(
                    "Only strings and numbers can be excluded by `$ne` and `$nin` of `_id`.",
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Range {
    fn opposite(self) -> Self {
        match self {
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
        }
    }
}

/// Everything inside an array or object to compare with has to be indexed as well.
fn check_content_indexed<'a>(
    path: &mut Vec<&'a str>,
    value: &'a Value,
    indexing: &Indexing,
) -> Result<(), ApiError> {
    match value {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| check_content_indexed(path, item, indexing)),
        Value::Object(object) => object.iter().try_for_each(|(name, value)| {
            path.push(name);
            if !indexing.covers(path.iter().copied()) {
                return Err(unindexed(&path.join(".")));
            }
            check_content_indexed(path, value, indexing)?;
            path.pop();
            Ok(())
        }),
        _ => Ok(()),
    }
}

fn is_of_id(comparison: &Comparison) -> bool {
    comparison.path.is_field(special::ID)
}

fn unindexed(path: &str) -> ApiError {
    filter::FILTER_PATH_UNINDEXED.because(format!(
        "The path `{path}` is not indexed in this collection. Filter by another path, or create the collection with \
         other `indexing` options."
    ))
}

fn no_filter(key: &str, value: &Value) -> String {
    format!(
        "The list of `{key}` must hold filter objects, not {}.",
        value.kind()
    )
}
