//! Data that a version before the collections has written, in `tests/stored/tables_only`: accounts, sessions and reviews
//! in tables. It was killed while five people wrote, changed and deleted reviews; three pending changes and a pointer to
//! no review are what that left. Next to the samples it has `user0@example.com` to `user5@example.com`.

use std::collections::BTreeSet;
use std::path::Path;

use astra_db::Document;
use astra_db::table::Timestamp;
use reviews::carry_over::carry_over;
use reviews::domain::account::Password;
use reviews::start::housekeep;
use serde_json::{Value, json};
use shared::EmbeddedTransport;
use tempfile::TempDir;

use crate::api::{PASSWORD, TEXT, TestApi};
use crate::listening::{Heard, listening_to};

/// The token that the earlier version gave to `user0@example.com`; it expires in 2036.
const TOKEN: &str = "s7SgPJ47FCxr9v6X8JcnpnTKS_7ze6rr5zXH6oam4fA";
/// How many reviews there are, and by how many people.
const REVIEWS: usize = 78;

/// A copy of the data. The folder goes with the guard.
async fn stored() -> (TempDir, TestApi, Heard) {
    let data = tempfile::tempdir().unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored/tables_only/astra.db");
    std::fs::copy(stored, data.path().join("astra.db")).unwrap();
    let engine = EmbeddedTransport::open(data.path().to_owned())
        .await
        .unwrap();
    let (api, heard) = listening_to(engine, "default_keyspace").await;
    (data, api, heard)
}

/// Every vehicle's rating is what its reviews say, and every review is in the list of its author. Answers how many
/// reviews there are.
async fn must_agree(api: &TestApi) -> usize {
    let (_, vehicles) = api.anybody().pages("/api/vehicles?limit=100").await;
    let mut reviews = 0;
    for vehicle in &vehicles {
        let path = format!("/api/vehicles/{}/reviews", vehicle["id"].as_str().unwrap());
        let (_, rows) = api.anybody().pages(&path).await;
        for stars in 1..=5 {
            let counted = rows.iter().filter(|row| row["rating"] == stars).count();
            assert_eq!(
                vehicle["rating"]["stars"][stars.to_string()],
                counted,
                "{path}"
            );
        }
        let authors: BTreeSet<_> = rows
            .iter()
            .map(|row| row["author_id"].to_string())
            .collect();
        assert_eq!(authors.len(), rows.len(), "{path}");
        reviews += rows.len();
    }
    reviews
}

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().unwrap()
}

#[tokio::test]
async fn accounts_sessions_and_reviews_of_the_earlier_version_are_carried_over() {
    let (_data, api, _) = stored().await;
    carry_over(&api.store, Timestamp::now()).await.unwrap();
    assert_eq!(must_agree(&api).await, REVIEWS);
    assert_eq!(api.store.ratings.all_pending().await.unwrap(), []);
    let still_logged_in = api.with_token(TOKEN);
    let me = still_logged_in.get("/api/users/me").await.must_be(200);
    assert_eq!(me.json()["email"], "user0@example.com");
    for number in 0..6 {
        let name = format!("user{number}");
        api.register(&name).await.must_be(409);
        let email = format!("{name}@example.com");
        let session = api.log_in(&email, PASSWORD).await.must_be(201).json();
        let user = api.with_token(session["token"].as_str().unwrap());
        let mine = user.get("/api/users/me/reviews").await.must_be(200).json();
        for review in items(&mine) {
            let id = |name: &str| review[name].as_str().unwrap();
            let vehicle = format!("/api/vehicles/{}", id("vehicle_id"));
            user.review(&vehicle, 3).await.must_be(409);
            let path = format!("{vehicle}/reviews/{}", id("id"));
            user.patch(&path, json!({ "rating": 1 })).await.must_be(200);
            if number % 2 == 0 {
                user.delete(&path).await.must_be(204);
                user.review(&vehicle, 2).await.must_be(201);
            }
        }
    }
    assert_eq!(must_agree(&api).await, REVIEWS);
}

