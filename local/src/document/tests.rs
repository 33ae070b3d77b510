use super::*;
use crate::error::{Kind, request};
use crate::json;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn object(text: &str) -> Object {
    value(text).as_object().unwrap().clone()
}

fn vectors() -> CollectionRules {
    CollectionRules {
        vector: Some(VectorRule {
            dimension: 3,
            metric: Metric::Cosine,
        }),
        ..CollectionRules::default()
    }
}

fn stored(text: &str) -> String {
    let prepared = prepare(object(text), &CollectionRules::default()).unwrap();
    Value::from(prepared.document).to_json()
}

fn refused(text: &str) -> Option<&'static Kind> {
    prepare(object(text), &CollectionRules::default())
        .err()
        .map(|error| error.kind)
}

#[test]
fn the_id_comes_first_and_numbers_are_normalised() {
    assert_eq!(
        stored(r#"{"a":1.50,"_id":5.0,"b":[{"c":100.0}]}"#),
        r#"{"_id":5,"a":1.5,"b":[{"c":1E+2}]}"#
    );
}

#[test]
fn extended_json_is_stored_as_sent() {
    let text = r#"{"_id":{"$uuid":"3F2504E0-4F89-41D3-9A0C-0305E82C3301"},"d":{"$date":-1},"b":{"$binary":"AAAA"}}"#;
    assert_eq!(stored(text), text);
}

#[test]
fn a_missing_id_is_made() {
    let prepared = prepare(object(r#"{"a":1}"#), &CollectionRules::default()).unwrap();
    assert_eq!(
        prepared.document.first().unwrap().1,
        &prepared.id.to_value()
    );
}

#[test]
fn malformed_documents_say_why() {
    for (text, kind) in [
        (r#"{"v":{"$date":1.0}}"#, &document::SHRED_BAD_EJSON_VALUE),
        (
            r#"{"v":{"$date":"2020-01-01"}}"#,
            &document::SHRED_BAD_EJSON_VALUE,
        ),
        (r#"{"v":{"$date":null}}"#, &document::SHRED_BAD_EJSON_VALUE),
        (
            r#"{"v":{"$uuid":"3f2504e04f8941d39a0c0305e82c3301"}}"#,
            &document::SHRED_BAD_EJSON_VALUE,
        ),
        (
            r#"{"v":[{"$date":1},{"$date":"bad"}]}"#,
            &document::SHRED_BAD_EJSON_VALUE,
        ),
        (
            r#"{"v":{"$date":1,"a":2}}"#,
            &document::SHRED_BAD_FIELD_NAME,
        ),
        (
            r#"{"v":{"$numberLong":"5"}}"#,
            &document::SHRED_BAD_FIELD_NAME,
        ),
        (r#"{"v":{"$vector":[1]}}"#, &document::SHRED_BAD_FIELD_NAME),
        (r#"{"$hybrid":"x"}"#, &document::SHRED_BAD_FIELD_NAME),
        (r#"{"":1}"#, &document::SHRED_BAD_FIELD_NAME),
        (r#"{"_id":[1]}"#, &document::SHRED_BAD_DOCID_TYPE),
        (
            r#"{"$lexical":5}"#,
            &document::SHRED_BAD_DOCUMENT_LEXICAL_TYPE,
        ),
        (
            r#"{"$lexical":"x"}"#,
            &schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION,
        ),
        (
            r#"{"n":1000e2147483647}"#,
            &document::SHRED_DOC_LIMIT_VIOLATION,
        ),
    ] {
        assert_eq!(refused(text), Some(kind), "{text}");
    }
}

#[test]
fn shape_limits_are_those_of_the_server() {
    let limit = Some(&document::SHRED_DOC_LIMIT_VIOLATION);
    let string = |length: usize| format!(r#"{{"v":"{}"}}"#, "x".repeat(length));
    assert_eq!(refused(&string(8000)), None);
    assert_eq!(refused(&string(8001)), limit);
    let array = |length: usize| format!(r#"{{"v":[{}]}}"#, vec!["1"; length].join(","));
    assert_eq!(refused(&array(1000)), None);
    assert_eq!(refused(&array(1001)), limit);
    let fields = |count: usize| {
        (0..count)
            .map(|at| format!("\"p{at}\":1"))
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(refused(&format!(r#"{{"o":{{{}}}}}"#, fields(1000))), None);
    assert_eq!(refused(&format!(r#"{{"o":{{{}}}}}"#, fields(1001))), limit);
    assert_eq!(
        refused(&format!(
            r#"{{"_id":1,"o":{{{0}}},"q":{{{0}}}}}"#,
            fields(998)
        )),
        None
    );
    assert_eq!(
        refused(&format!(
            r#"{{"_id":1,"o":{{{0}}},"q":{{{0}}}}}"#,
            fields(999)
        )),
        limit
    );
    let nest = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert_eq!(refused(&nest(16)), None);
    assert_eq!(refused(&nest(17)), limit);
    let path = |length: usize| format!(r#"{{"ab":{{"{}":1}}}}"#, "x".repeat(length));
    assert_eq!(refused(&path(997)), None);
    assert_eq!(refused(&path(998)), limit);
}

#[test]
fn what_is_beyond_a_limit_is_named() {
    let message = |text: &str| {
        let error = prepare(object(text), &CollectionRules::default()).unwrap_err();
        assert_eq!(error.kind, &document::SHRED_DOC_LIMIT_VIOLATION);
        error.message
    };
    let fields: Vec<String> = (0..1001).map(|at| format!("\"p{at}\":1")).collect();
    let fields = fields.join(",");
    let (long, items) = ("x".repeat(8001), vec!["1"; 1001].join(","));
    let deep = format!("{}1{}", r#"{"a":"#.repeat(16), "}".repeat(16));
    let huge = "x".repeat(4_000_000);
    for (text, named) in [
        (
            format!(r#"{{"a":[{{"b.c":"{long}"}}]}}"#),
            "string at `a.0.b&.c` has 8001 bytes",
        ),
        (
            format!(r#"{{"a":{{"l":[{items}]}}}}"#),
            "array at `a.l` has 1001 elements",
        ),
        (
            format!(r#"{{"a":{{"o":{{{fields}}}}}}}"#),
            "object at `a.o` has 1001 fields",
        ),
        (format!("{{{fields}}}"), "The document has 1002 fields"),
        (
            format!(r#"{{"ab":{{"{}":1}}}}"#, "x".repeat(998)),
            "path `ab.xxx",
        ),
        (format!(r#"{{"b":{deep}}}"#), "at `b.a.a.a.a.a"),
        (
            format!(r#"{{"a":1,"b":{{"c":"{huge}"}}}}"#),
            "4000008 are in the field `b`",
        ),
        (
            r#"{"a":[{"n":12e2147483647}]}"#.to_owned(),
            "exponent of the number `12e2147483647` at `a.0.n`",
        ),
    ] {
        let message = message(&text);
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn what_is_not_indexed_escapes_the_limits() {
    let rules = CollectionRules {
        indexing: Indexing::deny(&["blob".to_owned()]).unwrap(),
        ..CollectionRules::default()
    };
    let document = object(&format!(
        r#"{{"blob":{{"s":"{}","a":[{}]}}}}"#,
        "x".repeat(9000),
        vec!["1"; 2000].join(",")
    ));
    assert!(prepare(document.clone(), &rules).is_ok());
    assert!(prepare(document, &CollectionRules::default()).is_err());
}

#[test]
fn a_document_may_have_four_million_characters() {
    let rules = CollectionRules {
        indexing: Indexing::Nothing,
        ..CollectionRules::default()
    };
    // {"_id":1,"v":""} has 16 characters; an é is one.
    let document = |length: usize| object(&format!(r#"{{"_id":1,"v":"{}"}}"#, "é".repeat(length)));
    assert!(prepare(document(4_000_000 - 16), &rules).is_ok());
    assert!(prepare(document(4_000_000 - 15), &rules).is_err());
}

#[test]
fn vectors_are_checked_where_the_collection_holds_them() {
    let vector = |text: &str| prepare(object(text), &vectors()).map(|prepared| prepared.vector);
    assert_eq!(
        vector(r#"{"$vector":[1,2,3]}"#).unwrap(),
        Some(vec![1.0, 2.0, 3.0])
    );
    assert_eq!(vector(r#"{"$vector":null}"#).unwrap(), None);
    assert_eq!(
        vector(r#"{"$vector":[1,2]}"#).unwrap_err().kind,
        &document::INVALID_VECTOR_LENGTH
    );
    let plain = prepare(object(r#"{"$vector":[1,2]}"#), &CollectionRules::default()).unwrap();
    assert_eq!(plain.vector, None);
}

mod inserting {
    use super::*;
    use crate::document::insert::{Rejected, no_embedding_service, prepare_all};
    use crate::error::ApiError;

    fn no_service(_: &[String]) -> Result<Vec<Vec<f32>>, ApiError> {
        Err(no_embedding_service())
    }

    fn outcomes(
        texts: &[&str],
        rules: &CollectionRules,
    ) -> Vec<Result<PreparedDocument, Rejected>> {
        let documents = texts.iter().map(|text| value(text)).collect();
        prepare_all(documents, rules, no_service).unwrap()
    }

    fn fails(texts: &[&str], rules: &CollectionRules) -> &'static Kind {
        let documents = texts.iter().map(|text| value(text)).collect();
        prepare_all(documents, rules, no_service).unwrap_err().kind
    }

    #[test]
    fn a_bad_document_does_not_spoil_the_others() {
        let outcomes = outcomes(
            &[r#"{"_id":"a","v":{"$x":1}}"#, "5", r#"{"_id":"b"}"#],
            &CollectionRules::default(),
        );
        let first = outcomes[0].as_ref().unwrap_err();
        assert_eq!(first.error.document_ids, [Value::from("a")]);
        let second = outcomes[1].as_ref().unwrap_err();
        assert_eq!(
            (second.error.kind, second.error.document_ids.len()),
            (&document::SHRED_BAD_DOCUMENT_TYPE, 0)
        );
        assert!(outcomes[2].is_ok());
    }

    #[test]
    fn a_generated_id_is_named_in_the_error() {
        let outcomes = outcomes(&[r#"{"v":{"$x":1}}"#], &CollectionRules::default());
        assert_eq!(
            outcomes[0].as_ref().unwrap_err().error.document_ids.len(),
            1
        );
    }

    #[test]
    fn vectors_for_a_collection_without_fail_everything() {
        let texts = [r#"{"_id":"a"}"#, r#"{"$vector":[1,2]}"#];
        assert_eq!(
            fails(&texts, &CollectionRules::default()),
            &schema::VECTOR_SEARCH_NOT_SUPPORTED
        );
        assert!(outcomes(&[r#"{"$vector":[]}"#], &CollectionRules::default())[0].is_err());
        assert!(outcomes(&[r#"{"$vector":null}"#], &CollectionRules::default())[0].is_ok());
    }

    #[test]
    fn vectorize_needs_a_service_only_for_text() {
        assert_eq!(
            fails(&[r#"{"$vectorize":"hi"}"#], &vectors()),
            &schema::EMBEDDING_SERVICE_NOT_CONFIGURED
        );
        assert_eq!(
            fails(&[r#"{"$vectorize":5}"#], &vectors()),
            &document::INVALID_VECTORIZE_VALUE_TYPE
        );
        assert_eq!(
            fails(&[r#"{"$vectorize":"a","$vector":[1,2,3]}"#], &vectors()),
            &schema::INVALID_USAGE_OF_VECTORIZE
        );
        let outcomes = outcomes(&[r#"{"_id":1,"$vectorize":" "}"#], &vectors());
        let stored = Value::from(outcomes[0].as_ref().unwrap().document.clone()).to_json();
        assert_eq!(stored, r#"{"_id":1,"$vectorize":" ","$vector":null}"#);
    }

    #[test]
    fn texts_are_embedded_together_and_blank_ones_are_not() {
        let texts = [
            r#"{"_id":1,"$vectorize":"a"}"#,
            r#"{"_id":2,"$vectorize":""}"#,
            r#"{"_id":3,"$hybrid":{"$vectorize":"b"}}"#,
        ];
        let documents = texts.iter().map(|text| value(text)).collect();
        let outcomes = prepare_all(documents, &vectors(), |texts| {
            assert_eq!(texts, ["a", "b"]);
            Ok(vec![vec![1.0, 0.0, 0.0], vec![0.0, 0.5, 0.0]])
        });
        let stored = outcomes.unwrap();
        let stored = stored.into_iter().map(|outcome| outcome.unwrap().vector);
        let expected = [Some(vec![1.0, 0.0, 0.0]), None, Some(vec![0.0, 0.5, 0.0])];
        assert_eq!(stored.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn hybrid_is_expanded() {
        let rules = CollectionRules::default();
        let outcomes = outcomes(&[r#"{"_id":1,"$hybrid":null}"#], &rules);
        let stored = Value::from(outcomes[0].as_ref().unwrap().document.clone()).to_json();
        assert_eq!(
            stored,
            r#"{"_id":1,"$lexical":null,"$vectorize":null,"$vector":null}"#
        );
        for (text, kind) in [
            (
                r#"{"$hybrid":"x"}"#,
                &schema::EMBEDDING_SERVICE_NOT_CONFIGURED,
            ),
            (
                r#"{"$hybrid":5}"#,
                &request::HYBRID_FIELD_UNSUPPORTED_VALUE_TYPE,
            ),
            (
                r#"{"$hybrid":{"x":1}}"#,
                &request::HYBRID_FIELD_UNKNOWN_SUBFIELDS,
            ),
            (
                r#"{"$hybrid":{"$lexical":1}}"#,
                &request::HYBRID_FIELD_UNSUPPORTED_SUBFIELD_VALUE_TYPE,
            ),
            (
                r#"{"$hybrid":"a","$vector":[1]}"#,
                &request::HYBRID_FIELD_CONFLICT,
            ),
        ] {
            assert_eq!(fails(&[text], &rules), kind, "{text}");
        }
    }
}
