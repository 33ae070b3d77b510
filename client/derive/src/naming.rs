//! The names serde writes: a column is called what its field is called in JSON.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Expr, Ident, LitStr, Result, Token};

/// What serde does to all fields of a struct.
#[derive(Default)]
pub(crate) struct Container {
    rename_all: Option<Rule>,
}

impl Container {
    /// `is_read_so`: whether it has to be read as it is written, too.
    pub(crate) fn parse(attributes: &[Attribute], is_read_so: bool) -> Result<Self> {
        let mut container = Self::default();
        each_serde(attributes, |meta| {
            if meta.path.is_ident("rename_all") {
                let name = one_name(meta)?;
                container.rename_all = Some(Rule::parse(&name)?);
                return Ok(());
            }
            let reshaping = ["transparent", "tag", "into", "remote"];
            let reading = ["from", "try_from"];
            let reading = reading.iter().filter(|_| is_read_so);
            if reshaping
                .iter()
                .chain(reading)
                .any(|name| meta.path.is_ident(name))
            {
                return Err(meta.error(
                    "with this, serde does not write the fields of the struct, so that they tell nothing of the columns",
                ));
            }
            skip_value(meta)
        })?;
        Ok(container)
    }
}

/// What serde does to one field.
pub(crate) struct Naming {
    /// The name in JSON.
    pub(crate) name: String,
    /// What to complain about if the name is bad.
    pub(crate) span: Span,
    /// `skip`: serde neither writes nor reads it.
    pub(crate) skipped: bool,
    /// Where it says that serde does not write it, or does not read it.
    pub(crate) one_way: Option<Span>,
    /// `with`, `serialize_with` and `deserialize_with`.
    pub(crate) conversions: Vec<(Ident, LitStr)>,
}

impl Naming {
    pub(crate) fn parse(
        attributes: &[Attribute],
        field: &Ident,
        container: &Container,
    ) -> Result<Self> {
        let own = field.unraw().to_string();
        let mut naming = Self {
            name: container
                .rename_all
                .map_or_else(|| own.clone(), |rule| rule.apply(&own)),
            span: field.span(),
            skipped: false,
            one_way: None,
            conversions: Vec::new(),
        };
        each_serde(attributes, |meta| naming.take(meta))?;
        Ok(naming)
    }

    /// Whether what is stored follows from the type of the field.
    pub(crate) fn is_written_as_its_type(&self) -> bool {
        self.conversions
            .iter()
            .all(|(how, _)| how == "deserialize_with")
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let path = &meta.path;
        if path.is_ident("rename") {
            let name = one_name(meta)?;
            (self.name, self.span) = (name.value(), name.span());
        } else if path.is_ident("flatten") {
            return Err(meta
                .error("the columns of a flattened field are unknown here: write its fields out"));
        } else if path.is_ident("skip") {
            self.skipped = true;
        } else if path.is_ident("skip_serializing") || path.is_ident("skip_deserializing") {
            self.one_way = path.get_ident().map(Ident::span);
        } else if let Some(name) = path.get_ident()
            && ["with", "serialize_with", "deserialize_with"].contains(&name.to_string().as_str())
        {
            self.conversions
                .push((name.clone(), meta.value()?.parse()?));
        } else {
            skip_value(meta)?;
        }
        Ok(())
    }
}

fn each_serde(
    attributes: &[Attribute],
    mut take: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    let attributes = attributes.iter();
    for attribute in attributes.filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| take(&meta))?;
    }
    Ok(())
}

/// `= "name"`, or `(serialize = "name", deserialize = "name")` with twice the same.
fn one_name(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    if meta.input.peek(Token![=]) {
        return meta.value()?.parse();
    }
    let mut names: Vec<LitStr> = Vec::new();
    meta.parse_nested_meta(|way| {
        names.push(way.value()?.parse()?);
        Ok(())
    })?;
    match names.as_slice() {
        [written, read] if written.value() == read.value() => Ok(written.clone()),
        _ => Err(meta.error("a column has one name: write and read the field under the same")),
    }
}

/// Passes over the value of an attribute that does not matter here.
fn skip_value(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in meta.input);
        content.parse::<TokenStream>()?;
    }
    Ok(())
}

/// The values of `rename_all`, see <https://serde.rs/container-attrs.html#rename_all>.
#[derive(Clone, Copy)]
enum Rule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Rule {
    fn parse(name: &LitStr) -> Result<Self> {
        Ok(match name.value().as_str() {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return Err(Error::new(name.span(), "serde knows no such rule")),
        })
    }

    /// As serde does to fields, which it takes to be in snake case.
    fn apply(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => {
                let mut name = pascal(field);
                if let Some(first) = name.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                name
            }
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    let words = field.split('_').filter(|word| !word.is_empty());
    words
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters)
        })
        .collect()
}
