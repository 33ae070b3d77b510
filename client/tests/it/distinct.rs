//! `distinct`.

use astra_db::{Error, field_path};
use serde_json::json;

use crate::support::{Outcome, Script, collection, failure};

#[tokio::test]
async fn values_are_gathered_over_all_pages_and_only_their_field_is_asked_for() {
    let script = Script::of([
        Outcome::Reply(
            200,
            r#"{"data":{"documents":[{"a.b":{"tags":["x","y"]}},{}],"nextPageState":"s"}}"#,
        ),
        Outcome::Reply(
            200,
            r#"{"data":{"documents":[{"a.b":{"tags":["y",1]}},{"a.b":{"tags":1.0}}],"nextPageState":null}}"#,
        ),
    ]);
    let values = collection(&script)
        .distinct(field_path(["a.b", "tags"]), json!({"c": 1}))
        .await
        .unwrap();
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["\"x\"", "\"y\"", "1"]);
    for command in script.commands() {
        assert_eq!(command["find"]["filter"], json!({"c": 1}));
        assert_eq!(command["find"]["projection"], json!({"a&.b.tags": 1}));
    }
}

#[tokio::test]
async fn a_path_the_server_would_refuse_is_never_sent() {
    let script = Script::of([Outcome::Reply(200, "{}")]);
    let error = failure(collection(&script).distinct("R&D", json!({})).await);
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert_eq!(script.attempts(), 0);
}
