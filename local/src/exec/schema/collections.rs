//! createCollection, deleteCollection, findCollections.

mod options;

use super::names;
use crate::command::CollectionOptions;
use crate::definition::{CollectionDefinition, Metric};
use crate::error::{ApiError, database, schema, server};
use crate::exec::keyspace::unknown;
use crate::json::{Object, Value};
use crate::limits::Limits;
use crate::response::Answer;
use crate::storage::catalogue::Keyspace;
use crate::storage::{Collection, Storage, StorageError, Writer};

/// Makes a collection. One that exists with equal settings is fine; with others it is an error.
pub(super) fn create(
    storage: &Storage,
    limits: &Limits,
    keyspace: &str,
    name: Option<String>,
    options: CollectionOptions,
) -> Result<Answer, ApiError> {
    let name = names::check(name, "collection")?;
    let rerank_given = options.rerank.is_some();
    let definition = options::definition(options)?;
    let (keyspace, most) = (keyspace.to_owned(), limits.collections);
    let taken_name = storage.write(move |writer| {
        let Some(found) = writer.catalogue().keyspace(&keyspace) else {
            return Err(unknown(&keyspace));
        };
        if found.table(&name).is_some() {
            return Err(schema::EXISTING_TABLE_NOT_DATA_API_COLLECTION.because(format!(
                "There is a table '{name}', so that no collection can have this name. Choose another one."
            )));
        }
        if let Some(existing) = found.collection(&name) {
            return check_equal(existing, definition, rerank_given).map(|()| None);
        }
        check_dimension(&definition)?;
        check_room(writer, most)?;
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

/// Settings left out compare as their defaults, save for reranking: left out, it is as it was.
fn check_equal(
    existing: &Collection,
    mut asked: CollectionDefinition,
    rerank_given: bool,
) -> Result<(), ApiError> {
    if !rerank_given {
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

fn check_room(writer: &Writer<'_>, most: usize) -> Result<(), ApiError> {
    let count = writer
        .catalogue()
        .keyspaces()
        .flat_map(|keyspace| keyspace.collections())
        .count();
    if count < most {
        return Ok(());
    }
    let message = format!(
        "The database has {count} collections, at most {most} are possible. Drop one to make another."
    );
    Err(schema::TOO_MANY_COLLECTIONS.because(message))
}

/// Drops a collection, or a table: to the real server a collection is a kind of table.
pub(super) fn delete(storage: &Storage, keyspace: &str, name: String) -> Result<Answer, ApiError> {
    let keyspace = keyspace.to_owned();
    storage.write(move |writer| -> Result<(), StorageError> {
        writer.drop_collection(&keyspace, &name)?;
        writer.drop_table(&keyspace, &name)?;
        Ok(())
    })?;
    Ok(Answer::ok())
}

pub(super) fn list(storage: &Storage, keyspace: &str, explain: bool) -> Result<Answer, ApiError> {
    let catalogue = storage.catalogue();
    let found = catalogue
        .keyspace(keyspace)
        .ok_or_else(|| unknown(keyspace))?;
    if let Some(broken) = found
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
    let collections: Vec<Value> = found
        .collections()
        .map(|collection| described(collection))
        .collect();
    Ok(Answer::of_status(Object::from([(
        "collections",
        collections,
    )])))
}

/// What every command to a collection is answered whose settings cannot be read.
pub(crate) fn unusable(name: &str) -> ApiError {
    server::INTERNAL_SERVER_ERROR.because(format!(
        "The collection '{name}' was created with a 'defaultId' that names no type, and cannot be used. Drop it, and \
         create it again with a type or without 'defaultId'."
    ))
}
