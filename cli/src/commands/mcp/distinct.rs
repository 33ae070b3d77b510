//! The values of a field, for which the Data API has no command: the client reads them page by page.

use std::time::Duration;

use astra_db::{Database, Document, Error, Row};
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

use super::arguments::text;

pub(super) const NAME: &str = "findDistinctValues";

pub(super) const ARGUMENTS: [&str; 5] = ["keyspace", "collection", "table", "field", "filter"];

/// It reads everything that the filter selects; what takes longer than this is not for a conversation.
const TIME_LIMIT: Duration = Duration::from_secs(15);

pub(super) fn described() -> Value {
    json!({
        "name": NAME,
        "description": "Lists the different values of a field of a collection, or of a column of a table. It reads all that \
                        the filter selects.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "keyspace": {"type": "string"},
                "collection": {"type": "string", "description": "The collection; or name a table."},
                "table": {"type": "string", "description": "The table; or name a collection."},
                "field": {"type": "string", "description": "The field, such as address.city, or the column."},
                "filter": {"type": "object", "description": "Which documents or rows. Without it, all."}
            },
            "required": ["keyspace", "field"]
        },
        "annotations": {"readOnlyHint": true, "destructiveHint": false}
    })
}

/// What a call asks for, or what is wrong with it.
pub(super) struct Distinct {
    place: Place,
    field: String,
    filter: Map<String, Value>,
}

enum Place {
    Collection(String),
    Table(String),
}

impl Distinct {
    pub(super) fn read(arguments: &JsonObject) -> Result<Self, String> {
        let place = match (text(arguments, "collection")?, text(arguments, "table")?) {
            (Some(collection), None) => Place::Collection(collection.to_owned()),
            (None, Some(table)) => Place::Table(table.to_owned()),
            _ => return Err("Name either a collection or a table.".to_owned()),
        };
        let field = text(arguments, "field")?.ok_or("The argument 'field' is missing.")?;
        let filter = match arguments.get("filter") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(filter)) => filter.clone(),
            Some(_) => return Err("The argument 'filter' must be an object.".to_owned()),
        };
        Ok(Self {
            place,
            field: field.to_owned(),
            filter,
        })
    }

    pub(super) async fn run(self, database: &Database) -> Result<Value, Error> {
        let values = match self.place {
            Place::Collection(name) => database
                .collection::<Document>(name)
                .distinct(self.field, self.filter),
            Place::Table(name) => database
                .table::<Row>(name)
                .distinct(self.field, self.filter),
        };
        let values = values.timeout(TIME_LIMIT).await?;
        Ok(json!({"data": {"values": values}}))
    }
}
