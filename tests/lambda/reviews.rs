//! The reviews API, invoked.

use serde_json::json;

use crate::event::Gateway;
use crate::function::Function;

#[tokio::test]
async fn the_api_and_its_pages_are_answered() {
    let Some(reviews) = Function::start("reviews", &[]).await else {
        return;
    };
    for gateway in Gateway::ALL {
        let page = reviews.invoke(gateway.get("/").uncompressed()).await;
        assert!(page.must_be(200).text().contains("<html"));
        let found = gateway
            .get("/api/vehicles?make=land+rover&limit=1")
            .uncompressed();
        let found = reviews.invoke(found).await.must_be(200).json();
        assert_eq!(found["items"][0]["make"], "Land Rover", "{found}");

        let registration = json!({
            "email": format!("{gateway:?}@example.com"), "first_name": "Mia", "last_name": "Toretto",
            "password": "no crust, please",
        });
        let register = gateway.request("POST", "/api/users").uncompressed();
        let registered = reviews.invoke(register.json(&registration)).await;
        let user = registered.must_be(201).json();
        assert_eq!(user["display_name"], "Mia T.", "{user}");
        let nobody = gateway.get("/api/users/me").uncompressed();
        let nobody = reviews.invoke(nobody).await.must_be(401);
        assert_eq!(nobody.header("content-type"), "application/problem+json");
    }
}
