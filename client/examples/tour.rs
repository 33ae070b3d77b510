//! A tour of the crate in 15 tasks, in the order in which a new program meets them.
//!
//! Start a Data API of your own, then this:
//!
//! ```sh
//! cargo run -p astra-dev -- serve --in-memory
//! DATA_API_URI=http://cassandra:cassandra@127.0.0.1:8181/v1/tour cargo run -p astra-db --example tour
//! ```
//!
//! How to test such a program without a database: `astra_db::testing::Mock`, with the feature `testing`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use std::collections::BTreeMap;
use std::time::Duration;

use astra_db::table::{Timestamp, Uuid};
use astra_db::{
    Collection, CollectionDocument, DataApiClient, Database, Error, ErrorCode, Fields, Filter,
    ReturnDocument, TableRow, Vector, doc,
};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A document of the collection `songs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "songs", vector(dimension = 3, metric = "cosine"))]
struct Song {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    artist: Artist,
    plays: u64,
    #[serde(default)]
    ratings: BTreeMap<String, u8>,
    #[serde(rename = "$vector", skip_serializing_if = "Option::is_none")]
    vector: Option<Vector>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Fields)]
struct Artist {
    name: String,
}

/// A row of the table `plays`: those of one listener lie together, the latest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TableRow)]
#[table(name = "plays", partition = PlaysOfListener)]
struct Play {
    #[partition_key]
    listener: Uuid,
    #[clustering(desc)]
    at: Timestamp,
    song: String,
    #[index]
    seconds: i32,
}

fn song(id: &str, artist: &str, vector: [f32; 3]) -> Song {
    Song {
        id: id.to_owned(),
        title: format!("Song {id}"),
        artist: Artist {
            name: artist.to_owned(),
        },
        plays: 0,
        ratings: BTreeMap::new(),
        vector: Some(Vector::from(vector)),
    }
}

/// Tasks 2 to 9: documents.
async fn documents(db: &Database) -> astra_db::Result<()> {
    // 2. A collection made of a struct.
    db.create_collection(Song::COLLECTION_NAME)
        .definition(Song::definition())
        .await?;
    let songs = db.collection_of::<Song>();

    // 3. Insert one, and many.
    songs
        .insert_one(song("blue", "Ada", [1.0, 0.0, 0.0]))
        .await?;
    let more = [
        song("green", "Ada", [0.9, 0.1, 0.0]),
        song("red", "Bob", [0.0, 0.0, 1.0]),
    ];
    let stored = songs.insert_many(&more).await?;
    println!("3. stored {} more", stored.inserted_ids.len());

    // 4. Find with a typed filter.
    let of_ada = songs.find(Song::artist().name().eq("Ada"));
    let of_ada = of_ada.sort(Song::title().asc()).all().await?;
    println!("4. {} songs of Ada", of_ada.len());

    // 5. Find with JSON: it goes wherever a typed filter goes.
    let unheard = songs
        .find_one(json!({"plays": 0, "artist.name": "Bob"}))
        .await?;
    println!("5. {:?}", unheard.map(|song| song.title));

    // 6. A guarded update: it happens only while the condition holds.
    let first = Song::id().eq("blue").and(Song::plays().eq(0));
    let played = Song::plays().inc(1).and(Song::ratings().key("ada").set(5));
    let result = songs.update_one(first, played).await?;
    println!("6. changed {}", result.modified_count);

    // 7. Change a document and read it in one step.
    let next = songs.find_one_and_update(Song::id().eq("blue"), Song::plays().inc(1));
    let next = next.return_document(ReturnDocument::After).await?;
    println!("7. played {} times", next.map_or(0, |song| song.plays));

    // 8. Page by page, and one by one.
    let page = songs
        .find(Filter::<Song>::default())
        .limit(2)
        .page()
        .await?;
    println!(
        "8. {} on the page, more: {}",
        page.items.len(),
        page.next_page_state.is_some()
    );
    let mut stream = songs.find(json!({})).stream();
    while let Some(song) = stream.try_next().await? {
        println!("8. {}", song.id);
    }

    // 9. The most similar.
    let near = songs
        .find(json!({}))
        .sort(Song::vector().near([1.0, 0.1, 0.0]))
        .limit(2);
    let near: Vec<String> = near.all().await?.into_iter().map(|song| song.id).collect();
    println!("9. similar: {near:?}");
    Ok(())
}

/// Tasks 10 and 11: rows.
async fn rows(db: &Database) -> astra_db::Result<()> {
    // 10. A table made of a struct, and its key.
    db.sync_table::<Play>().await?;
    let plays = db.table_of::<Play>();
    let listener = Uuid::now_v7();
    let play = |second: i64, seconds| {
        let at = Timestamp::from_millis(second * 1000);
        Play {
            listener,
            at,
            song: "blue".to_owned(),
            seconds,
        }
    };
    let first = play(1, 30);
    plays.insert_many([&first, &play(2, 180)]).await?;
    plays
        .update_one(first.key(), Play::seconds().set(90))
        .await?;

    // 11. The rows of a partition, in its order.
    let latest = plays
        .find(PlaysOfListener { listener })
        .sort(Play::at().desc())
        .all()
        .await?;
    let long = plays.find(Play::listener().eq(listener).and(Play::seconds().gte(100)));
    println!(
        "11. {} plays, {} long",
        latest.len(),
        long.all().await?.len()
    );
    Ok(())
}

/// Tasks 12 to 15: what can go wrong, and how long it takes.
async fn failures(db: &Database) -> astra_db::Result<()> {
    let songs = db.collection_of::<Song>();

    // 12. Errors by what can be done about them.
    match songs.insert_one(song("blue", "Ada", [1.0, 0.0, 0.0])).await {
        Err(error) if error.is_already_exists() => println!("12. there is one already"),
        outcome => println!("12. stored {}", outcome?.inserted_id),
    }
    let wrong = songs.find(json!({"plays": {"$atLeast": 1}})).all().await;
    let unknown = ErrorCode::FilterUnsupportedOperator;
    println!(
        "12. {}",
        wrong.is_err_and(|error| error.code() == Some(&unknown))
    );

    // 13. What became of each document of a bulk insert.
    let many = (0..120).map(|n| doc!({"_id": format!("song-{}", n % 119)}));
    let untyped: Collection = db.collection(songs.name());
    match untyped.insert_many(many).await {
        Ok(result) => println!("13. stored {}", result.inserted_ids.len()),
        Err(Error::InsertMany(error)) => {
            println!("13. stored {}", error.inserted().count());
            for (index, reason) in error.failed() {
                println!("13. document {index}: {reason}");
            }
        }
        Err(error) => return Err(error),
    }

    // 14. A time limit for one call, and for all calls of a handle.
    let quick = songs.with_options(|options| options.timeout(Duration::from_secs(2)));
    let count = quick
        .count_documents(json!({}), 1000)
        .timeout(Duration::from_secs(1));
    println!("14. {} documents", count.await?);

    // 15. Delete: some, or all.
    let deleted = untyped
        .delete_many(json!({"title": {"$exists": false}}))
        .await?;
    println!("15. deleted {:?}", deleted.deleted_count);
    songs.delete_all().await?;
    Ok(())
}

/// Runs all tasks in the keyspace of this database.
pub(crate) async fn run(db: &Database) -> astra_db::Result<()> {
    documents(db).await?;
    rows(db).await?;
    failures(db).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // 1. Connect: address, credentials and keyspace in one line.
    let db = DataApiClient::connect(&std::env::var("DATA_API_URI")?)?;
    if !db.environment().is_astra() {
        db.create_keyspace(db.keyspace_name().unwrap_or("default_keyspace"))
            .await?;
    }
    run(&db).await?;
    db.collection_of::<Song>().drop().await?;
    db.table_of::<Play>().drop().await?;
    Ok(())
}
