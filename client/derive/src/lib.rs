//! The derives of [astra-db](https://docs.rs/astra-db), which re-exports them: use them from there.
//!
//! Each derive goes through the same three phases: the attributes are parsed into plain structs
//! (`attr`, `naming`), what cannot work is refused on the user's own token (`check`), and the rest
//! is printed as code (`row`, `udt`, `document`, `paths`, `renamed`).

mod attr;
mod naming;

mod check;
mod renamed;

mod document;
mod paths;
mod row;
mod udt;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use self::renamed::renamed;

/// Makes a struct the row of a table: implements `astra_db::model::TableRow`, makes a struct of the
/// primary key (`ReviewKey` for `Review`), and a function for each column (`Review::vehicle()`), for
/// typed filters, updates, sorts and projections: see `astra_db::query`.
///
/// Columns are named as serde writes the fields: `#[serde(rename)]`, `#[serde(rename_all)]` and
/// `#[serde(skip)]` count.
///
/// | On the struct | |
/// |---|---|
/// | `#[table(name = "reviews")]` | the table; required |
/// | `#[table(key = ReviewId)]` | the name of the struct of the key |
/// | `#[astra_db(crate = "path::to::astra_db")]` | another path to the crate, on any of the derives |
/// | `#[table(partition = ReviewsOfVehicle)]` | makes a struct of the partition key alone, too: a filter for its rows |
///
/// | On a field | |
/// |---|---|
/// | `#[partition_key]` | part of the partition key, in the order of the fields; one is required |
/// | `#[clustering]`, `#[clustering(desc)]` | a clustering column, in the order of the fields |
/// | `#[index]` | an index for filters, with `name = ".."`, `keys` or `values` of a map, and for text `case_sensitive = false`, `normalize = true`, `ascii = true`; may be repeated for parts of a map |
/// | `#[text_index]` | an index of words, with `name = ".."`, `analyzer = "english"` |
/// | `#[vector(dimension = 1024)]` | a vector; `provider = ".."` and `model = ".."` for one the server computes |
/// | `#[vector_index]` | an index for sorts by vector, with `name = ".."`, `metric = "dot_product"`, `source_model = ".."` |
/// | `#[column(type = "varint")]` | another primitive type than the field's own |
/// | `#[column(type = "set")]` | a set, although the field is a `Vec` |
/// | `#[astra_db(function = nr_column)]` | the name of its function, where its own is taken |
///
/// An index without a name is called `{table}_{column}_idx`, `_keys_idx` or `_values_idx`.
#[proc_macro_derive(
    TableRow,
    attributes(
        astra_db,
        table,
        partition_key,
        clustering,
        index,
        text_index,
        vector,
        vector_index,
        column
    )
)]
pub fn derive_table_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = attr::Row::parse(&input).and_then(|row| {
        check::row(&row)?;
        renamed(&input, row::expand(&row))
    });
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a struct a user-defined type, so that it can be the type of a column: implements
/// `astra_db::model::Udt` and `ColumnValue`.
///
/// `#[udt(name = "address")]` on the struct is required; `#[column(type = "ascii")]` gives a field
/// another primitive type than its own.
#[proc_macro_derive(Udt, attributes(astra_db, udt, column))]
pub fn derive_udt(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = attr::Udt::parse(&input).and_then(|udt| {
        check::udt(&udt)?;
        renamed(&input, udt::expand(&udt))
    });
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a struct the document of a collection: implements `astra_db::model::CollectionDocument`,
/// and makes a function for each field (`Phone::price()`), for typed filters, updates, sorts and
/// projections: see `astra_db::query`.
///
/// | On the struct | |
/// |---|---|
/// | `#[collection(name = "phones")]` | the collection; required |
/// | `default_id = "uuidv7"` | `uuid`, `uuidv6`, `uuidv7` or `objectId` |
/// | `vector(dimension = 1024, metric = "cosine", source_model = "..", provider = "..", model = "..")` | vector search |
/// | `lexical = "english"`, `lexical = false` | text search with this analyzer, or none |
/// | `rerank(provider = "..", model = "..")`, `rerank = false` | reranking by this service, or none |
/// | `allow("a", "b.c")` or `deny("d")` | the paths that are, or are not, indexed |
///
/// Without `lexical` and `rerank` it is as the server has it. The texts that are searched are fields, such as
/// `#[serde(rename = "$vectorize")] text: String` and `#[serde(rename = "$lexical")] words: String`.
///
/// `#[not_indexed]` on a field denies its path. `#[astra_db(function = new_field)]` gives its function
/// another name, where its own is taken.
#[proc_macro_derive(CollectionDocument, attributes(astra_db, collection, not_indexed))]
pub fn derive_collection_document(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = attr::Document::parse(&input).and_then(|document| {
        check::document(&document)?;
        renamed(&input, document::expand(&document))
    });
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Gives fields that hold this struct a method for each of its fields, for typed filters, updates,
/// sorts and projections of nested paths: `Review::author().name()`. Derive it for the structs inside
/// of documents. See `astra_db::query`.
///
/// `#[astra_db(function = min_field)]` on a field gives its method another name, for a field that is
/// called like a method of `Field`.
#[proc_macro_derive(Fields, attributes(astra_db))]
pub fn derive_fields(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = attr::Nested::parse(&input).and_then(|nested| {
        check::nested(&nested)?;
        renamed(&input, paths::nested(&nested))
    });
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
