//! Collections and tables are made once, whatever happens meanwhile.

use astra_db::{CollectionDefinition, Database, Document};
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::schema::{NotMade, Schema, SchemaRecord};
use shared::{Startup, connect};

use crate::scripted::{Answer, Asked, Scripted, refusal};

const HOME: &str = "secrets";
const OTHERS: [&str; 3] = ["carts", "orders", "products"];

async fn open(database: &Database) -> Result<SchemaRecord, NotMade> {
    let definition = CollectionDefinition::default();
    let schema = Schema::begin(database, HOME, &definition).await?;
    let opened = async {
        schema.collection(HOME, &definition).await?;
        for name in OTHERS {
            schema.collection(name, &definition).await?;
        }
        Ok(schema.record())
    };
    let opened = opened.await;
    schema.finish(opened).await
}

async fn start(server: &Scripted) -> anyhow::Result<SchemaRecord> {
    let open = async |database: Database| Ok(open(&database).await?);
    connect(&server.settings(&[]), &Startup::default(), open).await
}

async fn database(server: &Scripted) -> Database {
    let mut settings = server.settings(&[]);
    "default_keyspace".clone_into(&mut settings.keyspace);
    connect::open(&settings).await.unwrap()
}

fn made(server: &Scripted) -> Vec<String> {
    let payloads = server.payloads("createCollection").into_iter();
    let mut names: Vec<String> = payloads
        .map(|payload| payload["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort_unstable();
    names
}

fn is_schema_command(asked: &Asked) -> bool {
    let data = [
        "find",
        "findOne",
        "insertOne",
        "updateOne",
        "countDocuments",
    ];
    !data.contains(&asked.command.as_str())
}

#[tokio::test]
async fn ten_instances_that_start_together_make_each_collection_once() {
    let server = Scripted::start(|_| None).await;
    let started = join_all((0..10).map(|_| start(&server))).await;
    for outcome in started {
        outcome.unwrap();
    }
    let mut made = made(&server);
    made.retain(|name| name != HOME);
    assert_eq!(made, OTHERS);
}

#[tokio::test]
async fn a_start_on_a_complete_database_needs_no_schema_command() {
    let server = Scripted::start(|_| None).await;
    start(&server).await.unwrap();
    server.then(|asked| is_schema_command(asked).then_some(Answer::Never));
    let record = start(&server).await.unwrap();
    record.answers().await.unwrap();
    assert!(server.commands().iter().all(|command| command == "findOne"));
}

#[tokio::test]
async fn what_a_crash_left_half_made_is_finished() {
    let server = Scripted::start(|asked| {
        let is_orders = asked.command == "createCollection" && asked.payload["name"] == "orders";
        is_orders.then(|| refusal("INVALID_CREATE_COLLECTION_OPTIONS"))
    })
    .await;
    let error = start(&server).await.unwrap_err();
    assert!(
        format!("{error:#}").contains("making the collection orders"),
        "{error:#}"
    );
    // As if it had crashed with the work in its hands, and long ago.
    let home = database(&server).await.collection::<Value>(HOME);
    let past = json!({ "$set": { "maker": { "id": "gone", "until": { "$date": 1 } } } });
    home.update_one(json!({ "_id": "schema" }), past)
        .await
        .unwrap();
    server.then(|_| None);
    start(&server).await.unwrap();
    assert_eq!(made(&server), ["orders", "products"]);
}

#[tokio::test]
async fn what_somebody_dropped_is_made_again() {
    let server = Scripted::start(|_| None).await;
    start(&server).await.unwrap();
    database(&server)
        .await
        .drop_collection("carts")
        .await
        .unwrap();
    server.then(|_| None);
    start(&server).await.unwrap();
    assert_eq!(made(&server), ["carts"]);
}

#[tokio::test]
async fn a_database_that_an_earlier_version_made_is_completed_and_kept() {
    let server = Scripted::start(|_| None).await;
    let old = database(&server).await;
    old.create_keyspace("default_keyspace").await.unwrap();
    for name in [HOME, "carts"] {
        old.create_collection(name).await.unwrap();
    }
    let carts = old.collection::<Document>("carts");
    let cart = Document::try_from(json!({ "_id": "a" })).unwrap();
    carts.insert_one(cart).await.unwrap();
    start(&server).await.unwrap();
    assert!(
        carts
            .find_one(json!({ "_id": "a" }))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_full_database_names_everything_that_is_missing() {
    let server = Scripted::start(|asked| {
        let is_other = asked.command == "createCollection" && asked.payload["name"] != HOME;
        is_other.then(|| refusal("TOO_MANY_COLLECTIONS"))
    })
    .await;
    let error = format!("{:#}", start(&server).await.unwrap_err());
    for part in [
        "has no room for what is missing",
        "astra-dev status",
        "the collection carts, the collection orders, the collection products",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[tokio::test]
async fn samples_that_a_crash_cut_short_are_known() {
    let server = Scripted::start(|_| None).await;
    let record = start(&server).await.unwrap();
    assert!(!record.is_seeding().await.unwrap());
    record.set_seeding(true).await.unwrap();
    assert!(start(&server).await.unwrap().is_seeding().await.unwrap());
    record.set_seeding(false).await.unwrap();
    assert!(!record.is_seeding().await.unwrap());
}
