//! `astra-dev status`: what an application started here would be connected to.

use std::path::Path;

use anyhow::Context as _;
use astra_db::{Database, Document, Error, Row};
use astra_local::Limits;
use serde::Serialize;

use crate::database::{Chosen, DatabaseArgs, Environment, MADE_ELSEWHERE};
use crate::diagnosis::{Finding, diagnose, no_keyspace};
use crate::output::{self, Outcome, hinted};
use crate::probe::{self, Latency};
use shared::numbers::{counted, grouped};

/// Tell what this place is connected to
///
/// Reads the settings as an application would, from the environment and from .env, and asks the database they name:
/// its keyspaces, the collections and tables with their sizes, and how long round trips take. It changes nothing.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Status {
    /// How many round trips are timed
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    round_trips: u16,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: DatabaseArgs,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev status
  astra-dev status --json | jq .latency.median_ms
  astra-dev status --env-file staging.env --keyspace shop

Exit codes: 0 the database answers, 1 it does not, 2 wrong options.";

#[derive(Serialize)]
struct Report {
    connected_to: String,
    endpoint: String,
    environment: String,
    keyspace: String,
    /// Empty where the credentials may not list them.
    keyspaces: Vec<String>,
    collections: Vec<Collection>,
    tables: Vec<Table>,
    used: Used,
    latency: Latency,
    limits: LimitsReport,
    versions: Versions,
}

#[derive(Serialize)]
struct Collection {
    name: String,
    /// As the server estimates it; none where it does not.
    documents: Option<u64>,
}

#[derive(Serialize)]
struct Table {
    name: String,
    columns: usize,
    primary_key: Vec<String>,
    indexes: usize,
}

/// What this keyspace takes of the limits of a whole database. Others of the database take some, too.
#[derive(Serialize)]
struct Used {
    collections: usize,
    tables: usize,
    /// Ten for each collection, and those of the tables.
    indexes: usize,
    /// The most that Astra allows; none elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Room>,
}

#[derive(Serialize)]
struct Room {
    collections: usize,
    tables: usize,
    indexes: usize,
}

/// Indexes that the Data API makes for a collection.
const INDEXES_OF_COLLECTION: usize = 10;

/// What the Data API takes, in its standard configuration.
#[derive(Serialize)]
struct LimitsReport {
    documents_in_one_insert: usize,
    documents_on_a_page: usize,
    documents_in_a_sort: usize,
    documents_counted_exactly: usize,
    hits_of_a_vector_search: u32,
}

#[derive(Serialize)]
struct Versions {
    astra_dev: &'static str,
    /// The Data API tells no version of its own.
    data_api: &'static str,
}

impl Status {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let chosen = self.database.choose(environment)?;
        if let Some(directory) = chosen.missing() {
            return self.nothing_yet(&chosen, directory);
        }
        let database = chosen.open_or_make().await?;
        let report = match self.ask(&database, &chosen).await {
            Ok(report) => report,
            Err(error) => {
                let error = match diagnose(&database, error).await {
                    Finding::NoKeyspace { known } if chosen.embedded().is_some() => hinted(
                        no_keyspace(&chosen.settings.keyspace, database.endpoint(), &known),
                        "name one that exists with --keyspace, or make it: an application that starts here does, and so does `astra-dev seed`",
                    ),
                    finding => finding.into_error(&database, chosen.credentials()),
                };
                return Err(error).context(format!("asking {}", chosen.describe()));
            }
        };
        if self.json {
            output::say_json(&report)?;
        } else {
            output::say(&report.text());
        }
        Ok(Outcome::Done)
    }

    /// Looking must not make a database.
    fn nothing_yet(&self, chosen: &Chosen, directory: &Path) -> anyhow::Result<Outcome> {
        let connected_to = chosen.describe();
        if self.json {
            output::say_json(&serde_json::json!({"connected_to": connected_to, "exists": false}))?;
        } else {
            output::say(&format!("Not connected yet: {connected_to}"));
            output::note(&format!(
                "There is no database in {} yet; {MADE_ELSEWHERE}.",
                directory.display()
            ));
        }
        Ok(Outcome::Done)
    }

    async fn ask(&self, database: &Database, chosen: &Chosen) -> Result<Report, Error> {
        let hasty = probe::hasty(database);
        let latency = probe::probe(&hasty, usize::from(self.round_trips)).await?;
        // A token for one keyspace may not list all of them; that is no failure of the connection.
        let keyspaces = hasty.list_keyspaces().await.unwrap_or_default();
        let (collections, tables) = (collections(&hasty).await?, tables(&hasty).await?);
        Ok(Report {
            connected_to: chosen.describe(),
            endpoint: database.endpoint().to_owned(),
            environment: database.environment().to_string(),
            keyspace: chosen.settings.keyspace.clone(),
            keyspaces,
            used: used(&collections, &tables, database.environment().is_astra()),
            collections,
            tables,
            latency,
            limits: limits(),
            versions: Versions {
                astra_dev: env!("CARGO_PKG_VERSION"),
                data_api: "v1",
            },
        })
    }
}

