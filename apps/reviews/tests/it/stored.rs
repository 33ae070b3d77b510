//! Data that an earlier version has written, in `tests/stored/`: this one opens it, shows it and goes on with it.

use std::path::Path;

use astra_db::table::Timestamp;
use reviews::carry_over::carry_over;
use shared::settings::DataSettings;

use crate::api::TestApi;

/// `first` has the samples, as the first version wrote them.
#[tokio::test]
async fn the_samples_of_the_first_version_are_all_there_and_take_new_reviews() {
    let data = tempfile::tempdir().unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored/first/astra.db");
    std::fs::copy(stored, data.path().join("astra.db")).unwrap();
    let database = shared::connect::open(&DataSettings::embedded(data.path())).await;
    let api = TestApi::on(database.unwrap(), &[]).await;
    // As each start does.
    carry_over(&api.store, Timestamp::now()).await.unwrap();
    assert_eq!(reviews::seed(&api.store).await.unwrap(), 0);
    let (sizes, vehicles) = api.anybody().pages("/api/vehicles?limit=100").await;
    assert_eq!(sizes, [12]);
    let writer = api.user("late.writer").await;
    for vehicle in &vehicles {
        let path = format!("/api/vehicles/{}", vehicle["id"].as_str().unwrap());
        let (_, rows) = api
            .anybody()
            .pages(&format!("{path}/reviews?limit=100"))
            .await;
        assert_eq!(vehicle["rating"]["count"], rows.len());
        let (before, _) = api.rating(&path).await;
        writer.review(&path, 3).await.must_be(201);
        assert_eq!(api.rating(&path).await.0, before + 1);
    }
}
