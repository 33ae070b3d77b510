//! The tools of the MCP endpoint: one for every command of the Data API.

use crate::json::{Object, Value};

/// A tool: a command, and what it takes.
#[derive(Debug)]
pub(super) struct Tool {
    /// The name of the command, too.
    pub(super) name: &'static str,
    description: &'static str,
    pub(super) target: Target,
    pub(super) arguments: &'static [Argument],
    pub(super) effect: Effect,
}

/// What a command is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Database,
    /// The keyspace of the argument `keyspace`.
    Keyspace,
    /// The collection or table of the argument of this name, in the keyspace.
    Named(&'static str),
}

/// What a command does to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Adds,
    Destroys,
}

/// An argument of a tool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    pub(super) name: &'static str,
    /// The field of the command that it becomes.
    pub(super) field: &'static str,
    kind: &'static str,
    description: &'static str,
    pub(super) required: bool,
}

const fn argument(name: &'static str, kind: &'static str, description: &'static str) -> Argument {
    Argument {
        name,
        field: name,
        kind,
        description,
        required: false,
    }
}

impl Argument {
    const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    const fn field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }
}

/// The fields of a command that are not its arguments: they say where it is sent.
pub(super) const NOWHERE: &str = "";

const KEYSPACE: Argument = argument("keyspace", "string", "The keyspace.")
    .required()
    .field(NOWHERE);
const COLLECTION: Argument = argument("collection", "string", "The collection, or the table.")
    .required()
    .field(NOWHERE);
const TABLE: Argument = argument("table", "string", "The table.")
    .required()
    .field(NOWHERE);
const NEW_COLLECTION: Argument = argument("collection", "string", "The name of the collection.")
    .required()
    .field("name");
const NEW_TABLE: Argument = argument("table", "string", "The name of the table.")
    .required()
    .field("name");
const NAME: Argument = argument("name", "string", "The name.").required();
const INDEX: Argument = argument(
    "indexName",
    "string",
    "The name of the index, unique in the keyspace.",
)
.required()
.field("name");
const DEFINITION: Argument = argument(
    "definition",
    "object",
    "The definition, as the Data API takes it.",
)
.required();
const OPTIONS: Argument = argument("options", "object", "The options of the command.");
const FILTER: Argument = argument(
    "filter",
    "object",
    "Which documents or rows, such as {\"price\": {\"$lt\": 30}}. Without it, all.",
);
const PROJECTION: Argument = argument(
    "projection",
    "object",
    "Which fields to return, such as {\"name\": 1}.",
);
const SORT: Argument = argument(
    "sort",
    "object",
    "The order, such as {\"price\": 1}, {\"$vector\": [0.1, 0.2]} or {\"$vectorize\": \"a text\"}.",
);
const UPDATE: Argument = argument(
    "update",
    "object",
    "What to change, such as {\"$set\": {\"price\": 25}}.",
)
.required();
const INDEX_TYPE: Argument = argument(
    "indexType",
    "string",
    "The type of the index, where it is said again.",
);

const fn tool(
    name: &'static str,
    effect: Effect,
    target: Target,
    description: &'static str,
    arguments: &'static [Argument],
) -> Tool {
    Tool {
        name,
        description,
        target,
        arguments,
        effect,
    }
}

use Effect::{Adds, Destroys, Reads};
use Target::{Database, Keyspace, Named};

const IN_COLLECTION: Target = Named("collection");
const IN_TABLE: Target = Named("table");

