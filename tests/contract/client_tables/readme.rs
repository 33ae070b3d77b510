//! The programs of the client's README, here they run.

use astra_db::Row;
use astra_db::table::Timestamp;
use serde_json::json;

use super::everywhere;

#[path = "../../../client/examples/structs.rs"]
#[expect(dead_code, reason = "it has a main of its own")]
mod structs;

#[path = "../../../client/examples/tour.rs"]
#[expect(dead_code, reason = "it has a main of its own")]
mod tour;

#[tokio::test]
async fn the_tour_runs_and_leaves_what_it_says() {
    everywhere(async |db| {
        tour::run(&db).await.unwrap();
        let plays = db
            .table::<Row>("plays")
            .find(json!({}))
            .all()
            .await
            .unwrap();
        let seconds = plays.iter().map(|row| row.read::<i32>("seconds").unwrap());
        assert_eq!(seconds.collect::<Vec<_>>(), [180, 90]);
        let songs = db.collection::<astra_db::Document>("songs");
        assert_eq!(songs.find(json!({})).all().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_example_of_a_table_made_of_a_struct_runs() {
    everywhere(async |db| {
        structs::run(db.clone()).await.unwrap();
        let stored = db.table::<Row>("reviews").find(json!({})).await.unwrap();
        let rows = stored.all().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].read::<i32>("rating").unwrap(), 5);
        assert!(rows[0].read::<Timestamp>("writtenAt").unwrap() <= Timestamp::now());
        assert_eq!(
            rows[0].get("author").unwrap().to_string(),
            r#"{"name":"Brian"}"#
        );
    })
    .await;
}
