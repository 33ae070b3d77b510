//! Compares what a struct says with what is in the database.

use super::{Drift, SyncPlan, SyncStep};
use crate::model::{TableRow, UserTypes};
use crate::schema::{
    Analyzer, ColumnType, Columns, IndexDefinition, IndexDescriptor, IndexedColumn, RegularIndex,
    ServiceOptions, SimilarityMetric, TableDefinition, TextIndex, TypeDefinition, TypeDescriptor,
    VectorIndex,
};

/// What a struct says, and what may be dropped for it.
pub(crate) struct Wanted {
    pub(crate) table_name: &'static str,
    pub(crate) table: TableDefinition,
    pub(crate) indexes: Vec<IndexDescriptor>,
    pub(crate) types: UserTypes,
    pub(crate) drop_columns: bool,
    pub(crate) drop_indexes: bool,
}

impl Wanted {
    pub(crate) fn of<R: TableRow>() -> Self {
        Self {
            table_name: R::TABLE_NAME,
            table: R::definition(),
            indexes: R::indexes(),
            types: R::types(),
            drop_columns: false,
            drop_indexes: false,
        }
    }
}

/// What is in the database.
pub(crate) struct Found {
    /// `None` if the table does not exist.
    pub(crate) table: Option<TableDefinition>,
    pub(crate) indexes: Vec<IndexDescriptor>,
    pub(crate) types: Vec<TypeDescriptor>,
}

pub(crate) fn compare(wanted: &Wanted, found: &Found) -> SyncPlan {
    let mut plan = SyncPlan::default();
    for (name, definition) in wanted.types.iter() {
        let mut known = found.types.iter();
        let known = known.find(|known| known.name == name);
        compare_type(name, definition, known, &mut plan);
    }
    let Some(table) = &found.table else {
        plan.steps.push(SyncStep::CreateTable {
            name: wanted.table_name.to_owned(),
            definition: wanted.table.clone(),
        });
        let indexes = wanted.indexes.iter().cloned();
        plan.steps
            .extend(indexes.map(|index| SyncStep::CreateIndex { index }));
        return plan;
    };
    if table.primary_key != wanted.table.primary_key {
        plan.drift.push(Drift::PrimaryKey {
            wanted: wanted.table.primary_key.clone(),
            found: table.primary_key.clone(),
        });
    }
    let dropped = compare_columns(wanted, table, &mut plan);
    compare_indexes(wanted, found, table, &dropped, &mut plan);
    plan
}

fn compare_type(
    name: &str,
    definition: &TypeDefinition,
    known: Option<&TypeDescriptor>,
    plan: &mut SyncPlan,
) {
    let Some(known) = known else {
        plan.steps.push(SyncStep::CreateType {
            name: name.to_owned(),
            definition: definition.clone(),
        });
        return;
    };
    let known = &known.definition.fields;
    let mut added = Columns::default();
    for (field, wanted) in definition.fields.iter() {
        match known.get(field) {
            None => added.insert(field, wanted.clone()),
            Some(found) if fits(&wanted.kind, &found.kind) => {}
            Some(found) => plan.drift.push(Drift::FieldType {
                type_name: name.to_owned(),
                field: field.to_owned(),
                wanted: wanted.kind.clone(),
                found: found.kind.clone(),
            }),
        }
    }
    if !added.is_empty() {
        plan.steps.push(SyncStep::AddFields {
            type_name: name.to_owned(),
            fields: added,
        });
    }
    let unknown = known
        .iter()
        .filter(|(field, _)| definition.fields.get(field).is_none());
    plan.drift
        .extend(unknown.map(|(field, _)| Drift::UnknownField {
            type_name: name.to_owned(),
            field: field.to_owned(),
        }));
}

