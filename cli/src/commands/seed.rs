//! `astra-dev seed`: a little content to look at, in any database.

use astra_db::schema::{ColumnType, Order, SimilarityMetric};
use astra_db::{
    Collection, CollectionDefinition, Database, Error, Replication, Table, TableDefinition, Vector,
};
use serde_json::json;

use crate::database::{Chosen, DatabaseArgs, Environment};
use crate::diagnosis::diagnose;
use crate::output::{self, Outcome};
use crate::target::make_keyspace;
use shared::numbers::counted;

const SONGS: &str = "demo_songs";
const PLAYS: &str = "demo_plays";

/// Fill a keyspace with a little content to look at
///
/// Makes the collection demo_songs, with vectors, and the table demo_plays, and fills both. What is there already stays
/// as it is, so it can be run twice. It touches nothing else; --remove takes away what it made.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Seed {
    /// Remove the demo collection and the demo table, with whatever is in them
    #[arg(long)]
    remove: bool,

    #[command(flatten)]
    database: DatabaseArgs,
}

const EXAMPLES: &str = "\
Examples:
  astra-dev seed --keyspace demo
  astra-dev status --keyspace demo
  astra-dev export --collection demo_songs --keyspace demo
  astra-dev seed --keyspace demo --remove

Exit codes: 0 it is there, 1 it failed, 2 wrong options.";

/// Name, artist, year, seconds, and a place among three moods: calm, bright, loud.
const CATALOGUE: [(&str, &str, i32, i32, [f32; 3]); 8] = [
    (
        "Harbour Lights",
        "The Quiet Mile",
        1998,
        214,
        [0.9, 0.3, 0.1],
    ),
    ("Paper Boats", "Ines Moreau", 2011, 187, [0.8, 0.6, 0.1]),
    ("Copper Wire", "Low Voltage", 2004, 251, [0.1, 0.3, 0.9]),
    ("First Frost", "Ines Moreau", 2014, 203, [0.9, 0.1, 0.1]),
    ("Overpass", "Low Voltage", 2006, 178, [0.2, 0.5, 0.9]),
    (
        "Sunday Market",
        "Orquesta Verde",
        1987,
        232,
        [0.3, 0.9, 0.4],
    ),
    (
        "Long Way Round",
        "The Quiet Mile",
        2001,
        305,
        [0.7, 0.4, 0.2],
    ),
    ("Lantern Song", "Orquesta Verde", 1992, 196, [0.5, 0.9, 0.3]),
];

impl Seed {
    #[tokio::main]
    pub(crate) async fn run(self, environment: Environment) -> anyhow::Result<Outcome> {
        let chosen = self.database.choose(environment)?;
        output::note(&format!("Working on {}.", chosen.describe()));
        if let Some(directory) = chosen.missing().filter(|_| self.remove) {
            let directory = directory.display();
            output::say(&format!(
                "there is no database in {directory}: nothing to remove"
            ));
            return Ok(Outcome::Done);
        }
        let database = chosen.open_or_make().await?;
        let done = if self.remove {
            remove(&database).await
        } else {
            fill(&database, chosen.settings.replication.as_ref()).await
        };
        match done {
            Ok(said) => output::say(&said),
            Err(error) => return Err(explained(&database, &chosen, error).await),
        }
        Ok(Outcome::Done)
    }
}

async fn explained(database: &Database, chosen: &Chosen, error: Error) -> anyhow::Error {
    diagnose(database, error)
        .await
        .into_error(database, chosen.credentials())
}

async fn remove(database: &Database) -> Result<String, Error> {
    database.drop_collection(SONGS).await?;
    database.drop_table(PLAYS).if_exists().await?;
    Ok(format!("{SONGS} and {PLAYS} are gone"))
}

async fn fill(database: &Database, replication: Option<&Replication>) -> Result<String, Error> {
    make_keyspace(database, replication).await?;
    let songs = fill_songs(database).await?;
    let plays = fill_plays(database).await?;
    let keyspace = database.keyspace_name().unwrap_or_default();
    Ok(format!(
        "{SONGS}: {} added; {PLAYS}: {} written; in the keyspace {keyspace}",
        counted(songs, "document"),
        counted(plays, "row")
    ))
}

/// Adds the songs that are missing: a song somebody has changed stays as it is.
async fn fill_songs(database: &Database) -> Result<u64, Error> {
    let definition = CollectionDefinition::default().vector(3, SimilarityMetric::Cosine);
    let songs: Collection = database
        .create_collection(SONGS)
        .definition(definition)
        .await?;
    let mut added = 0;
    for (number, (name, artist, year, seconds, mood)) in (1..).zip(CATALOGUE) {
        let song = astra_db::doc!({
            "_id": format!("song-{number}"),
            "name": name,
            "artist": artist,
            "year": year,
            "seconds": seconds,
            "$vector": Vector::from(mood.to_vec())
        });
        match songs.insert_one(&song).await {
            Ok(_) => added += 1,
            Err(error) if error.is_already_exists() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(added)
}

/// Adds the plays that are missing, newest first within a song: one that somebody has changed stays as it is.
async fn fill_plays(database: &Database) -> Result<u64, Error> {
    let definition = TableDefinition::default()
        .column("song", ColumnType::Text)
        .column("at", ColumnType::Timestamp)
        .column("listener", ColumnType::Text)
        .column("stars", ColumnType::Int)
        .partition_by(["song"])
        .partition_sort("at", Order::Descending);
    let plays = database
        .create_table(PLAYS, definition)
        .if_not_exists()
        .await?;
    let plays: Table<serde_json::Value> = plays.clone_with_type();
    let mut written = 0;
    for number in 1..=CATALOGUE.len() {
        for (day, listener) in (1..).zip(["ana", "bo", "cleo"]) {
            let key = json!({
                "song": format!("song-{number}"),
                "at": format!("2026-01-{:02}T20:{:02}:00Z", day * 7, number * 5)
            });
            // An insert into a table writes over a row with the same key.
            if plays.find_one(&key).await?.is_some() {
                continue;
            }
            let mut row = key;
            row["listener"] = json!(listener);
            row["stars"] = json!(1 + (number * 3 + day) % 5);
            plays.insert_one(row).await?;
            written += 1;
        }
    }
    Ok(written)
}