async fn collections(database: &Database) -> Result<Vec<Collection>, Error> {
    let mut collections = Vec::new();
    for name in database.list_collection_names().await? {
        let collection = database.collection::<Document>(name.as_str());
        // Not every server estimates; the name is worth telling all the same.
        let documents = collection.estimated_document_count().await.ok();
        collections.push(Collection { name, documents });
    }
    Ok(collections)
}

async fn tables(database: &Database) -> Result<Vec<Table>, Error> {
    let mut tables = Vec::new();
    for name in database.list_table_names().await? {
        if let Some(definition) = database.table::<Row>(name.as_str()).definition().await? {
            let primary_key = definition
                .primary_key
                .columns()
                .map(str::to_owned)
                .collect();
            let columns = definition.columns.len();
            let indexes = database.table::<Row>(name.as_str()).list_index_names();
            let indexes = indexes.await?.len();
            tables.push(Table {
                name,
                columns,
                primary_key,
                indexes,
            });
        }
    }
    Ok(tables)
}

fn used(collections: &[Collection], tables: &[Table], on_astra: bool) -> Used {
    let of_tables: usize = tables.iter().map(|table| table.indexes).sum();
    Used {
        collections: collections.len(),
        tables: tables.len(),
        indexes: collections.len() * INDEXES_OF_COLLECTION + of_tables,
        of: on_astra.then(|| {
            let Limits {
                collections,
                tables,
                indexes,
                ..
            } = Limits::astra();
            Room {
                collections,
                tables,
                indexes,
            }
        }),
    }
}

impl Used {
    fn text(&self) -> String {
        let part = |count: usize, of: fn(&Room) -> usize| match &self.of {
            Some(room) => format!("{count} of {}", of(room)),
            None => count.to_string(),
        };
        format!(
            "collections: {}, tables: {}, indexes: {} (10 for each collection)",
            part(self.collections, |room| room.collections),
            part(self.tables, |room| room.tables),
            part(self.indexes, |room| room.indexes),
        )
    }
}

fn limits() -> LimitsReport {
    let limits = Limits::default();
    LimitsReport {
        documents_in_one_insert: limits.insert_documents,
        documents_on_a_page: limits.page,
        documents_in_a_sort: limits.sorted_documents,
        documents_counted_exactly: limits.counted_documents,
        hits_of_a_vector_search: limits.vector_search,
    }
}

impl Report {
    fn text(&self) -> String {
        let keyspaces = if self.keyspaces.is_empty() {
            "(not allowed to list them)".to_owned()
        } else {
            self.keyspaces.join(", ")
        };
        let Latency {
            round_trips,
            median_ms,
            max_ms,
        } = self.latency;
        let limits = &self.limits;
        let mut lines = vec![
            format!("Connected to  {}", self.connected_to),
            format!("Keyspace      {} (of {keyspaces})", self.keyspace),
            format!(
                "Latency       {median_ms} ms median, {max_ms} ms at most, of {round_trips} round trips"
            ),
        ];
        lines.extend(self.collections.iter().map(|collection| {
            let size = collection.documents.map_or_else(
                || "size unknown".to_owned(),
                |count| format!("about {}", counted(count, "document")),
            );
            format!("Collection    {} ({size})", collection.name)
        }));
        lines.extend(self.tables.iter().map(|table| {
            let key = table.primary_key.join(", ");
            let columns = counted(table.columns as u64, "column");
            format!("Table         {} ({columns}, key {key})", table.name)
        }));
        lines.push(format!("Used          {}", self.used.text()));
        lines.push(format!(
            "Limits        {} documents in an insert, {} on a page, {} in a sort; {} counted exactly; {} vector hits",
            limits.documents_in_one_insert,
            limits.documents_on_a_page,
            grouped(limits.documents_in_a_sort as u64),
            grouped(limits.documents_counted_exactly as u64),
            grouped(limits.hits_of_a_vector_search.into()),
        ));
        lines.push(format!(
            "Versions      astra-dev {}, Data API {}",
            self.versions.astra_dev, self.versions.data_api
        ));
        lines.join("\n")
    }
}
