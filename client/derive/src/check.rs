//! Refuses what cannot work, where the user wrote it.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Error, LitInt, LitStr, Result};

use crate::attr::{
    Document, Field, Lexical, Nested, Part, Rerank, Row, RowField, Struct, Udt, Vector,
};

const METRICS: [&str; 3] = ["cosine", "dot_product", "euclidean"];
const DEFAULT_IDS: [&str; 4] = ["uuid", "uuidv6", "uuidv7", "objectId"];

/// The types a column of a new table can have by name alone.
pub(crate) const PRIMITIVES: [(&str, &str); 18] = [
    ("text", "Text"),
    ("ascii", "Ascii"),
    ("tinyint", "TinyInt"),
    ("smallint", "SmallInt"),
    ("int", "Int"),
    ("bigint", "BigInt"),
    ("varint", "VarInt"),
    ("decimal", "Decimal"),
    ("float", "Float"),
    ("double", "Double"),
    ("boolean", "Boolean"),
    ("date", "Date"),
    ("time", "Time"),
    ("timestamp", "Timestamp"),
    ("duration", "Duration"),
    ("uuid", "Uuid"),
    ("inet", "Inet"),
    ("blob", "Blob"),
];

/// The fields that may begin with `$`.
const SPECIAL_FIELDS: [&str; 4] = ["$vector", "$vectorize", "$lexical", "$hybrid"];

/// All that is wrong, in one error.
#[derive(Default)]
struct Problems(Option<Error>);

