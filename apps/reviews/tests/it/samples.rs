//! The samples of the first start.

use reviews::domain::account::User;
use reviews::domain::email::Email;
use reviews::use_cases::write_review;

use crate::api::TestApi;

#[tokio::test]
async fn seeding_twice_adds_nothing_twice() {
    let api = TestApi::start().await;
    let added = reviews::seed(&api.store).await.unwrap();
    assert!(added > 80, "{added}");
    let (sizes, vehicles) = api.anybody().pages("/api/vehicles?limit=100").await;
    assert_eq!(sizes, [12]);
    assert_eq!(reviews::seed(&api.store).await.unwrap(), 0);
    let (_, again) = api.anybody().pages("/api/vehicles?limit=100").await;
    assert_eq!(again, vehicles);

    let mut reviews = 0;
    for vehicle in &vehicles {
        let path = format!(
            "/api/vehicles/{}/reviews?limit=100",
            vehicle["id"].as_str().unwrap()
        );
        let (_, rows) = api.anybody().pages(&path).await;
        assert_eq!(vehicle["rating"]["count"], rows.len());
        assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row["created_at"].to_string())));
        let picture = vehicle["images"][0].as_str().unwrap();
        api.anybody().get(picture).await.must_be(200);
        reviews += rows.len();
    }
    assert!(reviews > 60, "{reviews}");
}

#[tokio::test]
async fn what_was_deleted_of_the_samples_comes_back_and_what_was_written_stays() {
    let api = TestApi::start().await;
    reviews::seed(&api.store).await.unwrap();
    let volvo = "/api/vehicles/01890000-0000-7000-8000-000000000006";
    let (count, _) = api.rating(volvo).await;
    api.user("brand.new")
        .await
        .review(volvo, 1)
        .await
        .must_be(201);
    let (_, rows) = api.anybody().pages(&format!("{volvo}/reviews")).await;
    let id = rows[3]["id"].as_str().unwrap().parse().unwrap();
    let vehicle = volvo.rsplit('/').next().unwrap().parse().unwrap();
    let review = api.store.reviews.find(vehicle, id).await.unwrap().unwrap();
    let email = Email::entered("dom@fastandfurious.com").unwrap();
    let account = api.store.accounts.find(&email).await.unwrap().unwrap();
    let author = User {
        id: review.author_id,
        ..account.user
    };
    let deleted = write_review::delete(&api.store, &author, (vehicle, id)).await;
    deleted.unwrap();
    assert_eq!(api.rating(volvo).await.0, count);
    assert_eq!(reviews::seed(&api.store).await.unwrap(), 1);
    assert_eq!(api.rating(volvo).await.0, count + 1);
}

#[tokio::test]
async fn nobody_can_log_in_as_one_of_the_samples() {
    let api = TestApi::start().await;
    reviews::seed(&api.store).await.unwrap();
    for password in ["dominic", "!", "password", "dominic1"] {
        let answer = api.log_in("dom@fastandfurious.com", password).await;
        answer.must_be(401);
    }
    let taken = serde_json::json!({
        "email": "Dom@FastAndFurious.com", "first_name": "Not", "last_name": "Dom", "password": "long enough",
    });
    api.anybody().post("/api/users", taken).await.must_be(409);
}
