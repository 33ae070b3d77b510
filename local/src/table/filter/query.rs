//! A find's filter, judged as the real server and its database would.

use super::comparison::{Comparison, Relation, Test};
use super::matches::Condition;
use super::tree::Group;
use super::typed::typed;
use super::{Filter, check};
use crate::error::{ApiError, database, warning};
use crate::json::Value;
use crate::table::definition::TableDefinition;
use crate::table::index::Part;
use crate::table::row::MAX_KEY_BYTES;

/// What a find looks for, and what has to be said about how.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) condition: Condition,
    pub(crate) warnings: Vec<ApiError>,
}

/// Why a find cannot be run, and what was noticed before that came out.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: ApiError,
    pub(crate) warnings: Vec<ApiError>,
}

/// How the rows of a find are brought in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As they lie, or in memory.
    Free,
    /// By clustering columns, by the database.
    Clustering,
    /// By a vector index.
    Vector,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            warnings: Vec::new(),
        }
    }
}

impl Query {
    pub(crate) fn plan(
        filter: &Filter,
        table: &TableDefinition,
        order: Order,
    ) -> Result<Self, Refusal> {
        check::check_find(filter, table)?;
        let mut warnings = check::warnings(filter, table, order == Order::Vector);
        let typed = match typed(&filter.root, table) {
            Ok(typed) => typed,
            Err(error) => return Err(Refusal { error, warnings }),
        };
        let judge = Judge {
            filter,
            table,
            order,
            filtering: !warnings.is_empty(),
        };
        if let Some(error) = typed.refusal.or_else(|| judge.refusal()) {
            return Err(Refusal { error, warnings });
        }
        if warnings.is_empty() && judge.needs_filtering() {
            warnings.push(warning::QUERY_RETRIED_DUE_TO_INDEXING.because(
                "The filter cannot be answered by the key or an index alone: rows are read that are not answered.",
            ));
        }
        Ok(Self {
            condition: typed.condition,
            warnings,
        })
    }
}

struct Judge<'f> {
    filter: &'f Filter,
    table: &'f TableDefinition,
    order: Order,
    /// Whether the database is allowed to read more than it answers.
    filtering: bool,
}

impl Judge<'_> {
    fn refusal(&self) -> Option<ApiError> {
        let problem = self
            .partition_in_or()
            .or_else(|| contradiction(self.filter, &|column| self.analyzes(column)))
            .or_else(|| self.after_slice())
            .or_else(|| self.impossible_key())
            .or_else(|| self.vector_search())
            .or_else(|| self.sorted_index())?;
        Some(database::INVALID_DATABASE_QUERY.because(problem))
    }

    fn partition_in_or(&self) -> Option<String> {
        let column = alternatives(&self.filter.root, false)
            .into_iter()
            .find(|comparison| self.table.is_partition_column(&comparison.column))?;
        Some(format!(
            "The partition column '{}' cannot be one of several alternatives. Use $in, or several finds.",
            column.column
        ))
    }

    fn after_slice(&self) -> Option<String> {
        if self.filtering {
            return None;
        }
        let all = conjunction(&self.filter.root);
        let tests = |column: &str| -> Vec<&Test> {
            let tests = all.iter().filter(|comparison| comparison.column == column);
            tests.map(|comparison| &comparison.test).collect()
        };
        let columns = self.table.clustering_columns();
        let sliced = columns
            .iter()
            .position(|column| tests(&column.name).into_iter().any(leaves_range))?;
        let after = columns[sliced + 1..]
            .iter()
            .find(|column| !tests(&column.name).is_empty())?;
        Some(format!(
            "The clustering column '{}' cannot be tested after '{}' was left open to a range.",
            after.name, columns[sliced].name
        ))
    }

    /// Whether an index of the column takes its values for equal that are not the same: then an equality can stand beside
    /// other tests.
    fn analyzes(&self, column: &str) -> bool {
        self.table.folding(column, Part::Whole).is_some() || self.table.analyzer(column).is_some()
    }

    /// Beside an index the database does not look at the key, and no row has an empty one.
    fn impossible_key(&self) -> Option<String> {
        let by_index = conjunction(&self.filter.root)
            .into_iter()
            .any(|comparison| {
                !self.table.is_key_column(&comparison.column)
                    && check::is_indexed(comparison, self.table)
            });
        if by_index {
            return None;
        }
        impossible_key(self.filter, self.table)
    }

    /// A vector search takes a whole partition, and columns with indexes that help.
    fn vector_search(&self) -> Option<String> {
        let all = conjunction(&self.filter.root);
        let whole_partition = self.table.partition_columns().iter().all(|column| {
            all.iter().any(|comparison| {
                comparison.column == column.name
                    && matches!(comparison.test, Test::Is(Relation::Equal, _))
            })
        });
        let mut tests = Vec::new();
        self.filter
            .root
            .visit(&mut |comparison| tests.push(comparison));
        let slow = tests.into_iter().any(|comparison| {
            if self.table.is_partition_column(&comparison.column) {
                !whole_partition
            } else {
                !check::is_indexed(comparison, self.table)
            }
        });
        (self.order == Order::Vector && (slow || self.needs_filtering())).then(|| {
            "A vector search can be combined only with filters by `$eq` on the whole partition key or by indexes that help the operator. Make an index, or leave the filter out.".to_owned()
        })
    }

    fn sorted_index(&self) -> Option<String> {
        let indexed = |comparison: &&Comparison| match &comparison.test {
            Test::Contains(part, ..) => self
                .table
                .regular_index(&comparison.column, *part)
                .is_some(),
            _ => {
                !self.table.is_key_column(&comparison.column)
                    && (self
                        .table
                        .regular_index(&comparison.column, Part::Whole)
                        .is_some()
                        || self.table.analyzer(&comparison.column).is_some())
            }
        };
        let mut all = Vec::new();
        self.filter
            .root
            .visit(&mut |comparison| all.push(comparison));
        let column = all
            .into_iter()
            .find(indexed)
            .filter(|_| self.order == Order::Clustering)?;
        Some(format!(
            "Rows found by the index of '{}' cannot be sorted by clustering columns. Leave the sort or the filter out.",
            column.column
        ))
    }

    /// Whether the database has to read more than it answers although no warning was due.
    fn needs_filtering(&self) -> bool {
        let open_partition = |comparison: &&Comparison| {
            self.table.is_partition_column(&comparison.column) && leaves_range(&comparison.test)
        };
        let mut all = Vec::new();
        self.filter
            .root
            .visit(&mut |comparison| all.push(comparison));
        all.iter().any(open_partition)
            || alternatives(&self.filter.root, false)
                .iter()
                .any(|comparison| self.table.is_key_column(&comparison.column))
    }
}

