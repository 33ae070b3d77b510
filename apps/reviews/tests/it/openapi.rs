//! The description of the API.

use serde_json::Value;

use crate::api::TestApi;

#[tokio::test]
async fn the_docs_page_draws_the_description_that_is_served() {
    let api = TestApi::start().await;
    let anybody = api.anybody();
    let served: Value = anybody.get("/api/openapi.json").await.must_be(200).json();
    assert_eq!(served, serde_json::to_value(reviews::openapi()).unwrap());
    let page = anybody.get("/api/docs/").await.must_be(200);
    assert!(page.text.contains("swagger-ui"));
    let script = anybody
        .get("/api/docs/swagger-initializer.js")
        .await
        .must_be(200);
    assert!(script.text.contains("/api/openapi.json"));
}

#[test]
fn the_description_changes_only_on_purpose() {
    insta::assert_json_snapshot!(reviews::openapi(), { ".info.version" => "[version]" });
}
