//! Parses structs and their attributes into what the other phases work on.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::{
    Attribute, Data, DeriveInput, Error, Fields, Ident, LitBool, LitInt, LitStr, Result, Token,
    Type, Visibility,
};

use crate::naming::{Container, Naming};

/// A struct with named fields.
pub(crate) struct Struct<F> {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    /// `name = ".."` of the attribute of the struct.
    pub(crate) name: LitStr,
    pub(crate) fields: Vec<Field<F>>,
}

/// A field; the rest depends on the derive.
pub(crate) struct Field<F> {
    pub(crate) ident: Ident,
    pub(crate) kind: Type,
    pub(crate) naming: Naming,
    pub(crate) rest: F,
}

/// `#[derive(Row)]`
pub(crate) struct Row {
    pub(crate) table: Struct<RowField>,
    pub(crate) key: Option<Ident>,
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

/// A vector column, or the vector search of a collection, which alone has the last two.
pub(crate) struct Vector {
    pub(crate) span: Span,
    pub(crate) dimension: Option<LitInt>,
    pub(crate) provider: Option<LitStr>,
    pub(crate) model: Option<LitStr>,
    pub(crate) metric: Option<LitStr>,
    pub(crate) source_model: Option<LitStr>,
}

/// `#[derive(Udt)]`
pub(crate) struct Udt {
    pub(crate) udt: Struct<UdtField>,
}

#[derive(Default)]
pub(crate) struct UdtField {
    pub(crate) column: Option<LitStr>,
}

/// `#[derive(Document)]`
pub(crate) struct Document {
    pub(crate) collection: Struct<DocumentField>,
    pub(crate) options: CollectionOptions,
}

#[derive(Default)]
pub(crate) struct CollectionOptions {
    pub(crate) default_id: Option<LitStr>,
    pub(crate) vector: Option<Vector>,
    pub(crate) lexical: Option<Lexical>,
    pub(crate) rerank: Option<LitBool>,
    pub(crate) allow: Option<Paths>,
    pub(crate) deny: Option<Paths>,
}

pub(crate) enum Lexical {
    Analyzer(LitStr),
    Enabled(LitBool),
}

/// `allow(..)` or `deny(..)`
pub(crate) struct Paths {
    pub(crate) span: Span,
    pub(crate) paths: Vec<LitStr>,
}

#[derive(Default)]
pub(crate) struct DocumentField {
    pub(crate) not_indexed: Option<Span>,
}

impl Row {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let mut key = None;
        let table = Struct::parse(input, "table", RowField::take, |meta| {
            if meta.path.is_ident("key") {
                return set(&mut key, meta, value(meta)?);
            }
            Err(meta.error("expected `name` or `key`"))
        })?;
        Ok(Self { table, key })
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

impl Vector {
    fn new(span: Span) -> Self {
        Self {
            span,
            dimension: None,
            provider: None,
            model: None,
            metric: None,
            source_model: None,
        }
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>, of_collection: bool) -> Result<()> {
        let path = &meta.path;
        if path.is_ident("dimension") {
            set(&mut self.dimension, meta, value(meta)?)
        } else if path.is_ident("provider") {
            set(&mut self.provider, meta, value(meta)?)
        } else if path.is_ident("model") {
            set(&mut self.model, meta, value(meta)?)
        } else if of_collection && path.is_ident("metric") {
            set(&mut self.metric, meta, value(meta)?)
        } else if of_collection && path.is_ident("source_model") {
            set(&mut self.source_model, meta, value(meta)?)
        } else if of_collection {
            Err(meta.error("expected `dimension`, `metric`, `source_model`, `provider` or `model`"))
        } else {
            Err(meta.error(
                "expected `dimension`, `provider` or `model`; a metric belongs to `#[vector_index]`",
            ))
        }
    }
}

impl Udt {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let take = |field: &mut UdtField, attribute: &Attribute| match attribute.path() {
            path if path.is_ident("column") => column(&mut field.column, attribute),
            _ => Ok(()),
        };
        let udt = Struct::parse(
            input,
            "udt",
            take,
            |meta| Err(meta.error("expected `name`")),
        )?;
        Ok(Self { udt })
    }
}

impl Document {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let mut options = CollectionOptions::default();
        let collection = Struct::parse(input, "collection", DocumentField::take, |meta| {
            options.take(meta)
        })?;
        Ok(Self {
            collection,
            options,
        })
    }
}

impl DocumentField {
    fn take(&mut self, attribute: &Attribute) -> Result<()> {
        match attribute.path().get_ident() {
            Some(name) if name == "not_indexed" => {
                attribute.meta.require_path_only()?;
                once(&mut self.not_indexed, name.span(), name.span())
            }
            _ => Ok(()),
        }
    }
}

