//! Prints what `#[derive(TableRow)]` makes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, LitStr};

use crate::attr::{Field, Part, Row, RowField, Struct, Vector};
use crate::check::{PRIMITIVES, index_name};
use crate::paths;

pub(crate) fn expand(row: &Row) -> TokenStream {
    let table = &row.table;
    let key = row
        .key
        .clone()
        .unwrap_or_else(|| format_ident!("{}Key", table.ident));
    let documentation = format!(
        "The primary key of [`{}`]: as a filter, it finds one row.",
        table.ident
    );
    let primary = key_struct(table, &key, &documentation, key_fields(table));
    let partition = row.partition.iter().map(|partition| {
        let documentation = format!(
            "The partition key of [`{}`]: as a filter, it finds the rows of one partition.",
            table.ident
        );
        key_struct(table, partition, &documentation, partition_keys(table))
    });
    let functions = paths::functions(table, |field| {
        let (name, kind) = (&field.naming.name, column_type(field));
        let is_key = is_key(field);
        quote!(::astra_db::query::Field::of_row(#name, || #kind, #is_key))
    });
    let table_row = table_row(table, &key);
    quote! {
        #primary
        #(#partition)*
        #functions
        #table_row
    }
}

fn key_fields(table: &Struct<RowField>) -> impl Iterator<Item = &Field<RowField>> {
    let (partition, clustering) = (partition_keys(table), clustering_columns(table));
    partition.chain(clustering)
}

fn partition_keys(table: &Struct<RowField>) -> impl Iterator<Item = &Field<RowField>> {
    let fields = table.fields.iter();
    fields.filter(|field| field.rest.partition_key.is_some())
}

fn clustering_columns(table: &Struct<RowField>) -> impl Iterator<Item = &Field<RowField>> {
    let fields = table.fields.iter();
    fields.filter(|field| field.rest.clustering.is_some())
}

/// It is written as a filter: column by column what it has to be.
fn key_struct<'a>(
    table: &Struct<RowField>,
    key: &Ident,
    documentation: &str,
    fields: impl Iterator<Item = &'a Field<RowField>>,
) -> TokenStream {
    let (row, visibility) = (&table.ident, &table.visibility);
    let fields = fields.map(|field| {
        let Field { ident, kind, .. } = field;
        let name = &field.naming.name;
        let conversions = field.naming.conversions.iter();
        let conversions = conversions.map(|(how, path)| quote!(#how = #path));
        let documentation = format!("See [`{row}::{ident}`].");
        quote! {
            #[doc = #documentation]
            #[serde(rename = #name, #(#conversions),*)]
            #visibility #ident: #kind
        }
    });
    quote! {
        #[doc = #documentation]
        #[derive(
            ::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq,
            ::astra_db::__private::serde::Serialize, ::astra_db::__private::serde::Deserialize,
        )]
        #[serde(crate = "::astra_db::__private::serde")]
        #visibility struct #key { #(#fields),* }
    }
}

fn table_row(table: &Struct<RowField>, key: &Ident) -> TokenStream {
    let Struct { ident, name, .. } = table;
    let key_values = key_fields(table).map(|field| {
        let ident = &field.ident;
        quote!(#ident: ::core::clone::Clone::clone(&self.#ident))
    });
    let columns = table.fields.iter().map(|field| {
        let (name, kind) = (&field.naming.name, column_type(field));
        quote!(.column(#name, #kind))
    });
    let partition = partition_keys(table).map(|field| &field.naming.name);
    let sorts = clustering_columns(table).map(|field| {
        let name = &field.naming.name;
        let clustering = field.rest.clustering.as_ref();
        let order = if clustering.is_some_and(|clustering| clustering.descending) {
            quote!(Descending)
        } else {
            quote!(Ascending)
        };
        quote!(.partition_sort(#name, ::astra_db::schema::Order::#order))
    });
    let indexes = table.fields.iter().flat_map(|field| indexes(table, field));
    let typed = table.fields.iter().filter(|field| brings_types(field));
    let types = typed.map(|field| {
        let kind = &field.kind;
        quote_spanned!(kind.span()=> <#kind as ::astra_db::model::ColumnValue>::user_types(&mut types);)
    });
    quote! {
        #[automatically_derived]
        impl ::astra_db::model::TableRow for #ident {
            type Key = #key;
            const TABLE_NAME: &'static str = #name;

            fn key(&self) -> #key {
                #key { #(#key_values),* }
            }

            fn definition() -> ::astra_db::schema::TableDefinition {
                ::astra_db::schema::TableDefinition::default()
                    #(#columns)*
                    .partition_by([#(#partition),*])
                    #(#sorts)*
            }

            fn indexes() -> ::std::vec::Vec<::astra_db::schema::IndexDescriptor> {
                ::std::vec![#(#indexes),*]
            }

            #[allow(unused_mut, reason = "there may be none")]
            fn types() -> ::astra_db::model::UserTypes {
                let mut types = ::astra_db::model::UserTypes::default();
                #(#types)*
                types
            }
        }
    }
}

fn is_key(field: &Field<RowField>) -> bool {
    field.rest.partition_key.is_some() || field.rest.clustering.is_some()
}

fn brings_types(field: &Field<RowField>) -> bool {
    let of_its_own = field.rest.column.is_none() || field.rest.is_set();
    of_its_own && field.rest.vector.is_none()
}

fn column_type(field: &Field<RowField>) -> TokenStream {
    let rest = &field.rest;
    if let Some(vector) = &rest.vector {
        return vector_type(vector);
    }
    if let Some(name) = rest.column.as_ref().filter(|_| !rest.is_set()) {
        return named_type(name);
    }
    let kind = &field.kind;
    let of = if rest.is_set() {
        quote!(set_type)
    } else if is_key(field) {
        quote!(key_type)
    } else {
        quote!(column_type)
    };
    // On the type of the field, so that this is what the compiler points at.
    quote_spanned!(kind.span()=> ::astra_db::__private::#of::<#kind>())
}

/// A primitive type by its name, which was checked.
pub(crate) fn named_type(name: &LitStr) -> TokenStream {
    let named = name.value();
    let found = PRIMITIVES.iter().find(|(known, _)| *known == named);
    let variant = found.map(|(_, variant)| Ident::new(variant, name.span()));
    quote!(::astra_db::schema::ColumnType::#variant)
}

fn vector_type(vector: &Vector) -> TokenStream {
    let dimension = option(vector.dimension.as_ref());
    let service = option(service(vector).as_ref());
    quote! {
        ::astra_db::schema::ColumnType::Vector { dimension: #dimension, service: #service }
    }
}

/// Who computes vectors.
pub(crate) fn service(vector: &Vector) -> Option<TokenStream> {
    let (provider, model) = (vector.provider.as_ref()?, vector.model.as_ref()?);
    Some(quote!(::astra_db::schema::ServiceOptions::new(#provider, #model)))
}

fn option(value: Option<&impl quote::ToTokens>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}

fn indexes(table: &Struct<RowField>, field: &Field<RowField>) -> Vec<TokenStream> {
    let column = &field.naming.name;
    let describe = |given: Option<&LitStr>, part, index: TokenStream| {
        let name = index_name(table, field, given, part);
        quote!(::astra_db::__private::index(#name, #index))
    };
    let regular = field.rest.indexes.iter().map(|index| {
        let column = match index.part {
            Part::Column => quote!(#column),
            Part::Keys => quote!(::astra_db::schema::IndexedColumn::Keys(#column.into())),
            Part::Values => quote!(::astra_db::schema::IndexedColumn::Values(#column.into())),
        };
        let case_sensitive = index.case_sensitive.iter();
        let (normalize, ascii) = (index.normalize.iter(), index.ascii.iter());
        let definition = quote! {
            ::astra_db::schema::RegularIndex::new(#column)
                #(.case_sensitive(#case_sensitive))* #(.normalize(#normalize))* #(.ascii(#ascii))*
        };
        describe(index.name.as_ref(), index.part, definition)
    });
    let text = field.rest.text_index.iter().map(|index| {
        let analyzer = index.analyzer.iter();
        let definition = quote! {
            ::astra_db::schema::TextIndex::new(#column) #(.analyzer(#analyzer))*
        };
        describe(index.name.as_ref(), Part::Column, definition)
    });
    let vector = field.rest.vector_index.iter().map(|index| {
        let metric = index.metric.iter().map(metric);
        let source_model = index.source_model.iter();
        let definition = quote! {
            ::astra_db::schema::VectorIndex::new(#column)
                #(.metric(#metric))* #(.source_model(#source_model))*
        };
        describe(index.name.as_ref(), Part::Column, definition)
    });
    regular.chain(text).chain(vector).collect()
}

/// A metric by its name, which was checked.
pub(crate) fn metric(name: &LitStr) -> TokenStream {
    let variant = match name.value().as_str() {
        "dot_product" => quote!(DotProduct),
        "euclidean" => quote!(Euclidean),
        _ => quote!(Cosine),
    };
    quote!(::astra_db::schema::SimilarityMetric::#variant)
}
