//! The app, or its database, goes away between any two steps: nothing reads wrong afterwards, and
//! doing it again does it once.

use reviews::domain::id::{ReviewId, VehicleId};
use reviews::store::pending_marker::PendingMarker;
use serde_json::{Value, json};

use crate::api::{Client, TEXT, TestApi};
use crate::listening::listening_api;

const OTHER_TEXT: &str = "After a year of it: the seats are better than my sofa.";

/// What a vehicle says of itself has to be what its reviews say.
async fn must_agree(api: &TestApi, user: &Client, vehicle: &str) -> Vec<Value> {
    let (_, reviews) = api.anybody().pages(&format!("{vehicle}/reviews")).await;
    let stars: Vec<f64> = reviews
        .iter()
        .map(|review| review["rating"].as_f64().unwrap())
        .collect();
    let count = u32::try_from(stars.len()).unwrap();
    let average = (count > 0).then(|| stars.iter().sum::<f64>() / f64::from(count));
    assert_eq!(api.rating(vehicle).await, (count.into(), average));
    let (_, mine) = user.pages("/api/users/me/reviews").await;
    let of_vehicle = mine
        .into_iter()
        .filter(|review| vehicle.ends_with(review["vehicle_id"].as_str().unwrap()));
    let of_vehicle: Vec<Value> = of_vehicle.collect();
    let by_me: Vec<Value> = reviews
        .iter()
        .filter(|review| review["author"] == "dom T.")
        .cloned()
        .collect();
    assert_eq!(of_vehicle, by_me);
    reviews
}

/// A minute later the next reader has put everything in order.
async fn must_be_settled(api: &TestApi, vehicle: &str) {
    api.pass_seconds(120);
    api.rating(vehicle).await;
    let id = vehicle.rsplit('/').next().unwrap().parse().unwrap();
    let tallies = api.store.ratings.tallies(&[id]).await.unwrap();
    assert_eq!(tallies.pending, []);
}

#[tokio::test]
async fn a_review_interrupted_at_any_step_is_there_or_not_and_can_be_sent_again() {
    let mut interrupted = 0;
    loop {
        let (api, heard) = listening_api().await;
        let dom = api.user("dom").await;
        let brian = api.user("brian").await;
        let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
        brian.review(&taycan, 1).await.must_be(201);
        heard.stop_after(interrupted);
        let answer = dom.review(&taycan, 5).await;
        heard.go_on();
        if answer.status.as_u16() == 201 {
            break;
        }
        answer.must_be(503).must_be_a_problem();
        let before = must_agree(&api, &dom, &taycan).await;
        let again = dom.review(&taycan, 5).await;
        // Whoever sends it again is told that it is there, if it is.
        assert_eq!(
            again.status.as_u16(),
            if before.len() == 2 { 409 } else { 201 }
        );
        if before.len() == 2 {
            assert_eq!(again.json()["review_id"], before[0]["id"]);
        }
        assert_eq!(must_agree(&api, &dom, &taycan).await.len(), 2);
        must_be_settled(&api, &taycan).await;
        assert_eq!(must_agree(&api, &dom, &taycan).await.len(), 2);
        interrupted += 1;
    }
    assert!(interrupted >= 7, "only {interrupted} steps");
}

#[tokio::test]
async fn a_change_interrupted_at_any_step_is_made_or_not_and_can_be_sent_again() {
    let mut interrupted = 0;
    loop {
        let (api, heard) = listening_api().await;
        let dom = api.user("dom").await;
        let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
        let path = dom
            .review(&taycan, 2)
            .await
            .must_be(201)
            .header("location")
            .to_owned();
        let change = json!({ "rating": 5, "text": OTHER_TEXT });
        heard.stop_after(interrupted);
        let answer = dom.patch(&path, change.clone()).await;
        heard.go_on();
        if answer.status.as_u16() == 200 {
            break;
        }
        answer.must_be(503);
        let now = must_agree(&api, &dom, &taycan).await;
        let (rating, text) = (&now[0]["rating"], &now[0]["text"]);
        assert!(
            [(&json!(2), &json!(TEXT)), (&json!(5), &json!(OTHER_TEXT))].contains(&(rating, text))
        );
        must_be_settled(&api, &taycan).await;
        must_agree(&api, &dom, &taycan).await;
        dom.patch(&path, change).await.must_be(200);
        assert_eq!(must_agree(&api, &dom, &taycan).await[0]["rating"], 5);
        interrupted += 1;
    }
    assert!(interrupted >= 6, "only {interrupted} steps");
}