impl CollectionOptions {
    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let path = &meta.path;
        if path.is_ident("default_id") {
            set(&mut self.default_id, meta, value(meta)?)
        } else if path.is_ident("vector") {
            let mut vector = Vector::new(span(meta));
            meta.parse_nested_meta(|meta| vector.take(&meta, true))?;
            set(&mut self.vector, meta, vector)
        } else if path.is_ident("lexical") {
            let value = meta.value()?;
            let lexical = if value.peek(LitBool) {
                Lexical::Enabled(value.parse()?)
            } else {
                Lexical::Analyzer(value.parse()?)
            };
            set(&mut self.lexical, meta, lexical)
        } else if path.is_ident("rerank") {
            set(&mut self.rerank, meta, value(meta)?)
        } else if path.is_ident("allow") {
            set(&mut self.allow, meta, Paths::parse(meta)?)
        } else if path.is_ident("deny") {
            set(&mut self.deny, meta, Paths::parse(meta)?)
        } else {
            Err(meta.error(
                "expected `name`, `default_id`, `vector`, `lexical`, `rerank`, `allow` or `deny`",
            ))
        }
    }
}

impl Paths {
    fn parse(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let content;
        syn::parenthesized!(content in meta.input);
        let paths = content.parse_terminated(<LitStr as Parse>::parse, Token![,])?;
        Ok(Self {
            span: span(meta),
            paths: paths.into_iter().collect(),
        })
    }
}

impl<F: Default> Struct<F> {
    /// `attribute` is the one that names what the struct stands for; `take_other` gets what else
    /// is in it.
    fn parse(
        input: &DeriveInput,
        attribute: &str,
        mut take_field: impl FnMut(&mut F, &Attribute) -> Result<()>,
        mut take_other: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
    ) -> Result<Self> {
        let Data::Struct(data) = &input.data else {
            return Err(Error::new(
                input.ident.span(),
                "only a struct with named fields can be derived from",
            ));
        };
        let Fields::Named(fields) = &data.fields else {
            return Err(Error::new(
                input.ident.span(),
                "only a struct with named fields can be derived from",
            ));
        };
        if let Some(parameter) = input.generics.params.first() {
            return Err(Error::new_spanned(
                parameter,
                "one definition cannot stand for many types: leave the parameters out",
            ));
        }
        let mut name = None;
        let attributes = input.attrs.iter();
        for found in attributes.filter(|found| found.path().is_ident(attribute)) {
            nested(found, |meta| {
                if meta.path.is_ident("name") {
                    return set(&mut name, meta, value(meta)?);
                }
                take_other(meta)
            })?;
        }
        let name = name.ok_or_else(|| {
            let wanted = format!("`#[{attribute}(name = \"..\")]` is missing");
            Error::new(input.ident.span(), wanted)
        })?;
        let container = Container::parse(&input.attrs)?;
        let mut parsed = Vec::new();
        for field in &fields.named {
            parsed.extend(Field::parse(field, &container, &mut take_field)?);
        }
        Ok(Self {
            ident: input.ident.clone(),
            visibility: input.vis.clone(),
            name,
            fields: parsed,
        })
    }
}

impl<F: Default> Field<F> {
    /// Nothing for a field serde knows nothing of.
    fn parse(
        field: &syn::Field,
        container: &Container,
        take: &mut impl FnMut(&mut F, &Attribute) -> Result<()>,
    ) -> Result<Option<Self>> {
        let Some(ident) = &field.ident else {
            return Ok(None);
        };
        let naming = Naming::parse(&field.attrs, ident, container)?;
        if naming.skipped {
            return match field.attrs.iter().find(|attribute| is_ours(attribute)) {
                Some(attribute) => Err(Error::new_spanned(
                    attribute,
                    "serde skips this field, so it is not stored",
                )),
                None => Ok(None),
            };
        }
        let mut rest = F::default();
        for attribute in &field.attrs {
            take(&mut rest, attribute)?;
        }
        Ok(Some(Self {
            ident: ident.clone(),
            kind: field.ty.clone(),
            naming,
            rest,
        }))
    }
}

fn is_ours(attribute: &Attribute) -> bool {
    let ours = [
        "partition_key",
        "clustering",
        "index",
        "text_index",
        "vector",
        "vector_index",
        "column",
        "not_indexed",
    ];
    ours.iter().any(|name| attribute.path().is_ident(name))
}

/// `#[column(type = "..")]`
fn column(slot: &mut Option<LitStr>, attribute: &Attribute) -> Result<()> {
    nested(attribute, |meta| {
        if meta.path.is_ident("type") {
            return set(slot, meta, value(meta)?);
        }
        Err(meta.error("expected `type = \"..\"`"))
    })
}

/// What is in the parentheses of an attribute, which may have none.
fn nested(
    attribute: &Attribute,
    mut take: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    if matches!(attribute.meta, syn::Meta::Path(_)) {
        return Ok(());
    }
    attribute.parse_nested_meta(|meta| take(&meta))
}

fn value<T: Parse>(meta: &ParseNestedMeta<'_>) -> Result<T> {
    meta.value()?.parse()
}

fn span(meta: &ParseNestedMeta<'_>) -> Span {
    meta.path
        .get_ident()
        .map_or_else(Span::call_site, Ident::span)
}

fn set<T>(slot: &mut Option<T>, meta: &ParseNestedMeta<'_>, value: T) -> Result<()> {
    once(slot, span(meta), value)
}

fn once<T>(slot: &mut Option<T>, span: Span, value: T) -> Result<()> {
    if slot.replace(value).is_some() {
        return Err(Error::new(span, "this is said twice"));
    }
    Ok(())
}
