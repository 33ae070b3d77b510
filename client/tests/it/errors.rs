//! What answers and failures become.

use std::error::Error as _;

use astra_db::{Error, ErrorCode, ErrorFamily};
use serde_json::{Value, json};

use crate::support::{Answer, Server, builder, failure};

const UNAUTHENTICATED: &str = r#"{"errors": [{"id": "7", "family": "REQUEST", "scope": "SECURITY",
    "errorCode": "UNAUTHENTICATED_REQUEST", "title": "Token refused", "message": "The token is wrong.\n"}]}"#;
const PARTIAL: &str = r#"{"status": {"insertedIds": ["m2", "m3"], "warnings": [{"family": "REQUEST",
    "scope": "WARNING", "errorCode": "MISSING_INDEX", "title": "t", "message": "no index"}]},
    "errors": [{"errorCode": "INVALID_VECTOR_LENGTH", "family": "REQUEST", "scope": "DOCUMENT",
                "message": "too short", "documentIds": ["m1"]},
               {"errorCode": "SOMETHING_NEW", "family": "ELSEWHERE", "message": "?"}]}"#;

async fn answered_with(answer: Answer) -> Error {
    let server = Server::start(move |_| answer.clone()).await;
    let db = server.database(builder());
    failure(
        db.command(json!({"insertMany": {"documents": []}}))
            .collection("c")
            .await,
    )
}

#[tokio::test]
async fn a_401_with_a_json_body_is_the_servers_own_error() {
    let error = answered_with(Answer::Http(401, UNAUTHENTICATED)).await;
    assert!(error.is_unauthorized() && !error.is_retryable() && !error.is_outcome_unknown());
    assert_eq!(error.code(), Some(&ErrorCode::UnauthenticatedRequest));
    let api = error.api().unwrap();
    assert_eq!(
        (api.scope.as_str(), &api.family),
        ("SECURITY", &ErrorFamily::Request)
    );
    assert_eq!(error.api_errors().unwrap().http_status, 401);
    assert_eq!(
        error.to_string(),
        "insertMany on ks/c was refused: UNAUTHENTICATED_REQUEST: The token is wrong"
    );
}

#[tokio::test]
async fn a_200_with_errors_is_an_error_and_keeps_what_was_done() {
    let error = answered_with(PARTIAL.into()).await;
    let errors = error.api_errors().unwrap();
    let codes: Vec<_> = errors
        .errors()
        .iter()
        .map(|error| error.code.as_str())
        .collect();
    assert_eq!(codes, ["INVALID_VECTOR_LENGTH", "SOMETHING_NEW"]);
    assert_eq!(errors.first().document_ids, ["m1".into()]);
    assert_eq!(errors.errors()[1].family, ErrorFamily::Unknown);
    let status: Value = errors.status().unwrap().unwrap();
    assert_eq!(status["insertedIds"], json!(["m2", "m3"]));
    assert_eq!(errors.data::<Value>().unwrap(), None);
    assert!(
        error.to_string().ends_with("too short (and 1 more error)"),
        "{error}"
    );
}

/// The Python and TypeScript clients look for them beside `errors`, where the server does not put
/// them; the C# client drops them.
#[tokio::test]
async fn warnings_are_kept_when_the_command_failed_and_when_it_did_not() {
    let error = answered_with(PARTIAL.into()).await;
    assert_eq!(
        error.api_errors().unwrap().warnings[0].code,
        ErrorCode::MissingIndex
    );

    let server = Server::answering(
        r#"{"data": {"documents": []}, "status": {"warnings": [{"errorCode": "ZERO_FILTER_OPERATIONS",
            "family": "REQUEST", "scope": "WARNING", "message": "reads everything"}]}}"#,
    )
    .await;
    let reply = server
        .database(builder())
        .command(json!({"find": {}}))
        .await
        .unwrap();
    assert_eq!(reply.warnings.len(), 1);
    assert_eq!(reply.warnings[0].message, "reads everything");
}

#[tokio::test]
async fn a_gateways_page_is_an_http_error_with_its_beginning() {
    let error = answered_with(Answer::Http(503, "<html>Service Unavailable</html>")).await;
    let Error::Http(http) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (http.status, http.body.as_str()),
        (503, "<html>Service Unavailable</html>")
    );
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "insertMany on ks/c was answered with HTTP 503"
    );
}

