//! Parses structs and their attributes into what the other phases work on.

mod document;
mod nested;
mod row;
mod udt;

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::{
    Attribute, Data, DeriveInput, Error, Fields, Ident, LitInt, LitStr, Result, Type, Visibility,
};

pub(crate) use self::document::{CollectionOptions, Document, Lexical, Rerank};
pub(crate) use self::nested::Nested;
pub(crate) use self::row::{Part, Row, RowField};
pub(crate) use self::udt::Udt;
use crate::naming::{Container, Naming};

/// A struct with named fields.
pub(crate) struct Struct<F> {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    /// `name = ".."` of the attribute of the struct; blank where it has none.
    pub(crate) name: LitStr,
    pub(crate) fields: Vec<Field<F>>,
}

/// A field; the rest depends on the derive.
pub(crate) struct Field<F> {
    pub(crate) ident: Ident,
    pub(crate) kind: Type,
    pub(crate) naming: Naming,
    /// `#[astra_db(function = ..)]`: the name of its function.
    pub(crate) function: Option<Ident>,
    pub(crate) rest: F,
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

    /// A service alone.
    fn take_service(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if meta.path.is_ident("provider") {
            set(&mut self.provider, meta, value(meta)?)
        } else if meta.path.is_ident("model") {
            set(&mut self.model, meta, value(meta)?)
        } else {
            Err(meta.error("expected `provider` or `model`"))
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

impl<F: Default> Struct<F> {
    /// `attribute` is the one that names what the struct stands for; `take_other` gets what else
    /// is in it.
    fn parse(
        input: &DeriveInput,
        attribute: &str,
        take_field: impl FnMut(&mut F, &Attribute) -> Result<()>,
        mut take_other: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
    ) -> Result<Self> {
        // A collection holds what is written, however its reader takes it.
        let is_read_so = attribute != "collection";
        let mut parsed = Self::nameless(input, is_read_so, take_field)?;
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
        parsed.name = name.ok_or_else(|| {
            let wanted = format!("`#[{attribute}(name = \"..\")]` is missing");
            Error::new(input.ident.span(), wanted)
        })?;
        Ok(parsed)
    }

    /// What any derive needs of a struct.
    fn nameless(
        input: &DeriveInput,
        is_read_so: bool,
        mut take_field: impl FnMut(&mut F, &Attribute) -> Result<()>,
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
        let container = Container::parse(&input.attrs, is_read_so)?;
        let mut parsed = Vec::new();
        for field in &fields.named {
            parsed.extend(Field::parse(field, &container, &mut take_field)?);
        }
        Ok(Self {
            ident: input.ident.clone(),
            visibility: input.vis.clone(),
            name: LitStr::new("", input.ident.span()),
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
        let (mut rest, mut function) = (F::default(), None);
        for attribute in &field.attrs {
            take(&mut rest, attribute)?;
            if attribute.path().is_ident("astra_db") {
                nested(attribute, |meta| {
                    if meta.path.is_ident("function") {
                        return set(&mut function, meta, value(meta)?);
                    }
                    Err(meta.error("expected `function = name_of_a_function`"))
                })?;
            }
        }
        Ok(Some(Self {
            ident: ident.clone(),
            kind: field.ty.clone(),
            naming,
            function,
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
        "astra_db",
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
pub(crate) fn nested(
    attribute: &Attribute,
    mut take: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    if matches!(attribute.meta, syn::Meta::Path(_)) {
        return Ok(());
    }
    attribute.parse_nested_meta(|meta| take(&meta))
}

pub(crate) fn value<T: Parse>(meta: &ParseNestedMeta<'_>) -> Result<T> {
    meta.value()?.parse()
}

fn span(meta: &ParseNestedMeta<'_>) -> Span {
    meta.path
        .get_ident()
        .map_or_else(Span::call_site, Ident::span)
}

pub(crate) fn set<T>(slot: &mut Option<T>, meta: &ParseNestedMeta<'_>, value: T) -> Result<()> {
    once(slot, span(meta), value)
}

fn once<T>(slot: &mut Option<T>, span: Span, value: T) -> Result<()> {
    if slot.replace(value).is_some() {
        return Err(Error::new(span, "this is said twice"));
    }
    Ok(())
}
