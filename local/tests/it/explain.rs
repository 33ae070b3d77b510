//! How commands find what they are about, in words.

use astra_local::{Engine, Request};

use crate::stored::copy_of;

fn explained(path: &str, body: &str) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of("every-type", directory.path());
    let engine = Engine::open(directory.path()).expect("an engine");
    let mut names = path.split('/');
    let request = Request {
        keyspace: names.next(),
        name: names.next(),
        body: body.as_bytes(),
    };
    engine.explain(request).unwrap_or_default()
}

#[test]
fn each_way_to_find_documents_has_its_words() {
    for (path, body, plan) in [
        (
            "ks/vectors",
            r#"{"find":{"filter":{"_id":{"$in":["v1","v2"]}}}}"#,
            "reads 2 documents by `_id`",
        ),
        (
            "ks/vectors",
            r#"{"find":{"filter":{"n":7}}}"#,
            "reads documents by the index, under 2 entries",
        ),
        (
            "ks/vectors",
            r#"{"find":{"filter":{"n":{"$gt":30}}}}"#,
            "reads 4 documents by the index",
        ),
        (
            "ks/vectors",
            r#"{"find":{"filter":{"n":7,"changed":{"$ne":true}}}}"#,
            "reads documents by the index, under 2 entries; each is tested by the whole filter",
        ),
        (
            "ks/vectors",
            r#"{"deleteMany":{"filter":{"n":{"$ne":7}}}}"#,
            "reads every document, up to 35: the index does not help; each is tested by the whole filter",
        ),
        (
            "ks/vectors",
            r#"{"find":{"sort":{"$vector":[1,1,1]}}}"#,
            "reads every document, up to 35: the index does not help; their vectors are compared",
        ),
        (
            "ks/vectors",
            r#"{"find":{"filter":{"n":7},"sort":{"n":1}}}"#,
            "reads documents by the index, under 2 entries; they are sorted in memory",
        ),
    ] {
        assert_eq!(explained(path, body), plan, "{path} {body}");
    }
}

#[test]
fn each_way_to_find_rows_has_its_words() {
    for (path, body, plan) in [
        (
            "ks/every",
            r#"{"find":{"filter":{"id":"a"}}}"#,
            "reads rows by primary key, in 1 range",
        ),
        (
            "ks/every",
            r#"{"find":{"filter":{"bigint":7}}}"#,
            "reads rows by the index of `bigint`, under 1 entry",
        ),
        (
            "ks/every",
            r#"{"find":{"filter":{"smallint":7}}}"#,
            "reads every row: neither the partition key nor an index helps",
        ),
        (
            "ks/every",
            r#"{"find":{"sort":{"vector":[1,1,1]}}}"#,
            "reads every row: neither the partition key nor an index helps; their vectors are compared",
        ),
    ] {
        assert_eq!(explained(path, body), plan, "{path} {body}");
    }
}

#[test]
fn what_looks_for_nothing_or_cannot_be_understood_is_not_explained() {
    for (path, body) in [
        ("ks/plain", r#"{"insertOne":{"document":{}}}"#),
        ("ks/none", r#"{"find":{"filter":{}}}"#),
        ("ks/plain", r#"{"find":{"filter":{"$or":7}}}"#),
        ("ks/plain", "["),
    ] {
        assert_eq!(explained(path, body), "", "{path} {body}");
    }
}
