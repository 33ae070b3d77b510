//! Every command there is: its name, where it is sent to, and its shape.

use super::Level;
use super::rule::Rule;
use super::shape::{Field, Others, Shape};
use crate::definition::SOURCE_MODELS;
use crate::language::update;
use crate::table::alter::TableAlteration;
use crate::table::definition_request::DefinitionRequest;
use crate::table::index_request::{IndexCommand, IndexRequest};
use crate::table::user_type::{Alteration, FieldsRequest};

/// A command as documented.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) level: Level,
    pub(super) shape: Shape,
}

pub(super) fn find(level: Level, name: &str) -> Option<&'static Entry> {
    COMMANDS
        .iter()
        .find(|entry| entry.level == level && entry.name == name)
}

/// The names valid at a level, in alphabetical order.
pub(super) fn names(level: Level) -> Vec<&'static str> {
    let mut names: Vec<_> = COMMANDS
        .iter()
        .filter(|entry| entry.level == level)
        .map(|entry| entry.name)
        .collect();
    names.sort_unstable();
    names
}

const fn general(name: &'static str, fields: &'static [Field]) -> Entry {
    Entry {
        name,
        level: Level::General,
        shape: Shape::of(fields),
    }
}

const fn keyspace(name: &'static str, fields: &'static [Field]) -> Entry {
    Entry {
        name,
        level: Level::Keyspace,
        shape: Shape::of(fields),
    }
}

const fn target(name: &'static str, fields: &'static [Field]) -> Entry {
    Entry {
        name,
        level: Level::Target,
        shape: Shape::of(fields),
    }
}

