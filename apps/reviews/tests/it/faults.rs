//! What is wrong with the sample apps this one follows, and is not here. A race, a crash or a
//! cost is looked at in a file of its own.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::api::{Answer, Client, TEXT, TestApi};
use crate::listening::listening_api;

async fn with_taycan() -> (TestApi, String, Client) {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let dom = api.user("dom").await;
    (api, taycan, dom)
}

async fn create(client: &Client, vehicle: &str, body: Value) -> Answer {
    client.post(&format!("{vehicle}/reviews"), body).await
}

#[tokio::test]
async fn a_rating_out_of_range_or_of_another_kind_is_refused() {
    let (api, taycan, dom) = with_taycan().await;
    for wrong in [
        json!(0),
        json!(6),
        json!(-5),
        json!(100),
        json!(3.5),
        json!(4.0),
        json!("4"),
        json!("abc"),
        json!(null),
        json!([4]),
        json!({"$ne": 4}),
        json!(true),
        json!(1e30),
    ] {
        let body = json!({ "rating": wrong, "text": TEXT });
        create(&dom, &taycan, body).await.must_refuse(&["rating"]);
    }
    create(
        &dom,
        &taycan,
        json!({ "rating": 9, "text": "short", "vehicle_id": taycan, "created_at": 0 }),
    )
    .await
    .must_refuse(&["vehicle_id", "created_at", "rating", "text"]);
    create(&dom, &taycan, json!({}))
        .await
        .must_refuse(&["rating", "text"]);
    assert_eq!(api.rating(&taycan).await, (0, None));
}

/// There, the vehicle counts a review before it is stored, and for good if it then cannot be.
#[tokio::test]
async fn a_text_that_is_too_short_or_too_long_is_refused_and_nothing_is_counted() {
    let (api, taycan, dom) = with_taycan().await;
    for length in [0, 29, 5_001, 9_000] {
        let body = json!({ "rating": 4, "text": "x".repeat(length) });
        create(&dom, &taycan, body).await.must_refuse(&["text"]);
    }
    let family = "👨‍👩‍👧‍👦".repeat(29);
    create(&dom, &taycan, json!({ "rating": 4, "text": family }))
        .await
        .must_refuse(&["text"]);
    create(
        &dom,
        &taycan,
        json!({ "rating": 4, "text": "x".repeat(70_000) }),
    )
    .await
    .must_be(413)
    .must_be_a_problem();
    assert_eq!(api.rating(&taycan).await, (0, None));
    let longest = "ü".repeat(5_000);
    let review = create(&dom, &taycan, json!({ "rating": 4, "text": longest }))
        .await
        .must_be(201);
    assert_eq!(review.json()["text"], longest);
}

#[tokio::test]
async fn nobody_writes_in_somebody_elses_name() {
    let (api, taycan, dom) = with_taycan().await;
    let brian = api.user("brian").await;
    let user_id = brian.get("/api/users/me").await.json()["id"].clone();
    for field in ["user_id", "userId", "author_id", "author"] {
        let mut body = json!({ "rating": 4, "text": TEXT });
        body[field] = user_id.clone();
        create(&dom, &taycan, body).await.must_refuse(&[field]);
    }
    let anybody = api.anybody();
    anybody
        .review(&taycan, 4)
        .await
        .must_be(401)
        .must_be_a_problem();
    let review = dom.review(&taycan, 4).await.must_be(201);
    let path = review.header("location");
    assert_eq!(review.json()["author"], "dom T.");
    for (client, status) in [(&brian, 403), (&anybody, 401)] {
        client
            .patch(path, json!({ "rating": 1 }))
            .await
            .must_be(status)
            .must_be_a_problem();
        client
            .delete(path)
            .await
            .must_be(status)
            .must_be_a_problem();
    }
    anybody.get("/api/users/me/reviews").await.must_be(401);
    assert_eq!(dom.get(path).await.json(), review.json());
    assert_eq!(api.rating(&taycan).await, (1, Some(4.0)));
}

