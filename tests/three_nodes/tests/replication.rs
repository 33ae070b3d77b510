//! What the cluster does with reads and writes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use astra_db::{DataApiClient, Database, Document, Environment, TableDefinition};
use serde_json::json;
use shared::EmbeddedTransport;
use three_nodes::{Consistency, ThreeNodes};

async fn cluster(consistency: Consistency, seed: u64) -> (ThreeNodes, Database) {
    let node = || EmbeddedTransport::in_memory().unwrap();
    let cluster = ThreeNodes::new([node(), node(), node()], node(), consistency, seed);
    let client = DataApiClient::builder()
        .environment(Environment::Other)
        .transport(cluster.clone());
    let database = client.build().unwrap().database("cluster").unwrap();
    let database = database.keyspace("test");
    database.create_keyspace("test").await.unwrap();
    let definition = TableDefinition::default()
        .column("id", astra_db::schema::ColumnType::Int)
        .column("value", astra_db::schema::ColumnType::Int)
        .partition_by(["id"]);
    database.create_table("numbers", definition).await.unwrap();
    (cluster, database)
}

/// Writes a row a hundred times and reads it after each; answers how often what was read was old.
async fn stale(database: &Database) -> usize {
    let rows = database.table::<astra_db::Row>("numbers");
    let mut stale = 0;
    for value in 0..100 {
        let row = Document::try_from(json!({ "id": 1, "value": value })).unwrap();
        let row = astra_db::Row::from(row);
        rows.insert_one(row).await.unwrap();
        let found = rows.find_one(json!({ "id": 1 })).await.unwrap();
        let found = found.and_then(|row| serde_json::to_value(row).ok());
        stale += usize::from(found.is_none_or(|row| row["value"] != value));
    }
    stale
}

#[tokio::test]
async fn a_quorum_reads_what_was_written_and_one_node_may_not() {
    let (_, database) = cluster(Consistency::LocalQuorum, 1).await;
    assert_eq!(stale(&database).await, 0);
    let (cluster, database) = cluster(Consistency::LocalOne, 1).await;
    let old = stale(&database).await;
    assert!(old > 20, "{old}");
    assert!(cluster.stale_reads() >= u64::try_from(old).unwrap());
}

#[tokio::test]
async fn a_node_that_was_down_catches_up() {
    for consistency in [Consistency::LocalOne, Consistency::LocalQuorum] {
        let (cluster, database) = cluster(consistency, 2).await;
        cluster.take_down(0);
        let expected = stale(&database).await;
        assert_eq!(expected > 0, consistency == Consistency::LocalOne);
        cluster.bring_up(0);
        cluster.deliver_all().await.unwrap();
        cluster.take_down(1);
        cluster.take_down(2);
        let rows = database.table::<astra_db::Row>("numbers");
        let row = rows.find_one(json!({ "id": 1 })).await.unwrap().unwrap();
        assert_eq!(serde_json::to_value(row).unwrap()["value"], 99);
    }
}

#[tokio::test]
async fn collections_are_always_current() {
    let (cluster, database) = cluster(Consistency::LocalOne, 3).await;
    cluster.take_down(2);
    let documents = database.create_collection("documents").await.unwrap();
    for value in 0..50 {
        let update = json!({ "$set": { "value": value } });
        let updated = documents.update_one(json!({ "_id": 1 }), update);
        updated.upsert(true).await.unwrap();
        let found = documents.find_one(json!({ "_id": 1 })).await.unwrap();
        assert_eq!(serde_json::to_value(found).unwrap()["value"], value);
    }
}
