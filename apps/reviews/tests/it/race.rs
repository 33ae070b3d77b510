//! Many at once.

use serde_json::json;
use tokio::task::JoinSet;

use crate::api::TestApi;
use crate::listening::listening_api;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_reviews_at_once_and_edits_and_deletions_after_them_all_count_exactly() {
    let (api, heard) = listening_api().await;
    heard.write_late();
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let mut users = Vec::new();
    for number in 0..200 {
        users.push(api.user(&format!("user{number}")).await);
    }
    let mut writing = JoinSet::new();
    for (number, user) in (0..).zip(&users) {
        let (user, taycan) = (user.clone(), taycan.clone());
        writing.spawn(async move {
            let created = user.review(&taycan, number % 5 + 1).await.must_be(201);
            (number, created.header("location").to_owned())
        });
    }
    let mut written = writing.join_all().await;
    written.sort();
    assert_eq!(api.rating(&taycan).await, (200, Some(3.0)));

    // Every fourth is deleted, every other one changed to one star, all at the same time.
    let mut changing = JoinSet::new();
    for ((number, path), user) in written.into_iter().zip(users) {
        changing.spawn(async move {
            if number % 4 == 0 {
                user.delete(&path).await.must_be(204);
            } else if number % 2 == 1 {
                user.patch(&path, json!({ "rating": 1 })).await.must_be(200);
            }
        });
    }
    changing.join_all().await;
    let left: Vec<i64> = (0..200)
        .filter(|number| number % 4 != 0)
        .map(|number| if number % 2 == 1 { 1 } else { number % 5 + 1 })
        .collect();
    let sum: i64 = left.iter().sum();
    let average = f64::from(i32::try_from(sum).unwrap()) / 150.0;
    assert_eq!(api.rating(&taycan).await, (150, Some(average)));
    let (_, rows) = api
        .anybody()
        .pages(&format!("{taycan}/reviews?limit=100"))
        .await;
    assert_eq!(rows.len(), 150);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_user_sending_a_review_twenty_times_at_once_has_written_it_once() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let dom = api.user("dom").await;
    let mut tabs = JoinSet::new();
    for _ in 0..20 {
        let (dom, taycan) = (dom.clone(), taycan.clone());
        tabs.spawn(async move { dom.review(&taycan, 4).await.status.as_u16() });
    }
    let mut answers = tabs.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [vec![201], vec![409; 19]].concat());
    assert_eq!(api.rating(&taycan).await, (1, Some(4.0)));
    let list = api.anybody().get(&format!("{taycan}/reviews")).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let mine = dom.get("/api/users/me/reviews").await.json();
    assert_eq!(mine["items"], list["items"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_people_registering_one_address_at_once_make_one_account() {
    let api = TestApi::start().await;
    let mut people = JoinSet::new();
    for _ in 0..8 {
        let api = api.clone();
        people.spawn(async move { api.register("dom").await.status.as_u16() });
    }
    let mut answers = people.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [vec![201], vec![409; 7]].concat());
    api.log_in("dom@example.com", crate::api::PASSWORD)
        .await
        .must_be(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_review_edited_and_deleted_at_once_ends_the_same_everywhere() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    for round in 0..10 {
        let user = api.user(&format!("user{round}")).await;
        let path = user
            .review(&taycan, 3)
            .await
            .must_be(201)
            .header("location")
            .to_owned();
        let mut tabs = JoinSet::new();
        for rating in 1..=5 {
            let (user, path) = (user.clone(), path.clone());
            tabs.spawn(async move {
                let answer = user.patch(&path, json!({ "rating": rating })).await;
                assert!(matches!(answer.status.as_u16(), 200 | 404), "{answer:?}");
            });
        }
        if round % 2 == 0 {
            let (user, path) = (user.clone(), path.clone());
            tabs.spawn(async move {
                user.delete(&path).await.must_be(204);
            });
        }
        tabs.join_all().await;
    }
    let (_, rows) = api.anybody().pages(&format!("{taycan}/reviews")).await;
    let stars: Vec<u64> = rows
        .iter()
        .map(|row| row["rating"].as_u64().unwrap())
        .collect();
    let sum: u64 = stars.iter().sum();
    let average = f64::from(u32::try_from(sum).unwrap()) / 5.0;
    assert_eq!(api.rating(&taycan).await, (5, Some(average)), "{stars:?}");
}
