//! What a keyspace consists of: types, collections, tables and their indexes.

use std::collections::{BTreeMap, BTreeSet};

use astra_db::schema::{
    CollectionDescriptor, ColumnType, IndexDescriptor, TableDescriptor, TypeDescriptor,
};
use astra_db::{Database, Error, Find};
use serde_json::value::RawValue;
use serde_json::{Map, json};

use super::place::Place;
use crate::output::{hinted, misused};
use crate::target::whole;

/// The definitions of a keyspace.
pub(super) struct Schema {
    pub(super) types: Vec<TypeDescriptor>,
    pub(super) collections: Vec<CollectionDescriptor>,
    pub(super) tables: Vec<(TableDescriptor, Vec<IndexDescriptor>)>,
}

/// A collection or table with what is to be known of it to copy its contents.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    /// Whether its vectors are made of text by a service.
    Collection { embeds: bool },
    Table {
        columns: Vec<String>,
        key: Vec<String>,
    },
}

impl Schema {
    pub(super) async fn read(database: &Database) -> Result<Self, Error> {
        let mut tables = Vec::new();
        for table in database.list_tables().await? {
            let indexes = database
                .table::<astra_db::Row>(table.name.as_str())
                .list_indexes()
                .await?;
            tables.push((table, indexes));
        }
        Ok(Self {
            types: if tables.is_empty() {
                Vec::new()
            } else {
                database.list_types().await?
            },
            collections: database.list_collections().await?,
            tables,
        })
    }

    /// Only what is named, if something is.
    pub(super) fn only(
        mut self,
        collections: &[String],
        tables: &[String],
    ) -> anyhow::Result<Self> {
        if collections.is_empty() && tables.is_empty() {
            return Ok(self);
        }
        let there = |name: &String| self.parts().iter().any(|part| part.name == *name);
        if let Some(missing) = collections.iter().chain(tables).find(|name| !there(name)) {
            return Err(misused(
                format!("there is no collection or table {missing} to copy"),
                "`astra-dev status` lists what there is",
            ));
        }
        self.collections.retain(|it| collections.contains(&it.name));
        self.tables.retain(|(it, _)| tables.contains(&it.name));
        let kinds = self
            .tables
            .iter()
            .flat_map(|(table, _)| table.definition.columns.iter());
        let used: BTreeSet<String> = kinds
            .flat_map(|(_, column)| types_in(&column.kind))
            .collect();
        self.types.retain(|it| used.contains(&it.name));
        Ok(self)
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        let collections = self.collections.iter().map(|it| Part {
            name: it.name.clone(),
            kind: Kind::Collection {
                embeds: it
                    .definition
                    .vector
                    .as_ref()
                    .is_some_and(|vector| vector.service.is_some()),
            },
        });
        let tables = self.tables.iter().map(|(it, _)| Part {
            name: it.name.clone(),
            kind: Kind::Table {
                columns: it
                    .definition
                    .columns
                    .iter()
                    .map(|(name, _)| name.to_owned())
                    .collect(),
                key: it
                    .definition
                    .primary_key
                    .columns()
                    .map(str::to_owned)
                    .collect(),
            },
        });
        collections.chain(tables).collect()
    }

    /// Makes what is missing; a second time, nothing is. What is there with another definition is refused.
    pub(super) async fn make(&self, target: &Place) -> anyhow::Result<()> {
        let database = &target.database;
        for it in &self.types {
            let create = database.create_type(it.name.as_str(), it.definition.clone());
            let made = create.if_not_exists().await;
            of(target, made, "type", &it.name).await?;
        }
        for it in &self.collections {
            let create = database.create_collection(it.name.as_str());
            let made = create.definition(it.definition.clone()).await;
            of(target, made, "collection", &it.name).await?;
        }
        for (it, _) in &self.tables {
            let create = database.create_table(it.name.as_str(), it.definition.clone());
            let made = create.if_not_exists().await;
            of(target, made, "table", &it.name).await?;
        }
        self.compare(target).await?;
        for (it, indexes) in &self.tables {
            let table = database.table::<astra_db::Row>(it.name.as_str());
            for index in indexes {
                let create = table.create_index(index.name.as_str(), index.definition.clone());
                let made = create.if_not_exists().await;
                of(target, made, "index", &index.name).await?;
            }
        }
        Ok(())
    }

