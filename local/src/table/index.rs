//! Indexes of a table.

use crate::definition::Metric;
use crate::json::{Object, Value};
use crate::text::{Analyzer, Folding};

/// An index of one column. There is at most one for each part of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Index {
    /// Unique in the keyspace.
    pub(crate) name: String,
    pub(crate) column: String,
    pub(crate) kind: IndexKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum IndexKind {
    /// Helps filters on a part of the column. Strings are folded first where there is a folding.
    Regular(Part, Option<Folding>),
    Vector(Metric, String),
    Text(Analyzer),
}

/// What of a column an index covers, and a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The value of a column without parts.
    Whole,
    Keys,
    /// Of a map; the elements of a list or set.
    Values,
    Entries,
}

impl Index {
    /// The type as the API names it.
    fn type_name(&self) -> &'static str {
        match self.kind {
            IndexKind::Regular(..) => "regular",
            IndexKind::Vector(..) => "vector",
            IndexKind::Text(_) => "text",
        }
    }

    /// `name`, `definition` and `indexType` as listIndexes shows them.
    pub(crate) fn describe(&self) -> Object {
        let column = match &self.kind {
            IndexKind::Regular(Part::Keys, _) => Object::from([(&self.column, "$keys")]).into(),
            IndexKind::Regular(Part::Values, _) => Object::from([(&self.column, "$values")]).into(),
            _ => Value::from(self.column.as_str()),
        };
        let options = match &self.kind {
            IndexKind::Regular(_, folding) => folding.map_or_else(Object::new, Folding::describe),
            IndexKind::Vector(metric, source_model) => {
                Object::from([("metric", metric.name()), ("sourceModel", source_model)])
            }
            IndexKind::Text(analyzer) => Object::from([("analyzer", analyzer.describe())]),
        };
        let definition = Object::from([("column", column), ("options", options.into())]);
        Object::from([
            ("name", self.name.as_str().into()),
            ("definition", Value::from(definition)),
            ("indexType", self.type_name().into()),
        ])
    }

    /// The form in which it is kept.
    pub(crate) fn to_value(&self) -> Value {
        let mut kept = Object::from([("name", self.name.as_str()), ("column", &self.column)]);
        match &self.kind {
            IndexKind::Regular(part, folding) => {
                kept.insert("part", part.name());
                if let Some(folding) = folding {
                    kept.insert("folding", folding.describe());
                }
            }
            IndexKind::Vector(metric, source_model) => {
                kept.insert("metric", metric.name());
                kept.insert("sourceModel", source_model.as_str());
            }
            IndexKind::Text(analyzer) => {
                kept.insert("analyzer", analyzer.describe());
            }
        }
        kept.into()
    }

    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let kept = value.as_object()?;
        let text = |name: &str| kept.get(name)?.as_str();
        let kind = if let Some(part) = text("part") {
            let folding = kept.get("folding").and_then(Value::as_object);
            IndexKind::Regular(Part::named(part)?, folding.map(Folding::from_options))
        } else if let Some(metric) = text("metric") {
            IndexKind::Vector(Metric::named(metric)?, text("sourceModel")?.to_owned())
        } else {
            IndexKind::Text(Analyzer::from_value(kept.get("analyzer")?).ok()?)
        };
        Some(Self {
            name: text("name")?.to_owned(),
            column: text("column")?.to_owned(),
            kind,
        })
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Keys => "keys",
            Self::Values => "values",
            Self::Entries => "entries",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let parts = [Self::Whole, Self::Keys, Self::Values, Self::Entries];
        parts.into_iter().find(|part| part.name() == name)
    }
}