impl Problems {
    fn add(&mut self, span: Span, message: impl std::fmt::Display) {
        let error = Error::new(span, message);
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

pub(crate) fn row(row: &Row) -> Result<()> {
    let table = &row.table;
    let mut problems = Problems::default();
    schema_name(&table.name, 48, "a table", &mut problems);
    column_names(table, &mut problems);
    if let Some(partition) = &row.partition
        && !table
            .fields
            .iter()
            .any(|field| field.rest.clustering.is_some())
    {
        problems.add(
            partition.span(),
            "without clustering columns the key is the partition key already",
        );
    }
    let is_partition_key = |field: &&Field<RowField>| field.rest.partition_key.is_some();
    let partition_keys = table.fields.iter().filter(is_partition_key).count();
    if partition_keys == 0 {
        problems.add(
            table.ident.span(),
            "a row needs a partition key: write `#[partition_key]` on a field",
        );
    }
    for field in &table.fields {
        key_column(field, partition_keys, &mut problems);
        if !field.rest.is_set() {
            column_type(field.rest.column.as_ref(), &mut problems);
        }
        vector_column(field, &mut problems);
        indexes_of_field(field, &mut problems);
    }
    index_names(table, &mut problems);
    problems.finish()
}

pub(crate) fn udt(udt: &Udt) -> Result<()> {
    let udt = &udt.udt;
    let mut problems = Problems::default();
    schema_name(&udt.name, 48, "a type", &mut problems);
    column_names(udt, &mut problems);
    if udt.fields.is_empty() {
        problems.add(udt.ident.span(), "a type needs a field");
    }
    for field in &udt.fields {
        column_type(field.rest.column.as_ref(), &mut problems);
    }
    problems.finish()
}

pub(crate) fn document(document: &Document) -> Result<()> {
    let Document {
        collection,
        options,
    } = document;
    let mut problems = Problems::default();
    schema_name(&collection.name, 48, "a collection", &mut problems);
    column_names(collection, &mut problems);
    for field in &collection.fields {
        let name = &field.naming.name;
        if name.starts_with('$') && !SPECIAL_FIELDS.contains(&name.as_str()) {
            problems.add(
                field.naming.span,
                "a field must not begin with `$`, but for the API's own",
            );
        }
        if let (Some(span), Some(_)) = (field.rest.not_indexed, &options.allow) {
            problems.add(span, "`allow` says already what is indexed");
        }
    }
    if let (Some(_), Some(deny)) = (&options.allow, &options.deny) {
        problems.add(deny.span, "`allow` says already what is indexed");
    }
    one_of(options.default_id.as_ref(), &DEFAULT_IDS, &mut problems);
    if let Some(vector) = &options.vector {
        one_of(vector.metric.as_ref(), &METRICS, &mut problems);
        vector_source(vector, Some(4096), &mut problems);
    }
    if let Some(Lexical::Enabled(enabled)) = &options.lexical
        && enabled.value
    {
        problems.add(
            enabled.span,
            "name the analyzer: `lexical = \"standard\"`, or turn it off: `lexical = false`",
        );
    }
    match &options.rerank {
        Some(Rerank::Enabled(enabled)) if enabled.value => problems.add(
            enabled.span,
            "name the service: `rerank(provider = \"..\", model = \"..\")`, or turn it off: `rerank = false`",
        ),
        Some(Rerank::By(service)) if service.provider.is_none() || service.model.is_none() => {
            problems.add(service.span, "a reranking service is a `provider` and a `model`");
        }
        _ => {}
    }
    problems.finish()
}

pub(crate) fn nested(nested: &Nested) -> Result<()> {
    let mut problems = Problems::default();
    column_names(&nested.fields, &mut problems);
    problems.finish()
}

/// What the API takes for a name, see `UNSUPPORTED_SCHEMA_NAME`.
fn is_schema_name(name: &str, longest: usize) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || character == '_';
    (1..=longest).contains(&name.len()) && name.chars().all(fits)
}

fn schema_name(name: &LitStr, longest: usize, of: &str, problems: &mut Problems) {
    if !is_schema_name(&name.value(), longest) {
        problems.add(
            name.span(),
            format_args!(
                "the name of {of} has 1 to {longest} of the letters a to z and A to Z, digits and `_`"
            ),
        );
    }
}

fn column_names<F>(of: &Struct<F>, problems: &mut Problems) {
    let mut known = HashMap::new();
    for field in &of.fields {
        let name = field.naming.name.as_str();
        if name.trim().is_empty() {
            problems.add(field.naming.span, "a name must not be blank");
        }
        if let Some(other) = known.insert(name, &field.ident) {
            problems.add(
                field.naming.span,
                format_args!("`{other}` is called \"{name}\" as well"),
            );
        }
    }
}

fn key_column(field: &Field<RowField>, partition_keys: usize, problems: &mut Problems) {
    let rest = &field.rest;
    let clustering = rest.clustering.as_ref();
    let Some(span) = rest
        .partition_key
        .or(clustering.map(|clustering| clustering.span))
    else {
        return;
    };
    if let (Some(_), Some(clustering)) = (rest.partition_key, clustering) {
        problems.add(
            clustering.span,
            "a column is either of the partition key or a clustering column",
        );
    }
    if let Some(one_way) = field.naming.one_way {
        problems.add(one_way, "the key of a row is both written and read");
    }
    if rest.vector.is_some() {
        problems.add(span, "a vector cannot be found by its value");
    }
    if rest.is_set() {
        problems.add(span, "a set cannot be part of a key");
    }
    if let (Some(_), 1, Some(index)) = (rest.partition_key, partition_keys, rest.indexes.first()) {
        problems.add(
            index.span,
            "rows are found by their partition key without an index",
        );
    }
}

fn column_type(name: Option<&LitStr>, problems: &mut Problems) {
    let Some(name) = name else { return };
    let known = PRIMITIVES.map(|(known, _)| known);
    let message = match name.value().as_str() {
        "timeuuid" | "counter" => "only CQL can make a column of this type",
        "list" | "set" | "map" | "vector" | "userDefined" => {
            "only primitive types and, in a row, `set` can be named here: let the type of the field say it"
        }
        _ => return one_of(Some(name), &known, problems),
    };
    problems.add(name.span(), message);
}

fn vector_column(field: &Field<RowField>, problems: &mut Problems) {
    let rest = &field.rest;
    if let Some(vector) = &rest.vector {
        vector_source(vector, None, problems);
        if let Some(column) = &rest.column {
            problems.add(column.span(), "`#[vector]` says already what the column is");
        }
        if let Some(index) = rest.indexes.first() {
            problems.add(index.span, "a vector has a `#[vector_index]`");
        }
    }
    if let Some(index) = &rest.vector_index {
        one_of(index.metric.as_ref(), &METRICS, problems);
        if rest.vector.is_none() {
            problems.add(
                index.span,
                "this needs a vector: write `#[vector(dimension = ..)]` as well",
            );
        }
    }
}

/// Somebody has to say how long vectors are.
fn vector_source(vector: &Vector, longest: Option<u32>, problems: &mut Problems) {
    match (&vector.provider, &vector.model) {
        (Some(provider), None) => {
            problems.add(provider.span(), "name the model of this provider as well");
        }
        (None, Some(model)) => {
            problems.add(model.span(), "name the provider of this model as well");
        }
        (None, None) if vector.dimension.is_none() => {
            problems.add(
                vector.span,
                "say how many numbers a vector has: `dimension = 1024`",
            );
        }
        _ => {}
    }
    let fits = |dimension: &LitInt| {
        let number = dimension.base10_parse::<u32>().unwrap_or(0);
        number > 0 && longest.is_none_or(|longest| number <= longest)
    };
    if let Some(dimension) = vector.dimension.as_ref().filter(|number| !fits(number)) {
        let range = longest.map_or("at least 1".into(), |longest| format!("1 to {longest}"));
        problems.add(
            dimension.span(),
            format_args!("a vector has {range} numbers"),
        );
    }
}

fn indexes_of_field(field: &Field<RowField>, problems: &mut Problems) {
    let rest = &field.rest;
    if let Some(text) = rest
        .text_index
        .as_ref()
        .filter(|_| !rest.indexes.is_empty())
    {
        problems.add(
            text.span,
            "a column has either an index for filters or one of words",
        );
    }
    for (position, index) in rest.indexes.iter().enumerate() {
        let mut before = rest.indexes.iter().take(position);
        if before.any(|other| other.part == index.part) {
            problems.add(index.span, "there is an index of this already");
        }
    }
}

/// Index names are unique in a keyspace; at least within a table it can be seen here.
fn index_names(table: &Struct<RowField>, problems: &mut Problems) {
    let mut known = HashMap::new();
    for field in &table.fields {
        let rest = &field.rest;
        let regular = rest
            .indexes
            .iter()
            .map(|index| (index.span, index.name.as_ref(), index.part));
        let text = rest.text_index.iter();
        let text = text.map(|index| (index.span, index.name.as_ref(), Part::Column));
        let vector = rest.vector_index.iter();
        let vector = vector.map(|index| (index.span, index.name.as_ref(), Part::Column));
        for (span, given, part) in regular.chain(text).chain(vector) {
            let name = index_name(table, field, given, part);
            let span = given.map_or(span, LitStr::span);
            if !is_schema_name(&name, 100) {
                problems.add(
                    span,
                    format_args!(
                        "\"{name}\" cannot be the name of an index: give it another by `name = \"..\"`, \
                         of 1 to 100 letters a to z and A to Z, digits and `_`"
                    ),
                );
            } else if let Some(other) = known.insert(name.clone(), &field.ident)
                && (given.is_some() || other != &field.ident)
            {
                problems.add(span, format_args!("another index is called \"{name}\""));
            }
        }
    }
}

/// The name of an index, given or made.
pub(crate) fn index_name(
    table: &Struct<RowField>,
    field: &Field<RowField>,
    given: Option<&LitStr>,
    part: Part,
) -> String {
    given.map_or_else(
        || {
            let part = match part {
                Part::Column => "",
                Part::Keys => "_keys",
                Part::Values => "_values",
            };
            format!("{}_{}{part}_idx", table.name.value(), field.naming.name)
        },
        LitStr::value,
    )
}

fn one_of(name: Option<&LitStr>, known: &[&str], problems: &mut Problems) {
    if let Some(name) = name.filter(|name| !known.contains(&name.value().as_str())) {
        problems.add(
            name.span(),
            format_args!("expected one of {}", known.join(", ")),
        );
    }
}
