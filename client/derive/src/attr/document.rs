//! The attributes of `#[derive(CollectionDocument)]`.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::{Attribute, DeriveInput, LitBool, LitStr, Result, Token};

use super::{Struct, Vector, once, set, span, value};

/// `#[derive(CollectionDocument)]`
pub(crate) struct Document {
    pub(crate) collection: Struct<DocumentField>,
    pub(crate) options: CollectionOptions,
}

#[derive(Default)]
pub(crate) struct CollectionOptions {
    pub(crate) default_id: Option<LitStr>,
    pub(crate) vector: Option<Vector>,
    pub(crate) lexical: Option<Lexical>,
    pub(crate) rerank: Option<Rerank>,
    pub(crate) allow: Option<Paths>,
    pub(crate) deny: Option<Paths>,
}

pub(crate) enum Lexical {
    Analyzer(LitStr),
    Enabled(LitBool),
}

pub(crate) enum Rerank {
    /// `rerank(provider = "..", model = "..")`
    By(Vector),
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
            let rerank = if meta.input.peek(Token![=]) {
                Rerank::Enabled(value(meta)?)
            } else {
                let mut service = Vector::new(span(meta));
                meta.parse_nested_meta(|meta| service.take_service(&meta))?;
                Rerank::By(service)
            };
            set(&mut self.rerank, meta, rerank)
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