#[tokio::test]
async fn a_start_that_is_killed_while_carrying_over_is_carried_on_by_the_next_one() {
    let (_data, api, heard) = stored().await;
    for commands in [1, 20, 101, 102, 104, 106, 200] {
        heard.stop_after(commands);
        carry_over(&api.store, Timestamp::now()).await.unwrap_err();
        heard.go_on();
    }
    carry_over(&api.store, Timestamp::now()).await.unwrap();
    // What a start was doing when it was killed is finished by the housekeeping.
    let later = Timestamp::from_millis(Timestamp::now().as_millis() + 120_000);
    housekeep(&api.store, false, later).await.unwrap();
    assert_eq!(api.store.ratings.all_pending().await.unwrap(), []);
    assert_eq!(must_agree(&api).await, REVIEWS);
    api.with_token(TOKEN)
        .get("/api/users/me")
        .await
        .must_be(200);
}

#[tokio::test]
async fn what_the_earlier_version_writes_while_both_run_is_carried_over_by_the_housekeeping() {
    let (_data, api, _) = stored().await;
    carry_over(&api.store, Timestamp::now()).await.unwrap();
    let rows = |table: &str| api.store.database().table::<astra_db::Row>(table);
    let id = |text: &str| format!("{text}-0000-7000-8000-000000000000");
    let (vehicle, author) = ("01890000-0000-7000-8000-00000000000b", id("01a30000"));
    let password = Password::try_from(PASSWORD.to_owned()).unwrap();
    let hash = api.passwords.hash(&password).await.unwrap();
    let account = json!({
        "email": "late@example.com", "user_id": author, "first_name": "Late", "last_name": "T",
        "password_hash": hash, "created_at": "2026-11-30T21:00:00Z", "confirmed_at": "2026-11-30T21:00:00Z",
    });
    let review = |id: &str| {
        json!({
            "vehicle_id": vehicle, "review_id": id, "user_id": author, "author": "Late T.", "rating": 5, "text": TEXT,
            "created_at": "2026-11-30T21:00:00Z", "updated_at": "2026-11-30T21:00:00Z",
        })
    };
    let insert = async |table: &str, row: Value| {
        let row = astra_db::Row::from(Document::try_from(row).unwrap());
        rows(table).insert_one(row).await.unwrap();
    };
    insert("accounts", account).await;
    // On a cluster whose tables are read at one replica, the earlier version let a second review pass, and left rows of
    // which columns are missing.
    insert("reviews_by_vehicle", review(&id("01a30001"))).await;
    insert("reviews_by_vehicle", review(&id("01a30002"))).await;
    insert(
        "reviews_by_vehicle",
        json!({ "vehicle_id": vehicle, "review_id": id("01a30003"), "rating": 4 }),
    )
    .await;
    insert("accounts", json!({ "email": "half@example.com", "user_id": id("01a30004"), "confirmed_at": "2026-11-30T21:00:00Z" })).await;
    housekeep(&api.store, true, Timestamp::now()).await.unwrap();
    assert_eq!(must_agree(&api).await, REVIEWS + 1);
    let session = api
        .log_in("late@example.com", PASSWORD)
        .await
        .must_be(201)
        .json();
    let late = api.with_token(session["token"].as_str().unwrap());
    let mine = late.get("/api/users/me/reviews").await.must_be(200).json();
    assert_eq!(items(&mine).len(), 1);
    let kept = items(&mine)[0]["id"].as_str().unwrap().to_owned();
    // The earlier version changes a review.
    let mut changed = review(&kept);
    changed["rating"] = json!(2);
    changed["updated_at"] = json!("2026-11-30T21:30:00Z");
    insert("reviews_by_vehicle", changed).await;
    housekeep(&api.store, true, Timestamp::now()).await.unwrap();
    assert_eq!(must_agree(&api).await, REVIEWS + 1);
    let mine = late.get("/api/users/me/reviews").await.must_be(200).json();
    assert_eq!(items(&mine)[0]["rating"], 2);
    // A day later the earlier version is no longer running, and its tables are not read.
    let tomorrow = Timestamp::from_millis(Timestamp::now().as_millis() + 25 * 3_600_000);
    assert!(!api.store.earlier.is_due(tomorrow).await.unwrap());
}

#[tokio::test]
async fn a_new_database_has_nothing_to_carry_over() {
    let api = TestApi::start().await;
    carry_over(&api.store, Timestamp::now()).await.unwrap();
    assert!(!api.store.earlier.is_due(Timestamp::now()).await.unwrap());
    let tables = api.store.database().list_table_names().await.unwrap();
    assert_eq!(tables.len(), 5, "{tables:?}");
}
