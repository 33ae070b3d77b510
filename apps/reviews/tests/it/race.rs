//! Many at once.

use serde_json::json;
use tokio::task::JoinSet;

use crate::api::{Client, TestApi};
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

/// Everything at once: many users, each in two tabs, on a database that comes late and loses
/// commands and answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_lost_on_the_way_a_rating_is_what_the_reviews_say() {
    let (api, heard) = listening_api().await;
    let vehicles = [
        api.vehicle("Porsche", "Taycan", 2022).await,
        api.vehicle("Porsche", "911", 1973).await,
    ];
    let mut users = Vec::new();
    for number in 0..25 {
        users.push(api.user(&format!("user{number}")).await);
    }
    heard.write_late();
    heard.lose_some(true);
    let mut tabs = JoinSet::new();
    for user in users.iter().chain(&users) {
        let (user, vehicles) = (user.clone(), vehicles.clone());
        tabs.spawn(async move {
            for _ in 0..8 {
                use_somehow(&user, &vehicles[fastrand::usize(..2)]).await;
            }
        });
    }
    tabs.join_all().await;
    heard.lose_some(false);
    for vehicle in &vehicles {
        must_agree(&api, vehicle).await;
    }
    api.pass_seconds(120);
    for vehicle in &vehicles {
        api.rating(vehicle).await;
        let id = vehicle.rsplit('/').next().unwrap().parse().unwrap();
        let tallies = api.store.ratings.tallies(&[id]).await.unwrap();
        assert_eq!(tallies.pending, []);
        let authors = must_agree(&api, vehicle).await;
        let different: std::collections::BTreeSet<_> = authors.iter().collect();
        assert_eq!(different.len(), authors.len(), "{authors:?}");
    }
}

async fn use_somehow(user: &Client, vehicle: &str) {
    let stars = fastrand::i64(1..=5);
    let mine = user.get("/api/users/me/reviews").await.must_be(200).json();
    let mine = mine["items"].as_array().unwrap().iter();
    let of_vehicle =
        mine.filter(|review| vehicle.ends_with(review["vehicle_id"].as_str().unwrap()));
    let path = of_vehicle
        .map(|review| format!("{vehicle}/reviews/{}", review["id"].as_str().unwrap()))
        .next();
    let answer = match path {
        None => user.review(vehicle, stars).await,
        Some(path) if stars == 1 => user.delete(&path).await,
        Some(path) => user.patch(&path, json!({ "rating": stars })).await,
    };
    let allowed = [200, 201, 204, 404, 409, 503];
    assert!(allowed.contains(&answer.status.as_u16()), "{answer:?}");
}

/// Answers the authors.
async fn must_agree(api: &TestApi, vehicle: &str) -> Vec<String> {
    let (_, rows) = api
        .anybody()
        .pages(&format!("{vehicle}/reviews?limit=100"))
        .await;
    let sum: u64 = rows.iter().map(|row| row["rating"].as_u64().unwrap()).sum();
    let count = u32::try_from(rows.len()).unwrap();
    let average = f64::from(u32::try_from(sum).unwrap()) / f64::from(count);
    // As exact as JSON is read.
    let average = serde_json::from_str(&average.to_string()).ok();
    assert_eq!(api.rating(vehicle).await, (count.into(), average));
    rows.iter()
        .map(|row| row["author_id"].as_str().unwrap().to_owned())
        .collect()
}