/// Answers the columns to be dropped, which is done after their indexes are.
fn compare_columns(wanted: &Wanted, table: &TableDefinition, plan: &mut SyncPlan) -> Vec<String> {
    let (columns, mut added) = (&wanted.table.columns, Columns::default());
    for (name, column) in columns.iter() {
        match table.columns.get(name) {
            None => added.insert(name, column.clone()),
            Some(found) if fits(&column.kind, &found.kind) => {}
            Some(found) => plan.drift.push(Drift::ColumnType {
                column: name.to_owned(),
                wanted: column.kind.clone(),
                found: found.kind.clone(),
            }),
        }
    }
    // A key column the table lacks is told of with the key: added, it would not become one.
    let of_key = |name: &str| {
        wanted
            .table
            .primary_key
            .columns()
            .any(|column| column == name)
    };
    let added: Columns = added
        .iter()
        .filter(|(name, _)| !of_key(name))
        .map(|(name, column)| (name, column.clone()))
        .collect();
    if !added.is_empty() {
        plan.steps.push(SyncStep::AddColumns { columns: added });
    }
    let mut dropped = Vec::new();
    for (name, found) in table
        .columns
        .iter()
        .filter(|(name, _)| columns.get(name).is_none())
    {
        let of_key = table.primary_key.columns().any(|column| column == name);
        if wanted.drop_columns && !of_key {
            dropped.push(name.to_owned());
        } else {
            plan.drift.push(Drift::UnknownColumn {
                column: name.to_owned(),
                found: found.clone(),
            });
        }
    }
    dropped
}

fn compare_indexes(
    wanted: &Wanted,
    found: &Found,
    table: &TableDefinition,
    dropped: &[String],
    plan: &mut SyncPlan,
) {
    let may_go = |index: &IndexDescriptor| {
        let of = Target::of(&index.definition, table);
        wanted.drop_indexes || of.is_some_and(|of| dropped.iter().any(|name| name == of.column))
    };
    let in_the_way = |index: &IndexDescriptor, known: &IndexDescriptor| {
        let place = Target::of(&known.definition, table);
        known.name == index.name
            || (place.is_some() && place == Target::of(&index.definition, table))
    };
    let (mut removed, mut made) = (Vec::new(), Vec::new());
    // A column that is another, or of another type, was told of already.
    let fitting = wanted.indexes.iter().filter(|index| {
        let of = Target::of(&index.definition, table);
        of.is_some_and(|of| has_fitting_column(wanted, table, of.column))
    });
    for index in fitting {
        let known = found
            .indexes
            .iter()
            .filter(|known| in_the_way(index, known));
        let known: Vec<&IndexDescriptor> = known.collect();
        if matches!(known.as_slice(), [known] if is_same(index, known, table)) {
            continue;
        }
        if known.iter().all(|known| may_go(known)) {
            removed.extend(known);
            made.push(index);
            continue;
        }
        plan.drift
            .extend(known.into_iter().map(|known| Drift::Index {
                wanted: index.clone(),
                found: known.clone(),
            }));
    }
    for known in &found.indexes {
        if wanted.indexes.iter().any(|index| in_the_way(index, known)) {
            continue;
        }
        if may_go(known) {
            removed.push(known);
        } else {
            let found = known.clone();
            plan.drift.push(Drift::UnknownIndex { found });
        }
    }
    plan.steps
        .extend(removed.iter().map(|index| SyncStep::DropIndex {
            name: index.name.clone(),
        }));
    if !dropped.is_empty() {
        let names = dropped.to_vec();
        plan.steps.push(SyncStep::DropColumns { names });
    }
    plan.steps
        .extend(made.into_iter().map(|index| SyncStep::CreateIndex {
            index: index.clone(),
        }));
}

/// Whether the table has, or will have, the column of this name as the struct has it.
fn has_fitting_column(wanted: &Wanted, table: &TableDefinition, name: &str) -> bool {
    let of_key = |name: &str| {
        let mut key = wanted.table.primary_key.columns();
        key.any(|column| column == name)
    };
    match (wanted.table.columns.get(name), table.columns.get(name)) {
        (Some(wanted), Some(found)) => fits(&wanted.kind, &found.kind),
        (Some(_), None) => !of_key(name),
        (None, _) => false,
    }
}

