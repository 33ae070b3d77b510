//! Changing a password and deleting an account, through the API and on the pages.

use axum::http::Method;
use serde_json::{Value, json};

use crate::api::{Answer, Client, PASSWORD, TestApi};
use crate::listening::listening_api;
use crate::page_session::Browser;

const NEW: &str = "half a mile at a time";

async fn change(user: &Client, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    user.call(Method::PUT, "/api/users/me/password", Some(body))
        .await
}

async fn log_in_again(api: &TestApi) -> Client {
    let session = api
        .log_in("dom@example.com", PASSWORD)
        .await
        .must_be(201)
        .json();
    api.with_token(session["token"].as_str().unwrap())
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let api = TestApi::start().await;
    let (dom, brian) = (api.user("dom").await, api.user("brian").await);
    let elsewhere = log_in_again(&api).await;
    change(&dom, "not this one", NEW)
        .await
        .must_refuse(&["current_password"]);
    change(&dom, PASSWORD, "short")
        .await
        .must_refuse(&["new_password"]);
    elsewhere.get("/api/users/me").await.must_be(200);
    change(&dom, PASSWORD, NEW).await.must_be(204);
    dom.get("/api/users/me").await.must_be(200);
    elsewhere.get("/api/users/me").await.must_be(401);
    brian.get("/api/users/me").await.must_be(200);
    api.log_in("dom@example.com", PASSWORD).await.must_be(401);
    let session = api.log_in("dom@example.com", NEW).await.must_be(201).json();
    let later = api.with_token(session["token"].as_str().unwrap());
    later.get("/api/users/me").await.must_be(200);
    change(&later, NEW, PASSWORD).await.must_be(204);
    dom.get("/api/users/me").await.must_be(401);
}

/// A session of an earlier version neither names its user in the token nor knows its password.
#[tokio::test]
async fn sessions_of_earlier_versions_last_until_the_password_changes() {
    let api = TestApi::start().await;
    let dom = api.user("dom").await;
    let sessions = api.store.database().collection::<Value>("user_sessions");
    let mut session = sessions.find_one(json!({})).await.unwrap().unwrap();
    let token = reviews::domain::session::Token::random().unwrap();
    session["_id"] = json!(token.hash().as_str());
    session.as_object_mut().unwrap().remove("password");
    sessions.insert_one(session).await.unwrap();
    let earlier = api.with_token(token.expose());
    earlier.get("/api/users/me").await.must_be(200);
    change(&dom, PASSWORD, NEW).await.must_be(204);
    earlier.get("/api/users/me").await.must_be(401);
}

#[tokio::test]
async fn a_change_of_a_password_that_stops_midway_leaves_one_password_that_works() {
    for commands in 0..12 {
        let (api, heard) = listening_api().await;
        let dom = api.user("dom").await;
        let elsewhere = log_in_again(&api).await;
        heard.stop_after(commands);
        let changed = change(&dom, PASSWORD, NEW).await.status;
        heard.go_on();
        let (old, new) = (
            api.log_in("dom@example.com", PASSWORD).await.status,
            api.log_in("dom@example.com", NEW).await.status,
        );
        let is_new = new == 201;
        assert_ne!(old == 201, is_new, "{commands}");
        assert!(is_new || changed != 204, "{commands}");
        // The other session ends with the password that it began with, and not before.
        let other = elsewhere.get("/api/users/me").await.status;
        assert_eq!(other == 200, !is_new, "{commands}");
        let password = if is_new { NEW } else { PASSWORD };
        let session = api
            .log_in("dom@example.com", password)
            .await
            .must_be(201)
            .json();
        let dom = api.with_token(session["token"].as_str().unwrap());
        dom.get("/api/users/me").await.must_be(200);
    }
}

#[tokio::test]
async fn a_deleted_account_takes_its_reviews_and_sessions_with_it() {
    let api = TestApi::start().await;
    let (dom, brian) = (api.user("dom").await, api.user("brian").await);
    let vehicles = [
        api.vehicle("Porsche", "Taycan", 2022).await,
        api.vehicle("Porsche", "911", 2022).await,
    ];
    for vehicle in &vehicles {
        dom.review(vehicle, 1).await.must_be(201);
        brian.review(vehicle, 5).await.must_be(201);
    }
    let elsewhere = log_in_again(&api).await;
    let delete = async |password: &str| {
        let body = json!({ "password": password });
        dom.post("/api/users/me/deletion", body).await
    };
    delete("not this one").await.must_refuse(&["password"]);
    delete(PASSWORD).await.must_be(204);
    for vehicle in &vehicles {
        assert_eq!(api.rating(vehicle).await, (1, Some(5.0)));
        let (_, reviews) = brian.pages(&format!("{vehicle}/reviews")).await;
        assert_eq!(reviews.len(), 1);
    }
    for session in [&dom, &elsewhere] {
        session.get("/api/users/me").await.must_be(401);
        session.review(&vehicles[0], 1).await.must_be(401);
    }
    api.log_in("dom@example.com", PASSWORD).await.must_be(401);
    // The address can be used again, and is another account.
    let again = api.user("dom").await;
    again.review(&vehicles[0], 3).await.must_be(201);
    dom.get("/api/users/me").await.must_be(401);
}

#[tokio::test]
async fn a_deletion_that_stops_midway_can_be_repeated() {
    for commands in [3, 6, 9, 12, 15, 18, 20, 22, 24] {
        let (api, heard) = listening_api().await;
        let dom = api.user("dom").await;
        let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
        dom.review(&vehicle, 1).await.must_be(201);
        heard.stop_after(commands);
        let body = json!({ "password": PASSWORD });
        let deleted = dom
            .post("/api/users/me/deletion", body.clone())
            .await
            .status;
        heard.go_on();
        let session = api.log_in("dom@example.com", PASSWORD).await;
        if session.status == 201 {
            assert_ne!(deleted, 204, "{commands}");
            let dom = api.with_token(session.json()["token"].as_str().unwrap());
            // What was interrupted has a pending marker, whose place another change takes after a moment.
            dom.post("/api/users/me/deletion", body).await.must_be(204);
        }
        api.log_in("dom@example.com", PASSWORD).await.must_be(401);
        assert_eq!(api.rating(&vehicle).await, (0, None), "{commands}");
    }
}

#[tokio::test]
async fn the_pages_change_the_password_and_delete_the_account() {
    let api = TestApi::start().await;
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    let mut dom = Browser::signed_up(&api, "dom").await;
    let form = format!("{}/review", vehicle.strip_prefix("/api").unwrap());
    let review = [("rating", "4"), ("text", crate::api::TEXT)];
    dom.post(&form, &review).await.must_be(303);
    let account = dom.get("/account").await.must_be(200).text;
    assert!(account.contains("Porsche Taycan 2022") && account.contains("dom@example.com"));
    let wrong = [("current_password", "not this one"), ("new_password", NEW)];
    let wrong = dom
        .post("/account/password", &wrong)
        .await
        .must_be(422)
        .text;
    assert!(wrong.contains("This is not your password"));
    let right = [("current_password", PASSWORD), ("new_password", NEW)];
    dom.post("/account/password", &right).await.must_be(303);
    dom.get("/account").await.must_be(200);
    dom.post("/account/delete", &[("password", PASSWORD)])
        .await
        .must_be(422);
    dom.post("/account/delete", &[("password", NEW)])
        .await
        .must_be(303);
    dom.get("/account").await.must_be(303);
    assert_eq!(api.rating(&vehicle).await, (0, None));
}