#[tokio::test]
async fn an_empty_404_tells_to_check_the_address() {
    let error = answered_with(Answer::Http(404, "")).await;
    assert!(error.is_not_found() && !error.is_retryable());
    assert!(
        error
            .to_string()
            .ends_with("HTTP 404: check the endpoint and its API path"),
        "{error}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_told() {
    let other = Server::answering("{}").await;
    let location: &'static str = format!("{}/v1/ks/c", other.address()).leak();
    let error = answered_with(Answer::WithHeader(307, "location", location, "")).await;
    let Error::Http(http) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(http.location.as_deref(), Some(location));
    assert!(other.seen().is_empty(), "the token went to another host");
}

#[tokio::test]
async fn a_json_error_of_a_gateway_is_not_taken_for_the_servers() {
    let error = answered_with(Answer::Http(500, r#"{"message": "upstream"}"#)).await;
    assert!(matches!(error, Error::Http(_)), "{error:?}");
    assert!(error.is_outcome_unknown());
}

#[tokio::test]
async fn a_success_that_is_no_json_is_a_decoding_error() {
    let error = answered_with("<html>Welcome to the Wi-Fi</html>".into()).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(!error.is_retryable() && error.is_outcome_unknown());
}

#[derive(Debug, serde::Deserialize)]
struct Found {
    #[expect(dead_code, reason = "only its shape is read")]
    document: std::collections::BTreeMap<String, std::collections::BTreeMap<String, u32>>,
}

#[tokio::test]
async fn a_decoding_error_names_the_place() {
    let server = Server::answering(r#"{"data": {"document": {"price": {"amount": "ten"}}}}"#).await;
    let reply = server
        .database(builder())
        .command(json!({"findOne": {}}))
        .await
        .unwrap();
    let error = failure(reply.data::<Found>());
    assert_eq!(
        error.to_string(),
        "the answer to findOne on ks cannot be read at data.document.price.amount"
    );
    assert!(error.source().unwrap().to_string().contains("expected u32"));
}

#[tokio::test]
async fn what_cannot_be_written_as_json_is_not_sent() {
    let server = Server::answering("{}").await;
    let odd = std::collections::HashMap::from([([1, 2], 3)]);
    let error = failure(server.database(builder()).command(json!([1])).await);
    assert!(error.to_string().contains("exactly one key"), "{error}");
    let error = failure(server.database(builder()).command(odd).await);
    assert!(matches!(error, Error::Encode(_)), "{error:?}");
    assert!(server.seen().is_empty());
}

/// Printing a chain must not say the same thing twice.
#[tokio::test]
async fn no_error_repeats_its_source() {
    let unused = "http://127.0.0.1:9";
    let db = builder()
        .build()
        .unwrap()
        .database(unused)
        .unwrap()
        .keyspace("ks");
    for error in [
        failure(db.command(json!({"find": {}})).await),
        answered_with("not json".into()).await,
        failure("http://[".parse::<astra_db::ConnectionString>()),
    ] {
        let mut source = error.source();
        assert!(source.is_some(), "{error:?}");
        while let Some(inner) = source {
            assert!(
                !error.to_string().contains(&inner.to_string()),
                "{error} / {inner}"
            );
            source = inner.source();
        }
    }
}

#[test]
fn the_questions_follow_the_code() {
    for (code, exists, missing) in [
        ("DOCUMENT_ALREADY_EXISTS", true, false),
        ("EXISTING_COLLECTION_DIFFERENT_SETTINGS", true, false),
        ("CANNOT_ADD_EXISTING_TABLE", true, false),
        ("UNKNOWN_KEYSPACE", false, true),
        ("UNKNOWN_COLLECTION_OR_TABLE", false, true),
        ("FILTER_INVALID_EXPRESSION", false, false),
    ] {
        let body: &'static str =
            format!(r#"{{"errors": [{{"errorCode": "{code}", "message": ""}}]}}"#).leak();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let error = runtime.block_on(answered_with(body.into()));
        assert_eq!(
            (error.is_already_exists(), error.is_not_found()),
            (exists, missing),
            "{code}"
        );
    }
}

/// Long answers are read in another way than short ones.
#[tokio::test]
async fn a_long_answer_is_judged_like_a_short_one() {
    let filler = "x".repeat(10_000);
    let answer = |body: String| -> &'static str { body.leak() };
    let find = json!({"find": {}});

    let refused = format!(r#"{{"data": "{filler}", "errors": [{{"errorCode": "X_Y"}}]}}"#);
    let server = Server::answering(answer(refused)).await;
    let error = failure(server.database(builder()).command(&find).await);
    assert_eq!(error.code(), Some(&ErrorCode::from("X_Y")));

    let warned = format!(
        r#"{{"data": "{filler}", "status": {{"warnings": [{{"errorCode": "MISSING_INDEX"}}]}}}}"#
    );
    let server = Server::answering(answer(warned)).await;
    let reply = server.database(builder()).command(&find).await.unwrap();
    assert_eq!(reply.warnings[0].code, ErrorCode::MissingIndex);

    for word in ["errors", "warnings", "neither"] {
        let fine = format!(r#"{{"data": {{"{word}": "{filler}"}}, "status": {{"count": 1}}}}"#);
        let server = Server::answering(answer(fine)).await;
        let reply = server.database(builder()).command(&find).await.unwrap();
        assert_eq!(reply.data::<Value>().unwrap()[word], filler, "{word}");
        assert_eq!(
            reply.status::<Value>().unwrap(),
            json!({"count": 1}),
            "{word}"
        );
        assert!(reply.warnings.is_empty());
    }

    let page = format!("<html>{filler}</html>");
    let server = Server::answering(answer(page)).await;
    let error = failure(server.database(builder()).drop_collection("c").await);
    assert!(matches!(error, Error::Decode(_)), "{error:?}");

    let broken = format!(r#"{{"data": {{"document": "{filler}"#);
    let server = Server::answering(answer(broken)).await;
    let error = failure(server.database(builder()).command(&find).await);
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}