pub(super) static TOOLS: &[Tool] = &[
    tool(
        "createKeyspace",
        Adds,
        Database,
        "Creates a keyspace; one that exists is left as it is.",
        &[NAME, OPTIONS],
    ),
    tool(
        "dropKeyspace",
        Destroys,
        Database,
        "Drops a keyspace with all that is in it.",
        &[NAME],
    ),
    tool(
        "findKeyspaces",
        Reads,
        Database,
        "Lists the keyspaces.",
        &[],
    ),
    tool(
        "findEmbeddingProviders",
        Reads,
        Database,
        "Lists the services that make vectors from texts.",
        &[OPTIONS],
    ),
    tool(
        "findRerankingProviders",
        Reads,
        Database,
        "Lists the services that rerank what a search found.",
        &[OPTIONS],
    ),
    tool(
        "createCollection",
        Adds,
        Keyspace,
        "Creates a collection of documents.",
        &[KEYSPACE, NEW_COLLECTION, OPTIONS],
    ),
    tool(
        "deleteCollection",
        Destroys,
        Keyspace,
        "Drops a collection with all its documents.",
        &[KEYSPACE, NEW_COLLECTION],
    ),
    tool(
        "findCollections",
        Reads,
        Keyspace,
        "Lists the collections of a keyspace; with the option `explain`, their settings too.",
        &[KEYSPACE, OPTIONS],
    ),
    tool(
        "createTable",
        Adds,
        Keyspace,
        "Creates a table with typed columns.",
        &[KEYSPACE, NEW_TABLE, DEFINITION, OPTIONS],
    ),
    tool(
        "dropTable",
        Destroys,
        Keyspace,
        "Drops a table with all its rows.",
        &[KEYSPACE, NEW_TABLE, OPTIONS],
    ),
    tool(
        "listTables",
        Reads,
        Keyspace,
        "Lists the tables of a keyspace; with the option `explain`, their columns too.",
        &[KEYSPACE, OPTIONS],
    ),
    tool(
        "createType",
        Adds,
        Keyspace,
        "Creates a user-defined type.",
        &[KEYSPACE, NAME, DEFINITION, OPTIONS],
    ),
    tool(
        "alterType",
        Adds,
        Keyspace,
        "Adds or renames fields of a user-defined type.",
        &[
            KEYSPACE,
            NAME,
            argument(
                "rename",
                "object",
                "Fields to rename: {\"fields\": {\"old\": \"new\"}}.",
            ),
            argument(
                "add",
                "object",
                "Fields to add: {\"fields\": {\"name\": \"text\"}}.",
            ),
        ],
    ),
    tool(
        "dropType",
        Destroys,
        Keyspace,
        "Drops a user-defined type that no table uses.",
        &[KEYSPACE, NAME, OPTIONS],
    ),
    tool(
        "listTypes",
        Reads,
        Keyspace,
        "Lists the user-defined types of a keyspace.",
        &[KEYSPACE, OPTIONS],
    ),
    tool(
        "dropIndex",
        Destroys,
        Keyspace,
        "Drops an index of a table.",
        &[KEYSPACE, NAME, OPTIONS],
    ),
    tool(
        "alterTable",
        Destroys,
        IN_TABLE,
        "Adds or drops columns of a table, or their embedding services.",
        &[
            KEYSPACE,
            TABLE,
            argument(
                "operation",
                "object",
                "One of add, drop, addVectorize, dropVectorize, with its columns.",
            )
            .required(),
        ],
    ),
    tool(
        "listIndexes",
        Reads,
        IN_TABLE,
        "Lists the indexes of a table.",
        &[KEYSPACE, TABLE, OPTIONS],
    ),
    tool(
        "createIndex",
        Adds,
        IN_TABLE,
        "Creates an index of a column, so that it can be filtered quickly.",
        &[KEYSPACE, TABLE, INDEX, DEFINITION, INDEX_TYPE, OPTIONS],
    ),
    tool(
        "createTextIndex",
        Adds,
        IN_TABLE,
        "Creates an index of the words of a column, for `$match`.",
        &[KEYSPACE, TABLE, INDEX, DEFINITION, INDEX_TYPE, OPTIONS],
    ),
    tool(
        "createVectorIndex",
        Adds,
        IN_TABLE,
        "Creates an index of a column of vectors, for sorts by similarity.",
        &[KEYSPACE, TABLE, INDEX, DEFINITION, INDEX_TYPE, OPTIONS],
    ),
    tool(
        "insertOne",
        Adds,
        IN_COLLECTION,
        "Inserts a document or row.",
        &[
            KEYSPACE,
            COLLECTION,
            argument("document", "object", "The document or row.").required(),
        ],
    ),
    tool(
        "insertMany",
        Adds,
        IN_COLLECTION,
        "Inserts up to 100 documents or rows.",
        &[
            KEYSPACE,
            COLLECTION,
            argument("documents", "array", "The documents or rows.").required(),
            OPTIONS,
        ],
    ),
    tool(
        "find",
        Reads,
        IN_COLLECTION,
        "Finds documents or rows, a page at a time: the option `pageState` takes the `nextPageState` of the page before.",
        &[KEYSPACE, COLLECTION, FILTER, PROJECTION, SORT, OPTIONS],
    ),
    tool(
        "findOne",
        Reads,
        IN_COLLECTION,
        "Finds one document or row.",
        &[KEYSPACE, COLLECTION, FILTER, PROJECTION, SORT, OPTIONS],
    ),
    tool(
        "findAndRerank",
        Reads,
        IN_COLLECTION,
        "Searches by words and by meaning, and reranks what both found: sort by {\"$hybrid\": \"a text\"}.",
        &[KEYSPACE, COLLECTION, FILTER, PROJECTION, SORT, OPTIONS],
    ),
    tool(
        "findOneAndUpdate",
        Destroys,
        IN_COLLECTION,
        "Changes one document and returns it.",
        &[
            KEYSPACE, COLLECTION, FILTER, PROJECTION, SORT, UPDATE, OPTIONS,
        ],
    ),
    tool(
        "findOneAndReplace",
        Destroys,
        IN_COLLECTION,
        "Replaces one document and returns it.",
        &[
            KEYSPACE,
            COLLECTION,
            FILTER,
            SORT,
            PROJECTION,
            argument("replacement", "object", "The document in its place.").required(),
            OPTIONS,
        ],
    ),
    tool(
        "findOneAndDelete",
        Destroys,
        IN_COLLECTION,
        "Deletes one document and returns it.",
        &[KEYSPACE, COLLECTION, FILTER, SORT, PROJECTION],
    ),
    tool(
        "updateOne",
        Destroys,
        IN_COLLECTION,
        "Changes one document or row.",
        &[KEYSPACE, COLLECTION, FILTER, UPDATE, SORT, OPTIONS],
    ),
    tool(
        "updateMany",
        Destroys,
        IN_COLLECTION,
        "Changes the documents that a filter selects, a page at a time.",
        &[KEYSPACE, COLLECTION, FILTER, UPDATE, OPTIONS],
    ),
    tool(
        "deleteOne",
        Destroys,
        IN_COLLECTION,
        "Deletes one document or row.",
        &[KEYSPACE, COLLECTION, FILTER.required(), SORT],
    ),
    tool(
        "deleteMany",
        Destroys,
        IN_COLLECTION,
        "Deletes the documents or rows that a filter selects; without one, all.",
        &[KEYSPACE, COLLECTION, FILTER],
    ),
    tool(
        "countDocuments",
        Reads,
        IN_COLLECTION,
        "Counts the documents that a filter selects.",
        &[KEYSPACE, COLLECTION, FILTER],
    ),
    tool(
        "estimatedDocumentCount",
        Reads,
        IN_COLLECTION,
        "Counts all documents.",
        &[KEYSPACE, COLLECTION],
    ),
];

pub(super) fn named(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

impl Tool {
    /// The tool as tools/list has it.
    pub(super) fn describe(&self) -> Value {
        let mut properties = Object::new();
        for argument in self.arguments {
            properties.insert(
                argument.name,
                Object::from([
                    ("type", argument.kind),
                    ("description", argument.description),
                ]),
            );
        }
        let required = self.arguments.iter().filter(|argument| argument.required);
        let required: Vec<Value> = required.map(|argument| argument.name.into()).collect();
        let mut schema = Object::from([("type", Value::from("object"))]);
        schema.insert("properties", properties);
        schema.insert("required", required);
        let annotations = Object::from([
            ("readOnlyHint", self.effect == Effect::Reads),
            ("destructiveHint", self.effect == Effect::Destroys),
        ]);
        Object::from([
            ("name", Value::from(self.name)),
            ("description", self.description.into()),
            ("inputSchema", schema.into()),
            ("annotations", annotations.into()),
        ])
        .into()
    }
}
