//! What a command is about: a collection, a table, or a schema.

use std::collections::HashSet;

use astra_db::TransportRequest;
use serde_json::Value;

pub(crate) enum Kind {
    /// Documents of collections, or the collections themselves.
    Collections,
    /// Keyspaces: all Data APIs have them.
    Keyspace,
    /// A change of the schema of tables; the table it creates, if it does.
    Schema(Option<String>),
    /// The schemas of tables are read.
    Schemas,
    /// Rows are read.
    Read,
    /// Rows are written.
    Write,
}

impl Kind {
    pub(crate) fn of(request: &TransportRequest, tables: &HashSet<String>) -> Self {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let command = body.as_object().and_then(|body| body.iter().next());
        let (command, arguments) =
            command.map_or(("", &Value::Null), |(name, value)| (name.as_str(), value));
        let target = request.path.split_once('/').map(|(_, name)| name);
        match (command, target) {
            ("createKeyspace" | "dropKeyspace", _) => Self::Keyspace,
            ("createTable", _) => Self::Schema(arguments["name"].as_str().map(str::to_owned)),
            (
                "dropTable" | "alterTable" | "createIndex" | "createVectorIndex"
                | "createTextIndex" | "dropIndex" | "createType" | "alterType" | "dropType",
                _,
            ) => Self::Schema(None),
            ("listTables" | "listIndexes" | "listTypes", _) => Self::Schemas,
            (command, Some(name)) if tables.contains(name) => {
                if matches!(command, "find" | "findOne") {
                    Self::Read
                } else {
                    Self::Write
                }
            }
            _ => Self::Collections,
        }
    }
}
