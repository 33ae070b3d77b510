//! Tables made of structs, and what happens when the two part.

use std::collections::{BTreeMap, BTreeSet};

use astra_db::schema::{
    CollectionDefinition, ColumnType, RegularIndex, SimilarityMetric, TableDefinition,
    TypeDefinition, VectorIndex,
};
use astra_db::table::{Timestamp, Uuid};
use astra_db::{
    CollectionDocument, Database, DocumentId, Drift, SyncPlan, SyncStep, TableRow, Udt, Vector,
};
use serde::{Deserialize, Serialize};

use super::everywhere;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Udt)]
#[udt(name = "address")]
struct Address {
    street: Option<String>,
    zip: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TableRow)]
#[table(name = "vehicles")]
#[serde(rename_all = "camelCase")]
struct Vehicle {
    #[partition_key]
    owner_id: Uuid,
    #[clustering(desc)]
    bought_at: Timestamp,
    #[index(case_sensitive = false)]
    make: Option<String>,
    #[index]
    tags: BTreeSet<String>,
    #[text_index]
    notes: Option<String>,
    #[vector(dimension = 3)]
    #[vector_index(metric = "dot_product")]
    likeness: Option<Vector>,
    keeper: Option<Address>,
}

/// What was there before the struct: fewer columns, one more, another type, other indexes.
async fn make_an_older_table(db: &Database) {
    let address = TypeDefinition::default().field("street", ColumnType::Text);
    db.create_type("address", address.field("box", ColumnType::Int))
        .await
        .unwrap();
    let definition = TableDefinition::default()
        .column("ownerId", ColumnType::Uuid)
        .column("boughtAt", ColumnType::Timestamp)
        .column("make", ColumnType::Text)
        .column("doors", ColumnType::Int)
        .column("likeness", ColumnType::vector(3))
        .column("notes", ColumnType::Int)
        .partition_by(["ownerId"])
        .partition_sort("boughtAt", astra_db::schema::Order::Descending);
    let table = db.create_table("vehicles", definition).await.unwrap();
    table.create_index("by_doors", "doors").await.unwrap();
    table
        .create_index("by_make", RegularIndex::new("make"))
        .await
        .unwrap();
    let likeness = VectorIndex::new("likeness");
    table
        .create_index("vehicles_likeness_idx", likeness)
        .await
        .unwrap();
}

fn commands(plan: &SyncPlan) -> Vec<String> {
    plan.steps.iter().map(SyncStep::to_string).collect()
}

