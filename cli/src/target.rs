//! A collection or a table, as a command names it.

use astra_db::schema::TableDefinition;
use astra_db::{CollectionDefinition, Database, Error, Replication};
use serde_json::json;

use crate::database::Chosen;
use crate::diagnosis::{Finding, diagnose, no_keyspace};
use crate::output::hinted;

/// Which collection or table.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct TargetArgs {
    /// A collection
    #[arg(long, short, value_name = "NAME")]
    collection: Option<String>,

    /// A table
    #[arg(long, short, value_name = "NAME")]
    table: Option<String>,
}

/// What a command does about a collection that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// It fails: it has no `--create`.
    Fail,
    /// It fails and speaks of `--create`.
    SuggestCreate,
    /// It makes the collection, with its keyspace.
    Create,
}

/// A collection or table that exists.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Collection(String),
    Table(String, TableDefinition),
}

impl TargetArgs {
    /// Whether a collection is meant: a table is never made here.
    pub(crate) fn is_collection(&self) -> bool {
        self.collection.is_some()
    }

    /// Looks whether it is there, which also tries the connection out.
    pub(crate) async fn find(
        &self,
        database: &Database,
        if_missing: IfMissing,
        chosen: &Chosen,
    ) -> anyhow::Result<Target> {
        let replication = chosen.settings.replication.as_ref();
        let found = match if_missing {
            IfMissing::Create => make_keyspace(database, replication).await,
            _ => Ok(()),
        };
        let found = match found {
            Ok(()) => self.look(database, if_missing == IfMissing::Create).await,
            Err(error) => Err(error),
        };
        let found = match found {
            Err(error) => {
                return Err(match diagnose(database, error).await {
                    Finding::NoKeyspace { known } if if_missing != IfMissing::Create => {
                        self.no_keyspace(database, if_missing, &known)
                    }
                    finding => finding.into_error(database, chosen.credentials()),
                });
            }
            Ok(found) => found,
        };
        found.ok_or_else(|| self.missing(database, if_missing))
    }

    async fn look(&self, database: &Database, create: bool) -> Result<Option<Target>, Error> {
        if let Some(name) = &self.table {
            let definition = database
                .table::<astra_db::Row>(name.as_str())
                .definition()
                .await?;
            return Ok(definition.map(|definition| Target::Table(name.clone(), definition)));
        }
        let name = self.collection.clone().unwrap_or_default();
        if create {
            if !database
                .collection::<astra_db::Document>(name.as_str())
                .exists()
                .await?
            {
                let definition = CollectionDefinition::default();
                database
                    .create_collection(name.as_str())
                    .definition(definition)
                    .await?;
            }
            return Ok(Some(Target::Collection(name)));
        }
        let there = database
            .collection::<astra_db::Document>(name.as_str())
            .exists()
            .await?;
        Ok(there.then_some(Target::Collection(name)))
    }

    fn no_keyspace(
        &self,
        database: &Database,
        if_missing: IfMissing,
        known: &[String],
    ) -> anyhow::Error {
        let keyspace = database.keyspace_name().unwrap_or_default();
        let can_create = if_missing == IfMissing::SuggestCreate && self.is_collection();
        let hint = if can_create {
            "--create makes the keyspace and the collection; or name another with --keyspace"
        } else {
            "name one that exists with --keyspace"
        };
        hinted(no_keyspace(keyspace, database.endpoint(), known), hint)
    }

    fn missing(&self, database: &Database, if_missing: IfMissing) -> anyhow::Error {
        let keyspace = database.keyspace_name().unwrap_or_default();
        match (&self.collection, &self.table) {
            (Some(name), _) => hinted(
                format!("there is no collection {name} in the keyspace {keyspace}"),
                match if_missing {
                    IfMissing::SuggestCreate => {
                        "`astra-dev status` lists what there is; import makes one with --create"
                    }
                    _ => "`astra-dev status` lists what there is",
                },
            ),
            (None, name) => {
                let name = name.as_deref().unwrap_or_default();
                hinted(
                    format!("there is no table {name} in the keyspace {keyspace}"),
                    "`astra-dev status` lists what there is; a table is made by createTable or by its application",
                )
            }
        }
    }
}

impl Target {
    /// What one of its items is called.
    pub(crate) fn item(&self) -> &'static str {
        match self {
            Self::Collection(_) => "document",
            Self::Table(..) => "row",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Collection(name) | Self::Table(name, _) => name,
        }
    }

    /// Endpoint, keyspace and name in one line.
    pub(crate) fn place(&self, database: &Database) -> String {
        let keyspace = database.keyspace_name().unwrap_or_default();
        format!("{}/{keyspace}/{}", database.endpoint(), self.name())
    }
}

/// Makes the keyspace where it is missing, on Astra through the DevOps API.
pub(crate) async fn make_keyspace(
    database: &Database,
    replication: Option<&Replication>,
) -> Result<(), Error> {
    let Some(keyspace) = database.keyspace_name() else {
        return Ok(());
    };
    let known = database.list_keyspaces().await?;
    if known.iter().any(|name| name == keyspace) {
        return Ok(());
    }
    create_keyspace(database, keyspace, replication).await
}

/// Makes the keyspace with these copies, or with the server's default.
pub(crate) async fn create_keyspace(
    database: &Database,
    name: &str,
    replication: Option<&Replication>,
) -> Result<(), Error> {
    let create = database.create_keyspace(name);
    // Astra decides itself how many copies there are.
    match replication.filter(|_| !database.environment().is_astra()) {
        Some(replication) => create.replication(replication.clone()).await,
        None => create.await,
    }
}

/// Everything of a document, the vector included.
pub(crate) fn whole() -> serde_json::Value {
    json!({"*": 1})
}
