//! Every command there is: its name, what it is sent to, and what carries it out.

use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::delete::{DeleteMany, DeleteOne, FindOneAndDelete};
use crate::command::find::{Find, FindOne};
use crate::command::insert::{InsertMany, InsertOne};
use crate::command::shape::Shape;
use crate::command::update::{FindOneAndReplace, FindOneAndUpdate, UpdateMany, UpdateOne};
use crate::error::{ApiError, request};
use crate::exec::call::{Call, OnDatabase, OnDefinition, OnKeyspace, OnTable, Target};
use crate::exec::collections::count::{CountDocuments, EstimatedDocumentCount};
use crate::exec::collections::rerank::FindAndRerank;
use crate::exec::collections::scope::OnCollection;
use crate::exec::keyspace::unknown;
use crate::exec::schema::collections::{Collections, CreateCollection, DeleteCollection};
use crate::exec::schema::keyspaces::{CreateKeyspace, DropKeyspace, FindKeyspaces};
use crate::exec::schema::list::List;
use crate::exec::schema::providers::{FindEmbeddingProviders, FindRerankingProviders};
use crate::exec::tables::alter::AlterTable;
use crate::exec::tables::drop::Drop;
use crate::exec::tables::indexes::{CreateIndex, Indexes, ListIndexes};
use crate::exec::tables::schema::{CreateTable, Tables};
use crate::exec::tables::user_types::{AlterType, CreateType, UserTypes};
use crate::exec::{collections, tables};
use crate::limits::Limits;
use crate::response::Answer;

/// What a request is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    General,
    Keyspace,
    Target,
}

/// A command as documented.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    pub(crate) shape: Shape,
    /// What the arguments break together, or by a limit that can be set.
    pub(crate) violation: fn(&Arguments, &Limits) -> Option<ApiError>,
    /// Carries it out with arguments that keep the rules.
    pub(crate) run: Run,
    /// The name to use in place of this one.
    pub(crate) successor: Option<&'static str>,
}

type Run = fn(&Call<'_>, &'static str, &mut Arguments) -> Result<Answer, ApiError>;

static COMMANDS: &[Entry] = &[
    // Keyspaces and providers.
    database::<CreateKeyspace>("createKeyspace"),
    database::<DropKeyspace>("dropKeyspace"),
    database::<FindKeyspaces>("findKeyspaces"),
    database::<CreateKeyspace>("createNamespace").now("createKeyspace"),
    database::<DropKeyspace>("dropNamespace").now("dropKeyspace"),
    database::<FindKeyspaces>("findNamespaces").now("findKeyspaces"),
    database::<FindEmbeddingProviders>("findEmbeddingProviders"),
    database::<FindRerankingProviders>("findRerankingProviders"),
    // Collections, tables and types of a keyspace.
    keyspace::<CreateCollection>("createCollection"),
    keyspace::<DeleteCollection>("deleteCollection"),
    keyspace::<List<Collections>>("findCollections"),
    keyspace::<CreateTable>("createTable"),
    keyspace::<Drop<Tables>>("dropTable"),
    keyspace::<List<Tables>>("listTables"),
    keyspace::<Drop<Indexes>>("dropIndex"),
    keyspace::<CreateType>("createType"),
    keyspace::<AlterType>("alterType"),
    keyspace::<Drop<UserTypes>>("dropType"),
    keyspace::<List<UserTypes>>("listTypes"),
    // Documents and rows.
    any::<InsertOne>("insertOne"),
    any::<InsertMany>("insertMany"),
    any::<Find>("find"),
    any::<FindOne>("findOne"),
    any::<UpdateOne>("updateOne"),
    any::<DeleteOne>("deleteOne"),
    any::<DeleteMany>("deleteMany"),
    // Documents alone.
    collection::<FindAndRerank>("findAndRerank"),
    collection::<UpdateMany>("updateMany"),
    collection::<FindOneAndUpdate>("findOneAndUpdate"),
    collection::<FindOneAndReplace>("findOneAndReplace"),
    collection::<FindOneAndDelete>("findOneAndDelete"),
    collection::<CountDocuments>("countDocuments"),
    collection::<EstimatedDocumentCount>("estimatedDocumentCount"),
    // Tables and their indexes.
    table::<AlterTable>("alterTable"),
    table::<CreateIndex>("createIndex"),
    table::<CreateIndex>("createVectorIndex").shaped(CreateIndex::VECTOR),
    table::<CreateIndex>("createTextIndex").shaped(CreateIndex::TEXT),
    table::<ListIndexes>("listIndexes"),
];

pub(crate) fn find(level: Level, name: &str) -> Option<&'static Entry> {
    COMMANDS
        .iter()
        .find(|entry| entry.level == level && entry.name == name)
}

/// The names valid at a level, in alphabetical order.
pub(crate) fn names(level: Level) -> Vec<&'static str> {
    let mut names: Vec<_> = COMMANDS
        .iter()
        .filter(|entry| entry.level == level)
        .map(|entry| entry.name)
        .collect();
    names.sort_unstable();
    names
}

impl Entry {
    const fn new<C: Command>(name: &'static str, level: Level, run: Run) -> Self {
        Self {
            name,
            level,
            shape: C::SHAPE,
            violation: C::violation,
            run,
            successor: None,
        }
    }

    const fn now(self, successor: &'static str) -> Self {
        Self {
            successor: Some(successor),
            ..self
        }
    }

    const fn shaped(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }
}

const fn database<C: OnDatabase>(name: &'static str) -> Entry {
    Entry::new::<C>(name, Level::General, |call, name, arguments| {
        C::read(name, arguments)?.run(call)
    })
}

const fn keyspace<C: OnKeyspace>(name: &'static str) -> Entry {
    Entry::new::<C>(name, Level::Keyspace, |call, name, arguments| {
        let command = C::read(name, arguments)?;
        if call.storage.catalogue().keyspace(call.keyspace).is_none() {
            return Err(unknown(call.keyspace));
        }
        command.run(call)
    })
}

/// A command on a collection or a table.
const fn any<C: OnCollection + OnTable>(name: &'static str) -> Entry {
    Entry::new::<C>(name, Level::Target, |call, name, arguments| {
        let command = C::read(name, arguments)?;
        match call.target()? {
            Target::Collection(collection) => collections::run(call, &collection, command),
            Target::Table(table) => tables::run(call, &table, &command),
        }
    })
}

const fn collection<C: OnCollection>(name: &'static str) -> Entry {
    Entry::new::<C>(name, Level::Target, |call, name, arguments| {
        let command = C::read(name, arguments)?;
        match call.target()? {
            Target::Collection(collection) => collections::run(call, &collection, command),
            Target::Table(table) => Err(tables::collections_only(name, &command, &table)),
        }
    })
}

const fn table<C: OnDefinition>(name: &'static str) -> Entry {
    Entry::new::<C>(name, Level::Target, |call, name, arguments| {
        let command = C::read(name, arguments)?;
        match call.target()? {
            Target::Table(table) => command.run(call, &table),
            Target::Collection(collection) => {
                Err(request::UNSUPPORTED_COLLECTION_COMMAND.because(format!(
                    "'{name}' works on tables; '{}' is a collection.",
                    collection.name
                )))
            }
        }
    })
}