fn differences(plan: &SyncPlan) -> Vec<String> {
    let mut found: Vec<String> = plan.drift.iter().map(Drift::to_string).collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_table_is_made_of_a_struct_once_and_holds_its_rows() {
    everywhere(async |db| {
        let plan = db.sync_table::<Vehicle>().plan().await.unwrap();
        let columns = "ownerId uuid, boughtAt timestamp, make text";
        let written = commands(&plan);
        assert_eq!(written[0], "create type address (street text, zip int)");
        assert!(
            written[1].starts_with(&format!("create table vehicles ({columns}")),
            "{plan}"
        );
        assert_eq!(
            written[2..],
            [
                "create index vehicles_make_idx",
                "create index vehicles_tags_idx",
                "create index vehicles_notes_idx",
                "create index vehicles_likeness_idx"
            ]
        );
        assert!(
            db.list_table_names().await.unwrap().is_empty(),
            "a plan makes nothing"
        );

        assert_eq!(db.sync_table::<Vehicle>().await.unwrap(), plan);
        let again = db.sync_table::<Vehicle>().await.unwrap();
        assert!(again.is_in_sync(), "{again}");

        let vehicles = db.table::<Vehicle>(Vehicle::TABLE_NAME);
        let mut vehicle = Vehicle {
            owner_id: Uuid::now_v7(),
            bought_at: "2024-01-31T12:00:00Z".parse().unwrap(),
            make: Some("Volvo".into()),
            tags: BTreeSet::from(["red".to_owned()]),
            notes: None,
            likeness: Some(vec![1.0, 0.0, 0.5].into()),
            keeper: Some(Address {
                street: Some("Main".into()),
                zip: None,
            }),
        };
        vehicles.insert_one(&vehicle).await.unwrap();
        let key = vehicle.key();
        vehicles
            .update_one(&key, Vehicle::notes().set("runs well"))
            .await
            .unwrap();
        vehicle.notes = Some("runs well".into());
        assert_eq!(vehicles.find_one(&key).await.unwrap(), Some(vehicle));
        vehicles.delete_one(&key).await.unwrap();
        assert_eq!(vehicles.find_one(&key).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_added_and_what_differs_is_told_of_and_left() {
    everywhere(async |db| {
        make_an_older_table(&db).await;
        let plan = db.sync_table::<Vehicle>().plan().await.unwrap();
        assert_eq!(
            commands(&plan),
            [
                "add to type address: zip int",
                "add columns: tags {\"type\":\"set\",\"valueType\":\"text\"}, \
                 keeper {\"type\":\"userDefined\",\"udtName\":\"address\"}",
                "create index vehicles_tags_idx",
            ]
        );
        let left = [
            "column doors (int) is not in the struct",
            "column notes is int, not text",
            "field box of type address is not in the struct",
            "index by_doors is not in the struct",
            "index by_make takes the place of vehicles_make_idx",
            "index vehicles_likeness_idx is defined otherwise",
        ];
        assert_eq!(differences(&plan), left);

        assert_eq!(db.sync_table::<Vehicle>().await.unwrap(), plan);
        let again = db.sync_table::<Vehicle>().await.unwrap();
        assert_eq!(
            (commands(&again), differences(&again)),
            (vec![], left.map(Into::into).into())
        );
    })
    .await;
}

#[tokio::test]
async fn what_the_struct_does_not_have_is_dropped_only_when_it_is_asked_for() {
    everywhere(async |db| {
        make_an_older_table(&db).await;
        db.sync_table::<Vehicle>().await.unwrap();

        let columns = db.sync_table::<Vehicle>().drop_columns(true).await.unwrap();
        assert_eq!(
            commands(&columns),
            ["drop index by_doors", "drop columns: doors"]
        );
        let indexes = db.sync_table::<Vehicle>().drop_indexes(true).await.unwrap();
        assert_eq!(
            commands(&indexes),
            [
                "drop index by_make",
                "drop index vehicles_likeness_idx",
                "create index vehicles_make_idx",
                "create index vehicles_likeness_idx"
            ]
        );
        let left = [
            "column notes is int, not text",
            "field box of type address is not in the struct",
        ];
        let again = db.sync_table::<Vehicle>().await.unwrap();
        assert_eq!(
            (commands(&again), differences(&again)),
            (vec![], left.map(Into::into).into())
        );
    })
    .await;
}

#[tokio::test]
async fn another_primary_key_is_told_of() {
    everywhere(async |db| {
        let definition = TableDefinition::default()
            .column("boughtAt", ColumnType::Timestamp)
            .partition_by(["boughtAt"]);
        db.create_table("vehicles", definition).await.unwrap();
        let plan = db.sync_table::<Vehicle>().plan().await.unwrap();
        let key = "the primary key is (boughtAt), not (ownerId), boughtAt descending";
        assert_eq!(differences(&plan), [key]);
    })
    .await;
}

#[tokio::test]
async fn programs_that_start_together_make_one_table() {
    everywhere(async |db| {
        let starts = std::iter::repeat_with(|| db.sync_table::<Vehicle>().into_future()).take(4);
        for done in futures_util::future::join_all(starts).await {
            assert!(done.unwrap().drift.is_empty());
        }
        let again = db.sync_table::<Vehicle>().await.unwrap();
        assert!(again.is_in_sync(), "{again}");
    })
    .await;
}

#[derive(Serialize, Deserialize, TableRow)]
#[table(name = "games")]
struct Game {
    #[partition_key]
    id: i32,
    #[index]
    #[serde(with = "astra_db::table::map")]
    scores: BTreeMap<i32, i64>,
    #[index(keys)]
    #[index(values, case_sensitive = false)]
    players: BTreeMap<String, String>,
    #[index]
    rounds: Vec<f64>,
}

#[tokio::test]
async fn indexes_of_every_part_of_lists_and_maps_are_recognised() {
    everywhere(async |db| {
        let done = db.sync_table::<Game>().await.unwrap();
        assert_eq!(
            commands(&done)[1..],
            [
                "create index games_scores_idx",
                "create index games_players_keys_idx",
                "create index games_players_values_idx",
                "create index games_rounds_idx"
            ]
        );
        let again = db.sync_table::<Game>().drop_indexes(true).await.unwrap();
        assert!(again.is_in_sync(), "{again}");
    })
    .await;
}

#[derive(Debug, PartialEq, Serialize, Deserialize, CollectionDocument)]
#[collection(
    name = "songs",
    default_id = "uuidv7",
    vector(dimension = 2, metric = "euclidean"),
    lexical = false,
    rerank = false
)]
struct Song {
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    id: Option<DocumentId>,
    title: String,
    #[not_indexed]
    lyrics: String,
}

#[tokio::test]
async fn a_collection_is_made_of_a_struct() {
    everywhere(async |db| {
        db.create_collection_of::<Song>().await.unwrap();
        let songs = db.create_collection_of::<Song>().await.unwrap();
        let song = Song {
            id: None,
            title: "Blue".into(),
            lyrics: "…".into(),
        };
        songs.insert_one(&song).await.unwrap();
        let found = songs
            .find_one(Song::title().eq("Blue"))
            .await
            .unwrap()
            .unwrap();
        assert!(matches!(found.id, Some(DocumentId::Uuid(_))), "{found:?}");
        let refused = songs.find_one(Song::lyrics().eq("…")).await.unwrap_err();
        assert_eq!(
            refused.code(),
            Some(&astra_db::ErrorCode::FilterPathUnindexed)
        );
    })
    .await;
}

#[tokio::test]
async fn a_collection_is_synced_with_its_struct_and_told_of_what_differs() {
    everywhere(async |db| {
        let plan = db.sync_collection::<Song>().plan().await.unwrap();
        assert_eq!(commands(&plan), ["create collection songs"]);
        assert!(db.list_collection_names().await.unwrap().is_empty());
        assert_eq!(db.sync_collection::<Song>().await.unwrap(), plan);
        let again = db.sync_collection::<Song>().await.unwrap();
        assert!(again.is_in_sync(), "{again}");

        db.drop_collection("songs").await.unwrap();
        let other = CollectionDefinition::default()
            .vector(3, SimilarityMetric::Euclidean)
            .no_lexical()
            .no_rerank();
        db.create_collection("songs")
            .definition(other)
            .await
            .unwrap();
        let refused = db.create_collection_of::<Song>().await.unwrap_err();
        assert!(refused.is_already_exists(), "{refused}");
        let songs = db
            .create_collection_of::<Song>()
            .if_not_exists()
            .await
            .unwrap();
        assert_eq!(songs.name(), "songs");
        let synced = db.sync_collection::<Song>().await.unwrap();
        assert!(synced.steps.is_empty(), "{synced}");
        assert_eq!(
            differences(&synced),
            [
                r#"setting defaultId is null, not {"type":"uuidv7"}"#,
                r#"setting indexing is null, not {"deny":["lyrics"]}"#,
                "setting vector.dimension is 3, not 2",
            ]
        );
    })
    .await;
}