/// Tests that the database does not take together on one column.
pub(super) fn contradiction(filter: &Filter, analyzes: &dyn Fn(&str) -> bool) -> Option<String> {
    let all = conjunction(&filter.root);
    for comparison in &all {
        let same = all.iter().filter(|other| other.column == comparison.column);
        let tests: Vec<_> = same
            .map(|other| &other.test)
            .filter(|test| !matches!(test, Test::Contains(..)))
            .collect();
        let fixed = !analyzes(&comparison.column)
            && tests
                .iter()
                .any(|test| matches!(test, Test::Is(Relation::Equal, _) | Test::In(_)));
        let bounds = |one, other| {
            let bounds = tests.iter().filter(|test| matches!(test, Test::Is(relation, _) if *relation == one || *relation == other));
            bounds.count() > 1
        };
        let doubled = (fixed && tests.len() > 1)
            || bounds(Relation::Less, Relation::LessOrEqual)
            || bounds(Relation::Greater, Relation::GreaterOrEqual);
        if doubled {
            return Some(format!(
                "The column '{}' has tests that cannot be used together. Keep one of them.",
                comparison.column
            ));
        }
    }
    None
}

/// A partition key of one column that would be empty or too long.
pub(super) fn impossible_key(filter: &Filter, table: &TableDefinition) -> Option<String> {
    let [sole] = table.partition_columns() else {
        return None;
    };
    let is_none = |value: &Value| match value {
        Value::String(text) => text.is_empty() || text.len() > MAX_KEY_BYTES,
        Value::Object(object) => object
            .get("$binary")
            .and_then(Value::as_str)
            .is_some_and(str::is_empty),
        _ => false,
    };
    let text_or_blob = sole.column_type.can_be_empty();
    let impossible = conjunction(&filter.root).into_iter().any(|comparison| {
        comparison.column == sole.name
            && match &comparison.test {
                Test::Is(Relation::Equal, value) => is_none(value),
                Test::In(values) => values.iter().any(is_none),
                _ => false,
            }
    });
    (impossible && text_or_blob).then(|| {
        format!(
            "The partition key '{}' is never empty, nor longer than {MAX_KEY_BYTES} bytes.",
            sole.name
        )
    })
}

fn leaves_range(test: &Test) -> bool {
    check::is_slice(test) || matches!(test, Test::Is(Relation::NotEqual, _) | Test::NotIn(_))
}

/// The comparisons that must all hold.
pub(super) fn conjunction(group: &Group) -> Vec<&Comparison> {
    let members = group.comparisons.len() + group.groups.len();
    if group.any && members > 1 {
        return Vec::new();
    }
    let inner = group.groups.iter().flat_map(conjunction);
    group.comparisons.iter().chain(inner).collect()
}

/// The comparisons that are below a choice of two or more.
pub(super) fn alternatives(group: &Group, below: bool) -> Vec<&Comparison> {
    let below = below || (group.any && group.comparisons.len() + group.groups.len() > 1);
    let inner = group
        .groups
        .iter()
        .flat_map(|inner| alternatives(inner, below));
    let own = group.comparisons.iter().filter(|_| below);
    own.chain(inner).collect()
}
