//! How a request body becomes a command, and what is said where it does not.

use crate::{codes, send, shop};

/// Sends each body to the path and compares the codes of the errors.
fn assert_codes(path: &str, cases: &[(&str, &[&str])]) {
    let engine = shop();
    for (body, expected) in cases {
        let answer = send(&engine, path, body);
        assert_eq!(codes(&answer), *expected, "{body} gave {answer}");
    }
}

#[test]
fn bodies_that_are_no_command_are_told_what_they_lack() {
    assert_codes(
        "",
        &[
            ("", &["COMMAND_FIELD_VALUE_INVALID"]),
            (" null ", &["COMMAND_FIELD_VALUE_INVALID"]),
            ("[]", &["REQUEST_STRUCTURE_MISMATCH"]),
            ("\"findKeyspaces\"", &["REQUEST_STRUCTURE_MISMATCH"]),
            ("5", &["REQUEST_STRUCTURE_MISMATCH"]),
            ("{}", &["REQUEST_STRUCTURE_MISMATCH"]),
            (
                r#"{"findKeyspaces":{},"findNamespaces":{}}"#,
                &["REQUEST_STRUCTURE_MISMATCH"],
            ),
            (r#"{"findKeyspaces":null}"#, &["REQUEST_STRUCTURE_MISMATCH"]),
            (r#"{"findKeyspaces":[]}"#, &["REQUEST_STRUCTURE_MISMATCH"]),
            (
                r#"{"listKeyspaces":{},"findKeyspaces":{}}"#,
                &["COMMAND_UNKNOWN"],
            ),
            (
                r#"{"findKeyspaces":{"bogus":1},"findNamespaces":{}}"#,
                &["COMMAND_FIELD_UNKNOWN"],
            ),
            (
                r#"{"findKeyspaces":{},"findKeyspaces":{}}"#,
                &["REQUEST_NOT_JSON"],
            ),
            (r#"{"findKeyspaces":"#, &["REQUEST_NOT_JSON"]),
        ],
    );
}

#[test]
fn text_after_the_command_is_ignored() {
    let engine = shop();
    let marked = send(&engine, "", "\u{feff}{\"findKeyspaces\":{}}");
    assert_eq!(marked["status"]["keyspaces"], serde_json::json!(["shop"]));
    let answer = send(&engine, "", r#"{"findKeyspaces":{}} and so on"#);
    assert_eq!(answer["status"]["keyspaces"], serde_json::json!(["shop"]));
}

#[test]
fn numbers_and_nesting_beyond_the_limits_fail_the_whole_request() {
    let number = format!(r#"{{"find":{{"filter":{{"a":{}}}}}}}"#, "9".repeat(101));
    let nesting = format!(
        r#"{{"find":{{"filter":{}{}}}}}"#,
        r#"{"a":"#.repeat(1000),
        "}".repeat(1000)
    );
    assert_codes(
        "shop/carts",
        &[
            (&number, &["SHRED_DOC_LIMIT_VIOLATION"]),
            (&nesting, &["SHRED_DOC_LIMIT_VIOLATION"]),
        ],
    );
}

#[test]
fn a_command_at_the_wrong_level_is_unknown_there() {
    let engine = shop();
    for (path, command) in [
        ("", "createCollection"),
        ("shop", "createKeyspace"),
        ("shop", "find"),
        ("shop/a", "dropIndex"),
    ] {
        let answer = send(&engine, path, &format!(r#"{{"{command}":{{}}}}"#));
        assert_eq!(codes(&answer), ["COMMAND_UNKNOWN"]);
    }
    let answer = send(&engine, "", r#"{"Findkeyspaces":null}"#);
    assert_eq!(
        answer["errors"][0]["message"],
        "There is no command 'Findkeyspaces' for the database. The commands here are: createKeyspace, createNamespace, \
         dropKeyspace, dropNamespace, findEmbeddingProviders, findKeyspaces, findNamespaces, findRerankingProviders."
    );
}

#[test]
fn unknown_fields_are_told_the_known_ones() {
    let engine = shop();
    let answer = send(
        &engine,
        "shop/carts",
        r#"{"find":{"filter":{},"options":{"limt":5}}}"#,
    );
    assert_eq!(codes(&answer), ["COMMAND_FIELD_UNKNOWN"]);
    assert_eq!(
        answer["errors"][0]["message"],
        "find.options has no field 'limt'. Its fields are: includeSimilarity, includeSortVector, limit, pageState, skip. \
         Check the spelling, or leave it out."
    );
}

#[test]
fn options_of_commands_without_options_may_only_be_empty() {
    assert_codes(
        "shop/carts",
        &[
            (
                r#"{"countDocuments":{"options":{"a":1}}}"#,
                &["COMMAND_ACCEPTS_NO_OPTIONS"],
            ),
            (
                r#"{"countDocuments":{"options":"x"}}"#,
                &["COMMAND_ACCEPTS_NO_OPTIONS"],
            ),
            (
                r#"{"countDocuments":{"options":{}}}"#,
                &["UNKNOWN_COLLECTION_OR_TABLE"],
            ),
            (
                r#"{"countDocuments":{"options":null}}"#,
                &["UNKNOWN_COLLECTION_OR_TABLE"],
            ),
            (
                r#"{"findOneAndDelete":{"options":{}}}"#,
                &["COMMAND_FIELD_UNKNOWN"],
            ),
        ],
    );
}

/// The collection does not exist: what was understood is answered so.
const UNDERSTOOD: &[&str] = &["UNKNOWN_COLLECTION_OR_TABLE"];

#[test]
fn scalars_of_a_neighbouring_kind_are_understood() {
    for option in [
        r#""limit":"2""#,
        r#""limit":2.5"#,
        r#""limit":1e2"#,
        r#""limit":"""#,
        r#""limit":null"#,
        r#""includeSimilarity":"TRUE""#,
        r#""includeSimilarity":5"#,
        r#""includeSimilarity":"""#,
        r#""pageState":5"#,
    ] {
        assert_codes(
            "shop/carts",
            &[(
                &format!(r#"{{"find":{{"options":{{{option}}}}}}}"#),
                UNDERSTOOD,
            )],
        );
    }
}

#[test]
fn values_of_another_kind_do_not_fit() {
    for option in [
        r#""limit":"two""#,
        r#""limit":true"#,
        r#""limit":[1]"#,
        r#""limit":2147483648"#,
        r#""limit":1e10"#,
        r#""includeSimilarity":"yes""#,
        r#""includeSimilarity":0.5"#,
        r#""pageState":{}"#,
    ] {
        let body = format!(r#"{{"find":{{"options":{{{option}}}}}}}"#);
        assert_codes("shop/carts", &[(&body, &["REQUEST_STRUCTURE_MISMATCH"])]);
    }
}

#[test]
fn values_out_of_range_are_reported_all_at_once() {
    assert_codes(
        "shop/carts",
        &[
            (
                r#"{"find":{"sort":{},"options":{"limit":0,"skip":-1}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID", "COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"insertMany":{}}"#,
                &["COMMAND_FIELD_VALUE_INVALID", "COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"insertMany":{"documents":[]}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"updateOne":{"filter":{}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"deleteOne":{"filter":null}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"findOneAndUpdate":{"update":{},"options":{"returnDocument":"After"}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
        ],
    );
}

#[test]
fn an_insert_of_more_than_a_hundred_documents_is_refused() {
    let documents = |count: usize| {
        format!(
            r#"{{"insertMany":{{"documents":[{}]}}}}"#,
            vec!["{}"; count].join(",")
        )
    };
    assert_codes(
        "shop/carts",
        &[
            (&documents(100), UNDERSTOOD),
            (&documents(101), &["COMMAND_FIELD_VALUE_INVALID"]),
        ],
    );
}

#[test]
fn skip_needs_a_sort_and_does_not_go_with_vectors() {
    assert_codes(
        "shop/carts",
        &[
            (
                r#"{"find":{"options":{"skip":0}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"find":{"sort":null,"options":{"skip":1}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"find":{"options":{"skip":-1}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID", "COMMAND_FIELD_VALUE_INVALID"],
            ),
            (r#"{"find":{"sort":{},"options":{"skip":1}}}"#, UNDERSTOOD),
            (
                r#"{"find":{"sort":{"$vectorize":"x"},"options":{"skip":1,"limit":1001}}}"#,
                UNDERSTOOD,
            ),
            (
                r#"{"find":{"sort":{"$vector":[1]},"options":{"skip":0,"limit":1001}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"find":{"sort":{"$vector":[1]},"options":{"skip":0}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"find":{"sort":{"a":1},"options":{"skip":1}}}"#,
                UNDERSTOOD,
            ),
            (
                r#"{"find":{"sort":{"$vector":[1]},"options":{"limit":1001}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"find":{"sort":{"a":1},"options":{"limit":1001}}}"#,
                UNDERSTOOD,
            ),
        ],
    );
}

#[test]
fn clauses_that_cannot_be_understood_are_told_before_anything_else() {
    let engine = shop();
    send(&engine, "shop", r#"{"createCollection":{"name":"carts"}}"#);
    let table = r#"{"createTable":{"name":"rows","definition":{"columns":{"id":"text"},"primaryKey":"id"}}}"#;
    send(&engine, "shop", table);
    let bad_filter = r#""filter":{"id":{"$x":1}}"#;
    let bad_sort = r#""sort":{"id":0}"#;
    let cases = [
        (
            "rows",
            "countDocuments",
            format!("{{{bad_filter}}}"),
            "FILTER_UNSUPPORTED_OPERATOR",
        ),
        (
            "rows",
            "findOneAndDelete",
            format!("{{{bad_filter}}}"),
            "FILTER_UNSUPPORTED_OPERATOR",
        ),
        (
            "rows",
            "findOneAndDelete",
            format!("{{{bad_sort}}}"),
            "INVALID_REGULAR_SORT_EXPRESSION",
        ),
        (
            "rows",
            "find",
            format!("{{{bad_filter},{bad_sort}}}"),
            "FILTER_UNSUPPORTED_OPERATOR",
        ),
        (
            "rows",
            "countDocuments",
            r#"{"filter":{"id":"a"}}"#.to_owned(),
            "UNSUPPORTED_TABLE_COMMAND",
        ),
        (
            "carts",
            "findOneAndReplace",
            format!(r#"{{{bad_filter},"projection":5,"replacement":{{}}}}"#),
            "FILTER_UNSUPPORTED_OPERATOR",
        ),
        (
            "carts",
            "findAndRerank",
            r#"{"projection":5}"#.to_owned(),
            "MISSING_RERANK_QUERY_TEXT",
        ),
    ];
    for (name, command, arguments, code) in cases {
        let body = format!(r#"{{"{command}":{arguments}}}"#);
        let answer = send(&engine, &format!("shop/{name}"), &body);
        assert_eq!(codes(&answer), [code], "{body}");
    }
}

#[test]
fn what_a_command_lacks_is_told_for_each_field() {
    assert_codes(
        "shop",
        &[
            (
                r#"{"createType":{}}"#,
                &["COMMAND_FIELD_VALUE_INVALID", "COMMAND_FIELD_VALUE_INVALID"],
            ),
            (
                r#"{"createType":{"name":"","definition":{}}}"#,
                &["COMMAND_FIELD_VALUE_INVALID"],
            ),
        ],
    );
    assert_codes(
        "shop/carts",
        &[
            (r#"{"alterTable":{}}"#, UNDERSTOOD),
            (
                r#"{"updateMany":{"update":{},"options":{"pagingState":"x"}}}"#,
                UNDERSTOOD,
            ),
        ],
    );
}

#[test]
fn hybrid_limits_are_one_number_or_one_for_each_search() {
    let body =
        |limits: &str| format!(r#"{{"findAndRerank":{{"options":{{"hybridLimits":{limits}}}}}}}"#);
    assert_codes(
        "shop/carts",
        &[
            (&body("100"), UNDERSTOOD),
            (&body(r#"{"$vector":1,"$lexical":5}"#), UNDERSTOOD),
            (&body("0"), UNDERSTOOD),
            (&body(r#"{"$vector":1}"#), &["REQUEST_STRUCTURE_MISMATCH"]),
            (
                &body(r#"{"$vector":1,"x":1}"#),
                &["REQUEST_STRUCTURE_MISMATCH"],
            ),
            (&body(r#""x""#), &["REQUEST_STRUCTURE_MISMATCH"]),
        ],
    );
}

#[test]
fn hybrid_limits_are_checked_once_the_sort_is() {
    let engine = shop();
    send(&engine, "shop", r#"{"createCollection":{"name":"carts"}}"#);
    let cases = [
        (r#""limit":1"#, "{}", "MISSING_RERANK_QUERY_TEXT"),
        (r#""hybridLimits":0"#, "{}", "COMMAND_FIELD_VALUE_INVALID"),
        (
            r#""hybridLimits":{"$vector":1,"$lexical":101}"#,
            "{}",
            "COMMAND_FIELD_VALUE_INVALID",
        ),
        (r#""hybridLimits":100.9"#, "{}", "MISSING_RERANK_QUERY_TEXT"),
        (
            r#""hybridLimits":0"#,
            r#"{"$hybrid":"words"}"#,
            "UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION",
        ),
        (
            r#""rerankQuery":" ""#,
            r#"{"$hybrid":" "}"#,
            "MISSING_RERANK_QUERY_TEXT",
        ),
        (
            r#""limit":1"#,
            r#"{"$hybrid":{"$vectorize":""}}"#,
            "MISSING_RERANK_QUERY_TEXT",
        ),
        (
            r#""limit":1"#,
            r#"{"$hybrid":null}"#,
            "REQUEST_STRUCTURE_MISMATCH",
        ),
    ];
    for (options, sort, code) in cases {
        let body = format!(r#"{{"findAndRerank":{{"sort":{sort},"options":{{{options}}}}}}}"#);
        assert_eq!(codes(&send(&engine, "shop/carts", &body)), [code], "{body}");
    }
}

#[test]
fn old_names_of_commands_work_with_a_warning() {
    let engine = shop();
    for body in [
        r#"{"createNamespace":{"name":"n"}}"#,
        r#"{"findNamespaces":{}}"#,
        r#"{"dropNamespace":{"name":"n"}}"#,
    ] {
        let answer = send(&engine, "", body);
        assert_eq!(
            answer["status"]["warnings"][0]["errorCode"], "DEPRECATED_COMMAND",
            "{answer}"
        );
        assert!(answer.get("errors").is_none(), "{answer}");
    }
    assert_eq!(
        send(&engine, "", r#"{"findNamespaces":{}}"#)["status"]["namespaces"],
        serde_json::json!(["shop"])
    );
}
