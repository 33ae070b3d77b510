//! Whether the database has room for one more collection, table or index.

use crate::error::{ApiError, database, schema};
use crate::limits::Limits;
use crate::storage::{Table, Writer};

/// Indexes that the real server makes for a collection.
const OF_COLLECTION: usize = 10;

/// For another collection.
pub(crate) fn for_collection(writer: &Writer<'_>, limits: &Limits) -> Result<(), ApiError> {
    let (count, most) = (collections(writer), limits.collections);
    if count >= most {
        return Err(schema::TOO_MANY_COLLECTIONS.because(format!(
            "The database has {count} collections, at most {most} are possible. Drop one to make another."
        )));
    }
    let (count, most) = (indexes(writer), limits.indexes);
    if count.saturating_add(OF_COLLECTION) > most {
        return Err(schema::TOO_MANY_INDEXES_FOR_COLLECTION.because(format!(
            "The database has {count} indexes of at most {most}, and a collection needs {OF_COLLECTION}. Drop a collection \
             or indexes of tables to make another."
        )));
    }
    Ok(())
}

/// For another table. The limits on tables and their indexes are guardrails of the database behind the real server.
pub(crate) fn for_table(writer: &Writer<'_>, limits: &Limits) -> Result<(), ApiError> {
    let keyspaces = writer.catalogue().keyspaces();
    let count = keyspaces.flat_map(|keyspace| keyspace.tables()).count();
    guardrail("tables", "the database", count, limits.tables)
}

/// For another index of this table.
pub(crate) fn for_index(
    writer: &Writer<'_>,
    table: &Table,
    limits: &Limits,
) -> Result<(), ApiError> {
    let count = table.definition.indexes().len();
    let name = format!("the table '{}'", table.name);
    guardrail(
        "secondary_indexes_per_table",
        &name,
        count,
        limits.indexes_of_table,
    )?;
    guardrail(
        "secondary_indexes",
        "the database",
        indexes(writer),
        limits.indexes,
    )
}

fn guardrail(name: &str, whose: &str, count: usize, most: usize) -> Result<(), ApiError> {
    if count < most {
        return Ok(());
    }
    Err(database::INVALID_DATABASE_QUERY.because(format!(
        "Guardrail {name} violated: {whose} has {count}, at most {most} are possible. Drop one to make another."
    )))
}

fn collections(writer: &Writer<'_>) -> usize {
    let keyspaces = writer.catalogue().keyspaces();
    keyspaces
        .flat_map(|keyspace| keyspace.collections())
        .count()
}

fn indexes(writer: &Writer<'_>) -> usize {
    let keyspaces = writer.catalogue().keyspaces();
    let tables = keyspaces.flat_map(|keyspace| keyspace.tables());
    let of_tables = tables.map(|table| table.definition.indexes().len());
    of_tables.sum::<usize>() + OF_COLLECTION * collections(writer)
}
