use proptest::prelude::*;

use super::*;
use crate::document::CollectionRules;
use crate::document::entries::index_entries;
use crate::error::{Kind, document, filter as kinds, schema};
use crate::json;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn object(text: &str) -> Object {
    value(text).as_object().unwrap().clone()
}

fn parse(filter: &str) -> Result<Filter, ApiError> {
    Filter::parse(Some(&value(filter)), &Indexing::Everything, None)
}

fn matches(filter: &str, document: &str) -> bool {
    parse(filter).unwrap().matches(&object(document))
}

fn matching(filter: &str, documents: &[&str]) -> Vec<usize> {
    let filter = parse(filter).unwrap();
    let found = documents
        .iter()
        .enumerate()
        .filter(|(_, document)| filter.matches(&object(document)));
    found.map(|(at, _)| at).collect()
}

fn refused(filter: &str) -> &'static Kind {
    parse(filter).expect_err(filter).kind
}

fn assert_refused(kind: &'static Kind, filters: &[&str]) {
    for filter in filters {
        assert_eq!(refused(filter), kind, "{filter}");
    }
}

#[test]
fn equality_sees_scalars_and_arrays_that_contain_them() {
    let documents = [
        r#"{"v":12}"#,
        r#"{"v":[12,"n"]}"#,
        r#"{"v":"12"}"#,
        r#"{"v":[[12]]}"#,
        r#"{"v":1.2e1}"#,
        "{}",
    ];
    assert_eq!(matching(r#"{"v":12}"#, &documents), [0, 1, 4]);
    assert_eq!(matching(r#"{"v":{"$ne":12}}"#, &documents), [2, 3, 5]);
    assert_eq!(
        matching(r#"{"v":{"$in":[12,"12"]}}"#, &documents),
        [0, 1, 2, 4]
    );
    assert_eq!(matching(r#"{"v":{"$nin":[12]}}"#, &documents), [2, 3, 5]);
}

#[test]
fn null_is_only_an_explicit_null() {
    let documents = [r#"{"v":null}"#, r#"{"v":[null]}"#, "{}", r#"{"v":0}"#];
    assert_eq!(matching(r#"{"v":null}"#, &documents), [0]);
    assert_eq!(matching(r#"{"v":{"$ne":null}}"#, &documents), [1, 2, 3]);
    assert_eq!(matching(r#"{"v":{"$in":[null]}}"#, &documents), [0, 1]);
    assert_eq!(matching(r#"{"v":{"$exists":false}}"#, &documents), [2]);
}

#[test]
fn arrays_and_objects_are_compared_by_exact_content() {
    let documents = [
        r#"{"v":[1,2]}"#,
        r#"{"v":[2,1]}"#,
        r#"{"v":{"x":1,"y":2}}"#,
        r#"{"v":{"y":2,"x":1}}"#,
        r#"{"v":{}}"#,
        r#"{"v":[]}"#,
        r#"{"v":"A0"}"#,
    ];
    assert_eq!(matching(r#"{"v":{"$eq":[1.0,2]}}"#, &documents), [0]);
    assert_eq!(matching(r#"{"v":{"x":1,"y":2}}"#, &documents), [2]);
    assert_eq!(matching(r#"{"v":{"$eq":{}}}"#, &documents), [4]);
    assert_eq!(matching(r#"{"v":{"$eq":[]}}"#, &documents), [5]);
    assert_eq!(
        matching(r#"{"v":{"$in":[[],{"y":2,"x":1}]}}"#, &documents),
        [3, 5]
    );
    assert_eq!(matching(r#"{"v":{}}"#, &documents).len(), documents.len());
}

#[test]
fn ranges_stay_within_one_type() {
    let documents = [
        r#"{"v":5}"#,
        r#"{"v":"5"}"#,
        r#"{"v":true}"#,
        r#"{"v":{"$date":5}}"#,
        r#"{"v":[9]}"#,
        r#"{"v":null}"#,
        "{}",
    ];
    assert_eq!(matching(r#"{"v":{"$gte":5}}"#, &documents), [0]);
    assert_eq!(matching(r#"{"v":{"$gt":false}}"#, &documents), [2]);
    assert_eq!(matching(r#"{"v":{"$lte":{"$date":5}}}"#, &documents), [3]);
    assert_eq!(matching(r#"{"v":{"$gte":5,"$lt":6}}"#, &documents), [0]);
}

#[test]
fn arrays_and_objects_stand_among_texts_by_their_fingerprint() {
    let documents = [
        r#"{"v":"12"}"#,
        r#"{"v":{"v":12}}"#,
        r#"{"v":[]}"#,
        r#"{"v":"north"}"#,
    ];
    assert_eq!(matching(r#"{"v":{"$gt":"12"}}"#, &documents), [1, 2, 3]);
    assert_eq!(matching(r#"{"v":{"$lt":"A1"}}"#, &documents), [0, 2]);
}

#[test]
fn contained_and_measured_arrays() {
    let documents = [
        r#"{"v":["a","b",["c"],{"k":1}]}"#,
        r#"{"v":"a"}"#,
        r#"{"v":[]}"#,
        "{}",
    ];
    assert_eq!(matching(r#"{"v":{"$all":["a"]}}"#, &documents), [0, 1]);
    assert_eq!(
        matching(r#"{"v":{"$all":["b",["c"],{"k":1}]}}"#, &documents),
        [0]
    );
    assert_eq!(matching(r#"{"v":{"$size":4.0}}"#, &documents), [0]);
    assert_eq!(matching(r#"{"v":{"$size":0}}"#, &documents), [2]);
    assert_eq!(
        matching(r#"{"$not":{"v":{"$size":0}}}"#, &documents),
        [0, 1, 3]
    );
    assert_eq!(
        matching(r#"{"$not":{"v":{"$all":["a"]}}}"#, &documents),
        [2, 3]
    );
}

#[test]
fn negated_ranges_do_not_find_documents_without_the_field() {
    let documents = [r#"{"n":1}"#, r#"{"n":9}"#, "{}"];
    assert_eq!(matching(r#"{"$not":{"n":{"$gt":3}}}"#, &documents), [0]);
    assert_eq!(matching(r#"{"$not":{"n":1}}"#, &documents), [1, 2]);
    assert_eq!(matching(r#"{"$not":{"$not":{"n":1}}}"#, &documents), [0]);
}

#[test]
fn logical_operators_combine() {
    let documents = [r#"{"a":1,"b":1}"#, r#"{"a":1}"#, r#"{"b":1}"#, "{}"];
    assert_eq!(
        matching(r#"{"$or":[{"a":1},{"b":1}]}"#, &documents),
        [0, 1, 2]
    );
    assert_eq!(matching(r#"{"$and":[{"a":1},{"b":1}]}"#, &documents), [0]);
    assert_eq!(matching(r#"{"$not":{"a":1,"b":1}}"#, &documents), [1, 2, 3]);
    assert_eq!(
        matching(r#"{"$not":{"$or":[{"a":1},{"b":1}]}}"#, &documents),
        [3]
    );
    assert_eq!(
        matching(r#"{"a":1,"$or":[{"b":1},{"c":1}]}"#, &documents),
        [0]
    );
    assert_eq!(
        matching(
            r#"{"$and":[{"$or":[{"a":1},{"b":1}]},{"$not":{"b":1}}]}"#,
            &documents
        ),
        [1]
    );
}

#[test]
fn members_of_one_object_inside_or_are_alternatives_too() {
    // As the real server has it: it adds each comparison to the list of alternatives.
    assert!(matches(r#"{"$or":[{"a":1,"b":1}]}"#, r#"{"a":1}"#));
}

#[test]
fn empty_logicals_say_nothing() {
    for filter in [
        r#"{"$and":[]}"#,
        r#"{"$or":[]}"#,
        r#"{"$and":[{}]}"#,
        r#"{"$not":{}}"#,
        "{}",
        r#"{"a":{}}"#,
    ] {
        assert!(parse(filter).unwrap().is_empty(), "{filter}");
    }
    assert!(!parse(r#"{"a":{"$nin":[]}}"#).unwrap().is_empty());
    assert!(!matches(r#"{"a":{"$in":[]}}"#, r#"{"a":1}"#));
    assert!(matches(r#"{"a":{"$nin":[]}}"#, "{}"));
}

#[test]
fn ids_in_extended_json_are_lower_case_text() {
    let upper = r#"{"u":{"$uuid":"3F2504E0-4F89-41D3-9A0C-0305E82C3301"}}"#;
    assert!(matches(
        r#"{"u":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#,
        upper
    ));
    assert!(matches(
        r#"{"u":{"$uuid":"3F2504e0-4f89-41d3-9a0c-0305e82c3301"}}"#,
        upper
    ));
    assert!(!matches(
        r#"{"u":"3F2504E0-4F89-41D3-9A0C-0305E82C3301"}"#,
        upper
    ));
}

#[test]
fn a_document_id_is_compared_by_identity() {
    let documents = [
        r#"{"_id":"k1"}"#,
        r#"{"_id":5}"#,
        r#"{"_id":{"$uuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}}"#,
        r#"{"_id":null}"#,
    ];
    assert_eq!(matching(r#"{"_id":5.0}"#, &documents), [1]);
    assert_eq!(
        matching(
            r#"{"_id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#,
            &documents
        ),
        [2]
    );
    assert_eq!(matching(r#"{"_id":{"$nin":["k1",5]}}"#, &documents), [2, 3]);
    assert_eq!(matching(r#"{"$not":{"_id":"k1"}}"#, &documents), [1, 2, 3]);
    assert_eq!(matching(r#"{"_id":{"$gt":"k"}}"#, &documents), [0]);
    assert_eq!(
        parse(r#"{"$and":[{"_id":"k1"}],"n":1}"#)
            .unwrap()
            .id_keys()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        parse(r#"{"$or":[{"n":1}],"_id":{"$ne":"k1"}}"#)
            .unwrap()
            .id_keys(),
        None
    );
}

#[test]
fn a_mixture_of_operators_and_keys_is_an_object_to_equal() {
    assert!(!matches(r#"{"n":{"$gt":0,"x":1}}"#, r#"{"n":5}"#));
    assert!(!matches(r#"{"n":{"gt":0}}"#, r#"{"n":5}"#));
}

#[test]
fn values_that_cannot_be_compared_are_refused() {
    assert_refused(
        &kinds::FILTER_UNSUPPORTED_DATA_TYPE,
        &[
            "[]",
            r#"{"a":{"$in":[{"$date":1}]}}"#,
            r#"{"_id":{"$ne":true}}"#,
        ],
    );
    assert_refused(
        &kinds::FILTER_UNSUPPORTED_OPERATOR,
        &[r#"{"a":{"$foo":1}}"#, r#"{"a":{"$not":{"$gt":1}}}"#],
    );
    assert_refused(
        &schema::LEXICAL_NOT_ENABLED_FOR_COLLECTION,
        &[r#"{"$lexical":{"$match":"x"}}"#],
    );
    assert_refused(
        &document::SHRED_BAD_EJSON_VALUE,
        &[r#"{"a":{"$date":"x"}}"#, r#"{"a":{"$eq":{"$uuid":"x"}}}"#],
    );
    assert_refused(&document::SHRED_BAD_DOCID_TYPE, &[r#"{"_id":{"a":1}}"#]);
    assert_refused(&document::SHRED_BAD_DOCID_VALUE, &[r#"{"_id":""}"#]);
    assert_refused(
        &kinds::FILTER_MULTIPLE_ID_FILTER,
        &[
            r#"{"_id":{"$gt":"a","$lt":"z"}}"#,
            r#"{"_id":"1","$and":[{"_id":"1"}]}"#,
        ],
    );
}

#[test]
fn malformed_filters_say_what_is_wrong() {
    assert_refused(
        &kinds::FILTER_INVALID_EXPRESSION,
        &[
            r#"{"a":[1]}"#,
            r#"{"a":{"$gt":null}}"#,
            r#"{"a":{"$gt":[1]}}"#,
            r#"{"a":{"$in":1}}"#,
            r#"{"a":{"$all":[]}}"#,
            r#"{"a":{"$size":-1}}"#,
            r#"{"a":{"$size":1.5}}"#,
            r#"{"a":{"$exists":1}}"#,
            r#"{"a":{"$match":"x"}}"#,
            r#"{"$nor":[]}"#,
            r#"{"$bogus":1}"#,
            r#"{"":1}"#,
            r#"{"a&b":1}"#,
            r#"{"$and":[5]}"#,
            r#"{"$vector":[1]}"#,
            r#"{"$vector":"x"}"#,
            r#"{"$vector.0":1}"#,
            r#"{"a":{"$eq":{"$date":"x"}}}"#,
            r#"{"a":{"$eq":{"$foo":1}}}"#,
            r#"{"_id":["k"]}"#,
            r#"{"_id":{"$in":"k"}}"#,
            r#"{"_id":{"$gt":null}}"#,
            r#"{"$or":[{"_id":"k"},{"n":2}]}"#,
        ],
    );
}

#[test]
fn a_filter_has_at_most_64_comparisons_and_lists_of_100() {
    let fields = |count: usize| {
        let members: Vec<_> = (0..count).map(|at| format!("\"f{at}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert!(parse(&fields(64)).is_ok());
    assert_eq!(refused(&fields(65)), &kinds::FILTER_FIELDS_LIMIT_VIOLATION);
    let list = |count: usize| format!(r#"{{"a":{{"$in":[{}]}}}}"#, vec!["1"; count].join(","));
    assert!(parse(&list(100)).is_ok());
    assert_eq!(refused(&list(101)), &kinds::FILTER_INVALID_EXPRESSION);
}

#[test]
fn unindexed_paths_cannot_be_filtered() {
    let refused = |indexing: &Indexing, filter: &str| {
        Filter::parse(Some(&value(filter)), indexing, None)
            .err()
            .map(|error| error.kind)
    };
    let deny = Indexing::deny(&["meta.raw".to_owned(), "blob".to_owned()]).unwrap();
    assert_eq!(refused(&deny, r#"{"meta":{"ok":1}}"#), None);
    for filter in [
        r#"{"blob":1}"#,
        r#"{"blob.x":1}"#,
        r#"{"meta":{"raw":1}}"#,
        r#"{"meta":{"$in":[{"raw":1}]}}"#,
        r#"{"$or":[{"a":1},{"blob":1}]}"#,
    ] {
        assert_eq!(
            refused(&deny, filter),
            Some(&kinds::FILTER_PATH_UNINDEXED),
            "{filter}"
        );
    }
    let nothing = Indexing::Nothing;
    assert_eq!(refused(&nothing, r#"{"_id":{"$in":["1"]}}"#), None);
    assert_eq!(
        refused(&nothing, r#"{"$not":{"_id":"1"}}"#),
        Some(&kinds::FILTER_ID_NOT_INDEXED)
    );
    assert_eq!(
        refused(&nothing, r#"{"$vector":{"$exists":true}}"#),
        Some(&kinds::FILTER_PATH_UNINDEXED)
    );
}

#[test]
fn what_is_not_indexed_is_not_seen() {
    let deny = Indexing::deny(&["meta.raw".to_owned()]).unwrap();
    let filter = Filter::parse(Some(&value(r#"{"meta":{"ok":1}}"#)), &deny, None).unwrap();
    assert!(filter.matches(&object(r#"{"meta":{"ok":1,"raw":2}}"#)));
    let by_id = Filter::parse(Some(&value(r#"{"_id":"a"}"#)), &Indexing::Nothing, None).unwrap();
    assert!(by_id.matches(&object(r#"{"_id":"a","n":1}"#)));
}

#[test]
fn a_vector_only_exists_or_not() {
    let documents = [r#"{"$vector":[1,2]}"#, r#"{"$vector":null}"#, "{}"];
    assert_eq!(matching(r#"{"$vector":{"$exists":true}}"#, &documents), [0]);
    assert_eq!(
        matching(r#"{"$not":{"$vector":{"$exists":true}}}"#, &documents),
        [1, 2]
    );
    assert_eq!(
        matching(r#"{"$vector":{"$eq":[1,2]}}"#, &documents),
        [] as [usize; 0]
    );
    assert_eq!(
        matching(r#"{"$vector":{"$ne":null}}"#, &documents),
        [0, 1, 2]
    );
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let nested = |open: &str, close: &str, levels: usize| {
        parse(&format!(
            "{}{{\"a\":1}}{}",
            open.repeat(levels),
            close.repeat(levels)
        ))
    };
    let deep = nested(r#"{"$not":"#, "}", 98).unwrap();
    assert!(deep.matches(&object(r#"{"a":1}"#)));
    let deep = nested(r#"{"$and":["#, "]}", 49).unwrap();
    assert!(!deep.matches(&object(r#"{"a":2}"#)));
    let operand = nested(r#"{"a":"#, "}", 99).unwrap();
    assert!(
        operand
            .top_level()
            .first()
            .and_then(Comparison::lookup)
            .is_some()
    );
    for (open, close, levels) in [
        (r#"{"$not":"#, "}", 998),
        (r#"{"$and":["#, "]}", 499),
        (r#"{"a":"#, "}", 998),
    ] {
        assert_eq!(
            nested(open, close, levels).unwrap_err().kind,
            &kinds::FILTER_INVALID_EXPRESSION
        );
    }
}

/// Values that are likely to meet: few texts and numbers, nested a little.
fn any_value() -> impl Strategy<Value = String> {
    let long = "x".repeat(100);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        (-2..3_i32).prop_map(|number| number.to_string()),
        Just("1.0".to_owned()),
        Just("-0.5".to_owned()),
        Just("1e400".to_owned()),
        "[aAz]{0,2}".prop_map(|text| format!("\"{text}\"")),
        Just(format!("\"{long}a\"")),
        Just(format!("\"{long}b\"")),
        (-1..2_i32).prop_map(|instant| format!(r#"{{"$date":{instant}}}"#)),
        Just(r#"{"$uuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#.to_owned()),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(","))),
            inner.prop_map(|value| format!(r#"{{"k":{value}}}"#)),
            Just("{}".to_owned()),
        ]
    })
}

fn any_comparison() -> impl Strategy<Value = String> {
    let path = prop_oneof![Just("f"), Just("f.0"), Just("f.k"), Just("g")];
    let operator = prop_oneof![
        any_value().prop_map(|value| format!(r#"{{"$eq":{value}}}"#)),
        any_value().prop_map(|value| format!(r#"{{"$ne":{value}}}"#)),
        (
            prop_oneof![Just("$gt"), Just("$gte"), Just("$lt"), Just("$lte")],
            any_value()
        )
            .prop_map(|(operator, value)| format!(r#"{{"{operator}":{value}}}"#)),
        (
            prop_oneof![Just("$in"), Just("$nin"), Just("$all")],
            any_value(),
            any_value()
        )
            .prop_map(|(operator, one, other)| format!(r#"{{"{operator}":[{one},{other}]}}"#)),
        any::<bool>().prop_map(|exists| format!(r#"{{"$exists":{exists}}}"#)),
        (0..3_u8).prop_map(|size| format!(r#"{{"$size":{size}}}"#)),
    ];
    (path, operator).prop_map(|(path, operator)| format!(r#"{{"{path}":{operator}}}"#))
}

fn any_indexing() -> impl Strategy<Value = Indexing> {
    let paths = |path: &str| vec![path.to_owned()];
    prop_oneof![
        3 => Just(Indexing::Everything),
        1 => Just(Indexing::deny(&paths("f.k")).unwrap()),
        1 => Just(Indexing::allow(&paths("f")).unwrap()),
        1 => Just(Indexing::allow(&paths("f.k")).unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn lookups_find_what_matches(filter in any_comparison(), field in any_value(), other in any_value(), indexing in any_indexing()) {
        let Ok(filter) = Filter::parse(Some(&value(&filter)), &indexing, None) else { return Ok(()) };
        let document = object(&format!(r#"{{"_id":1,"f":{field},"g":{other}}}"#));
        let Some(lookup) = filter.top_level().first().and_then(Comparison::lookup) else { return Ok(()) };
        let found = index_entries(&document, &CollectionRules { indexing: indexing.clone(), ..CollectionRules::default() })
            .iter()
            .any(|entry| entry.path == lookup.path && lookup.ranges.iter().any(|range| range.contains(&entry.bytes)));
        let matches = filter.matches(&document);
        prop_assert!(found || !matches, "a match is not looked up");
        prop_assert!(matches || !found || !lookup.exact, "an exact lookup finds what does not match");
    }

    #[test]
    fn a_filter_and_its_negation_divide_the_documents_that_have_the_field(filter in any_comparison(), field in any_value()) {
        let Ok(positive) = parse(&filter) else { return Ok(()) };
        let negative = parse(&format!(r#"{{"$not":{filter}}}"#)).unwrap();
        let document = object(&format!(r#"{{"f":{field}}}"#));
        let (yes, no) = (positive.matches(&document), negative.matches(&document));
        prop_assert!(!(yes && no));
        let is_range = ["$gt", "$lt"].iter().any(|operator| filter.contains(operator));
        prop_assert!(is_range || (yes != no));
    }
}
