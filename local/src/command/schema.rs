//! The commands on keyspaces, collections, tables, indexes and types.

use super::arguments::Arguments;
use crate::json::{Object, Value};

/// A command to the database as a whole.
#[derive(Debug)]
pub(crate) enum GeneralCommand {
    CreateKeyspace {
        name: Option<String>,
        replication: Option<Replication>,
    },
    DropKeyspace {
        name: String,
    },
    /// With the name under which the answer lists them: `keyspaces` or `namespaces`.
    FindKeyspaces {
        listed_as: &'static str,
    },
    FindEmbeddingProviders,
    FindRerankingProviders(ModelStatus),
}

/// On how many nodes, and of which datacenters, a keyspace is to be kept.
#[derive(Debug)]
pub(crate) struct Replication {
    /// The name of the strategy.
    pub(crate) class: String,
    /// The number of copies for each name the strategy knows: a datacenter, or `replication_factor`.
    pub(crate) factors: Vec<(String, i32)>,
}

/// Which models a listing of providers shows: those of a status, or with none, all.
#[derive(Debug)]
pub(crate) struct ModelStatus(pub(crate) Option<String>);

/// A command to a keyspace.
#[derive(Debug)]
pub(crate) enum KeyspaceCommand {
    CreateCollection {
        name: Option<String>,
        options: Box<CollectionOptions>,
    },
    DeleteCollection {
        name: String,
    },
    FindCollections {
        explain: bool,
    },
    CreateTable {
        name: Option<String>,
        definition: Object,
        if_not_exists: bool,
    },
    DropTable {
        name: String,
        if_exists: bool,
    },
    ListTables {
        explain: bool,
    },
    DropIndex {
        name: String,
        if_exists: bool,
    },
    CreateType {
        name: Option<String>,
        definition: Object,
        if_not_exists: bool,
    },
    AlterType {
        name: String,
        add: Option<Value>,
        rename: Option<Value>,
    },
    DropType {
        name: String,
        if_exists: bool,
    },
    ListTypes {
        explain: bool,
    },
}

/// A command to a table that is not about its rows.
#[derive(Debug)]
pub(crate) enum TableCommand {
    AlterTable { operation: Value },
    CreateIndex(CreateIndex),
    CreateVectorIndex(CreateIndex),
    CreateTextIndex(CreateIndex),
    ListIndexes { explain: bool },
}

#[derive(Debug)]
pub(crate) struct CreateIndex {
    pub(crate) name: Option<String>,
    pub(crate) definition: Object,
    pub(crate) index_type: Option<String>,
    pub(crate) if_not_exists: bool,
}

/// The options of createCollection as given; which of them go together is for `exec::schema` to say.
#[derive(Debug, Default)]
pub(crate) struct CollectionOptions {
    pub(crate) default_id: Option<DefaultIdOptions>,
    pub(crate) vector: Option<VectorOptions>,
    pub(crate) indexing: Option<IndexingOptions>,
    pub(crate) lexical: Option<LexicalOptions>,
    pub(crate) rerank: Option<RerankOptions>,
}

#[derive(Debug)]
pub(crate) struct DefaultIdOptions {
    /// The type of made ids.
    pub(crate) id_type: Option<String>,
}

#[derive(Debug)]
pub(crate) struct VectorOptions {
    pub(crate) dimension: Option<u32>,
    pub(crate) metric: Option<String>,
    pub(crate) source_model: Option<String>,
    pub(crate) service: Option<ServiceOptions>,
}