    /// Tables and types that were there are left as they are: they have to be able to take what is copied.
    async fn compare(&self, target: &Place) -> anyhow::Result<()> {
        if self.tables.is_empty() {
            return Ok(());
        }
        let tables = match target.database.list_tables().await {
            Ok(tables) => tables,
            Err(error) => return Err(target.explain(error).await),
        };
        let tables: BTreeMap<_, _> = tables
            .into_iter()
            .map(|it| (it.name, it.definition))
            .collect();
        for (own, _) in &self.tables {
            let fits = tables.get(&own.name).is_some_and(|there| {
                let column = |(name, column): (&str, &astra_db::schema::Column)| {
                    there
                        .columns
                        .get(name)
                        .is_some_and(|it| it.kind == column.kind)
                };
                there.primary_key == own.definition.primary_key
                    && own.definition.columns.iter().all(column)
            });
            if !fits {
                return Err(differs("table", &own.name));
            }
        }
        let types = match target.database.list_types().await {
            Ok(types) => types,
            Err(error) => return Err(target.explain(error).await),
        };
        for own in &self.types {
            let there = types.iter().find(|it| it.name == own.name);
            let fits = there.is_some_and(|it| {
                let mut fields = own.definition.fields.iter();
                fields.all(|(name, field)| {
                    let there = it.definition.fields.get(name);
                    there.is_some_and(|it| it.kind == field.kind)
                })
            });
            if !fits {
                return Err(differs("type", &own.name));
            }
        }
        Ok(())
    }
}

impl Part {
    /// What one of its items is called.
    pub(super) fn item(&self) -> &'static str {
        match self.kind {
            Kind::Collection { .. } => "document",
            Kind::Table { .. } => "row",
        }
    }

    pub(super) fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Collection { .. } => "collection",
            Kind::Table { .. } => "table",
        }
    }

    /// All documents or rows, whole.
    pub(super) fn find(&self, database: &Database) -> Find<Box<RawValue>> {
        let name = self.name.as_str();
        match self.kind {
            Kind::Collection { .. } => database
                .collection(name)
                .find(json!({}))
                .projection(whole()),
            Kind::Table { .. } => database.table(name).find(json!({})),
        }
    }

    /// All documents or rows, only what tells them apart.
    pub(super) fn find_keys(&self, database: &Database) -> Find<Box<RawValue>> {
        let name = self.name.as_str();
        match &self.kind {
            Kind::Collection { .. } => {
                let ids = database.collection(name).find(json!({}));
                ids.projection(json!({"_id": 1}))
            }
            Kind::Table { key, .. } => {
                let key: Map<_, _> = key.iter().map(|name| (name.clone(), 1.into())).collect();
                database.table(name).find(json!({})).projection(key)
            }
        }
    }

    /// Counts by reading keys: the server counts documents up to 1,000 and no rows.
    pub(super) async fn count(&self, database: &Database) -> Result<u64, Error> {
        let mut count = 0;
        let mut state = None;
        loop {
            let find = self.find_keys(database);
            let page = match state {
                Some(state) => find.page_state(state).page().await?,
                None => find.page().await?,
            };
            count += page.items.len() as u64;
            state = page.next_page_state;
            if state.is_none() {
                return Ok(count);
            }
        }
    }
}

/// The names of the user-defined types in a column.
fn types_in(kind: &ColumnType) -> Vec<String> {
    let json = serde_json::to_value(kind).unwrap_or_default();
    let mut names = Vec::new();
    let mut open = vec![&json];
    while let Some(json) = open.pop() {
        if let Some(fields) = json.as_object() {
            names.extend(
                fields
                    .get("udtName")
                    .and_then(|name| name.as_str())
                    .map(str::to_owned),
            );
            open.extend(fields.values());
        }
    }
    names
}

/// The outcome of making something, with its name.
async fn of<T>(
    target: &Place,
    made: Result<T, Error>,
    noun: &str,
    name: &str,
) -> anyhow::Result<()> {
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.is_already_exists() => Err(differs(noun, name)),
        Err(error) => {
            let explained = target.explain(error).await;
            Err(explained.context(format!("creating the {noun} {name}")))
        }
    }
}

fn differs(noun: &str, name: &str) -> anyhow::Error {
    hinted(
        format!("the target has a {noun} {name} with another definition"),
        "drop it there, or name what is to be copied with --collections and --tables",
    )
}
