//! What the indexes of a table let filters and sorts do.

use crate::definition::Metric;
use crate::table::column_type::Scalar;
use crate::table::cql_name::needs_quotes;
use crate::table::definition::{Column, TableDefinition};
use crate::table::index::{Index, IndexKind, Part};
use crate::text::{Analyzer, Folding};

impl TableDefinition {
    /// Whether a regular index covers a part of a column.
    pub(crate) fn regular_index(&self, column: &str, part: Part) -> Option<&Index> {
        self.indexes_of(column)
            .find(|index| matches!(&index.kind, IndexKind::Regular(covered, _) if *covered == part))
    }

    /// Whether there is an index of another name that differs in nothing else.
    pub(crate) fn has_like(&self, index: &Index) -> bool {
        self.indexes_of(&index.column)
            .any(|other| other.kind == index.kind)
    }

    /// Whether rows can be looked up by the value of a column: it has an index, and equal values of its type are kept
    /// alike, byte by byte.
    pub(crate) fn has_lookup(&self, column: &Column) -> bool {
        let plain = column
            .column_type
            .scalar()
            .is_some_and(Scalar::is_kept_alike);
        plain
            && self.folding(&column.name, Part::Whole).is_none()
            && self.analyzer(&column.name).is_none()
            && self.regular_index(&column.name, Part::Whole).is_some()
    }

    /// How a regular index folds the strings of a part of a column.
    pub(crate) fn folding(&self, column: &str, part: Part) -> Option<Folding> {
        match self.regular_index(column, part)?.kind {
            IndexKind::Regular(_, folding) => folding.filter(|folding| folding.changes_anything()),
            _ => None,
        }
    }

    /// The analyzer of the text index of a column.
    pub(crate) fn analyzer(&self, column: &str) -> Option<&Analyzer> {
        self.indexes_of(column).find_map(|index| match &index.kind {
            IndexKind::Text(analyzer) => Some(analyzer),
            _ => None,
        })
    }

    /// The metric of the vector index of a column.
    pub(crate) fn metric(&self, column: &str) -> Option<Metric> {
        self.indexes_of(column).find_map(|index| match index.kind {
            IndexKind::Vector(metric, _) => Some(metric),
            _ => None,
        })
    }

    pub(crate) fn is_indexed(&self, column: &str) -> bool {
        self.indexes_of(column).next().is_some()
    }

    /// Whether the real server finds an index of a column without parts when it asks if a filter is supported: it looks
    /// for the column by its bare name, and does not find those whose names are quoted in CQL.
    pub(crate) fn seen_index(&self, column: &str) -> bool {
        let covers = |index: &Index| {
            matches!(
                index.kind,
                IndexKind::Regular(Part::Whole, _) | IndexKind::Text(_)
            )
        };
        !needs_quotes(column) && self.indexes_of(column).any(covers)
    }

    fn indexes_of(&self, column: &str) -> impl Iterator<Item = &Index> {
        let of_column = move |index: &&Index| index.column == column;
        self.indexes().iter().filter(of_column)
    }
}