/// Whether values of the one type are values of the other. What is left to the server in `wanted`
/// is whatever the server chose.
fn fits(wanted: &ColumnType, found: &ColumnType) -> bool {
    match (wanted, found) {
        // Only CQL makes these, and they are read as any other UUID.
        (ColumnType::Uuid, ColumnType::TimeUuid) => true,
        (ColumnType::List(wanted), ColumnType::List(found))
        | (ColumnType::Set(wanted), ColumnType::Set(found)) => fits(wanted, found),
        (ColumnType::Map(wanted_key, wanted), ColumnType::Map(found_key, found)) => {
            fits(wanted_key, found_key) && fits(wanted, found)
        }
        (
            ColumnType::Vector { dimension, service },
            ColumnType::Vector {
                dimension: found_dimension,
                service: found_service,
            },
        ) => {
            let model = |service: &Option<ServiceOptions>| {
                let service = service.as_ref();
                service.map(|service| (service.provider.clone(), service.model_name.clone()))
            };
            (dimension.is_none() || dimension == found_dimension)
                && model(service) == model(found_service)
        }
        _ => wanted == found,
    }
}

/// What an index is of. There can be one index of it.
#[derive(PartialEq)]
struct Target<'a> {
    column: &'a str,
    part: Part,
}

#[derive(PartialEq)]
enum Part {
    Column,
    Keys,
    Values,
}

impl<'a> Target<'a> {
    /// `None` for an index of a kind the API does not know.
    fn of(index: &'a IndexDefinition, table: &TableDefinition) -> Option<Self> {
        let (column, part) = match index {
            IndexDefinition::Regular(index) => match &index.column {
                IndexedColumn::Column(column) => (column, part_of(column, table)),
                IndexedColumn::Keys(column) => (column, Part::Keys),
                IndexedColumn::Values(column) => (column, Part::Values),
            },
            IndexDefinition::Vector(index) => (&index.column, Part::Column),
            IndexDefinition::Text(index) => (&index.column, Part::Column),
            IndexDefinition::Unknown { .. } => return None,
        };
        Some(Self { column, part })
    }
}

/// The API lists an index of a list or set as one of its values.
fn part_of(column: &str, table: &TableDefinition) -> Part {
    let kind = table.columns.get(column).map(|column| &column.kind);
    match kind {
        Some(ColumnType::List(_) | ColumnType::Set(_)) => Part::Values,
        _ => Part::Column,
    }
}

/// Whether they have the same name and do the same. The server lists the options it chose.
fn is_same(wanted: &IndexDescriptor, found: &IndexDescriptor, table: &TableDefinition) -> bool {
    let same_options = match (&wanted.definition, &found.definition) {
        (IndexDefinition::Regular(wanted), IndexDefinition::Regular(found)) => {
            text_handling(wanted) == text_handling(found)
        }
        (IndexDefinition::Vector(wanted), IndexDefinition::Vector(found)) => {
            likeness(wanted) == likeness(found)
        }
        (IndexDefinition::Text(wanted), IndexDefinition::Text(found)) => {
            analyzer(wanted) == analyzer(found)
        }
        _ => false,
    };
    same_options
        && wanted.name == found.name
        && Target::of(&wanted.definition, table) == Target::of(&found.definition, table)
}

/// Whether case counts, text is normalised, and accents are removed; with the server's defaults.
fn text_handling(index: &RegularIndex) -> (bool, bool, bool) {
    let options = &index.options;
    (
        options.case_sensitive.unwrap_or(true),
        options.normalize.unwrap_or(false),
        options.ascii.unwrap_or(false),
    )
}

/// The source model and the metric; the server derives one from the other.
fn likeness(index: &VectorIndex) -> (String, SimilarityMetric) {
    let options = &index.options;
    let model = options.source_model.as_deref().unwrap_or("other");
    let metric = options.metric.clone().unwrap_or(match model {
        "other" => SimilarityMetric::Cosine,
        _ => SimilarityMetric::DotProduct,
    });
    (model.to_owned(), metric)
}

fn analyzer(index: &TextIndex) -> Analyzer {
    let analyzer = index.options.analyzer.clone();
    analyzer.unwrap_or_else(|| "standard".into())
}