static COMMANDS: &[Entry] = &[
    // Keyspaces and providers.
    general(
        "createKeyspace",
        &[NEW_NAME, Field::shape("options", &KEYSPACE_OPTIONS)],
    ),
    general("dropKeyspace", &[NAME, Field::no_options()]),
    general("findKeyspaces", &[Field::no_options()]),
    general(
        "createNamespace",
        &[NEW_NAME, Field::shape("options", &KEYSPACE_OPTIONS)],
    ),
    general("dropNamespace", &[NAME, Field::no_options()]),
    general("findNamespaces", &[Field::no_options()]),
    general("findEmbeddingProviders", &[PROVIDER_OPTIONS]),
    general("findRerankingProviders", &[PROVIDER_OPTIONS]),
    // Collections, tables and types of a keyspace.
    keyspace(
        "createCollection",
        &[NEW_NAME, Field::shape("options", &COLLECTION_OPTIONS)],
    ),
    keyspace("deleteCollection", &[NAME, Field::no_options()]),
    keyspace("findCollections", &[EXPLAIN]),
    keyspace(
        "createTable",
        &[
            NEW_NAME,
            DEFINITION.checked(DefinitionRequest::check),
            IF_NOT_EXISTS,
        ],
    ),
    keyspace("dropTable", &[NAME, IF_EXISTS]),
    keyspace("listTables", &[EXPLAIN]),
    keyspace("dropIndex", &[NAME, IF_EXISTS]),
    keyspace(
        "createType",
        &[
            NAME,
            DEFINITION.checked(FieldsRequest::check),
            IF_NOT_EXISTS,
        ],
    ),
    keyspace(
        "alterType",
        &[
            NAME,
            Field::json("add").checked(FieldsRequest::check),
            Field::json("rename").checked(Alteration::check_renames),
            Field::no_options(),
        ],
    ),
    keyspace("dropType", &[NAME, IF_EXISTS]),
    keyspace("listTypes", &[EXPLAIN]),
    // Documents and rows.
    target("insertOne", &[DOCUMENT, Field::no_options()]),
    target(
        "insertMany",
        &[DOCUMENTS, Field::shape("options", &INSERT_MANY_OPTIONS)],
    ),
    target(
        "find",
        &[
            FILTER,
            PROJECTION,
            SORT,
            Field::shape("options", &FIND_OPTIONS),
        ],
    ),
    target(
        "findOne",
        &[
            FILTER,
            PROJECTION,
            SORT,
            Field::shape("options", &FIND_ONE_OPTIONS),
        ],
    ),
    target(
        "findAndRerank",
        &[
            FILTER,
            PROJECTION,
            SORT,
            Field::shape("options", &RERANK_OPTIONS),
        ],
    ),
    target(
        "updateOne",
        &[
            FILTER,
            SORT,
            UPDATE,
            Field::shape("options", &UPDATE_ONE_OPTIONS),
        ],
    ),
    target(
        "updateMany",
        &[
            FILTER,
            UPDATE,
            Field::shape("options", &UPDATE_MANY_OPTIONS),
        ],
    ),
    target(
        "findOneAndUpdate",
        &[
            FILTER,
            SORT,
            PROJECTION,
            UPDATE,
            Field::shape("options", &FIND_ONE_AND_OPTIONS),
        ],
    ),
    target(
        "findOneAndReplace",
        &[
            FILTER,
            SORT,
            PROJECTION,
            REPLACEMENT,
            Field::shape("options", &FIND_ONE_AND_OPTIONS),
        ],
    ),
    target("findOneAndDelete", &[FILTER, SORT, PROJECTION]),
    target(
        "deleteOne",
        &[FILTER.rules(&[Rule::Given]), SORT, Field::no_options()],
    ),
    target("deleteMany", &[FILTER, Field::no_options()]),
    target("countDocuments", &[FILTER, Field::no_options()]),
    target("estimatedDocumentCount", &[Field::no_options()]),
    // Tables and their indexes.
    target(
        "alterTable",
        &[
            Field::json("operation").checked(TableAlteration::check),
            Field::no_options(),
        ],
    ),
    target(
        "createIndex",
        &[
            NEW_NAME,
            DEFINITION.checked(|definition| IndexRequest::check(IndexCommand::Regular, definition)),
            INDEX_TYPE,
            IF_NOT_EXISTS,
        ],
    ),
    target(
        "createVectorIndex",
        &[
            NEW_NAME,
            DEFINITION.checked(|definition| IndexRequest::check(IndexCommand::Vector, definition)),
            INDEX_TYPE,
            IF_NOT_EXISTS,
        ],
    ),
    target(
        "createTextIndex",
        &[
            NEW_NAME,
            DEFINITION.checked(|definition| IndexRequest::check(IndexCommand::Text, definition)),
            INDEX_TYPE,
            IF_NOT_EXISTS,
        ],
    ),
    target("listIndexes", &[EXPLAIN]),
];

/// A name to be made: what is wrong with it, missing included, is for the rule on names to say.
const NEW_NAME: Field = Field::text("name");
const NAME: Field = Field::text("name").rules(&[Rule::NotEmpty]);
const DEFINITION: Field = Field::object("definition").rules(&[Rule::Given]);
const INDEX_TYPE: Field = Field::text("indexType");

const FILTER: Field = Field::clause("filter").property("filterDefinition");
const SORT: Field = Field::clause("sort").property("sortDefinition");
const PROJECTION: Field = Field::json("projection").property("projectionDefinition");
const UPDATE: Field = Field::clause("update")
    .property("updateClause")
    .checked(update::check)
    .rules(&[Rule::Given]);
const REPLACEMENT: Field = Field::object("replacement")
    .property("replacementDocument")
    .rules(&[Rule::Given]);
const DOCUMENT: Field = Field::json("document").rules(&[Rule::Given]);
/// Two rules, two errors where there is no list at all: the real server answers both.
const DOCUMENTS: Field = Field::list("documents").rules(&[Rule::Given, Rule::NotEmpty]);

