//! The table that the address of a page names.

use astra_db::schema::{ColumnType, TableDefinition};
use astra_db::{Database, Row, Table, Value, Vector};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::address;
use crate::error::ConsoleError;
use crate::frame::Frame;
use crate::state::Console;

/// The table of a page's address, which exists.
pub(super) struct OpenTable {
    pub(super) keyspace: String,
    pub(super) table: Table,
    pub(super) definition: TableDefinition,
    /// The address of its rows, below which all its pages are.
    pub(super) href: String,
}

impl OpenTable {
    pub(super) fn name(&self) -> &str {
        self.table.name()
    }

    pub(super) fn database(&self) -> &Database {
        self.table.database()
    }

    /// The frame of its main pages.
    pub(super) fn frame(&self, console: &Console) -> Frame {
        Frame::data(console, self.name()).below(address::keyspace(&self.keyspace), &self.keyspace)
    }

    /// The frame of a page below them.
    pub(super) fn frame_below(&self, console: &Console, heading: impl Into<String>) -> Frame {
        Frame::data(console, heading)
            .below(address::keyspace(&self.keyspace), &self.keyspace)
            .below(&self.href, self.name())
    }

    /// The primary key of a row; none if the row lacks a part of it, as a projection may make it.
    pub(super) fn key_of(&self, row: &Row) -> Option<Row> {
        let columns = self.definition.primary_key.columns();
        columns
            .map(|column| Some((column, row.get(column)?.clone())))
            .collect()
    }

    /// The row with this key, its vectors as numbers.
    pub(super) async fn row_of(&self, key: &Row) -> Result<Option<Row>, astra_db::Error> {
        let Some(mut row) = self.table.find_one(key).await? else {
            return Ok(None);
        };
        for (name, column) in self.definition.columns.iter() {
            if matches!(column.kind, ColumnType::Vector { .. })
                && let Ok(vector) = row.read::<Vector>(name)
                && let Ok(numbers) = Value::encode(vector.as_slice())
            {
                row.insert(name, numbers);
            }
        }
        Ok(Some(row))
    }

    /// The page of the row with this key.
    pub(super) fn row(&self, key: &Row) -> String {
        address::with_query(&format!("{}/row", self.href), &[("key", &key.to_string())])
    }
}

impl FromRequestParts<Console> for OpenTable {
    type Rejection = ConsoleError;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Console,
    ) -> Result<Self, ConsoleError> {
        let names = Path::<(String, String)>::from_request_parts(parts, console).await;
        let Ok(Path((keyspace, name))) = names else {
            return Err(ConsoleError::NotFound("There is no such page.".to_owned()));
        };
        let table = console
            .database
            .keyspace(keyspace.as_str())
            .table(name.as_str());
        let Some(definition) = table.definition().await? else {
            let sentence = format!("There is no table {name} in the keyspace {keyspace}.");
            return Err(ConsoleError::NotFound(sentence));
        };
        Ok(Self {
            href: address::table(&keyspace, &name),
            keyspace,
            table,
            definition,
        })
    }
}