#[derive(Debug)]
pub(crate) struct IndexingOptions {
    pub(crate) allow: Option<Vec<String>>,
    pub(crate) deny: Option<Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct LexicalOptions {
    pub(crate) enabled: Option<bool>,
    pub(crate) analyzer: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct RerankOptions {
    pub(crate) enabled: Option<bool>,
    pub(crate) service: Option<ServiceOptions>,
}

/// An embedding or reranking service.
#[derive(Debug)]
pub(crate) struct ServiceOptions {
    pub(crate) provider: Option<String>,
    pub(crate) model_name: Option<String>,
    pub(crate) authentication: Option<Object>,
    pub(crate) parameters: Option<Object>,
}

impl GeneralCommand {
    pub(super) fn build(command: &str, arguments: &mut Arguments) -> Option<Self> {
        Some(match command {
            "createKeyspace" | "createNamespace" => Self::CreateKeyspace {
                name: arguments.text("name"),
                replication: Replication::take(&mut arguments.options()),
            },
            "dropKeyspace" | "dropNamespace" => Self::DropKeyspace {
                name: name(arguments),
            },
            "findKeyspaces" => Self::FindKeyspaces {
                listed_as: "keyspaces",
            },
            "findNamespaces" => Self::FindKeyspaces {
                listed_as: "namespaces",
            },
            "findEmbeddingProviders" => Self::FindEmbeddingProviders,
            "findRerankingProviders" => Self::FindRerankingProviders(ModelStatus::take(arguments)),
            _ => return None,
        })
    }
}

impl Replication {
    fn take(options: &mut Arguments) -> Option<Self> {
        let mut replication = options.shape("replication")?;
        Some(Self {
            class: replication.text("class").unwrap_or_default(),
            factors: replication.integers("factors").unwrap_or_default(),
        })
    }
}

impl ModelStatus {
    /// Without options only supported models are meant; with options that name no status, all of them.
    fn take(arguments: &mut Arguments) -> Self {
        let status = match arguments.shape("options") {
            None => Some("SUPPORTED".to_owned()),
            Some(mut options) => options
                .text("filterModelStatus")
                .filter(|status| !status.is_empty()),
        };
        Self(status.map(|status| status.to_ascii_uppercase()))
    }
}

impl KeyspaceCommand {
    pub(super) fn build(command: &str, arguments: &mut Arguments) -> Option<Self> {
        Some(match command {
            "createCollection" => Self::CreateCollection {
                name: arguments.text("name"),
                options: Box::new(CollectionOptions::take(arguments)),
            },
            "deleteCollection" => Self::DeleteCollection {
                name: name(arguments),
            },
            "findCollections" => Self::FindCollections {
                explain: explain(arguments),
            },
            "createTable" => Self::CreateTable {
                name: arguments.text("name"),
                definition: definition(arguments),
                if_not_exists: if_not_exists(arguments),
            },
            "dropTable" => Self::DropTable {
                name: name(arguments),
                if_exists: if_exists(arguments),
            },
            "listTables" => Self::ListTables {
                explain: explain(arguments),
            },
            "dropIndex" => Self::DropIndex {
                name: name(arguments),
                if_exists: if_exists(arguments),
            },
            "createType" => Self::CreateType {
                name: arguments.text("name"),
                definition: definition(arguments),
                if_not_exists: if_not_exists(arguments),
            },
            "alterType" => Self::AlterType {
                name: name(arguments),
                add: arguments.json("add"),
                rename: arguments.json("rename"),
            },
            "dropType" => Self::DropType {
                name: name(arguments),
                if_exists: if_exists(arguments),
            },
            "listTypes" => Self::ListTypes {
                explain: explain(arguments),
            },
            _ => return None,
        })
    }
}

impl TableCommand {
    pub(super) fn build(command: &str, arguments: &mut Arguments) -> Option<Self> {
        Some(match command {
            "alterTable" => Self::AlterTable {
                operation: arguments.json("operation").unwrap_or(Value::Null),
            },
            "createIndex" => Self::CreateIndex(CreateIndex::take(arguments)),
            "createVectorIndex" => Self::CreateVectorIndex(CreateIndex::take(arguments)),
            "createTextIndex" => Self::CreateTextIndex(CreateIndex::take(arguments)),
            "listIndexes" => Self::ListIndexes {
                explain: explain(arguments),
            },
            _ => return None,
        })
    }
}

impl CreateIndex {
    fn take(arguments: &mut Arguments) -> Self {
        Self {
            name: arguments.text("name"),
            definition: definition(arguments),
            index_type: arguments.text("indexType"),
            if_not_exists: if_not_exists(arguments),
        }
    }
}

impl CollectionOptions {
    fn take(arguments: &mut Arguments) -> Self {
        let mut options = arguments.options();
        Self {
            default_id: options.shape("defaultId").map(|mut id| DefaultIdOptions {
                id_type: id.text("type"),
            }),
            vector: options.shape("vector").map(|mut vector| VectorOptions {
                dimension: vector.count("dimension"),
                metric: vector.text("metric"),
                source_model: vector.text("sourceModel"),
                service: ServiceOptions::take(&mut vector),
            }),
            indexing: options
                .shape("indexing")
                .map(|mut indexing| IndexingOptions {
                    allow: indexing.texts("allow"),
                    deny: indexing.texts("deny"),
                }),
            lexical: options.shape("lexical").map(|mut lexical| LexicalOptions {
                enabled: lexical.flag("enabled"),
                analyzer: lexical.json("analyzer"),
            }),
            rerank: options.shape("rerank").map(|mut rerank| RerankOptions {
                enabled: rerank.flag("enabled"),
                service: ServiceOptions::take(&mut rerank),
            }),
        }
    }
}

impl ServiceOptions {
    fn take(arguments: &mut Arguments) -> Option<Self> {
        arguments.shape("service").map(Self::from_arguments)
    }

    pub(super) fn from_arguments(mut service: Arguments) -> Self {
        Self {
            provider: service.text("provider"),
            model_name: service.text("modelName"),
            authentication: service.object("authentication"),
            parameters: service.object("parameters"),
        }
    }

    /// Whether nothing at all was said about the service.
    pub(crate) fn is_empty(&self) -> bool {
        self.provider.is_none()
            && self.model_name.is_none()
            && self.authentication.is_none()
            && self.parameters.is_none()
    }
}

// What a rule has made sure of is taken without asking again.

fn name(arguments: &mut Arguments) -> String {
    arguments.text("name").unwrap_or_default()
}

fn definition(arguments: &mut Arguments) -> Object {
    arguments.object("definition").unwrap_or_default()
}

fn explain(arguments: &mut Arguments) -> bool {
    arguments.options().is_on("explain")
}

fn if_exists(arguments: &mut Arguments) -> bool {
    arguments.options().is_on("ifExists")
}

fn if_not_exists(arguments: &mut Arguments) -> bool {
    arguments.options().is_on("ifNotExists")
}
