//! createCollection, deleteCollection, findCollections.

mod options;

use super::list::Listed;
use super::{names, room};
use crate::command::Command;
use crate::command::arguments::Arguments;
use crate::command::collection_options::{COLLECTION_OPTIONS, CollectionOptions};
use crate::command::fields::{NAME, NEW_NAME};
use crate::command::shape::{Field, Shape};
use crate::definition::{CollectionDefinition, Metric};
use crate::error::{ApiError, database, schema};
use crate::exec::call::{Call, OnKeyspace};
use crate::exec::keyspace::{unknown, unusable};
use crate::json::{Object, Value};
use crate::response::Answer;
use crate::storage::catalogue::Keyspace;
use crate::storage::{Collection, StorageError};

#[derive(Debug)]
pub(crate) struct CreateCollection {
    name: Option<String>,
    options: CollectionOptions,
}

impl Command for CreateCollection {
    const SHAPE: Shape = Shape::of(&[NEW_NAME, Field::shape("options", &COLLECTION_OPTIONS)]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            name: arguments.text("name"),
            options: CollectionOptions::take(arguments.options()),
        })
    }
}

impl OnKeyspace for CreateCollection {
    /// Makes a collection. One that exists with equal settings is fine; with others it is an error.
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let name = names::check(self.name, "collection")?;
        let given = Given {
            lexical: self.options.lexical.is_some(),
            rerank: self.options.rerank.is_some(),
        };
        let definition = options::definition(self.options, &call.providers.features)?;
        let (keyspace, limits) = (call.keyspace.to_owned(), call.limits.clone());
        let taken_name = call.storage.write(move |writer| {
            let Some(found) = writer.catalogue().keyspace(&keyspace) else {
                return Err(unknown(&keyspace));
            };
            if found.table(&name).is_some() {
                return Err(schema::EXISTING_TABLE_NOT_DATA_API_COLLECTION.because(format!(
                    "There is a table '{name}', so that no collection can have this name. Choose another one."
                )));
            }
            if let Some(existing) = found.collection(&name) {
                return check_equal(existing, definition, given).map(|()| None);
            }
            check_dimension(&definition)?;
            room::for_collection(writer, &limits)?;
            let taken_name = taken_index_name(found, &name, &definition);
            writer.create_collection(&keyspace, &name, definition)?;
            Ok(taken_name)
        })?;
        match taken_name {
            None => Ok(Answer::ok()),
            Some(index) => Err(database::INVALID_DATABASE_QUERY.because(format!(
                "The collection was made, but on a real server it would lack its index '{index}': an index of a table has \
                 this name. Drop one of them."
            ))),
        }
    }
}

#[derive(Debug)]
pub(crate) struct DeleteCollection {
    name: String,
}

impl Command for DeleteCollection {
    const SHAPE: Shape = Shape::of(&[NAME, Field::no_options()]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            name: arguments.name(),
        })
    }
}

impl OnKeyspace for DeleteCollection {
    /// Drops a collection, or a table: to the real server a collection is a kind of table.
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let (keyspace, name) = (call.keyspace.to_owned(), self.name);
        call.storage
            .free(move |writer| -> Result<(), StorageError> {
                writer.drop_collection(&keyspace, &name)?;
                writer.drop_table(&keyspace, &name)?;
                Ok(())
            })?;
        Ok(Answer::ok())
    }
}

/// The real server makes the collection first and its indexes after, and stops at a name that is taken.
fn taken_index_name(
    keyspace: &Keyspace,
    name: &str,
    definition: &CollectionDefinition,
) -> Option<String> {
    let taken = |wanted: &String| {
        let mut indexes = keyspace
            .tables()
            .flat_map(|table| table.definition.indexes());
        indexes.any(|index| index.name == *wanted)
    };
    definition.index_names(name).into_iter().find(taken)
}

/// Which of the settings were given that stay as they were where they are left out.
#[derive(Clone, Copy, Debug)]
struct Given {
    lexical: bool,
    rerank: bool,
}

/// Settings left out compare as their defaults, save for lexical search and reranking: left out, they are as they were.
fn check_equal(
    existing: &Collection,
    mut asked: CollectionDefinition,
    given: Given,
) -> Result<(), ApiError> {
    if !given.lexical {
        asked.lexical.clone_from(&existing.definition.lexical);
    }
    if !given.rerank {
        asked.rerank.clone_from(&existing.definition.rerank);
    }
    if existing.definition == asked {
        return Ok(());
    }
    Err(schema::EXISTING_COLLECTION_DIFFERENT_SETTINGS.because(format!(
        "The collection '{}' exists with other settings: it has {}, asked for is {}. Use it as it is, or drop it first.",
        existing.name,
        existing.definition.to_text(),
        asked.to_text(),
    )))
}

/// All vectors of one number have one of two directions, which is not worth an index to the real server's database.
fn check_dimension(definition: &CollectionDefinition) -> Result<(), ApiError> {
    let vector = definition.vector.as_ref();
    if vector.is_some_and(|vector| vector.metric.refuses(vector.dimension)) {
        return Err(database::INVALID_DATABASE_QUERY.because(Metric::NO_DIRECTION));
    }
    Ok(())
}

#[derive(Debug)]
pub(crate) struct Collections;

impl Listed for Collections {
    const NAME: &'static str = "collections";

    fn list(keyspace: &Keyspace, explain: bool) -> Result<Vec<Value>, ApiError> {
        if let Some(broken) = keyspace
            .collections()
            .find(|collection| explain && collection.definition.is_unusable)
        {
            return Err(unusable(&broken.name));
        }
        let described = |collection: &Collection| -> Value {
            let name = collection.name.as_str();
            if !explain {
                return name.into();
            }
            Object::from([
                ("name", Value::from(name)),
                ("options", collection.definition.options().into()),
            ])
            .into()
        };
        let collections = keyspace.collections();
        Ok(collections
            .map(|collection| described(collection))
            .collect())
    }
}
