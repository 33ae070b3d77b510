//! What a moderator hides does not count, and whom they block does nothing.

use axum::http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::api::{Answer, Client, PASSWORD, TEXT, TestApi};
use crate::listening::listening_api;
use crate::page_session::Browser;

const MODERATOR: [(&str, &str); 1] = [("MODERATOR_EMAILS", "grace@example.com, Ada@Example.com")];

async fn put(user: &Client, path: &str) -> Answer {
    user.call(Method::PUT, path, None).await
}

#[tokio::test]
async fn a_hidden_review_counts_nowhere_until_it_is_shown_again() {
    let api = TestApi::with(&MODERATOR).await;
    let (ada, dom, brian) = (
        api.user("ada").await,
        api.user("dom").await,
        api.user("brian").await,
    );
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    brian.review(&vehicle, 5).await.must_be(201);
    let review = dom
        .review(&vehicle, 1)
        .await
        .must_be(201)
        .header("location")
        .to_owned();
    let hidden = format!("{review}/hidden");
    put(&brian, &hidden).await.must_be(403).must_be_a_problem();
    put(&api.anybody(), &hidden).await.must_be(401);
    assert_eq!(api.rating(&vehicle).await, (2, Some(3.0)));

    for _ in 0..2 {
        put(&ada, &hidden).await.must_be(204);
        assert_eq!(api.rating(&vehicle).await, (1, Some(5.0)));
    }
    api.anybody().get(&review).await.must_be(404);
    assert_eq!(
        api.anybody()
            .pages(&format!("{vehicle}/reviews"))
            .await
            .1
            .len(),
        1
    );
    assert!(dom.pages("/api/users/me/reviews").await.1.is_empty());
    // Its author neither changes it nor writes another one.
    dom.patch(&review, json!({ "rating": 2 }))
        .await
        .must_be(403);
    dom.review(&vehicle, 2).await.must_be(403);
    let listed = ada.get("/api/moderation").await.must_be(200).json();
    assert_eq!(listed["hidden_reviews"][0]["text"], TEXT);

    ada.delete(&hidden).await.must_be(204);
    assert_eq!(api.rating(&vehicle).await, (2, Some(3.0)));
    dom.patch(&review, json!({ "rating": 3 }))
        .await
        .must_be(200);
    assert_eq!(api.rating(&vehicle).await, (2, Some(4.0)));
    assert_eq!(dom.pages("/api/users/me/reviews").await.1.len(), 1);
    ada.delete(&hidden).await.must_be(404);
    let listed = ada.get("/api/moderation").await.must_be(200).json();
    assert_eq!(listed, json!({ "hidden_reviews": [], "blocked_users": [] }));
}

/// Whoever signed up with the address afterwards would moderate.
#[tokio::test]
async fn the_account_of_a_moderator_is_not_deleted() {
    let api = TestApi::with(&MODERATOR).await;
    let ada = api.user("ada").await;
    let password = json!({ "password": PASSWORD });
    let refused = ada.post("/api/users/me/deletion", password).await;
    refused.must_refuse(&["password"]);
    ada.get("/api/users/me").await.must_be(200);
}