#[tokio::test]
async fn a_second_review_of_the_same_vehicle_is_refused_and_names_the_first() {
    let (api, taycan, dom) = with_taycan().await;
    let first = dom.review(&taycan, 4).await.must_be(201).json();
    let again = dom
        .review(&taycan, 4)
        .await
        .must_be(409)
        .must_be_a_problem();
    assert_eq!(again.json()["review_id"], first["id"]);
    let tesla = api.vehicle("Tesla", "Model S", 2022).await;
    dom.review(&tesla, 5).await.must_be(201);
    assert_eq!(api.rating(&taycan).await, (1, Some(4.0)));
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_nothing_else() {
    let (api, taycan, dom) = with_taycan().await;
    let path = dom
        .review(&taycan, 4)
        .await
        .must_be(201)
        .header("location")
        .to_owned();
    let before = dom.get(&path).await.json();
    api.pass_seconds(10);
    let text = "On second thoughts: the boot could be larger.";
    let after = dom
        .patch(&path, json!({ "text": text }))
        .await
        .must_be(200)
        .json();
    assert!(after["updated_at"].as_str() > before["updated_at"].as_str());
    let mut expected = before.clone();
    expected["text"] = json!(text);
    expected["updated_at"] = after["updated_at"].clone();
    assert_eq!(after, expected);
    assert_eq!(
        dom.patch(&path, json!({ "rating": 1, "text": null }))
            .await
            .must_be(200)
            .json()["text"],
        text
    );
    dom.patch(&path, json!({})).await.must_refuse(&["body"]);
    dom.patch(&path, json!({ "rating": null }))
        .await
        .must_refuse(&["body"]);
    dom.patch(&path, json!({ "rating": 0, "text": "", "author": "x" }))
        .await
        .must_refuse(&["author", "rating", "text"]);
    assert_eq!(api.rating(&taycan).await, (1, Some(1.0)));
}

#[tokio::test]
async fn lists_do_not_stop_at_the_pages_of_the_database() {
    let (api, _, dom) = with_taycan().await;
    for number in 0..101 {
        let vehicle = api.vehicle("Volvo", &format!("V{number}"), 2000).await;
        dom.review(&vehicle, 4).await.must_be(201);
    }
    let (sizes, mine) = dom.pages("/api/users/me/reviews?limit=100").await;
    assert_eq!(sizes, [100, 1]);
    let written: Vec<&str> = mine
        .iter()
        .map(|review| review["id"].as_str().unwrap())
        .collect();
    assert!(written.is_sorted_by(|newer, older| newer > older));
    dom.get("/api/users/me/reviews?limit=101&cursor=x")
        .await
        .must_refuse(&["limit", "cursor"]);
    dom.get("/api/users/me/reviews?skip=5")
        .await
        .must_refuse(&["query"]);
}

#[tokio::test]
async fn every_refusal_is_a_problem_and_no_answer_is_html() {
    let (api, taycan, dom) = with_taycan().await;
    let reviews = format!("{taycan}/reviews");
    let send = async |content_type: &str, body: &str| {
        let request = Request::post(&reviews).header(CONTENT_TYPE, content_type);
        let request = request.header("content-length", body.len());
        dom.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    };
    for body in ["", "{", "{\"rating\": 4,}", "nonsense", &"[".repeat(60_000)] {
        send("application/json", body)
            .await
            .must_be(400)
            .must_be_a_problem();
    }
    send("application/x-www-form-urlencoded", "rating=4")
        .await
        .must_be(400)
        .must_be_a_problem();
    send("application/json", "[]").await.must_refuse(&["body"]);
    send("application/json", "\"text\"")
        .await
        .must_refuse(&["body"]);
    for (method, path, status) in [
        (Method::GET, "/api/nothing", 404),
        (Method::GET, "/api/sessions", 405),
        (Method::DELETE, "/api/vehicles", 405),
        // Reading never writes.
        (Method::GET, "/api/sessions/current", 405),
        (Method::PUT, &reviews, 405),
    ] {
        dom.call(method, path, None)
            .await
            .must_be(status)
            .must_be_a_problem();
    }
    let answer = api.anybody().get(&taycan).await.must_be(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn a_database_that_is_away_is_a_503_that_says_so_and_the_app_is_not_ready() {
    let (api, heard) = listening_api().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let dom = api.user("dom").await;
    heard.stop_after(0);
    for path in [&*taycan, "/api/vehicles", "/api/users/me"] {
        let problem = dom.get(path).await.must_be(503).must_be_a_problem();
        assert!(!problem.text.contains("gone"), "{}", problem.text);
    }
    dom.get("/health/ready").await.must_be(503);
    dom.get("/health/live").await.must_be(200);
    heard.go_on();
    dom.get("/health/ready").await.must_be(200);
    dom.get(&taycan).await.must_be(200);
}

#[tokio::test]
async fn an_edit_that_comes_after_a_deletion_leaves_nothing() {
    let (api, taycan, dom) = with_taycan().await;
    let path = dom
        .review(&taycan, 4)
        .await
        .must_be(201)
        .header("location")
        .to_owned();
    let (vehicle_id, id) = (
        taycan.rsplit('/').next().unwrap(),
        path.rsplit('/').next().unwrap(),
    );
    dom.delete(&path).await.must_be(204);
    // What the second half of an edit does, whose first half found the review.
    let rows = api
        .store
        .database()
        .table::<astra_db::Row>("reviews_by_vehicle");
    let key = json!({ "vehicle_id": vehicle_id, "review_id": id });
    rows.update_one(key, json!({ "$set": { "rating": 5 } }))
        .await
        .unwrap();
    dom.get(&path).await.must_be(404);
    dom.patch(&path, json!({ "rating": 1 })).await.must_be(404);
    let list = dom
        .get(&format!("{taycan}/reviews"))
        .await
        .must_be(200)
        .json();
    assert_eq!(list["items"], json!([]));
    assert_eq!(api.rating(&taycan).await, (0, None));
    dom.review(&taycan, 2).await.must_be(201);
    assert_eq!(api.rating(&taycan).await, (1, Some(2.0)));
}