const EXPLAIN: Field = Field::shape("options", &Shape::of(&[Field::flag("explain")]));
const IF_EXISTS: Field = Field::shape("options", &Shape::of(&[Field::flag("ifExists")]));
const IF_NOT_EXISTS: Field = Field::shape("options", &Shape::of(&[Field::flag("ifNotExists")]));
const PROVIDER_OPTIONS: Field = Field::shape(
    "options",
    &Shape::of(&[
        Field::text("filterModelStatus").rules(&[Rule::OneOfAnyCase(&[
            "SUPPORTED",
            "DEPRECATED",
            "END_OF_LIFE",
        ])]),
    ]),
);

/// With the name it had at first.
const PAGE_STATE: Field = Field::text("pageState").alias("pagingState");

static INSERT_MANY_OPTIONS: Shape = Shape::of(&[
    Field::flag("ordered"),
    Field::flag("returnDocumentResponses"),
]);
static FIND_OPTIONS: Shape = Shape::of(&[
    LIMIT,
    Field::integer("skip").rules(&[Rule::NotNegative]),
    PAGE_STATE,
    Field::flag("includeSimilarity"),
    Field::flag("includeSortVector"),
]);
static FIND_ONE_OPTIONS: Shape = Shape::of(&[
    Field::flag("includeSimilarity"),
    Field::flag("includeSortVector"),
]);
static UPDATE_ONE_OPTIONS: Shape = Shape::of(&[Field::flag("upsert")]);
static UPDATE_MANY_OPTIONS: Shape = Shape::of(&[Field::flag("upsert"), PAGE_STATE]);
static FIND_ONE_AND_OPTIONS: Shape = Shape::of(&[
    Field::text("returnDocument").rules(&[Rule::OneOf(&["after", "before"])]),
    Field::flag("upsert"),
]);
static RERANK_OPTIONS: Shape = Shape::of(&[
    LIMIT,
    Field::clause("hybridLimits"),
    Field::text("rerankOn"),
    Field::text("rerankQuery"),
    Field::flag("includeScores"),
    Field::flag("includeSortVector"),
    Field::shape("rerank", &SERVICE),
]);
const LIMIT: Field = Field::integer("limit").rules(&[Rule::Positive]);

static KEYSPACE_OPTIONS: Shape = Shape::of(&[Field::shape("replication", &REPLICATION)]);
/// Beside its class, a number of copies for each data centre, or one number under `replication_factor`.
static REPLICATION: Shape = Shape {
    fields: &[Field::text("class").property("strategy").rules(&[
        Rule::Given,
        Rule::OneOf(&["SimpleStrategy", "NetworkTopologyStrategy"]),
    ])],
    others: Others::Integers("factors"),
};

static COLLECTION_OPTIONS: Shape = Shape::of_collection_options(&[
    Field::shape("defaultId", &DEFAULT_ID).property("idConfig"),
    Field::shape("vector", &VECTOR),
    Field::shape("indexing", &INDEXING),
    Field::shape("lexical", &LEXICAL),
    Field::shape("rerank", &RERANK),
]);
static DEFAULT_ID: Shape = Shape::of_collection_options(&[Field::text("type")
    .property("idType")
    .rules(&[Rule::OneOf(&["objectId", "uuid", "uuidv6", "uuidv7"])])]);
static VECTOR: Shape = Shape::of_collection_options(&[
    Field::integer("dimension")
        .alias("size")
        .rules(&[Rule::Positive]),
    Field::text("metric")
        .alias("function")
        .rules(&[Rule::OneOf(&["cosine", "dot_product", "euclidean"])]),
    Field::text("sourceModel").rules(&[Rule::OneOf(SOURCE_MODELS)]),
    Field::shape("service", &SERVICE),
]);
static INDEXING: Shape =
    Shape::of_collection_options(&[Field::texts("allow"), Field::texts("deny")]);
static LEXICAL: Shape = Shape::of(&[Field::flag("enabled"), Field::json("analyzer")]);
static RERANK: Shape = Shape::of(&[Field::flag("enabled"), Field::shape("service", &SERVICE)]);
static SERVICE: Shape = Shape::of(&[
    Field::text("provider"),
    Field::text("modelName"),
    Field::object("authentication"),
    Field::object("parameters"),
]);
