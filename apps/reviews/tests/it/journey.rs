//! From registering to a rating, and back.

use serde_json::{Value, json};

use crate::api::{PASSWORD, TEXT, TestApi};

#[tokio::test]
async fn somebody_registers_logs_in_reviews_a_vehicle_and_thinks_again() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let user = api.register("dom").await.must_be(201).json();
    assert_eq!(user["display_name"], "dom T.");
    assert!(user.get("password").is_none());
    let session = api
        .log_in("DOM@example.com ", PASSWORD)
        .await
        .must_be(201)
        .json();
    assert_eq!(session["user"], user);
    let dom = api.with_token(session["token"].as_str().unwrap());
    assert_eq!(dom.get("/api/users/me").await.must_be(200).json(), user);

    let created = dom.review(&taycan, 4).await.must_be(201);
    let review = created.json();
    let path = created.header("location").to_owned();
    assert_eq!(
        (&review["rating"], &review["text"], &review["author"]),
        (&json!(4), &json!(TEXT), &json!("dom T."))
    );
    assert_eq!(api.anybody().get(&path).await.must_be(200).json(), review);
    let vehicle = api.anybody().get(&taycan).await.must_be(200).json();
    assert_eq!(
        vehicle["rating"],
        json!({ "count": 1, "average": 4.0, "stars": { "1": 0, "2": 0, "3": 0, "4": 1, "5": 0 } })
    );
    assert_eq!(vehicle["latest_reviews"], json!([review]));
    assert_eq!(
        (&vehicle["make"], &vehicle["year"]),
        (&json!("Porsche"), &json!(2022))
    );

    let changed = dom
        .patch(&path, json!({ "rating": 5 }))
        .await
        .must_be(200)
        .json();
    assert_eq!(
        (&changed["rating"], &changed["text"]),
        (&json!(5), &json!(TEXT))
    );
    assert_eq!(api.rating(&taycan).await, (1, Some(5.0)));
    let mine = dom.get("/api/users/me/reviews").await.must_be(200).json();
    assert_eq!(mine, json!({ "items": [changed], "next_cursor": null }));

    dom.delete(&path).await.must_be(204);
    dom.delete(&path).await.must_be(404);
    assert_eq!(api.rating(&taycan).await, (0, None));
    let mine = dom.get("/api/users/me/reviews").await.must_be(200).json();
    assert_eq!(mine["items"], json!([]));
    dom.review(&taycan, 3).await.must_be(201);

    dom.delete("/api/sessions/current").await.must_be(204);
    dom.get("/api/users/me").await.must_be(401);
    assert_eq!(api.rating(&taycan).await, (1, Some(3.0)));
}

#[tokio::test]
async fn reviews_come_newest_first_in_pages_without_gaps() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    let mut written = Vec::new();
    for number in 0..103 {
        let user = api.user(&format!("user{number}")).await;
        written.push(user.review(&taycan, 5).await.must_be(201).json()["id"].clone());
    }
    written.reverse();
    let ids = |rows: &[Value]| -> Vec<Value> { rows.iter().map(|row| row["id"].clone()).collect() };
    let anybody = api.anybody();
    let list = format!("{taycan}/reviews");
    for (limit, expected) in [
        ("", vec![20, 20, 20, 20, 20, 3]),
        ("?limit=100", vec![100, 3]),
    ] {
        let (sizes, rows) = anybody.pages(&format!("{list}{limit}")).await;
        assert_eq!((sizes, ids(&rows)), (expected, written.clone()));
    }
    let vehicle = anybody.get(&taycan).await.must_be(200).json();
    assert_eq!(
        ids(vehicle["latest_reviews"].as_array().unwrap()),
        written[..5]
    );
    assert_eq!(api.rating(&taycan).await, (103, Some(5.0)));
}