#[tokio::test]
async fn a_hidden_review_that_is_deleted_does_not_make_room_for_another_one() {
    let api = TestApi::with(&MODERATOR).await;
    let (ada, dom) = (api.user("ada").await, api.user("dom").await);
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    let review = dom
        .review(&vehicle, 1)
        .await
        .must_be(201)
        .header("location")
        .to_owned();
    put(&ada, &format!("{review}/hidden")).await.must_be(204);
    dom.delete(&review).await.must_be(204);
    dom.review(&vehicle, 5).await.must_be(403);
    assert_eq!(api.rating(&vehicle).await, (0, None));
    put(&ada, &format!("{review}/hidden")).await.must_be(404);
    let listed = ada.get("/api/moderation").await.must_be(200).json();
    assert_eq!(listed["hidden_reviews"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hiding_while_the_author_changes_the_review_leaves_the_rating_exact() {
    let api = TestApi::with(&MODERATOR).await;
    let (ada, dom) = (api.user("ada").await, api.user("dom").await);
    for round in 0..10 {
        let vehicle = api.vehicle("Porsche", &format!("91{round}"), 2022).await;
        let review = dom
            .review(&vehicle, 1)
            .await
            .must_be(201)
            .header("location")
            .to_owned();
        let hidden = format!("{review}/hidden");
        let mut people = JoinSet::new();
        for stars in 1..=3 {
            let (ada, dom) = (ada.clone(), dom.clone());
            let (hidden, review) = (hidden.clone(), review.clone());
            people.spawn(async move { put(&ada, &hidden).await.status });
            people
                .spawn(async move { dom.patch(&review, json!({ "rating": stars })).await.status });
        }
        for status in people.join_all().await {
            assert!([204, 200, 403].contains(&status.as_u16()), "{status}");
        }
        assert_eq!(api.rating(&vehicle).await, (0, None));
        ada.delete(&hidden).await.must_be(204);
        let shown = dom.get(&review).await.must_be(200).json();
        assert_eq!(api.rating(&vehicle).await, (1, shown["rating"].as_f64()));
    }
}

#[tokio::test]
async fn hiding_that_stops_midway_leaves_rating_and_list_agreed() {
    for commands in 1..12 {
        let (api, heard) = listening_api().await;
        let dom = api.user("dom").await;
        let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
        let path = dom
            .review(&vehicle, 1)
            .await
            .must_be(201)
            .header("location")
            .to_owned();
        let ids = path.split('/').collect::<Vec<_>>();
        let ids = (ids[3].parse().unwrap(), ids[5].parse().unwrap());
        heard.stop_after(commands);
        let stopped = reviews::use_cases::moderate::hide(&api.store, ids)
            .await
            .is_err();
        heard.go_on();
        let (count, _) = api.rating(&vehicle).await;
        let listed = api
            .anybody()
            .pages(&format!("{vehicle}/reviews"))
            .await
            .1
            .len();
        assert_eq!(count, u64::try_from(listed).unwrap(), "{commands}");
        assert!(stopped || count == 0, "{commands}");
        reviews::use_cases::moderate::hide(&api.store, ids)
            .await
            .unwrap();
        assert_eq!(api.rating(&vehicle).await, (0, None), "{commands}");
    }
}

#[tokio::test]
async fn whoever_is_blocked_does_nothing_until_that_is_lifted() {
    let api = TestApi::with(&MODERATOR).await;
    let (ada, dom) = (api.user("ada").await, api.user("dom").await);
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    dom.review(&vehicle, 4).await.must_be(201);
    let id = |me: Answer| me.json()["id"].as_str().unwrap().to_owned();
    let of_dom = format!("/api/users/{}/blocked", id(dom.get("/api/users/me").await));
    let of_ada = format!("/api/users/{}/blocked", id(ada.get("/api/users/me").await));
    put(&dom, &of_ada).await.must_be(403);
    put(&ada, &of_ada).await.must_be(403);
    put(&ada, &of_dom).await.must_be(204);
    dom.get("/api/users/me")
        .await
        .must_be(403)
        .must_be_a_problem();
    let session = api
        .log_in("dom@example.com", crate::api::PASSWORD)
        .await
        .must_be(201)
        .json();
    let again = api.with_token(session["token"].as_str().unwrap());
    again
        .review(&api.vehicle("Porsche", "911", 2022).await, 5)
        .await
        .must_be(403);
    let listed = ada.get("/api/moderation").await.must_be(200).json();
    assert_eq!(listed["blocked_users"][0]["display_name"], "dom T.");
    ada.delete(&of_dom).await.must_be(204);
    dom.get("/api/users/me").await.must_be(200);
}

#[tokio::test]
async fn the_pages_hide_and_block_for_moderators_only() {
    let api = TestApi::with(&MODERATOR).await;
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    let page = vehicle.strip_prefix("/api").unwrap().to_owned();
    let (mut ada, mut dom) = (
        Browser::signed_up(&api, "ada").await,
        Browser::signed_up(&api, "dom").await,
    );
    dom.post(
        &format!("{page}/review"),
        &[("rating", "1"), ("text", TEXT)],
    )
    .await
    .must_be(303);
    let shown = ada.get(&page).await.text;
    let action = |shown: &str, end: &str| {
        let found = shown.split("action=\"").filter_map(|it| it.split_once('"'));
        found
            .map(|(action, _)| action.to_owned())
            .find(|it| it.ends_with(end))
            .unwrap()
    };
    let (hide, block) = (action(&shown, "/hide"), action(&shown, "/block"));
    assert!(!dom.get(&page).await.text.contains("/hide"));
    dom.post(&hide, &[]).await.must_be(403);
    dom.get("/moderation").await.must_be(403);
    ada.post(&hide, &[("next", page.as_str())])
        .await
        .must_be(303);
    ada.post(&block, &[("next", page.as_str())])
        .await
        .must_be(303);
    assert_eq!(api.rating(&vehicle).await, (0, None));
    // A blocked visitor reads like everybody else, and is told why signing in fails.
    assert!(
        dom.get(&page)
            .await
            .must_be(200)
            .text
            .contains(">Sign in</a>")
    );
    let sign_in = [
        ("email", "dom@example.com"),
        ("password", crate::api::PASSWORD),
    ];
    let refused = Browser::new(&api)
        .post("/sign-in", &sign_in)
        .await
        .must_be(422)
        .text;
    assert!(refused.contains("A moderator has blocked this account."));
    let moderation = ada.get("/moderation").await.must_be(200).text;
    assert!(moderation.contains(TEXT) && moderation.contains("dom T."));
    ada.post(&action(&moderation, "/unblock"), &[])
        .await
        .must_be(303);
    let form = dom.get(&format!("{page}/review")).await.must_be(200).text;
    assert!(form.contains("A moderator has hidden this review."));
    ada.post(&action(&moderation, "/unhide"), &[])
        .await
        .must_be(303);
    assert_eq!(api.rating(&vehicle).await, (1, Some(1.0)));
}