#[tokio::test]
async fn a_deletion_interrupted_at_any_step_is_done_or_not_and_can_be_sent_again() {
    let mut interrupted = 0;
    loop {
        let (api, heard) = listening_api().await;
        let dom = api.user("dom").await;
        let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
        let path = dom
            .review(&taycan, 2)
            .await
            .must_be(201)
            .header("location")
            .to_owned();
        heard.stop_after(interrupted);
        let answer = dom.delete(&path).await;
        heard.go_on();
        if answer.status.as_u16() == 204 {
            break;
        }
        answer.must_be(503);
        let left = must_agree(&api, &dom, &taycan).await.len();
        let again = dom.delete(&path).await.status.as_u16();
        assert_eq!(again, if left == 1 { 204 } else { 404 });
        assert_eq!(must_agree(&api, &dom, &taycan).await.len(), 0);
        must_be_settled(&api, &taycan).await;
        dom.review(&taycan, 3).await.must_be(201);
        assert_eq!(must_agree(&api, &dom, &taycan).await.len(), 1);
        interrupted += 1;
    }
    assert!(interrupted >= 7, "only {interrupted} steps");
}

#[tokio::test]
async fn a_registration_interrupted_at_any_step_is_done_or_not_and_can_be_sent_again() {
    let (api, heard) = listening_api().await;
    let mut interrupted = 0;
    loop {
        let name = format!("user{interrupted}");
        heard.stop_after(interrupted);
        let answer = api.register(&name).await;
        heard.go_on();
        if answer.status.as_u16() == 201 {
            break;
        }
        answer.must_be(503);
        let log_in = async || {
            let session = api
                .log_in(&format!("{name}@example.com"), crate::api::PASSWORD)
                .await;
            session.status.as_u16()
        };
        let is_there = log_in().await == 201;
        api.register(&name)
            .await
            .must_be(if is_there { 409 } else { 201 });
        assert_eq!(log_in().await, 201);
        interrupted += 1;
    }
    assert_eq!(interrupted, 2);
}

/// The ids of a path such as `/api/vehicles/…/reviews/…`.
fn ids(path: &str) -> (VehicleId, ReviewId) {
    let mut parts = path.rsplit('/');
    let review = parts.next().unwrap().parse().unwrap();
    (parts.nth(1).unwrap().parse().unwrap(), review)
}

#[tokio::test]
async fn a_change_that_was_overtaken_before_it_was_marked_and_then_stopped_counts_nothing() {
    let api = TestApi::start().await;
    let dom = api.user("dom").await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let created = dom.review(&taycan, 5).await.must_be(201);
    let path = created.header("location").to_owned();
    let (vehicle, id) = ids(&path);
    let review = api.store.reviews.find(vehicle, id).await.unwrap().unwrap();
    let read = api.store.reviews.stored(review.author_id, vehicle).await;
    let marker = PendingMarker::new(&review, read.unwrap().as_ref());
    dom.patch(&path, json!({ "rating": 3 })).await.must_be(200);
    assert!(api.store.ratings.mark(&marker, None).await.unwrap());
    must_agree(&api, &dom, &taycan).await;
    must_be_settled(&api, &taycan).await;
    assert_eq!(api.rating(&taycan).await, (1, Some(3.0)));
    assert_eq!(must_agree(&api, &dom, &taycan).await[0]["rating"], 3);
}

#[tokio::test]
async fn what_a_change_writes_into_the_list_after_another_one_took_its_place_does_not_stay() {
    let (api, heard) = listening_api().await;
    let dom = api.user("dom").await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let created = dom.review(&taycan, 5).await.must_be(201);
    let path = created.header("location").to_owned();
    // It is marked and in its document, and not in the list yet.
    heard.stop_after(4);
    dom.patch(&path, json!({ "rating": 1 })).await.must_be(503);
    heard.go_on();
    let (vehicle, id) = ids(&path);
    let mut late = api.store.reviews.find(vehicle, id).await.unwrap().unwrap();
    dom.patch(&path, json!({ "rating": 4 })).await.must_be(200);
    assert_eq!(api.rating(&taycan).await, (1, Some(4.0)));
    late.rating = 1.try_into().unwrap();
    api.store.reviews.list(&late, true).await.unwrap();
    must_agree(&api, &dom, &taycan).await;
    must_be_settled(&api, &taycan).await;
    assert_eq!(must_agree(&api, &dom, &taycan).await[0]["rating"], 4);
    assert_eq!(api.rating(&taycan).await, (1, Some(4.0)));
}

#[tokio::test]
async fn of_two_tabs_that_send_an_interrupted_review_again_one_has_written_it() {
    let (api, heard) = listening_api().await;
    let dom = api.user("dom").await;
    for _ in 0..4 {
        let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
        // It is marked, which takes two commands for the first review of a vehicle, and in its document.
        heard.stop_after(6);
        dom.review(&taycan, 1).await.must_be(503);
        heard.go_on();
        let tabs = [
            dom.review(&taycan, 2),
            dom.review(&taycan, 2),
            dom.review(&taycan, 2),
        ];
        let answers = futures_util::future::join_all(tabs).await;
        let mut answers: Vec<u16> = answers.iter().map(|it| it.status.as_u16()).collect();
        answers.sort_unstable();
        assert_eq!(answers, [201, 409, 409]);
        assert_eq!(api.rating(&taycan).await, (1, Some(2.0)));
        must_be_settled(&api, &taycan).await;
        assert_eq!(must_agree(&api, &dom, &taycan).await[0]["rating"], 2);
    }
}
