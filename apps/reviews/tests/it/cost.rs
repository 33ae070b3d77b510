//! What a request costs: which commands reach the database, and that their number does not grow
//! with the data.

use serde_json::json;

use crate::api::{Client, PASSWORD, TestApi};
use crate::listening::{Heard, listening_api};

/// Everybody reviews the vehicle.
async fn reviewed_by(api: &TestApi, vehicle: &str, names: std::ops::Range<u32>) {
    for number in names {
        let user = api.user(&format!("user{number}")).await;
        user.review(vehicle, i64::from(number % 5 + 1))
            .await
            .must_be(201);
    }
}

#[tokio::test]
async fn looking_at_a_vehicle_takes_three_commands_however_many_reviews_it_has() {
    let (api, heard) = listening_api().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    for names in [0..3, 3..120] {
        reviewed_by(&api, &taycan, names).await;
        heard.commands();
        api.anybody().get(&taycan).await.must_be(200);
        let all = [
            "find reviews_and_ratings",
            "find reviews_by_vehicle",
            "findOne vehicles",
        ];
        assert_eq!(heard.sorted(), all);
        api.anybody()
            .get(&format!("{taycan}/reviews?limit=50"))
            .await
            .must_be(200);
        let commands = heard.sorted();
        // One row more than the page is asked for; it lies on the Data API's next page.
        assert!(
            commands.len() <= 3 && !commands.contains(&"find reviews_and_ratings".to_owned()),
            "{commands:?}"
        );
    }
}

#[tokio::test]
async fn writing_a_review_takes_eight_commands_however_many_there_are() {
    let (api, heard) = listening_api().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    // Of the first reviews of a vehicle, some make the document of their shard, which is a command more.
    for names in [0..40, 40..120] {
        let last = names.end;
        reviewed_by(&api, &taycan, names).await;
        let dom = api.user(&format!("dom{last}")).await;
        heard.commands();
        let created = dom.review(&taycan, 4).await.must_be(201);
        let path = created.header("location").to_owned();
        let commands = heard.commands();
        let in_order = [
            "find user_sessions",
            // At the same time: is there such a vehicle, and has the user reviewed it?
            "findOne vehicles",
            "findOne reviews_and_ratings",
            // The pending marker.
            "updateOne reviews_and_ratings",
            "insertOne reviews_and_ratings",
            // Where it will be found, and the review in its list.
            "insertOne reviews_by_user",
            "insertOne reviews_by_vehicle",
            // It is counted.
            "updateOne reviews_and_ratings",
        ];
        assert_eq!(sorted(&commands), sorted(&in_order), "{commands:#?}");

        dom.patch(&path, json!({ "rating": 2 })).await.must_be(200);
        let editing = [
            "find user_sessions",
            "findOne reviews_and_ratings",
            "updateOne reviews_and_ratings",
            "findOneAndReplace reviews_and_ratings",
            "insertOne reviews_by_vehicle",
            "updateOne reviews_and_ratings",
        ];
        assert_eq!(heard.commands(), editing);
        dom.delete(&path).await.must_be(204);
        let deleting = [
            "find user_sessions",
            "findOne reviews_and_ratings",
            "updateOne reviews_and_ratings",
            "findOneAndReplace reviews_and_ratings",
            "deleteOne reviews_by_vehicle",
            "deleteOne reviews_by_user",
            "updateOne reviews_and_ratings",
        ];
        assert_eq!(heard.commands(), deleting);
    }
}

fn sorted<T: AsRef<str>>(commands: &[T]) -> Vec<&str> {
    let mut commands: Vec<&str> = commands.iter().map(AsRef::as_ref).collect();
    commands.sort_unstable();
    commands
}

#[tokio::test]
async fn a_page_of_a_search_takes_one_command_and_one_for_every_five_vehicles() {
    let (api, heard) = listening_api().await;
    let mut vehicles = Vec::new();
    for number in 0..60 {
        vehicles.push(api.vehicle("Porsche", &format!("9{number:02}"), 2022).await);
    }
    reviewed_by(&api, &vehicles[0], 0..10).await;
    let commands = async |search: &str| {
        heard.commands();
        api.anybody()
            .get(&format!("/api/vehicles?{search}"))
            .await
            .must_be(200);
        heard.sorted()
    };
    let ratings = "find reviews_and_ratings";
    let page = [vec![ratings; 4], vec!["find vehicles_by_name"]].concat();
    assert_eq!(commands("make=porsche").await, page);
    assert_eq!(commands("year=2022").await, page);
    assert_eq!(commands("").await, page);
    assert_eq!(
        commands("model=900").await,
        [ratings, "find vehicles_by_name"]
    );
    assert_eq!(commands("make=volvo").await, ["find vehicles_by_name"]);
}

#[tokio::test]
async fn logging_in_takes_two_commands_and_knowing_who_asks_one() {
    let (api, heard) = listening_api().await;
    api.register("dom").await.must_be(201);
    assert_eq!(heard.commands(), ["find users", "insertOne users"]);
    let session = api
        .log_in("dom@example.com", PASSWORD)
        .await
        .must_be(201)
        .json();
    assert_eq!(heard.commands(), ["find users", "insertOne user_sessions"]);
    let dom = api.with_token(session["token"].as_str().unwrap());
    dom.get("/api/users/me").await.must_be(200);
    assert_eq!(heard.commands(), ["find user_sessions"]);
}

/// The fault of the originals: filters on columns without an index, which make Cassandra read the
/// whole table.
#[tokio::test]
async fn no_question_makes_the_database_read_a_whole_table() {
    let (api, heard) = listening_api().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    api.vehicle("Porsche", "911", 2022).await;
    use_everything(&api, &taycan, &heard).await;
    let deleted = api
        .store
        .sessions
        .delete_expired(astra_db::table::Timestamp::from_millis(i64::MAX / 2));
    assert_eq!(deleted.await.unwrap(), 2);
    assert_eq!(heard.warnings(), Vec::<String>::new());
}

async fn use_everything(api: &TestApi, vehicle: &str, heard: &Heard) {
    let dom: Client = api.user("dom").await;
    let review = dom
        .review(vehicle, 4)
        .await
        .must_be(201)
        .header("location")
        .to_owned();
    dom.review(vehicle, 4).await.must_be(409);
    dom.patch(&review, json!({ "rating": 5 }))
        .await
        .must_be(200);
    for search in [
        "",
        "?make=porsche",
        "?make=porsche&model=taycan",
        "?model=TAYCAN",
        "?year=2022",
        "?model=taycan&year=2022&make=porsche",
    ] {
        let (sizes, _) = dom.pages(&format!("/api/vehicles{search}")).await;
        assert!(sizes[0] > 0, "{search}");
    }
    dom.pages("/api/vehicles?limit=1").await;
    dom.pages("/api/users/me/reviews?limit=1").await;
    dom.pages(&format!("{vehicle}/reviews?limit=1")).await;
    // With a pending marker left behind, so that reading has more to do.
    heard.stop_after(6);
    api.user("brian")
        .await
        .review(vehicle, 1)
        .await
        .must_be(503);
    heard.go_on();
    dom.get(vehicle).await.must_be(200);
    dom.delete(&review).await.must_be(204);
}
