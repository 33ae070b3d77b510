//! The attributes of `#[derive(TableRow)]`.

use proc_macro2::Span;
use syn::{Attribute, DeriveInput, Ident, LitBool, LitStr, Result};

use super::{Struct, Vector, column, nested, once, set, value};

/// `#[derive(TableRow)]`
pub(crate) struct Row {
    pub(crate) table: Struct<RowField>,
    pub(crate) key: Option<Ident>,
    pub(crate) partition: Option<Ident>,
}

#[derive(Default)]
pub(crate) struct RowField {
    pub(crate) partition_key: Option<Span>,
    pub(crate) clustering: Option<Clustering>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) text_index: Option<TextIndex>,
    pub(crate) vector: Option<Vector>,
    pub(crate) vector_index: Option<VectorIndex>,
    pub(crate) column: Option<LitStr>,
}

impl RowField {
    /// Whether what is written as a list is a set.
    pub(crate) fn is_set(&self) -> bool {
        self.column
            .as_ref()
            .is_some_and(|name| name.value() == "set")
    }
}

pub(crate) struct Clustering {
    pub(crate) span: Span,
    pub(crate) descending: bool,
}

pub(crate) struct Index {
    pub(crate) span: Span,
    pub(crate) name: Option<LitStr>,
    pub(crate) part: Part,
    pub(crate) case_sensitive: Option<LitBool>,
    pub(crate) normalize: Option<LitBool>,
    pub(crate) ascii: Option<LitBool>,
}

/// What of a column an index is of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Column,
    Keys,
    Values,
}

pub(crate) struct TextIndex {
    pub(crate) span: Span,
    pub(crate) name: Option<LitStr>,
    pub(crate) analyzer: Option<LitStr>,
}

pub(crate) struct VectorIndex {
    pub(crate) span: Span,
    pub(crate) name: Option<LitStr>,
    pub(crate) metric: Option<LitStr>,
    pub(crate) source_model: Option<LitStr>,
}

impl Row {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let (mut key, mut partition) = (None, None);
        let table = Struct::parse(input, "table", RowField::take, |meta| {
            if meta.path.is_ident("key") {
                return set(&mut key, meta, value(meta)?);
            }
            if meta.path.is_ident("partition") {
                return set(&mut partition, meta, value(meta)?);
            }
            Err(meta.error("expected `name`, `key` or `partition`"))
        })?;
        Ok(Self {
            table,
            key,
            partition,
        })
    }
}

impl RowField {
    fn take(&mut self, attribute: &Attribute) -> Result<()> {
        let Some(name) = attribute.path().get_ident() else {
            return Ok(());
        };
        let span = name.span();
        match name.to_string().as_str() {
            "partition_key" => {
                attribute.meta.require_path_only()?;
                once(&mut self.partition_key, span, span)
            }
            "clustering" => {
                let descending = clustering(attribute)?;
                once(&mut self.clustering, span, Clustering { span, descending })
            }
            "index" => {
                self.indexes.push(Index::parse(attribute, span)?);
                Ok(())
            }
            "text_index" => once(
                &mut self.text_index,
                span,
                TextIndex::parse(attribute, span)?,
            ),
            "vector" => {
                let mut vector = Vector::new(span);
                nested(attribute, |meta| vector.take(meta, false))?;
                once(&mut self.vector, span, vector)
            }
            "vector_index" => {
                let index = VectorIndex::parse(attribute, span)?;
                once(&mut self.vector_index, span, index)
            }
            "column" => column(&mut self.column, attribute),
            _ => Ok(()),
        }
    }
}

/// `#[clustering]`, `#[clustering(asc)]`, `#[clustering(desc)]`
fn clustering(attribute: &Attribute) -> Result<bool> {
    let mut order = None;
    nested(attribute, |meta| {
        if meta.path.is_ident("asc") {
            set(&mut order, meta, false)
        } else if meta.path.is_ident("desc") {
            set(&mut order, meta, true)
        } else {
            Err(meta.error("expected `asc` or `desc`"))
        }
    })?;
    Ok(order.unwrap_or(false))
}

impl Index {
    fn parse(attribute: &Attribute, span: Span) -> Result<Self> {
        let (mut name, mut part) = (None, None);
        let (mut case_sensitive, mut normalize, mut ascii) = (None, None, None);
        nested(attribute, |meta| {
            let path = &meta.path;
            if path.is_ident("name") {
                set(&mut name, meta, value(meta)?)
            } else if path.is_ident("keys") {
                set(&mut part, meta, Part::Keys)
            } else if path.is_ident("values") {
                set(&mut part, meta, Part::Values)
            } else if path.is_ident("case_sensitive") {
                set(&mut case_sensitive, meta, value(meta)?)
            } else if path.is_ident("normalize") {
                set(&mut normalize, meta, value(meta)?)
            } else if path.is_ident("ascii") {
                set(&mut ascii, meta, value(meta)?)
            } else {
                Err(meta.error(
                    "expected `name`, `keys`, `values`, `case_sensitive`, `normalize` or `ascii`",
                ))
            }
        })?;
        Ok(Self {
            span,
            name,
            part: part.unwrap_or(Part::Column),
            case_sensitive,
            normalize,
            ascii,
        })
    }
}

impl TextIndex {
    fn parse(attribute: &Attribute, span: Span) -> Result<Self> {
        let (mut name, mut analyzer) = (None, None);
        nested(attribute, |meta| {
            if meta.path.is_ident("name") {
                set(&mut name, meta, value(meta)?)
            } else if meta.path.is_ident("analyzer") {
                set(&mut analyzer, meta, value(meta)?)
            } else {
                Err(meta.error("expected `name` or `analyzer`"))
            }
        })?;
        Ok(Self {
            span,
            name,
            analyzer,
        })
    }
}

impl VectorIndex {
    fn parse(attribute: &Attribute, span: Span) -> Result<Self> {
        let (mut name, mut metric, mut source_model) = (None, None, None);
        nested(attribute, |meta| {
            if meta.path.is_ident("name") {
                set(&mut name, meta, value(meta)?)
            } else if meta.path.is_ident("metric") {
                set(&mut metric, meta, value(meta)?)
            } else if meta.path.is_ident("source_model") {
                set(&mut source_model, meta, value(meta)?)
            } else {
                Err(meta.error("expected `name`, `metric` or `source_model`"))
            }
        })?;
        Ok(Self {
            span,
            name,
            metric,
            source_model,
        })
    }
}
